//! AVX2: bits are counted by table look-up in registers (Muła, Kurz, Lemire 2018).

use std::arch::x86_64::*;

use super::{Found, PREFIX_BLOCK, PREFIX_ROWS, Span, scalar};
use crate::blocks::{BLOCK, Probe};
use crate::value::Value;

pub(super) fn detected() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") && is_x86_feature_detected!("bmi1")
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the reference covers the 32 bytes that are read; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn store(bytes: &mut [u8; 32], register: __m256i) {
    // SAFETY: the reference covers the 32 bytes that are written; the store needs no alignment.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), register) }
}

/// Bits set in each byte.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn count_bytes(bits: __m256i) -> __m256i {
    let counts = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    let nibble = _mm256_set1_epi8(0x0f);
    let low = _mm256_shuffle_epi8(counts, _mm256_and_si256(bits, nibble));
    let high = _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16::<4>(bits), nibble));
    _mm256_add_epi8(low, high)
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn scan_spans(signatures: &[u8], spans: &[Span], query: u16, out: &mut Vec<u32>) {
    let wanted = _mm256_set1_epi16(query as i16);
    let one = _mm256_set1_epi8(1);
    for span in spans {
        let limit = _mm256_set1_epi16(span.limit as i16);
        let (mut at, end) = (span.start as usize, span.end as usize);
        while at < end {
            let Some(chunk) = signatures.get(2 * at..).and_then(|rest| rest.first_chunk::<32>()) else {
                scalar::scan_span(signatures.as_chunks::<2>().0, at, span, query, out);
                break;
            };
            let counts = count_bytes(_mm256_xor_si256(load(chunk), wanted));
            let over = _mm256_cmpgt_epi16(_mm256_maddubs_epi16(counts, one), limit);
            // Two mask bits a lane; lanes past the span's end do not count.
            let inside = u32::MAX >> (32 - 2 * (end - at).min(16));
            let mut pass = !(_mm256_movemask_epi8(over) as u32) & inside;
            while pass != 0 {
                let lane = pass.trailing_zeros();
                out.push(at as u32 + lane / 2);
                pass &= !(3 << lane);
            }
            at += 16;
        }
    }
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn scan_blocks(
    blocks: &[[u8; BLOCK]],
    probes: &[Probe],
    out: &mut Vec<u32>,
    more: &mut Vec<Probe>,
) {
    let one = _mm256_set1_epi8(1);
    scalar::for_blocks(blocks, probes, out, more, |block, probe| {
        let wanted = _mm256_set1_epi16(probe.signature as i16);
        let limit = _mm256_set1_epi16(probe.limit as i16);
        let over = |half: &[u8; 32]| {
            let counts = count_bytes(_mm256_xor_si256(load(half), wanted));
            _mm256_cmpgt_epi16(_mm256_maddubs_epi16(counts, one), limit)
        };
        let (first, second) = (over(&block.as_chunks().0[0]), over(&block.as_chunks().0[1]));
        // Packed, the four quarters lie in the order 0, 2, 1, 3.
        let over = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(first, second));
        !(_mm256_movemask_epi8(over) as u32)
    });
}

#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn scan_prefix(blocks: &[u8], rows: usize, query: &Value, radius: u32, out: &mut Vec<u32>) {
    let planes = scalar::prefix_of(query).map(|word| _mm256_set1_epi32(word as i32));
    let limit = _mm256_set1_epi32(radius as i32);
    let (one8, one16) = (_mm256_set1_epi8(1), _mm256_set1_epi16(1));
    for (at, block) in blocks.as_chunks::<PREFIX_BLOCK>().0.iter().enumerate() {
        let words = block.as_chunks::<32>().0;
        let mut counts = _mm256_setzero_si256();
        for (word, plane) in words.iter().zip(planes) {
            counts = _mm256_add_epi8(counts, count_bytes(_mm256_xor_si256(load(word), plane)));
        }
        let sums = _mm256_madd_epi16(_mm256_maddubs_epi16(counts, one8), one16);
        let over = _mm256_castsi256_ps(_mm256_cmpgt_epi32(sums, limit));
        let mut pass = !(_mm256_movemask_ps(over) as u32) & 0xff;
        while pass != 0 {
            let row = at * PREFIX_ROWS + pass.trailing_zeros() as usize;
            if row < rows {
                out.push(row as u32);
            }
            pass &= pass - 1;
        }
    }
}

/// The scalar form, with the processor's own bit count.
#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn verify(table: &[u8], rows: &[u32], query: &Value, radius: u32, out: &mut Vec<Found>) {
    scalar::verify(table, rows, query, radius, out);
}

/// The scalar form, with the processor's own bit count.
#[target_feature(enable = "avx2,popcnt,bmi1")]
pub(super) fn scan_all(table: &[u8], query: &Value, radius: u32, out: &mut Vec<Found>) {
    scalar::scan_all(table, query, radius, out);
}
