//! Finds all terms of a registry in one pass.

use std::ops::Range;

use super::automaton::{Automaton, TooManyWords};
use super::clitics::{LONGEST, is_pronoun, proclitics};
use super::registry::{Registry, Term};
use super::trie::{Asks, End, Trie};
use crate::keys::{Key, KeyLevel, Reading, RepairKind, folded_text, loans_folded, rasm};
use crate::words::words;

/// A term found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermHit {
    /// Where it is in the original, in bytes, without what is joined to its first word.
    pub span: Range<usize>,
    /// Its place in [`Registry::terms`].
    pub term: usize,
    /// The key it was found under. K3 and K4 weigh less; K4 is a guess.
    pub key: KeyLevel,
}

impl TermHit {
    const fn place(&self) -> (usize, usize, usize, KeyLevel) {
        (self.span.start, self.span.end, self.term, self.key)
    }
}

/// One automaton for each key over all terms of a registry.
pub struct TermMatcher {
    folded: Level,
    repaired: Level,
    rasm: Level,
}

impl std::fmt::Debug for TermMatcher {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TermMatcher")
            .field("heads", &self.folded.trie.heads.len())
            .finish_non_exhaustive()
    }
}

struct Level {
    automaton: Automaton,
    trie: Trie,
}

impl TermMatcher {
    /// Makes the automata.
    ///
    /// # Errors
    /// [`TooManyWords`] for a registry that is larger than can be counted.
    pub fn new(registry: &Registry) -> Result<Self, TooManyWords> {
        let mut tries: [Trie; 3] = Default::default();
        for (index, term) in registry.terms().iter().enumerate() {
            for spelling in term.spellings() {
                let folded = folded_text(spelling);
                // Look-alikes are folded on both sides; a form is never taken for a word pulled apart.
                let repaired = form_repaired(spelling).unwrap_or_else(|| loans_folded(&folded));
                let dotless: String = repaired.chars().map(rasm).collect();
                add(&mut tries[0], &folded, term, index, false);
                add(&mut tries[1], &repaired, term, index, false);
                let squeezed = without_doubles(&repaired);
                if squeezed != repaired {
                    add(&mut tries[1], &squeezed, term, index, true);
                }
                add(&mut tries[2], &dotless, term, index, false);
            }
        }
        let [folded, repaired, rasm] = tries;
        Ok(Self {
            folded: Level::new(folded)?,
            repaired: Level::new(repaired)?,
            rasm: Level::new(rasm)?,
        })
    }

    /// Every term in a text, by its place. A place where a term is found under an earlier key is not named again under a
    /// later one. Linear in the text's length and the number of places where a first word is.
    pub fn find(&self, reading: &Reading<'_>) -> Vec<TermHit> {
        let mut hits = self.folded.find(reading, KeyLevel::Folded);
        settle(&mut hits);
        if reading.is_repaired() {
            add_later(self.repaired.find(reading, KeyLevel::Repaired), &mut hits);
        }
        if reading.rasm().is_some() {
            add_later(self.rasm.find(reading, KeyLevel::Rasm), &mut hits);
        }
        hits
    }

    /// The same, with every key looked at as a whole.
    #[cfg(test)]
    pub(super) fn find_plainly(&self, reading: &Reading<'_>) -> Vec<TermHit> {
        let look = |level: &Level, key: &Key, of: KeyLevel| {
            let mut found = Vec::new();
            level.find_in(reading, key, 0..key.text().len(), of, &mut found);
            found
        };
        let mut hits = look(&self.folded, reading.folded(), KeyLevel::Folded);
        settle(&mut hits);
        if reading.is_repaired() {
            add_later(
                look(&self.repaired, reading.repaired(), KeyLevel::Repaired),
                &mut hits,
            );
        }
        if let Some(key) = reading.rasm() {
            add_later(look(&self.rasm, key, KeyLevel::Rasm), &mut hits);
        }
        hits
    }
}

/// Adds what was found under a later key, where it was not found under an earlier one.
fn add_later(mut more: Vec<TermHit>, hits: &mut Vec<TermHit>) {
    if more.is_empty() {
        return;
    }
    settle(&mut more);
    let mut places: Vec<(usize, usize, usize)> = hits
        .iter()
        .map(|hit| (hit.term, hit.span.start, hit.span.end))
        .collect();
    places.sort_unstable();
    more.retain(|hit| {
        let before = places.partition_point(|(term, start, _)| (*term, *start) < (hit.term, hit.span.end));
        !before
            .checked_sub(1)
            .is_some_and(|last| places[last].0 == hit.term && places[last].2 > hit.span.start)
    });
    hits.extend(more);
    hits.sort_unstable_by_key(TermHit::place);
}

/// In order, each place once, and of nested places of one term the longest.
fn settle(hits: &mut Vec<TermHit>) {
    hits.sort_unstable_by(|one, other| {
        (one.term, one.span.start, other.span.end).cmp(&(other.term, other.span.start, one.span.end))
    });
    hits.dedup_by(|next, kept| next.term == kept.term && next.span.start < kept.span.end);
    hits.sort_unstable_by_key(TermHit::place);
}

impl Level {
    fn new(trie: Trie) -> Result<Self, TooManyWords> {
        let heads = trie.heads.iter().map(|(head, node)| (&**head, *node));
        Ok(Self {
            automaton: Automaton::new(heads)?,
            trie,
        })
    }

