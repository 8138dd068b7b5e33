//! What is wrong with a file, where, and what to do.

mod code;
mod render;

use std::ops::Range;

use model::words;
use serde::Serialize;

pub use code::Code;
pub use render::isolate;

words! {
    /// How bad it is.
    Severity {
        /// The set is refused.
        Error = "error",
        /// The set is taken; somebody should look.
        Warning = "warning",
    } known "error, warning"
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Bytes from the beginning of the file.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing; the handbook has a paragraph on each.
    pub code: Code,
    /// The file.
    pub file: String,
    /// Where.
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The line of the file, cut where it is long.
    #[serde(skip)]
    line: String,
    /// Where in that line, in bytes.
    #[serde(skip)]
    within: Range<usize>,
}

/// The longest line that is shown around a place, in bytes.
const SHOWN: usize = 160;

impl Diagnostic {
    /// An error or a warning, by its code, at some bytes of a file.
    pub(crate) fn new(
        code: Code,
        file: &str,
        text: &str,
        at: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let start = floor(text, at.start);
        let end = floor(text, at.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |place| place + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |place| start + place);
        let shown_start = floor(text, line_start.max(start.saturating_sub(SHOWN / 2)));
        let shown_end = floor(text, line_end.min(shown_start + SHOWN)).max(start);
        Self {
            severity: code.severity(),
            code,
            file: file.to_owned(),
            span: Span {
                start,
                end,
                line: text[..start].matches('\n').count() + 1,
                column: text[line_start..start].chars().count() + 1,
            },
            message: message.into(),
            help: help.into(),
            line: text[shown_start..shown_end].trim_end().to_owned(),
            within: start - shown_start..end.clamp(start, shown_end) - shown_start,
        }
    }
}

/// The nearest place at or before a byte that begins a character.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|place| text.is_char_boundary(*place))
        .unwrap_or(0)
}
