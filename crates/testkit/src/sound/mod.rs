//! Generated benign sounds, and what is done to a sound before it is posted again.
//!
//! Samples are mono at [`RATE`], nominally from -1 to 1.

mod band;
mod edit;
mod filter;
mod stretch;
mod tune;
mod voice;
pub(crate) mod wav;

pub use edit::SoundEdit;
pub use wav::wav_of;

use crate::Prng;

/// Samples a second of every sound here.
pub const RATE: u32 = 11_025;

/// Kinds of sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sound {
    /// A tune of one instrument with harmonics and vibrato, in a little room.
    Melody,
    /// A slow voice of open vowels that glides between few notes, with much reverberation.
    Chant,
    /// Quick syllables with falling pitch, hiss and pauses.
    Speech,
    /// Chords, bass and drums.
    Band,
    /// A crowd in a hall: coloured noise that swells, with bits of voices.
    Crowd,
}

impl Sound {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Melody, Self::Chant, Self::Speech, Self::Band, Self::Crowd];

    /// A short name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Melody => "melody",
            Self::Chant => "chant",
            Self::Speech => "speech",
            Self::Band => "band",
            Self::Crowd => "crowd",
        }
    }

    /// A sound of this kind: other seeds give other ones. Peaks are at 0.6.
    pub fn make(self, seed: u64, seconds: f32) -> Vec<f32> {
        let samples = (seconds * RATE as f32) as usize;
        let prng = Prng::new(seed, 0x50_0000 + self as u64);
        let mut sound = match self {
            Self::Melody => tune::melody(prng, samples),
            Self::Chant => voice::chant(prng, samples),
            Self::Speech => voice::speech(prng, samples),
            Self::Band => band::band(prng, samples),
            Self::Crowd => voice::crowd(prng, samples),
        };
        let peak = sound.iter().fold(1e-9f32, |peak, x| peak.max(x.abs()));
        for x in &mut sound {
            *x *= 0.6 / peak;
        }
        sound
    }
}

/// The sound as 16-bit samples.
pub fn pcm(sound: &[f32]) -> Vec<i16> {
    let sample = |x: &f32| (x * 32767.0).clamp(-32768.0, 32767.0).round() as i16;
    sound.iter().map(sample).collect()
}

/// Square root of the mean square.
fn loudness(sound: &[f32]) -> f32 {
    (sound.iter().map(|x| x * x).sum::<f32>() / sound.len().max(1) as f32).sqrt()
}

/// Frequency in hertz of a note that is so many semitones above A4.
fn hertz(semitones: f32) -> f32 {
    440.0 * crate::math::pow(2.0, semitones / 12.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_differ_by_seed_and_kind_and_are_never_silent() {
        let mut seen = std::collections::HashSet::new();
        for kind in Sound::ALL {
            for seed in 0..3 {
                let sound = kind.make(seed, 4.0);
                assert_eq!(sound.len(), 4 * RATE as usize);
                assert_eq!(sound, kind.make(seed, 4.0));
                assert!(sound.iter().all(|x| x.is_finite() && x.abs() <= 0.601));
                assert!(loudness(&sound) > 0.02, "{kind:?} {seed}");
                assert!(seen.insert(pcm(&sound)), "{kind:?} {seed}");
            }
        }
    }
}
