//! Text of documents that are archives of XML: Office Open XML (ECMA-376), OpenDocument (ISO 26300), EPUB. Their media
//! are opened as members of the archive; nothing in it is left out because it is a document.

use model::IncompleteReason;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::html;
use crate::kind::Document;
use crate::opening::Opening;
use crate::refusal::malformed;

/// Elements that end a line, by their local name: paragraphs, headings, table rows, shared strings of a sheet.
const LINES: [&str; 8] = ["p", "h", "si", "row", "tr", "br", "line-break", "title"];
/// Elements that are a space.
const SPACES: [&str; 4] = ["tab", "s", "tc", "table-cell"];

/// Whether a member of such a document holds text for people.
pub(crate) fn has_text(kind: Document, name: &str) -> bool {
    match kind {
        Document::OfficeOpenXml => {
            let folders = [
                "word/",
                "ppt/slides/",
                "ppt/notesSlides/",
                "ppt/comments/",
                "xl/sharedStrings",
                "xl/comments",
            ];
            let rest = folders.iter().find_map(|folder| name.strip_prefix(folder));
            rest.is_some_and(|rest| rest.ends_with(".xml") && !rest.contains('/'))
                && ![
                    "styles",
                    "settings",
                    "fontTable",
                    "theme",
                    "numbering",
                    "webSettings",
                ]
                .iter()
                .any(|other| name.ends_with(&format!("/{other}.xml")))
        }
        Document::OpenDocument => name == "content.xml" || name.ends_with("/content.xml"),
        Document::Epub => [".xhtml", ".html", ".htm"].iter().any(|end| name.ends_with(end)),
        _ => false,
    }
}

/// Takes the text of such a member.
pub(crate) fn text(name: &str, bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    if name.ends_with(".xml") {
        return xml(bytes, opening);
    }
    // What stands in it as data is opened with the page, which is a member too.
    html::text(bytes, opening);
    Ok(())
}

/// Takes the text of XML, whatever its elements are called.
pub(crate) fn xml(xml: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let xml = String::from_utf8_lossy(xml);
    let mut reader = Reader::from_str(&xml);
    reader.config_mut().check_end_names = false;
    let mut line = String::new();
    loop {
        match reader.read_event().map_err(malformed)? {
            Event::Text(text) => line.push_str(&text),
            Event::CData(text) => line.push_str(&text),
            Event::GeneralRef(reference) => line.extend(character(&reference)),
            Event::End(element) => at_end(element.local_name().as_ref(), &mut line, opening),
            Event::Empty(element) => at_end(element.local_name().as_ref(), &mut line, opening),
            Event::Eof => break,
            _ => {}
        }
    }
    opening.text(&line);
    Ok(())
}

fn at_end(element: &str, line: &mut String, opening: &mut Opening<'_>) {
    if LINES.contains(&element) {
        opening.text(line);
        line.clear();
    } else if SPACES.contains(&element) {
        line.push(' ');
    }
}

/// The character that a reference stands for: one of the five, or a number. Nothing else is expanded, ever.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}
