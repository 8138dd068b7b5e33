//! Sparse, separable resampling: `out = R · picture · Cᵀ`, where R and C have a few taps a row.
//!
//! Everything that looks at pixels is such a product: PDQ's two-pass box filter with its decimation (linear,
//! separable, and only 64×64 of its outputs are kept), a window's 64×64 samples, a thumbnail's area average. Rows
//! are streamed through an accumulator of one row, so there is no full-size float buffer.

use crate::grey::Grey;
use crate::simd::{
    BATCH, accumulate1, accumulate4, dots, interleave, separate_bytes, weigh_channels, weigh_rows,
};

/// One axis of a resampling: for each output, the first input and the weights of the inputs from there.
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    taps: Vec<f32>,
    /// First input and first tap of each output, with a last element that ends the taps.
    starts: Vec<(u32, u32)>,
}

impl Kernel {
    fn from_rows(rows: impl Iterator<Item = (usize, Vec<f32>)>) -> Self {
        let (mut taps, mut starts) = (Vec::new(), Vec::new());
        for (first, row) in rows {
            starts.push((first as u32, taps.len() as u32));
            taps.extend(row);
        }
        starts.push((0, taps.len() as u32));
        Self { taps, starts }
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.starts.len() - 1
    }

    /// First input and weights of output `i`.
    fn row(&self, i: usize) -> (usize, &[f32]) {
        let (first, start) = self.starts[i];
        (
            first as usize,
            &self.taps[start as usize..self.starts[i + 1].1 as usize],
        )
    }

    /// One past the last input of output `i`.
    fn end(&self, i: usize) -> usize {
        let (first, taps) = self.row(i);
        first + taps.len()
    }

    /// The inputs that any output reads: first, and one past the last.
    fn span(&self) -> (usize, usize) {
        let rows = || (0..self.outputs()).map(|i| self.row(i));
        let first = rows().map(|(first, _)| first).min().unwrap_or(0);
        let end = rows().map(|(first, taps)| first + taps.len()).max().unwrap_or(0);
        (first, end)
    }

    /// PDQ's axis: two box passes of `w = ⌈n/128⌉`, normalised at the borders, then decimation to 64 samples at
    /// `⌊(i+½)·n/64⌋` (PDQ reference, `jaroszFilterFloat` and `decimateFloat`).
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn pdq(n: usize) -> Self {
        assert!(n > 0, "a picture has pixels");
        let window = n.div_ceil(128);
        let half = (window + 2) / 2;
        let span = |o: usize| ((o + half).saturating_sub(window), (o + half).min(n));
        Self::from_rows((0..64).map(|i| {
            let centre = (2 * i + 1) * n / 128;
            let (from, to) = span(centre);
            let (first, end) = (span(from).0, span(to - 1).1);
            let mut row = vec![0f64; end - first];
            for middle in from..to {
                let (left, right) = span(middle);
                let weight = 1.0 / ((to - from) * (right - left)) as f64;
                row[left - first..right - first]
                    .iter_mut()
                    .for_each(|tap| *tap += weight);
            }
            (first, row.into_iter().map(|tap| tap as f32).collect())
        }))
    }

    /// The same averages over an axis of which only the means of `cell` neighbours each are known.
    ///
    /// # Panics
    /// If `cell` is 0.
    pub fn over_cells(&self, cell: usize) -> Self {
        Self::from_rows((0..self.outputs()).map(|i| {
            let (first, taps) = self.row(i);
            let (from, to) = (first / cell, (first + taps.len()).div_ceil(cell));
            let mut row = vec![0f32; to - from];
            for (x, tap) in (first..).zip(taps) {
                row[x / cell - from] += tap;
            }
            (from, row)
        }))
    }

