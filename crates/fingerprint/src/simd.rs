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
            #[expect(unused_imports, reason = "some bodies need no import")]
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
}
