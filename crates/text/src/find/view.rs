//! A text as a reader of links sees it: without invisible characters, with one form of each letter and digit, and with
//! what was written against being followed (`hxxp`, `[.]`, `(dot)`, نقطة) undone. Every byte knows where it came from.

use std::ops::Range;

use super::pieces::Derived;

/// Bytes that a bracketed word such as `[ dot ]` can take.
const BRACKETED: usize = 24;

/// Words in brackets, and what they stand for.
const MEANINGS: &[(&str, &str)] = &[
    (".", "."),
    ("dot", "."),
    ("d0t", "."),
    ("نقطة", "."),
    ("نقطه", "."),
    ("دوت", "."),
    (":", ":"),
    ("://", "://"),
    ("/", "/"),
    ("at", "@"),
    ("@", "@"),
    ("آت", "@"),
    ("ات", "@"),
    ("أت", "@"),
];
/// Words for a dot that nothing else means between two Latin words.
const ARABIC_DOTS: [&str; 3] = ["نقطة", "نقطه", "دوت"];
/// Schemes that were made unclickable.
const SCHEMES: &[(&str, &str)] = &[
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("h**ps", "https"),
    ("h**p", "http"),
    ("htxps", "https"),
    ("htxp", "http"),
    ("fxp", "ftp"),
];

/// Makes the view.
pub(crate) fn view(text: &str) -> Derived {
    let mut view = Derived::default();
    let bytes = text.as_bytes();
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        // Most of a text is letters that stay as they are.
        let (words, to, repaired): (String, usize, bool) = match byte {
            b'[' | b'(' | b'{' => match bracketed(text, at) {
                Some((meaning, to)) => (meaning.to_owned(), to, true),
                None => {
                    at += 1;
                    continue;
                }
            },
            b' ' => match spaced(text, &view, copied, at) {
                Some((meaning, to)) => (meaning.to_owned(), to, true),
                None => {
                    at += 1;
                    continue;
                }
            },
            b'h' | b'H' | b'f' | b'F' => match scheme(bytes, at) {
                Some((meaning, to)) => (meaning.to_owned(), to, true),
                None => {
                    at += 1;
                    continue;
                }
            },
            0..0x80 => {
                at += 1;
                continue;
            }
            _ => {
                // `at` is always on a border: ASCII steps by one, the rest by whole characters.
                let letter = text[at..].chars().next().unwrap_or('\u{fffd}');
                let to = at + letter.len_utf8();
                match simple(letter) {
                    Simple::Same => {
                        at = to;
                        continue;
                    }
                    Simple::Gone => (String::new(), to, false),
                    Simple::As(plain) => (plain.to_string(), to, false),
                }
            }
        };
        view.copy(&text[copied..at], copied);
        view.replace(&words, at..to, repaired);
        at = to;
        copied = to;
    }
    view.copy(&text[copied..], copied);
    view
}

enum Simple {
    Same,
    Gone,
    As(char),
}

/// Whether a character is not seen (Default_Ignorable_Code_Point and the controls of direction).
pub(crate) fn invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn simple(letter: char) -> Simple {
    if invisible(letter) {
        return Simple::Gone;
    }
    let code = letter as u32;
    // The cases are distances from the first of a row, and so below 128.
    let ascii = |first: u8, distance: u32| Simple::As(char::from(first + (distance & 0x7f) as u8));
    match code {
        0x660..=0x669 => ascii(b'0', code - 0x660),
        0x6f0..=0x6f9 => ascii(b'0', code - 0x6f0),
        0xff01..=0xff5e => ascii(b'!', code - 0xff01),
        0x24b6..=0x24cf => ascii(b'A', code - 0x24b6),
        0x24d0..=0x24e9 => ascii(b'a', code - 0x24d0),
        0x1d400..=0x1d6a3 => {
            let row = (code - 0x1d400) % 52;
            if row < 26 {
                ascii(b'A', row)
            } else {
                ascii(b'a', row - 26)
            }
        }
        0x1d7ce..=0x1d7ff => ascii(b'0', (code - 0x1d7ce) % 10),
        0x3002 | 0xff61 | 0x2024 | 0xfe52 | 0xb7 | 0x2219 => Simple::As('.'),
        0x2044 | 0x2215 => Simple::As('/'),
        0x2236 => Simple::As(':'),
        0xa0 | 0x202f => Simple::As('\u{a0}'),
        _ => Simple::Same,
    }
}

/// A bracketed word at `at`, what it stands for, and where it ends.
fn bracketed(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let close = match text.as_bytes()[at] {
        b'[' => b']',
        b'(' => b')',
        _ => b'}',
    };
    let window = &text.as_bytes()[at + 1..text.len().min(at + BRACKETED)];
    let length = window.iter().position(|byte| *byte == close)?;
    let inside = std::str::from_utf8(&window[..length]).ok()?.trim();
    let (_, meaning) = MEANINGS
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(inside))?;
    let end = at + 1 + length + 1;
    // A round bracket around one sign is a smiley or a footnote unless a name stands on both sides.
    let before = text[..at]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == ' ');
    let spaces = spaces(text.as_bytes(), end);
    let joined = label_at(text, end + spaces) || matches!(*meaning, ":" | "://" | "/");
    (before && joined).then_some((*meaning, end + if joined { spaces } else { 0 }))
}

