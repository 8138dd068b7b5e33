//! Every row against many queries at once, at any radius.
//!
//! Tiles of rows are turned so that one register holds the same nibble (4 bits) of 32 rows. For a query, a
//! 16-byte table gives the distance of that nibble for each of its 16 values, and one shuffle looks up 32 rows
//! (André, Kermarrec, Le Scouarnec, "Cache locality is not enough", VLDB 2015, for product quantisation). Two
//! queries share a table: the low half of each byte counts for the one, the high half for the other. Where all
//! four bits of a nibble differ the table counts 3, so that five nibbles can be added before a half overflows: the
//! sum is a lower bound, and every row that passes is measured exactly.

use super::WideFound;
use crate::value::{VALUE_BYTES, Value};

#[inline(always)]
fn measure(
    rows: &[[u8; VALUE_BYTES]],
    first: usize,
    queries: &[Value],
    query: usize,
    radius: u32,
    out: &mut Vec<WideFound>,
) {
    for (at, bytes) in rows.iter().enumerate() {
        let distance = Value::from_bytes(bytes).distance(&queries[query]);
        if distance <= radius {
            out.push(WideFound {
                query: query as u32,
                row: (first + at) as u32,
                distance,
            });
        }
    }
}

pub(super) fn scan_scalar(table: &[u8], queries: &[Value], radius: u32, out: &mut Vec<WideFound>) {
    scan_tiles(table.as_chunks::<VALUE_BYTES>().0, 0, queries, radius, out);
}

