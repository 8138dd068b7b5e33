//! Words of a key.

use std::ops::Range;

use crate::keys::{is_arabic, is_plain_arabic};

/// The words of a key's text: runs of letters and digits, cut between Arabic and other letters and between letters and
/// digits (UAX 29, with cuts of our own). Of scripts without spaces every character is one.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    kinds(text).map(|(word, _)| word)
}

/// The same, with what each consists of.
pub(crate) fn kinds(text: &str) -> impl Iterator<Item = (Range<usize>, Kind)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (start, kind) = loop {
            let (kind, length) = kind_at(text, at)?;
            at += length;
            if let Some(kind) = kind {
                break (at - length, kind);
            }
        };
        while kind != Kind::Sign
            && let Some(length) = goes_on(text, at, kind)
        {
            at += length;
        }
        Some((start..at, kind))
    })
}

/// What stands at a place makes a word of, and how long it is. None at the end.
#[inline]
fn kind_at(text: &str, at: usize) -> Option<(Option<Kind>, usize)> {
    let bytes = text.as_bytes();
    let byte = *bytes.get(at)?;
    if byte < 0x80 {
        return Some((ascii(byte), 1));
    }
    if is_plain_arabic(bytes, at) {
        return Some((Some(Kind::Arabic), 2));
    }
    let c = text[at..].chars().next()?;
    Some((kind(c), c.len_utf8()))
}

/// How long what stands at a place is, if a word of a kind goes on with it.
#[inline]
fn goes_on(text: &str, at: usize, kind: Kind) -> Option<usize> {
    let bytes = text.as_bytes();
    let byte = *bytes.get(at)?;
    if byte < 0x80 {
        return (ascii(byte) == Some(kind)).then_some(1);
    }
    if is_plain_arabic(bytes, at) {
        return (kind == Kind::Arabic).then_some(2);
    }
    let c = text[at..].chars().next()?;
    (self::kind(c) == Some(kind) || is_mark(c)).then_some(c.len_utf8())
}

#[inline]
const fn ascii(byte: u8) -> Option<Kind> {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Some(Kind::Letters),
        b'0'..=b'9' => Some(Kind::Digits),
        _ => None,
    }
}

/// How many words there are.
pub(crate) fn count(text: &str) -> usize {
    words(text).count()
}

/// What a word consists of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Arabic,
    Letters,
    Digits,
    /// A character of a script that puts no spaces between words.
    Sign,
}

/// What a character makes a word of, if any.
#[inline]
pub(crate) fn kind(c: char) -> Option<Kind> {
    if c.is_ascii() {
        ascii(c as u8)
    } else if is_arabic(c) {
        Some(Kind::Arabic)
    } else if is_unspaced(c) {
        Some(Kind::Sign)
    } else if c.is_alphabetic() {
        Some(Kind::Letters)
    } else {
        c.is_numeric().then_some(Kind::Digits)
    }
}

/// Marks within a word of scripts that keep theirs.
fn is_mark(c: char) -> bool {
    c >= '\u{300}' && !c.is_alphanumeric() && unicode_normalization::char::is_combining_mark(c)
}

/// Thai, Lao, Myanmar, Khmer, Han, Kana.
const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A character at a time.
    fn plainly(text: &str) -> Vec<(Range<usize>, Kind)> {
        let mut words: Vec<(Range<usize>, Kind)> = Vec::new();
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            match (words.last_mut(), kind(c)) {
                (Some((word, of)), kind)
                    if word.end == at && *of != Kind::Sign && (kind == Some(*of) || is_mark(c)) =>
                {
                    word.end = end;
                }
                (_, Some(kind)) => words.push((at..end, kind)),
                _ => {}
            }
        }
        words
    }

    proptest! {
        #[test]
        fn words_are_what_characters_make(text in "([ا-ي]|[a-z]|[0-9]|[ ,.-]|[\u{300}\u{64e}پچ漢字é٣،]|.){0,40}") {
            prop_assert_eq!(kinds(&text).collect::<Vec<_>>(), plainly(&text));
        }
    }
}
