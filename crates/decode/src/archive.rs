//! Archives: their members, as streams with limits. Names are data and never paths.

use model::IncompleteReason;

use crate::kind::{Archive, FileKind};
use crate::opening::Opening;
use crate::refusal::unsupported;

/// Opens every member of an archive.
pub(crate) fn read(kind: Archive, _bytes: &[u8], _opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    Err(unsupported(FileKind::Archive(kind).name()))
}
