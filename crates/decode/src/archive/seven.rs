//! 7z, by `sevenz-rust2`, in this thread.

use std::io::Cursor;

use model::IncompleteReason;
use sevenz_rust2::{ArchiveReader, Error, Password};

use crate::opening::Opening;
use crate::refusal::{malformed, unsupported};

/// KiB that a decoder may need; more than any preset of the original program.
const MOST_MEMORY: usize = 1 << 20;

fn refuse(error: Error) -> IncompleteReason {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => IncompleteReason::Encrypted,
        Error::UnsupportedCompressionMethod(method) => unsupported(format!("7z, {method}")),
        Error::MaxMemLimited { .. } => IncompleteReason::Memory,
        error => malformed(error),
    }
}

/// Opens every file.
pub(super) fn read(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let source = Cursor::new(bytes);
    let mut archive =
        ArchiveReader::new_with_memory_limit(source, Password::empty(), MOST_MEMORY).map_err(refuse)?;
    archive.set_thread_count(1);
    let outcome = archive.for_each_entries(|entry, content| {
        if !entry.is_directory {
            opening.member(&entry.name, content);
        }
        Ok(true)
    });
    outcome.map_err(refuse)
}
