//! tar: POSIX and GNU, with long names.

use model::IncompleteReason;
use tar::{Archive, EntryType};

use crate::opening::Opening;
use crate::refusal::malformed;

/// Opens every file. Links, devices and folders have nothing but a name.
pub(super) fn read(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let mut archive = Archive::new(bytes);
    for entry in archive.entries().map_err(malformed)? {
        let entry = entry.map_err(malformed)?;
        let kind = entry.header().entry_type();
        if !matches!(
            kind,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse
        ) {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        opening.member(&name, entry);
    }
    Ok(())
}
