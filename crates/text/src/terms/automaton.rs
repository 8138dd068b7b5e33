//! All places of any of many words in one pass (Aho, Corasick, *Efficient string matching*, CACM 18, 1975).
//!
//! The states that are nearest to the root, in which nearly all of a text is read, have a row for every letter; all others have
//! their letters in a list and a state to fall back to. Those stand in the order of the words, so that what follows a state
//! mostly lies beside it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use thiserror::Error;

/// Cells of the rows: what a core has near by.
const CELLS: usize = 256 << 10;
/// On a state that is reached: a word ends there.
const ENDS: u32 = 1 << 31;
const NONE: u32 = u32::MAX;

/// More words than can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the words have 2³¹ letters together, or 2¹⁶ different ones; split them")]
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
#[derive(Debug, Clone, Default)]
pub struct Automaton {
    letters: Letters,
    /// Of each state near the root, for each letter, the state that it leads to.
    rows: Vec<u32>,
    /// States that have rows.
    near: usize,
    far: Vec<Far>,
    /// Letters of states that have more than one, and where they lead.
    more: Vec<(u16, u32)>,
    /// Of each state the word that ends there, if any, and the next state of which a word ends there too.
    ends: Vec<(u32, u32)>,
    /// Of each word its bytes and its value.
    words: Vec<(u32, u32)>,
}

/// A state far from the root.
#[derive(Debug, Clone, Copy)]
struct Far {
    /// Where it goes on with any other letter.
    back: u32,
    /// Where it goes on with its letter.
    next: u32,
    /// Other letters in `more`: from where, and how many.
    from: u32,
    count: u16,
    letter: u16,
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
    /// Numbers in the order of the letters.
    fn of(words: &BTreeMap<&str, u32>) -> Result<Self, TooManyWords> {
        let mut letters = Self::default();
        let all: BTreeSet<char> = words.keys().flat_map(|word| word.chars()).collect();
        letters.count = u16::try_from(all.len()).map_err(|_| TooManyWords)?;
        for (number, letter) in (1..=u16::MAX).zip(all) {
            match letter {
                '\0'..='\u{7F}' => letters.ascii[letter as usize] = number,
                '\u{600}'..='\u{6FF}' => letters.arabic[letter as usize - 0x600] = number,
                _ => {
                    letters.others.insert(letter, number);
                }
            }
        }
        Ok(letters)
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
    fn of(letters: &Letters, words: &BTreeMap<&str, u32>) -> Result<Self, TooManyWords> {
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
                let new = u32::try_from(tree.states.len())
                    .ok()
                    .filter(|new| *new < ENDS)
                    .ok_or(TooManyWords)?;
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
        Ok(tree)
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
        let letters = Letters::of(&words)?;
        let mut tree = Tree::of(&letters, &words)?;
        let order = tree.by_depth();
        let width = usize::from(letters.count) + 1;
        let near = (CELLS / width).clamp(1, order.len());
        // States near the root come first; the others keep the order of the words.
        let mut number = vec![NONE; order.len()];
        for (new, old) in (0..).zip(&order[..near]) {
            number[*old as usize] = new;
        }
        let far = number.iter_mut().filter(|number| **number == NONE);
        for (new, number) in (near as u32..).zip(far) {
            *number = new;
        }
        // Ends of words: of the state itself, then of what it goes back to.
        let mut ends = vec![(NONE, NONE); order.len()];
        for old in &order {
            let state = &tree.states[*old as usize];
            let back = number[state.back as usize];
            let link = match ends[back as usize] {
                (NONE, link) => link,
                _ => back,
            };
            ends[number[*old as usize] as usize] = (state.word, if *old == 0 { NONE } else { link });
        }
        let reached = |old: u32| {
            let new = number[old as usize];
            let ends_here = ends[new as usize] != (NONE, NONE);
            new | if ends_here { ENDS } else { 0 }
        };
        let mut rows = vec![0; near * width];
        for (new, old) in order[..near].iter().enumerate() {
            let back = number[tree.states[*old as usize].back as usize] as usize;
            if new > 0 {
                rows.copy_within(back * width..(back + 1) * width, new * width);
            }
            for next in tree.after(*old) {
                rows[new * width + usize::from(tree.states[next as usize].letter)] = reached(next);
            }
        }
        let mut more = Vec::new();
        let mut far = Vec::with_capacity(order.len() - near);
        for (old, new) in (0..).zip(&number) {
            if (*new as usize) < near {
                continue;
            }
            let state = &tree.states[old as usize];
            let from = more.len();
            let mut after = tree.after(old).map(|next| (tree.states[next as usize].letter, reached(next)));
            let (letter, next) = after.next().unwrap_or((0, 0));
            more.extend(after);
            far.push(Far {
                back: number[state.back as usize],
                next,
                from: from as u32,
                // There are fewer letters than 2¹⁶.
                count: (more.len() - from) as u16,
                letter,
            });
        }
        Ok(Self {
            letters,
            rows,
            near,
            far,
            more,
            ends,
            words: words.iter().map(|(word, value)| (word.len() as u32, *value)).collect(),
        })
    }

    /// Gives every place where a word stands to `found`, with its value, by their ends. Linear in the text's length and the
    /// number of places.
    pub fn find(&self, text: &str, mut found: impl FnMut(Range<usize>, u32)) {
        if self.words.is_empty() {
            return;
        }
        let width = usize::from(self.letters.count) + 1;
        let (mut state, mut at) = (0_usize, 0);
        while at < text.len() {
            let (letter, length) = self.letters.at(text, at);
            at += length;
            let reached = loop {
                if state < self.near {
                    break self.rows[state * width + usize::from(letter)];
                }
                let far = &self.far[state - self.near];
                // No state goes on with a letter that is in no word.
                if far.letter == letter && letter != 0 {
                    break far.next;
                }
                let others = &self.more[far.from as usize..][..usize::from(far.count)];
                if let Some((_, next)) = others.iter().find(|(other, _)| *other == letter) {
                    break *next;
                }
                state = far.back as usize;
            };
            state = (reached & !ENDS) as usize;
            if reached & ENDS != 0 {
                let mut ending = state;
                loop {
                    let (word, link) = self.ends[ending];
                    if let Some((bytes, value)) = self.words.get(word as usize) {
                        found(at - *bytes as usize..at, *value);
                    }
                    if link == NONE {
                        break;
                    }
                    ending = link as usize;
                }
            }
        }
    }

    /// Bytes of memory that it takes.
    pub fn heap_bytes(&self) -> usize {
        self.rows.capacity() * size_of::<u32>()
            + self.far.capacity() * size_of::<Far>()
            + self.more.capacity() * size_of::<(u16, u32)>()
            + (self.ends.capacity() + self.words.capacity()) * size_of::<(u32, u32)>()
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
        let words: BTreeMap<&str, u32> = words.iter().map(|(word, value)| (word.as_str(), *value)).collect();
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

    /// So many letters that only the root has a row.
    #[test]
    fn states_without_rows_are_as_good() {
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
        assert!(automaton.near < 20, "{}", automaton.near);
        for at in [0, 1, 500, 6000] {
            let text: String = letters[at..at + 9].iter().collect();
            let mut all = found(&automaton, &text);
            all.sort_unstable();
            assert_eq!(all, plainly(&words, &text), "{at}");
        }
    }
}
