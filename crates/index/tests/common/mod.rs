//! A generator with fixed seeds, banks that resemble real ones, and the oracle.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::cell::Cell;

use basira_index::Hit;
use model::PdqHash;

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(Cell<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn hash(&self) -> PdqHash {
        let mut bytes = [0u8; 32];
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes());
        }
        PdqHash::new(bytes)
    }

    /// The hash with `count` different bits flipped.
    pub(crate) fn mutate(&self, hash: PdqHash, count: usize) -> PdqHash {
        self.mutate_in(hash, count, 0)
    }

    /// The same; of the styles 1, 2 and 3 the flips fill rows, columns or diagonals one after another.
    pub(crate) fn mutate_in(&self, mut hash: PdqHash, count: usize, style: usize) -> PdqHash {
        let mut order: Vec<usize> = (0..256).collect();
        for i in 0..256 {
            order.swap(i, i + self.below(256 - i));
        }
        let turn = self.below(16);
        let group = |k: &usize| (k + 16 * turn) / 16 % 16;
        match style {
            1 => order.sort_by_key(|k| group(k)),
            2 => order.sort_by_key(|k| group(&(k % 16 * 16))),
            3 => order.sort_by_key(|k| group(&((k + 16 - k / 16) % 16 * 16))),
            _ => {}
        }
        for &k in &order[..count] {
            hash = hash.with_flipped(k);
        }
        hash
    }
}

/// Rows of which many are equal or near to each other.
pub(crate) struct Bank {
    pub(crate) rows: Vec<(PdqHash, u64)>,
}

impl Bank {
    pub(crate) fn clustered(random: &Random, n: usize) -> Self {
        let mut rows: Vec<(PdqHash, u64)> = vec![];
        for key in 0..n {
            let near = rows
                .get(random.below(key.max(1)))
                .map_or_else(|| random.hash(), |row| row.0);
            let hash = match random.below(6) {
                0 => near,
                1 | 2 => random.mutate(near, random.below(33)),
                3 => random.mutate(near, random.below(90)),
                _ => random.hash(),
            };
            // Some keys are shared.
            rows.push((hash, if key % 7 == 6 { key as u64 - 1 } else { key as u64 }));
        }
        Self { rows }
    }

    /// Some equal to a row, some near one, some not.
    pub(crate) fn queries(&self, random: &Random, count: usize) -> Vec<PdqHash> {
        (0..count)
            .map(|at| match self.rows.get(random.below(self.rows.len().max(1))) {
                Some(row) if at % 3 < 2 => random.mutate(row.0, random.below(40) * (at % 3)),
                _ => random.hash(),
            })
            .collect()
    }
}

/// Every row with its distance, ordered as [`sorted`] orders hits.
pub(crate) fn measure(rows: &[(PdqHash, u64)], query: &PdqHash) -> Vec<Hit> {
    // Not `PdqHash::distance`: the oracle shares no code with what it judges.
    let distance = |hash: &PdqHash| (0..256).filter(|&k| hash.bit(k) != query.bit(k)).count() as u32;
    let words = |hash: &PdqHash| -> [u128; 2] {
        let halves = hash.bytes().as_chunks::<16>().0;
        [u128::from_ne_bytes(halves[0]), u128::from_ne_bytes(halves[1])]
    };
    let [a, b] = words(query);
    let quick = |hash: &PdqHash| {
        let [c, d] = words(hash);
        (a ^ c).count_ones() + (b ^ d).count_ones()
    };
    if let Some(row) = rows.first() {
        assert_eq!(quick(&row.0), distance(&row.0));
    }
    sorted(
        rows.iter()
            .map(|(hash, key)| Hit {
                key: *key,
                distance: quick(hash),
            })
            .collect(),
    )
}

/// The measured rows that a search must find.
pub(crate) fn within(measured: &[Hit], radius: u32) -> Vec<Hit> {
    measured
        .iter()
        .copied()
        .filter(|hit| hit.distance <= radius)
        .collect()
}

/// The hits that a search must find, ordered.
pub(crate) fn brute_force(rows: &[(PdqHash, u64)], query: &PdqHash, radius: u32) -> Vec<Hit> {
    within(&measure(rows, query), radius)
}

pub(crate) fn sorted(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort();
    hits
}
