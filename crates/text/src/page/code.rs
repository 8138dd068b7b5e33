//! Code that stands in a text where it does not belong: pasted with a page, or injected into it by somebody else.

use std::ops::Range;
use std::sync::LazyLock;

/// What only code says, in small letters and each of at least two.
const STRONG: &[&str] = &[
    "<script",
    "</script",
    "<iframe",
    "<?php",
    "javascript:",
    "data:text/javascript",
    "data:text/html",
    "data:application/",
    "document.",
    "window.",
    "eval(",
    "unescape(",
    "decodeuricomponent(",
    "atob(",
    "fromcharcode",
    "settimeout(",
    "setinterval(",
    "createelement(",
    "appendchild(",
    "innerhtml",
    "base64_decode",
    "base64,",
    "gzinflate(",
    "wscript.",
    "activexobject",
    "xmlhttprequest",
    "onerror=",
    "onload=",
    "onclick=",
    "regexp(",
    "date.now",
    "math.floor",
    "jquery(",
    "$(document",
    "localstorage.",
    "addeventlistener(",
    "navigator.",
    "location.href",
    "str_rot13",
    "queryselector",
    "<svg",
];
/// Words that code has and prose may have too.
const WEAK: &[&str] = &[
    "function", "var", "let", "const", "return", "if", "else", "for", "while", "new", "typeof", "void",
    "this", "try", "catch",
];
/// Words of prose in a row after which code has ended. A word in another script than Latin counts twice.
const PROSE: usize = 6;
/// Signs of code that a stretch must have, half as many where it is also one of the next.
const SIGNS: usize = 8;
/// What a whole element or address has, and a mention of one has not.
const WHOLE: &[&str] = &["</script", "</iframe", "src=", ";base64,"];

/// Stretches of code in a text, in order, apart from each other. Linear: each word is looked at once.
pub(super) fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Open> = None;
    let mut last_end = 0;
    for word in words(text) {
        let written = &text[word.clone()];
        let seen = look(written);
        // A blank line ends what is complete.
        let blank = text[last_end..word.start].matches('\n').count() > 1;
        last_end = word.end;
        if let Some(state) = &mut open
            && ((blank && state.depth <= 0) || state.prose >= PROSE || (!state.strong && state.prose > 0))
        {
            close(text, &mut found, open.take());
        }
        let code = seen.signs > 0 || seen.strong || weak(written) || (open.is_some() && numeric(written));
        if !code {
            if let Some(state) = &mut open {
                state.prose += if written.is_ascii() { 1 } else { 2 };
            }
            continue;
        }
        let begins = seen.strong || seen.signs > 2 || (weak(written) && open.is_none());
        if open.is_none() && !begins {
            continue;
        }
        let start = word.start + begin(written);
        let state = open.get_or_insert(Open {
            span: start..start,
            strong: false,
            signs: 0,
            depth: 0,
            prose: 0,
        });
        state.strong |= seen.strong;
        state.signs += seen.signs;
        state.depth += seen.depth;
        // Prose that is joined to the end of code is no code.
        let end = end(written, seen.strong);
        state.span.end = state.span.end.max(word.start + end);
        state.prose = if end < written.len() { 2 } else { 0 };
    }
    close(text, &mut found, open);
    found
}

struct Open {
    span: Range<usize>,
    strong: bool,
    signs: usize,
    depth: i64,
    prose: usize,
}

fn close(text: &str, found: &mut Vec<Range<usize>>, open: Option<Open>) {
    let whole = |open: &Open| {
        let written = text[open.span.clone()].to_ascii_lowercase();
        open.signs >= SIGNS || (open.signs >= SIGNS / 2 && WHOLE.iter().any(|known| written.contains(known)))
    };
    let Some(open) = open.filter(|open| open.strong && whole(open)) else {
        return;
    };
    match found.last_mut() {
        // What only spaces part is one injection.
        Some(last) if text[last.end..open.span.start].trim().is_empty() => last.end = open.span.end,
        _ => found.push(open.span),
    }
}

struct Seen {
    strong: bool,
    signs: usize,
    depth: i64,
}

fn sign(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')'
            | b'{'
            | b'}'
            | b'['
            | b']'
            | b';'
            | b'='
            | b'<'
            | b'>'
            | b'$'
            | b'\\'
            | b'|'
            | b'+'
            | b'&'
            | b'%'
    )
}

fn look(word: &str) -> Seen {
    let bytes = word.as_bytes();
    let signs = bytes.iter().filter(|byte| sign(**byte)).count();
    let count = |opens: &[u8], closes: &[u8]| {
        let opens = bytes.iter().filter(|byte| opens.contains(byte)).count();
        let closes = bytes.iter().filter(|byte| closes.contains(byte)).count();
        opens as i64 - closes as i64
    };
    Seen {
        strong: strong(bytes).is_some(),
        signs,
        depth: count(b"({[", b")}]"),
    }
}

