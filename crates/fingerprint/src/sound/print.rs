//! Chromaprint's fingerprints, of the sound as it is and as if its pitch or tempo were changed.
//!
//! Lukáš Lalinský, "How does Chromaprint work?" (2011), after Ke, Hoiem, Sukthankar, "Computer Vision for Music
//! Identification" (CVPR 2005) and Jang et al., "Pairwise Boosted Audio Fingerprint" (2009). Frames of 4096 samples,
//! their energy by note of the scale, smoothed over five frames and normalised, are the rows of an image; sixteen
//! classifiers over sixteen rows make a word.
//!
//! A *shifted* print needs no resampled sound. Another pitch is another mapping of frequencies to notes, and another
//! tempo is another distance from frame to frame; all pitches of one tempo share one Fourier transform.

use std::f64::consts::PI;

use super::classify::{self, NOTES, ROWS};
use super::fft::{FRAME, Fft};
use super::{HOP, RATE, Shift, Shifted};

/// Frequencies that count, in hertz: 28 to 3520.
const RANGE: [f64; 2] = [28.0, 3520.0];
/// Chromaprint's note 0, in hertz (A0).
const BASE: f64 = 27.5;
/// Weights of the five frames that make a row.
const SMOOTHING: [f64; 5] = [0.25, 0.75, 1.0, 0.75, 0.25];
/// Rows below this norm are as silence: all zero.
const FLOOR: f64 = 0.01;

/// Takes mono samples of 11025 Hz in pieces of any length, and makes the words of one or many shifts.
///
/// It holds less than a second of sound, so hours can pass through it. The words are equal to those of
/// `fpcalc -raw` for the first shift, [`Shift::NONE`].
///
/// ```
/// use basira_fingerprint::sound::{Printer, RATE};
/// let tone: Vec<i16> = (0..5 * RATE).map(|i| ((i as f32 * 0.25).sin() * 9000.0) as i16).collect();
/// let mut printer = Printer::plain();
/// for piece in tone.chunks(1000) {
///     printer.push(piece);
/// }
/// assert_eq!(printer.finish()[0].words.len(), 19);
/// ```
#[derive(Clone, Debug)]
pub struct Printer {
    fft: Fft,
    window: Vec<f32>,
    /// Samples that a frame to come will need, from sample number `start` on.
    kept: Vec<i16>,
    start: u64,
    lanes: Vec<Lane>,
    shifts: usize,
}

/// The prints of one tempo.
#[derive(Clone, Debug)]
struct Lane {
    /// Samples from frame to frame.
    hop: f64,
    frames: u64,
    voices: Vec<Voice>,
}

/// The print of one pitch.
#[derive(Clone, Debug)]
struct Voice {
    /// Position among the shifts that were asked for.
    place: usize,
    variant: Shifted,
    /// Note of each frequency from `first` on.
    first: usize,
    notes: Vec<u8>,
    /// The last five frames, then the last sixteen rows; the newest last.
    frames: Vec<[f64; NOTES]>,
    rows: Vec<[f64; NOTES]>,
}

impl Printer {
    /// Prints the sound as it is.
    pub fn plain() -> Self {
        Self::new(&[Shift::NONE])
    }

