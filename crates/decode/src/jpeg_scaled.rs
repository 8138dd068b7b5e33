//! Luma of a baseline JPEG at a half, a quarter or an eighth of its size, without its full size ever being made.
//!
//! The mean of a cell of pixels is linear in the block's coefficients, so each coefficient is added, with a weight, to
//! one of the few frequencies of the small block (the cosines of a cell's mean fold onto those of a shorter
//! transform). What comes out is the mean of the pixels, not an approximation by the low frequencies; only the
//! clipping and rounding of single pixels is missing.

use crate::jpeg_bits::{Huffman, Next, Segments};
use crate::jpeg_scan::Scan;

/// Places of the coefficients in the order of the file (T.81, figure A.6): row · 8 + column.
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// How far a picture is shrunk: the pixels of a side of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    Two,
    Four,
    Eight,
}

impl Cell {
    /// The largest cell that costs a PDQ next to nothing (half of its filter's width, `⌈n/128⌉`, on the shorter side)
    /// and leaves at least `least` pixels on the longer side; `None` where the picture is too small for any.
    pub(crate) fn for_picture(width: usize, height: usize, least: usize) -> Option<Self> {
        let (shorter, longer) = (width.min(height), width.max(height));
        [Self::Eight, Self::Four, Self::Two]
            .into_iter()
            .find(|cell| 2 * cell.side() <= shorter.div_ceil(128) && longer / cell.side() >= least)
    }