    fn find(&self, reading: &Reading<'_>, level: KeyLevel) -> Vec<TermHit> {
        let words = self.trie.longest();
        // K3 and K4 are asked where they differ from K2: most of a text has its dots and needs no repair.
        let (key, stretches) = match level {
            KeyLevel::Clean | KeyLevel::Folded => {
                let key = reading.folded();
                (key, std::iter::once(0..key.text().len()).collect())
            }
            KeyLevel::Repaired => {
                let key = reading.repaired();
                (key, key.around(reading.changed(), words))
            }
            KeyLevel::Rasm => {
                let Some(key) = reading.rasm() else {
                    return Vec::new();
                };
                (key, key.around(reading.dotless().iter().cloned(), words))
            }
        };
        let mut hits = Vec::new();
        for stretch in stretches {
            self.find_in(reading, key, stretch, level, &mut hits);
        }
        hits
    }

    /// In a stretch of a key, from the beginning of a word to that of another.
    fn find_in(
        &self,
        reading: &Reading<'_>,
        key: &Key,
        stretch: Range<usize>,
        level: KeyLevel,
        hits: &mut Vec<TermHit>,
    ) {
        let (text, from) = (key.text(), stretch.start);
        let mut words = words(&text[stretch.clone()]);
        let mut word = from..from;
        self.automaton.find(&text[stretch], |found, head| {
            let (start, end) = (from + found.start, from + found.end);
            // Finds come by their ends, and each is within a word.
            while word.end < end
                && let Some(next) = words.next()
            {
                word = from + next.start..from + next.end;
            }
            if start < word.start {
                return;
            }
            let Some(article) = left(&text[word.start..start]) else {
                return;
            };
            let Some(pronoun) = right(&text[end..word.end.max(end)]) else {
                return;
            };
            self.trie.follow(head, text, end, &mut |node, until| {
                for ending in &node.ends {
                    let asks = ending.asks;
                    let pronoun = pronoun && until == end;
                    let fits = (article || !asks.article)
                        && (!pronoun || asks.pronoun_may || asks.pronoun_must)
                        && (pronoun || !asks.pronoun_must)
                        // A word has an article or a pronoun.
                        && !(pronoun && article);
                    if !fits {
                        continue;
                    }
                    let span = key.source(start..until);
                    if asks.repeats && !was_repaired(reading, &span) {
                        continue;
                    }
                    if level == KeyLevel::Rasm && !is_dotless(reading, &span) {
                        continue;
                    }
                    hits.push(TermHit {
                        span,
                        term: ending.term as usize,
                        key: level,
                    });
                }
            });
        });
    }
}

fn was_repaired(reading: &Reading<'_>, span: &Range<usize>) -> bool {
    let repairs = reading.repairs();
    let from = repairs.partition_point(|repair| repair.span.end <= span.start);
    repairs[from..]
        .iter()
        .take_while(|repair| repair.span.start < span.end)
        .any(|repair| repair.kind == RepairKind::Repeats)
}

fn is_dotless(reading: &Reading<'_>, span: &Range<usize>) -> bool {
    let spans = reading.dotless();
    let from = spans.partition_point(|dotless| dotless.end <= span.start);
    spans.get(from).is_some_and(|dotless| dotless.start < span.end)
}

/// Whether what stands before in the same word can be joined to one: Some(whether the article is among it).
#[inline]
fn left(letters: &str) -> Option<bool> {
    match letters.len() {
        0 => Some(false),
        // Arabic letters have two bytes each.
        1..=LONGEST_BYTES => proclitics(letters).map(|proclitics| proclitics.article),
        _ => None,
    }
}

const LONGEST_BYTES: usize = 2 * LONGEST;

/// Whether what stands after in the same word can be joined to one: Some(whether it is a pronoun).
#[inline]
fn right(letters: &str) -> Option<bool> {
    if letters.is_empty() {
        return Some(false);
    }
    is_pronoun(letters).then_some(true)
}

/// The K3 of a form, if it is of letters only that look like others.
fn form_repaired(spelling: &str) -> Option<String> {
    let reading = Reading::of(spelling).ok()?;
    let pulled = reading
        .repairs()
        .iter()
        .any(|repair| repair.kind != RepairKind::LookAlikes);
    (!pulled).then(|| reading.repaired().text().to_owned())
}

fn without_doubles(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !(c.is_alphabetic() && out.ends_with(c)) {
            out.push(c);
        }
    }
    out
}

/// Adds a form with its variants: with the article cut off, and with ة as it is before a pronoun.
fn add(trie: &mut Trie, form: &str, term: &Term, index: usize, repeats: bool) {
    let list: Vec<&str> = words(form).map(|word| &form[word]).collect();
    let Some((first, rest)) = list.split_first() else {
        return;
    };
    // Pronouns are joined to words of three letters and more that end a form.
    let pronouns = term.pronouns && rest.is_empty() && first.chars().count() >= 3;
    let asks = Asks {
        pronoun_may: pronouns,
        repeats,
        ..Asks::default()
    };
    let mut put = |head: &str, asks: Asks| {
        let mut words = vec![head];
        words.extend(rest);
        // The number of terms is far below 2³².
        trie.insert(
            &words,
            End {
                term: index as u32,
                asks,
            },
        );
    };
    put(first, asks);
    if let Some(cut) = first.strip_prefix("ال").filter(|cut| cut.chars().count() >= 3) {
        put(
            cut,
            Asks {
                article: true,
                ..asks
            },
        );
    }
    if pronouns && let Some(stem) = first.strip_suffix('ه') {
        let before_pronoun = format!("{stem}ت");
        put(
            &before_pronoun,
            Asks {
                pronoun_must: true,
                ..asks
            },
        );
    }
}
