//! A table for queries that come many at a time, as the frames of a film do.
//!
//! A search by the tables of a ring looks into some 240 buckets, and spends most of its time on finding where each begins
//! and ends. Here every bucket has a cell of one size, and so an address that follows from the query: 15 signatures, and a
//! mark where the bucket has more. Looking into a cell is then one load and one comparison, without a branch, and the
//! processor keeps many of them in flight. What passes is looked up in the tables of the segment, in passes over all
//! queries of a batch, each of which asks early for the memory that the next one reads.
//!
//! The proof is the ring's (see `ring`), with a weight of 2 for every part, which serves every radius up to 31. Random
//! rows measure some 0.4 µs a query at 120,000, where the ring's own search takes 3 µs.

use crate::Hit;
use crate::format::{Layout, read_pair, read_u32};
use crate::scratch::Scratch;
use crate::segment::Segment;
use crate::simd::{CELL, Line, MORE, Span, prefetch};
use crate::value::{PARTS, VALUE_BYTES, Value};

/// The largest radius that a grid serves: sixteen parts of weight 2.
pub(crate) const GRID_RADIUS: u32 = 2 * PARTS as u32 - 1;

/// Bits by which a part and the next one differ together, where a search finds a value.
const PAIR_LIMIT: u32 = 3;

/// Bits of a cell's number, fewest and most.
pub(crate) const CELL_BITS: std::ops::RangeInclusive<u32> = 12..=16;

/// Queries that are looked up together: enough to hide the memory, few enough that what passes stays in the first caches.
const BLOCK: usize = 128;

/// The cells of a segment with the layout of a ring.
#[derive(Debug)]
pub(crate) struct Grid {
    bits: u32,
    /// The cells: for each of the parts, for each of its buckets.
    lines: Vec<Line>,
}

/// A cell of which some signatures pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passing {
    /// Number of the query within its block.
    pub(crate) query: u32,
    /// Number of the cell, over all parts.
    pub(crate) cell: u32,
    /// The signatures that pass, one bit each, and [`MORE`].
    pub(crate) lanes: u16,
    /// Whether the query's part is another one than the cell's, by one bit.
    pub(crate) beside: bool,
}

/// An entry of a part's table whose signature passes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    query: u32,
    part: u32,
    /// First its position in the table, then its id.
    at: u32,
}

/// What a search of a grid uses again.
#[derive(Debug, Default)]
pub(crate) struct GridScratch {
    passing: Vec<Passing>,
    entries: Vec<Entry>,
    dense: Vec<u32>,
    more: Vec<u32>,
}

/// The layout that a segment of so many values must have to get a grid; `None` where a grid would be no gain: a few are
/// read as quickly in order, and where a bucket has many entries, finding it is not what takes the time.
pub(crate) fn layout_for(values: usize) -> Option<Layout> {
    // Four to eight entries a bucket, so that hardly one has more than fifteen.
    let bits = values.max(1).next_power_of_two().ilog2().saturating_sub(3);
    CELL_BITS.contains(&bits).then_some(Layout::Ring { bits })
}

