//! Buckets that are one cache line each.
//!
//! The ring of [`crate::ring`], cut into more and narrower parts ([`crate::parts`]), with another way to keep the
//! entries: a bucket is a block of 64 bytes that holds up to
//! thirty signatures, how many they are, and where the rest is. A query reads one line for each bucket, at a place that
//! it knows beforehand, and no table of starts; and it takes the same steps for each, so that the processor guesses no
//! branch wrongly. Quickest where buckets are half full: an entry costs its space whether it is there or not.

use crate::format::{Header, place_bytes};
use crate::parts::{MOST_PARTS, Parts};
use crate::ring::Weights;
use crate::scratch::Scratch;
use crate::segment::Segment;
use crate::simd::prefetch;
use crate::value::{VALUE_BYTES, Value};

/// Bytes of a block: thirty signatures, `u16` each, and the `u32` [`tail`].
pub(crate) const BLOCK: usize = 64;
/// Signatures in a block.
pub(crate) const ROOM: usize = 30;
/// Places for ids in a block: two are never used, so that a place is found by a shift.
pub(crate) const PLACES: usize = 32;
/// Bits of a tail that say which block goes on.
pub(crate) const NEXT_BITS: u32 = 27;

/// Most blocks of a segment: a place is a `u32`.
pub(crate) const MOST_BLOCKS: usize = 1 << NEXT_BITS;

/// The end of a block: how many signatures it has, and the number of the block that goes on, 0 where none does.
pub(crate) const fn tail(count: usize, next: u32) -> u32 {
    (count as u32) << NEXT_BITS | next
}

/// A block to look into: the entries pass whose signature differs from `signature` in at most `limit` bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Probe {
    pub(crate) block: u32,
    pub(crate) signature: u16,
    pub(crate) limit: u16,
}

/// Parts whose blocks are asked for before the first is read.
const AHEAD: usize = 4;

/// Entries of each bucket of part `p`.
fn counts(values: impl Iterator<Item = Value>, p: usize, bits: u32) -> Vec<u32> {
    let mut counts = vec![0; 1 << bits];
    values.for_each(|value| counts[bucket(&value, p, bits)] += 1);
    counts
}

/// The blocks that a bucket of so many entries needs beyond its first.
fn more_blocks(count: u32) -> usize {
    (count as usize).div_ceil(ROOM).saturating_sub(1)
}

/// The blocks that all buckets of so many bits need beyond their first, over all parts.
pub(crate) fn overflow(values: impl Iterator<Item = Value> + Clone, bits: u32) -> usize {
    let of_part = |p| {
        counts(values.clone(), p, bits)
            .into_iter()
            .map(more_blocks)
            .sum::<usize>()
    };
    (0..Parts::for_bits(bits).count()).map(of_part).sum()
}

fn bucket(value: &Value, p: usize, bits: u32) -> usize {
    usize::from(Parts::for_bits(bits).part(value, p)) & ((1 << bits) - 1)
}

/// Fills the blocks of the parts, and the ids beside them; ids ascend within a bucket. The blocks of a bucket
/// beyond its first follow each other.
pub(crate) fn put(bytes: &mut [u8], header: &Header, bits: u32) {
    let (front, ids) = bytes.split_at_mut(header.places_at().start);
    let (front, blocks) = front.split_at_mut(header.blocks_at().start);
    let table = front[header.values_at()].as_chunks::<VALUE_BYTES>().0;
    let values = || table.iter().map(Value::from_bytes);
    let blocks = blocks.as_chunks_mut::<BLOCK>().0;
    let width = place_bytes(header.values);
    let ids = &mut ids[..header.places_at().len()];
    ids.fill(u8::MAX);
    let parts = Parts::for_bits(bits);
    let mut free = parts.count() << bits;
    for p in 0..parts.count() {
        // Of every bucket the block that is being filled, how full it is, and the one to go on with.
        let mut open = Vec::with_capacity(1 << bits);
        for (b, count) in counts(values(), p, bits).into_iter().enumerate() {
            open.push((p << bits | b, 0, free));
            free += more_blocks(count);
        }
        for (id, value) in values().enumerate() {
            let (block, count, next) = &mut open[bucket(&value, p, bits)];
            if *count == ROOM {
                put_tail(&mut blocks[*block], tail(ROOM, *next as u32));
                (*block, *count, *next) = (*next, 0, *next + 1);
            }
            blocks[*block].as_chunks_mut::<2>().0[*count] = parts.part(&value, parts.after(p)).to_le_bytes();
            let place = width * (*block * PLACES + *count);
            ids[place..place + width].copy_from_slice(&(id as u32).to_le_bytes()[..width]);
            *count += 1;
            put_tail(&mut blocks[*block], tail(*count, 0));
        }
    }
}

