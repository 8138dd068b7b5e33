//! The cells of a grid: which signatures of the cells that a query must look into pass.

use super::{Kernels, Kind};
use crate::grid::Passing;
use crate::value::{PARTS, Value};

/// Signatures in a cell.
pub(crate) const CELL: usize = 15;
/// The bit of a cell's lanes that says that its bucket has more entries.
pub(crate) const MORE: u16 = 1 << CELL;
/// Cells that a query looks into for a part, at most: its own, and those one bit beside it.
const PROBES: usize = 17;
/// Queries whose cells are all looked into before it is told what passed in them: what follows from that cannot be
/// foreseen by the processor, which would lose sight of the cells that come next. As many as stay in the first cache.
const TOGETHER: usize = 32;
/// Signatures pass with so many bits at most in the query's own cell, and one fewer beside it.
const LIMIT: u16 = 3;

/// The first signatures of a bucket, and in the last lane whether it has more: 0, which is always near the 0 that a query
/// has there, or all bits, which are not. Two lie in a line of the cache, and of their numbers one is beside the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(32))]
pub(crate) struct Cell([u16; CELL + 1]);

impl Cell {
    /// The cell of a bucket without entries. (Its lanes may pass; whoever looks counts the entries.)
    pub(crate) const EMPTY: Self = {
        let mut lanes = [0; CELL + 1];
        lanes[CELL] = u16::MAX;
        Self(lanes)
    };

    /// Puts the signatures of a bucket into an empty cell.
    pub(crate) fn fill(&mut self, mut signatures: impl ExactSizeIterator<Item = u16>) {
        let Some(first) = signatures.next() else {
            return;
        };
        // Lanes that are left over repeat the first, so that they hardly ever pass alone.
        self.0[..CELL].fill(first);
        if signatures.len() >= CELL {
            self.0[CELL] = 0;
        }
        for (lane, signature) in self.0[1..CELL].iter_mut().zip(signatures) {
            *lane = signature;
        }
    }
}

/// A line of the cache full of cells, for the sake of where it lies.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct Line([Cell; Line::CELLS]);

impl Line {
    pub(crate) const CELLS: usize = 2;
    pub(crate) const EMPTY: Self = Self([Cell::EMPTY; Self::CELLS]);

    /// The cells of lines.
    pub(crate) fn cells(lines: &[Self]) -> &[Cell] {
        // SAFETY: a line is its cells and nothing else, without padding: 64 bytes of two times 32.
        unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), Self::CELLS * lines.len()) }
    }

    /// The cells of lines, to be filled.
    pub(crate) fn cells_mut(lines: &mut [Self]) -> &mut [Cell] {
        // SAFETY: as above; any cells make a line.
        unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), Self::CELLS * lines.len()) }
    }
}

impl Kernels {
    /// Whether looking into cells is quicker than the segment's own search: without vectors it is not.
    pub(crate) fn probes_quickly(self) -> bool {
        self.0 != Kind::Scalar
    }

    /// Appends the cells in which something passes for a query, by query. There are `2^bits` cells for each part, `bits`
    /// from 12 to 16; with any other number of cells nothing passes.
    pub(crate) fn probe(self, cells: &[Cell], bits: u32, queries: &[Value], out: &mut Vec<Passing>) {
        match bits {
            12 => self.probe_some::<{ 1 << 12 }>(cells, queries, out),
            13 => self.probe_some::<{ 1 << 13 }>(cells, queries, out),
            14 => self.probe_some::<{ 1 << 14 }>(cells, queries, out),
            15 => self.probe_some::<{ 1 << 15 }>(cells, queries, out),
            16 => self.probe_some::<{ 1 << 16 }>(cells, queries, out),
            _ => {}
        }
    }

    fn probe_some<const LEN: usize>(self, cells: &[Cell], queries: &[Value], out: &mut Vec<Passing>) {
        let parts = cells.as_chunks::<LEN>().0;
        match self.0 {
            Kind::Scalar => each_query(parts, queries, out, scalar),
            // SAFETY: this kind exists only where `detected` saw every feature that the function enables.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { x86::avx2(parts, queries, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { x86::avx512(parts, queries, out) },
        }
    }
}

/// The lanes that pass, of the query's own cell and of those beside it by one bit.
type Lanes = [u16; PROBES];

