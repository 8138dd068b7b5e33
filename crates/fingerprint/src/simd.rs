//! Runs plain loops with the widest vectors of the processor at hand.
//!
//! The loops are ordinary safe Rust, compiled twice: for the baseline and with AVX2 allowed. Neither re-orders
//! additions nor fuses multiply and add, so both give the same bits.
#![expect(
    unsafe_code,
    reason = "calls functions compiled for AVX2 after checking that the processor has it"
)]

/// Defines a function whose body is compiled for the baseline and for AVX2, chosen at run time.
macro_rules! widest {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$meta])*
        $vis fn $name($($arg: $type),*) {
            #[inline(always)]
            fn scalar($($arg: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($arg: $type),*) { scalar($($arg),*) }

                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has AVX2, checked on the line above.
                    return unsafe { avx2($($arg),*) };
                }
            }
            scalar($($arg),*)
        }

        #[cfg(test)]
        pub(crate) mod $name {
            #[allow(unused_imports, reason = "some bodies need no import")]
            use super::*;
            /// The same body for the baseline, to compare with.
            pub(crate) fn baseline($($arg: $type),*) $body
        }
    };
}

widest! {
    /// `sum[x] += Σ_k weight[k] · rows[k][x]`, added in the order of `k`; all slices have one length.
    pub(crate) fn accumulate4(sum: &mut [f32], rows: [&[u8]; 4], weights: [f32; 4]) {
        let n = sum.len();
        let [a, b, c, d] = rows.map(|row| &row[..n]);
        for x in 0..n {
            let mut value = sum[x];
            value += weights[0] * f32::from(a[x]);
            value += weights[1] * f32::from(b[x]);
            value += weights[2] * f32::from(c[x]);
            value += weights[3] * f32::from(d[x]);
            sum[x] = value;
        }
    }
}

widest! {
    /// `sum[x] += weight · row[x]`.
    pub(crate) fn accumulate1(sum: &mut [f32], row: &[u8], weight: f32) {
        for (value, pixel) in sum.iter_mut().zip(row) {
            *value += weight * f32::from(*pixel);
        }
    }
}

widest! {
    /// `sum[x] += weight · row[x]` over floats.
    pub(crate) fn accumulate_float(sum: &mut [f32], row: &[f32], weight: f32) {
        for (value, sample) in sum.iter_mut().zip(row) {
            *value += weight * *sample;
        }
    }
}

widest! {
    /// A row of running sums goes down the columns of a box filter: `row = sums / counts` replaces the oldest row of
    /// the box, `sum += row`, then `sum -= oldest`, and `out = sum / count`.
    pub(crate) fn columns_down(
        sum: &mut [f32],
        oldest: &mut [f32],
        sums: &[f32],
        counts: &[f32],
        count: f32,
        out: &mut [f32],
    ) {
        let n = sum.len();
        let (oldest, out) = (&mut oldest[..n], &mut out[..n]);
        let (sums, counts) = (&sums[..n], &counts[..n]);
        for x in 0..n {
            let value = sums[x] / counts[x];
            sum[x] = sum[x] + value - oldest[x];
            oldest[x] = value;
            out[x] = sum[x] / count;
        }
    }
}

/// The eight rows of a batch.
#[inline(always)]
fn eight(batch: &[f32]) -> [&[f32]; 8] {
    let n = batch.len() / 8;
    std::array::from_fn(|k| &batch[k * n..][..n])
}

#[inline(always)]
fn add_each(sums: &mut [f32; 8], rows: &[&[f32]; 8], x: usize) {
    sums.iter_mut().zip(rows).for_each(|(sum, row)| *sum += row[x]);
}

#[inline(always)]
fn subtract_each(sums: &mut [f32; 8], rows: &[&[f32]; 8], x: usize) {
    sums.iter_mut().zip(rows).for_each(|(sum, row)| *sum -= row[x]);
}

