//! PDQ's down-sampling in the reference's own order of float operations.
//!
//! The sparse product of [`crate::sample`] is the same linear map with smaller rounding errors. Where a bit of the
//! hash or a step of the quality hangs on those errors (two frequencies equal to five digits, a gradient on a whole
//! number), only the reference's own running sums tell what it would say. They are streamed here: one row at a
//! time, with a ring of as many rows as the box is high.

use std::collections::VecDeque;

/// Running box average along columns: rows in, filtered rows out, same order of additions as `box1DFloat`.
struct ColumnBox {
    window: usize,
    half: usize,
    pushed: usize,
    count: usize,
    sum: Vec<f32>,
    ring: VecDeque<Vec<f32>>,
}

impl ColumnBox {
    fn new(width: usize, height: usize) -> Self {
        let window = height.div_ceil(128);
        Self {
            window,
            half: (window + 2) / 2,
            pushed: 0,
            count: 0,
            sum: vec![0.0; width],
            ring: VecDeque::new(),
        }
    }

    fn output(&self) -> Vec<f32> {
        self.sum.iter().map(|sum| sum / self.count as f32).collect()
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.ring.pop_front() {
            self.sum
                .iter_mut()
                .zip(&oldest)
                .for_each(|(sum, value)| *sum -= value);
        }
    }

    fn push(&mut self, row: Vec<f32>) -> Option<Vec<f32>> {
        self.sum
            .iter_mut()
            .zip(&row)
            .for_each(|(sum, value)| *sum += value);
        self.ring.push_back(row);
        self.pushed += 1;
        if self.pushed > self.window {
            self.drop_oldest();
        } else {
            self.count += 1;
        }
        (self.pushed >= self.half).then(|| self.output())
    }

    fn finish(mut self) -> Vec<Vec<f32>> {
        (1..self.half)
            .map(|_| {
                self.drop_oldest();
                self.count -= 1;
                self.output()
            })
            .collect()
    }
}

/// Running box average along a row, `box1DFloat` with stride 1.
fn row_box(input: &[f32]) -> Vec<f32> {
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

/// 64×64 samples as the reference computes them; `luma` gives the floats of row `y`.
pub(crate) fn samples(width: usize, height: usize, luma: impl Fn(usize) -> Vec<f32>) -> Vec<f32> {
    if (width, height) == (64, 64) {
        return (0..64).flat_map(luma).collect();
    }
    let mut out = Vec::with_capacity(64 * 64);
    let (mut wanted, mut emitted) = (0usize, 0usize);
    let mut keep = |row: Vec<f32>| {
        // Small pictures repeat rows: one filtered row may serve several samples.
        while wanted < 64 && (2 * wanted + 1) * height / 128 == emitted {
            out.extend((0..64).map(|j| row[(2 * j + 1) * width / 128]));
            wanted += 1;
        }
        emitted += 1;
    };
    let (mut first, mut second) = (ColumnBox::new(width, height), ColumnBox::new(width, height));
    for y in 0..height {
        if let Some(row) = first.push(row_box(&luma(y)))
            && let Some(row) = second.push(row_box(&row))
        {
            keep(row);
        }
    }
    for row in first.finish() {
        if let Some(row) = second.push(row_box(&row)) {
            keep(row);
        }
    }
    second.finish().into_iter().for_each(keep);
    out
}
