//! Banked films and recordings, live: an index of frames to find which film may be near, and tracks to say whether and
//! where.

use std::collections::{BTreeMap, HashMap, HashSet};

use decode::Decoded;
use fingerprint::film::align::{Alignment, NEAR_RADIUS, Telling, align, pairs};
use fingerprint::film::{Frame, Track, Tracks};
use fingerprint::sound::{ENOUGH, Found, Shifted, SoundIndex, SoundMatch, Span};
use index::{Index, Layout, Scratch, Segment as IndexSegment};
use jiff::Timestamp;
use model::{
    EntryId, Incomplete, IncompleteReason, Match, Method, PartName, PdqHash, Segment, SignalType, TrackMethod,
};
use store::{ChangeKind, EntryTrack, Seq, Store};

use crate::banks::{Banks, BanksError, FEED_PAGE, FOLD_AFTER};

/// Entries that a film is aligned with at most, the likeliest first.
const MAX_ALIGNMENTS: usize = 64;

/// Milliseconds between two frames of a film, on the average, beyond which it was seen sparsely.
const SPARSE: u32 = 300;

/// Frames that are looked up together: of each, everything that is near it is in memory for as long.
const TOGETHER: usize = 64;

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
            let layout = Layout::for_batches(fold.len());
            let segment = IndexSegment::open(fold.build_as(self.seq.0.cast_unsigned(), layout)?)?;
            self.frames.finish_fold(&fold, segment.for_batches())?;
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
        let (mut scratch, mut hits, mut keys) = (Scratch::new(), Vec::new(), Vec::new());
        let frames: Vec<&Frame> = query.iter().flat_map(Telling::frames).collect();
        for frames in frames.chunks(TOGETHER) {
            let hashes: Vec<PdqHash> = frames
                .iter()
                .flat_map(|frame| [frame.hash, frame.mirrored])
                .collect();
            hits.clear();
            self.frames
                .search_batch(&hashes, NEAR_RADIUS, &mut scratch, &mut hits);
            // Both hashes of a frame are one after the other.
            for of_frame in hits.chunk_by(|a, b| a.query / 2 == b.query / 2) {
                keys.clear();
                keys.extend(of_frame.iter().map(|hit| hit.key));
                keys.sort_unstable();
                keys.dedup();
                for key in &keys {
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

    /// Milliseconds of a banked film, as [`told_length`].
    pub(crate) fn film_length(&self, entry: EntryId) -> Option<u32> {
        self.films.get(&entry)?.iter().filter_map(length).max()
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

/// Milliseconds from the first frame that tells a film from others to the last, of its longest track.
pub(crate) fn told_length(film: &Tracks) -> Option<u32> {
    film.each()
        .filter_map(|track| length(&Telling::from(track)))
        .max()
}

fn length(track: &Telling) -> Option<u32> {
    let (first, last) = (track.frames().first()?, track.frames().last()?);
    Some(last.time - first.time)
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
        let Some(known) = banks.known_content(entry, now)? else {
            continue;
        };
        matches.push(Match {
            segment: Some(method.segment),
            ..known.found(part, method.kind, Method::Track(method))
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

#[cfg(test)]
mod tests {
    use model::Quality;
    use testkit::Prng;

    use super::*;

    fn hash(prng: &mut Prng) -> PdqHash {
        PdqHash::new(std::array::from_fn(|_| prng.int(0, 255) as u8))
    }

    fn track(frames: impl Iterator<Item = (PdqHash, PdqHash)>) -> Track {
        let frame = |(second, (hash, mirrored)): (u32, (PdqHash, PdqHash))| Frame {
            time: 1_000 * second,
            quality: Quality::saturating(100),
            hash,
            mirrored,
        };
        let frames: Vec<Frame> = (0..).zip(frames).map(frame).collect();
        Track {
            duration: frames.last().map_or(0, |frame| frame.time),
            seen: frames.len() as u32,
            frames,
        }
    }

    fn changed(prng: &mut Prng, mut hash: PdqHash, most: u32) -> PdqHash {
        for _ in 0..prng.int(0, most) {
            hash = hash.with_flipped(prng.int(0, 255) as usize);
        }
        hash
    }

    /// So many frames are banked that they are folded and looked up in batches, and some lie beside them.
    #[test]
    fn candidates_are_the_entries_with_a_like_frame_and_count_each_frame_once() {
        let mut prng = Prng::new(5, 6);
        let mut tracks = BankedTracks {
            frames: Index::new(),
            films: HashMap::new(),
            sparse: HashSet::new(),
            sounds: SoundIndex::new(),
            seq: Seq(0),
        };
        let mut shown = Vec::new();
        for entry in 1..=450 {
            let film = track((0..50).map(|_| (hash(&mut prng), hash(&mut prng))));
            shown.extend(film.frames.iter().map(|frame| frame.hash));
            let banked = EntryTrack {
                kind: SignalType::Vpdq,
                bytes: film.to_bytes(),
            };
            tracks.add(EntryId(entry), &banked, &mut Heard::new());
            if entry == 420 {
                tracks.fold().unwrap();
                assert_eq!(tracks.frames.unfolded(), 0);
            }
        }
        assert_eq!(tracks.frames.unfolded(), 30 * 50);
        for _ in 0..2 {
            // Some frames show a banked one, some its mirrored form, some both, most nothing.
            let like = |prng: &mut Prng| match prng.int(0, 4) {
                0 => {
                    let shown = shown[prng.int(0, shown.len() as u32 - 1) as usize];
                    changed(prng, shown, 40)
                }
                _ => hash(prng),
            };
            let query = Telling::from(&track((0..150).map(|_| (like(&mut prng), like(&mut prng)))));
            let mut want: Vec<(EntryId, usize)> = Vec::new();
            for (entry, films) in &tracks.films {
                let banked = || films.iter().flat_map(Telling::frames);
                let near = |hash: &PdqHash| banked().any(|there| there.hash.distance(hash) <= NEAR_RADIUS);
                let count = query
                    .frames()
                    .iter()
                    .filter(|frame| near(&frame.hash) || near(&frame.mirrored));
                want.push((*entry, count.count()));
            }
            want.retain(|(_, count)| *count > 0);
            want.sort_by_key(|(entry, count)| (std::cmp::Reverse(*count), *entry));
            assert!(want.len() > 10, "{}", want.len());
            assert_eq!(tracks.candidates(&[query]), want);
        }
    }
}