/// At most two spaces.
fn spaces(bytes: &[u8], at: usize) -> usize {
    bytes[at.min(bytes.len())..]
        .iter()
        .take(2)
        .take_while(|byte| **byte == b' ')
        .count()
}

/// Whether a host label could begin here.
fn label_at(text: &str, at: usize) -> bool {
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(char::is_alphanumeric)
}

/// The word of ASCII letters and digits at `at`, at most 63 bytes.
fn ascii_word(bytes: &[u8], at: usize) -> Range<usize> {
    let rest = &bytes[at.min(bytes.len())..];
    let length = rest
        .iter()
        .take(63)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
        .count();
    at..at + length
}

/// A dot or an at sign that is written out as a word between spaces, beginning with the space at `at`.
fn spaced(text: &str, view: &Derived, copied: usize, at: usize) -> Option<(&'static str, usize)> {
    let bytes = text.as_bytes();
    let after = at + spaces(bytes, at);
    let before = if at > copied {
        bytes[at - 1]
    } else {
        *view.text.as_bytes().last()?
    };
    if !before.is_ascii_alphanumeric() {
        return None;
    }
    if matches!(bytes.get(after)?, b'[' | b'(' | b'{') {
        return bracketed(text, after).filter(|(meaning, _)| *meaning != "/");
    }
    let rest = &text[after..];
    if let Some(word) = ARABIC_DOTS.iter().find(|word| rest.starts_with(**word)) {
        let next = after + word.len();
        let gap = spaces(bytes, next);
        let label = ascii_word(bytes, next + gap);
        let more = bytes.get(label.end) == Some(&b'.');
        let known = more || top_level(&text[label.clone()]);
        return (gap > 0 && !label.is_empty() && known).then_some((".", label.start));
    }
    if dot_word(bytes, after) {
        let next = after + 4;
        let label = ascii_word(bytes, next);
        // "The early dot com years" is no address: something else must say that this is one.
        let tail = &view.text[floor(&view.text, view.text.len().saturating_sub(64))..];
        let token = if at > copied {
            &text[floor(text, at.saturating_sub(64)).max(copied)..at]
        } else {
            ""
        };
        let last = token.rsplit(char::is_whitespace).next().unwrap_or_default();
        let whole = if last.len() == token.len() {
            format!(
                "{}{last}",
                tail.rsplit(char::is_whitespace).next().unwrap_or_default()
            )
        } else {
            last.to_owned()
        };
        let told = whole.contains(['.', '@', ':']) || whole.eq_ignore_ascii_case("www");
        let twice = bytes.get(label.end) == Some(&b' ') && dot_word(bytes, label.end + 1);
        return (!label.is_empty() && (told || twice)).then_some((".", label.start));
    }
    // user at example dot com
    if rest.len() > 3 && rest.as_bytes()[..3].eq_ignore_ascii_case(b"at ") {
        let label = ascii_word(bytes, after + 3);
        let gap = spaces(bytes, label.end);
        let dotted = gap > 0
            && (dot_word(bytes, label.end + gap)
                || ARABIC_DOTS.iter().any(|w| text[label.end + gap..].starts_with(w))
                || bracketed(text, label.end + gap).is_some_and(|(m, _)| m == "."));
        return (!label.is_empty() && dotted).then_some(("@", label.start));
    }
    None
}

/// Whether "dot " stands here.
fn dot_word(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at..at + 4)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"dot "))
}

/// Whether a word is a top-level domain.
fn top_level(word: &str) -> bool {
    word.len() >= 2
        && psl::suffix(word.to_ascii_lowercase().as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// The nearest border of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A scheme that was made unclickable, if a colon in any dress follows.
fn scheme(bytes: &[u8], at: usize) -> Option<(&'static str, usize)> {
    if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let (written, meant) = SCHEMES.iter().find(|(written, _)| {
        bytes
            .get(at..at + written.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(written.as_bytes()))
    })?;
    let end = at + written.len();
    let rest = &bytes[end..];
    let colon = [&b"://"[..], b"[:]", b"[://]", b":\\\\", b"(:)", b"{:}", b":[/"];
    colon
        .iter()
        .any(|form| rest.starts_with(form))
        .then_some((*meant, end))
}

#[cfg(test)]
mod tests {
    use super::view;

    #[test]
    fn what_was_made_unclickable_is_read() {
        for (written, read) in [
            ("hxxps://example[.]com/a", "https://example.com/a"),
            ("hXXp[:]//example[.]com", "http://example.com"),
            ("h**p://example(dot)com", "http://example.com"),
            ("example [dot] com", "example.com"),
            ("example [ . ] com", "example.com"),
            ("www dot example dot com", "www.example.com"),
            ("example نقطة com", "example.com"),
            ("user at example dot com", "user@example.com"),
            ("user[at]example[.]com", "user@example.com"),
            ("user (at) example (dot) com", "user@example.com"),
            ("https://exa\u{200b}mple.com", "https://example.com"),
            ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
            ("𝐞𝐱𝐚𝐦𝐩𝐥𝐞.com", "example.com"),
            ("IP ١٢٣", "IP 123"),
        ] {
            assert_eq!(view(written).text, read, "{written}");
        }
        for same in [
            "the early dot com years",
            "meet at example.com at noon",
            "it (at the end) was [.]",
            "وصل إلى نقطة البداية",
            "f(.) = x",
        ] {
            assert_eq!(view(same).text, same);
        }
    }
}
