//! Documents: their text, and what is embedded or attached. PDF is not read yet.

mod html;
mod mail;
pub(crate) mod office;

use model::IncompleteReason;

use crate::kind::{Document, FileKind};
use crate::opening::Opening;
use crate::refusal::unsupported;

/// Reads a document.
pub(crate) fn read(kind: Document, bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    match kind {
        Document::Html => {
            html::read(bytes, opening);
            Ok(())
        }
        Document::Mail => mail::read(bytes, opening),
        Document::Pdf => Err(unsupported(FileKind::Document(kind).name())),
        // These are archives, and come from there.
        Document::OfficeOpenXml | Document::OpenDocument | Document::Epub => Ok(()),
    }
}
