//! Changes to a key, as a list.

use std::ops::Range;

use super::map::{Key, Writer};

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
    let mut edits = edits.into_iter().peekable();
    let mut out = Writer::with_capacity(key.text().len());
    let mut sources = key.sources();
    let mut cut_until = 0;
    for (at, c) in key.text().char_indices() {
        while edits.peek().is_some_and(|edit| (edit.at as usize) < at) {
            edits.next();
        }
        if at < cut_until {
            continue;
        }
        let edit = edits.next_if(|edit| edit.at as usize == at);
        match edit.map(|edit| (edit.with, edit.end)) {
            Some((None, end)) => cut_until = end as usize,
            Some((Some(with), _)) => out.put(with, sources.locate(at), c.len_utf8()),
            None => out.put(c, sources.locate(at), c.len_utf8()),
        }
    }
    out.finish(key.source_len())
}
