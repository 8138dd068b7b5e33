//! Melodies: a scale, a rhythm and an instrument from the seed.

use super::filter::reverb;
use super::{RATE, hertz};
use crate::Prng;
use crate::math::{exp, sin};

const TAU: f32 = std::f32::consts::TAU;

/// Steps in semitones of some scales.
const SCALES: [&[i32]; 5] = [
    &[0, 2, 4, 5, 7, 9, 11],
    &[0, 2, 3, 5, 7, 8, 10],
    &[0, 1, 4, 5, 7, 8, 11],
    &[0, 2, 4, 7, 9],
    &[0, 3, 5, 6, 7, 10],
];

/// A scale in a key; degree 0 is its root.
pub(super) struct Scale {
    root: i32,
    /// Semitones by which it is out of tune.
    detune: f32,
    steps: &'static [i32],
}

impl Scale {
    pub(super) fn draw(prng: &mut Prng) -> Self {
        Self {
            root: prng.int(0, 11) as i32,
            // Instruments are tuned to 440 Hz, mostly.
            detune: if prng.chance(0.3) {
                prng.range(-0.5, 0.5)
            } else {
                0.0
            },
            steps: prng.pick::<&'static [i32]>(&SCALES),
        }
    }

    /// Semitones above A4 of a degree, which may be negative.
    pub(super) fn note(&self, degree: i32) -> f32 {
        let count = self.steps.len() as i32;
        let (octave, step) = (degree.div_euclid(count), degree.rem_euclid(count));
        (self.root + 12 * octave + self.steps[step as usize] - 12) as f32 + self.detune
    }
}

/// How a note sounds.
pub(super) struct Instrument {
    pub(super) harmonics: Vec<f32>,
    /// Seconds in which it falls to a third.
    pub(super) decay: f32,
    /// Depth of the vibrato as a share of the frequency, and its rate in hertz.
    pub(super) vibrato: [f32; 2],
}

impl Instrument {
    pub(super) fn draw(prng: &mut Prng) -> Self {
        let slope = prng.range(0.6, 2.0);
        let odd = prng.range(0.2, 1.0);
        let strength = |k: u32, prng: &mut Prng| {
            let even = if k.is_multiple_of(2) { odd } else { 1.0 };
            even * prng.range(0.5, 1.0) * crate::math::pow(k as f32, -slope)
        };
        Self {
            harmonics: (1..=prng.int(3, 8)).map(|k| strength(k, prng)).collect(),
            decay: prng.range(0.3, 2.5),
            vibrato: [prng.range(0.0, 0.008), prng.range(4.0, 7.0)],
        }
    }

    /// Adds a note to the sound, `at` samples from its begin.
    pub(super) fn play(&self, sound: &mut [f32], at: usize, samples: usize, semitones: f32, gain: f32) {
        let base = hertz(semitones);
        let end = sound.len().min(at + samples);
        let mut phase = 0.0f32;
        let length = end.saturating_sub(at);
        for (i, out) in sound.iter_mut().skip(at).take(length).enumerate() {
            let time = i as f32 / RATE as f32;
            let left = (length - i) as f32 / RATE as f32;
            let envelope = (time / 0.015).min(1.0) * (left / 0.03).min(1.0) * exp(-time / self.decay);
            let bend = 1.0 + self.vibrato[0] * sin(TAU * self.vibrato[1] * time);
            phase = (phase + base * bend / RATE as f32).fract();
            for (k, strength) in self.harmonics.iter().enumerate() {
                let k = (k + 1) as f32;
                if base * k < 5000.0 {
                    *out += gain * envelope * strength * sin(TAU * (phase * k).fract());
                }
            }
        }
    }
}

pub(super) fn melody(mut prng: Prng, samples: usize) -> Vec<f32> {
    let mut sound = vec![0.0; samples];
    let (scale, instrument) = (Scale::draw(&mut prng), Instrument::draw(&mut prng));
    let beat = prng.range(0.22, 0.5) * RATE as f32;
    let (mut at, mut degree) = (0usize, prng.int(0, 8) as i32 - 4);
    while at < samples {
        let length = (beat * prng.pick(&[0.5, 1.0, 1.0, 1.0, 2.0, 3.0])) as usize;
        if !prng.chance(0.08) {
            let gain = prng.range(0.6, 1.0);
            instrument.play(&mut sound, at, length, scale.note(degree), gain);
            if prng.chance(0.2) {
                instrument.play(&mut sound, at, length, scale.note(degree - 7), 0.5 * gain);
            }
        }
        degree = (degree + prng.int(0, 6) as i32 - 3).clamp(-8, 9);
        at += length;
    }
    reverb(&mut sound, 0.2, 0.6);
    sound
}
