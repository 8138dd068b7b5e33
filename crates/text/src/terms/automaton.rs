//! All places of any of many words in one pass (Aho, Corasick, *Efficient string matching*, CACM 18, 1975).
//!
//! A short list is an automaton of our own, in which every state has a row for every letter: one look for each letter of a text. A
//! long one would not fit what a core has near by, and is a double array.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use daachorse::CharwiseDoubleArrayAhoCorasick;
use thiserror::Error;

/// Cells of all rows, at most: 2 MiB.
const CELLS: usize = 512 << 10;
/// On a state that is reached: a word ends there.
const ENDS: u32 = 1 << 31;
const NONE: u32 = u32::MAX;

/// More words than can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the words have too many letters together for one automaton; split them")]
pub struct TooManyWords;

/// Finds words, wherever they stand.
///
/// ```
/// use basira_text::terms::Automaton;
/// let automaton = Automaton::new([("rook", 1), ("book", 2), ("ok", 3)])?;
/// let mut found = Vec::new();
/// automaton.find("a rook", |place, value| found.push((place, value)));
/// assert_eq!(found, [(2..6, 1), (4..6, 3)]);
/// # Ok::<(), basira_text::terms::TooManyWords>(())
/// ```
pub struct Automaton(Made);

enum Made {
    Rows(Box<Rows>),
    Long(CharwiseDoubleArrayAhoCorasick<u32>),
}

impl std::fmt::Debug for Automaton {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Automaton({} bytes)", self.heap_bytes())
    }
}

/// A state for each beginning of a word, and a row for each state.
struct Rows {
    letters: Letters,
    /// Cells of a row: a letter that is in no word, and all letters.
    width: usize,
    /// Of each state, for each letter, the state that it leads to.
    rows: Vec<u32>,
    ends: Vec<End>,
}

/// What ends at a state.
#[derive(Debug, Clone, Copy)]
struct End {
    /// Bytes and value of its own word; no word has 0 bytes.
    bytes: u32,
    value: u32,
    /// The next state of which a word ends there too.
    link: u32,
}

/// Numbers of letters, from 1; 0 is a letter that is in no word.
#[derive(Debug, Clone)]
struct Letters {
    ascii: [u16; 0x80],
    /// U+0600 to U+06FF.
    arabic: [u16; 0x100],
    others: BTreeMap<char, u16>,
    count: u16,
}

impl Default for Letters {
    fn default() -> Self {
        Self {
            ascii: [0; 0x80],
            arabic: [0; 0x100],
            others: BTreeMap::new(),
            count: 0,
        }
    }
}

impl Letters {
    /// Numbers in the order of the letters. None for more than can be counted.
    fn of(words: &BTreeMap<&str, u32>) -> Option<Self> {
        let mut letters = Self::default();
        let all: BTreeSet<char> = words.keys().flat_map(|word| word.chars()).collect();
        letters.count = u16::try_from(all.len()).ok()?;
        for (number, letter) in (1..=u16::MAX).zip(all) {
            match letter {
                '\0'..='\u{7F}' => letters.ascii[letter as usize] = number,
                '\u{600}'..='\u{6FF}' => letters.arabic[letter as usize - 0x600] = number,
                _ => {
                    letters.others.insert(letter, number);
                }
            }
        }
        Some(letters)
    }

    /// The number of the letter at a place, and its bytes.
    #[inline]
    fn at(&self, text: &str, at: usize) -> (u16, usize) {
        let bytes = text.as_bytes();
        match (bytes[at], bytes.get(at + 1)) {
            (byte @ 0..0x80, _) => (self.ascii[usize::from(byte)], 1),
            (first @ 0xD8..=0xDB, Some(second)) => {
                let within = usize::from(first & 3) << 6 | usize::from(second & 0x3F);
                (self.arabic[within & 0xFF], 2)
            }
            _ => match text[at..].chars().next() {
                Some(letter) => (self.others.get(&letter).copied().unwrap_or(0), letter.len_utf8()),
                None => (0, 1),
            },
        }
    }
}

/// A tree of words, its states in the order of the words.
struct Tree {
    states: Vec<State>,
}

struct State {
    letter: u16,
    word: u32,
    first: u32,
    last: u32,
    sibling: u32,
    back: u32,
}

