//! The words of a text for its digest and its passages, in one pass.
//!
//! Keys are made for whatever is asked of a text. A digest needs the words of K2 and passages those of K4 of K3, and most lines of
//! ordinary texts need no more than a look at each of their letters to give both. Lines that may need more (marks and letters of other blocks,
//! links, words of two scripts, what may be pulled apart or repeated) are read by their keys, each by itself: nothing that a key
//! does goes on over the end of a line, but for one thing, see [`Line::Whole`].

use std::ops::Range;

use model::TextDigest;
use sha2::{Digest as _, Sha256};

use super::passages::{FNV, hashed, word_hash, words_of};
use crate::keys::{Fragments, Reading, TextTooLong, is_arabic, is_arabic_mark, letter_of_k2, rasm};
use crate::words::words;

/// What stands at a place, in the upper bits; in the lower ones a letter's rasm and its letter of K2, both below U+0800.
mod seen {
    pub(super) const ARABIC: u32 = 1 << 24;
    pub(super) const LATIN: u32 = 2 << 24;
    pub(super) const DIGIT: u32 = 3 << 24;
    pub(super) const SIGN: u32 = 4 << 24;
    pub(super) const SPACE: u32 = 5 << 24;
    pub(super) const LINE: u32 = 6 << 24;
    /// Stretches the letter before.
    pub(super) const TATWEEL: u32 = 7 << 24;
    /// Is dropped.
    pub(super) const MARK: u32 = 8 << 24;
    /// Needs its key.
    pub(super) const ODD: u32 = 9 << 24;
    pub(super) const KIND: u32 = 0xF << 24;
}

const fn letter(kind: u32, of_k2: char) -> u32 {
    kind | (of_k2 as u32) << 12 | rasm(of_k2) as u32
}

const ASCII: [u32; 128] = {
    let mut table = [seen::ODD; 128];
    let mut at = 0_u8;
    while at < 128 {
        table[at as usize] = match at {
            b'\n' => seen::LINE,
            b' ' => seen::SPACE,
            b'\t' | b'\r' => seen::SIGN,
            b'0'..=b'9' => letter(seen::DIGIT, at as char),
            b'a'..=b'z' | b'A'..=b'Z' => letter(seen::LATIN, at.to_ascii_lowercase() as char),
            // Signs that are in no word: one of them may pull a word apart.
            b'*' | b'~' | b'^' | b'`' => seen::ODD,
            b'!'..=b'~' => seen::SIGN,
            _ => seen::ODD,
        };
        at += 1;
    }
    table
};

/// U+0600 to U+06FF.
const ARABIC: [u32; 256] = {
    let mut table = [seen::ODD; 256];
    let mut at = 0;
    while at < 256 {
        if let Some(c) = char::from_u32(0x600 + at as u32) {
            table[at] = match c {
                '\u{640}' => seen::TATWEEL,
                '\u{675}'..='\u{678}' => seen::ODD,
                '،' | '؛' | '؟' | '٪' | '٫' | '۔' => seen::SIGN,
                '٠'..='٩' | '۰'..='۹' => letter(seen::DIGIT, (b'0' + (at as u8 & 0xF)) as char),
                c if is_arabic_mark(c) => seen::MARK,
                c if is_arabic(c) => letter(seen::ARABIC, letter_of_k2(c)),
                _ => seen::ODD,
            };
        }
        at += 1;
    }
    table
};

/// What stands at a place, and its bytes. The text is valid UTF-8.
#[inline]
fn look(bytes: &[u8], at: usize) -> (u32, usize) {
    let second = || bytes.get(at + 1).copied().unwrap_or_default();
    match bytes[at] {
        byte @ 0..0x80 => (ASCII[byte as usize], 1),
        byte @ 0xD8..=0xDB => (ARABIC[(byte as usize & 3) << 6 | second() as usize & 0x3F], 2),
        0xC2 => match second() {
            0xA0 => (seen::SPACE, 2),
            0xAB | 0xBB => (seen::SIGN, 2),
            _ => (seen::ODD, 2),
        },
        0xE2 if second() == 0x80 => match bytes.get(at + 2) {
            // Dashes, quotes, the bullet and the ellipsis.
            Some(0x90..=0x95 | 0x98..=0x9E | 0xA2 | 0xA6) => (seen::SIGN, 3),
            // Invisible ones.
            Some(0x8B..=0x8F | 0xAA..=0xAE) => (seen::MARK, 3),
            _ => (seen::ODD, 3),
        },
        _ => (seen::ODD, 1),
    }
}

