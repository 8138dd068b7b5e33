//! K2, *fold*: what a search engine takes for the same. Lucene's Arabic and Persian normalisation together with the
//! root collation for searching of CLDR; for other scripts case, and for Latin and Greek accents.

use unicode_normalization::char::decompose_canonical;

use super::chars::{folds_accents, is_accent};
use super::map::{Key, Writer};

/// Folds a clean key. Linear in its length.
pub(super) fn fold(clean: &Key) -> Key {
    let mut out = Writer::with_capacity(clean.text().len());
    let mut sources = clean.sources();
    let text = clean.text();
    let mut at = 0;
    while at < text.len() {
        let (place, until) = sources.stretch(at, text.len());
        let run = if place.1 {
            short_run(&text.as_bytes()[at..until])
        } else {
            0
        };
        if run > 0 {
            out.same_letters(text[at..at + run].chars().map(short), place.0);
            at += run;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        at += c.len_utf8();
        if is_short(c) {
            out.put(short(c), place, c.len_utf8());
        } else {
            let mut written = 0;
            each(c, &mut |folded| {
                written += 1;
                // Of several, none stands for the source alone.
                out.put(folded, place, if written == 1 { c.len_utf8() } else { 0 });
            });
            debug_assert!(written <= 18, "K2 makes few characters of one");
        }
    }
    out.finish(clean.source_len())
}

/// ASCII and the Arabic block: one letter for each, as long as it was.
fn is_short(c: char) -> bool {
    matches!(c, '\0'..='\u{7F}' | '\u{600}'..='\u{6FF}')
}

#[inline]
const fn short(c: char) -> char {
    if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        arabic(c)
    }
}

/// Bytes of such letters at the beginning.
fn short_run(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            0..0x80 => 1,
            // U+0600 to U+06FF.
            0xD8..=0xDB => 2,
            _ => break,
        };
    }
    at
}

/// The letter that a letter of the Arabic script is searched as.
pub(crate) const fn arabic(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ى' | 'ی' | 'ے' | 'ې' | 'ۓ' | 'ئ' | 'ۍ' => 'ي',
        'ة' | 'ۃ' | 'ہ' | 'ھ' | 'ە' | 'ۀ' | 'ۂ' => 'ه',
        'ک' | 'ڪ' => 'ك',
        'ؤ' => 'و',
        other => other,
    }
}

/// Every character that a character outside of ASCII and Arabic folds to.
fn each(c: char, out: &mut impl FnMut(char)) {
    if is_accent(c) {
        return;
    }
    for lower in c.to_lowercase() {
        match lower {
            'ß' => "ss".chars().for_each(&mut *out),
            'æ' | 'ǽ' | 'ǣ' => "ae".chars().for_each(&mut *out),
            'œ' => "oe".chars().for_each(&mut *out),
            'þ' => "th".chars().for_each(&mut *out),
            'ø' | 'ǿ' => out('o'),
            'đ' | 'ð' => out('d'),
            'ł' => out('l'),
            'ı' => out('i'),
            'ħ' => out('h'),
            'ς' => out('σ'),
            lower if is_accent(lower) => {}
            lower if folds_accents(lower) => decompose_canonical(lower, |part| {
                if !is_accent(part) {
                    out(part);
                }
            }),
            lower => out(lower),
        }
    }
}