    /// 64 samples of the stretch from `from` to `to` (in pixels, not necessarily whole) of an axis of `n` pixels,
    /// each the average under a tent as wide as PDQ's would be on a large picture: half a cell to each side, but
    /// never narrower than a pixel.
    ///
    /// # Panics
    /// If the stretch is empty or leaves the axis.
    pub fn window(n: usize, from: f64, to: f64) -> Self {
        assert!(
            0.0 <= from && from < to && to <= n as f64,
            "stretch {from}..{to} of {n} pixels"
        );
        let cell = (to - from) / 64.0;
        let reach = (cell / 2.0).max(1.0);
        // Area under a tent of that reach from its left foot to `x` (its centre at 0), in all 1.
        let area = |x: f64| {
            let x = (x / reach).clamp(-1.0, 1.0);
            if x < 0.0 {
                (1.0 + x) * (1.0 + x) / 2.0
            } else {
                1.0 - (1.0 - x) * (1.0 - x) / 2.0
            }
        };
        Self::from_rows((0..64).map(|i| {
            let centre = from + (i as f64 + 0.5) * cell;
            let first = ((centre - reach).max(from).floor() as usize).min(n - 1);
            let end = (((centre + reach).min(to).ceil() as usize).min(n)).max(first + 1);
            let (low, high) = (area(from - centre), area(to - centre));
            let taps: Vec<f64> = (first..end)
                .map(|x| {
                    let left = area(x as f64 - centre).max(low);
                    (area((x + 1) as f64 - centre).min(high) - left).max(0.0)
                })
                .collect();
            let total: f64 = taps.iter().sum();
            (first, taps.iter().map(|tap| (tap / total) as f32).collect())
        }))
    }

    /// Area average of `n` pixels down to `outputs`.
    ///
    /// # Panics
    /// If `outputs` is 0 or more than `n`.
    pub fn area(n: usize, outputs: usize) -> Self {
        assert!(
            0 < outputs && outputs <= n,
            "{n} pixels do not shrink to {outputs}"
        );
        let step = n as f64 / outputs as f64;
        Self::from_rows((0..outputs).map(|i| {
            let (from, to) = (i as f64 * step, ((i + 1) as f64 * step).min(n as f64));
            let (first, end) = (from as usize, (to.ceil() as usize).clamp(from as usize + 1, n));
            let cover = |x: usize| ((x + 1) as f64).min(to) - (x as f64).max(from);
            (
                first,
                (first..end).map(|x| (cover(x).max(0.0) / step) as f32).collect(),
            )
        }))
    }
}

/// Sum of products in eight lanes, so that the order of additions is the same on every processor.
fn dot(values: &[f32], taps: &[f32]) -> f32 {
    let mut lanes = [0f32; 8];
    let (values, taps) = (&values[..taps.len()], taps);
    let whole = taps.len() / 8 * 8;
    for (v, t) in values[..whole].chunks_exact(8).zip(taps[..whole].chunks_exact(8)) {
        for lane in 0..8 {
            lanes[lane] += v[lane] * t[lane];
        }
    }
    let rest: f32 = values[whole..]
        .iter()
        .zip(&taps[whole..])
        .map(|(v, t)| v * t)
        .sum();
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

/// Sums the rows that output `i` of `rows` reads into `sum`; `bytes` gives the bytes of an input row.
fn accumulate_rows<'a>(sum: &mut [f32], rows: &Kernel, i: usize, bytes: impl Fn(usize) -> &'a [u8]) {
    sum.fill(0.0);
    let (first, taps) = rows.row(i);
    let (fours, rest) = taps.as_chunks::<4>();
    for (k, four) in fours.iter().enumerate() {
        let y = first + 4 * k;
        accumulate4(sum, [bytes(y), bytes(y + 1), bytes(y + 2), bytes(y + 3)], *four);
    }
    for (k, tap) in rest.iter().enumerate() {
        accumulate1(sum, bytes(first + 4 * fours.len() + k), *tap);
    }
}

/// Resamples luma to `rows.outputs() × columns.outputs()` floats, row by row.
///
/// # Panics
/// If a kernel was made for a longer axis than the picture's.
pub fn resample(picture: Grey<'_>, rows: &Kernel, columns: &Kernel) -> Vec<f32> {
    let (left, right) = columns.span();
    let mut sum = vec![0f32; right - left];
    let mut out = Vec::with_capacity(rows.outputs() * columns.outputs());
    for i in 0..rows.outputs() {
        accumulate_rows(&mut sum, rows, i, |y| &picture.row(y)[left..right]);
        for j in 0..columns.outputs() {
            let (first, taps) = columns.row(j);
            out.push(dot(&sum[first - left..], taps));
        }
    }
    out
}

