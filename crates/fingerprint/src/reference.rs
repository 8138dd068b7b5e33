//! PDQ's down-sampling in the reference's own order of float operations.
//!
//! The sparse product of [`crate::sample`] is the same linear map with smaller rounding errors. Where a bit of the
//! hash or a step of the quality hangs on those errors (two frequencies equal to five digits, a gradient on a whole
//! number), only the reference's own running sums tell what it would say. They are streamed here, eight rows at a
//! time, with a ring of as many rows as the box is high.
//!
//! A running sum along a row is a chain of dependent additions; eight rows side by side hide its latency. Of the
//! second pass only the 64 columns that are kept are ever divided and summed down.

use crate::simd::{BATCH, Eight, columns_down, interleave, running_sums, running_sums_at, separate};

/// The box of one axis of `n` pixels, and where its output is ahead of its input.
#[derive(Clone, Copy)]
struct Window {
    n: usize,
    width: usize,
    half: usize,
}

impl Window {
    fn new(n: usize) -> Self {
        let width = n.div_ceil(128);
        let half = (width + 2) / 2;
        Self { n, width, half }
    }

    /// How many inputs output `i` averages: fewer at the borders.
    fn count(self, i: usize) -> f32 {
        let (from, to) = ((i + self.half).saturating_sub(self.width), i + self.half);
        (to.min(self.n) - from) as f32
    }

    /// The outputs that the decimation to 64 samples keeps.
    fn kept(self) -> [usize; 64] {
        std::array::from_fn(|j| (2 * j + 1) * self.n / 128)
    }
}

/// Running box average down the columns, same order of additions as `box1DFloat`.
///
/// Before the first row and after the last one the ring holds zeros, whose additions change nothing.
struct ColumnBox {
    window: Window,
    pushed: usize,
    sum: Vec<f32>,
    ring: Vec<f32>,
}

impl ColumnBox {
    fn new(width: usize, window: Window) -> Self {
        Self {
            window,
            pushed: 0,
            sum: vec![0.0; width],
            ring: vec![0.0; width * window.width],
        }
    }

    /// Takes `sums / counts` as the next row and writes the next filtered row, if one is complete; whether it is.
    fn push(&mut self, sums: &[f32], counts: &[f32], out: &mut [f32]) -> bool {
        let width = self.sum.len();
        let slot = self.pushed % self.window.width * width;
        self.pushed += 1;
        let complete = self.pushed >= self.window.half;
        // What is divided by 1 before the first complete row is overwritten by the next one.
        let count = if complete {
            self.window.count(self.pushed - self.window.half)
        } else {
            1.0
        };
        let oldest = &mut self.ring[slot..][..width];
        columns_down(&mut self.sum, oldest, sums, counts, count, out);
        complete
    }
}

/// The second pass over the rows that the first has filtered, of which 64 columns and 64 rows are kept.
struct SecondPass {
    columns: Window,
    kept_columns: [usize; 64],
    kept_rows: [usize; 64],
    counts: [f32; 64],
    down: ColumnBox,
    wanted: usize,
    emitted: usize,
    samples: Vec<f32>,
    mixed: Vec<Eight>,
}

impl SecondPass {
    fn new(columns: Window, rows: Window) -> Self {
        let kept_columns = columns.kept();
        Self {
            columns,
            kept_columns,
            kept_rows: rows.kept(),
            counts: kept_columns.map(|column| columns.count(column)),
            down: ColumnBox::new(64, rows),
            wanted: 0,
            emitted: 0,
            samples: Vec::with_capacity(64 * 64),
            mixed: vec![[0.0; BATCH]; columns.n],
        }
    }

    fn down(&mut self, sums: &[f32; 64], counts: &[f32; 64]) {
        let mut row = [0f32; 64];
        if !self.down.push(sums, counts, &mut row) {
            return;
        }
        // Small pictures repeat rows: one filtered row may serve several samples.
        while self.wanted < 64 && self.kept_rows[self.wanted] == self.emitted {
            self.samples.extend_from_slice(&row);
            self.wanted += 1;
        }
        self.emitted += 1;
    }

    /// Takes the first `count` rows of a batch.
    fn push(&mut self, batch: &[f32], count: usize) {
        interleave(batch, &mut self.mixed);
        let mut sums = [[0f32; BATCH]; 64];
        let Window { width, half, .. } = self.columns;
        running_sums_at(&self.mixed, width, half, &self.kept_columns, &mut sums);
        let counts = self.counts;
        for k in 0..count {
            self.down(&sums.map(|values| values[k]), &counts);
        }
    }

