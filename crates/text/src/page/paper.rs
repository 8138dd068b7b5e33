//! Reads code on paper: base64, percent-encoding, escapes and joined strings are undone, and nothing is run or fetched.

use crate::find::{Kind, defang, find};

/// Times one thing is unpacked from another.
const DEPTH: usize = 6;
/// Pieces, and bytes in all, that are unpacked from one injection.
const PIECES: usize = 64;
const BYTES: usize = 1 << 20;
/// Escapes of a kind, below which they are ordinary text.
const ESCAPES: usize = 3;
/// Letters of base64, below which a word is a word.
const BASE64: usize = 16;

/// What was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// What was undone, in order: `base64`, `percent`, `escapes`, `entities`, `char codes`, `joined strings`.
    pub(super) steps: Vec<&'static str>,
    /// Addresses it leads to, defanged; those that were hidden first.
    pub(super) addresses: Vec<String>,
    /// Whether a limit stopped it.
    pub(super) stopped: bool,
}

/// Reads a stretch of code.
pub(super) fn read(code: &str) -> Read {
    let mut read = Read::default();
    let mut plain = code;
    if code.len() > BYTES {
        read.stopped = true;
        plain = &code[..(0..=BYTES)
            .rev()
            .find(|at| code.is_char_boundary(*at))
            .unwrap_or(0)];
    }
    let mut hidden = Vec::new();
    let mut open = Vec::new();
    let mut work = vec![(straight(plain), 0)];
    let mut spent = 0;
    let mut pieces = 0;
    while let Some((piece, depth)) = work.pop() {
        pieces += 1;
        spent += piece.len();
        if pieces > PIECES || spent > 4 * BYTES || depth > DEPTH {
            read.stopped = true;
            break;
        }
        let into = if depth == 0 { &mut open } else { &mut hidden };
        for address in addresses(&piece) {
            if !into.contains(&address) && into.len() < PIECES {
                into.push(address);
            }
        }
        for (step, inner) in unpacked(&piece) {
            if !read.steps.contains(&step) {
                read.steps.push(step);
            }
            work.push((inner, depth + 1));
        }
    }
    hidden.extend(open);
    for address in hidden {
        if !read.addresses.contains(&address) {
            read.addresses.push(address);
        }
    }
    read
}

/// With the quotation marks of a typesetter made those of a programmer again.
fn straight(code: &str) -> String {
    code.chars()
        .map(|letter| match letter {
            '“' | '”' | '„' | '″' | '«' | '»' | '‟' => '"',
            '‘' | '’' | '′' | '‛' => '\'',
            '–' | '—' => '-',
            other => other,
        })
        .collect()
}

/// Addresses with a scheme or a number for a host. What else has a dot is a method of an object.
fn addresses(piece: &str) -> Vec<String> {
    let found = find(piece).into_iter().filter(|finding| {
        let text = &piece[finding.span.clone()];
        matches!(
            finding.kind,
            Kind::Url | Kind::Host | Kind::Invite | Kind::Handle | Kind::DonationLink
        ) && (text.contains("//") || text.contains('['))
    });
    let mut all: Vec<String> = found.map(|finding| defang(&address(&finding))).collect();
    // `//example.com/x` inherits its scheme.
    for (at, _) in piece.match_indices("//").take(PIECES) {
        let before = piece[..at].chars().next_back();
        if matches!(before, Some('"' | '\'' | '=')) {
            let word = &piece[at + 2..];
            let window = (0..=word.len().min(2048))
                .rev()
                .find(|at| word.is_char_boundary(*at))
                .unwrap_or(0);
            let length = word[..window]
                .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | '<'))
                .unwrap_or(window);
            let found = find(&format!("https://{}", &word[..length]));
            all.extend(
                found
                    .first()
                    .map(|finding| defang(&address(finding)).replacen("hxxps:", "", 1)),
            );
        }
    }
    all
}

fn address(finding: &crate::find::Finding) -> String {
    use crate::find::KeyKind;
    let key = finding.keys.iter().find(|key| key.kind == KeyKind::Url);
    // A handle's normal form is no address.
    if matches!(finding.kind, Kind::Invite | Kind::Handle) {
        key.map_or_else(|| finding.normal.clone(), |key| key.value.clone())
    } else {
        finding.normal.clone()
    }
}

