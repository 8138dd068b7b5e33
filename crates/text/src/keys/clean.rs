//! K1, *clean*: what a reader sees, without what nobody sees. NFKC (UAX 15), with the exceptions that Arabic needs.

use std::iter::once;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::chars::{
    TATWEEL, ascii_digit, is_accent, is_arabic, is_dropped, is_hamza_mark, is_letter, is_plain_arabic, plain,
    takes_accents, words_of,
};
use super::map::{Key, Writer};

/// So many marks may stand on one letter (UAX 15, *stream-safe*); more are decoration, and are dropped.
const MARKS: usize = 30;

/// Cleans a text of less than 2²⁸ bytes. Linear in its length.
pub(super) fn clean(text: &str) -> Key {
    clean_by(text, true)
}

/// `runs`: whether stretches in which nothing is to do are copied at once; a test goes without.
pub(super) fn clean_by(text: &str, runs: bool) -> Key {
    let mut cleaner = Cleaner {
        out: Writer::with_capacity(text.len()),
        tatweel: None,
        chunk: String::new(),
        runs,
    };
    cleaner.run(&mut Kept {
        text,
        at: 0,
        peeked: None,
    });
    cleaner.out.finish(text.len() as u32)
}

/// Bytes of the letters at the beginning that stay as they are, whatever stands around them: ASCII and the plain letters
/// and marks of Arabic. The last one may take a mark that follows it, and is not among them.
fn plain_run(bytes: &[u8]) -> usize {
    let (mut at, mut last) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        last = match byte {
            b' '..=b'~' | b'\t' | b'\n' | b'\r' => 1,
            _ if is_plain_arabic(bytes, at) => 2,
            // The comma, the semicolon and the question mark of Arabic.
            0xD8 if matches!(bytes.get(at + 1), Some(0x8C | 0x9B | 0x9F)) => 2,
            _ => return at - last,
        };
        at += last;
    }
    at
}

/// The characters of a text that are not dropped, with their places.
struct Kept<'a> {
    text: &'a str,
    /// Where the next character begins, after the one that was looked at.
    at: usize,
    peeked: Option<(usize, char)>,
}

impl<'a> Kept<'a> {
    #[inline]
    fn next(&mut self) -> Option<(usize, char)> {
        self.peeked.take().or_else(|| self.advance())
    }

    #[inline]
    fn peek(&mut self) -> Option<char> {
        if self.peeked.is_none() {
            self.peeked = self.advance();
        }
        self.peeked.map(|(_, c)| c)
    }

    #[inline]
    fn advance(&mut self) -> Option<(usize, char)> {
        loop {
            let (at, c) = (self.at, self.text[self.at..].chars().next()?);
            self.at += c.len_utf8();
            if !is_dropped(c) {
                return Some((at, c));
            }
        }
    }

    /// The stretch that follows in which nothing is to do, and where it begins.
    #[inline]
    fn plain(&mut self) -> Option<(usize, &'a str)> {
        if let Some((at, _)) = self.peeked.take() {
            self.at = at;
        }
        let (at, rest) = (self.at, &self.text[self.at..]);
        let run = plain_run(rest.as_bytes());
        self.at += run;
        (run > 0).then(|| (at, &rest[..run]))
    }
}

struct Cleaner {
    out: Writer,
    /// A tatweel that follows no letter: nothing if a letter follows, else a dash.
    tatweel: Option<u32>,
    /// A letter and what belongs to it.
    chunk: String,
    runs: bool,
}

impl Cleaner {
    fn run(&mut self, rest: &mut Kept<'_>) {
        let mut after_tatweel = false;
        loop {
            if self.runs
                && self.tatweel.is_none()
                && let Some((at, run)) = rest.plain()
            {
                self.out.same_run(run, at as u32);
                after_tatweel = false;
            }
            let Some((at, c)) = rest.next() else { break };
            let at = at as u32;
            if c == TATWEEL {
                self.tatweel(at);
                after_tatweel = true;
                continue;
            }
            let lone = std::mem::take(&mut after_tatweel) && extends(c);
            if lone || is_accent(c) || is_hamza_mark(c) {
                // A mark without its letter, and so are those that follow it.
                after_tatweel = lone;
                continue;
            }
            if rest.peek().is_some_and(extends) {
                self.gather(c, at, rest);
            } else if c.is_ascii() || (is_arabic(c) && !matches!(c, '\u{675}'..='\u{678}')) {
                self.emit(c, at, true);
            } else {
                self.single(c, at, rest);
            }
        }
        self.settle(false);
    }

    /// Joined to a letter it only stretches the word; by itself it is a dash.
    fn tatweel(&mut self, at: u32) {
        if !self.out.last().is_some_and(is_letter) {
            self.tatweel.get_or_insert(at);
        }
    }

    fn settle(&mut self, letter: bool) {
        if let Some(at) = self.tatweel.take()
            && !letter
        {
            self.out.whole('-', at);
        }
    }

