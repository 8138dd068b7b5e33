//! PDQ: a perceptual hash of 256 bits with a quality.
//!
//! Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook 2019, and the
//! reference implementation, at the picture's full resolution as python-threatexchange and HMA use it.
//!
//! [`exact_rgb`] and [`exact_grey`] give the hash and quality of the PyPI package `pdqhash` on the same pixels.
//! They compute the down-sampling as a sparse product, then ask whether any bit or the quality lies so near a
//! boundary that the reference's rounding errors could decide it; only then (a third to a half of pictures) is the
//! down-sampling done again in the reference's own order of operations. [`fast`] takes 8-bit luma and does not ask.

use model::{Dihedral, PdqHash, Quality};

use crate::grey::Grey;
use crate::reference;
use crate::sample::{Kernel, resample, resample_rgb};
use crate::simd::{accumulate_float, floats_of, luma_of_rgb};

const LUMA: [f64; 3] = [0.299, 0.587, 0.114];

/// Smallest side of a picture that is hashed; a smaller one has hash 0 and quality 0.
pub const MIN_SIDE: usize = 5;

/// How far the reference's float errors can move one of the 64×64 samples, and one of the 16×16 frequencies: several
/// times the largest difference seen between the two computations (0.012 and 0.018, over real pictures and stripes of
/// up to 12 MP, whose running sums drift the same way in all rows; see the test `errors_stay_inside_their_bounds`).
const SAMPLE_ERROR: f32 = 0.05;
const FREQUENCY_ERROR: f32 = 0.07;

/// What PDQ makes of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Pdq {
    hash: PdqHash,
    quality: Quality,
    frequencies: Box<[f32; 256]>,
}

impl Pdq {
    fn nothing() -> Self {
        Self {
            hash: PdqHash::new([0; 32]),
            quality: Quality::saturating(0),
            frequencies: Box::new([0.0; 256]),
        }
    }

    fn from_samples(samples: &[f32]) -> Self {
        let frequencies = dct(samples);
        Self {
            hash: bits(&frequencies),
            quality: quality(samples),
            frequencies,
        }
    }

    /// Puts a print together again that was taken apart to be kept or sent.
    pub const fn from_parts(hash: PdqHash, quality: Quality, frequencies: Box<[f32; 256]>) -> Self {
        Self {
            hash,
            quality,
            frequencies,
        }
    }

    /// The 16×16 frequencies, row by row, from which the turned and mirrored forms follow.
    pub const fn frequencies(&self) -> &[f32; 256] {
        &self.frequencies
    }

    /// The hash of the picture as it is.
    pub const fn hash(&self) -> PdqHash {
        self.hash
    }

    /// How much structure the picture has.
    pub const fn quality(&self) -> Quality {
        self.quality
    }

    /// The hashes of all eight turned and mirrored forms, from the same frequencies, in the order of
    /// [`Dihedral::ALL`]; each is within a few bits of the hash of the really turned picture.
    pub fn dihedral(&self) -> [PdqHash; 8] {
        Dihedral::ALL.map(|form| self.in_form(form))
    }

    /// The hash of one turned or mirrored form (see [`Self::dihedral`]).
    pub fn in_form(&self, form: Dihedral) -> PdqHash {
        match form {
            Dihedral::Original => self.hash,
            form => bits(&turn(&self.frequencies, form)),
        }
    }

    /// How well the frequencies in that form agree with the bits of `target`, -1 to 1: every bit counts by how far its
    /// frequency is from the median, so that a small move of a window shows before any bit flips. The Hamming
    /// distance decides; this only leads the way to it.
    pub fn agreement(&self, form: Dihedral, target: &PdqHash) -> f32 {
        let frequencies = match form {
            Dihedral::Original => *self.frequencies,
            form => turn(&self.frequencies, form),
        };
        let mut sorted = frequencies;
        let median = *sorted.select_nth_unstable_by(127, f32::total_cmp).1;
        // Torn down to the scale of the middle half, so that a few strong low frequencies do not drown the rest.
        let spread = sorted[128..]
            .iter()
            .copied()
            .fold(0f32, |sum, v| sum + (v - median))
            / 128.0;
        if spread <= 0.0 {
            return 0.0;
        }
        let (mut sum, mut most) = (0f32, 0f32);
        for (k, value) in frequencies.iter().enumerate() {
            let weight = ((value - median) / spread).clamp(-1.0, 1.0);
            sum += if target.bit(k) { weight } else { -weight };
            most += weight.abs();
        }
        sum / most.max(1.0)
    }
}

