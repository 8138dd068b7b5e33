//! Banked films and recordings, live: an index of frames to find which film may be near, and tracks to say whether and
//! where.

use std::collections::{BTreeMap, HashMap};

use decode::Decoded;
use fingerprint::film::align::{Alignment, NEAR_RADIUS, align, is_telling, pairs};
use fingerprint::film::{Track, Tracks};
use fingerprint::sound::{self, SoundAlignment, SoundTrack};
use index::{Index, Scratch};
use jiff::Timestamp;
use model::{
    BankKind, EntryId, Incomplete, IncompleteReason, Match, Method, PartName, Segment, SignalType,
    TrackMethod,
};
use store::{ChangeKind, EntryTrack, Seq, Store, StoreError};

use crate::banks::{Banks, BanksError};

/// Entries that a film is aligned with at most, the likeliest first.
const MAX_ALIGNMENTS: usize = 64;
/// Changes read from the feed at a time.
const FEED_PAGE: u32 = 4_096;

/// The tracks of all entries, and up to which change they go.
#[derive(Debug)]
pub(crate) struct BankedTracks {
    /// Every frame that says something, under its entry.
    frames: Index<Vec<u8>>,
    films: HashMap<EntryId, Vec<Track>>,
    sounds: BTreeMap<EntryId, Vec<SoundTrack>>,
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
            sounds: BTreeMap::new(),
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
                self.sounds.remove(&change.entry);
                if self.films.remove(&change.entry).is_some() {
                    self.frames.remove(change.entry.0.cast_unsigned());
                }
            }
            self.seq = last;
        }
    }

    fn add(&mut self, entry: EntryId, track: &EntryTrack) {
        // A track that does not parse was written by a newer program, or the disk lies; the entry's digests still match.
        if track.kind == SignalType::Chromaprint {
            if let Ok(track) = SoundTrack::from_bytes(&track.bytes) {
                self.sounds.entry(entry).or_default().push(track);
            }
            return;
        }
        let Ok(track) = Track::from_bytes(&track.bytes) else {
            return;
        };
        for frame in track.frames.iter().filter(|frame| is_telling(frame)) {
            self.frames.insert(&frame.hash, entry.0.cast_unsigned());
        }
        self.films.entry(entry).or_default().push(track);
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

    /// Entries whose sound the query is, or has a part of, the best first. Every banked word is compared.
    pub(crate) fn hear(&self, query: &SoundTrack) -> Vec<(EntryId, SoundAlignment)> {
        let best = |tracks: &Vec<SoundTrack>| {
            let each = tracks.iter().filter_map(|bank| sound::align(&query.words, bank));
            each.max_by_key(|it| (it.query.1 - it.query.0, std::cmp::Reverse(it.error)))
        };
        let each = self.sounds.iter();
        let mut found: Vec<(EntryId, SoundAlignment)> = each
            .filter_map(|(entry, tracks)| Some((*entry, best(tracks)?)))
            .collect();
        found.sort_by_key(|(entry, it)| (it.error, *entry));
        found
    }

    /// Entries whose film the query shows, or a part of it.
    pub(crate) fn align(&self, query: &Tracks) -> Aligned {
        let candidates = self.candidates(query);
        let mut found: Vec<(EntryId, Alignment)> = Vec::new();
        for (entry, _) in candidates.iter().take(MAX_ALIGNMENTS) {
            let banked = self.films.get(entry).map(Vec::as_slice).unwrap_or_default();
            let each = query.each().flat_map(|query| {
                let on = |bank: &Track| align(query, bank, &pairs(query, bank));
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

/// Matches the films and recordings of an item.
pub(crate) fn matches(
    decoded: &Decoded,
    banks: &Banks,
    now: Timestamp,
    matches: &mut Vec<Match>,
    incomplete: &mut Vec<Incomplete>,
) -> Result<(), BanksError> {
    let mut found: Vec<(EntryId, &PartName, TrackMethod)> = Vec::new();
    for film in &decoded.films {
        let aligned = banks.align(&film.tracks);
        if aligned.candidates > MAX_ALIGNMENTS {
            incomplete.push(Incomplete {
                part: film.name.clone(),
                reason: IncompleteReason::Refinement {
                    found: aligned.candidates as u32,
                    limit: MAX_ALIGNMENTS as u32,
                },
            });
        }
        found.extend(
            aligned
                .found
                .iter()
                .map(|(entry, it)| (*entry, &film.name, film_method(it))),
        );
    }
    for sound in &decoded.sounds {
        for track in sound.tracks.iter().filter(|track| track.speed == 100) {
            let heard = banks.hear(track);
            found.extend(
                heard
                    .iter()
                    .map(|(entry, it)| (*entry, &sound.name, sound_method(it))),
            );
        }
    }
    for (entry, part, method) in found {
        let Some(known) = banks
            .known(entry, now)?
            .filter(|known| known.bank.kind == BankKind::Known)
        else {
            continue;
        };
        matches.push(Match {
            bank: known.bank.name,
            entry,
            kind: method.kind,
            method: Method::Track(method),
            distance: method.distance,
            segment: Some(method.segment),
            quality: None,
            part: part.clone(),
            trust: known.entry.trust,
            human_confirmed: known.entry.human_confirmed,
            suppressed_by: None,
        });
    }
    Ok(())
}

fn film_method(alignment: &Alignment) -> TrackMethod {
    TrackMethod {
        kind: SignalType::Vpdq,
        segment: Segment {
            query: alignment.query,
            bank: alignment.bank,
            speed: (100.0 * alignment.speed).round() as u16,
            mirrored: alignment.mirrored,
        },
        distance: alignment.distance,
    }
}

fn sound_method(alignment: &SoundAlignment) -> TrackMethod {
    TrackMethod {
        kind: SignalType::Chromaprint,
        segment: Segment {
            query: alignment.query,
            bank: alignment.bank,
            speed: alignment.speed,
            mirrored: false,
        },
        // Of the 32 bits of a word.
        distance: (32 * alignment.error).div_ceil(1000),
    }
}