/// The tables of the segment, found once a batch.
struct Tables<'a> {
    buckets: [&'a [u8]; PARTS],
    signatures: [&'a [u8]; PARTS],
    ids: [&'a [u8]; PARTS],
    values: &'a [u8],
}

impl<'a> Tables<'a> {
    fn of<B: AsRef<[u8]>>(segment: &'a Segment<B>) -> Self {
        let header = segment.header();
        Self {
            buckets: std::array::from_fn(|p| segment.section(header.buckets_at(p))),
            signatures: std::array::from_fn(|p| segment.section(header.signatures_at(p))),
            ids: std::array::from_fn(|p| segment.section(header.ids_at(p))),
            values: segment.values(),
        }
    }
}

impl Grid {
    /// The cells of a segment; `None` where its layout is not for them.
    pub(crate) fn of<B: AsRef<[u8]>>(segment: &Segment<B>) -> Option<Self> {
        let Layout::Ring { bits } = segment.layout() else {
            return None;
        };
        if !CELL_BITS.contains(&bits) {
            return None;
        }
        let tables = Tables::of(segment);
        let mut lines = vec![Line::EMPTY; (PARTS << bits) / Line::CELLS];
        for (p, cells) in Line::cells_mut(&mut lines)
            .chunks_exact_mut(1 << bits)
            .enumerate()
        {
            let signatures = tables.signatures[p].as_chunks::<2>().0;
            for (number, cell) in cells.iter_mut().enumerate() {
                let (start, end) = read_pair(tables.buckets[p], number)?;
                let bucket = signatures.get(start as usize..end as usize)?;
                cell.fill(bucket.iter().map(|signature| u16::from_le_bytes(*signature)));
            }
        }
        Some(Self { bits, lines })
    }

    /// Bytes of the cells.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.lines.as_slice())
    }

    /// Calls `each` with the number of a query, the number of a row within the radius of it, and the hit, for all of them,
    /// in no particular order. The radius is at most [`GRID_RADIUS`].
    pub(crate) fn search<B: AsRef<[u8]>>(
        &self,
        segment: &Segment<B>,
        queries: &[Value],
        radius: u32,
        scratch: &mut Scratch,
        mut each: impl FnMut(u32, u32, Hit),
    ) {
        let tables = Tables::of(segment);
        let cells = Line::cells(&self.lines);
        // Taken out, as a dense query needs the rest of the scratch.
        let mut own = std::mem::take(&mut scratch.grid);
        for (first, block) in (0u32..).step_by(BLOCK).zip(queries.chunks(BLOCK)) {
            own.passing.clear();
            scratch.kernels.probe(cells, self.bits, block, &mut own.passing);
            self.find_entries(&tables, block, segment.distinct(), scratch, &mut own);
            for entry in &mut own.entries {
                // Only damaged content has a position without id, and no value has this one.
                entry.at = read_u32(tables.ids[entry.part as usize], entry.at as usize).unwrap_or(u32::MAX);
                prefetch(tables.values, entry.at as usize * VALUE_BYTES);
            }
            for entry in &own.entries {
                let Some(value) = Value::get(tables.values, entry.at as usize) else {
                    continue;
                };
                let query = &block[entry.query as usize];
                let distance = value.distance(query);
                // Several parts may find it; the first one tells.
                if distance > radius || self.first_part(query, &value) != Some(entry.part as usize) {
                    continue;
                }
                for row in segment.rows_of(entry.at) {
                    if let Some(key) = segment.key(row) {
                        each(first + entry.query, row, Hit { key, distance });
                    }
                }
            }
            for &query in &own.dense {
                segment.search_rows(&block[query as usize], radius, scratch, |row, hit| {
                    each(first + query, row, hit);
                });
            }
        }
        scratch.grid = own;
    }

    /// The entries of what passes. A query that lies among very many similar values is left to the segment's own search,
    /// which knows when reading all of them in order is quicker.
    fn find_entries(
        &self,
        tables: &Tables<'_>,
        block: &[Value],
        budget: usize,
        scratch: &Scratch,
        own: &mut GridScratch,
    ) {
        let inside = (1u32 << self.bits) - 1;
        let place = |passing: &Passing| {
            (
                (passing.cell >> self.bits) as usize,
                (passing.cell & inside) as usize,
            )
        };
        for passing in &own.passing {
            let (part, bucket) = place(passing);
            prefetch(tables.buckets[part], 4 * bucket);
        }
        own.entries.clear();
        own.dense.clear();
        for of_query in own.passing.chunk_by(|a, b| a.query == b.query) {
            let (before, mut read) = (own.entries.len(), 0);
            for passing in of_query {
                let (part, bucket) = place(passing);
                let Some((start, end)) = read_pair(tables.buckets[part], bucket) else {
                    continue;
                };
                let mut push = |position: u32| {
                    prefetch(tables.ids[part], 4 * position as usize);
                    own.entries.push(Entry {
                        query: passing.query,
                        part: part as u32,
                        at: position,
                    });
                };
                let mut lanes = passing.lanes & !MORE;
                while lanes != 0 {
                    let position = start + lanes.trailing_zeros();
                    // Lanes that the bucket does not fill say nothing.
                    if position < end {
                        push(position);
                    }
                    lanes &= lanes - 1;
                }
                if passing.lanes & MORE != 0 {
                    let rest = Span {
                        start: start + CELL as u32,
                        end,
                        limit: PAIR_LIMIT - u32::from(passing.beside),
                    };
                    read += end.saturating_sub(rest.start) as usize;
                    own.more.clear();
                    let next = block[passing.query as usize].part((part + 1) % PARTS);
                    scratch
                        .kernels
                        .scan_spans(tables.signatures[part], &[rest], next, &mut own.more);
                    own.more.iter().copied().for_each(&mut push);
                }
                // In units of one value read in order, as `search_ring` counts.
                if read / 5 + 4 * (own.entries.len() - before) > budget {
                    own.entries.truncate(before);
                    own.dense.push(passing.query);
                    break;
                }
            }
        }
    }

    /// The first part at which a search finds `value`.
    fn first_part(&self, query: &Value, value: &Value) -> Option<usize> {
        let inside = ((1u32 << self.bits) - 1) as u16;
        let differing = |p: usize| query.part(p) ^ value.part(p);
        (0..PARTS).find(|&p| {
            let own = (differing(p) & inside).count_ones();
            own <= 1 && own + differing((p + 1) % PARTS).count_ones() <= PAIR_LIMIT
        })
    }
}
