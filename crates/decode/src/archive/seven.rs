//! 7z, by `sevenz-rust2`, in this thread.

use std::io::Cursor;

use model::IncompleteReason;
use sevenz_rust2::{Archive, BlockDecoder, Error, Password};

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

/// Opens every file. Blocks are packed apart: one that is damaged does not hide the others.
pub(super) fn read(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let (mut source, password) = (Cursor::new(bytes), Password::empty());
    let archive = Archive::read_with_memory_limit(&mut source, &password, MOST_MEMORY).map_err(refuse)?;
    // Not by `ArchiveReader`, which asks the system how many processors there are; in the sandbox that is the end.
    for block in 0..archive.blocks.len() {
        let decoder =
            BlockDecoder::new_with_memory_limit(1, MOST_MEMORY, block, &archive, &password, &mut source);
        let outcome = decoder.for_each_entries(&mut |entry, content| {
            if !entry.is_directory {
                opening.member(&entry.name, content);
            }
            Ok(true)
        });
        if let Err(error) = outcome {
            opening.gap(refuse(error));
        }
    }
    let in_blocks = &archive.stream_map.file_block_index;
    for (entry, block) in archive.files.iter().zip(in_blocks) {
        if block.is_none() && !entry.is_directory {
            opening.member(&entry.name, std::io::empty());
        }
    }
    Ok(())
}