impl Tree {
    fn of(letters: &Letters, words: &BTreeMap<&str, u32>) -> Self {
        let state = |letter| State {
            letter,
            word: NONE,
            first: NONE,
            last: NONE,
            sibling: NONE,
            back: 0,
        };
        let mut tree = Self {
            states: vec![state(0)],
        };
        for (number, word) in (0..).zip(words.keys()) {
            let (mut at, mut place) = (0_usize, 0);
            while place < word.len() {
                let (letter, length) = letters.at(word, place);
                place += length;
                // Words come in their order, so that a letter that is there is the last.
                let last = tree.states[at].last;
                if last != NONE && tree.states[last as usize].letter == letter {
                    at = last as usize;
                    continue;
                }
                // No list that is this long is made.
                let new = tree.states.len() as u32;
                tree.states.push(state(letter));
                match last {
                    NONE => tree.states[at].first = new,
                    last => tree.states[last as usize].sibling = new,
                }
                tree.states[at].last = new;
                at = new as usize;
            }
            tree.states[at].word = number;
        }
        tree
    }

    /// The states that follow one.
    fn after(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        let follow = |state: u32| (state != NONE).then_some(state);
        std::iter::successors(follow(self.states[state as usize].first), move |state| {
            follow(self.states[*state as usize].sibling)
        })
    }

    fn next(&self, state: u32, letter: u16) -> Option<u32> {
        self.after(state)
            .find(|next| self.states[*next as usize].letter == letter)
    }

    /// All states by their distance from the root, each after it was told where it goes back to.
    fn by_depth(&mut self) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.states.len());
        let mut queue = VecDeque::from([0]);
        while let Some(state) = queue.pop_front() {
            order.push(state);
            let after: Vec<u32> = self.after(state).collect();
            for next in after {
                let letter = self.states[next as usize].letter;
                let mut back = state;
                let found = loop {
                    if back == 0 {
                        break 0;
                    }
                    back = self.states[back as usize].back;
                    if let Some(found) = self.next(back, letter) {
                        break found;
                    }
                };
                self.states[next as usize].back = found;
                queue.push_back(next);
            }
        }
        order
    }
}

impl Automaton {
    /// Over these words, each with a value. Empty words are never found; of one that comes twice the last value counts.
    ///
    /// # Errors
    /// [`TooManyWords`].
    pub fn new<'a>(words: impl IntoIterator<Item = (&'a str, u32)>) -> Result<Self, TooManyWords> {
        let words: BTreeMap<&str, u32> = words.into_iter().filter(|(word, _)| !word.is_empty()).collect();
        let made = match Rows::of(&words) {
            Some(rows) => Made::Rows(Box::new(rows)),
            None => Made::Long(CharwiseDoubleArrayAhoCorasick::with_values(words).map_err(|_| TooManyWords)?),
        };
        Ok(Self(made))
    }

    /// Gives every place where a word stands to `found`, with its value, by their ends. Linear in the text's length and the
    /// number of places.
    pub fn find(&self, text: &str, mut found: impl FnMut(Range<usize>, u32)) {
        match &self.0 {
            Made::Rows(rows) => rows.find(text, found),
            Made::Long(long) => {
                for place in long.find_overlapping_iter(text) {
                    found(place.start()..place.end(), place.value());
                }
            }
        }
    }

    /// Bytes of memory that it takes.
    pub fn heap_bytes(&self) -> usize {
        match &self.0 {
            Made::Rows(rows) => size_of_val(&*rows.rows) + size_of_val(&*rows.ends),
            Made::Long(long) => long.heap_bytes(),
        }
    }
}