/// What can be unpacked from a piece, once.
fn unpacked(piece: &str) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for (step, undone) in [
        ("percent", percent(piece)),
        ("escapes", escapes(piece)),
        ("entities", entities(piece)),
    ] {
        all.extend(undone.map(|undone| (step, undone)));
    }
    all.extend(char_codes(piece).map(|undone| ("char codes", undone)));
    all.extend(joined(piece).map(|undone| ("joined strings", undone)));
    all.extend(base64_words(piece).into_iter().map(|undone| ("base64", undone)));
    all
}

/// `%3C` and `%u0041`.
fn percent(piece: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(piece.len());
    let source = piece.as_bytes();
    let (mut at, mut count) = (0, 0);
    while at < source.len() {
        if source[at] == b'%' {
            if let Some(value) = hex(source, at + 1, 2) {
                // Two digits are one byte.
                bytes.push(value as u8);
                (at, count) = (at + 3, count + 1);
                continue;
            }
            if source.get(at + 1) == Some(&b'u')
                && let Some(value) = hex(source, at + 2, 4)
            {
                push(&mut bytes, value);
                (at, count) = (at + 6, count + 1);
                continue;
            }
        }
        bytes.push(source[at]);
        at += 1;
    }
    (count >= ESCAPES).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// `\x3c`, `\u003c`, `\u{3c}` and `\74`.
fn escapes(piece: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(piece.len());
    let source = piece.as_bytes();
    let (mut at, mut count) = (0, 0);
    while at < source.len() {
        let read = (source[at] == b'\\').then(|| match source.get(at + 1) {
            Some(b'x') => hex(source, at + 2, 2).map(|value| (value, 4)),
            Some(b'u') => hex(source, at + 2, 4).map(|value| (value, 6)),
            Some(b'0'..=b'7') => {
                let digits: Vec<u8> = source[at + 1..]
                    .iter()
                    .copied()
                    .take(3)
                    .take_while(|d| (b'0'..=b'7').contains(d))
                    .collect();
                let value = digits
                    .iter()
                    .fold(0, |sum, digit| sum * 8 + u32::from(digit - b'0'));
                (digits.len() > 1).then_some((value, 1 + digits.len()))
            }
            _ => None,
        });
        match read.flatten() {
            Some((value, length)) => {
                push(&mut bytes, value);
                (at, count) = (at + length, count + 1);
            }
            None => {
                bytes.push(source[at]);
                at += 1;
            }
        }
    }
    (count >= ESCAPES).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// `&#60;` and `&#x3c;`.
fn entities(piece: &str) -> Option<String> {
    let mut out = String::with_capacity(piece.len());
    let mut count = 0;
    let mut rest = piece;
    while let Some((before, after)) = rest.split_once("&#") {
        out.push_str(before);
        let (radix, digits) = after
            .strip_prefix(['x', 'X'])
            .map_or((10, after), |hex| (16, hex));
        let length = digits
            .bytes()
            .take(7)
            .take_while(|d| char::from(*d).is_digit(radix))
            .count();
        match u32::from_str_radix(&digits[..length], radix)
            .ok()
            .and_then(char::from_u32)
        {
            Some(letter) => {
                out.push(letter);
                count += 1;
                rest = digits[length..].strip_prefix(';').unwrap_or(&digits[length..]);
            }
            None => {
                out.push_str("&#");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    (count >= ESCAPES).then_some(out)
}

/// `fromCharCode(60, 115, …)`, and `chr(60).chr(115)`.
fn char_codes(piece: &str) -> Option<String> {
    let lower = piece.to_ascii_lowercase();
    let mut out = String::new();
    for (at, name) in lower
        .match_indices("fromcharcode(")
        .chain(lower.match_indices("chr("))
        .take(4096)
    {
        let inside = &lower[at + name.len()..];
        let number = |c: char| c.is_ascii_digit() || matches!(c, ',' | ' ' | 'x' | 'a'..='f');
        let length = inside.find(|c: char| !number(c)).unwrap_or(inside.len());
        for code in inside[..length].split(',').take(4096) {
            let code = code.trim();
            let value = code
                .strip_prefix("0x")
                .map_or_else(|| code.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            out.extend(value.and_then(char::from_u32));
        }
        if out.len() > BYTES {
            break;
        }
    }
    (out.len() >= ESCAPES).then_some(out)
}

/// `"ht" + "tp"`.
fn joined(piece: &str) -> Option<String> {
    let mut out = String::with_capacity(piece.len());
    let mut count = 0;
    let mut rest = piece;
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = &rest[at..=at];
        let after = rest[at + 1..].trim_start();
        let next = after
            .strip_prefix('+')
            .map(str::trim_start)
            .and_then(|next| next.strip_prefix(quote));
        match next {
            Some(next) => {
                out.push_str(&rest[..at]);
                rest = next;
                count += 1;
            }
            None => {
                out.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    (count > 0).then_some(out)
}

/// Words in base64 that become text.
fn base64_words(piece: &str) -> Vec<String> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    piece
        .split(|c| !belongs(c))
        .filter(|word| word.len() >= BASE64)
        .filter_map(|word| {
            // `data:…;base64,` is separated by a comma; a path before it is by a slash, which base64 has too.
            let bytes = base64(word)?;
            let text = String::from_utf8(bytes).ok()?;
            let printed = text
                .chars()
                .filter(|c| !c.is_control() || c.is_whitespace())
                .count();
            let ascii = text.bytes().filter(u8::is_ascii).count();
            (printed * 20 >= text.chars().count() * 19 && ascii * 2 > text.len()).then_some(text)
        })
        .take(PIECES)
        .collect()
}

/// Base64 and its form for addresses (RFC 4648, 4 and 5), forgiving about what is missing at its end.
fn base64(word: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(word.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in word.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

fn hex(source: &[u8], at: usize, digits: usize) -> Option<u32> {
    let written = source.get(at..at + digits)?;
    if !written.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(written).ok()?, 16).ok()
}

fn push(bytes: &mut Vec<u8>, value: u32) {
    let letter = char::from_u32(value).unwrap_or('\u{fffd}');
    bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn addresses_are_read_through_every_wrapping() {
        for (code, address, steps) in [
            (
                "document.write('<script src=http://192.0.2.7/a>')",
                "hxxp://192[.]0[.]2[.]7/a",
                &[][..],
            ),
            (
                "unescape('%68%74%74%70%3A%2F%2F%31%39%32%2E%30%2E%32%2E%37%2Fa')",
                "hxxp://192[.]0[.]2[.]7/a",
                &["percent"][..],
            ),
            (
                r#"var a="\x68\x74\x74\x70\x3a\x2f\x2fevil.example.com\x2fb""#,
                "hxxp://evil[.]example[.]com/b",
                &["escapes"][..],
            ),
            (
                r#"u="ht"+"tp://exam"+"ple.com/c""#,
                "hxxp://example[.]com/c",
                &["joined strings"][..],
            ),
            (
                "String.fromCharCode(104,116,116,112,58,47,47,49,57,50,46,48,46,50,46,57,47)",
                "hxxp://192[.]0[.]2[.]9",
                &["char codes"][..],
            ),
            (
                "src=”data:text/javascript;base64,ZG9jdW1lbnQud3JpdGUoJ2h0dHA6Ly8xOTIuMC4yLjgveCcp”",
                "hxxp://192[.]0[.]2[.]8/x",
                &["base64"][..],
            ),
            (
                "&#104;&#116;&#116;&#112;://192.0.2.7/e",
                "hxxp://192[.]0[.]2[.]7/e",
                &["entities"][..],
            ),
            (
                r#"<script src="//example.com/x.js">"#,
                "//example[.]com/x.js",
                &[][..],
            ),
        ] {
            let found = read(code);
            assert!(found.addresses.contains(&address.to_owned()), "{code}: {found:?}");
            assert_eq!(found.steps, steps, "{code}");
            assert!(!found.stopped);
        }
        assert_eq!(
            read("document.cookie.match(e.to)").addresses,
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_bomb_is_left_alone() {
        let bomb = "%25".repeat(400_000);
        assert!(read(&bomb).stopped);
        let nested = (0..12).fold(String::from("x"), |inner, _| inner.replace('x', "\"x\"+\"xxxx\""));
        assert!(
            read(&nested[..nested.len().min(1 << 20)])
                .steps
                .contains(&"joined strings")
        );
    }
}