/// PDQ of 8-bit luma, `width · height` bytes row by row.
///
/// # Panics
/// If there are fewer bytes.
pub fn fast(luma: &[u8], width: usize, height: usize) -> Pdq {
    fast_shrunk(luma, width, height, 1)
}

/// PDQ of a `width × height` picture of which only the means of square cells of `cell` pixels are known,
/// `⌈width/cell⌉ · ⌈height/cell⌉` bytes row by row. The filter stays that of the full size, so the hash is within a bit
/// or so of [`fast`] as long as a cell is no wider than half of the filter's box (`⌈n/128⌉` pixels).
///
/// ```
/// use basira_fingerprint::pdq;
/// // A picture of 1000 × 600 pixels, of which the means of 4 × 4 are known: 250 · 150 bytes.
/// let means: Vec<u8> = (0..250 * 150_u32).map(|i| (i * i / 97 % 256) as u8).collect();
/// assert!(pdq::fast_shrunk(&means, 1000, 600, 4).quality().is_usable());
/// ```
///
/// # Panics
/// If there are fewer bytes, or `cell` is 0.
pub fn fast_shrunk(means: &[u8], width: usize, height: usize, cell: usize) -> Pdq {
    if width < MIN_SIDE || height < MIN_SIDE {
        return Pdq::nothing();
    }
    Pdq::from_samples(&resample(
        Grey::new(means, width.div_ceil(cell), height.div_ceil(cell)),
        &Kernel::pdq(height).over_cells(cell),
        &Kernel::pdq(width).over_cells(cell),
    ))
}

/// PDQ of 64×64 samples that are already there (row by row, 0 to 255).
///
/// # Panics
/// If there are fewer than 4,096 samples.
pub fn of_samples(samples: &[f32]) -> Pdq {
    Pdq::from_samples(&samples[..64 * 64])
}

/// PDQ of 8-bit luma, bit-equal to `pdqhash` on the same grey picture.
///
/// # Panics
/// If there are fewer than `width · height` bytes.
pub fn exact_grey(luma: &[u8], width: usize, height: usize) -> Pdq {
    if width < MIN_SIDE || height < MIN_SIDE {
        return Pdq::nothing();
    }
    let picture = Grey::new(luma, width, height);
    certain_or(
        resample(picture, &Kernel::pdq(height), &Kernel::pdq(width)),
        || reference::samples(width, height, |y, row| floats_of(picture.row(y), row)),
    )
}

/// PDQ of interleaved RGB (3 bytes a pixel, row by row), bit-equal to `pdqhash` on the same pixels.
///
/// # Panics
/// If there are fewer than `3 · width · height` bytes.
pub fn exact_rgb(rgb: &[u8], width: usize, height: usize) -> Pdq {
    exact_rgb_beside(rgb, width, height, |_| ())
}

/// As [`exact_rgb`]; `read` is told how many rows were read so far (see [`resample_rgb`]).
///
/// # Panics
/// As [`exact_rgb`].
pub fn exact_rgb_beside(rgb: &[u8], width: usize, height: usize, read: impl FnMut(usize)) -> Pdq {
    assert!(
        rgb.len() >= 3 * width * height,
        "{} bytes are too few for {width}×{height} RGB",
        rgb.len()
    );
    if width < MIN_SIDE || height < MIN_SIDE {
        return Pdq::nothing();
    }
    let samples = resample_rgb(
        rgb,
        width,
        &Kernel::pdq(height),
        &Kernel::pdq(width),
        LUMA.map(|c| c as f32),
        read,
    );
    certain_or(samples, || {
        reference::samples(width, height, |y, row| {
            luma_of_rgb(&rgb[y * width * 3..][..width * 3], row)
        })
    })
}

/// The print of `samples` where no rounding error can change it, else of what `again` computes.
fn certain_or(samples: Vec<f32>, again: impl FnOnce() -> Vec<f32>) -> Pdq {
    let print = Pdq::from_samples(&samples);
    let mut sorted = *print.frequencies;
    sorted.sort_unstable_by(f32::total_cmp);
    let hash_is_certain = sorted[128] - sorted[127] > 2.0 * FREQUENCY_ERROR;
    let (low, high) = quality_bounds(&samples, SAMPLE_ERROR);
    if hash_is_certain && low == high {
        print
    } else {
        Pdq::from_samples(&again())
    }
}

/// Calls `each` with the difference of every vertical and horizontal pair of neighbours, in hundredths of the range.
fn gradients(samples: &[f32], mut each: impl FnMut(f32)) {
    for y in 0..64 {
        for x in 0..64 {
            let here = samples[y * 64 + x];
            if y < 63 {
                each((here - samples[y * 64 + 64 + x]) * 100.0 / 255.0);
            }
            if x < 63 {
                each((here - samples[y * 64 + x + 1]) * 100.0 / 255.0);
            }
        }
    }
}

