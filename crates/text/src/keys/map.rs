//! A key: a text made for comparison that knows where each of its characters came from.

use std::ops::Range;

/// Where a stretch of a key came from.
///
/// Most of a key is as long as what it was made from, character by character; such a stretch needs one entry. What
/// became longer, shorter or was put together is an entry of its own, and stands for its source as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// Where it begins in the key, in bytes.
    key: u32,
    /// Where it begins in the original, in bytes; the highest bit says that lengths differ.
    source: u32,
}

const WHOLE: u32 = 1 << 31;

impl Piece {
    const fn source(self) -> u32 {
        self.source & !WHOLE
    }

    const fn is_whole(self) -> bool {
        self.source & WHOLE != 0
    }
}

/// A text made for comparison, and the way back to the original.
///
/// Memory is the text and 8 bytes for each place where lengths differ; looking up a place takes time logarithmic in
/// their number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    text: String,
    pieces: Vec<Piece>,
    /// Length of the original in bytes.
    source_len: u32,
}

impl Key {
    /// The text to compare.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The stretch of the original, in bytes, that a stretch of the key was made from. Marks and invisible characters
    /// that were removed after its last letter belong to it. Both ends are on character borders of the original and
    /// inside of it, whatever is asked for.
    ///
    /// ```
    /// use basira_text::Reading;
    /// let reading = Reading::of("شـطـرنجٌ!").unwrap();
    /// assert_eq!(reading.clean().text(), "شطرنج!");
    /// assert_eq!(reading.clean().source(0..10), 0..16);
    /// ```
    pub fn source(&self, span: Range<usize>) -> Range<usize> {
        let start = self.start_of(span.start);
        start..self.end_of(span.end).max(start)
    }

    /// The same for stretches that are asked for from left to right and do not overlap, without searching for each.
    pub(crate) fn sources_in_order(&self) -> impl FnMut(Range<usize>) -> Range<usize> + '_ {
        let mut piece = 0;
        move |span| {
            let mut on_to = |at: usize| {
                while self
                    .pieces
                    .get(piece + 1)
                    .is_some_and(|next| next.key as usize <= at)
                {
                    piece += 1;
                }
                piece
            };
            let start = self.start_in(on_to(span.start), span.start);
            start..self.end_in(on_to(span.end), span.end).max(start)
        }
    }

    /// The stretches of the key around places of the original, which are in order: so many words on both sides of each, and what
    /// touches another stretch is one with it. They begin and end where a word begins, or the key does.
    pub(crate) fn around(
        &self,
        places: impl Iterator<Item = Range<usize>>,
        words: usize,
    ) -> Vec<Range<usize>> {
        let starts: Vec<usize> = crate::words::words(&self.text).map(|word| word.start).collect();
        let mut stretches: Vec<Range<usize>> = Vec::new();
        for place in places {
            let (start, end) = (self.place_of(place.start), self.place_of(place.end));
            let first = starts
                .partition_point(|word| *word <= start)
                .saturating_sub(1 + words);
            let last = starts.partition_point(|word| *word < end) + words;
            let start = starts.get(first).copied().filter(|_| first > 0).unwrap_or(0);
            let end = starts.get(last).copied().unwrap_or(self.text.len());
            match stretches.last_mut() {
                Some(before) if before.end >= start => before.end = before.end.max(end),
                _ => stretches.push(start..end),
            }
        }
        stretches
    }

    /// Where a place of the original is in the key, or what stands for it as a whole begins.
    fn place_of(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.source() as usize <= at);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else {
            return 0;
        };
        let inside = if piece.is_whole() {
            0
        } else {
            at - piece.source() as usize
        };
        let next = self
            .pieces
            .get(index)
            .map_or(self.text.len(), |next| next.key as usize);
        self.floor((piece.key as usize + inside).min(next)) as usize
    }

    /// The piece that a place is in; the first begins where the key does.
    fn piece_at(&self, at: u32) -> usize {
        self.pieces
            .partition_point(|piece| piece.key <= at)
            .saturating_sub(1)
    }

    /// The same place, or the border of the character that it is within.
    fn floor(&self, at: usize) -> u32 {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        // Texts are shorter than 2³² bytes, see `Reading::of`.
        at as u32
    }

    fn start_of(&self, at: usize) -> usize {
        let at = self.floor(at);
        self.start_in(self.piece_at(at), at as usize)
    }

    fn start_in(&self, index: usize, at: usize) -> usize {
        if at >= self.text.len() {
            return self.source_len as usize;
        }
        let at = at as u32;
        let Some(piece) = self.pieces.get(index) else {
            return 0;
        };
        let inside = if piece.is_whole() { 0 } else { at - piece.key };
        (piece.source() + inside) as usize
    }

    fn end_of(&self, at: usize) -> usize {
        let at = self.floor(at);
        self.end_in(self.piece_at(at), at as usize)
    }

    fn end_in(&self, index: usize, at: usize) -> usize {
        if at >= self.text.len() {
            return self.source_len as usize;
        }
        let at = at as u32;
        let Some(piece) = self.pieces.get(index) else {
            return 0;
        };
        if piece.key == at {
            return piece.source() as usize;
        }
        if piece.is_whole() {
            let next = self.pieces.get(index + 1);
            return next.map_or(self.source_len, |next| next.source()) as usize;
        }
        (piece.source() + (at - piece.key)) as usize
    }

    /// Walks the key's characters with their places in the original.
    pub(super) fn sources(&self) -> Sources<'_> {
        Sources {
            pieces: &self.pieces,
            at: 0,
        }
    }

    /// Length of the original in bytes.
    pub(super) const fn source_len(&self) -> u32 {
        self.source_len
    }
}

