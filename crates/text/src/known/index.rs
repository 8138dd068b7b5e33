//! Many banked texts, looked up at once.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::chain;
use super::passages::{PassageMatch, Passages, Probe};

/// Places of one hash in one text that are looked at; a text that repeats itself has more.
pub(super) const REPEATS: usize = 4;
/// Places of one hash that are looked at. A shingle in more texts than these says nothing: a greeting, a licence, a
/// signature.
const COMMON: usize = 4096;

/// Agreements of one text with all that are banked; what is beyond is said to be too common.
const MOST_AGREEMENTS: usize = 8 << 20;

/// The passages of many banked texts, by key.
///
/// ```
/// use basira_text::Reading;
/// use basira_text::known::{PassageIndex, Passages, Probe};
/// let statement = "the rook league will meet on tuesday at noon in the old reading room of the town library";
/// let mut index = PassageIndex::default();
/// index.insert(7, &Passages::of(&Reading::of(statement)?).unwrap());
/// let probe = Probe::of(&Reading::of(statement)?);
/// let found = index.search(&probe).found;
/// assert_eq!(found[0].0, 7);
/// assert_eq!(found[0].1.of_banked(), 1.0);
/// index.remove(7);
/// assert!(index.search(&probe).found.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PassageIndex {
    /// Where each hash is: the key of the text and the place. Also of texts that are gone, until they are swept.
    places: BTreeMap<u64, Vec<(u64, u32)>>,
    /// Words of each text that is there.
    words: BTreeMap<u64, u32>,
    /// Texts that are gone, and still have places.
    gone: BTreeSet<u64>,
}

/// What a search gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Searched {
    /// Every banked text that has a passage in common with the text, by the share of either that was found, the largest
    /// first.
    pub found: Vec<(u64, PassageMatch)>,
    /// Shingles of the text that were not looked for, since too many banked texts have them.
    pub common: u32,
    /// All shingles of the text.
    pub shingles: u32,
}

impl PassageIndex {
    /// Adds a text under a key. A key that is there already keeps its text: it is replaced by removing it first.
    pub fn insert(&mut self, key: u64, passages: &Passages) {
        if self.gone.contains(&key) {
            self.sweep();
        }
        if self.words.contains_key(&key) {
            return;
        }
        self.words.insert(key, passages.words());
        for (hash, at) in passages.kept() {
            let places = self.places.entry(*hash).or_default();
            let of_this = places.iter().rev().take_while(|(other, _)| *other == key).count();
            if of_this < REPEATS {
                places.push((key, *at));
            }
        }
    }

    /// Takes a text away, at once; its places are swept when those of many are. Whether it was there.
    pub fn remove(&mut self, key: u64) -> bool {
        let there = self.words.remove(&key).is_some();
        if there {
            self.gone.insert(key);
        }
        if self.gone.len() > self.words.len() {
            self.sweep();
        }
        there
    }

    /// The keys in a range, in order.
    pub fn keys(&self, range: std::ops::RangeInclusive<u64>) -> impl Iterator<Item = u64> + '_ {
        self.words.range(range).map(|(key, _)| *key)
    }

    fn sweep(&mut self) {
        let gone = std::mem::take(&mut self.gone);
        self.places.retain(|_, places| {
            places.retain(|(key, _)| !gone.contains(key));
            !places.is_empty()
        });
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a shingle is in so many texts that it says nothing.
    fn is_common(&self, places: &[(u64, u32)]) -> bool {
        let there = |(key, _): &&(u64, u32)| self.gone.is_empty() || self.words.contains_key(key);
        places.len() > COMMON && places.iter().filter(there).nth(COMMON).is_some()
    }

    /// Looks a text up.
    pub fn search(&self, probe: &Probe) -> Searched {
        let mut agreements: BTreeMap<u64, Vec<(u32, u32)>> = BTreeMap::new();
        let (mut common, mut many) = (0, 0);
        for (at, hash) in probe.hashes().iter().enumerate() {
            let Some(places) = self.places.get(hash) else {
                continue;
            };
            if many + places.len() > MOST_AGREEMENTS || self.is_common(places) {
                common += 1;
                continue;
            }
            many += places.len();
            for (key, banked) in places {
                agreements.entry(*key).or_default().push((at as u32, *banked));
            }
        }
        let mut found: Vec<(u64, PassageMatch)> = agreements
            .into_iter()
            .filter_map(|(key, agreements)| Some((key, chain(&agreements, *self.words.get(&key)?, probe)?)))
            .collect();
        let share = |found: &PassageMatch| found.of_banked().max(found.of_text());
        found.sort_by(|(_, one), (_, other)| share(other).total_cmp(&share(one)));
        Searched {
            found,
            common,
            shingles: probe.hashes().len() as u32,
        }
    }
}
