//! Another sample rate: sines cardinal under a Kaiser window (J. O. Smith, "Digital Audio Resampling", 1984).

use std::f64::consts::PI;

use thiserror::Error;

use super::RATE;

/// Zero crossings of the filter to each side.
const REACH: f64 = 24.0;
/// Shape of the window: what is above the band is 80 dB down.
const BETA: f64 = 8.0;
/// Width of the band that passes, as a share of what could.
const BAND: f64 = 0.94;
/// Values of the filter between two zero crossings; between them it is interpolated.
const FINE: f64 = 256.0;

/// Makes [`RATE`] samples a second of any other number, for mono sound in pieces of any length.
///
/// Sample `i` of the result is the sound at `i / 11025` seconds: there is no delay.
///
/// ```
/// use basira_fingerprint::sound::Resampler;
/// let mut resampler = Resampler::new(48_000)?;
/// let mut out = vec![];
/// resampler.push(&[0.25; 48_000], &mut out);
/// resampler.finish(&mut out);
/// assert_eq!((out.len(), out[5000]), (11_025, 8192));
/// # Ok::<(), basira_fingerprint::sound::RateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resampler {
    from: u64,
    /// Zero crossings of the filter a sample of the input.
    cut: f64,
    /// Samples of the input to each side that make one of the result.
    side: usize,
    filter: Vec<f32>,
    /// Samples of the input from number `start` on; there are `side` of silence before number 0.
    kept: Vec<f32>,
    start: u64,
    taken: u64,
    made: u64,
}

/// A sample rate that no sound has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a sample rate of {0} Hz is not from 1,000 to 768,000 Hz")]
pub struct RateError(pub u32);

impl Resampler {
    /// From so many samples a second.
    ///
    /// # Errors
    /// If the rate is not from 1,000 to 768,000 Hz.
    pub fn new(rate: u32) -> Result<Self, RateError> {
        if !(1_000..=768_000).contains(&rate) {
            return Err(RateError(rate));
        }
        let cut = (f64::from(RATE) / f64::from(rate)).min(1.0) * BAND;
        let side = (REACH / cut).ceil() as usize + 1;
        let value = |k: usize| {
            let x = k as f64 / FINE;
            let sinc = if k == 0 { 1.0 } else { (PI * x).sin() / (PI * x) };
            let edge = 1.0 - (x / REACH) * (x / REACH);
            let window = if edge > 0.0 {
                bessel(BETA * edge.sqrt()) / bessel(BETA)
            } else {
                0.0
            };
            (cut * sinc * window) as f32
        };
        Ok(Self {
            from: u64::from(rate),
            cut,
            side,
            filter: (0..=(REACH * FINE) as usize + 2).map(value).collect(),
            kept: vec![0.0; side],
            start: 0,
            taken: 0,
            made: 0,
        })
    }

    /// Takes the next samples, nominally from -1 to 1, and appends those of the result that are certain now. What is
    /// no number is silence.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<i16>) {
        for piece in samples.chunks(8192) {
            self.kept
                .extend(piece.iter().map(|&x| if x.is_finite() { x } else { 0.0 }));
            self.taken += piece.len() as u64;
            self.make(self.taken, out);
        }
    }

    /// Appends the rest of the result.
    pub fn finish(mut self, out: &mut Vec<i16>) {
        self.kept.extend(std::iter::repeat_n(0.0, 2 * self.side));
        let end = self.taken;
        self.taken += 2 * self.side as u64;
        self.make(end, out);
    }

    /// Makes the samples of the result that lie before sample `end` of the input.
    fn make(&mut self, end: u64, out: &mut Vec<i16>) {
        let rate = u64::from(RATE);
        loop {
            let whole = self.made * self.from / rate;
            if whole >= end || whole + self.side as u64 + 1 >= self.taken {
                break;
            }
            let part = (self.made * self.from % rate) as f64 / rate as f64;
            // `kept` has `side` samples before number `start`.
            let first = (whole - self.start) as usize;
            let near = &self.kept[first..first + 2 * self.side + 1];
            let mut sum = 0.0;
            for (k, x) in near.iter().enumerate() {
                let at = (k as f64 - self.side as f64 - part).abs() * self.cut * FINE;
                let (place, share) = (at as usize, at.fract() as f32);
                if let Some(&[a, b]) = self.filter.get(place..place + 2) {
                    sum += x * (a + (b - a) * share);
                }
            }
            out.push((sum * 32768.0).round().clamp(-32768.0, 32767.0) as i16);
            self.made += 1;
        }
        let next = (self.made * self.from / rate).min(self.taken);
        let done = ((next - self.start) as usize).min(self.kept.len().saturating_sub(self.side));
        self.kept.drain(..done);
        self.start += done as u64;
    }
}

/// The modified Bessel function of the first kind and order 0.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)) * (x / 2.0 / f64::from(k));
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let samples = (seconds * f64::from(rate)) as usize;
        (0..samples)
            .map(|i| (0.5 * (2.0 * PI * hertz * i as f64 / f64::from(rate)).sin()) as f32)
            .collect()
    }

    fn all(input: &[f32], rate: u32, piece: usize) -> Vec<i16> {
        let mut resampler = Resampler::new(rate).unwrap();
        let mut out = vec![];
        for piece in input.chunks(piece) {
            resampler.push(piece, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    #[test]
    fn tones_pass_without_delay_and_those_above_the_band_do_not() {
        for rate in [8_000, 11_025, 16_000, 44_100, 48_000, 192_000] {
            let out = all(&tone(1000.0, rate, 1.0), rate, 1000);
            assert_eq!(out.len(), RATE as usize, "{rate}");
            let expected = tone(1000.0, RATE, 1.0);
            let inner = 500..out.len() - 500;
            let error = inner.map(|i| (f64::from(out[i]) - f64::from(expected[i]) * 32768.0).abs());
            assert!(error.fold(0.0, f64::max) < 12.0, "{rate}");
            if rate > 16_000 {
                let out = all(&tone(6_500.0, rate, 1.0), rate, 1000);
                assert!(out[500..out.len() - 500].iter().all(|x| x.abs() < 12), "{rate}");
            }
        }
    }

    #[test]
    fn pieces_make_no_difference_and_odd_rates_are_refused() {
        let input = tone(700.0, 32_000, 0.7);
        let whole = all(&input, 32_000, usize::MAX);
        for piece in [1, 7, 999] {
            assert_eq!(all(&input, 32_000, piece), whole);
        }
        assert!(all(&[], 44_100, 1).is_empty());
        assert_eq!(all(&[f32::NAN, f32::INFINITY, 0.0, 0.0, 0.0], 44_100, 2), [0, 0]);
        assert_eq!(Resampler::new(0).unwrap_err(), RateError(0));
    }
}