/// Where the first strong sign of code stands in a word.
fn strong(bytes: &[u8]) -> Option<usize> {
    // Most words are only letters.
    if !bytes
        .iter()
        .any(|byte| sign(*byte) || matches!(byte, b'.' | b':' | b',' | b'_'))
    {
        return None;
    }
    (0..bytes.len().saturating_sub(3)).find(|at| {
        let rest = &bytes[*at..];
        let (first, second) = (rest[0].to_ascii_lowercase(), rest[1].to_ascii_lowercase());
        begins_strong(first, second)
            && STRONG
                .iter()
                .map(|known| known.as_bytes())
                .any(|known| rest.len() >= known.len() && rest[..known.len()].eq_ignore_ascii_case(known))
    })
}

/// Whether a strong sign begins with two bytes: hardly any two do.
fn begins_strong(first: u8, second: u8) -> bool {
    static PAIRS: LazyLock<Vec<bool>> = LazyLock::new(|| {
        let mut pairs = vec![false; 1 << 14];
        for known in STRONG.iter().map(|known| known.as_bytes()) {
            pairs[usize::from(known[0]) << 7 | usize::from(known[1])] = true;
        }
        pairs
    });
    first.is_ascii() && second.is_ascii() && PAIRS[usize::from(first) << 7 | usize::from(second)]
}

/// Whether a word is one that code begins with, be it joined to a sentence in another script.
fn weak(word: &str) -> bool {
    word.len() < 200 && WEAK.contains(&&word[begin(word)..])
}

fn numeric(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation())
}

/// Where code begins in a word: prose in another script may be joined before it.
fn begin(word: &str) -> usize {
    let upto = strong(word.as_bytes())
        .or_else(|| word.bytes().position(sign))
        .unwrap_or(word.len());
    let foreign = word[..upto]
        .char_indices()
        .rev()
        .find(|(_, letter)| letter.is_alphabetic() && !letter.is_ascii());
    let mut start = foreign.map_or(0, |(at, letter)| at + letter.len_utf8());
    // The full stop of the sentence before.
    if start > 0 {
        start += word[start..upto]
            .bytes()
            .take_while(|byte| matches!(byte, b'.' | b',' | b'!' | b'?'))
            .count();
    }
    start
}

/// Where code ends in a word: prose in another script may be joined after its last sign.
fn end(word: &str, strong: bool) -> usize {
    if word.is_ascii() {
        return word.len();
    }
    let Some(last) = word
        .bytes()
        .rposition(|byte| sign(byte) || byte == b'"' || byte == b'\'')
    else {
        return if strong || weak(word) { word.len() } else { 0 };
    };
    let rest = &word[last + 1..];
    let foreign = rest
        .char_indices()
        .find(|(_, letter)| letter.is_alphabetic() && !letter.is_ascii());
    foreign.map_or(word.len(), |(at, _)| last + 1 + at)
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        let end = text[start..]
            .find(char::is_whitespace)
            .map_or(text.len(), |length| start + length);
        at = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::stretches;

    fn cut(text: &str) -> Vec<&str> {
        stretches(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn code_is_cut_out_of_prose_and_nothing_else() {
        let code = "function pawn(e){var U=document.cookie.match(new RegExp(“(?:^|; )”+e));return U?decodeURIComponent(U[1]):void 0}";
        for (before, after) in [
            ("خبر عن بطولة الشطرنج.\n", ""),
            ("خبر عن بطولة الشطرنج. ", " وتستمر البطولة حتى يوم الأحد القادم."),
            (
                "The league ended on Sunday. ",
                " It will be played again next year, in another hall of the same town.",
            ),
            ("", "\n\nوتستمر البطولة"),
            ("انتهى الخبر.", ""),
        ] {
            let text = format!("{before}{code}{after}");
            assert_eq!(cut(&text), [code], "{text}");
        }
        let tag = "<script>var a=1;document.write(\"<b>\"+a+\"</b>\");</script>";
        assert_eq!(cut(&format!("قبل {tag} بعد ذلك كله")), [tag]);
        let loader = "<script src=\"http://192.0.2.7/x.js\"></script>";
        assert_eq!(cut(&format!("قبل {loader} بعد ذلك كله")), [loader]);
        let two = format!("{code}\n{tag}\n\nنص عادي من عدة كلمات هنا\n\n{tag}");
        assert_eq!(cut(&two).len(), 2);
    }

    #[test]
    fn prose_about_code_is_prose() {
        for text in [
            "The <script> element and eval() are slow, and so is document.write().",
            "A page may call document.write() while it loads; that is slow.",
            "استخدم الدالة eval() بحذر (انظر الفصل 3)؛ فهي بطيئة.",
            "If 5 < 7 and a = b, then (by the rule) we return to the function of the league.",
            "نسبة الفوز 50% + 3 نقاط (من أصل 9) = 12; انظر الجدول [1] [2] [3]",
        ] {
            assert_eq!(cut(text), Vec::<&str>::new(), "{text}");
        }
    }
}
