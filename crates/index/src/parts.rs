//! How a value is cut into parts, more of them where buckets are few.
//!
//! At radius r the weights of the parts of a ring add up to r + 1 ([`crate::ring`]). A part of weight 1 needs one bucket
//! looked into, a part of weight 2 one more for each bit of a bucket's number. The more parts, the more have weight 1:
//! at radius 31, with buckets of 12 bits, 16 parts need 208 buckets, and 21 parts 153.

use crate::value::Value;

/// Bits of a value.
const BITS: usize = 256;
/// Fewest parts: a part has 16 bits at most.
const FEWEST_PARTS: usize = 16;
/// Most parts.
pub(crate) const MOST_PARTS: usize = 32;

/// A way to cut a value. The parts follow each other, as even in width as they can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts(usize);

impl Parts {
    /// As many parts as have at least `bits` bits.
    pub(crate) const fn for_bits(bits: u32) -> Self {
        let most = BITS / bits as usize;
        Self(if most > MOST_PARTS {
            MOST_PARTS
        } else if most < FEWEST_PARTS {
            FEWEST_PARTS
        } else {
            most
        })
    }

    /// How many parts.
    pub(crate) const fn count(self) -> usize {
        self.0
    }

    /// The part after part `p`, around the ring.
    #[inline(always)]
    pub(crate) const fn after(self, p: usize) -> usize {
        if p + 1 < self.0 { p + 1 } else { 0 }
    }

    /// Part `p`, in the low bits.
    #[inline(always)]
    pub(crate) fn part(self, value: &Value, p: usize) -> u16 {
        let (start, end) = (p * BITS / self.0, (p + 1) * BITS / self.0);
        let (word, shift) = (start / 64 % 4, start % 64);
        // With the word after it: a part may lie in both.
        let both = u128::from(value.0[word]) | u128::from(value.0[(word + 1) % 4]) << 64;
        (both >> shift) as u16 & (u32::MAX >> (32 - (end - start))) as u16
    }

    /// All parts; those that there are not are 0.
    #[inline(always)]
    pub(crate) fn cut(self, value: &Value) -> [u16; MOST_PARTS] {
        let mut parts = [0; MOST_PARTS];
        for (p, part) in parts.iter_mut().enumerate().take(self.0) {
            *part = self.part(value, p);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::Weights;
    use crate::testing::Random;

    #[test]
    fn every_bit_is_in_one_part() {
        for bits in 4..=16 {
            let parts = Parts::for_bits(bits);
            for bit in 0..BITS {
                let mut value = Value([0; 4]);
                value.0[bit / 64] |= 1 << (bit % 64);
                let cut = parts.cut(&value);
                let ones: u32 = cut.iter().map(|part| part.count_ones()).sum();
                assert_eq!(ones, 1, "bits {bits}, bit {bit}");
            }
            let widths = parts.cut(&Value([u64::MAX; 4])).map(u16::count_ones);
            assert!(widths[..parts.count()].iter().all(|width| *width >= bits));
        }
    }

    /// The proof in the head of `ring`, for this many parts.
    #[test]
    fn some_part_starts_a_chain_at_every_radius() {
        let mut random = Random::new(9);
        for bits in 8..=16 {
            let parts = Parts::for_bits(bits);
            for radius in 0..=63 {
                let weights = Weights::even(radius, parts.count()).unwrap();
                for _ in 0..40 {
                    let hash = random.hash();
                    let (a, b) = (hash, random.mutate(hash, radius as usize));
                    let [a, b] = [a, b].map(|hash| parts.cut(&Value::from_hash(&hash)));
                    let inside = ((1u32 << bits) - 1) as u16;
                    let found = (0..parts.count()).any(|p| {
                        let mask = (a[p] ^ b[p]) & inside;
                        let next = (a[parts.after(p)] ^ b[parts.after(p)]).count_ones();
                        weights.masks(p, bits).any(|it| it == mask)
                            && mask.count_ones() + next <= weights.pair_limit(p)
                    });
                    assert!(found, "bits {bits}, radius {radius}");
                }
            }
        }
    }
}