#[inline(always)]
fn write_each(sums: &[f32; 8], outs: &mut [&mut [f32]; 8], x: usize) {
    outs.iter_mut().zip(sums).for_each(|(out, sum)| out[x] = *sum);
}

widest! {
    /// The sums of a box that runs along each of eight rows: at each step the next value is added, then the oldest
    /// subtracted. The sum after `half` values is the first output.
    pub(crate) fn running_sums(batch: &[f32], window: usize, half: usize, out: &mut [f32]) {
        let rows = eight(batch);
        let n = rows[0].len();
        let mut outs = out.chunks_exact_mut(n);
        let mut outs: [&mut [f32]; 8] = std::array::from_fn(|_| outs.next().unwrap_or_default());
        let mut sums = [0f32; 8];
        for x in 0..window {
            add_each(&mut sums, &rows, x);
            if x + 1 >= half {
                write_each(&sums, &mut outs, x + 1 - half);
            }
        }
        // Slices of one length let the compiler leave out the checks.
        let (lead, inner) = (window + 1 - half, n - window);
        let (new, old) = (rows.map(|row| &row[window..][..inner]), rows.map(|row| &row[..inner]));
        let mut inner_outs = outs.each_mut().map(|row| &mut row[lead..][..inner]);
        for x in 0..inner {
            add_each(&mut sums, &new, x);
            subtract_each(&mut sums, &old, x);
            write_each(&sums, &mut inner_outs, x);
        }
        for x in inner..inner + half - 1 {
            subtract_each(&mut sums, &rows, x);
            write_each(&sums, &mut outs, x + lead);
        }
    }
}

widest! {
    /// The same sums, of which only those at the columns `kept` are written; these must ascend.
    pub(crate) fn running_sums_at(
        batch: &[f32],
        window: usize,
        half: usize,
        kept: &[usize; 64],
        out: &mut [[f32; 64]; 8],
    ) {
        let rows = eight(batch);
        let n = rows[0].len();
        let mut sums = [0f32; 8];
        let mut next = 0;
        for (j, column) in kept.iter().enumerate() {
            let end = column + half;
            for x in next..end.min(window) {
                add_each(&mut sums, &rows, x);
            }
            let (from, to) = (next.max(window), end.min(n));
            if from < to {
                let new = rows.map(|row| &row[from..to]);
                let old = rows.map(|row| &row[from - window..][..to - from]);
                for x in 0..to - from {
                    add_each(&mut sums, &new, x);
                    subtract_each(&mut sums, &old, x);
                }
            }
            for x in next.max(n)..end {
                subtract_each(&mut sums, &rows, x - window);
            }
            next = next.max(end);
            out.iter_mut().zip(sums).for_each(|(row, sum)| row[j] = sum);
        }
    }
}

widest! {
    /// Luma of interleaved RGB: 0.299, 0.587 and 0.114 of the channels, correctly rounded. The weighted sum in
    /// thousandths is a whole number below 2^24, so that only the division rounds.
    pub(crate) fn luma_of_rgb(rgb: &[u8], out: &mut [f32]) {
        for (value, p) in out.iter_mut().zip(rgb.as_chunks::<3>().0) {
            let thousandths = 299 * i32::from(p[0]) + 587 * i32::from(p[1]) + 114 * i32::from(p[2]);
            *value = thousandths as f32 / 1000.0;
        }
    }
}