/// The places of a key's characters in the original, asked for from left to right.
pub(super) struct Sources<'a> {
    pieces: &'a [Piece],
    at: usize,
}

impl Sources<'_> {
    /// Where the character at a place of the key came from, and whether it is as long there as in the key.
    pub(super) fn locate(&mut self, key: usize) -> (u32, bool) {
        let key = key as u32;
        while self.pieces.get(self.at + 1).is_some_and(|next| next.key <= key) {
            self.at += 1;
        }
        match self.pieces.get(self.at) {
            Some(piece) if piece.is_whole() => (piece.source(), false),
            Some(piece) => (piece.source() + (key - piece.key), true),
            None => (0, false),
        }
    }

    /// The same, and the place of the key up to which that is so.
    pub(super) fn stretch(&mut self, key: usize, length: usize) -> ((u32, bool), usize) {
        let place = self.locate(key);
        let next = self.pieces.get(self.at + 1);
        (place, next.map_or(length, |next| next.key as usize))
    }
}

/// Writes a key from left to right.
pub(super) struct Writer {
    text: String,
    pieces: Vec<Piece>,
}

impl Writer {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            pieces: Vec::new(),
        }
    }

    /// The last character written.
    pub(super) fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    /// Writes a character that is as long as its source.
    #[inline]
    pub(super) fn same(&mut self, written: char, source: u32) {
        self.begin_same(source);
        self.text.push(written);
    }

    #[inline]
    fn begin_same(&mut self, source: u32) {
        let key = self.text.len() as u32;
        let goes_on = self
            .pieces
            .last()
            .is_some_and(|last| !last.is_whole() && source.wrapping_sub(last.source) == key - last.key);
        if !goes_on {
            self.pieces.push(Piece { key, source });
        }
    }

    /// Writes characters that stand in the source as they are.
    #[inline]
    pub(super) fn same_run(&mut self, written: &str, source: u32) {
        self.begin_same(source);
        self.text.push_str(written);
    }

    /// Writes characters that are each as long as in the source, where a stretch of it begins.
    #[inline]
    pub(super) fn same_letters(&mut self, written: impl Iterator<Item = char>, source: u32) {
        self.begin_same(source);
        self.text.extend(written);
    }

    /// Writes a character that stands, perhaps with others, for the source that begins there.
    pub(super) fn whole(&mut self, written: char, source: u32) {
        let piece = Piece {
            key: self.text.len() as u32,
            source: source | WHOLE,
        };
        if self.pieces.last().is_none_or(|last| last.source != piece.source) {
            self.pieces.push(piece);
        }
        self.text.push(written);
    }

    /// Writes a character made of one whose place is known.
    pub(super) fn put(&mut self, written: char, (source, same): (u32, bool), was: usize) {
        if same && written.len_utf8() == was {
            self.same(written, source);
        } else {
            self.whole(written, source);
        }
    }

    pub(super) fn finish(self, source_len: u32) -> Key {
        Key {
            text: self.text,
            pieces: self.pieces,
            source_len,
        }
    }
}
