//! Fixed generators for tests: the same numbers in every run.

use model::PdqHash;

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn hash(&mut self) -> PdqHash {
        let mut bytes = [0u8; 32];
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes());
        }
        PdqHash::new(bytes)
    }

    /// The hash with `count` different bits flipped.
    pub(crate) fn mutate(&mut self, mut hash: PdqHash, count: usize) -> PdqHash {
        let mut order: Vec<usize> = (0..256).collect();
        for i in 0..count.min(256) {
            let j = i + self.below(256 - i);
            order.swap(i, j);
            hash = hash.with_flipped(order[i]);
        }
        hash
    }
}
