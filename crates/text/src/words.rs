//! Words of a key.

use std::ops::Range;

use crate::keys::is_arabic;

/// The words of a key's text: runs of letters and digits, cut between Arabic and other letters and between letters and
/// digits (UAX 29, with cuts of our own). Of scripts without spaces every character is one.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, kind) = loop {
            let (at, c) = rest.next()?;
            if let Some(kind) = kind(c) {
                break (at, kind);
            }
        };
        let mut end = rest.peek().map_or(text.len(), |(at, _)| *at);
        while kind != Kind::Sign
            && rest
                .next_if(|(_, c)| self::kind(*c) == Some(kind) || is_mark(*c))
                .is_some()
        {
            end = rest.peek().map_or(text.len(), |(at, _)| *at);
        }
        Some(start..end)
    })
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
        match c {
            'a'..='z' | 'A'..='Z' => Some(Kind::Letters),
            '0'..='9' => Some(Kind::Digits),
            _ => None,
        }
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