    /// Pixels of a side.
    pub(crate) const fn side(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

/// The means of the cells, row by row, `⌈width/side⌉ × ⌈height/side⌉`; `None` for anything that is not plain baseline.
pub(crate) fn means(scan: &Scan<'_>, cell: Cell) -> Option<Vec<u8>> {
    match cell {
        Cell::Two => plane::<4>(scan),
        Cell::Four => plane::<2>(scan),
        Cell::Eight => plane::<1>(scan),
    }
}

/// Where the coefficient of frequency `k` goes in a transform of `n` points, and with what weight: the mean of
/// `cos((2x+1)kπ/16)` over a cell of `8/n` pixels is `weight · cos((2c+1)rπ/2n)` in cell `c`.
fn fold(k: usize, n: usize) -> (usize, f64) {
    let normal = if k == 0 { 0.5f64.sqrt() / 2.0 } else { 0.5 };
    if k == 0 {
        return (0, normal);
    }
    let (m, angle) = (8 / n, k as f64 * std::f64::consts::PI / 16.0);
    let mean = (m as f64 * angle).sin() / (m as f64 * angle.sin());
    let (mut r, mut sign) = (k, 1.0);
    while r >= 2 * n {
        (r, sign) = (r - 2 * n, -sign);
    }
    if r > n {
        (r, sign) = (2 * n - r, -sign);
    }
    // At n the cosine is 0 in the middle of every cell.
    if r == n {
        (0, 0.0)
    } else {
        (r, sign * mean * normal)
    }
}

/// For each coefficient in the order of the file: which of the N×N frequencies it adds to, and its weight, the
/// quantiser included.
fn folds<const N: usize>(quantisers: &[u16; 64]) -> [(u8, f32); 64] {
    std::array::from_fn(|i| {
        let (v, u) = (usize::from(ZIGZAG[i]) / 8, usize::from(ZIGZAG[i]) % 8);
        let ((row, down), (column, across)) = (fold(v, N), fold(u, N));
        let weight = down * across * f64::from(quantisers[i]);
        ((row * N + column) as u8, weight as f32)
    })
}

fn plane<const N: usize>(scan: &Scan<'_>) -> Option<Vec<u8>> {
    let segments = Segments::split(scan.coded)?;
    let luma = scan.components.first()?;
    let folds = folds::<N>(&luma.quantisers);
    let cosines: [[f32; N]; N] = std::array::from_fn(|r| {
        std::array::from_fn(|c| {
            (std::f64::consts::PI * (2 * c + 1) as f64 * r as f64 / (2 * N) as f64).cos() as f32
        })
    });
    // A picture of one component comes block by block, whatever sampling it declares (T.81, A.2.2).
    let alone = scan.components.len() == 1;
    let (across, down) = if alone { (1, 1) } else { luma.sampling };
    let columns = scan.width.div_ceil(8 * across);
    let rows = scan.height.div_ceil(8 * down);
    let interval = scan.restart.unwrap_or(columns * rows);
    if interval == 0 || segments.len() != (columns * rows).div_ceil(interval) {
        return None;
    }
    let stride = columns * across * N;
    let mut out = vec![0u8; stride * rows * down * N];
    for segment in 0..segments.len() {
        let mut bits = segments.bits(segment);
        let mut mean = 0i32;
        for unit in segment * interval..((segment + 1) * interval).min(columns * rows) {
            let (row, column) = (unit / columns, unit % columns);
            for y in 0..down {
                for x in 0..across {
                    mean = mean.wrapping_add(luma.dc.difference(&mut bits)?);
                    let mut bins = [0f32; 16];
                    bins[0] = mean as f32 * folds[0].1;
                    if N == 1 {
                        luma.ac.skip_block(&mut bits)?;
                    } else {
                        frequencies(&luma.ac, &mut bits, &folds, &mut bins)?;
                    }
                    let at = (row * down + y) * N * stride + (column * across + x) * N;
                    put::<N>(&bins, &cosines, &mut out[at..], stride);
                }
            }
            for other in &scan.components[1..] {
                for _ in 0..other.sampling.0 * other.sampling.1 {
                    other.dc.difference(&mut bits)?;
                    other.ac.skip_block(&mut bits)?;
                }
            }
        }
        if !bits.is_at_end() {
            return None;
        }
    }
    let side = 8 / N;
    let (width, height) = (scan.width.div_ceil(side), scan.height.div_ceil(side));
    for y in 1..height {
        out.copy_within(y * stride..y * stride + width, y * width);
    }
    out.truncate(width * height);
    Some(out)
}

/// Adds a block's coefficients to the frequencies that they fold onto.
#[inline(always)]
fn frequencies(
    table: &Huffman,
    bits: &mut crate::jpeg_bits::Bits<'_>,
    folds: &[(u8, f32); 64],
    bins: &mut [f32; 16],
) -> Option<()> {
    let mut place = 1;
    while place < 64 {
        match table.next(bits)? {
            Next::End => return Some(()),
            Next::Zeros => place += 16,
            Next::Value(zeros, value) => {
                place += zeros;
                let (bin, weight) = folds.get(place)?;
                bins[usize::from(*bin) % 16] += value as f32 * weight;
                place += 1;
            }
        }
    }
    (place == 64).then_some(())
}

/// Writes the N×N means of a block.
#[inline(always)]
fn put<const N: usize>(bins: &[f32; 16], cosines: &[[f32; N]; N], out: &mut [u8], stride: usize) {
    let mut half = [[0f32; N]; N];
    for (r, line) in half.iter_mut().enumerate() {
        for (u, cosine) in cosines.iter().enumerate() {
            for c in 0..N {
                line[c] += bins[r * N + u] * cosine[c];
            }
        }
    }
    for y in 0..N {
        let mut line = [128.5f32; N];
        for (r, half) in half.iter().enumerate() {
            for c in 0..N {
                line[c] += cosines[r][y] * half[c];
            }
        }
        out[y * stride..][..N].copy_from_slice(&line.map(|value| value as u8));
    }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
    use model::HashMode;
    use proptest::prelude::*;

    use super::*;
    use crate::jpeg_header::Header;
    use crate::{Request, decode};

    fn encoded(width: u16, height: u16, quality: u8, sampling: SamplingFactor, restart: u16) -> Vec<u8> {
        let picture = testkit::photo(7, width.into(), height.into());
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(sampling);
        encoder.set_restart_interval(restart);
        encoder
            .encode(&picture.rgb, width, height, ColorType::Rgb)
            .unwrap();
        bytes
    }

    fn shrunk(bytes: &[u8], cell: Cell) -> Option<Vec<u8>> {
        let header = Header::find(bytes).ok()?;
        means(&Scan::find(bytes, &header)?, cell)
    }

    /// The picture's full luma, by the general decoder: a thumbnail that is as large as the picture.
    fn full(bytes: &[u8]) -> fingerprint::grey::GreyPicture {
        let mut request = Request::new(HashMode::Fast);
        request.limits.thumb_side = 60_000;
        decode(bytes, &request).contents.pictures.swap_remove(0).grey
    }

    #[test]
    fn means_are_those_of_the_decoded_pixels() {
        let samplings = [
            SamplingFactor::F_1_1,
            SamplingFactor::F_2_1,
            SamplingFactor::F_2_2,
        ];
        for (k, (width, height)) in [(203u16, 150u16), (64, 64), (129, 71)].into_iter().enumerate() {
            for (sampling, restart) in samplings.iter().flat_map(|s| [(*s, 0), (*s, 1), (*s, 7)]) {
                let bytes = encoded(width, height, [95, 60, 85][k], sampling, restart);
                let luma = full(&bytes);
                for cell in [Cell::Two, Cell::Four, Cell::Eight] {
                    let side = cell.side();
                    let small = shrunk(&bytes, cell).unwrap();
                    let columns = usize::from(width).div_ceil(side);
                    assert_eq!(small.len(), columns * usize::from(height).div_ceil(side));
                    for y in 0..usize::from(height) / side {
                        for x in 0..usize::from(width) / side {
                            let row = |dy| &luma.view().row(y * side + dy)[x * side..][..side];
                            let sum: u32 = (0..side).flat_map(row).map(|v| u32::from(*v)).sum();
                            let mean = sum as f32 / (side * side) as f32;
                            let found = f32::from(small[y * columns + x]);
                            // Clipping of single pixels is all that may tell them apart, and rounding.
                            assert!(
                                (found - mean).abs() <= 4.0,
                                "{cell:?} at {x},{y}: {found}, {mean}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn cells_follow_the_filter_and_the_thumbnail() {
        assert_eq!(Cell::for_picture(4032, 3024, 512), Some(Cell::Four));
        assert_eq!(Cell::for_picture(1152, 864, 512), Some(Cell::Two));
        assert_eq!(Cell::for_picture(8000, 6000, 512), Some(Cell::Eight));
        assert_eq!(Cell::for_picture(1000, 750, 512), None);
        assert_eq!(Cell::for_picture(9000, 64, 512), None);
    }

    #[test]
    fn what_is_cut_or_not_plain_is_left_to_the_general_decoder() {
        let bytes = encoded(203, 150, 85, SamplingFactor::F_2_2, 5);
        for end in (0..bytes.len() - 1).step_by(7) {
            assert_eq!(shrunk(&bytes[..end], Cell::Two), None, "cut at {end}");
        }
        let picture = testkit::photo(3, 200, 150);
        assert_eq!(
            shrunk(&testkit::special::jpeg_progressive(&picture, 85), Cell::Two),
            None
        );
    }

    proptest! {
        #[test]
        fn damage_never_panics(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
            let mut bytes = encoded(72, 51, 80, SamplingFactor::F_2_2, 3);
            for (place, value) in places {
                let at = place.index(bytes.len());
                bytes[at] = value;
            }
            if let Ok(header) = Header::find(&bytes)
                && u32::from(header.width) * u32::from(header.height) < 1 << 20
                && let Some(scan) = Scan::find(&bytes, &header)
            {
                let _ = means(&scan, Cell::Two);
                let _ = means(&scan, Cell::Eight);
            }
        }
    }
}
