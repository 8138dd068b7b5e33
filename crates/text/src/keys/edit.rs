//! Changes to a key, as a list.

use std::ops::Range;

use super::map::{Key, Sources, Writer};

/// A stretch of a key that is left out, or one character that becomes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edit {
    at: u32,
    end: u32,
    with: Option<char>,
}

impl Edit {
    pub(super) const fn cut(span: Range<usize>) -> Self {
        Self {
            at: span.start as u32,
            end: span.end as u32,
            with: None,
        }
    }

    /// The stretch of the key that is changed.
    pub(super) const fn place(self) -> Range<usize> {
        self.at as usize..self.end as usize
    }

    pub(super) const fn swap(at: usize, was: char, with: char) -> Self {
        Self {
            at: at as u32,
            end: (at + was.len_utf8()) as u32,
            with: Some(with),
        }
    }
}

/// A key with its changes made. Of changes that overlap, the first counts.
pub(super) fn apply(key: &Key, mut edits: Vec<Edit>) -> Key {
    edits.sort_unstable();
    let mut out = Writer::with_capacity(key.text().len());
    let mut sources = key.sources();
    let mut at = 0;
    for edit in edits {
        if (edit.at as usize) < at {
            continue;
        }
        copy(key.text(), at..edit.at as usize, &mut sources, &mut out);
        at = edit.end as usize;
        if let Some(with) = edit.with {
            let was = at - edit.at as usize;
            out.put(with, sources.locate(edit.at as usize), was);
        }
    }
    copy(key.text(), at..key.text().len(), &mut sources, &mut out);
    out.finish(key.source_len())
}

/// Writes a stretch as it is.
fn copy(text: &str, place: Range<usize>, sources: &mut Sources<'_>, out: &mut Writer) {
    let mut at = place.start;
    while at < place.end {
        let (source, until) = sources.stretch(at, text.len());
        if source.1 {
            let end = until.min(place.end);
            out.same_run(&text[at..end], source.0);
            at = end;
        } else {
            let Some(c) = text[at..].chars().next() else { break };
            out.put(c, source, c.len_utf8());
            at += c.len_utf8();
        }
    }
}
