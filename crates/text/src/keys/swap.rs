//! Letters of other scripts, and digits, that stand for letters of a word.

use std::ops::Range;

use unicode_security::skeleton;

use super::chars::{is_arabic, is_letter};
use super::edit::Edit;
use super::map::Key;
use super::repair::RepairKind;

/// A word longer than this is no word.
const LONGEST: usize = 64;

/// What a word is made of.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Tally {
    arabic: usize,
    latin: usize,
    /// Letters that are neither Arabic nor ASCII.
    other: usize,
    digits: usize,
}

impl Tally {
    pub(super) fn count(&mut self, c: char) {
        if c.is_ascii_alphabetic() {
            self.latin += 1;
        } else if is_arabic(c) {
            self.arabic += 1;
        } else if is_letter(c) {
            self.other += 1;
        } else {
            self.digits += 1;
        }
    }

    /// Whether there could be something to swap.
    pub(super) const fn is_mixed(&self) -> bool {
        let letters = self.arabic + self.latin + self.other;
        letters >= 2
            && letters + self.digits <= LONGEST
            && (self.arabic + self.latin < letters + self.digits || (self.arabic > 0 && self.latin > 0))
    }
}

/// Finds what to swap in a word, and says of which kind it is.
pub(super) fn swaps(
    original: &str,
    key: &Key,
    word: Range<usize>,
    tally: &Tally,
    edits: &mut Vec<Edit>,
) -> Option<RepairKind> {
    let before = edits.len();
    let kind = if tally.arabic > 0 {
        in_arabic(original, key, word, tally, edits)
    } else {
        in_latin(key, word, tally, edits)
    };
    (edits.len() > before).then_some(kind)
}

/// Mostly Arabic: l, I and o for ا and ه, if there are no other Latin letters; single digits between letters.
fn in_arabic(
    original: &str,
    key: &Key,
    word: Range<usize>,
    tally: &Tally,
    edits: &mut Vec<Edit>,
) -> RepairKind {
    let foreign = tally.latin + tally.digits;
    if tally.arabic < 2 || tally.other > 0 || foreign > tally.arabic + 1 {
        return RepairKind::LookAlikes;
    }
    let letters: Vec<(usize, char)> = key.text()[word.clone()]
        .char_indices()
        .map(|(at, c)| (word.start + at, c))
        .collect();
    let latin = |c: char| match c {
        'l' | 'i' => Some('ا'),
        'o' => Some('ه'),
        _ => None,
    };
    if letters
        .iter()
        .any(|(_, c)| c.is_ascii_alphabetic() && latin(*c).is_none())
    {
        return RepairKind::LookAlikes;
    }
    let mut kind = RepairKind::LookAlikes;
    for (index, (at, c)) in letters.iter().enumerate() {
        let with = if c.is_ascii_digit() {
            let source = key.source(*at..*at + 1);
            let written = original.get(source).and_then(|text| text.chars().next());
            let with = digit(&letters, index, written.unwrap_or(*c));
            if with.is_some() {
                kind = RepairKind::Digits;
            }
            with
        } else {
            latin(*c)
        };
        if let Some(with) = with {
            edits.push(Edit::swap(*at, *c, with));
        }
    }
    kind
}

/// The letter that a digit stands for: a single one, between letters, and not a number after a joined word (`و7ماي`).
fn digit(letters: &[(usize, char)], index: usize, written: char) -> Option<char> {
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| letters.get(at))
            .is_some_and(|(_, c)| c.is_alphabetic())
    };
    let letter = match written {
        '1' | '١' | '۱' | '2' => 'ا',
        '3' => 'ع',
        '5' => 'خ',
        '٥' | '۵' | '0' => 'ه',
        '7' => 'ح',
        '8' => 'ق',
        '٢' | '۲' => 'ا',
        '٣' | '۳' => 'ع',
        '٧' | '۷' => 'ح',
        '٨' | '۸' => 'ق',
        _ => return None,
    };
    let after = letters.len() - index - 1;
    let follows_lam = letters.get(index + 1).is_some_and(|(_, c)| *c == 'ل');
    let proclitic = |at: usize| matches!(letters[at].1, 'و' | 'ف' | 'ب' | 'ك' | 'ل' | 'س');
    // The article with its alef: `1لكتاب`, `و1لكتاب`.
    let article = letter == 'ا' && follows_lam && after >= 4 && (index == 0 || (index == 1 && proclitic(0)));
    let between = is_letter(index.checked_sub(1)) && is_letter(Some(index + 1));
    let far_enough = index >= 2 || (index == 1 && !proclitic(0));
    (article || (between && far_enough)).then_some(letter)
}

/// Latin: look-alikes of Cyrillic, Greek and others where they are mixed or nothing else; digits for letters.
fn in_latin(key: &Key, word: Range<usize>, tally: &Tally, edits: &mut Vec<Edit>) -> RepairKind {
    let letters: Vec<(usize, char)> = key.text()[word.clone()]
        .char_indices()
        .map(|(at, c)| (word.start + at, c))
        .collect();
    let before = edits.len();
    if tally.other > 0 && (tally.latin > 0 || tally.other >= 4) {
        let mut alike = 0;
        for (at, c) in letters.iter().filter(|(_, c)| c.is_alphabetic() && !c.is_ascii()) {
            let Some(with) = prototype(*c) else { break };
            edits.push(Edit::swap(*at, *c, with));
            alike += 1;
        }
        if alike < tally.other {
            edits.truncate(before);
            return RepairKind::LookAlikes;
        }
    } else if tally.latin < 3 || tally.other > 0 {
        return RepairKind::LookAlikes;
    }
    let mut kind = RepairKind::LookAlikes;
    for window in letters.windows(3) {
        let [(_, left), (at, c), (_, right)] = [window[0], window[1], window[2]];
        let with = match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            _ => continue,
        };
        if left.is_alphabetic() && right.is_alphabetic() && tally.latin + tally.other >= 3 {
            edits.push(Edit::swap(at, c, with));
            kind = RepairKind::Digits;
        }
    }
    kind
}

/// The ASCII letter that a letter looks like (UTS 39, *confusables*).
fn prototype(c: char) -> Option<char> {
    let mut buffer = [0; 4];
    let mut alike = skeleton(c.encode_utf8(&mut buffer));
    match (alike.next(), alike.next()) {
        (Some(letter), None) if letter.is_ascii_alphabetic() => Some(letter.to_ascii_lowercase()),
        // `m` is written as `rn` in the table, so that both look the same.
        (Some('r'), Some('n')) if alike.next().is_none() => Some('m'),
        _ => None,
    }
}
