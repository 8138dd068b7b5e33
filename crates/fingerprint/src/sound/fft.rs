//! A Fourier transform of 4096 real samples, by one of 2048 complex ones (Cooley and Tukey 1965, radix 2; the even
//! samples as real parts, the odd ones as imaginary parts).

use std::f64::consts::PI;

/// Samples of a frame.
pub(super) const FRAME: usize = 4096;
const HALF: usize = FRAME / 2;

/// Tables of the transform, and its working space.
#[derive(Clone, Debug)]
pub(super) struct Fft {
    /// exp(-2πik/4096) for k in 0..2048.
    turns: Vec<(f32, f32)>,
    /// Where each complex input goes: its index with the bits reversed.
    places: Vec<u16>,
    work: Vec<(f32, f32)>,
}

impl Fft {
    pub(super) fn new() -> Self {
        let turn = |k: usize| {
            let angle = -2.0 * PI * k as f64 / FRAME as f64;
            (angle.cos() as f32, angle.sin() as f32)
        };
        let bits = HALF.trailing_zeros();
        Self {
            turns: (0..HALF).map(turn).collect(),
            places: (0..HALF as u16)
                .map(|i| i.reverse_bits() >> (16 - bits))
                .collect(),
            work: vec![(0.0, 0.0); HALF],
        }
    }

    /// Squared magnitudes of the frequencies 0 to 2047 of the frame.
    pub(super) fn power(&mut self, frame: &[f32; FRAME], power: &mut [f32; HALF]) {
        for (pair, &place) in frame.chunks_exact(2).zip(&self.places) {
            self.work[usize::from(place)] = (pair[0], pair[1]);
        }
        let mut half = 1;
        while half < HALF {
            let step = HALF / half;
            for block in self.work.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for ((a, b), &(c, s)) in low.iter_mut().zip(high).zip(self.turns.iter().step_by(step)) {
                    let (re, im) = (b.0 * c - b.1 * s, b.0 * s + b.1 * c);
                    (*a, *b) = ((a.0 + re, a.1 + im), (a.0 - re, a.1 - im));
                }
            }
            half *= 2;
        }
        let (re, im) = self.work[0];
        power[0] = (re + im) * (re + im);
        let mirrored = self.work[1..].iter().zip(self.work[1..].iter().rev());
        let turns = &self.turns[1..];
        for ((out, (&(ar, ai), &(br, bi))), &(c, s)) in power[1..].iter_mut().zip(mirrored).zip(turns) {
            // The transforms of the even samples and of the odd ones.
            let (even_re, even_im) = ((ar + br) / 2.0, (ai - bi) / 2.0);
            let (odd_re, odd_im) = ((ai + bi) / 2.0, (br - ar) / 2.0);
            let re = even_re + odd_re * c - odd_im * s;
            let im = even_im + odd_re * s + odd_im * c;
            *out = re * re + im * im;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_sum_of_the_definition() {
        let mut frame = [0.0f32; FRAME];
        let mut state = 1u32;
        for value in &mut frame {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
        }
        let mut power = [0.0; HALF];
        let mut fft = Fft::new();
        for _ in 0..2 {
            fft.power(&frame, &mut power);
        }
        for k in [0, 1, 2, 3, 77, 1023, 1024, 1025, 2046, 2047] {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, &x) in frame.iter().enumerate() {
                let angle = -2.0 * PI * ((k * n) % FRAME) as f64 / FRAME as f64;
                re += f64::from(x) * angle.cos();
                im += f64::from(x) * angle.sin();
            }
            let expected = re * re + im * im;
            assert!(
                (f64::from(power[k]) - expected).abs() < 1e-3 * (expected + 1.0),
                "{k}: {} {expected}",
                power[k]
            );
        }
    }
}
