//! Documents: their text, and what is embedded or attached.

mod html;
mod mail;
pub(crate) mod office;
mod pdf;

use model::IncompleteReason;

use crate::kind::Document;
use crate::opening::Opening;

/// Reads a document.
pub(crate) fn read(kind: Document, bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    match kind {
        Document::Html => {
            html::read(bytes, opening);
            Ok(())
        }
        Document::Mail => mail::read(bytes, opening),
        Document::Pdf => pdf::read(bytes, opening),
        // These are archives, and come from there.
        Document::OfficeOpenXml | Document::OpenDocument | Document::Epub => Ok(()),
    }
}
