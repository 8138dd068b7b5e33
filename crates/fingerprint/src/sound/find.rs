//! Where banked recordings occur in a query.
//!
//! Blocks of three seconds of the query are looked up: each half of a word gives places in the bank (Haitsma and
//! Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002), and places on one diagonal are a vote. Voted
//! diagonals are compared word by word, and followed forward and backward as far as they agree, bending where the
//! tempo differs.

use std::collections::BTreeMap;

use super::index::{BLOCK, SoundIndex, Track};
use super::line::{Line, Pair};
use super::lively::lively;
use super::{HOP, RATE, Shift, Shifted, WORD_SPAN};

/// Places on one diagonal that make it worth comparing.
const VOTES: usize = 3;
/// Words by which places of one diagonal may differ.
const WIDTH: u32 = 4;
/// Diagonals of a block that are compared at most; the ones with the most votes.
const CANDIDATES: usize = 64;

/// Samples at each end of a word that matter little: the words of a match are alike although something else may begin
/// there.
const MARGIN: f64 = WORD_SPAN / 4.0;

/// Evidence from which a match is one. Of unrelated generated sounds none had more than 15 in 50,000 pairs, and of
/// clips of ten seconds none less than 18, whatever had been done to them (`examples/sound_recall.rs`).
pub const ENOUGH: f64 = 16.0;

/// A part of a sound, in seconds from its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
}

/// A banked recording, or a part of it, that occurs in the query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoundMatch {
    /// The key under which the recording was banked.
    pub key: u64,
    /// Where in the query.
    pub query: Span,
    /// Where in the recording.
    pub bank: Span,
    /// How many times faster in time the query is than the recording.
    pub tempo: f64,
    /// How many times higher the query is than the recording, in steps of the variants (a quarter of a semitone).
    pub pitch: f64,
    /// Share of the bits that differ.
    pub error: f64,
    /// Share of the bits that would differ by chance: that of the same words, paired otherwise.
    pub chance: f64,
    /// Words that were compared, those that can tell nothing left out.
    pub words: usize,
}

/// What was found, and what could not be looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best first; none lies within another of the same key.
    pub matches: Vec<SoundMatch>,
    /// Words of the query, of all variants.
    pub words: usize,
    /// Of these, those that can tell nothing: silence, tones, hums.
    pub monotonous: usize,
    /// Of these, those that are too common in the bank to be looked up.
    pub common: usize,
}

impl SoundIndex {
    /// The banked recordings that occur in the query, given by one or more of its variants (see
    /// [`query_shifts`](super::query_shifts)), with at least so much [evidence](SoundMatch::evidence): [`ENOUGH`].
    pub fn find(&self, query: &[Shifted], evidence: f64) -> Found {
        let mut found = Found::default();
        for variant in query {
            self.find_variant(variant, evidence, &mut found);
        }
        found
            .matches
            .sort_by(|a, b| b.evidence().total_cmp(&a.evidence()).then(a.key.cmp(&b.key)));
        let mut kept: Vec<SoundMatch> = vec![];
        for one in found.matches {
            if !kept.iter().any(|other| other.covers(&one)) {
                kept.push(one);
            }
        }
        found.matches = kept;
        found
    }

    fn find_variant(&self, query: &Shifted, evidence: f64, found: &mut Found) {
        let lively = lively(&query.words);
        found.words += lively.len();
        found.monotonous += lively.iter().filter(|&&l| !l).count();
        // Lines by the position of their track.
        let mut lines: BTreeMap<u32, Vec<Line>> = BTreeMap::new();
        let mut places: Vec<u32> = vec![];
        for begin in (0..query.words.len()).step_by(BLOCK / 2) {
            places.clear();
            lines.retain(|_, lines| {
                lines.retain(|line| line.reaches(begin));
                !lines.is_empty()
            });
            let end = query.words.len().min(begin + BLOCK);
            for i in (begin..end).filter(|&i| lively[i]) {
                let all = self.near(query.words[i], |at| {
                    places.push(at + (BLOCK - (i - begin)) as u32)
                });
                found.common += usize::from(!all && i < begin + BLOCK / 2);
            }
            for diagonal in voted(&mut places) {
                let Some(track) = self.track_at(diagonal) else {
                    continue;
                };
                let bank = i64::from(diagonal) - BLOCK as i64 - i64::from(track.start);
                let known = lines.get(&track.start);
                if known.is_some_and(|lines| lines.iter().any(|line| line.near(begin, bank))) {
                    continue;
                }
                let pair = Pair {
                    query: &query.words,
                    lively: &lively,
                    bank: self.track_words(track),
                };
                if let Some(line) = pair.line(begin, bank) {
                    let one = to_match(&line, track, query.shift);
                    found.matches.extend(one.filter(|one| one.evidence() >= evidence));
                    lines.entry(track.start).or_default().push(line);
                }
            }
        }
    }
}

/// Diagonals with enough votes, those with the most first.
fn voted(places: &mut [u32]) -> Vec<u32> {
    places.sort_unstable();
    let mut runs: Vec<(usize, u32)> = vec![];
    let mut from = 0;
    while from < places.len() {
        let mut to = from + 1;
        while to < places.len() && places[to] - places[from] < WIDTH {
            to += 1;
        }
        if to - from >= VOTES {
            runs.push((to - from, places[(from + to) / 2]));
        }
        from = to;
    }
    runs.sort_unstable_by_key(|&(votes, place)| (usize::MAX - votes, place));
    runs.truncate(CANDIDATES);
    runs.into_iter().map(|(_, place)| place).collect()
}

/// A match of a line that has a word.
fn to_match(line: &Line, track: &Track, shift: Shift) -> Option<SoundMatch> {
    let (first, last) = (line.pairs.first()?, line.pairs.last()?);
    let span = |first: usize, last: usize, shift: Shift| Span {
        start: shift.tempo() * (first as f64 * HOP + MARGIN) / f64::from(RATE),
        end: shift.tempo() * (last as f64 * HOP + WORD_SPAN - MARGIN) / f64::from(RATE),
    };
    Some(SoundMatch {
        key: track.key,
        query: span(first.0, last.0, shift),
        bank: span(first.1, last.1, track.shift),
        tempo: line.slope() * track.shift.tempo() / shift.tempo(),
        pitch: track.shift.pitch() / shift.pitch(),
        error: line.error,
        chance: line.chance,
        words: line.words,
    })
}

impl SoundMatch {
    /// How much the alignment tells: the words, times how far their error is from what chance gives. 0 and less is
    /// nothing.
    ///
    /// The error of sounds that share no words is rarely below 0.65 of [`chance`](Self::chance), and only in short runs.
    pub fn evidence(&self) -> f64 {
        if self.chance > 0.0 {
            self.words as f64 * (1.0 - self.error / (0.65 * self.chance))
        } else {
            0.0
        }
    }

    /// Whether most of the other lies within this one, in the query and in the bank.
    fn covers(&self, other: &Self) -> bool {
        let most = |a: Span, b: Span| {
            let common = a.end.min(b.end) - a.start.max(b.start);
            common > 0.5 * (b.end - b.start)
        };
        self.key == other.key && most(self.query, other.query) && most(self.bank, other.bank)
    }
}
