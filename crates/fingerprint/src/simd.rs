//! Runs plain loops with the widest vectors of the processor at hand.
//!
//! The loops are ordinary safe Rust, compiled twice: for the baseline and with AVX2 allowed. Neither re-orders
//! additions nor fuses multiply and add, so both give the same bits.
#![expect(
    unsafe_code,
    reason = "calls functions compiled for AVX2 after checking that the processor has it"
)]

pub mod neighbours;
mod side_by_side;

pub(crate) use side_by_side::{interleave, separate};

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

/// Rows that are worked on together: as many as fit a register.
pub(crate) const BATCH: usize = 8;

/// Eight rows side by side: element `x` holds value `x` of each row.
pub(crate) type Eight = [f32; BATCH];

#[inline(always)]
fn add(sums: &mut Eight, values: &Eight) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

#[inline(always)]
fn subtract(sums: &mut Eight, values: &Eight) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum -= value);
}

widest! {
    /// The sums of a box that runs along each of eight rows: at each step the next value is added, then the oldest
    /// subtracted. The sum after `half` values is the first output.
    pub(crate) fn running_sums(rows: &[Eight], window: usize, half: usize, out: &mut [Eight]) {
        let n = rows.len();
        let mut sums = [0f32; 8];
        let mut outs = out.iter_mut();
        let (lead, rest) = rows.split_at(window);
        for (x, new) in lead.iter().enumerate() {
            add(&mut sums, new);
            if x + 1 >= half && let Some(out) = outs.next() {
                *out = sums;
            }
        }
        for ((new, old), out) in rest.iter().zip(rows).zip(&mut outs) {
            add(&mut sums, new);
            subtract(&mut sums, old);
            *out = sums;
        }
        for (old, out) in rows[n - window..].iter().zip(outs) {
            subtract(&mut sums, old);
            *out = sums;
        }
    }
}

widest! {
    /// The same sums, of which only those at the columns `kept` are written; these must ascend.
    pub(crate) fn running_sums_at(
        rows: &[Eight],
        window: usize,
        half: usize,
        kept: &[usize; 64],
        out: &mut [Eight; 64],
    ) {
        let n = rows.len();
        let mut sums = [0f32; 8];
        let mut next = 0;
        for (column, out) in kept.iter().zip(out) {
            let end = column + half;
            for new in &rows[next.min(window)..end.min(window)] {
                add(&mut sums, new);
            }
            let (from, to) = (next.clamp(window, n), end.clamp(window, n));
            for (new, old) in rows[from..to].iter().zip(&rows[from - window..]) {
                add(&mut sums, new);
                subtract(&mut sums, old);
            }
            for old in &rows[next.max(n) - window..end.max(n) - window] {
                subtract(&mut sums, old);
            }
            next = end;
            *out = sums;
        }
    }
}

widest! {
    /// `sum[x] = Σ_k weight[k] · rows[k][x]`, added in the order of `k`. For few rows: their sums stay in registers.
    pub(crate) fn weigh_rows(sum: &mut [f32], rows: &[&[u8]], weights: &[f32]) {
        let n = sum.len();
        let (blocks, rest) = sum.as_chunks_mut::<64>();
        for (i, block) in blocks.iter_mut().enumerate() {
            let mut values = [0f32; 64];
            for (row, weight) in rows.iter().zip(weights) {
                for (value, pixel) in values.iter_mut().zip(&row[..n].as_chunks::<64>().0[i]) {
                    *value += weight * f32::from(*pixel);
                }
            }
            *block = values;
        }
        let done = n - rest.len();
        for (x, value) in rest.iter_mut().enumerate() {
            *value = 0.0;
            for (row, weight) in rows.iter().zip(weights) {
                *value += weight * f32::from(row[done + x]);
            }
        }
    }
}

widest! {
    /// `out[x] = luma · (the three channels of pixel x)`.
    pub(crate) fn weigh_channels(channels: &[f32], luma: [f32; 3], out: &mut [f32]) {
        for (value, pixel) in out.iter_mut().zip(channels.as_chunks::<3>().0) {
            *value = luma[0] * pixel[0] + luma[1] * pixel[1] + luma[2] * pixel[2];
        }
    }
}

