//! K3, *repair*: what was done to a word so that software does not find it is undone, behind gates that leave ordinary
//! writing alone. Words pulled apart, look-alikes of other scripts, digits for letters, letters repeated; and letters
//! that Arabic borrows are taken for the nearest of its own.

use std::ops::Range;

use super::chars::{is_letter, is_of_word, is_plain_arabic};
use super::edit::{Edit, apply};
use super::join;
use super::map::Key;
use super::swap::{Tally, swaps};

/// What was repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairKind {
    /// Spaces or signs between the letters of a word.
    Separators,
    /// Letters of another script that look the same (UTS 39).
    LookAlikes,
    /// Digits that stand for letters.
    Digits,
    /// A letter three times or more.
    Repeats,
}

impl RepairKind {
    /// The name on every wire, screen and table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Separators => "separators",
            Self::LookAlikes => "look_alikes",
            Self::Digits => "digits",
            Self::Repeats => "repeats",
        }
    }
}

/// A word that was repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// What was done.
    pub kind: RepairKind,
    /// Where the word is in the original, in bytes.
    pub span: Range<usize>,
}

/// What was repaired.
#[derive(Clone, Debug)]
pub(super) struct Repaired {
    /// K3. None if nothing had to be changed: K3 is K2 then.
    pub(super) key: Option<Key>,
    /// The words.
    pub(super) repairs: Vec<Repair>,
    /// Each place of the original where K3 is not K2, in order; some within words that are no [`Repair`].
    pub(super) changed: Vec<Range<u32>>,
}

/// Repairs a folded key of a text, of which these stretches are without dots. Linear in its length.
pub(super) fn repair(original: &str, folded: &Key, dotless: &[Range<usize>]) -> Repaired {
    let (mut edits, mut spans) = (Vec::new(), Vec::new());
    join::find(folded.text(), &mut edits, &mut spans);
    let mut repairs: Vec<Repair> = spans
        .into_iter()
        .map(|span| Repair {
            kind: RepairKind::Separators,
            span: folded.source(span),
        })
        .collect();
    let mut changed = Vec::with_capacity(edits.len());
    let mut note = |key: &Key, edits: &[Edit]| {
        let places = edits.iter().map(|edit| key.source(edit.place()));
        // Texts are shorter than 2³² bytes, see `Reading::of`.
        changed.extend(places.map(|place| place.start as u32..place.end as u32));
    };
    note(folded, &edits);
    let joined = (!edits.is_empty()).then(|| apply(folded, edits));
    let key = joined.as_ref().unwrap_or(folded);
    let edits = letters(original, key, dotless, &mut repairs);
    note(key, &edits);
    let repaired = if edits.is_empty() {
        joined
    } else {
        Some(apply(key, edits))
    };
    repairs.sort_by_key(|repair| (repair.span.start, repair.kind));
    changed.sort_unstable_by_key(|place| place.start);
    Repaired {
        key: repaired,
        repairs,
        changed,
    }
}

/// Bytes of what stands at a place and needs no second look: signs of ASCII, and whole words of plain letters of Arabic alone
/// or small letters of ASCII alone, none of them three times in a row. 0 if it needs one.
fn plain_stretch(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        let start = at;
        // Of the letter that stands there: its bytes, and how often it stands in a row.
        let (mut last, mut times) = ([0_u8; 2], 0);
        let step = if is_plain_arabic(bytes, at) { 2 } else { 1 };
        loop {
            let letter = match (step, bytes.get(at)) {
                (2, _) if is_plain_arabic(bytes, at) => [bytes[at], bytes[at + 1]],
                (1, Some(byte @ b'a'..=b'z')) => [*byte, 0],
                _ => break,
            };
            times = if letter == last { times + 1 } else { 1 };
            last = letter;
            if times == 3 {
                return start - from;
            }
            at += step;
        }
        match bytes.get(at) {
            None => return at - from,
            Some(byte) if byte.is_ascii() && !byte.is_ascii_alphanumeric() => at += 1,
            // Something else is in this word, or is one.
            Some(_) => return start - from,
        }
    }
}

/// The changes within words.
fn letters(original: &str, key: &Key, dotless: &[Range<usize>], repairs: &mut Vec<Repair>) -> Vec<Edit> {
    letters_by(original, key, dotless, repairs, true)
}

/// `runs`: whether stretches in which nothing is to do are passed over at once; a test goes without.
fn letters_by(
    original: &str,
    key: &Key,
    dotless: &[Range<usize>],
    repairs: &mut Vec<Repair>,
    runs: bool,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    let text = key.text();
    let written = |span: Range<usize>| Written::of(original, dotless, key.source(span));
    let mut next = 0;
    loop {
        if runs {
            next += plain_stretch(text.as_bytes(), next);
        }
        let mut chars = text[next..].chars();
        let Some(first) = chars.next() else { break };
        let start = next;
        next += first.len_utf8();
        if !is_of_word(first) {
            continue;
        }
        let mut word = Word::begin(start, first, edits.len());
        word.see(start, first, &written, &mut edits);
        for c in chars.take_while(|c| is_of_word(*c)) {
            word.see(next, c, &written, &mut edits);
            next += c.len_utf8();
        }
        word.settle(&written, &mut edits);
        if word.repeats {
            repairs.push(Repair {
                kind: RepairKind::Repeats,
                span: key.source(word.start..word.end),
            });
        }
        if word.tally.is_mixed()
            && let Some(kind) = swaps(original, key, word.start..word.end, &word.tally, &mut edits)
        {
            repairs.push(Repair {
                kind,
                span: key.source(word.start..word.end),
            });
        }
    }
    edits
}