    /// Prints the sound as it would be after each of the shifts, in their order.
    pub fn new(shifts: &[Shift]) -> Self {
        let mut lanes: Vec<Lane> = vec![];
        for (place, &shift) in shifts.iter().enumerate() {
            let hop = HOP * shift.tempo();
            let voice = Voice::new(place, shift);
            match lanes.iter_mut().find(|lane| lane.hop == hop) {
                Some(lane) => lane.voices.push(voice),
                None => lanes.push(Lane {
                    hop,
                    frames: 0,
                    voices: vec![voice],
                }),
            }
        }
        let hamming = |i: usize| 0.54 - 0.46 * (2.0 * PI * i as f64 / (FRAME - 1) as f64).cos();
        Self {
            fft: Fft::new(),
            window: (0..FRAME)
                .map(|i| (hamming(i) / f64::from(i16::MAX)) as f32)
                .collect(),
            kept: vec![],
            start: 0,
            lanes,
            shifts: shifts.len(),
        }
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[i16]) {
        let (mut frame, mut power) = ([0.0; FRAME], [0.0; FRAME / 2]);
        // In pieces, so that a long one is not held twice.
        for piece in samples.chunks(FRAME) {
            self.kept.extend_from_slice(piece);
            let mut needed = self.start + self.kept.len() as u64;
            for lane in &mut self.lanes {
                loop {
                    let at = (lane.frames as f64 * lane.hop) as u64;
                    // A frame begins at most one hop after the last one did, of which the samples are kept.
                    let from = at.saturating_sub(self.start) as usize;
                    let Some(samples) = self.kept.get(from..from + FRAME) else {
                        break;
                    };
                    for ((out, &sample), &weight) in frame.iter_mut().zip(samples).zip(&self.window) {
                        *out = f32::from(sample) * weight;
                    }
                    self.fft.power(&frame, &mut power);
                    lane.frames += 1;
                    for voice in &mut lane.voices {
                        voice.frame(&power);
                    }
                }
                needed = needed.min((lane.frames as f64 * lane.hop) as u64);
            }
            self.kept.drain(..(needed - self.start) as usize);
            self.start = needed;
        }
    }

    /// Number of words of the longest print so far, for a caller who has a limit.
    pub fn words(&self) -> usize {
        let voices = self.lanes.iter().flat_map(|lane| &lane.voices);
        voices.map(|voice| voice.variant.words.len()).max().unwrap_or(0)
    }

    /// The prints, in the order of the shifts. Sound that is shorter than a word (2.73 s) has no words.
    pub fn finish(self) -> Vec<Shifted> {
        let mut voices: Vec<Voice> = self.lanes.into_iter().flat_map(|lane| lane.voices).collect();
        voices.sort_unstable_by_key(|voice| voice.place);
        debug_assert_eq!(voices.len(), self.shifts);
        voices.into_iter().map(|voice| voice.variant).collect()
    }
}

impl Voice {
    fn new(place: usize, shift: Shift) -> Self {
        let pitch = shift.pitch();
        let bin = |hertz: f64| ((FRAME as f64 * hertz / (pitch * f64::from(RATE))).round() as usize).max(1);
        let [first, end] = [bin(RANGE[0]), bin(RANGE[1]).min(FRAME / 2)];
        let note = |i: usize| {
            let octave = (i as f64 * f64::from(RATE) / FRAME as f64 * pitch / BASE).log2();
            ((NOTES as f64 * (octave - octave.floor())) as u8).min(NOTES as u8 - 1)
        };
        Self {
            place,
            variant: Shifted { shift, words: vec![] },
            first,
            notes: (first..end).map(note).collect(),
            frames: vec![],
            rows: vec![],
        }
    }

    fn frame(&mut self, power: &[f32; FRAME / 2]) {
        let mut chroma = [0.0; NOTES];
        for (&note, &energy) in self.notes.iter().zip(&power[self.first..]) {
            chroma[usize::from(note)] += f64::from(energy);
        }
        push_last(&mut self.frames, chroma, SMOOTHING.len());
        if self.frames.len() < SMOOTHING.len() {
            return;
        }
        let mut row = [0.0; NOTES];
        for (frame, weight) in self.frames.iter().zip(SMOOTHING) {
            for (sum, value) in row.iter_mut().zip(frame) {
                *sum += value * weight;
            }
        }
        let norm = row.iter().map(|v| v * v).sum::<f64>().sqrt();
        for value in &mut row {
            *value = if norm < FLOOR { 0.0 } else { *value / norm };
        }
        push_last(&mut self.rows, row, ROWS);
        if self.rows.len() == ROWS {
            let word = classify::word(std::array::from_fn(|r| &self.rows[r]));
            self.variant.words.push(word);
        }
    }
}

/// Appends to a short list that keeps its last `most`.
fn push_last(list: &mut Vec<[f64; NOTES]>, item: [f64; NOTES], most: usize) {
    if list.len() == most {
        list.remove(0);
    }
    list.push(item);
}