/// Rows in tiles that stay in the first cache while the queries pass over them.
#[inline(always)]
fn scan_tiles(
    rows: &[[u8; VALUE_BYTES]],
    first: usize,
    queries: &[Value],
    radius: u32,
    out: &mut Vec<WideFound>,
) {
    const TILE: usize = 256;
    for (at, tile) in rows.chunks(TILE).enumerate() {
        for query in 0..queries.len() {
            measure(tile, first + at * TILE, queries, query, radius, out);
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2 {
    use std::arch::x86_64::*;

    use super::super::avx2::{load, store};
    use super::{measure, scan_tiles};
    use crate::simd::WideFound;
    use crate::value::{VALUE_BYTES, Value};

    /// Nibbles that are added before the halves of a byte are parted. With counts of at most 3 each, no half
    /// overflows.
    const GROUP: usize = 5;
    /// Nibbles of a value, filled up to whole groups.
    const NIBBLES: usize = 65;
    /// Groups that are read at a narrow radius. The last 16 bits are left to the exact measure: of random rows, fewer
    /// than one in 20,000 get that far.
    const NARROW_GROUPS: usize = 12;
    const NARROW_RADIUS: u32 = 88;
    /// Registers of 32 rows that are counted together, so that a table is loaded once for all of them.
    const BLOCKS: usize = 4;
    const BLOCK_ROWS: usize = 32;
    const TILE_ROWS: usize = BLOCKS * BLOCK_ROWS;

    /// Nibble `n` of 32 rows, for each block of a tile. Aligned, so that no load straddles two cache lines.
    #[repr(align(64))]
    struct Tile([[[u8; BLOCK_ROWS]; BLOCKS]; NIBBLES]);

    /// The distances of two queries for each value of each nibble.
    type Table = [[u8; 16]; NIBBLES];

    /// `[n]` holds the number of bits in which `n` and each of 0 to 15 differ, but 3 for 4.
    const DISTANCES: [u128; 16] = {
        let mut all = [0u128; 16];
        let mut a = 0;
        while a < 16 {
            let mut b = 0;
            while b < 16 {
                let count = (a as u32 ^ b).count_ones();
                let count = if count > 3 { 3 } else { count };
                all[a] |= (count as u128) << (8 * b);
                b += 1;
            }
            a += 1;
        }
        all
    };

    fn table_of(low: &Value, high: &Value) -> Table {
        std::array::from_fn(|n| {
            let counts = |value: &Value| {
                let word = value.0.get(n / 16)?;
                Some(DISTANCES[(word >> (4 * (n % 16)) & 15) as usize])
            };
            // The nibble that fills up the last group counts nothing.
            (counts(low).unwrap_or(0) | counts(high).unwrap_or(0) << 4).to_le_bytes()
        })
    }

    /// Turns rows into nibbles. A half of a register takes 16 bytes of a row, the other half those of the row 16
    /// further on; four rounds of interleaving register `i` with `i + 8` transpose both halves.
    #[target_feature(enable = "avx2")]
    fn turn(rows: &[[u8; VALUE_BYTES]; TILE_ROWS], tile: &mut Tile) {
        let half = _mm256_set1_epi8(0x0f);
        for (block, rows) in rows.as_chunks::<BLOCK_ROWS>().0.iter().enumerate() {
            for side in 0..2 {
                let mut lanes: [__m256i; 16] = std::array::from_fn(|i| {
                    let (low, high) = (load(&rows[i]), load(&rows[i + 16]));
                    if side == 0 {
                        _mm256_permute2x128_si256::<0x20>(low, high)
                    } else {
                        _mm256_permute2x128_si256::<0x31>(low, high)
                    }
                });
                for _ in 0..4 {
                    lanes = std::array::from_fn(|i| {
                        let (a, b) = (lanes[i / 2], lanes[i / 2 + 8]);
                        if i % 2 == 0 {
                            _mm256_unpacklo_epi8(a, b)
                        } else {
                            _mm256_unpackhi_epi8(a, b)
                        }
                    });
                }
                for (i, lane) in lanes.into_iter().enumerate() {
                    let nibble = 2 * (16 * side + i);
                    store(&mut tile.0[nibble][block], _mm256_and_si256(lane, half));
                    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(lane), half);
                    store(&mut tile.0[nibble + 1][block], high);
                }
            }
        }
    }

    /// For two queries, 0xff in each row of the tile whose lower bound is within the limit.
    #[target_feature(enable = "avx2,popcnt,bmi1")]
    #[inline]
    fn near(tile: &Tile, table: &Table, groups: usize, limit: __m256i) -> [[__m256i; BLOCKS]; 2] {
        let half = _mm256_set1_epi8(0x0f);
        let mut sums = [_mm256_setzero_si256(); BLOCKS];
        let mut highs = [_mm256_setzero_si256(); BLOCKS];
        let (codes, tables) = (tile.0.as_chunks::<GROUP>().0, table.as_chunks::<GROUP>().0);
        for (codes, tables) in codes.iter().zip(tables).take(groups) {
            let mut group = [_mm256_setzero_si256(); BLOCKS];
            for (codes, table) in codes.iter().zip(tables) {
                let table = u128::from_le_bytes(*table);
                let table = _mm_set_epi64x((table >> 64) as i64, table as i64);
                let table = _mm256_broadcastsi128_si256(table);
                for block in 0..BLOCKS {
                    let counts = _mm256_shuffle_epi8(table, load(&codes[block]));
                    group[block] = _mm256_add_epi8(group[block], counts);
                }
            }
            for block in 0..BLOCKS {
                sums[block] = _mm256_add_epi8(sums[block], group[block]);
                let high = _mm256_and_si256(_mm256_srli_epi16::<4>(group[block]), half);
                highs[block] = _mm256_add_epi8(highs[block], high);
            }
        }
        let within = |count| _mm256_cmpeq_epi8(_mm256_min_epu8(count, limit), count);
        let lows = std::array::from_fn(|block| {
            // The bytes' sums are low + 16 · high modulo 256.
            let shifted = _mm256_andnot_si256(half, _mm256_slli_epi16::<4>(highs[block]));
            within(_mm256_sub_epi8(sums[block], shifted))
        });
        [lows, highs.map(within)]
    }

    #[target_feature(enable = "avx2,popcnt,bmi1")]
    pub(in crate::simd) fn scan(table: &[u8], queries: &[Value], radius: u32, out: &mut Vec<WideFound>) {
        let (tiles, rest) = table.as_chunks::<VALUE_BYTES>().0.as_chunks::<TILE_ROWS>();
        // Bounds are at most 3 · 64, so this limit lets all pass.
        let limit = _mm256_set1_epi8(radius.min(255) as u8 as i8);
        let groups = if radius <= NARROW_RADIUS {
            NARROW_GROUPS
        } else {
            NIBBLES / GROUP
        };
        let tables: Vec<Table> = queries
            .chunks(2)
            .map(|pair| table_of(&pair[0], &pair[pair.len() - 1]))
            .collect();
        let mut tile = Tile([[[0; BLOCK_ROWS]; BLOCKS]; NIBBLES]);
        for (at, rows) in tiles.iter().enumerate() {
            turn(rows, &mut tile);
            for (pair, table) in tables.iter().enumerate() {
                let near = near(&tile, table, groups, limit);
                for (query, near) in (2 * pair..queries.len()).zip(near) {
                    let [a, b, c, d] = near;
                    let any = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
                    if _mm256_movemask_epi8(any) != 0 {
                        let masks = near.map(|block| _mm256_movemask_epi8(block) as u32);
                        measure_some(rows, masks, at * TILE_ROWS, queries, query, radius, out);
                    }
                }
            }
        }
        scan_tiles(rest, tiles.len() * TILE_ROWS, queries, radius, out);
    }

    /// Measures the rows of a tile whose bits are set.
    #[inline(always)]
    fn measure_some(
        rows: &[[u8; VALUE_BYTES]; TILE_ROWS],
        masks: [u32; BLOCKS],
        first: usize,
        queries: &[Value],
        query: usize,
        radius: u32,
        out: &mut Vec<WideFound>,
    ) {
        for (block, mut mask) in masks.into_iter().enumerate() {
            while mask != 0 {
                let at = block * BLOCK_ROWS + mask.trailing_zeros() as usize;
                measure(&rows[at..=at], first + at, queries, query, radius, out);
                mask &= mask - 1;
            }
        }
    }
}