widest! {
    /// Bytes as floats.
    pub(crate) fn floats_of(bytes: &[u8], out: &mut [f32]) {
        for (value, byte) in out.iter_mut().zip(bytes) {
            *value = f32::from(*byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_baseline_give_the_same_bits() {
        for n in [0, 1, 7, 8, 9, 31, 64, 257] {
            let rows: [Vec<u8>; 4] =
                std::array::from_fn(|k| (0..n).map(|x| (x * 37 + k * 101 + x * x) as u8).collect());
            let start: Vec<f32> = (0..n).map(|x| (x as f32).sin() * 50.0).collect();
            let weights = [0.013, 0.31, 0.007, 0.9];
            let views = [&rows[0][..], &rows[1][..], &rows[2][..], &rows[3][..]];
            let (mut wide, mut plain) = (start.clone(), start.clone());
            accumulate4(&mut wide, views, weights);
            accumulate4::baseline(&mut plain, views, weights);
            assert_eq!(wide, plain);
            accumulate1(&mut wide, &rows[0], 0.77);
            accumulate1::baseline(&mut plain, &rows[0], 0.77);
            assert_eq!(wide, plain);
            let copy = start.clone();
            accumulate_float(&mut wide, &copy, 0.21);
            accumulate_float::baseline(&mut plain, &copy, 0.21);
            assert_eq!(wide, plain);
        }
    }

    /// Values of the size of luma that are not whole.
    fn lumas(n: usize) -> Vec<f32> {
        (0..n as u32)
            .map(|i| i.wrapping_mul(2_654_435_761) >> 8)
            .map(|v| v as f32 / 65_793.0)
            .collect()
    }

    #[test]
    fn wide_and_baseline_run_the_same_sums() {
        for n in [5usize, 64, 127, 128, 129, 300, 1025] {
            let window = n.div_ceil(128);
            let half = (window + 2) / 2;
            let batch = lumas(8 * n);
            let (mut wide, mut plain) = (vec![0f32; 8 * n], vec![0f32; 8 * n]);
            running_sums(&batch, window, half, &mut wide);
            running_sums::baseline(&batch, window, half, &mut plain);
            assert_eq!(wide, plain, "{n}");

            let kept: [usize; 64] = std::array::from_fn(|j| (2 * j + 1) * n / 128);
            let mut some = [[0f32; 64]; 8];
            running_sums_at(&batch, window, half, &kept, &mut some);
            for (row, sums) in wide.chunks_exact(n).zip(&some) {
                assert_eq!(kept.map(|column| row[column]), *sums, "{n}");
            }
            running_sums_at::baseline(&batch, window, half, &kept, &mut some);
            for (row, sums) in wide.chunks_exact(n).zip(&some) {
                assert_eq!(kept.map(|column| row[column]), *sums, "{n}");
            }

            let counts: Vec<f32> = (0..n).map(|x| (x % 9 + 1) as f32).collect();
            let (mut wide, mut plain) = ([(); 3].map(|()| lumas(n)), [(); 3].map(|()| lumas(n)));
            let [sum, oldest, out] = &mut wide;
            columns_down(sum, oldest, &batch[..n], &counts, 7.0, out);
            let [sum, oldest, out] = &mut plain;
            columns_down::baseline(sum, oldest, &batch[..n], &counts, 7.0, out);
            assert_eq!(wide, plain, "{n}");
        }
    }

    #[test]
    fn luma_in_thousandths_is_the_luma_of_the_reference() {
        let mut rgb = Vec::new();
        for r in 0..=255u8 {
            rgb.clear();
            for g in 0..=255u8 {
                rgb.extend((0..=255u8).flat_map(|b| [r, g, b]));
            }
            let (mut wide, mut plain) = (vec![0f32; 65_536], vec![0f32; 65_536]);
            luma_of_rgb(&rgb, &mut wide);
            luma_of_rgb::baseline(&rgb, &mut plain);
            let doubles = rgb.as_chunks::<3>().0.iter().map(|p| {
                let [r, g, b] = p.map(f64::from);
                (0.299 * r + 0.587 * g + 0.114 * b) as f32
            });
            assert!(doubles.eq(wide.iter().copied()), "r={r}");
            assert_eq!(wide, plain, "r={r}");
        }
        let bytes: Vec<u8> = (0..=255).collect();
        let (mut wide, mut plain) = (vec![0f32; 256], vec![0f32; 256]);
        floats_of(&bytes, &mut wide);
        floats_of::baseline(&bytes, &mut plain);
        assert_eq!(wide, plain);
        assert!(wide.iter().enumerate().all(|(i, v)| *v == i as f32));
    }
}