fn put_tail(block: &mut [u8; BLOCK], tail: u32) {
    block[2 * ROOM..].copy_from_slice(&tail.to_le_bytes());
}

impl<B: AsRef<[u8]>> Segment<B> {
    /// Searches by the blocks of the parts. Gives up (false, nothing found) when it would cost more than the budget, in
    /// units of one value read in order (see `search_ring`).
    pub(crate) fn search_blocks(
        &self,
        query: &Value,
        radius: u32,
        bits: u32,
        budget: usize,
        scratch: &mut Scratch,
    ) -> bool {
        let parts = Parts::for_bits(bits);
        let Some(weights) = Weights::even(radius, parts.count()) else {
            return false;
        };
        // Measured: a block costs about five units, a value read out of order four.
        let mut cost = 5 * weights.buckets(bits);
        if cost > budget {
            return false;
        }
        let blocks = self.section(self.header().blocks_at()).as_chunks::<BLOCK>().0;
        scratch.probes.clear();
        scratch.more.clear();
        scratch.positions.clear();
        let cut = parts.cut(query);
        let mut ends = [0; MOST_PARTS];
        let mut read = 0;
        for step in 0..parts.count() + AHEAD {
            if step < parts.count() {
                let next = cut[parts.after(step)];
                ask(
                    blocks,
                    step,
                    (cut[step], next),
                    &weights,
                    bits,
                    &mut scratch.probes,
                );
                ends[step] = scratch.probes.len();
            }
            if step >= AHEAD {
                let end = ends[step - AHEAD];
                self.look_into(blocks, read..end, scratch);
                read = end;
            }
        }
        // The blocks that go on from those, and so forth.
        while !scratch.more.is_empty() {
            cost += 5 * scratch.more.len();
            if cost + 4 * scratch.positions.len() > budget {
                return false;
            }
            std::mem::swap(&mut scratch.probes, &mut scratch.more);
            scratch.more.clear();
            for probe in &scratch.probes {
                // The next ones too: a crowded bucket goes on and on.
                (0..AHEAD as u32).for_each(|k| ask_for(blocks, probe.block + k));
            }
            self.look_into(blocks, 0..scratch.probes.len(), scratch);
        }
        if cost + 4 * scratch.positions.len() > budget {
            return false;
        }
        let (ids, width) = (
            self.section(self.header().places_at()),
            place_bytes(self.distinct()),
        );
        let mask = u32::MAX >> (32 - 8 * width);
        scratch.ids.clear();
        for &position in &scratch.positions {
            // The last places of a block are never used, so that there are four bytes. Only damaged content has a place
            // without id.
            let bytes = ids
                .get(width * position as usize..)
                .and_then(|rest| rest.first_chunk());
            let Some(id) = bytes.map(|bytes| u32::from_le_bytes(*bytes) & mask) else {
                continue;
            };
            prefetch(self.values(), id as usize * VALUE_BYTES);
            scratch.ids.push(id);
        }
        scratch
            .kernels
            .verify(self.values(), &scratch.ids, query, radius, &mut scratch.found);
        self.keep_first(scratch);
        true
    }

    /// Keeps each value once: several parts find the same.
    fn keep_first(&self, scratch: &mut Scratch) {
        let (found, seen) = (&mut scratch.found, &mut scratch.seen);
        let words = self.distinct().div_ceil(64);
        if seen.len() < words {
            seen.resize(words, 0);
        }
        found.retain(|one| {
            let (word, bit) = (&mut seen[one.row as usize / 64], 1 << (one.row % 64));
            let new = *word & bit == 0;
            *word |= bit;
            new
        });
        // For the next search, as it was.
        found.iter().for_each(|one| seen[one.row as usize / 64] = 0);
    }

    /// The places of the entries that pass, and the blocks that go on.
    fn look_into(&self, blocks: &[[u8; BLOCK]], probes: std::ops::Range<usize>, scratch: &mut Scratch) {
        let before = scratch.positions.len();
        let Scratch {
            probes: all,
            more,
            positions,
            kernels,
            ..
        } = scratch;
        kernels.scan_blocks(blocks, &all[probes], positions, more);
        let (ids, width) = (
            self.section(self.header().places_at()),
            place_bytes(self.distinct()),
        );
        for &position in &scratch.positions[before..] {
            prefetch(ids, width * position as usize);
        }
    }
}

