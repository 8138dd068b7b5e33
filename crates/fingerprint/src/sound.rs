//! Sounds: Chromaprint's words, and where two recordings are the same.
//!
//! A word is 32 bits of how the notes changed around one moment, one each 0.124 seconds; two recordings of one sound
//! differ in few of the bits at a fitting offset (`hostile.md` B.4). Chromaprint itself is lost when a sound is played
//! some percent faster, which moves its notes: a banked recording is therefore listened to at several speeds.

use rusty_chromaprint::{Configuration, Fingerprinter};
use thiserror::Error;

/// Samples a second, one channel, that are listened to.
pub const RATE: u32 = 11_025;
/// Milliseconds from one word to the next: 1,365 samples.
pub const WORD_MS: f64 = 1_365_000.0 / RATE as f64;
/// Milliseconds of sound that a word is made of: sixteen rows of notes, each from five transforms of 4,096 samples.
const SPAN_MS: u32 = 2_600;
/// Speeds in percent at which a banked recording is listened to.
pub const SPEEDS: [u16; 5] = [100, 95, 98, 102, 105];

/// Words of a window that is compared: six seconds.
const WINDOW: usize = 48;
/// Words from one window to the next.
const HOP: usize = 8;
/// Words by which the offset may move from one window to the next, where the tempo was changed.
const DRIFT: i64 = 1;
/// Different words that a window has at least; silence and a lasting tone have few.
const TELLING: usize = 16;
/// Bits of 1,000 in which a window differs at most to be near.
const NEAR: u32 = 290;
/// Bits of 1,000 in which one window alone is the same sound.
const SAME: u32 = 190;
/// And in which several in a row are.
const SAME_TOGETHER: u32 = 260;
/// Windows in a row that are several.
const TOGETHER: usize = 4;

/// What a recording leaves behind, at one speed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundTrack {
    /// Speed at which it was listened to, in percent.
    pub speed: u16,
    /// Chromaprint's words (algorithm 2, its default), as `fpcalc -raw` prints them.
    pub words: Vec<u32>,
}

/// Why bytes are no sound track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a sound track: {0} bytes")]
pub struct SoundTrackError(pub usize);

impl SoundTrack {
    /// The track as bytes, little-endian.
    ///
    /// ```
    /// use basira_fingerprint::sound::SoundTrack;
    /// let track = SoundTrack { speed: 95, words: vec![1, 2, 3] };
    /// assert_eq!(SoundTrack::from_bytes(&track.to_bytes()), Ok(track));
    /// assert!(SoundTrack::from_bytes(b"odd").is_err());
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let words = self.words.iter().flat_map(|word| word.to_le_bytes());
        self.speed.to_le_bytes().into_iter().chain(words).collect()
    }

    /// Reads [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`SoundTrackError`] for what no track looks like.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SoundTrackError> {
        let wrong = SoundTrackError(bytes.len());
        let (speed, rest) = bytes.split_first_chunk::<2>().ok_or(wrong)?;
        let (words, []) = rest.as_chunks::<4>() else {
            return Err(wrong);
        };
        Ok(Self {
            speed: u16::from_le_bytes(*speed),
            words: words.iter().map(|word| u32::from_le_bytes(*word)).collect(),
        })
    }
}

/// Listens to a recording piece by piece.
pub struct Listener(Vec<(u16, Fingerprinter)>);

impl std::fmt::Debug for Listener {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Listener({} speeds)", self.0.len())
    }
}

impl Listener {
    /// A listener at the speed of the recording or, for a bank, at all of [`SPEEDS`].
    pub fn new(bank: bool) -> Self {
        let speeds = if bank { &SPEEDS[..] } else { &SPEEDS[..1] };
        let at = |speed: &u16| {
            let mut print = Fingerprinter::new(&Configuration::preset_test2());
            // Samples that claim to be faster are a recording that is played faster. One channel at a rate above zero
            // is what the fingerprinter takes.
            let started = print.start(RATE * u32::from(*speed) / 100, 1).is_ok();
            started.then_some((*speed, print))
        };
        Self(speeds.iter().filter_map(at).collect())
    }

