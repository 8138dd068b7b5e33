//! K3, *repair*: what was done to a word so that software does not find it is undone, behind gates that leave ordinary
//! writing alone. Words pulled apart, look-alikes of other scripts, digits for letters, letters repeated; and letters
//! that Arabic borrows are taken for the nearest of its own.

use std::ops::Range;

use super::chars::{is_letter, is_of_word};
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

/// Repairs a folded key of a text. None if nothing had to be changed: K3 is K2 then. Linear in its length.
pub(super) fn repair(original: &str, folded: &Key) -> (Option<Key>, Vec<Repair>) {
    let (mut edits, mut spans) = (Vec::new(), Vec::new());
    join::find(folded.text(), &mut edits, &mut spans);
    let mut repairs: Vec<Repair> = spans
        .into_iter()
        .map(|span| Repair {
            kind: RepairKind::Separators,
            span: folded.source(span),
        })
        .collect();
    let joined = (!edits.is_empty()).then(|| apply(folded, edits));
    let key = joined.as_ref().unwrap_or(folded);
    let edits = letters(original, key, &mut repairs);
    let repaired = if edits.is_empty() {
        joined
    } else {
        Some(apply(key, edits))
    };
    repairs.sort_by_key(|repair| (repair.span.start, repair.kind));
    (repaired, repairs)
}

/// The changes within words.
fn letters(original: &str, key: &Key, repairs: &mut Vec<Repair>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let text = key.text();
    let written = |span: Range<usize>| original.get(key.source(span)).unwrap_or_default();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if !is_of_word(first) {
            continue;
        }
        let mut word = Word::begin(start, first, edits.len());
        word.see(start, first, &written, &mut edits);
        while let Some((at, c)) = chars.next_if(|(_, c)| is_of_word(*c)) {
            word.see(at, c, &written, &mut edits);
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
        written: &impl Fn(Range<usize>) -> &'a str,
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
    /// count. Within a word ى and ٮ stand for letters without their dots (`تثبيت`), and are not repeated.
    fn squeeze<'a>(
        &mut self,
        written: &impl Fn(Range<usize>) -> &'a str,
        edits: &mut Vec<Edit>,
        within: bool,
    ) {
        if self.times < 3 || !is_letter(self.letter) {
            return;
        }
        let written = written(self.since..self.end);
        if is_repeated(written, self.times) && !(within && written.starts_with(['ى', 'ٮ'])) {
            edits.push(Edit::cut(self.since + self.letter.len_utf8()..self.end));
            self.repeats = true;
        }
    }

    fn settle<'a>(&mut self, written: &impl Fn(Range<usize>) -> &'a str, edits: &mut Vec<Edit>) {
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
