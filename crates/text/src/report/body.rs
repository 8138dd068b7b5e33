//! The body of a page as one text, with the way back.

use std::ops::Range;

use crate::page::Page;

/// What language and context are told from.
pub(super) struct Body {
    /// The pieces of the body, a line end between each two.
    pub(super) text: String,
    /// Where each piece begins in it, and where it stands in the page's text.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Body {
    /// The body of a page, or all of its text where there is no body to be told from the rest.
    pub(super) fn of(page: &Page) -> Self {
        let all = 0..page.text().len();
        let ranges = match page.body() {
            [] => vec![all],
            ranges => ranges.to_vec(),
        };
        let (mut text, mut pieces) = (String::new(), Vec::new());
        for range in ranges {
            if !text.is_empty() {
                text.push('\n');
            }
            pieces.push((text.len(), range.clone()));
            text.push_str(&page.text()[range]);
        }
        Self { text, pieces }
    }

    /// The range of the page's text that a range of the body came from.
    pub(super) fn range(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.back(range.start);
        // The end belongs to the piece of the last byte.
        let end = if range.end > range.start {
            self.back(range.end - 1) + 1
        } else {
            start
        };
        start..end.max(start)
    }

    fn back(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(begin, _)| *begin <= at);
        match piece.checked_sub(1).map(|last| &self.pieces[last]) {
            Some((begin, range)) => (range.start + (at - begin)).min(range.end),
            None => at,
        }
    }

    /// Where a range of the page's text that begins in the body stands in it.
    pub(super) fn place(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let piece = self.pieces.partition_point(|(_, from)| from.start <= range.start);
        let (begin, from) = &self.pieces[piece.checked_sub(1)?];
        let end = range.end.min(from.end);
        (range.start < end).then(|| begin + (range.start - from.start)..begin + (end - from.start))
    }

    /// Where it stands in the file, from its first to its last piece.
    pub(super) fn whole(&self, page: &Page) -> Option<Range<usize>> {
        let (_, first) = self.pieces.first()?;
        let (_, last) = self.pieces.last()?;
        let span = page.span(&(first.start..last.end));
        (!span.is_empty()).then_some(span)
    }
}