/// How a line was read.
enum Line {
    /// Its words are there; it ends here.
    Read(usize),
    /// It needs its keys.
    Odd,
    /// The whole text needs them: whether a repeated ى stands for letters without dots is told by what is around its line.
    Whole,
}

/// The words of a text.
#[derive(Default)]
pub(super) struct Words {
    /// Hashes of those that passages are made of, and their places in the text.
    pub(super) hashes: Vec<u64>,
    pub(super) spans: Vec<Range<u32>>,
    /// All under K2, with a space after each.
    folded: String,
}

impl Words {
    /// Reads a text. The same as by its keys.
    ///
    /// # Errors
    /// As [`Reading::of`].
    pub(super) fn of(text: &str) -> Result<Self, TextTooLong> {
        // A word and what is between it and the next have twelve bytes in Arabic.
        let about = text.len() / 10;
        let mut words = Self {
            hashes: Vec::with_capacity(about),
            spans: Vec::with_capacity(about),
            folded: String::with_capacity(text.len()),
        };
        let mut at = 0;
        while at < text.len() {
            let before = (words.hashes.len(), words.folded.len());
            let line = words.line(text.as_bytes(), at);
            if let Line::Read(end) = line {
                at = end;
                continue;
            }
            words.hashes.truncate(before.0);
            words.spans.truncate(before.0);
            words.folded.truncate(before.1);
            if matches!(line, Line::Whole) {
                words = Self::default();
                at = 0;
            }
            let rest = &text[at..];
            let end = match line {
                Line::Whole => rest.len(),
                _ => rest.find('\n').map_or(rest.len(), |end| end + 1),
            };
            words.by_keys(&Reading::of(&rest[..end])?, |span| at + span.start..at + span.end);
            at += end;
        }
        Ok(words)
    }

    /// With other places.
    pub(super) fn placed(mut self, place: impl Fn(Range<usize>) -> Range<usize>) -> Self {
        for span in &mut self.spans {
            let placed = place(span.start as usize..span.end as usize);
            *span = placed.start as u32..placed.end as u32;
        }
        self
    }

    /// Adds the words of a text by its keys.
    pub(super) fn by_keys(&mut self, reading: &Reading<'_>, place: impl Fn(Range<usize>) -> Range<usize>) {
        words_of(reading, |word, span| {
            let span = place(span);
            self.hashes.push(word_hash(word));
            self.spans.push(span.start as u32..span.end as u32);
        });
        let folded = reading.folded().text();
        for word in words(folded) {
            self.folded.push_str(&folded[word]);
            self.folded.push(' ');
        }
    }

    /// The digest of all words, see [`raw_text`](super::raw_text).
    pub(super) fn digest(&self) -> Option<TextDigest> {
        let folded = self.folded.strip_suffix(' ')?;
        Some(TextDigest::new(Sha256::digest(folded.as_bytes()).into()))
    }

