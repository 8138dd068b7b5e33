//! Banked films, live: an index of their frames to find which may be near, and their tracks to say whether and where.

use std::collections::HashMap;
use std::sync::Arc;

use fingerprint::film::align::{Alignment, NEAR_RADIUS, align, is_telling, pairs};
use fingerprint::film::{Track, Tracks};
use index::{Index, Scratch};
use model::{EntryId, SignalType};
use store::{ChangeKind, EntryTrack, Seq, Store, StoreError};

/// Entries that a film is aligned with at most, the likeliest first.
pub const MAX_ALIGNMENTS: usize = 64;
/// Changes read from the feed at a time.
const FEED_PAGE: u32 = 4_096;

/// The tracks of all entries, and up to which change they go.
#[derive(Debug)]
pub(crate) struct BankedTracks {
    /// Every frame that says something, under its entry.
    frames: Index<Vec<u8>>,
    films: HashMap<EntryId, Vec<Arc<Track>>>,
    seq: Seq,
}

/// What a film was found to be near.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aligned {
    /// Entries whose film the query shows, the best first.
    pub(crate) found: Vec<(EntryId, Alignment)>,
    /// Entries with a like frame.
    pub(crate) candidates: usize,
}

impl BankedTracks {
    /// Reads the tracks of all entries.
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        let mut tracks = Self {
            frames: Index::new(),
            films: HashMap::new(),
            seq: Seq(0),
        };
        tracks.seq = store.for_each_track_after(EntryId(0), |entry, track| tracks.add(entry, &track))?;
        Ok(tracks)
    }

    /// Takes up what has changed.
    pub(crate) fn catch_up(&mut self, store: &Store) -> Result<(), StoreError> {
        loop {
            let changes = store.changes_since(self.seq, FEED_PAGE)?;
            let Some(last) = changes.last().map(|change| change.seq) else {
                return Ok(());
            };
            let added = || {
                let added = changes.iter().filter(|change| change.kind == ChangeKind::Added);
                added.map(|change| change.entry)
            };
            if let (Some(first), Some(last)) = (added().min(), added().max()) {
                store.for_each_track_after(EntryId(first.0 - 1), |entry, track| {
                    // What was added after this page comes with its own page.
                    if entry <= last {
                        self.add(entry, &track);
                    }
                })?;
            }
            for change in changes.iter().filter(|change| change.kind == ChangeKind::Removed) {
                if self.films.remove(&change.entry).is_some() {
                    self.frames.remove(change.entry.0.cast_unsigned());
                }
            }
            self.seq = last;
        }
    }

    fn add(&mut self, entry: EntryId, track: &EntryTrack) {
        if track.kind != SignalType::Vpdq {
            return;
        }
        // A track that does not parse was written by a newer program, or the disk lies; the entry's digests still match.
        let Ok(track) = Track::from_bytes(&track.bytes) else {
            return;
        };
        for frame in track.frames.iter().filter(|frame| is_telling(frame)) {
            self.frames.insert(&frame.hash, entry.0.cast_unsigned());
        }
        self.films.entry(entry).or_default().push(Arc::new(track));
    }

    /// Entries with frames like the query's, and how many frames of the query have one; most first.
    fn candidates(&self, query: &Tracks) -> Vec<(EntryId, usize)> {
        let mut counts: HashMap<u64, usize> = HashMap::new();
        let mut scratch = Scratch::new();
        let mut hits = Vec::new();
        for track in query.each() {
            for frame in track.frames.iter().filter(|frame| is_telling(frame)) {
                hits.clear();
                for hash in [&frame.hash, &frame.mirrored] {
                    self.frames
                        .for_each(hash, NEAR_RADIUS, &mut scratch, |hit| hits.push(hit.key));
                }
                hits.sort_unstable();
                hits.dedup();
                for key in &hits {
                    *counts.entry(*key).or_default() += 1;
                }
            }
        }
        let mut candidates: Vec<(EntryId, usize)> = counts
            .into_iter()
            .map(|(key, count)| (EntryId(key.cast_signed()), count))
            .collect();
        candidates.sort_by_key(|(entry, count)| (std::cmp::Reverse(*count), *entry));
        candidates
    }

    /// Entries whose film the query shows, or a part of it.
    pub(crate) fn align(&self, query: &Tracks) -> Aligned {
        let candidates = self.candidates(query);
        let mut found: Vec<(EntryId, Alignment)> = Vec::new();
        for (entry, _) in candidates.iter().take(MAX_ALIGNMENTS) {
            let banked = self.films.get(entry).map(Vec::as_slice).unwrap_or_default();
            let each = query.each().flat_map(|query| {
                let on = |bank: &Arc<Track>| align(query, bank, &pairs(query, bank));
                banked.iter().filter_map(on)
            });
            let best = each
                .filter(Alignment::is_match)
                .max_by_key(|it| (it.frames, it.distinct, std::cmp::Reverse(it.distance)));
            found.extend(best.map(|best| (*entry, best)));
        }
        found.sort_by_key(|(entry, it)| (it.distance, std::cmp::Reverse(it.frames), *entry));
        Aligned {
            found,
            candidates: candidates.len(),
        }
    }
}
