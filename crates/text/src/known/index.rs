//! Many banked texts, looked up at once.

use std::collections::BTreeMap;

use super::passages::{PassageMatch, Passages, Probe, chain};

/// Places of one hash in one text that are looked at; a text that repeats itself has more.
pub(super) const REPEATS: usize = 4;
/// A shingle of more texts than these says nothing: a greeting, a licence, a signature.
const COMMON: usize = 4096;

/// The passages of many banked texts, by key.
///
/// ```
/// use basira_text::Reading;
/// use basira_text::known::{PassageIndex, Passages, Probe};
/// let statement = "the rook league will meet on tuesday at noon in the old reading room of the town library";
/// let banked = Passages::of(&Reading::of(statement)?).unwrap();
/// let mut index = PassageIndex::default();
/// index.insert(7, &banked);
/// let found = index.search(&Probe::of(&Reading::of(statement)?));
/// assert_eq!(found[0].0, 7);
/// assert_eq!(found[0].1.of_banked(), 1.0);
/// index.remove(7, &banked);
/// assert!(index.search(&Probe::of(&Reading::of(statement)?)).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PassageIndex {
    /// Where each hash is: the key of the text and the place.
    places: BTreeMap<u64, Vec<(u64, u32)>>,
    /// Words of each text.
    words: BTreeMap<u64, u32>,
}

impl PassageIndex {
    /// Adds a text under a key. A key that is there already is replaced only by removing it first.
    pub fn insert(&mut self, key: u64, passages: &Passages) {
        self.words.insert(key, passages.words());
        for (hash, at) in passages.kept() {
            let places = self.places.entry(*hash).or_default();
            let of_this = places.iter().rev().take_while(|(other, _)| *other == key).count();
            if of_this < REPEATS {
                places.push((key, *at));
            }
        }
    }

    /// Takes a text away. Its passages are those it was added with.
    pub fn remove(&mut self, key: u64, passages: &Passages) {
        self.words.remove(&key);
        for (hash, _) in passages.kept() {
            if let Some(places) = self.places.get_mut(hash) {
                places.retain(|(other, _)| *other != key);
                if places.is_empty() {
                    self.places.remove(hash);
                }
            }
        }
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Every banked text that has a passage in common with a text, by the share of it that was found, the largest first.
    pub fn search(&self, probe: &Probe) -> Vec<(u64, PassageMatch)> {
        let mut agreements: BTreeMap<u64, Vec<(u32, u32)>> = BTreeMap::new();
        for (at, hash) in probe.hashes().iter().enumerate() {
            let Some(places) = self.places.get(hash).filter(|places| places.len() <= COMMON) else {
                continue;
            };
            for (key, banked) in places {
                agreements.entry(*key).or_default().push((at as u32, *banked));
            }
        }
        let mut found: Vec<(u64, PassageMatch)> = agreements
            .into_iter()
            .filter_map(|(key, agreements)| Some((key, chain(&agreements, *self.words.get(&key)?, probe)?)))
            .collect();
        found.sort_by(|(_, one), (_, other)| other.of_banked().total_cmp(&one.of_banked()));
        found
    }
}