    fn line(&mut self, bytes: &[u8], mut at: usize) -> Line {
        let mut fragments = Fragments::new();
        while let Some(byte) = bytes.get(at) {
            let (mut what, mut length) = look(bytes, at);
            let kind = what & seen::KIND;
            if kind <= seen::DIGIT {
                let start = at;
                let mut hash = FNV;
                let (mut letters, mut last, mut times) = (0, 0, 0);
                // A word is of one kind.
                loop {
                    match what & seen::KIND {
                        now if now == kind => {
                            hash = hashed(hash, u64::from(what & 0xFFF));
                            // Letters of the tables are below U+0800.
                            self.folded.extend(char::from_u32(what >> 12 & 0xFFF));
                            letters += 1;
                            times = if last == what { times + 1 } else { 1 };
                            last = what;
                            if times == 3 && kind != seen::DIGIT {
                                let of_k2 = what >> 12 & 0xFFF;
                                let undotted = of_k2 == 'ي' as u32 || of_k2 == 'ٮ' as u32;
                                return if undotted { Line::Whole } else { Line::Odd };
                            }
                        }
                        seen::MARK => {}
                        seen::TATWEEL if kind != seen::DIGIT => {}
                        seen::SIGN | seen::SPACE | seen::LINE => break,
                        _ => return Line::Odd,
                    }
                    at += length;
                    if at == bytes.len() {
                        break;
                    }
                    (what, length) = look(bytes, at);
                }
                self.folded.push(' ');
                if kind != seen::DIGIT {
                    self.hashes.push(hash);
                    self.spans.push(start as u32..at as u32);
                }
                if fragments.end(letters) {
                    return Line::Odd;
                }
                continue;
            }
            match kind {
                seen::SPACE => fragments.space(),
                seen::SIGN if *byte == b':' && bytes[at..].starts_with(b"://") => return Line::Odd,
                seen::SIGN | seen::MARK => {}
                seen::LINE => return Line::Read(at + length),
                _ => return Line::Odd,
            }
            at += length;
        }
        Line::Read(at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{is_letter, is_of_word};
    use crate::known::raw_text;

    fn by_keys(text: &str) -> Words {
        let mut words = Words::default();
        if let Ok(reading) = Reading::of(text) {
            words.by_keys(&reading, |span| span);
        }
        words
    }

    /// How many lines are read without their keys.
    fn lines(text: &str) -> (usize, usize) {
        let (mut read, mut odd) = (0, 0);
        for line in text.split_inclusive('\n') {
            match Words::default().line(line.as_bytes(), 0) {
                Line::Read(end) => {
                    assert_eq!(end, line.len());
                    read += 1;
                }
                _ => odd += 1,
            }
        }
        (read, odd)
    }

    #[test]
    fn ordinary_lines_need_no_keys() {
        let text = "اجتمعَ رؤساء النوادي في القاهرة، يوم الثلاثاء (٣ مارس) — وقال أحدهم: «انتهى»؟\n\
            The clubs met, as they said, in 2024: \u{201C}it is over\u{201D}\n";
        assert_eq!(lines(text), (2, 0));
        for odd in [
            "ك * ت",
            "کتاب пример",
            "see https://example.org/a",
            "a b c d",
            "ك.ت.ا.ب",
            "coool",
            "l1nk",
            "كتاbب",
        ] {
            assert_eq!(lines(odd), (0, 1), "{odd}");
        }
    }

    #[test]
    fn letters_of_the_table_are_letters() {
        for c in (0x600_u32..0x700).filter_map(char::from_u32) {
            let is = ARABIC[c as usize - 0x600] & seen::KIND == seen::ARABIC;
            assert!(!is || (is_letter(c) && is_of_word(c)), "{c:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// One pass gives what keys give.
        #[test]
        fn one_pass_gives_the_words_of_the_keys(text in
            "((ال|و|ب)?[ابتهيىوكئؤآأڤگک][ابتهيىوكل\u{64b}\u{640}]{0,5}|[a-eA-E]{1,6}|www|l1|٣|12|\u{200f}| |  |\n|\r\n             |[.,:;*/!…–«»\u{a0}\u{200c}\u{60c}_\u{66c}\u{653}\u{301}é漢ﻼ]|://|ٮٮٮ|ييي|aaa|a\\.b\\.c|.){0,40}")
        {
            let (ours, theirs) = (Words::of(&text).unwrap_or_default(), by_keys(&text));
            prop_assert_eq!(&ours.hashes, &theirs.hashes);
            prop_assert_eq!(&ours.spans, &theirs.spans);
            let digest = Reading::of(&text).ok().and_then(|reading| raw_text(&reading));
            prop_assert_eq!(ours.digest(), digest);
        }
    }
}