/// Resamples the luma of interleaved RGB (3 bytes a pixel): the weighting of the channels is linear too, so it is
/// done once per kept row and not once per pixel. After each kept row `read` is told how many rows were read so far, so
/// that others can look at these while they are in the caches.
///
/// # Panics
/// If there are fewer than `width · height` pixels, or a kernel was made for a longer axis.
pub fn resample_rgb(
    rgb: &[u8],
    width: usize,
    rows: &Kernel,
    columns: &Kernel,
    luma: [f32; 3],
    mut read: impl FnMut(usize),
) -> Vec<f32> {
    let mut sum = vec![0f32; width * 3];
    let mut line = vec![0f32; width];
    let mut out = Vec::with_capacity(rows.outputs() * columns.outputs());
    for i in 0..rows.outputs() {
        accumulate_rows(&mut sum, rows, i, |y| &rgb[y * width * 3..][..width * 3]);
        weigh_channels(&sum, luma, &mut line);
        for j in 0..columns.outputs() {
            let (first, taps) = columns.row(j);
            out.push(dot(&line[first..], taps));
        }
        read(rows.end(i));
    }
    out
}

/// Bytes of output rows, eight at once.
struct Batches {
    width: usize,
    next: usize,
    lines: Vec<f32>,
    mixed: Vec<[f32; BATCH]>,
    sums: Vec<[u8; BATCH]>,
    out: Vec<u8>,
}

impl Batches {
    fn new(width: usize, rows: &Kernel, columns: &Kernel) -> Self {
        Self {
            width,
            next: 0,
            lines: vec![0f32; BATCH * width],
            mixed: vec![[0f32; BATCH]; width],
            sums: vec![[0u8; BATCH]; columns.outputs()],
            out: vec![0u8; rows.outputs() * columns.outputs()],
        }
    }

    /// Goes on as far as the first `there` input rows allow; `line` writes what an output row has before the columns are
    /// weighted.
    fn go_on(
        &mut self,
        there: usize,
        rows: &Kernel,
        columns: &Kernel,
        mut line: impl FnMut(usize, &mut [f32]),
    ) {
        let all = rows.outputs();
        while self.next < all && rows.end(self.next) <= there {
            let k = self.next % BATCH;
            line(self.next, &mut self.lines[k * self.width..][..self.width]);
            self.next += 1;
            if k + 1 == BATCH || self.next == all {
                interleave(&self.lines, &mut self.mixed);
                dots(&self.mixed, &columns.starts, &columns.taps, &mut self.sums);
                let first = (self.next - 1 - k) * columns.outputs();
                separate_bytes(&self.sums, &mut self.out[first..self.next * columns.outputs()]);
            }
        }
    }
}

/// What output `i` of `rows` makes of the input rows, whose bytes `bytes` gives.
fn weighted<'a>(
    sum: &mut [f32],
    rows: &Kernel,
    i: usize,
    list: &mut Vec<&'a [u8]>,
    bytes: impl Fn(usize) -> &'a [u8],
) {
    let (first, taps) = rows.row(i);
    list.clear();
    list.extend((first..first + taps.len()).map(bytes));
    weigh_rows(sum, list, taps);
}

/// Resamples luma to `rows.outputs() × columns.outputs()` bytes, row by row: for thumbnails, whose outputs are many and
/// have few taps.
///
/// # Panics
/// If a kernel was made for a longer axis than the picture's.
pub fn bytes(picture: Grey<'_>, rows: &Kernel, columns: &Kernel) -> Vec<u8> {
    let mut list = Vec::new();
    let mut batches = Batches::new(picture.width(), rows, columns);
    batches.go_on(picture.height(), rows, columns, |i, line| {
        weighted(line, rows, i, &mut list, |y| picture.row(y));
    });
    batches.out
}

/// Resamples the luma of interleaved RGB (3 bytes a pixel) to bytes (see [`bytes`] and [`resample_rgb`]), while the rows
/// of the picture come by.
pub struct BytesOfRgb<'a> {
    rgb: &'a [u8],
    rows: Kernel,
    columns: Kernel,
    luma: [f32; 3],
    channels: Vec<f32>,
    list: Vec<&'a [u8]>,
    batches: Batches,
}