/// What passes for each query; `look` looks into the cells of one part, of which the query's value and what follows it are
/// given. `LEN` is a power of two, so that no number of a cell needs a check.
#[inline(always)]
fn each_query<const LEN: usize>(
    parts: &[[Cell; LEN]],
    queries: &[Value],
    out: &mut Vec<Passing>,
    look: impl Fn(&[Cell; LEN], usize, u16, &mut Lanes),
) {
    let inside = LEN - 1;
    let own = |query: &Value, p: usize| usize::from(query.part(p)) & inside;
    let mut lanes = [[[0; PROBES]; PARTS]; TOGETHER];
    for (first, queries) in (0u32..).step_by(TOGETHER).zip(queries.chunks(TOGETHER)) {
        for (query, lanes) in queries.iter().zip(&mut lanes) {
            for (p, (cells, lanes)) in parts.iter().zip(lanes).enumerate() {
                look(cells, own(query, p), query.part((p + 1) % PARTS), lanes);
            }
        }
        for ((number, query), lanes) in (first..).zip(queries).zip(&lanes) {
            // Little passes: sixteen lanes are looked at together.
            let some = lanes.as_flattened().as_chunks::<16>().0;
            for (some, at) in some.iter().zip((0..).step_by(16)) {
                if some.iter().fold(0, |all, lanes| all | lanes) == 0 {
                    continue;
                }
                for (at, &lanes) in (at..).zip(some).filter(|(_, lanes)| **lanes != 0) {
                    let (p, probe) = (at / PROBES, at % PROBES);
                    out.push(Passing {
                        query: number,
                        cell: (p * LEN + (own(query, p) ^ (1 << probe >> 1))) as u32,
                        lanes,
                        beside: probe > 0,
                    });
                }
            }
        }
    }
}

fn scalar<const LEN: usize>(cells: &[Cell; LEN], own: usize, next: u16, lanes: &mut Lanes) {
    for probe in 0..=LEN.ilog2() as usize {
        let cell = &cells[(own ^ (1 << probe >> 1)) & (LEN - 1)];
        let limit = u32::from(LIMIT) - u32::from(probe > 0);
        let passes = |lane: usize| (cell.0[lane] ^ if lane < CELL { next } else { 0 }).count_ones() <= limit;
        lanes[probe] = (0..=CELL).fold(0, |all, lane| all | u16::from(passes(lane)) << lane);
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::super::avx2::count_bytes;
    use super::{CELL, Cell, LIMIT, Lanes, Passing, each_query};
    use crate::value::Value;

    #[target_feature(enable = "avx2")]
    #[inline]
    fn load(cell: &Cell) -> __m256i {
        // SAFETY: a cell is 32 bytes, and lies at a multiple of 32.
        unsafe { _mm256_load_si256((&raw const cell.0).cast()) }
    }

    #[target_feature(enable = "avx2,popcnt,bmi1")]
    pub(super) fn avx2<const LEN: usize>(parts: &[[Cell; LEN]], queries: &[Value], out: &mut Vec<Passing>) {
        each_query(parts, queries, out, |cells, own, next, lanes| {
            look2(cells, own, next, lanes)
        });
    }

    #[target_feature(enable = "avx2,popcnt,bmi1")]
    #[inline]
    fn look2<const LEN: usize>(cells: &[Cell; LEN], own: usize, next: u16, lanes: &mut Lanes) {
        let wanted = _mm256_insert_epi16::<{ CELL as i32 }>(_mm256_set1_epi16(next as i16), 0);
        let one = _mm256_set1_epi8(1);
        for (probe, lanes) in lanes.iter_mut().enumerate().take(LEN.ilog2() as usize + 1) {
            let cell = &cells[(own ^ (1 << probe >> 1)) & (LEN - 1)];
            let counts = _mm256_maddubs_epi16(count_bytes(_mm256_xor_si256(load(cell), wanted)), one);
            let limit = _mm256_set1_epi16(LIMIT as i16 - i16::from(probe > 0));
            let over = _mm256_cmpgt_epi16(counts, limit);
            // A byte a lane; each half of the register is packed by itself.
            let over = _mm_packs_epi16(_mm256_castsi256_si128(over), _mm256_extracti128_si256::<1>(over));
            *lanes = !_mm_movemask_epi8(over) as u16;
        }
    }

    #[target_feature(enable = "avx2,popcnt,bmi1,avx512f,avx512bw,avx512vl,avx512vpopcntdq,avx512bitalg")]
    pub(super) fn avx512<const LEN: usize>(parts: &[[Cell; LEN]], queries: &[Value], out: &mut Vec<Passing>) {
        each_query(parts, queries, out, |cells, own, next, lanes| {
            look512(cells, own, next, lanes)
        });
    }

    #[target_feature(enable = "avx2,popcnt,bmi1,avx512f,avx512bw,avx512vl,avx512vpopcntdq,avx512bitalg")]
    #[inline]
    fn look512<const LEN: usize>(cells: &[Cell; LEN], own: usize, next: u16, lanes: &mut Lanes) {
        let but_the_last = _mm256_insert_epi16::<{ CELL as i32 }>(_mm256_set1_epi16(-1), 0);
        let wanted = _mm256_and_si256(_mm256_set1_epi16(next as i16), but_the_last);
        for (probe, lanes) in lanes.iter_mut().enumerate().take(LEN.ilog2() as usize + 1) {
            let cell = &cells[(own ^ (1 << probe >> 1)) & (LEN - 1)];
            let counts = _mm256_popcnt_epi16(_mm256_xor_si256(load(cell), wanted));
            let limit = _mm256_set1_epi16(LIMIT as i16 - i16::from(probe > 0));
            *lanes = _mm256_cmple_epi16_mask(counts, limit);
        }
    }
}
