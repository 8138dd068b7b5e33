//! K4, *rasm*: Arabic without its dots, as it was once written, and the gate before it. Nearly half of all words have a
//! twin there, so it is compared only where the text itself has no dots.

use std::ops::Range;

use super::chars::{is_arabic, is_of_word};
use super::map::{Key, Writer};
use super::repair::loan;

/// Letters looked at together, and the bits of so many.
const WINDOW: usize = 40;
const IN_WINDOW: u64 = (1 << WINDOW) - 1;
/// Of so many letters at most 3 have dots. In 44,918 windows of news the least was 4; but formulas (*may God bless him*) come
/// down to none.
const DOTTED: u32 = 3;
/// And so many are ى within a word, where no spelling has it, or letters that only such writing has: they stand for letters that
/// have lost their dots.
const BARE: u32 = 2;

/// The letter without its dots. Works on letters of K2 and K3.
#[inline]
pub(crate) const fn rasm(c: char) -> char {
    match c {
        '\u{600}'..='\u{6FF}' => TABLE[c as usize - 0x600],
        _ => bare(c),
    }
}

/// [`bare`] of the Arabic block: it is asked for every letter of every text.
const TABLE: [char; 256] = {
    let mut table = ['\0'; 256];
    let mut at = 0;
    while at < table.len() {
        if let Some(c) = char::from_u32(0x600 + at as u32) {
            table[at] = bare(c);
        }
        at += 1;
    }
    table
};

const fn bare(c: char) -> char {
    match loan(c) {
        'ب' | 'ت' | 'ث' | 'ن' | 'ئ' | 'ى' | 'ي' | 'ٮ' | 'ں' => 'ٮ',
        'ج' | 'ح' | 'خ' => 'ح',
        'د' | 'ذ' => 'د',
        'ر' | 'ز' => 'ر',
        'س' | 'ش' => 'س',
        'ص' | 'ض' => 'ص',
        'ط' | 'ظ' => 'ط',
        'ع' | 'غ' => 'ع',
        'ف' | 'ق' | 'ڡ' | 'ٯ' => 'ڡ',
        'ة' => 'ه',
        other => other,
    }
}

/// K4 of a folded or repaired key. Linear in its length.
pub(super) fn key(folded: &Key) -> Key {
    let mut out = Writer::with_capacity(folded.text().len());
    let mut sources = folded.sources();
    for (at, c) in folded.text().char_indices() {
        out.put(rasm(c), sources.locate(at), c.len_utf8());
    }
    out.finish(folded.source_len())
}

/// The stretches of the original without dots: words with letters that only such writing has, and wherever of 40 letters three
/// have dots at most and two are ى within a word. Shorter texts without such letters are left alone.
pub(super) fn dotless(clean: &Key) -> Vec<Range<usize>> {
    let text = clean.text();
    if text.is_ascii() {
        return Vec::new();
    }
    // Urdu has ں of its own.
    let mut urdu: Option<bool> = None;
    let mut is_urdu = || *urdu.get_or_insert_with(|| text.contains(['ٹ', 'ڈ', 'ڑ', 'ے', 'ہ']));
    let mut spans: Vec<Range<usize>> = Vec::new();
    // A bit for each of the last letters: whether it has dots, and whether it shows that they are gone; and how many there were.
    let (mut dots, mut bare, mut letters) = (u64::MAX, 0_u64, 0_usize);
    let mut last = ' ';
    let (mut word, mut archaic) = (None, false);
    // Where the last stretch begins, and how many letters there were at its end.
    let mut taken = (0, 0);
    for (at, c) in text.char_indices() {
        let is_arabic = is_arabic(c);
        if !is_arabic && !is_of_word(c) {
            if let Some(start) = word.take()
                && archaic
            {
                add(&mut spans, start..at);
            }
            archaic = false;
            last = c;
            continue;
        }
        word.get_or_insert(at);
        if !is_arabic {
            last = c;
            continue;
        }
        let is_archaic = matches!(c, 'ٮ' | 'ٯ' | 'ڡ') || (c == 'ں' && !is_urdu());
        archaic |= is_archaic;
        dots = dots << 1 | u64::from(has_dots(c));
        bare = bare << 1 | u64::from(is_archaic);
        if last == 'ى' {
            bare |= 2;
        }
        last = c;
        letters += 1;
        if letters >= WINDOW
            && (dots & IN_WINDOW).count_ones() <= DOTTED
            && (bare & IN_WINDOW).count_ones() >= BARE
        {
            let end = at + c.len_utf8();
            let start = match taken {
                // It goes on.
                (before, count) if count + 1 == letters => before,
                _ => start_of_window(&text[..end]),
            };
            add(&mut spans, start..end);
            taken = (start, letters);
        }
    }
    if let Some(start) = word
        && archaic
    {
        add(&mut spans, start..text.len());
    }
    spans.into_iter().map(|span| clean.source(span)).collect()
}

/// Where the window begins that ends with a text.
fn start_of_window(text: &str) -> usize {
    let letters = text.char_indices().rev().filter(|(_, c)| is_arabic(*c));
    letters.take(WINDOW).last().map_or(0, |(at, _)| at)
}

/// Spans come by their ends; they are kept apart and in order.
fn add(spans: &mut Vec<Range<usize>>, mut span: Range<usize>) {
    while let Some(last) = spans.last()
        && last.end >= span.start
    {
        span.start = span.start.min(last.start);
        span.end = span.end.max(last.end);
        spans.pop();
    }
    spans.push(span);
}

/// Letters with dots, and the bearers of hamza, which such writing drops too.
const fn has_dots(c: char) -> bool {
    matches!(
        c,
        'ب' | 'ت'
            | 'ث'
            | 'ج'
            | 'خ'
            | 'ذ'
            | 'ز'
            | 'ش'
            | 'ض'
            | 'ظ'
            | 'غ'
            | 'ف'
            | 'ق'
            | 'ن'
            | 'ي'
            | 'ة'
            | 'أ'
            | 'إ'
            | 'ؤ'
            | 'ئ'
            | 'پ'
            | 'چ'
            | 'ژ'
            | 'ڤ'
    )
}