/// PDQ's quality: the sum of all gradients, each cut to a whole number, over 90, at most 100.
fn quality(samples: &[f32]) -> Quality {
    let mut sum = 0u32;
    gradients(samples, |d| sum += (d as i32).unsigned_abs());
    Quality::saturating(sum / 90)
}

/// The lowest and highest quality if every sample may be off by `error`.
fn quality_bounds(samples: &[f32], error: f32) -> (Quality, Quality) {
    let reach = 2.0 * error * 100.0 / 255.0;
    let (mut low, mut high) = (0u32, 0u32);
    gradients(samples, |d| {
        low += (d.abs() - reach).max(0.0) as u32;
        high += (d.abs() + reach) as u32;
    });
    (Quality::saturating(low / 90), Quality::saturating(high / 90))
}

/// Rows 1 to 16 of the 64-point DCT-II matrix, transposed: `[64][16]`.
fn dct_matrix() -> &'static [[f32; 16]; 64] {
    static MATRIX: std::sync::LazyLock<[[f32; 16]; 64]> = std::sync::LazyLock::new(|| {
        let scale = f64::from((2.0f64 / 64.0).sqrt() as f32);
        let step = std::f64::consts::PI / 2.0 / 64.0;
        std::array::from_fn(|k| {
            std::array::from_fn(|i| (scale * (step * (i + 1) as f64 * (2 * k + 1) as f64).cos()) as f32)
        })
    });
    &MATRIX
}

/// Frequencies (1..16)² of 64×64 samples, added in the reference's order.
fn dct(samples: &[f32]) -> Box<[f32; 256]> {
    let matrix = dct_matrix();
    let mut half = [[0f32; 64]; 16];
    for (k, weights) in matrix.iter().enumerate() {
        let line = &samples[k * 64..][..64];
        for (sum, weight) in half.iter_mut().zip(weights) {
            accumulate_float(sum, line, *weight);
        }
    }
    let mut out = Box::new([0f32; 256]);
    for (sums, line) in out.chunks_exact_mut(16).zip(&half) {
        for (value, weights) in line.iter().zip(matrix) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += *value * *weight;
            }
        }
    }
    out
}

/// One bit a frequency: whether it is above the lower median (the 128th smallest; Torben's method in the reference).
fn bits(frequencies: &[f32; 256]) -> PdqHash {
    let mut sorted = *frequencies;
    let median = *sorted.select_nth_unstable_by(127, f32::total_cmp).1;
    let mut bytes = [0u8; 32];
    for (k, value) in frequencies.iter().enumerate() {
        if *value > median {
            bytes[31 - k / 8] |= 1 << (k % 8);
        }
    }
    PdqHash::new(bytes)
}

