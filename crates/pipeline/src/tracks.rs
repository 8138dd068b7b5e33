//! Banked films and recordings, live: an index of frames to find which film may be near, and tracks to say whether and
//! where.

use std::collections::{BTreeMap, HashMap, HashSet};

use decode::Decoded;
use fingerprint::film::align::{Alignment, NEAR_RADIUS, Telling, align, pairs};
use fingerprint::film::{Track, Tracks};
use fingerprint::sound::{ENOUGH, Found, Shifted, SoundIndex, SoundMatch, Span};
use index::{Index, Scratch, Segment as IndexSegment};
use jiff::Timestamp;
use model::{
    BankKind, EntryId, Incomplete, IncompleteReason, Match, Method, PartName, Segment, SignalType,
    TrackMethod,
};
use store::{ChangeKind, EntryTrack, Seq, Store};

use crate::banks::{Banks, BanksError, FEED_PAGE, FOLD_AFTER};

/// Entries that a film is aligned with at most, the likeliest first.
const MAX_ALIGNMENTS: usize = 64;

/// Milliseconds between two frames of a film, on the average, beyond which it was seen sparsely.
const SPARSE: u32 = 300;

/// One in so many words of a recording may be too common to be looked for: of a banked recording not every word is in the
/// index either.
const COMMON: usize = 4;

/// What was heard of entries.
type Heard = BTreeMap<EntryId, Vec<Shifted>>;

/// The tracks of all entries, and up to which change they go.
#[derive(Debug)]
pub(crate) struct BankedTracks {
    /// Every frame that says something, under its entry.
    frames: Index<Vec<u8>>,
    films: HashMap<EntryId, Vec<Telling>>,
    /// Entries with a film of few frames a second, as partners have them.
    sparse: HashSet<EntryId>,
    sounds: SoundIndex,
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
    pub(crate) fn open(store: &Store) -> Result<Self, BanksError> {
        let mut tracks = Self {
            frames: Index::new(),
            films: HashMap::new(),
            sparse: HashSet::new(),
            sounds: SoundIndex::new(),
            seq: Seq(0),
        };
        let mut heard = Heard::new();
        tracks.seq =
            store.for_each_track_after(EntryId(0), |entry, track| tracks.add(entry, &track, &mut heard))?;
        tracks.bank(heard);
        tracks.fold()?;
        Ok(tracks)
    }

    /// Takes up what has changed.
    pub(crate) fn catch_up(&mut self, store: &Store) -> Result<(), BanksError> {
        loop {
            let changes = store.changes_since(self.seq, FEED_PAGE)?;
            let Some(last) = changes.last().map(|change| change.seq) else {
                return self.fold();
            };
            let added = || {
                let added = changes.iter().filter(|change| change.kind == ChangeKind::Added);
                added.map(|change| change.entry)
            };
            if let (Some(first), Some(last)) = (added().min(), added().max()) {
                let mut heard = Heard::new();
                store.for_each_track_after(EntryId(first.0 - 1), |entry, track| {
                    // What was added after this page comes with its own page.
                    if entry <= last {
                        self.add(entry, &track, &mut heard);
                    }
                })?;
                self.bank(heard);
            }
            for change in changes.iter().filter(|change| change.kind == ChangeKind::Removed) {
                self.sounds.remove(change.entry.0.cast_unsigned());
                self.sparse.remove(&change.entry);
                if self.films.remove(&change.entry).is_some() {
                    self.frames.remove(change.entry.0.cast_unsigned());
                }
            }
            self.seq = last;
        }
    }

    /// Puts frames that every search would scan into a segment, where they are many.
    fn fold(&mut self) -> Result<(), BanksError> {
        if self.frames.unfolded() > FOLD_AFTER {
            let fold = self.frames.begin_fold();
            let segment = IndexSegment::open(fold.build(self.seq.0.cast_unsigned())?)?;
            self.frames.finish_fold(&fold, segment)?;
        }
        Ok(())
    }

