//! AVX-512 with VPOPCNTDQ and BITALG (Ice Lake, Zen 4 and later), on 256-bit registers but for
//! blocks: the processor counts.

use std::arch::x86_64::*;

use super::{PREFIX_BLOCK, PREFIX_ROWS, Span, avx2::load, scalar};
use crate::blocks::{BLOCK, Probe};
use crate::value::Value;

pub(super) fn detected() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vpopcntdq")
        && is_x86_feature_detected!("avx512bitalg")
}

#[target_feature(enable = "avx2,popcnt,bmi1,avx512f,avx512bw,avx512vl,avx512vpopcntdq,avx512bitalg")]
pub(super) fn scan_spans(signatures: &[u8], spans: &[Span], query: u16, out: &mut Vec<u32>) {
    let wanted = _mm256_set1_epi16(query as i16);
    for span in spans {
        let limit = _mm256_set1_epi16(span.limit as i16);
        let (mut at, end) = (span.start as usize, span.end as usize);
        while at < end {
            let Some(chunk) = signatures.get(2 * at..).and_then(|rest| rest.first_chunk::<32>()) else {
                scalar::scan_span(signatures.as_chunks::<2>().0, at, span, query, out);
                break;
            };
            let counts = _mm256_popcnt_epi16(_mm256_xor_si256(load(chunk), wanted));
            // Lanes past the span's end do not count.
            let inside = u16::MAX >> (16 - (end - at).min(16));
            let mut pass = _mm256_mask_cmple_epi16_mask(inside, counts, limit);
            while pass != 0 {
                out.push(at as u32 + pass.trailing_zeros());
                pass &= pass - 1;
            }
            at += 16;
        }
    }
}

#[target_feature(enable = "avx2,popcnt,bmi1,avx512f,avx512bw,avx512vl,avx512vpopcntdq,avx512bitalg")]
pub(super) fn scan_blocks(
    blocks: &[[u8; BLOCK]],
    probes: &[Probe],
    out: &mut Vec<u32>,
    more: &mut Vec<Probe>,
) {
    scalar::for_blocks(blocks, probes, out, more, |block, probe| {
        let differing = _mm512_xor_si512(load_block(block), _mm512_set1_epi16(probe.signature as i16));
        _mm512_cmple_epi16_mask(
            _mm512_popcnt_epi16(differing),
            _mm512_set1_epi16(probe.limit as i16),
        )
    });
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load_block(bytes: &[u8; BLOCK]) -> __m512i {
    // SAFETY: the reference covers the 64 bytes that are read; the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2,popcnt,bmi1,avx512f,avx512bw,avx512vl,avx512vpopcntdq,avx512bitalg")]
pub(super) fn scan_prefix(blocks: &[u8], rows: usize, query: &Value, radius: u32, out: &mut Vec<u32>) {
    let planes = scalar::prefix_of(query).map(|word| _mm256_set1_epi32(word as i32));
    let limit = _mm256_set1_epi32(radius as i32);
    for (at, block) in blocks.as_chunks::<PREFIX_BLOCK>().0.iter().enumerate() {
        let words = block.as_chunks::<32>().0;
        let mut counts = _mm256_setzero_si256();
        for (word, plane) in words.iter().zip(planes) {
            counts = _mm256_add_epi32(counts, _mm256_popcnt_epi32(_mm256_xor_si256(load(word), plane)));
        }
        let mut pass = u32::from(_mm256_cmple_epi32_mask(counts, limit));
        while pass != 0 {
            let row = at * PREFIX_ROWS + pass.trailing_zeros() as usize;
            if row < rows {
                out.push(row as u32);
            }
            pass &= pass - 1;
        }
    }
}