/// Asks for a block; it lies on one line where the segment does (in a mapped file), else on two.
#[inline(always)]
fn ask_for(blocks: &[[u8; BLOCK]], block: u32) {
    prefetch(blocks.as_flattened(), block as usize * BLOCK);
    if !blocks.as_ptr().addr().is_multiple_of(BLOCK) {
        prefetch(blocks.as_flattened(), block as usize * BLOCK + BLOCK - 1);
    }
}

/// The buckets of part `p` to look into, of which the query's value and the one after it are given.
fn ask(
    blocks: &[[u8; BLOCK]],
    p: usize,
    (own, signature): (u16, u16),
    weights: &Weights,
    bits: u32,
    probes: &mut Vec<Probe>,
) {
    let inside = ((1u32 << bits) - 1) as u16;
    let limit = weights.pair_limit(p);
    for mask in weights.masks(p, bits) {
        let block = (p << bits) as u32 | u32::from((own ^ mask) & inside);
        ask_for(blocks, block);
        probes.push(Probe {
            block,
            signature,
            limit: (limit - mask.count_ones()) as u16,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;
    use crate::ring::MAX_RING_RADIUS;
    use crate::simd::{Found, Kernels};
    use crate::testing::Random;

    fn segment(rows: Vec<(model::PdqHash, u64)>, bits: u32) -> Segment<Vec<u8>> {
        let layout = Some(Layout::Blocks { bits });
        Segment::open(Segment::build(rows, 0, layout).unwrap()).unwrap()
    }

    /// The blocks alone, whatever they cost, in banks that are too small for them, and in ones whose buckets overflow.
    #[test]
    fn the_blocks_find_what_a_scan_finds() {
        let mut random = Random::new(31);
        for round in 0..60 {
            let bits = 4 + round % 9;
            let centre = random.hash();
            let rows = (0..random.below(700))
                .map(|key| (random.mutate(centre, random_flips(round, key)), key as u64));
            let segment = segment(rows.collect(), bits);
            let query = Value::from_hash(&centre);
            for kernels in Kernels::available() {
                let mut scratch = Scratch::with_kernels(kernels);
                for radius in 0..=MAX_RING_RADIUS {
                    scratch.found.clear();
                    assert!(segment.search_blocks(&query, radius, bits, usize::MAX, &mut scratch));
                    scratch.found.sort();
                    let mut want: Vec<Found> = vec![];
                    kernels.scan_all(segment.values(), &query, radius, &mut want);
                    assert_eq!(scratch.found, want, "bits {bits} radius {radius}");
                }
            }
        }
    }

    /// Some banks near the centre, so that buckets overflow; some spread.
    fn random_flips(round: u32, key: usize) -> usize {
        key * 7 % [20, 80][round as usize % 2]
    }

    #[test]
    fn a_search_that_costs_too_much_gives_up() {
        let mut random = Random::new(32);
        let centre = random.hash();
        let rows = (0..20_000).map(|key| (random.mutate(centre, 6), key)).collect();
        let segment = segment(rows, 10);
        let mut scratch = Scratch::new();
        for (query, dense) in [(centre, true), (random.hash(), false)] {
            let query = Value::from_hash(&query);
            let done = segment.search_blocks(&query, 31, 10, segment.distinct(), &mut scratch);
            assert_eq!(done, !dense);
            assert!(scratch.found.is_empty());
        }
    }

    /// A chain that leads back, or out of the bytes, ends.
    #[test]
    fn damaged_chains_end() {
        for next in [0, 1, 5, 6, 1000, (1 << NEXT_BITS) - 1] {
            let mut block = [0; BLOCK];
            put_tail(&mut block, u32::MAX << NEXT_BITS | next);
            let blocks = [block; 7];
            let first = Probe {
                block: 3,
                signature: 1,
                limit: 1,
            };
            for kernels in Kernels::available() {
                let (mut probes, mut steps) = (vec![first], 0);
                let mut out = vec![];
                while !probes.is_empty() {
                    let mut more = vec![];
                    kernels.scan_blocks(&blocks, &probes, &mut out, &mut more);
                    probes = more;
                    steps += 1;
                }
                assert!(steps <= 3);
                assert!(out.iter().all(|place| *place as usize % PLACES < ROOM));
            }
        }
    }
}