    #[inline]
    fn emit(&mut self, c: char, at: u32, same: bool) {
        if self.tatweel.is_some() {
            self.settle(is_letter(c));
        }
        if same {
            self.out.same(c, at);
        } else {
            self.out.whole(c, at);
        }
    }

    /// A letter with the marks that follow it: they are put together by NFKC.
    fn gather(&mut self, base: char, at: u32, rest: &mut Kept<'_>) {
        self.chunk.clear();
        self.chunk.push(base);
        let mut marks = 0;
        while let Some(next) = rest.peek().filter(|next| extends(*next)) {
            rest.next();
            let decoration = if is_hamza_mark(next) {
                !bears_hamza(base)
            } else {
                is_accent(next) && !takes_accents(base)
            };
            if decoration {
                continue;
            }
            marks += usize::from(canonical_combining_class(next) != 0);
            if marks <= MARKS {
                self.chunk.push(next);
            }
        }
        if self.chunk.len() == base.len_utf8() {
            self.single(base, at, rest);
        } else {
            self.compose(at, 0);
        }
    }

    fn single(&mut self, c: char, at: u32, rest: &mut Kept<'_>) {
        if c == '\u{66C}' {
            // The separator of thousands says nothing within a number.
            let within = self.out.last().is_some_and(|last| last.is_ascii_digit())
                && rest
                    .peek()
                    .is_some_and(|next| next.is_ascii_digit() || ascii_digit(next).is_some());
            if !within {
                self.emit(',', at, false);
            }
        } else if c.is_ascii() || is_arabic(c) || is_nfkc_quick(once(c)) == IsNormalized::Yes {
            self.write(c, at, c.len_utf8());
        } else {
            self.chunk.clear();
            self.chunk.push(c);
            self.compose(at, c.len_utf8());
        }
    }

    /// Writes the NFKC of the chunk. `was` is the length of its only character, 0 if it has several.
    fn compose(&mut self, at: u32, was: usize) {
        let mut chunk = std::mem::take(&mut self.chunk);
        if let Some(words) = chunk.chars().next().and_then(words_of) {
            chunk.clear();
            chunk.push_str(words);
        }
        let mut letters = chunk.nfkc();
        let mut next = letters.next();
        let mut base = '\0';
        let mut only = true;
        while let Some(mut c) = next {
            next = letters.next();
            // NFC joins these marks to ا, و and ي, but not to the letters that look like ي.
            if next == Some('\u{654}') && matches!(c, 'ى' | 'ی') {
                c = 'ئ';
            }
            only &= next.is_none();
            if c == TATWEEL {
                self.tatweel(at);
            } else if !is_hamza_mark(c) && (!is_accent(c) || takes_accents(base)) && !is_dropped(c) {
                self.write(c, at, if only { was } else { 0 });
            }
            if !is_accent(c) {
                base = c;
            }
            only = false;
        }
        self.chunk = chunk;
    }

    fn write(&mut self, c: char, at: u32, was: usize) {
        if is_hamza_mark(c) || (is_accent(c) && !self.out.last().is_some_and(takes_mark)) {
            return;
        }
        if let Some(words) = words_of(c) {
            for letter in words.chars() {
                self.emit(letter, at, false);
            }
            return;
        }
        let written = match c {
            '\u{66C}' => ',',
            _ => ascii_digit(c).unwrap_or_else(|| plain(c)),
        };
        self.emit(written, at, written.len_utf8() == was);
    }
}

/// A letter that a hamza may be put on, in any of its forms.
fn bears_hamza(c: char) -> bool {
    is_arabic(c) || matches!(c, '\u{FB50}'..='\u{FDFF}' | '\u{FE80}'..='\u{FEFC}')
}

/// A letter that takes accents, or an accent on one.
fn takes_mark(c: char) -> bool {
    takes_accents(c) || is_accent(c)
}

/// Whether a character may become one with what stands before it.
#[inline]
fn extends(c: char) -> bool {
    if c < '\u{300}' || is_arabic(c) {
        return false;
    }
    match c {
        '\u{370}'..='\u{482}'
        | '\u{48A}'..='\u{58F}'
        | '\u{660}'..='\u{669}'
        | '\u{6F0}'..='\u{6F9}'
        | TATWEEL => false,
        '\u{2000}'..='\u{206F}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => false,
        '\u{FB50}'..='\u{FDFF}' | '\u{FE80}'..='\u{FEFC}' => false,
        _ => joins(c),
    }
}

fn joins(c: char) -> bool {
    let begins = |c| canonical_combining_class(c) != 0 || is_nfkc_quick(once(c)) == IsNormalized::Maybe;
    if begins(c) {
        return true;
    }
    let mut first = None;
    decompose_compatible(c, |part| {
        first.get_or_insert(part);
    });
    first.is_some_and(|first| first != c && begins(first))
}
