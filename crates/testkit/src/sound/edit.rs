//! What people and services do to a sound before it is posted again.

use super::filter::{Filter, noise, reverb};
use super::{RATE, Sound, loudness, stretch};
use crate::Prng;

/// An edit of a sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SoundEdit {
    /// Nothing but another loudness.
    Quieter,
    /// Nothing above 2 kHz, as by a telephone.
    LowPass,
    /// An echo of a quarter second, and a hall.
    Echo,
    /// Loud parts made quieter by 4 to 1, and all of it louder.
    Compressor,
    /// Tempo and pitch times this.
    Speed(f32),
    /// Tempo alone times this.
    Tempo(f32),
    /// Pitch alone times this.
    Pitch(f32),
    /// White noise, so many decibels below the sound.
    Noise(f32),
    /// A crowd, so many decibels below the sound.
    Crowd(f32),
    /// Clipped at a third of its peak.
    Clipped,
}

impl SoundEdit {
    /// The edits that are measured.
    pub const ALL: [Self; 15] = [
        Self::Quieter,
        Self::LowPass,
        Self::Echo,
        Self::Compressor,
        Self::Clipped,
        Self::Noise(10.0),
        Self::Crowd(10.0),
        Self::Speed(0.95),
        Self::Speed(1.03),
        Self::Speed(1.05),
        Self::Tempo(0.95),
        Self::Tempo(1.05),
        Self::Pitch(0.95),
        Self::Pitch(1.03),
        Self::Pitch(1.05),
    ];

    /// A name.
    pub fn name(self) -> String {
        match self {
            Self::Quieter => "quieter".into(),
            Self::LowPass => "low-pass 2 kHz".into(),
            Self::Echo => "echo".into(),
            Self::Compressor => "compressor".into(),
            Self::Clipped => "clipped".into(),
            Self::Noise(db) => format!("noise {db} dB"),
            Self::Crowd(db) => format!("crowd {db} dB"),
            Self::Speed(by) => format!("speed {by}"),
            Self::Tempo(by) => format!("tempo {by}"),
            Self::Pitch(by) => format!("pitch {by}"),
        }
    }

    /// How many times faster the result is in time.
    pub const fn tempo(self) -> f32 {
        match self {
            Self::Speed(by) | Self::Tempo(by) => by,
            _ => 1.0,
        }
    }

    /// The edited sound; `seed` is for noise.
    pub fn apply(self, sound: &[f32], seed: u64) -> Vec<f32> {
        let mut out = sound.to_vec();
        match self {
            Self::Quieter => out.iter_mut().for_each(|x| *x *= 0.3),
            Self::LowPass => {
                Filter::low_pass(2000.0).run(&mut out);
                Filter::low_pass(2000.0).run(&mut out);
            }
            Self::Echo => {
                let delay = RATE as usize / 4;
                for i in delay..out.len() {
                    out[i] = sound[i] + 0.4 * out[i - delay];
                }
                reverb(&mut out, 0.3, 1.2);
            }
            Self::Compressor => compress(&mut out),
            Self::Clipped => {
                let peak = sound.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
                out.iter_mut().for_each(|x| *x = x.clamp(-peak / 3.0, peak / 3.0));
            }
            Self::Noise(db) => {
                let mut prng = Prng::new(seed, 0x51_0000);
                let bed: Vec<f32> = out.iter().map(|_| noise(&mut prng)).collect();
                mix(&mut out, &bed, db);
            }
            Self::Crowd(db) => {
                let bed = Sound::Crowd.make(seed ^ 0xc0ff_ee00, sound.len() as f32 / RATE as f32 + 0.1);
                mix(&mut out, &bed, db);
            }
            Self::Speed(by) => out = stretch::speed(sound, by),
            Self::Tempo(by) => out = stretch::tempo(sound, by),
            Self::Pitch(by) => out = stretch::pitch(sound, by),
        }
        out
    }
}

/// Adds the other sound, `db` decibels below.
fn mix(sound: &mut [f32], other: &[f32], db: f32) {
    let gain = loudness(sound) / loudness(other).max(1e-9) * crate::math::pow(10.0, -db / 20.0);
    for (x, y) in sound.iter_mut().zip(other) {
        *x = 0.7 * (*x + gain * y);
    }
}

/// 4 to 1 above -30 dB, attack 5 ms, release 100 ms.
fn compress(sound: &mut [f32]) {
    let threshold = 0.032;
    let mut level = 0.0f32;
    for x in sound {
        let rate = if x.abs() > level { 0.018 } else { 0.0009 };
        level += rate * (x.abs() - level);
        if level > threshold {
            *x *= crate::math::pow(level / threshold, -0.75);
        }
        *x = (*x * 5.0).clamp(-1.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hertz, by the crossings of zero.
    fn measured(sound: &[f32]) -> f32 {
        let middle = &sound[RATE as usize..2 * RATE as usize];
        middle.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() as f32
    }

    #[test]
    fn speed_tempo_and_pitch_do_what_they_say() {
        let tone: Vec<f32> = (0..4 * RATE)
            .map(|i| 0.5 * crate::math::sin(i as f32 * 400.0 * std::f32::consts::TAU / RATE as f32))
            .collect();
        for (edit, pitch) in [
            (SoundEdit::Speed(1.05), 1.05),
            (SoundEdit::Tempo(0.95), 1.0),
            (SoundEdit::Tempo(1.05), 1.0),
            (SoundEdit::Pitch(1.05), 1.05),
            (SoundEdit::Pitch(0.95), 0.95),
        ] {
            let out = edit.apply(&tone, 1);
            let expected = tone.len() as f32 / edit.tempo();
            assert!(
                (out.len() as f32 - expected).abs() < 20.0,
                "{edit:?}: {}",
                out.len()
            );
            assert!(
                (measured(&out) - 400.0 * pitch).abs() < 4.0,
                "{edit:?}: {}",
                measured(&out)
            );
        }
    }

    #[test]
    fn noise_has_the_loudness_that_was_asked_for() {
        let sound = Sound::Melody.make(1, 3.0);
        let out = SoundEdit::Noise(10.0).apply(&sound, 1);
        let bed: Vec<f32> = out.iter().zip(&sound).map(|(a, b)| a - 0.7 * b).collect();
        let db = 20.0 * (0.7 * loudness(&sound) / loudness(&bed)).log10();
        assert!((db - 10.0).abs() < 0.1, "{db}");
    }

    #[test]
    fn every_edit_changes_the_sound() {
        let sound = Sound::Band.make(2, 2.0);
        for edit in SoundEdit::ALL {
            assert_ne!(edit.apply(&sound, 3), sound, "{edit:?}");
        }
    }
}
