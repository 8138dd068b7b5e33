//! The forms that every processor can run. The others must agree with them.

use super::{Found, PREFIX_BLOCK, PREFIX_ROWS, Span};
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