impl<'a> BytesOfRgb<'a> {
    /// Begins with nothing.
    pub fn new(rgb: &'a [u8], width: usize, rows: Kernel, columns: Kernel, luma: [f32; 3]) -> Self {
        Self {
            rgb,
            channels: vec![0f32; 3 * width],
            list: Vec::new(),
            batches: Batches::new(width, &rows, &columns),
            rows,
            columns,
            luma,
        }
    }

    /// Goes on as far as the first `there` rows allow.
    ///
    /// # Panics
    /// If there are fewer pixels than that, or a kernel was made for a longer axis.
    pub fn go_on(&mut self, there: usize) {
        let Self {
            rgb,
            rows,
            columns,
            luma,
            channels,
            list,
            batches,
        } = self;
        let bytes = channels.len();
        batches.go_on(there, rows, columns, |i, line| {
            weighted(channels, rows, i, list, |y| &rgb[y * bytes..][..bytes]);
            weigh_channels(channels, *luma, line);
        });
    }

    /// The rest, and all of it: `rows.outputs() × columns.outputs()` bytes.
    ///
    /// # Panics
    /// As [`Self::go_on`].
    pub fn finish(mut self) -> Vec<u8> {
        self.go_on(usize::MAX);
        self.batches.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(kernel: &Kernel, i: usize) -> f32 {
        kernel.row(i).1.iter().sum()
    }

    #[test]
    fn every_output_is_an_average() {
        for n in [1usize, 2, 5, 63, 64, 65, 127, 128, 129, 500, 4032] {
            let mut kernels = vec![Kernel::pdq(n), Kernel::window(n, 0.0, n as f64)];
            kernels.push(Kernel::window(n, n as f64 * 0.31, n as f64 * 0.77));
            kernels.push(Kernel::area(n, n.min(17)));
            kernels.extend([1, 2, 3, 8].map(|cell| Kernel::pdq(n).over_cells(cell)));
            for kernel in kernels {
                assert!(kernel.span().1 <= n);
                for i in 0..kernel.outputs() {
                    assert!(
                        (total(&kernel, i) - 1.0).abs() < 1e-4,
                        "n={n} i={i}: {}",
                        total(&kernel, i)
                    );
                }
            }
        }
    }

    #[test]
    fn small_axes_are_decimated_without_filter() {
        let kernel = Kernel::pdq(64);
        assert!((0..64).all(|i| kernel.row(i) == (i, &[1.0][..])));
        assert_eq!(Kernel::pdq(5).row(63), (4, &[1.0][..]));
    }

    #[test]
    fn dot_sums_everything() {
        let values: Vec<f32> = (0..77).map(|x| x as f32).collect();
        for n in 0..77 {
            assert_eq!(dot(&values, &vec![1.0; n]), (0..n).sum::<usize>() as f32);
        }
    }

    fn pixels(n: usize) -> Vec<u8> {
        let hash = |i: usize| (i as u32).wrapping_mul(2_654_435_761) >> 24;
        (0..n).map(|i| hash(i) as u8).collect()
    }

    #[test]
    fn bytes_are_the_rounded_samples() {
        // Sides that are no multiple of any block, fewer rows than a batch, kernels with one tap and with many.
        for (width, height, across, down) in [
            (1, 1, 1, 1),
            (13, 7, 5, 3),
            (64, 33, 64, 33),
            (1001, 97, 128, 17),
            (517, 300, 512, 299),
        ] {
            let (rows, columns) = (Kernel::area(height, down), Kernel::area(width, across));
            let near = |samples: &[f32], bytes: &[u8]| {
                assert_eq!(bytes.len(), across * down);
                samples.iter().zip(bytes).for_each(|(sample, byte)| {
                    let off = (sample - f32::from(*byte)).abs();
                    assert!(off < 0.501, "{width}×{height}: {sample} became {byte}");
                });
            };
            let luma = pixels(width * height);
            let view = Grey::new(&luma, width, height);
            near(&resample(view, &rows, &columns), &bytes(view, &rows, &columns));
            let rgb = pixels(3 * width * height);
            let weights = [0.299, 0.587, 0.114];
            // In one go, and by and by.
            let small = || BytesOfRgb::new(&rgb, width, rows.clone(), columns.clone(), weights);
            let mut beside = small();
            let samples = resample_rgb(&rgb, width, &rows, &columns, weights, |there| beside.go_on(there));
            near(&samples, &small().finish());
            assert_eq!(small().finish(), beside.finish());
        }
    }
}
