//! A small seeded generator of pseudo-random numbers.

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). Not for
/// secrets; the same seed gives the same numbers on every machine.
#[derive(Debug, Clone)]
pub struct Prng {
    state: u64,
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// A seed for the use named by `salt`, unrelated to `seed` itself and to every other salt's.
pub const fn derive(seed: u64, salt: u64) -> u64 {
    mix(mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ mix(salt ^ 0xa076_1d64_78bd_642f))
}

impl Prng {
    /// A generator for the use named by `salt`, so that neighbouring seeds and other uses share nothing.
    pub const fn new(seed: u64, salt: u64) -> Self {
        Self {
            state: derive(seed, salt),
        }
    }

    /// 64 random bits.
    pub const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Uniform in 0 ≤ x < 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform between `low` and `high`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in `low..=high`. The bias of the multiplication is below 2^-32.
    ///
    /// # Panics
    /// If `high < low`.
    pub fn int(&mut self, low: u32, high: u32) -> u32 {
        assert!(low <= high, "empty range {low}..={high}");
        let span = u64::from(high - low) + 1;
        low + (((self.bits() >> 32) * span) >> 32) as u32
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// One of the items.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.int(0, items.len() as u32 - 1) as usize]
    }

    /// Near normal, mean 0, standard deviation 1 (sum of four uniforms, never beyond 3.5).
    pub fn normal(&mut self) -> f32 {
        (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) * 1.732
    }

    /// Puts the items in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.int(0, last as u32) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_range_and_fill_it() {
        let mut prng = Prng::new(1, 2);
        let mut seen = [0u32; 7];
        let mut sum = 0.0;
        for _ in 0..7000 {
            seen[prng.int(3, 9) as usize - 3] += 1;
            let unit = prng.unit();
            assert!((0.0..1.0).contains(&unit));
            sum += unit;
        }
        assert!(seen.iter().all(|&n| (800..1200).contains(&n)), "{seen:?}");
        assert!((0.48..0.52).contains(&(sum / 7000.0)));
    }

    #[test]
    fn neighbouring_seeds_and_salts_share_nothing() {
        let mut seen = std::collections::HashSet::new();
        for seed in 0..100 {
            for salt in 0..100 {
                assert!(seen.insert(derive(seed, salt)));
            }
        }
    }
}
