//! Pixels that are stored as their difference from what their neighbours predict: the five filters of a row in PNG
//! (PNG specification, 9).
//!
//! By most filters a pixel hangs on the one before it, so that a row by itself goes no faster than the latency of one
//! prediction a pixel. Eight rows are undone together instead, each one pixel behind the row above it: then what a
//! pixel needs of the row above is what that row had a step before, and lies in the register beside it.

const SUB: u8 = 1;
const UP: u8 = 2;
const AVERAGE: u8 = 3;
const PAETH: u8 = 4;

/// Predicts from the left, the upper and the upper left neighbour: the one nearest to left + up - upper left, of equally
/// near ones the first.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let estimate = a + b - c;
    let [to_a, to_b, to_c] = [a, b, c].map(|v| (estimate - v).abs());
    if to_a <= to_b && to_a <= to_c {
        left
    } else if to_b <= to_c {
        up
    } else {
        corner
    }
}

/// Undoes the filter of the bytes from `from` to `to` of one row whose bytes before are done.
#[cfg(target_arch = "x86_64")]
fn undo_span<const BPP: usize>(line: Line<'_>, above: &[u8], row: &mut [u8], from: usize, to: usize) {
    for i in from..to {
        let up = above[i];
        let (left, corner) = match i.checked_sub(BPP) {
            Some(before) => (row[before], above[before]),
            None => (0, 0),
        };
        let predicted = match line.filter {
            SUB => left,
            UP => up,
            AVERAGE => left.midpoint(up),
            PAETH => paeth(left, up, corner),
            _ => 0,
        };
        row[i] = line.bytes[i].wrapping_add(predicted);
    }
}

/// Undoes the filter of a whole row.
fn undo_row<const BPP: usize>(line: Line<'_>, above: &[u8], row: &mut [u8]) {
    match line.filter {
        SUB => along::<BPP>(line, above, row, |left, _, _| left),
        UP => along::<BPP>(line, above, row, |_, up, _| up),
        AVERAGE => along::<BPP>(line, above, row, |left, up, _| left.midpoint(up)),
        PAETH => along::<BPP>(line, above, row, paeth),
        _ => row.copy_from_slice(line.bytes),
    }
}

#[inline(always)]
fn along<const BPP: usize>(line: Line<'_>, above: &[u8], row: &mut [u8], predict: impl Fn(u8, u8, u8) -> u8) {
    let (mut left, mut corner) = ([0; BPP], [0; BPP]);
    let pixels = row.as_chunks_mut::<BPP>().0.iter_mut();
    let stored = line.bytes.as_chunks::<BPP>().0;
    for ((pixel, stored), up) in pixels.zip(stored).zip(above.as_chunks::<BPP>().0) {
        for k in 0..BPP {
            pixel[k] = stored[k].wrapping_add(predict(left[k], up[k], corner[k]));
        }
        (left, corner) = (*pixel, *up);
    }
}

/// A row as it is stored.
#[derive(Clone, Copy, Default)]
struct Line<'a> {
    filter: u8,
    bytes: &'a [u8],
}

/// Undoes the filters of consecutive rows of pixels of `bpp` bytes, 1 to 4, into `rows`, which hold no gaps. In
/// `stored` a byte for the filter (0 none, 1 left, 2 up, 3 average, 4 Paeth) stands before each row. `above` is the row
/// above the first, zeros where there is none.
///
/// None if a filter is none of these, or the lengths do not fit each other; `rows` then hold anything.
///
/// ```
/// use basira_fingerprint::neighbours::undo;
/// let mut rows = [0; 6];
/// undo(&[1, 10, 1, 1, 2, 0, 0, 9], 1, &[0; 3], &mut rows).unwrap();
/// assert_eq!(rows, [10, 11, 12, 10, 11, 21]);
/// ```
#[must_use]
pub fn undo(stored: &[u8], bpp: usize, above: &[u8], rows: &mut [u8]) -> Option<()> {
    match bpp {
        1 => undo_rows::<1, 4>(stored, above, rows),
        2 => undo_rows::<2, 8>(stored, above, rows),
        3 => undo_rows::<3, 12>(stored, above, rows),
        4 => undo_rows::<4, 16>(stored, above, rows),
        _ => None,
    }
}