/// A stretch of a text as it was written.
struct Written<'a> {
    text: &'a str,
    /// Whether it ends where the text has no dots.
    is_dotless: bool,
}

impl<'a> Written<'a> {
    fn of(original: &'a str, dotless: &[Range<usize>], span: Range<usize>) -> Self {
        let next = dotless.partition_point(|stretch| stretch.end < span.end);
        Self {
            is_dotless: dotless.get(next).is_some_and(|stretch| stretch.start < span.end),
            text: original.get(span).unwrap_or_default(),
        }
    }
}

struct Word {
    start: usize,
    end: usize,
    tally: Tally,
    /// The letter that stands there now, where it stood first and how often in a row.
    letter: char,
    since: usize,
    times: usize,
    /// The edits before this word, and whether it is one letter only: laughter and Roman numbers.
    edits: usize,
    first: char,
    one_letter: bool,
    repeats: bool,
}

impl Word {
    fn begin(start: usize, first: char, edits: usize) -> Self {
        Self {
            start,
            end: start,
            tally: Tally::default(),
            letter: '\0',
            since: start,
            times: 0,
            edits,
            first,
            one_letter: true,
            repeats: false,
        }
    }

    fn see<'a>(
        &mut self,
        at: usize,
        c: char,
        written: &impl Fn(Range<usize>) -> Written<'a>,
        edits: &mut Vec<Edit>,
    ) {
        self.tally.count(c);
        if c == self.letter {
            self.times += 1;
        } else {
            self.squeeze(written, edits, true);
            (self.letter, self.since, self.times) = (c, at, 1);
        }
        self.one_letter &= c == self.first;
        self.end = at + c.len_utf8();
        let own = loan(c);
        if own != c {
            edits.push(Edit::swap(at, c, own));
        }
    }

    /// Doubled letters are ordinary; of three and more one is left. Letters that only K2 makes equal (`البيئيين`) do not
    /// count. Within a word, and where a text has no dots, ى and ٮ stand for letters without them (`تثبيت`), and are not
    /// repeated.
    fn squeeze<'a>(
        &mut self,
        written: &impl Fn(Range<usize>) -> Written<'a>,
        edits: &mut Vec<Edit>,
        within: bool,
    ) {
        if self.times < 3 || !is_letter(self.letter) {
            return;
        }
        let written = written(self.since..self.end);
        let undotted = (within || written.is_dotless) && written.text.starts_with(['ى', 'ٮ']);
        if is_repeated(written.text, self.times) && !undotted {
            edits.push(Edit::cut(self.since + self.letter.len_utf8()..self.end));
            self.repeats = true;
        }
    }

    fn settle<'a>(&mut self, written: &impl Fn(Range<usize>) -> Written<'a>, edits: &mut Vec<Edit>) {
        self.squeeze(written, edits, false);
        if self.one_letter && self.repeats {
            edits.truncate(self.edits);
            self.repeats = false;
        }
    }
}

/// Whether a letter is written three times in a row, whatever marks are between. Three capitals are an abbreviation (`IEEE`,
/// `PPPoE`).
fn is_repeated(written: &str, times: usize) -> bool {
    if times == 3 && written.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return false;
    }
    let (mut last, mut times) = ('\0', 0);
    for c in written.chars().filter(|c| *c != '\u{640}' && is_letter(*c)) {
        times = if c == last { times + 1 } else { 1 };
        last = c;
        if times == 3 {
            return true;
        }
    }
    false
}

/// The nearest Arabic letter of one that Persian, Urdu, Kurdish or a dialect has of its own.
pub(super) const fn loan(c: char) -> char {
    match c {
        'پ' | 'ٻ' | 'ݐ' => 'ب',
        'چ' | 'ڄ' | 'ڃ' | 'ڇ' => 'ج',
        'ژ' | 'ڗ' => 'ز',
        'گ' | 'ڭ' | 'ڳ' | 'ڱ' | 'ݢ' => 'ك',
        'ڤ' | 'ڥ' | 'ڢ' => 'ف',
        'ٹ' | 'ٺ' | 'ټ' | 'ٿ' => 'ت',
        'ڈ' | 'ډ' | 'ڊ' => 'د',
        'ڑ' | 'ړ' | 'ڕ' => 'ر',
        'ڵ' | 'ڶ' => 'ل',
        'ۆ' | 'ۇ' | 'ۈ' | 'ۋ' | 'ۅ' => 'و',
        'ێ' => 'ي',
        'ښ' | 'ڜ' => 'ش',
        'ڼ' | 'ڻ' => 'ن',
        'ځ' | 'څ' => 'ح',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::{clean, fold};

    proptest! {
        /// What is passed over has nothing to repair.
        #[test]
        fn the_short_way_makes_the_same_changes(text in "([ابهلو]|[abol]|[0-37]| |[.*،پگٮéо]){0,30}") {
            let key = fold::fold(&clean::clean(&text));
            let (mut short, mut long) = (Vec::new(), Vec::new());
            let edits = letters_by(&text, &key, &[], &mut short, true);
            prop_assert_eq!(edits, letters_by(&text, &key, &[], &mut long, false));
            prop_assert_eq!(short, long);
        }
    }
}
