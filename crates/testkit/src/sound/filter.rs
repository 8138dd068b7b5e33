//! Filters of two poles, reverberation, and noise.

use super::RATE;
use crate::Prng;
use crate::math::{cos, exp, sin};

const TAU: f32 = std::f32::consts::TAU;

/// A filter of second order in direct form II, transposed.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    b: [f32; 3],
    a: [f32; 2],
    state: [f32; 2],
}

impl Filter {
    /// A formant: gain about 1 at `hertz`, falling to half `width / 2` beside it.
    pub(super) fn resonance(hertz: f32, width: f32) -> Self {
        let r = exp(-std::f32::consts::PI * width / RATE as f32);
        let gain = (1.0 - r) * (1.0 + r);
        Self {
            b: [gain, 0.0, 0.0],
            a: [-2.0 * r * cos(TAU * hertz / RATE as f32), r * r],
            state: [0.0; 2],
        }
    }

    /// Lets pass what is below `hertz` (R. Bristow-Johnson's cookbook, Butterworth).
    pub(super) fn low_pass(hertz: f32) -> Self {
        let (w, q) = (TAU * hertz / RATE as f32, std::f32::consts::FRAC_1_SQRT_2);
        let (c, alpha) = (cos(w), sin(w) / (2.0 * q));
        let a0 = 1.0 + alpha;
        let b = (1.0 - c) / 2.0 / a0;
        Self {
            b: [b, 2.0 * b, b],
            a: [-2.0 * c / a0, (1.0 - alpha) / a0],
            state: [0.0; 2],
        }
    }

    pub(super) fn step(&mut self, x: f32) -> f32 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    pub(super) fn run(&mut self, sound: &mut [f32]) {
        for x in sound {
            *x = self.step(*x);
        }
    }
}

/// Reverberation by four combs and an all-pass (Schroeder, "Natural Sounding Artificial Reverberation", 1962).
/// `wet` is its share, `seconds` the time in which it falls by 60 dB.
pub(super) fn reverb(sound: &mut [f32], wet: f32, seconds: f32) {
    let mut tail = vec![0.0f32; sound.len()];
    for delay in [0.0297, 0.0371, 0.0411, 0.0437] {
        let steps = (delay * RATE as f32) as usize;
        let gain = exp(-6.908 * delay / seconds);
        let mut line = vec![0.0f32; steps];
        for (i, (x, out)) in sound.iter().zip(&mut tail).enumerate() {
            let echo = line[i % steps];
            *out += echo / 4.0;
            line[i % steps] = x + gain * echo;
        }
    }
    let mut line = vec![0.0f32; 55];
    for (i, (x, t)) in sound.iter_mut().zip(&tail).enumerate() {
        let old = line[i % 55];
        let new = t + 0.7 * old;
        line[i % 55] = new;
        *x = *x * (1.0 - wet) + wet * (old - 0.7 * new);
    }
}

/// White noise between -1 and 1.
pub(super) fn noise(prng: &mut Prng) -> f32 {
    prng.unit() * 2.0 - 1.0
}
