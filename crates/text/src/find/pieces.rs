//! Where each byte of a derived text stands in the text that it was made from.

use std::ops::Range;

/// A stretch of derived text.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where it begins in the derived text.
    at: usize,
    /// Where it begins in the original.
    from: usize,
    /// Whether it is a copy, byte for byte. If not, it stands for its original as a whole.
    copied: bool,
    /// Whether it undoes something that was written against being followed, such as `hxxp` or `[.]`.
    repaired: bool,
}

/// A text made from another, with the way back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Derived {
    /// The derived text.
    pub(crate) text: String,
    pieces: Vec<Piece>,
    end: usize,
}

impl Derived {
    /// Appends what stands at `from` in the original, as it is. Calls come in the order of the original.
    pub(crate) fn copy(&mut self, words: &str, from: usize) {
        if words.is_empty() {
            return;
        }
        let goes_on = self.pieces.last().is_some_and(|last| {
            last.copied && last.from + (self.text.len() - last.at) == from && self.end == from
        });
        if !goes_on {
            self.pieces.push(Piece {
                at: self.text.len(),
                from,
                copied: true,
                repaired: false,
            });
        }
        self.text.push_str(words);
        self.end = from + words.len();
    }

    /// Appends `words` in place of the bytes `from` of the original.
    pub(crate) fn replace(&mut self, words: &str, from: Range<usize>, repaired: bool) {
        if !words.is_empty() {
            self.pieces.push(Piece {
                at: self.text.len(),
                from: from.start,
                copied: false,
                repaired,
            });
            self.text.push_str(words);
            self.end = from.end;
            // What follows starts anew, so that this piece ends where its original does.
            self.pieces.push(Piece {
                at: self.text.len(),
                from: from.end,
                copied: true,
                repaired: false,
            });
        }
    }

    /// The bytes of the original that the bytes `span` of the derived text were made from.
    pub(crate) fn span(&self, span: &Range<usize>) -> Range<usize> {
        if span.is_empty() || self.pieces.is_empty() {
            let at = self.start(span.start);
            return at..at;
        }
        let start = self.start(span.start);
        start..self.end_of(span.end).max(start)
    }

    /// Whether something in the span was repaired.
    pub(crate) fn repaired(&self, span: &Range<usize>) -> bool {
        let first = self.pieces.partition_point(|piece| piece.at < span.start);
        self.pieces[first..]
            .iter()
            .take_while(|piece| piece.at < span.end)
            .any(|piece| piece.repaired)
    }

    fn start(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.at <= at);
        match next.checked_sub(1).map(|last| self.pieces[last]) {
            Some(piece) if piece.copied => (piece.from + (at - piece.at)).min(self.end.max(piece.from)),
            Some(piece) => piece.from,
            None => 0,
        }
    }

    /// `at` is not 0.
    fn end_of(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.at < at);
        match next.checked_sub(1).map(|last| self.pieces[last]) {
            Some(piece) if piece.copied => piece.from + (at - piece.at),
            Some(piece) => {
                // The end of a replaced stretch is where the next piece begins; `replace` always adds one.
                let after = self.pieces[next..].iter().find(|after| after.at > piece.at);
                after.map_or(self.end, |after| after.from)
            }
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Derived;

    #[test]
    fn spans_go_back_over_what_was_cut_and_replaced() {
        // "a[.]b" with an invisible letter of 3 bytes after a.
        let mut derived = Derived::default();
        derived.copy("a", 0);
        derived.replace(".", 4..7, true);
        derived.copy("b", 7);
        assert_eq!(derived.text, "a.b");
        assert_eq!(derived.span(&(0..1)), 0..1);
        assert_eq!(derived.span(&(1..2)), 4..7);
        assert_eq!(derived.span(&(0..3)), 0..8);
        assert_eq!(derived.span(&(2..3)), 7..8);
        assert!(derived.repaired(&(0..3)) && !derived.repaired(&(2..3)));
        assert_eq!(Derived::default().span(&(0..0)), 0..0);
    }
}