    fn finish(mut self) -> Vec<f32> {
        for _ in 1..self.down.window.half {
            self.down(&[0.0; 64], &[1.0; 64]);
        }
        self.samples
    }
}

/// 64×64 samples as the reference computes them; `luma` writes the floats of row `y`.
pub(crate) fn samples(width: usize, height: usize, mut luma: impl FnMut(usize, &mut [f32])) -> Vec<f32> {
    if (width, height) == (64, 64) {
        let mut out = vec![0f32; 64 * 64];
        out.chunks_exact_mut(64)
            .enumerate()
            .for_each(|(y, row)| luma(y, row));
        return out;
    }
    let (columns, rows) = (Window::new(width), Window::new(height));
    let counts: Vec<f32> = (0..width).map(|x| columns.count(x)).collect();
    let mut first = ColumnBox::new(width, rows);
    let mut second = SecondPass::new(columns, rows);
    let mut input = vec![0f32; BATCH * width];
    let mut sums = vec![0f32; BATCH * width];
    let mut mixed = vec![[0f32; BATCH]; width];
    let mut mixed_sums = mixed.clone();
    let mut filtered = vec![0f32; BATCH * width];
    let mut filled = 0;
    // As many zero rows as the filter is ahead of its input flush it.
    for start in (0..height + rows.half - 1).step_by(BATCH) {
        let here = BATCH.min(height.saturating_sub(start));
        for (k, row) in input.chunks_exact_mut(width).enumerate() {
            if k < here {
                luma(start + k, row);
            } else {
                row.fill(0.0);
            }
        }
        interleave(&input, &mut mixed);
        running_sums(&mixed, columns.width, columns.half, &mut mixed_sums);
        separate(&mixed_sums, &mut sums);
        for k in 0..BATCH.min(height + rows.half - 1 - start) {
            let out = &mut filtered[filled * width..][..width];
            filled += usize::from(first.push(&sums[k * width..][..width], &counts, out));
            if filled == BATCH {
                second.push(&filtered, filled);
                filled = 0;
            }
        }
    }
    second.push(&filtered, filled);
    second.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `box1DFloat`, written down as it is.
    fn plain_box(input: &[f32]) -> Vec<f32> {
        let n = input.len();
        let window = n.div_ceil(128);
        let half = (window + 2) / 2;
        let (mut sum, mut count) = (0f32, 0usize);
        let mut output = Vec::with_capacity(n);
        for right in 0..n + half - 1 {
            if right < n {
                sum += input[right];
                count += 1;
            }
            if right >= window {
                sum -= input[right - window];
                count -= 1;
            }
            if right + 1 >= half {
                output.push(sum / count as f32);
            }
        }
        output
    }

    /// Two passes over the whole plane, then the decimation.
    fn plain_samples(width: usize, height: usize, luma: &[f32]) -> Vec<f32> {
        let mut plane = luma.to_vec();
        for _ in 0..2 {
            for row in plane.chunks_exact_mut(width) {
                row.copy_from_slice(&plain_box(row));
            }
            for x in 0..width {
                let column: Vec<f32> = plane.iter().skip(x).step_by(width).copied().collect();
                for (y, value) in plain_box(&column).into_iter().enumerate() {
                    plane[y * width + x] = value;
                }
            }
        }
        let at = |i: usize, n: usize| (2 * i + 1) * n / 128;
        (0..64 * 64)
            .map(|k| plane[at(k / 64, height) * width + at(k % 64, width)])
            .collect()
    }

    #[test]
    fn batches_give_the_bits_of_the_plain_filter() {
        for (width, height) in [
            (5, 5),
            (7, 513),
            (64, 65),
            (128, 129),
            (129, 128),
            (300, 211),
            (257, 640),
            (1025, 770),
        ] {
            let luma: Vec<f32> = (0..width * height)
                .map(|i| (i as u32).wrapping_mul(2_654_435_761) >> 8)
                .map(|v| v as f32 / 65_793.0)
                .collect();
            let ours = samples(width, height, |y, row| {
                row.copy_from_slice(&luma[y * width..][..width]);
            });
            assert_eq!(ours, plain_samples(width, height, &luma), "{width}×{height}");
        }
    }
}
