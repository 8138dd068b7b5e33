//! Archives: their members, as streams with limits. Names are data and never paths; nothing is written anywhere.
//!
//! rar has no safe decoder that is free to use, and stays unsupported.

mod seven;
mod single;
mod tape;
mod zip;

use model::IncompleteReason;

use crate::kind::Archive;
use crate::opening::Opening;

/// Opens every member of an archive.
pub(crate) fn read(kind: Archive, bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    match kind {
        Archive::Zip => zip::read(bytes, opening),
        Archive::Tar => tape::read(bytes, opening),
        Archive::Gzip => single::gzip(bytes, opening),
        Archive::Bzip2 => single::bzip2(bytes, opening),
        Archive::Xz => single::xz(bytes, opening),
        Archive::Zstd => single::zstd(bytes, opening),
        Archive::SevenZip => seven::read(bytes, opening),
    }
}
