//! What can be done to the pitch and the tempo of a sound.

use thiserror::Error;

/// A factor of the pitch and one of the tempo. Played 5 % faster, a sound has 1.05 of both.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Shift {
    pitch: f64,
    tempo: f64,
}

/// A factor that is no number or beyond 0.5 to 2.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("pitch {pitch} and tempo {tempo} must both be from 0.5 to 2")]
pub struct ShiftError {
    /// The factor of the pitch that was asked for.
    pub pitch: f64,
    /// The factor of the tempo that was asked for.
    pub tempo: f64,
}

impl Shift {
    /// The sound as it is.
    pub const NONE: Self = Self::of(1.0, 1.0);

    const fn of(pitch: f64, tempo: f64) -> Self {
        Self { pitch, tempo }
    }

    /// # Errors
    /// If a factor is beyond 0.5 to 2.
    pub fn new(pitch: f64, tempo: f64) -> Result<Self, ShiftError> {
        if [pitch, tempo].iter().all(|f| (0.5..=2.0).contains(f)) {
            Ok(Self { pitch, tempo })
        } else {
            Err(ShiftError { pitch, tempo })
        }
    }

    /// Factor of all frequencies.
    pub const fn pitch(self) -> f64 {
        self.pitch
    }

    /// Factor of the speed in time.
    pub const fn tempo(self) -> f64 {
        self.tempo
    }
}

/// The words of a sound after a shift.
#[derive(Clone, Debug, PartialEq)]
pub struct Shifted {
    /// What was done to the sound.
    pub shift: Shift,
    /// One word each [`HOP`](super::HOP) samples of the *shifted* sound.
    pub words: Vec<u32>,
}

/// A quarter of a semitone.
const STEP: f64 = 1.014_545_334_937_714_4;
/// The quarter tone: two steps.
const QUARTER_TONE: f64 = STEP * STEP;

/// Shifts under which recordings are banked: as they are, and a quarter tone higher.
///
/// Chromaprint's notes begin where a piano's notes are: in tuned music a little noise or detuning moves energy from
/// note to note. A quarter tone higher the same music is in the middle of the notes, and half a step does little.
pub const fn bank_shifts() -> [Shift; 2] {
    [Shift::NONE, Shift::of(QUARTER_TONE, 1.0)]
}

/// Shifts under which queries are looked up: with [`bank_shifts`] they find what was changed by up to 6 % in pitch,
/// tempo or both. The first is the sound as it is.
///
/// They share three tempos, and so three Fourier transforms; the residual tempo is at most 3 %, which costs a few
/// hundredths of the bits.
pub const fn query_shifts() -> [Shift; 14] {
    const SLOW: f64 = 0.97;
    const FAST: f64 = 1.03;
    [
        Shift::NONE,
        Shift::of(QUARTER_TONE, 1.0),
        Shift::of(1.0, SLOW),
        Shift::of(1.0, FAST),
        Shift::of(QUARTER_TONE, SLOW),
        Shift::of(QUARTER_TONE, FAST),
        Shift::of(STEP, 1.0),
        Shift::of(1.0 / STEP, 1.0),
        Shift::of(1.0 / QUARTER_TONE, SLOW),
        Shift::of(1.0 / (QUARTER_TONE * STEP), SLOW),
        Shift::of(1.0 / (QUARTER_TONE * QUARTER_TONE), SLOW),
        Shift::of(QUARTER_TONE * STEP, FAST),
        Shift::of(QUARTER_TONE * QUARTER_TONE, FAST),
        Shift::of(QUARTER_TONE * QUARTER_TONE * STEP, FAST),
    ]
}
