//! Documents: their text, their pages as pictures, and what is embedded or attached.

use model::IncompleteReason;

use crate::kind::{Document, FileKind};
use crate::opening::Opening;
use crate::refusal::unsupported;

/// Reads a document.
pub(crate) fn read(
    kind: Document,
    _bytes: &[u8],
    _opening: &mut Opening<'_>,
) -> Result<(), IncompleteReason> {
    Err(unsupported(FileKind::Document(kind).name()))
}