widest! {
    /// Sums of products along eight rows that lie side by side, each in the order of its taps and rounded to a byte.
    /// Output `j` has the taps from `starts[j].1` to `starts[j + 1].1` for the values from `starts[j].0`.
    pub(crate) fn dots(rows: &[Eight], starts: &[(u32, u32)], taps: &[f32], out: &mut [[u8; 8]]) {
        for (out, ends) in out.iter_mut().zip(starts.windows(2)) {
            let weights = &taps[ends[0].1 as usize..ends[1].1 as usize];
            let mut sums = [0f32; 8];
            for (values, weight) in rows[ends[0].0 as usize..][..weights.len()].iter().zip(weights) {
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += value * weight;
                }
            }
            // A sum is 0 to 255, so that this lies between 256 and 512, where the 8 bits above the 15 lowest are the whole
            // part. A cast would ask of each sum whether it fits.
            *out = sums.map(|sum| ((sum + 256.5).to_bits() >> 15) as u8);
        }
    }
}

widest! {
    /// The rows that lie side by side in `rows`, one after the other, as many as `out` has room for.
    pub(crate) fn separate_bytes(rows: &[[u8; 8]], out: &mut [u8]) {
        let n = rows.len();
        for (k, row) in out.chunks_exact_mut(n).enumerate() {
            row.iter_mut().zip(rows).for_each(|(byte, values)| *byte = values[k]);
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
            let mut rows = vec![[0f32; 8]; n];
            interleave(&batch, &mut rows);

            let (mut wide, mut plain) = (vec![[0f32; 8]; n], vec![[0f32; 8]; n]);
            running_sums(&rows, window, half, &mut wide);
            running_sums::baseline(&rows, window, half, &mut plain);
            assert_eq!(wide, plain, "{n}");

            let kept: [usize; 64] = std::array::from_fn(|j| (2 * j + 1) * n / 128);
            let (mut some, mut plain) = ([[0f32; 8]; 64], [[0f32; 8]; 64]);
            running_sums_at(&rows, window, half, &kept, &mut some);
            running_sums_at::baseline(&rows, window, half, &kept, &mut plain);
            assert_eq!(some, kept.map(|column| wide[column]), "{n}");
            assert_eq!(some, plain, "{n}");

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

    #[test]
    fn wide_and_baseline_weigh_alike() {
        for n in [1usize, 7, 63, 64, 65, 300] {
            let bytes: Vec<u8> = (0..5 * n).map(|i| (i * 37 + i * i / 5) as u8).collect();
            let rows: Vec<&[u8]> = bytes.chunks_exact(n).collect();
            let weights = [0.1, 0.3, 0.25, 0.3, 0.05];
            let (mut wide, mut plain) = (vec![1f32; n], vec![2f32; n]);
            weigh_rows(&mut wide, &rows, &weights);
            weigh_rows::baseline(&mut plain, &rows, &weights);
            assert_eq!(wide, plain, "{n}");
            let mut one_by_one = vec![0f32; n];
            for (row, weight) in rows.iter().zip(weights) {
                accumulate1(&mut one_by_one, row, weight);
            }
            assert_eq!(wide, one_by_one, "{n}");

            let channels = lumas(3 * n);
            weigh_channels(&channels, [0.299, 0.587, 0.114], &mut wide);
            weigh_channels::baseline(&channels, [0.299, 0.587, 0.114], &mut plain);
            assert_eq!(wide, plain, "{n}");

            let mut side_by_side = vec![[0f32; 8]; n];
            interleave(&lumas(8 * n), &mut side_by_side);
            let starts: Vec<(u32, u32)> = (0..=n as u32).map(|j| (j, j)).collect();
            let taps = vec![1f32; n];
            let (mut wide, mut plain) = (vec![[0u8; 8]; n], vec![[1u8; 8]; n]);
            dots(&side_by_side, &starts, &taps, &mut wide);
            dots::baseline(&side_by_side, &starts, &taps, &mut plain);
            assert_eq!(wide, plain, "{n}");
            let rounded = side_by_side.iter().map(|row| row.map(|v| (v + 0.5) as u8));
            assert!(rounded.eq(wide.iter().copied()), "{n}");

            let (mut apart, mut plain) = (vec![0u8; 5 * n], vec![1u8; 5 * n]);
            separate_bytes(&wide, &mut apart);
            separate_bytes::baseline(&wide, &mut plain);
            assert_eq!(apart, plain, "{n}");
            let at = |k: usize, x: usize| apart[k * n + x];
            assert!((0..5 * n).all(|i| at(i / n, i % n) == wide[i % n][i / n]), "{n}");
        }
    }
}
