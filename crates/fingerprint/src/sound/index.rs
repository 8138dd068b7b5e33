//! The words of all banked recordings, and where each half of a word occurs among them.

use std::collections::BTreeMap;

use thiserror::Error;

use super::lively::lively;
use super::{Shift, Shifted};

/// Words of a query that are looked up together, and of the gap between two tracks, so that a position minus a place
/// in the block belongs to one track alone.
pub(super) const BLOCK: usize = 24;
/// Of the words of a track each such one is listed. Neighbours are much alike, and every word of a query is looked up.
const EVERY: usize = 2;
/// Values of half a word.
const HALVES: usize = 1 << 16;

/// Banked recordings, ready to be found. Rows are the words of tracks: one track for each variant of a recording.
///
/// Memory is 8 bytes a word, so about 130 a second of a recording with the two variants of
/// [`bank_shifts`](super::bank_shifts), and 3 MB for an empty one.
#[derive(Clone, Debug)]
pub struct SoundIndex {
    /// The words of all tracks, one after another, with gaps.
    words: Vec<u32>,
    /// By the position of the first word.
    tracks: BTreeMap<u32, Track>,
    /// Positions of the tracks of a key.
    keys: BTreeMap<u64, Vec<u32>>,
    /// Positions of the words with this upper half, then of those with this lower half; ascending.
    lists: Vec<Vec<u32>>,
    /// Words in `words` that belong to no track any more.
    dead: usize,
}

/// The words of one variant of a recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track {
    pub(super) key: u64,
    pub(super) shift: Shift,
    pub(super) start: u32,
    pub(super) len: u32,
}

/// Why a recording is not banked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// Too little of it can tell it from others.
    #[error(
        "only {lively} of {words} words can tell something, and {needed} are needed: it is short, silent or monotonous"
    )]
    Monotonous {
        /// Words that tell something, in the best variant.
        lively: usize,
        /// Words that there are.
        words: usize,
        /// Words that must tell something.
        needed: usize,
    },
    /// There is no place for more.
    #[error("an index holds at most 4,294,967,295 words: use a second one")]
    Full,
}

impl Default for SoundIndex {
    fn default() -> Self {
        Self::new()
    }
}

impl SoundIndex {
    /// Lively words without which a recording is not banked: 1.5 s of them.
    pub const LEAST: usize = 12;

    /// With nothing in it.
    pub fn new() -> Self {
        Self {
            words: vec![0; BLOCK],
            tracks: BTreeMap::new(),
            keys: BTreeMap::new(),
            lists: vec![vec![]; 2 * HALVES],
            dead: 0,
        }
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nothing is banked.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Banks a recording. If its key is there already, this one takes its place.
    ///
    /// # Errors
    /// If the recording is unfit; then what was there under the key stays.
    pub fn insert(&mut self, key: u64, variants: &[Shifted]) -> Result<(), Unfit> {
        let masks: Vec<Vec<bool>> = variants.iter().map(|v| lively(&v.words)).collect();
        let best = masks
            .iter()
            .map(|mask| mask.iter().filter(|&&l| l).count())
            .max()
            .unwrap_or(0);
        if best < Self::LEAST {
            return Err(Unfit::Monotonous {
                lively: best,
                words: variants.iter().map(|v| v.words.len()).max().unwrap_or(0),
                needed: Self::LEAST,
            });
        }
        let more: usize = variants.iter().map(|v| v.words.len() + BLOCK).sum();
        if self.words.len() + more > u32::MAX as usize {
            return Err(Unfit::Full);
        }
        self.remove(key);
        for (variant, mask) in variants.iter().zip(&masks) {
            let start = self.words.len() as u32;
            self.words.extend_from_slice(&variant.words);
            self.words.extend([0; BLOCK]);
            for (i, &word) in variant.words.iter().enumerate().step_by(EVERY) {
                if mask[i] {
                    for list in lists_of(word) {
                        self.lists[list].push(start + i as u32);
                    }
                }
            }
            let track = Track {
                key,
                shift: variant.shift,
                start,
                len: variant.words.len() as u32,
            };
            self.tracks.insert(start, track);
            self.keys.entry(key).or_default().push(start);
        }
        Ok(())
    }

    /// Takes a recording out again. Says whether it was there.
    pub fn remove(&mut self, key: u64) -> bool {
        let Some(starts) = self.keys.remove(&key) else {
            return false;
        };
        for start in starts {
            let Some(track) = self.tracks.remove(&start) else {
                continue;
            };
            for at in (start..start + track.len).step_by(EVERY) {
                for list in lists_of(self.words[at as usize]) {
                    let list = &mut self.lists[list];
                    if let Ok(place) = list.binary_search(&at) {
                        list.remove(place);
                    }
                }
            }
            self.dead += track.len as usize + BLOCK;
        }
        if self.dead > self.words.len() / 2 {
            self.fold();
        }
        true
    }

    /// Moves the tracks together, so that removed ones take no place.
    fn fold(&mut self) {
        let old = std::mem::take(self);
        for (&key, starts) in &old.keys {
            let variants: Vec<Shifted> = starts
                .iter()
                .filter_map(|start| old.tracks.get(start))
                .map(|track| Shifted {
                    shift: track.shift,
                    words: old.track_words(track).to_vec(),
                })
                .collect();
            // It was fit before, and there are fewer words now.
            let kept = self.insert(key, &variants);
            debug_assert_eq!(kept, Ok(()));
        }
    }

    pub(super) fn track_words(&self, track: &Track) -> &[u32] {
        &self.words[track.start as usize..(track.start + track.len) as usize]
    }

    /// The track to which word 0 of a block is aligned at `diagonal` (a position plus [`BLOCK`]).
    pub(super) fn track_at(&self, diagonal: u32) -> Option<&Track> {
        let (_, track) = self.tracks.range(..=diagonal).next_back()?;
        Some(track)
    }

    /// Positions of words that have a half in common with this one and are otherwise near. `None` if a half is so
    /// common that it was not looked up.
    pub(super) fn near(&self, word: u32, mut each: impl FnMut(u32)) -> bool {
        let mut all = true;
        let most = 2000 + self.words.len() / 500;
        for list in lists_of(word) {
            let list = &self.lists[list];
            if list.len() > most {
                all = false;
                continue;
            }
            for &at in list {
                if (self.words[at as usize] ^ word).count_ones() <= 5 {
                    each(at);
                }
            }
        }
        all
    }
}

fn lists_of(word: u32) -> [usize; 2] {
    [(word >> 16) as usize, HALVES + (word & 0xffff) as usize]
}
