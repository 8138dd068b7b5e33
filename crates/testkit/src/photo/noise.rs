//! Smooth noise with a 1/f spectrum, as natural surfaces have.

use crate::math::{cos, sin};
use crate::prng::Prng;

const SIDE: usize = 64;

/// The cell of the lattice (modulo its side) and the place in it, 0 to 1, for |v| below two million. Adding
/// 1.5 * 2^23 leaves the whole number in the low bits of the sum: much faster than a conversion that saturates.
fn lattice(v: f32) -> (usize, f32) {
    const SHIFT: f32 = 12_582_912.0;
    let shifted = v - 0.5 + SHIFT;
    (shifted.to_bits() as usize, v - (shifted - SHIFT))
}

/// Value noise over a lattice of random numbers.
pub(super) struct Noise {
    table: Box<[f32; SIDE * SIDE]>,
}

impl Noise {
    pub(super) fn new(prng: &mut Prng) -> Self {
        let mut table = Box::new([0.0; SIDE * SIDE]);
        for four in table.chunks_exact_mut(4) {
            let bits = prng.bits();
            for (k, value) in four.iter_mut().enumerate() {
                *value = (bits >> (16 * k) & 0xffff) as f32 / 32768.0 - 1.0;
            }
        }
        Self { table }
    }

    /// Between -1 and 1, one cell a unit.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let ((xi, fx), (yi, fy)) = (lattice(x), lattice(y));
        let (fx, fy) = (fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy));
        let mask = SIDE - 1;
        let (x0, x1) = (xi & mask, (xi + 1) & mask);
        let (y0, y1) = ((yi & mask) * SIDE, ((yi + 1) & mask) * SIDE);
        let t = &self.table;
        let top = t[y0 + x0] + (t[y0 + x1] - t[y0 + x0]) * fx;
        let bottom = t[y1 + x0] + (t[y1 + x1] - t[y1 + x0]) * fx;
        top + (bottom - top) * fy
    }

    /// Sum of octaves, each twice as fine and `gain` times as strong, about -1 to 1.
    pub(super) fn sum(&self, x: f32, y: f32, octaves: u32, gain: f32) -> f32 {
        let (mut x, mut y) = (x, y);
        let (mut total, mut strength, mut norm) = (0.0, 1.0, 0.0);
        for _ in 0..octaves {
            total += strength * self.at(x, y);
            norm += strength;
            strength *= gain;
            // Turned, so that the lattices of the octaves do not show.
            (x, y) = (1.6 * x - 1.2 * y + 7.3, 1.2 * x + 1.6 * y + 3.9);
        }
        1.6 * total / norm
    }
}

/// A surface: noise with an orientation, a scale along and across it, and a waviness.
pub(super) struct Texture {
    noise: Noise,
    along: (f32, f32),
    across: (f32, f32),
    octaves: u32,
    gain: f32,
    warp: f32,
    ridged: bool,
}

impl Texture {
    /// A random surface of about `frequency` cells a unit.
    pub(super) fn new(prng: &mut Prng, frequency: f32, octaves: u32) -> Self {
        let angle = prng.range(0.0, std::f32::consts::TAU);
        let stretch = if prng.chance(0.5) {
            1.0
        } else {
            prng.range(1.0, 6.0)
        };
        let (fast, slow) = (frequency * stretch.sqrt(), frequency / stretch.sqrt());
        Self {
            noise: Noise::new(prng),
            along: (cos(angle) * slow, sin(angle) * slow),
            across: (-sin(angle) * fast, cos(angle) * fast),
            octaves,
            gain: prng.range(0.4, 0.7),
            warp: if prng.chance(0.4) {
                prng.range(0.2, 1.2)
            } else {
                0.0
            },
            ridged: prng.chance(0.25),
        }
    }

    /// The surface at a place, about -1 to 1.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let mut u = x * self.along.0 + y * self.along.1;
        let mut v = x * self.across.0 + y * self.across.1;
        if self.warp > 0.0 {
            let (a, b) = (
                self.noise.at(u * 0.7 + 31.0, v * 0.7),
                self.noise.at(u * 0.7, v * 0.7 + 17.0),
            );
            u += self.warp * a;
            v += self.warp * b;
        }
        let value = self.noise.sum(u, v, self.octaves, self.gain);
        if self.ridged {
            1.0 - 2.5 * value.abs()
        } else {
            value
        }
    }
}