/// `FOUR` is the bytes of four pixels.
fn undo_rows<const BPP: usize, const FOUR: usize>(
    stored: &[u8],
    above: &[u8],
    rows: &mut [u8],
) -> Option<()> {
    let stride = above.len();
    let count = rows.len().checked_div(stride)?;
    if !stride.is_multiple_of(BPP) || rows.len() != count * stride || stored.len() != count * (stride + 1) {
        return None;
    }
    let mut lines = stored.chunks_exact(stride + 1).map(|line| Line {
        filter: line[0],
        bytes: &line[1..],
    });
    if lines.clone().any(|line| line.filter > PAETH) {
        return None;
    }
    let mut above = above;
    for rows in rows.chunks_mut(TOGETHER * stride) {
        let mut group = [Line::default(); TOGETHER];
        let count = rows.len() / stride;
        group
            .iter_mut()
            .zip(lines.by_ref().take(count))
            .for_each(|(to, line)| *to = line);
        match count {
            TOGETHER => undo_together::<BPP, FOUR>(&group, above, rows),
            _ => undo_apart::<BPP>(&group[..count], above, rows),
        }
        above = &rows[rows.len() - stride..];
    }
    Some(())
}

/// One row after the other.
fn undo_apart<const BPP: usize>(lines: &[Line<'_>], above: &[u8], rows: &mut [u8]) {
    let mut over = above;
    for (row, line) in rows.chunks_exact_mut(above.len()).zip(lines) {
        undo_row::<BPP>(*line, over, row);
        over = row;
    }
}

/// Rows that are undone together: [`REGISTERS`] of four rows, a pixel of four bytes each.
const TOGETHER: usize = 4 * REGISTERS;
/// Two, so that one is worked on while the other waits for its result.
const REGISTERS: usize = 2;

#[cfg(not(target_arch = "x86_64"))]
use undo_apart_together as undo_together;

#[cfg(not(target_arch = "x86_64"))]
fn undo_apart_together<const BPP: usize, const FOUR: usize>(
    lines: &[Line<'_>; TOGETHER],
    above: &[u8],
    rows: &mut [u8],
) {
    undo_apart::<BPP>(lines, above, rows);
}

#[cfg(target_arch = "x86_64")]
fn undo_together<const BPP: usize, const FOUR: usize>(
    lines: &[Line<'_>; TOGETHER],
    above: &[u8],
    rows: &mut [u8],
) {
    let averages = lines.iter().any(|line| line.filter == AVERAGE);
    match (averages, std::arch::is_x86_feature_detected!("avx2")) {
        // SAFETY: the processor has AVX2, checked on the line above.
        (false, true) => unsafe { together::avx2::<BPP, FOUR, false>(lines, above, rows) },
        // SAFETY: as above.
        (true, true) => unsafe { together::avx2::<BPP, FOUR, true>(lines, above, rows) },
        _ => undo_apart::<BPP>(lines, above, rows),
    }
}

#[cfg(target_arch = "x86_64")]
mod together {
    use std::arch::x86_64::*;

    use super::{AVERAGE, Line, PAETH, REGISTERS, SUB, TOGETHER, UP, undo_span};

    /// Which neighbours the filter of each row looks at. *Left* and *up* are *Paeth* with the others taken for 0.
    #[derive(Clone, Copy)]
    struct Masks {
        left: __m128i,
        up: __m128i,
        corner: __m128i,
        average: __m128i,
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn lanes(rows: [u32; 4]) -> __m128i {
        let [a, b, c, d] = rows;
        _mm_setr_epi32(a as i32, b as i32, c as i32, d as i32)
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn masks(lines: &[Line<'_>; 4]) -> Masks {
        let of = |filters: [u8; 2]| {
            let [a, b, c, d] = lines.map(|line| -i32::from(filters.contains(&line.filter)));
            _mm_setr_epi32(a, b, c, d)
        };
        Masks {
            left: of([SUB, PAETH]),
            up: of([UP, PAETH]),
            corner: of([PAETH; 2]),
            average: of([AVERAGE; 2]),
        }
    }

    /// What the filters add to the bytes. With `low` and `high` the lesser and the greater of left and up, *Paeth* takes
    /// the lesser if the corner is at least twice as far above it as below the greater, the greater if it is the other
    /// way round, else the corner; all of which saturated bytes can tell.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn predict<const AVERAGES: bool>(masks: &Masks, left: __m128i, up: __m128i, corner: __m128i) -> __m128i {
        let (a, b) = (_mm_and_si128(left, masks.left), _mm_and_si128(up, masks.up));
        let c = _mm_and_si128(corner, masks.corner);
        let (low, high) = (_mm_min_epu8(a, b), _mm_max_epu8(a, b));
        let (over_low, under_high) = (_mm_subs_epu8(c, low), _mm_subs_epu8(high, c));
        let twice_over = _mm_adds_epu8(over_low, over_low);
        let twice_under = _mm_adds_epu8(under_high, under_high);
        let zero = _mm_setzero_si128();
        let takes_low = _mm_cmpeq_epi8(_mm_subs_epu8(twice_under, over_low), zero);
        let takes_high = _mm_cmpeq_epi8(_mm_subs_epu8(twice_over, under_high), zero);
        // Both hold only where all three are the same.
        let predicted = _mm_blendv_epi8(_mm_blendv_epi8(c, low, takes_low), high, takes_high);
        if !AVERAGES {
            return predicted;
        }
        // The average that the processor has rounds up. Rows that average have no neighbours above, and so predict 0.
        let odd = _mm_and_si128(_mm_xor_si128(left, up), _mm_set1_epi8(1));
        let average = _mm_sub_epi8(_mm_avg_epu8(left, up), odd);
        _mm_or_si128(predicted, _mm_and_si128(average, masks.average))
    }

    /// Four pixels of a row, four bytes each.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn load<const BPP: usize, const FOUR: usize>(four: &[u8; FOUR]) -> __m128i {
        let mut bytes = [0; 16];
        bytes[..FOUR].copy_from_slice(four);
        let number = u128::from_le_bytes(bytes);
        let pixels = _mm_set_epi64x((number >> 64) as i64, number as i64);
        match BPP {
            1 => _mm_cvtepu8_epi32(pixels),
            2 => _mm_cvtepu16_epi32(pixels),
            3 => _mm_shuffle_epi8(
                pixels,
                _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1),
            ),
            _ => pixels,
        }
    }

    /// Undoes [`load`].
    #[target_feature(enable = "avx2")]
    #[inline]
    fn store<const BPP: usize, const FOUR: usize>(pixels: __m128i, four: &mut [u8; FOUR]) {
        const NO: i8 = -1;
        let order = match BPP {
            1 => _mm_setr_epi8(0, 4, 8, 12, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO),
            2 => _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, NO, NO, NO, NO, NO, NO, NO, NO),
            3 => _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, NO, NO, NO, NO),
            _ => _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
        };
        let packed = _mm_shuffle_epi8(pixels, order);
        let low = (_mm_cvtsi128_si64(packed) as u64).to_le_bytes();
        let high = (_mm_extract_epi64::<1>(packed) as u64).to_le_bytes();
        let whole = FOUR.min(8);
        four[..whole].copy_from_slice(&low[..whole]);
        four[whole..].copy_from_slice(&high[..FOUR - whole]);
    }

    /// Turns four rows of four pixels into four columns, or back.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn turn([a, b, c, d]: [__m128i; 4]) -> [__m128i; 4] {
        let (ab, cd) = (_mm_unpacklo_epi32(a, b), _mm_unpacklo_epi32(c, d));
        let (ef, gh) = (_mm_unpackhi_epi32(a, b), _mm_unpackhi_epi32(c, d));
        [
            _mm_unpacklo_epi64(ab, cd),
            _mm_unpackhi_epi64(ab, cd),
            _mm_unpacklo_epi64(ef, gh),
            _mm_unpackhi_epi64(ef, gh),
        ]
    }

    /// The pixel before byte `at` of a row, 0 before the first.
    #[inline(always)]
    fn before<const BPP: usize>(row: &[u8], at: usize) -> u32 {
        let mut pixel = [0; 4];
        if let Some(start) = at.checked_sub(BPP) {
            pixel[..BPP].copy_from_slice(&row[start..at]);
        }
        u32::from_le_bytes(pixel)
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn avx2<const BPP: usize, const FOUR: usize, const AVERAGES: bool>(
        lines: &[Line<'_>; TOGETHER],
        above: &[u8],
        rows: &mut [u8],
    ) {
        let stride = above.len();
        // Fours of pixels at which all rows are in step: the last from its first pixel on, each other one pixel more to
        // the right than the one below it.
        let fours = (stride / BPP).saturating_sub(TOGETHER - 1) / 4;
        let from: [usize; TOGETHER] = std::array::from_fn(|k| match fours {
            0 => 0,
            _ => (TOGETHER - 1 - k) * BPP,
        });
        let to = from.map(|from| from + fours * FOUR);
        {
            let mut over = above;
            for (k, row) in rows.chunks_exact_mut(stride).enumerate() {
                undo_span::<BPP>(lines[k], over, row, 0, from[k]);
                over = row;
            }
        }
        if fours > 0 {
            let over = |k: usize| {
                if k == 0 {
                    above
                } else {
                    &rows[(k - 1) * stride..][..stride]
                }
            };
            let own = |k: usize| &rows[k * stride..][..stride];
            let mut left: [_; REGISTERS] = std::array::from_fn(|r| {
                lanes(std::array::from_fn(|k| {
                    before::<BPP>(own(4 * r + k), from[4 * r + k])
                }))
            });
            let mut corner: [_; REGISTERS] = std::array::from_fn(|r| {
                lanes(std::array::from_fn(|k| {
                    before::<BPP>(over(4 * r + k), from[4 * r + k])
                }))
            });
            let masks: [_; REGISTERS] =
                std::array::from_fn(|r| masks(&std::array::from_fn(|k| lines[4 * r + k])));
            let stored: [&[[u8; FOUR]]; TOGETHER] =
                std::array::from_fn(|k| &lines[k].bytes[from[k]..to[k]].as_chunks().0[..fours]);
            let above = &above[from[0]..to[0]].as_chunks::<FOUR>().0[..fours];
            let mut places = rows.chunks_exact_mut(stride);
            let mut places: [&mut [[u8; FOUR]]; TOGETHER] = std::array::from_fn(|k| {
                let row = places.next().unwrap_or_default();
                &mut row[from[k]..to[k]].as_chunks_mut().0[..fours]
            });
            for i in 0..fours {
                let four = |k: usize| load::<BPP, FOUR>(&stored[k][i]);
                let [mut first, mut second] = [
                    turn([four(0), four(1), four(2), four(3)]),
                    turn([four(4), four(5), four(6), four(7)]),
                ];
                let over = load::<BPP, FOUR>(&above[i]);
                // Each in the last lane.
                let over = [
                    _mm_slli_si128::<12>(over),
                    _mm_slli_si128::<8>(over),
                    _mm_slli_si128::<4>(over),
                    over,
                ];
                for at in 0..4 {
                    // The pixel above each is the one in the lane before it, as it was a step ago.
                    let up = [
                        _mm_alignr_epi8::<12>(left[0], over[at]),
                        _mm_alignr_epi8::<12>(left[1], left[0]),
                    ];
                    left[0] = _mm_add_epi8(
                        first[at],
                        predict::<AVERAGES>(&masks[0], left[0], up[0], corner[0]),
                    );
                    left[1] = _mm_add_epi8(
                        second[at],
                        predict::<AVERAGES>(&masks[1], left[1], up[1], corner[1]),
                    );
                    corner = up;
                    first[at] = left[0];
                    second[at] = left[1];
                }
                let (first, second) = (turn(first), turn(second));
                let [a, b, c, d, e, f, g, h] = &mut places;
                store::<BPP, FOUR>(first[0], &mut a[i]);
                store::<BPP, FOUR>(first[1], &mut b[i]);
                store::<BPP, FOUR>(first[2], &mut c[i]);
                store::<BPP, FOUR>(first[3], &mut d[i]);
                store::<BPP, FOUR>(second[0], &mut e[i]);
                store::<BPP, FOUR>(second[1], &mut f[i]);
                store::<BPP, FOUR>(second[2], &mut g[i]);
                store::<BPP, FOUR>(second[3], &mut h[i]);
            }
        }
        let mut over = above;
        for (k, row) in rows.chunks_exact_mut(stride).enumerate() {
            undo_span::<BPP>(lines[k], over, row, to[k], stride);
            over = row;
        }
    }
}

#[cfg(test)]
mod tests;
