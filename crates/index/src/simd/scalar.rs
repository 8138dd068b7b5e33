//! The forms that every processor can run. The others must agree with them.

use super::{Found, PREFIX_BLOCK, PREFIX_ROWS, Span};
use crate::blocks::{BLOCK, NEXT_BITS, PLACES, Probe, ROOM};
use crate::value::{VALUE_BYTES, Value};

pub(super) fn scan_spans(signatures: &[u8], spans: &[Span], query: u16, out: &mut Vec<u32>) {
    let signatures = signatures.as_chunks::<2>().0;
    for span in spans {
        scan_span(signatures, span.start as usize, span, query, out);
    }
}

/// The entries of one span from `at` on.
#[inline(always)]
pub(super) fn scan_span(signatures: &[[u8; 2]], at: usize, span: &Span, query: u16, out: &mut Vec<u32>) {
    let end = signatures.len().min(span.end as usize);
    let entries = signatures.get(at..end).unwrap_or_default();
    for (position, signature) in (at as u32..).zip(entries) {
        if (u16::from_le_bytes(*signature) ^ query).count_ones() <= span.limit {
            out.push(position);
        }
    }
}

/// Goes through blocks; `passing` gives a bit for each signature of a block that passes, whether or not it is one of
/// those that the block says it has.
#[inline(always)]
pub(super) fn for_blocks(
    blocks: &[[u8; BLOCK]],
    probes: &[Probe],
    out: &mut Vec<u32>,
    more: &mut Vec<Probe>,
    passing: impl Fn(&[u8; BLOCK], &Probe) -> u32,
) {
    for probe in probes {
        let Some(block) = blocks.get(probe.block as usize) else {
            continue;
        };
        let [.., a, b, c, d] = *block;
        let tail = u32::from_le_bytes([a, b, c, d]);
        let inside = (1u32 << (tail >> NEXT_BITS).min(ROOM as u32)) - 1;
        let mut pass = passing(block, probe) & inside;
        while pass != 0 {
            out.push(probe.block * PLACES as u32 + pass.trailing_zeros());
            pass &= pass - 1;
        }
        let next = tail & ((1 << NEXT_BITS) - 1);
        if next > probe.block {
            more.push(Probe {
                block: next,
                ..*probe
            });
        }
    }
}

pub(super) fn scan_blocks(
    blocks: &[[u8; BLOCK]],
    probes: &[Probe],
    out: &mut Vec<u32>,
    more: &mut Vec<Probe>,
) {
    for_blocks(blocks, probes, out, more, |block, probe| {
        let signatures = block
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| u16::from_le_bytes(*pair));
        let near = |signature: u16| (signature ^ probe.signature).count_ones() <= u32::from(probe.limit);
        (0..).zip(signatures).fold(0, |pass, (lane, signature)| {
            pass | u32::from(near(signature)) << lane
        })
    });
}

/// The three planes of a query's prefix.
#[inline(always)]
pub(super) fn prefix_of(query: &Value) -> [u32; 3] {
    [query.0[0] as u32, (query.0[0] >> 32) as u32, query.0[1] as u32]
}

pub(super) fn scan_prefix(blocks: &[u8], rows: usize, query: &Value, radius: u32, out: &mut Vec<u32>) {
    let query = prefix_of(query);
    for (at, block) in blocks.as_chunks::<PREFIX_BLOCK>().0.iter().enumerate() {
        let words = block.as_chunks::<4>().0;
        for lane in 0..PREFIX_ROWS.min(rows.saturating_sub(at * PREFIX_ROWS)) {
            let distance: u32 = (0..3)
                .map(|plane| {
                    (u32::from_le_bytes(words[plane * PREFIX_ROWS + lane]) ^ query[plane]).count_ones()
                })
                .sum();
            if distance <= radius {
                out.push((at * PREFIX_ROWS + lane) as u32);
            }
        }
    }
}

#[inline(always)]
pub(super) fn verify(table: &[u8], rows: &[u32], query: &Value, radius: u32, out: &mut Vec<Found>) {
    for (at, &row) in rows.iter().enumerate() {
        // Rows come in no order: far enough ahead to hide a read from memory.
        if let Some(&later) = rows.get(at + 12) {
            super::prefetch(table, later as usize * VALUE_BYTES);
        }
        let Some(value) = Value::get(table, row as usize) else {
            continue;
        };
        let distance = value.distance(query);
        if distance <= radius {
            out.push(Found { row, distance });
        }
    }
}

#[inline(always)]
pub(super) fn scan_all(table: &[u8], query: &Value, radius: u32, out: &mut Vec<Found>) {
    for (row, bytes) in table.as_chunks::<VALUE_BYTES>().0.iter().enumerate() {
        let distance = Value::from_bytes(bytes).distance(query);
        if distance <= radius {
            out.push(Found {
                row: row as u32,
                distance,
            });
        }
    }
}
