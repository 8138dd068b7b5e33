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

/// Parts whose buckets are asked for before the first is read: enough to hide the memory, few enough to stay in
/// the first caches.
const AHEAD: usize = 2;

/// Cache lines asked for at the start of a bucket; the processor itself sees where a longer one goes.
const PREFETCH_LINES: usize = 8;

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
        let budget = self.distinct();
        let done = match self.layout() {
            Layout::Ring { bits } => Weights::even(radius, PARTS)
                .is_some_and(|weights| self.search_ring(query, radius, &weights, bits, budget, scratch)),
            Layout::Blocks { bits } => self.search_blocks(query, radius, bits, budget, scratch),
            Layout::Flat if radius <= PREFIX_RADIUS => {
                scratch.ids.clear();
                let (prefix, rows) = (self.section(self.header().prefix_at()), self.distinct());
                scratch
                    .kernels
                    .scan_prefix(prefix, rows, query, radius, &mut scratch.ids);
                scratch
                    .kernels
                    .verify(self.values(), &scratch.ids, query, radius, &mut scratch.found);
                true
            }
            Layout::Flat => false,
        };
        if !done {
            scratch
                .kernels
                .scan_all(self.values(), query, radius, &mut scratch.found);
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

    /// Searches by the tables of the parts, in four passes, so that each pass can ask early for the memory that the
    /// next one reads. Gives up (false, nothing found) when it would cost more than the budget, in units of one value
    /// read in order: at a wide radius, and where the query lies among so many similar values that its buckets
    /// hold a large share of the bank.
    fn search_ring(
        &self,
        query: &Value,
        radius: u32,
        weights: &Weights,
        bits: u32,
        budget: usize,
        scratch: &mut Scratch,
    ) -> bool {
        // Measured: a bucket costs about 15 units, an entry in it a fifth, a value read out of order four.
        let cost = 15 * weights.buckets(bits);
        if cost > budget {
            return false;
        }
        scratch.spans.clear();
        scratch.positions.clear();
        let mut entries = 0;
        for step in 0..PARTS + AHEAD {
            if step < PARTS {
                entries += self.find_spans(step, query, weights, bits, scratch);
                if cost + entries / 5 > budget {
                    return false;
                }
            }
            if step >= AHEAD {
                self.scan_signatures(step - AHEAD, query, scratch);
            }
        }
        if 4 * scratch.positions.len() > budget {
            return false;
        }
        self.look_up_ids(scratch);
        self.verify_ids(query, radius, weights, bits, scratch);
        true
    }

    /// The buckets of part `p` to look into; returns how many entries they have.
    fn find_spans(
        &self,
        p: usize,
        query: &Value,
        weights: &Weights,
        bits: u32,
        scratch: &mut Scratch,
    ) -> usize {
        let inside = ((1u32 << bits) - 1) as u16;
        let buckets = self.section(self.header().buckets_at(p));
        let signatures = self.section(self.header().signatures_at(p));
        let limit = weights.pair_limit(p);
        let mut entries = 0;
        for mask in weights.masks(p, bits) {
            let bucket = (query.part(p) ^ mask) & inside;
            let Some((start, end)) = read_pair(buckets, usize::from(bucket)) else {
                continue;
            };
            if start < end {
                // The neighbouring bucket is often wanted too, so two lines even if the bucket has but one.
                prefetch(signatures, 2 * start as usize);
                prefetch(signatures, 2 * start as usize + 64);
                for at in (2 * start as usize..2 * end as usize)
                    .step_by(64)
                    .take(PREFETCH_LINES)
                    .skip(2)
                {
                    prefetch(signatures, at);
                }
                entries += (end - start) as usize;
                scratch.spans.push(Span {
                    start,
                    end,
                    limit: limit - mask.count_ones(),
                });
            }
        }
        scratch.span_ends[p] = scratch.spans.len();
        entries
    }

    /// The positions of the entries of part `p` whose signatures pass.
    fn scan_signatures(&self, p: usize, query: &Value, scratch: &mut Scratch) {
        let first = if p == 0 { 0 } else { scratch.span_ends[p - 1] };
        let spans = &scratch.spans[first..scratch.span_ends[p]];
        let before = scratch.positions.len();
        let signatures = self.section(self.header().signatures_at(p));
        scratch.kernels.scan_spans(
            signatures,
            spans,
            query.part((p + 1) % PARTS),
            &mut scratch.positions,
        );
        let ids = self.section(self.header().ids_at(p));
        for &position in &scratch.positions[before..] {
            prefetch(ids, 4 * position as usize);
        }
        scratch.position_ends[p] = scratch.positions.len();
    }

    /// The ids at these positions; those of each part stay together.
    fn look_up_ids(&self, scratch: &mut Scratch) {
        scratch.ids.clear();
        let mut first = 0;
        for p in 0..PARTS {
            let ids = self.section(self.header().ids_at(p));
            for &position in &scratch.positions[first..scratch.position_ends[p]] {
                // Only damaged content has a position without id. An id must still stand here, for the count.
                let id = read_u32(ids, position as usize).unwrap_or(u32::MAX);
                prefetch(self.values(), id as usize * VALUE_BYTES);
                scratch.ids.push(id);
            }
            first = scratch.position_ends[p];
        }
    }

    /// Measures each value, and keeps it at the first part only that finds it.
    fn verify_ids(&self, query: &Value, radius: u32, weights: &Weights, bits: u32, scratch: &mut Scratch) {
        let (values, found) = (self.values(), &mut scratch.found);
        let mut first = 0;
        for p in 0..PARTS {
            let before = found.len();
            let ids = &scratch.ids[first..scratch.position_ends[p]];
            first = scratch.position_ends[p];
            scratch.kernels.verify(values, ids, query, radius, found);
            let mut keep = before;
            for at in before..found.len() {
                let own = Value::get(values, found[at].row as usize)
                    .is_some_and(|value| weights.first_part(query, &value, bits) == Some(p));
                found[keep] = found[at];
                keep += usize::from(own);
            }
            found.truncate(keep);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::MAX_RING_RADIUS;
    use crate::simd::{Found, Kernels};
    use crate::testing::Random;

    /// The tables alone, whatever they cost, in banks that are too small for them.
    #[test]
    fn the_tables_find_what_a_scan_finds() {
        let mut random = Random::new(21);
        for round in 0..60 {
            let bits = 4 + round % 13;
            let centre = random.hash();
            let rows: Vec<_> = (0..random.below(400))
                .map(|key| {
                    let flips = random.below(80);
                    (random.mutate(centre, flips), key as u64)
                })
                .collect();
            let layout = Layout::Ring { bits };
            let segment = Segment::open(Segment::build(rows, 0, Some(layout)).unwrap()).unwrap();
            let query = Value::from_hash(&centre);
            for kernels in Kernels::available() {
                let mut scratch = Scratch::with_kernels(kernels);
                for radius in 0..=MAX_RING_RADIUS {
                    let weights = Weights::even(radius, PARTS).unwrap();
                    scratch.found.clear();
                    assert!(segment.search_ring(&query, radius, &weights, bits, usize::MAX, &mut scratch));
                    let mut want: Vec<Found> = vec![];
                    kernels.scan_all(segment.values(), &query, radius, &mut want);
                    scratch.found.sort();
                    assert_eq!(scratch.found, want, "bits {bits} radius {radius}");
                }
            }
        }
    }

    #[test]
    fn a_search_that_costs_too_much_gives_up() {
        let mut random = Random::new(22);
        let centre = random.hash();
        // All in a few buckets of each part.
        let rows: Vec<_> = (0..20_000).map(|key| (random.mutate(centre, 6), key)).collect();
        let bits = 11;
        let layout = Some(Layout::Ring { bits });
        let segment = Segment::open(Segment::build(rows, 0, layout).unwrap()).unwrap();
        let weights = Weights::even(31, PARTS).unwrap();
        let mut scratch = Scratch::new();
        for (query, dense) in [(centre, true), (random.hash(), false)] {
            let query = Value::from_hash(&query);
            let done = segment.search_ring(&query, 31, &weights, bits, segment.distinct(), &mut scratch);
            assert_eq!(done, !dense);
            assert!(dense || scratch.found.is_empty());
        }
    }
}