impl Rows {
    /// None for a list that is too long.
    fn of(words: &BTreeMap<&str, u32>) -> Option<Self> {
        let letters = Letters::of(words)?;
        let width = usize::from(letters.count) + 1;
        // There are about as many states as half of the letters, and never more than all.
        if words.keys().map(|word| word.len()).sum::<usize>() > 16 * CELLS / width {
            return None;
        }
        let mut tree = Tree::of(&letters, words);
        if tree.states.len() * width > CELLS {
            return None;
        }
        let order = tree.by_depth();
        let none = End {
            bytes: 0,
            value: 0,
            link: NONE,
        };
        let mut ends = vec![none; order.len()];
        let values: Vec<(u32, u32)> = words
            .iter()
            .map(|(word, value)| (word.len() as u32, *value))
            .collect();
        for at in &order {
            let state = &tree.states[*at as usize];
            let before = ends[state.back as usize];
            let link = if before.bytes > 0 { state.back } else { before.link };
            let own = values.get(state.word as usize).copied().unwrap_or_default();
            ends[*at as usize] = End {
                bytes: own.0,
                value: own.1,
                link: if *at == 0 { NONE } else { link },
            };
        }
        let mut rows = vec![0; order.len() * width];
        for at in &order {
            let (row, back) = (*at as usize * width, tree.states[*at as usize].back as usize);
            // As where it goes back to, but where it goes on itself.
            if *at > 0 {
                rows.copy_within(back * width..(back + 1) * width, row);
            }
            for next in tree.after(*at) {
                let End { bytes, link, .. } = ends[next as usize];
                let flag = if bytes > 0 || link != NONE { ENDS } else { 0 };
                rows[row + usize::from(tree.states[next as usize].letter)] = next | flag;
            }
        }
        Some(Self {
            letters,
            width,
            rows,
            ends,
        })
    }

    fn find(&self, text: &str, mut found: impl FnMut(Range<usize>, u32)) {
        let (mut state, mut at) = (0_u32, 0);
        while at < text.len() {
            let (letter, length) = self.letters.at(text, at);
            at += length;
            let reached = self.rows[state as usize * self.width + usize::from(letter)];
            state = reached & !ENDS;
            if reached & ENDS == 0 {
                continue;
            }
            let mut ending = state;
            while let Some(End { bytes, value, link }) = self.ends.get(ending as usize) {
                if *bytes > 0 {
                    found(at - *bytes as usize..at, *value);
                }
                ending = *link;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(automaton: &Automaton, text: &str) -> Vec<(usize, usize, u32)> {
        let mut all = Vec::new();
        automaton.find(text, |place, value| all.push((place.end, place.start, value)));
        all
    }

    /// Every word at every place.
    fn plainly(words: &[(String, u32)], text: &str) -> Vec<(usize, usize, u32)> {
        let words: BTreeMap<&str, u32> = words
            .iter()
            .map(|(word, value)| (word.as_str(), *value))
            .collect();
        let mut all = Vec::new();
        for (word, value) in words.iter().filter(|(word, _)| !word.is_empty()) {
            let starts = text.char_indices().map(|(at, _)| at);
            let here = starts.filter(|at| text[*at..].starts_with(word));
            all.extend(here.map(|at| (at + word.len(), at, *value)));
        }
        all.sort_unstable();
        all
    }

    proptest! {
        #[test]
        fn all_places_are_found_and_no_others(
            words in prop::collection::vec(("([ab]|[اب]|[é漢]| ){0,5}", 0_u32..9), 0..20),
            text in "([abc]|[ابت]|[é漢]| ){0,40}",
        ) {
            let automaton = Automaton::new(words.iter().map(|(word, value)| (word.as_str(), *value))).unwrap();
            let mut all = found(&automaton, &text);
            prop_assert!(all.is_sorted_by_key(|(end, ..)| *end));
            all.sort_unstable();
            prop_assert_eq!(all, plainly(&words, &text));
        }
    }

    /// The double array finds what the rows find.
    #[test]
    fn long_lists_are_as_good() {
        let letters: Vec<char> = ('\u{4E00}'..='\u{9FFF}').collect();
        let words: Vec<(String, u32)> = letters
            .chunks(3)
            .enumerate()
            .flat_map(|(number, three)| {
                let whole: String = three.iter().collect();
                let two: String = three[1..].iter().collect();
                [(whole, number as u32), (two, 1_000_000 + number as u32)]
            })
            .collect();
        let automaton = Automaton::new(words.iter().map(|(word, value)| (word.as_str(), *value))).unwrap();
        assert!(matches!(automaton.0, Made::Long(_)));
        for at in [0, 1, 500, 6000] {
            let text: String = letters[at..at + 9].iter().collect();
            let mut all = found(&automaton, &text);
            all.sort_unstable();
            assert_eq!(all, plainly(&words, &text), "{at}");
        }
    }
}
