//! Range search in a segment.

use crate::Hit;
use crate::format::{Layout, read_pair, read_u32};
use crate::ring::Weights;
use crate::scratch::Scratch;
use crate::segment::Segment;
use crate::simd::{Span, prefetch};
use crate::value::{PARTS, VALUE_BYTES, Value};

/// Up to this radius a flat table reads 96 bits of each value first. Of random values a fraction of 10⁻⁴ then passes
/// at 31, 6 % at 40, half at 48.
pub(crate) const PREFIX_RADIUS: u32 = 40;

impl<B: AsRef<[u8]>> Segment<B> {
    /// Calls `each` with the number of every row within the radius, and its hit.
    #[inline]
    pub(crate) fn search_rows(
        &self,
        query: &Value,
        radius: u32,
        scratch: &mut Scratch,
        mut each: impl FnMut(u32, Hit),
    ) {
        scratch.found.clear();
        match (self.layout(), Weights::even(radius)) {
            (Layout::Ring { bits }, Some(weights)) if self.ring_pays(radius, bits) => {
                self.search_ring(query, radius, &weights, bits, scratch);
            }
            (Layout::Flat, _) if radius <= PREFIX_RADIUS => {
                scratch.ids.clear();
                let (prefix, rows) = (self.section(self.header().prefix_at()), self.distinct());
                scratch
                    .kernels
                    .scan_prefix(prefix, rows, query, radius, &mut scratch.ids);
                scratch
                    .kernels
                    .verify(self.values(), &scratch.ids, query, radius, &mut scratch.found);
            }
            _ => scratch
                .kernels
                .scan_all(self.values(), query, radius, &mut scratch.found),
        }
        for found in &scratch.found {
            for row in self.rows_of(found.row) {
                if let Some(key) = self.key(row) {
                    each(
                        row,
                        Hit {
                            key,
                            distance: found.distance,
                        },
                    );
                }
            }
        }
    }

    /// Whether looking into buckets costs less than reading all values.
    fn ring_pays(&self, radius: u32, bits: u32) -> bool {
        let _ = bits;
        radius <= 31 || (radius <= 47 && self.distinct() >= 10_000) || (self.distinct() >= 500_000)
    }

    fn search_ring(&self, query: &Value, radius: u32, weights: &Weights, bits: u32, scratch: &mut Scratch) {
        let header = self.header();
        let inside = ((1u32 << bits) - 1) as u16;
        scratch.spans.clear();
        for p in 0..PARTS {
            let buckets = self.section(header.buckets_at(p));
            let signatures = self.section(header.signatures_at(p));
            let limit = weights.pair_limit(p);
            for mask in weights.masks(p, bits) {
                let bucket = (query.part(p) ^ mask) & inside;
                let Some((start, end)) = read_pair(buckets, usize::from(bucket)) else {
                    continue;
                };
                if start < end {
                    prefetch(signatures, 2 * start as usize);
                    prefetch(signatures, 2 * start as usize + 64);
                    scratch.spans.push(Span {
                        start,
                        end,
                        limit: limit - mask.count_ones(),
                    });
                }
            }
            scratch.span_ends[p] = scratch.spans.len();
        }
        scratch.ids.clear();
        scratch.positions.clear();
        let mut ends = [0; PARTS];
        let mut first = 0;
        for p in 0..PARTS {
            let spans = &scratch.spans[first..scratch.span_ends[p]];
            first = scratch.span_ends[p];
            let before = scratch.positions.len();
            let signatures = self.section(header.signatures_at(p));
            scratch.kernels.scan_spans(
                signatures,
                spans,
                query.part((p + 1) % PARTS),
                &mut scratch.positions,
            );
            let ids = self.section(header.ids_at(p));
            for &position in &scratch.positions[before..] {
                prefetch(ids, 4 * position as usize);
            }
            ends[p] = scratch.positions.len();
        }
        let mut first = 0;
        for p in 0..PARTS {
            let ids = self.section(header.ids_at(p));
            for &position in &scratch.positions[first..ends[p]] {
                if let Some(id) = read_u32(ids, position as usize) {
                    prefetch(self.values(), id as usize * VALUE_BYTES);
                    scratch.ids.push(id);
                }
            }
            first = ends[p];
            ends[p] = scratch.ids.len();
        }
        let mut first = 0;
        for p in 0..PARTS {
            let before = scratch.found.len();
            scratch.kernels.verify(
                self.values(),
                &scratch.ids[first..ends[p]],
                query,
                radius,
                &mut scratch.found,
            );
            first = ends[p];
            let mut keep = before;
            for at in before..scratch.found.len() {
                let found = scratch.found[at];
                let own = Value::get(self.values(), found.row as usize)
                    .is_some_and(|value| weights.first_part(query, &value, bits) == Some(p));
                scratch.found[keep] = found;
                keep += usize::from(own);
            }
            scratch.found.truncate(keep);
        }
    }
}