/// The frequencies of the turned or mirrored picture: signs by parity, and a transposition.
fn turn(frequencies: &[f32; 256], form: Dihedral) -> [f32; 256] {
    let mut out = [0f32; 256];
    for i in 0..16 {
        for j in 0..16 {
            let value = frequencies[16 * i + j];
            let (odd_i, odd_j) = (i % 2 == 1, j % 2 == 1);
            // Row and column 0 are frequency 1, so "even" here is an odd frequency, which changes its sign.
            let (transposed, keeps_sign) = match form {
                Dihedral::Original => (false, true),
                Dihedral::Rotate90 => (true, odd_j),
                Dihedral::Rotate180 => (false, odd_i == odd_j),
                Dihedral::Rotate270 => (true, odd_i),
                Dihedral::FlipX => (false, odd_i),
                Dihedral::FlipY => (false, odd_j),
                Dihedral::FlipPlus1 => (true, true),
                Dihedral::FlipMinus1 => (true, odd_i == odd_j),
            };
            let place = if transposed { 16 * j + i } else { 16 * i + j };
            out[place] = if keeps_sign { value } else { -value };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Smooth random blobs, so that quality is high and no two seeds look alike.
    fn blobs(seed: u32, width: usize, height: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let waves: Vec<[f32; 4]> = (0..24)
            .map(|_| [next() * 40.0, next() * 40.0, next() * 6.3, next()])
            .collect();
        let mut out = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
                let sum: f32 = waves
                    .iter()
                    .map(|w| w[3] * (w[0] * u + w[1] * v + w[2]).sin())
                    .sum();
                out.push((128.0 + sum * 30.0).clamp(0.0, 255.0) as u8);
            }
        }
        out
    }

    fn rgb(seed: u32, width: usize, height: usize) -> Vec<u8> {
        let [r, g, b] = [0, 1, 2].map(|c| blobs(seed * 3 + c, width, height));
        r.iter()
            .zip(&g)
            .zip(&b)
            .flat_map(|((r, g), b)| [*r, *g, *b])
            .collect()
    }

    #[test]
    fn errors_stay_inside_their_bounds() {
        let (mut sample_error, mut frequency_error) = (0f32, 0f32);
        let sizes = [
            (640, 480),
            (1600, 1004),
            (4032, 3024),
            (97, 301),
            (130, 5),
            (2000, 64),
        ];
        let mut pictures: Vec<(usize, usize, Vec<u8>)> = (0..)
            .zip(sizes)
            .map(|(seed, (width, height))| (width, height, rgb(seed, width, height)))
            .collect();
        // Equal rows: running sums drift the same way in all of them, and the errors do not cancel.
        {
            let (width, height, period) = (3024, 4032, 100);
            let bright = |at: usize| {
                if (at / period).is_multiple_of(2) {
                    [255, 254, 253]
                } else {
                    [1, 2, 0]
                }
            };
            let row: Vec<u8> = (0..width).flat_map(bright).collect();
            pictures.push((width, height, row.repeat(height)));
            let rows = (0..height).flat_map(|y| bright(y).repeat(width));
            pictures.push((width, height, rows.collect()));
        }
        for (width, height, picture) in pictures {
            let slow = reference::samples(width, height, |y, row| {
                luma_of_rgb(&picture[y * width * 3..][..width * 3], row)
            });
            let sparse = resample_rgb(
                &picture,
                width,
                &Kernel::pdq(height),
                &Kernel::pdq(width),
                LUMA.map(|c| c as f32),
                |_| (),
            );
            let worst =
                |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
            sample_error = sample_error.max(worst(&slow, &sparse));
            frequency_error = frequency_error.max(worst(&*dct(&slow), &*dct(&sparse)));
        }
        println!("largest errors seen: sample {sample_error}, frequency {frequency_error}");
        assert!(sample_error * 4.0 < SAMPLE_ERROR, "{sample_error}");
        assert!(frequency_error * 4.0 < FREQUENCY_ERROR, "{frequency_error}");
    }

    #[test]
    fn turned_forms_are_near_the_really_turned_picture() {
        let (width, height) = (300, 220);
        let luma = blobs(5, width, height);
        let at = |x: usize, y: usize| luma[y * width + x];
        let turned = |w: usize, h: usize, source: &dyn Fn(usize, usize) -> (usize, usize)| {
            let pixels: Vec<u8> = (0..w * h)
                .map(|i| source(i % w, i / w))
                .map(|(x, y)| at(x, y))
                .collect();
            fast(&pixels, w, h).hash()
        };
        let (w, h) = (width, height);
        let really = [
            turned(w, h, &|x, y| (x, y)),
            turned(h, w, &|x, y| (w - 1 - y, x)),
            turned(w, h, &|x, y| (w - 1 - x, h - 1 - y)),
            turned(h, w, &|x, y| (y, h - 1 - x)),
            turned(w, h, &|x, y| (x, h - 1 - y)),
            turned(w, h, &|x, y| (w - 1 - x, y)),
            turned(h, w, &|x, y| (y, x)),
            turned(h, w, &|x, y| (w - 1 - y, h - 1 - x)),
        ];
        let derived = fast(&luma, width, height).dihedral();
        for (i, a) in really.iter().enumerate() {
            for (j, b) in derived.iter().enumerate() {
                let distance = a.distance(b);
                assert_eq!(
                    distance <= 16,
                    i == j,
                    "{:?} and {:?}: {distance}",
                    Dihedral::ALL[i],
                    Dihedral::ALL[j]
                );
            }
        }
    }

    #[test]
    fn tiny_and_flat_pictures_have_no_quality() {
        for (width, height) in [(1, 1), (4, 100), (100, 4), (5, 5), (64, 64)] {
            let print = exact_grey(&vec![77; width * height], width, height);
            assert_eq!(print.quality().get(), 0, "{width}×{height}");
        }
        assert_eq!(fast(&[1; 400], 4, 100).hash(), PdqHash::new([0; 32]));
    }

    #[test]
    fn exact_and_fast_agree_on_grey_pictures() {
        for seed in 0..20 {
            let luma = blobs(seed, 333, 257);
            let (exact, quick) = (exact_grey(&luma, 333, 257), fast(&luma, 333, 257));
            assert!(exact.quality().is_usable());
            assert!(exact.hash().distance(&quick.hash()) <= 2);
        }
    }
}
