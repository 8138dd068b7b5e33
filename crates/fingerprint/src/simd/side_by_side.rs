//! Eight rows side by side, and back: squares of eight by eight floats, turned in registers.

use super::{BATCH, Eight};

/// Puts eight rows of one length, which follow each other in `batch`, side by side.
pub(crate) fn interleave(batch: &[f32], out: &mut [Eight]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, checked on the line above.
        return unsafe { turned::interleave(batch, out) };
    }
    interleave_from(0, batch, out);
}

/// Undoes [`interleave`].
pub(crate) fn separate(rows: &[Eight], batch: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, checked on the line above.
        return unsafe { turned::separate(rows, batch) };
    }
    separate_from(0, rows, batch);
}

/// From column `from` on, one value after the other.
pub(super) fn interleave_from(from: usize, batch: &[f32], out: &mut [Eight]) {
    let n = out.len();
    let rows: [&[f32]; BATCH] = std::array::from_fn(|k| &batch[k * n..][..n]);
    for (x, out) in out.iter_mut().enumerate().skip(from) {
        *out = rows.map(|row| row[x]);
    }
}

/// From column `from` on, one value after the other.
pub(super) fn separate_from(from: usize, rows: &[Eight], batch: &mut [f32]) {
    let n = rows.len();
    for (x, values) in rows.iter().enumerate().skip(from) {
        for (k, value) in values.iter().enumerate() {
            batch[k * n + x] = *value;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod turned {
    use std::arch::x86_64::*;

    use super::{BATCH, Eight, interleave_from, separate_from};

    #[target_feature(enable = "avx2")]
    #[inline]
    fn load(values: &Eight) -> __m256 {
        // SAFETY: the reference covers the 32 bytes that are read; the load needs no alignment.
        unsafe { _mm256_loadu_ps(values.as_ptr()) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn store(values: &mut Eight, register: __m256) {
        // SAFETY: the reference covers the 32 bytes that are written; the store needs no alignment.
        unsafe { _mm256_storeu_ps(values.as_mut_ptr(), register) }
    }

    /// Rows to columns: in pairs, in fours, then across the halves of the registers.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn turn(r: [__m256; 8]) -> [__m256; 8] {
        let [a, b, c, d] = [
            _mm256_unpacklo_ps(r[0], r[1]),
            _mm256_unpackhi_ps(r[0], r[1]),
            _mm256_unpacklo_ps(r[2], r[3]),
            _mm256_unpackhi_ps(r[2], r[3]),
        ];
        let [e, f, g, h] = [
            _mm256_unpacklo_ps(r[4], r[5]),
            _mm256_unpackhi_ps(r[4], r[5]),
            _mm256_unpacklo_ps(r[6], r[7]),
            _mm256_unpackhi_ps(r[6], r[7]),
        ];
        const LOW: i32 = 0b01_00_01_00;
        const HIGH: i32 = 0b11_10_11_10;
        let upper = [
            _mm256_shuffle_ps::<LOW>(a, c),
            _mm256_shuffle_ps::<HIGH>(a, c),
            _mm256_shuffle_ps::<LOW>(b, d),
            _mm256_shuffle_ps::<HIGH>(b, d),
        ];
        let lower = [
            _mm256_shuffle_ps::<LOW>(e, g),
            _mm256_shuffle_ps::<HIGH>(e, g),
            _mm256_shuffle_ps::<LOW>(f, h),
            _mm256_shuffle_ps::<HIGH>(f, h),
        ];
        [
            _mm256_permute2f128_ps::<0x20>(upper[0], lower[0]),
            _mm256_permute2f128_ps::<0x20>(upper[1], lower[1]),
            _mm256_permute2f128_ps::<0x20>(upper[2], lower[2]),
            _mm256_permute2f128_ps::<0x20>(upper[3], lower[3]),
            _mm256_permute2f128_ps::<0x31>(upper[0], lower[0]),
            _mm256_permute2f128_ps::<0x31>(upper[1], lower[1]),
            _mm256_permute2f128_ps::<0x31>(upper[2], lower[2]),
            _mm256_permute2f128_ps::<0x31>(upper[3], lower[3]),
        ]
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn interleave(batch: &[f32], out: &mut [Eight]) {
        let n = out.len();
        let rows: [&[Eight]; BATCH] = std::array::from_fn(|k| batch[k * n..][..n].as_chunks().0);
        let (squares, rest) = out.as_chunks_mut::<8>();
        let whole = n - rest.len();
        for (i, square) in squares.iter_mut().enumerate() {
            let columns = turn([
                load(&rows[0][i]),
                load(&rows[1][i]),
                load(&rows[2][i]),
                load(&rows[3][i]),
                load(&rows[4][i]),
                load(&rows[5][i]),
                load(&rows[6][i]),
                load(&rows[7][i]),
            ]);
            for k in 0..8 {
                store(&mut square[k], columns[k]);
            }
        }
        interleave_from(whole, batch, out);
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn separate(rows: &[Eight], batch: &mut [f32]) {
        let n = rows.len();
        let squares = rows.as_chunks::<8>().0;
        let mut parts = batch.chunks_exact_mut(n.max(1));
        let lines: [&mut [Eight]; BATCH] =
            std::array::from_fn(|_| parts.next().unwrap_or_default().as_chunks_mut().0);
        for (i, s) in squares.iter().enumerate() {
            let turned = turn([
                load(&s[0]),
                load(&s[1]),
                load(&s[2]),
                load(&s[3]),
                load(&s[4]),
                load(&s[5]),
                load(&s[6]),
                load(&s[7]),
            ]);
            for k in 0..8 {
                store(&mut lines[k][i], turned[k]);
            }
        }
        separate_from(8 * squares.len(), rows, batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_there_and_back() {
        for n in 0..70 {
            let batch: Vec<f32> = (0..8 * n).map(|i| i as f32).collect();
            let mut rows = vec![[-1f32; 8]; n];
            interleave(&batch, &mut rows);
            for (x, values) in rows.iter().enumerate() {
                assert_eq!(*values, std::array::from_fn(|k| (k * n + x) as f32), "{n}");
            }
            let mut again = vec![-1f32; 8 * n];
            separate(&rows, &mut again);
            assert_eq!(again, batch, "{n}");
            let (mut plain_rows, mut plain) = (vec![[-1f32; 8]; n], vec![-1f32; 8 * n]);
            interleave_from(0, &batch, &mut plain_rows);
            separate_from(0, &rows, &mut plain);
            assert_eq!((plain_rows, plain), (rows, batch), "{n}");
        }
    }
}