    fn add(&mut self, entry: EntryId, track: &EntryTrack, heard: &mut Heard) {
        // A track that does not parse was written by a newer program, or the disk lies; the entry's digests still match.
        if track.kind == SignalType::Chromaprint {
            if let Ok(variant) = Shifted::from_bytes(&track.bytes) {
                heard.entry(entry).or_default().push(variant);
            }
            return;
        }
        let Ok(track) = Track::from_bytes(&track.bytes) else {
            return;
        };
        if track.duration > SPARSE.saturating_mul(track.seen.saturating_sub(1)) {
            self.sparse.insert(entry);
        }
        let telling = Telling::from(&track);
        for frame in telling.frames() {
            self.frames.insert(&frame.hash, entry.0.cast_unsigned());
        }
        self.films.entry(entry).or_default().push(telling);
    }

    /// Entries with frames like the query's, and how many frames of the query have one; most first.
    fn candidates(&self, query: &[Telling]) -> Vec<(EntryId, usize)> {
        let mut counts: HashMap<u64, usize> = HashMap::new();
        let mut scratch = Scratch::new();
        let mut hits = Vec::new();
        for frame in query.iter().flat_map(Telling::frames) {
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
        let mut candidates: Vec<(EntryId, usize)> = counts
            .into_iter()
            .map(|(key, count)| (EntryId(key.cast_signed()), count))
            .collect();
        candidates.sort_by_key(|(entry, count)| (std::cmp::Reverse(*count), *entry));
        candidates
    }

    /// Banks what was heard of entries, all of it at once.
    fn bank(&mut self, heard: Heard) {
        for (entry, variants) in heard {
            // A recording without a sound that says anything is no signal; the entry's others are.
            let _ = self.sounds.insert(entry.0.cast_unsigned(), &variants);
        }
    }

    /// Entries whose sound the query is, or has a part of, the best first.
    pub(crate) fn hear(&self, query: &[Shifted]) -> Found {
        self.sounds.find(query, ENOUGH)
    }

    /// Whether a banked film has few frames a second: few of one a second of an upload would meet their like then.
    pub(crate) fn has_sparse(&self) -> bool {
        !self.sparse.is_empty()
    }

    /// Entries whose film the query shows, or a part of it.
    pub(crate) fn align(&self, query: &Tracks) -> Aligned {
        let query: Vec<Telling> = query.each().map(Telling::from).collect();
        let candidates = self.candidates(&query);
        let mut found: Vec<(EntryId, Alignment)> = Vec::new();
        for (entry, _) in candidates.iter().take(MAX_ALIGNMENTS) {
            let banked = self.films.get(entry).map(Vec::as_slice).unwrap_or_default();
            let each = query.iter().flat_map(|query| {
                let on = |bank: &Telling| align(query, bank, &pairs(query, bank));
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
        let heard = banks.hear(&sound.variants);
        let telling = heard.words - heard.monotonous;
        if heard.common > 0 && COMMON * heard.common >= telling {
            incomplete.push(Incomplete {
                part: sound.name.clone(),
                reason: IncompleteReason::Common {
                    found: heard.common as u32,
                    of: telling as u32,
                },
            });
        }
        let entry = |it: &SoundMatch| EntryId(it.key.cast_signed());
        found.extend(
            heard
                .matches
                .iter()
                .map(|it| (entry(it), &sound.name, sound_method(it))),
        );
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

fn sound_method(found: &SoundMatch) -> TrackMethod {
    let times = |it: Span| ((1000.0 * it.start) as u32, (1000.0 * it.end) as u32);
    TrackMethod {
        kind: SignalType::Chromaprint,
        segment: Segment {
            query: times(found.query),
            bank: times(found.bank),
            speed: (100.0 * found.tempo).round() as u16,
            mirrored: false,
        },
        // Of the 32 bits of a word.
        distance: (32.0 * found.error).ceil() as u32,
    }
}