    /// Takes the next samples, [`RATE`] a second.
    pub fn push(&mut self, samples: &[i16]) {
        for (_, print) in &mut self.0 {
            print.consume(samples);
        }
    }

    /// A track for each speed.
    pub fn finish(self) -> Vec<SoundTrack> {
        let track = |(speed, mut print): (u16, Fingerprinter)| {
            print.finish();
            SoundTrack {
                speed,
                words: print.fingerprint().to_vec(),
            }
        };
        self.0.into_iter().map(track).collect()
    }
}

/// A stretch of a recording that is a stretch of a banked one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundAlignment {
    /// Beginning and end in the query, in milliseconds.
    pub query: (u32, u32),
    /// Beginning and end in the banked recording, in milliseconds of its own speed.
    pub bank: (u32, u32),
    /// Speed of the banked track that fits, in percent: the query is that much faster.
    pub speed: u16,
    /// Bits of 1,000 that differ.
    pub error: u32,
}

/// A window of the query at its best place in the bank.
#[derive(Debug, Clone, Copy)]
struct Hit {
    query: usize,
    bank: usize,
    error: u32,
}

/// The best stretch of `query` that is a stretch of `bank`; `None` where there is none.
pub fn align(query: &[u32], bank: &SoundTrack) -> Option<SoundAlignment> {
    let hits: Vec<Hit> = (0..query.len().saturating_sub(WINDOW - 1))
        .step_by(HOP)
        .filter_map(|at| best(&query[at..at + WINDOW], at, &bank.words))
        .collect();
    let follows = |a: &Hit, b: &Hit| {
        let offset = |hit: &Hit| hit.bank as i64 - hit.query as i64;
        b.query - a.query <= HOP && (offset(b) - offset(a)).abs() <= DRIFT
    };
    let runs = hits.chunk_by(follows);
    runs.filter_map(|run| judge(run, bank.speed)).max_by_key(|it| {
        let length = it.query.1 - it.query.0;
        (length, std::cmp::Reverse(it.error))
    })
}

fn judge(run: &[Hit], speed: u16) -> Option<SoundAlignment> {
    let (first, last) = (run.first()?, run.last()?);
    let error = run.iter().map(|hit| hit.error).sum::<u32>() / run.len() as u32;
    let least = run.iter().map(|hit| hit.error).min()?;
    if !(least <= SAME || run.len() >= TOGETHER && error <= SAME_TOGETHER) {
        return None;
    }
    let time = |word: usize| (word as f64 * WORD_MS) as u32;
    // A word of a track that was listened to at 105 percent comes after 1.05 times as long in the recording.
    let there = |word: usize| (word as f64 * WORD_MS * f64::from(speed) / 100.0) as u32;
    Some(SoundAlignment {
        query: (time(first.query), time(last.query + WINDOW) + SPAN_MS),
        bank: (there(first.bank), there(last.bank + WINDOW) + SPAN_MS),
        speed,
        error,
    })
}

/// Where a window is nearest, if it says something and is near anywhere.
fn best(window: &[u32], at: usize, bank: &[u32]) -> Option<Hit> {
    /// Every eighth word first: most places are far off, and seen to be.
    const FEW: usize = 8;
    const FEW_BITS: u32 = 32 * (WINDOW / FEW) as u32;
    let mut different = window.to_vec();
    different.sort_unstable();
    different.dedup();
    if different.len() < TELLING {
        return None;
    }
    let mut best: Option<Hit> = None;
    for (place, there) in bank.windows(WINDOW).enumerate() {
        let bits = |step: usize| -> u32 {
            let pairs = window.iter().zip(there).step_by(step);
            pairs.map(|(a, b)| (a ^ b).count_ones()).sum()
        };
        if 1000 * bits(FEW) > (NEAR + 80) * FEW_BITS {
            continue;
        }
        let error = 1000 * bits(1) / (32 * WINDOW as u32);
        if error <= NEAR && best.is_none_or(|hit| error < hit.error) {
            best = Some(Hit {
                query: at,
                bank: place,
                error,
            });
        }
    }
    best
}
