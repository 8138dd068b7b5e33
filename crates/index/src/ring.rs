//! Which buckets must be looked into, and how near the next part must be.
//!
//! A value is a ring of parts: 16 of 16 bits, or more and narrower ones ([`crate::parts`]). Give part `p` a weight `w[p]`, with Σ w = radius + 1. If two
//! values are within the radius, then Σ (distance of part p − w[p]) < 0, and by the cycle lemma (Dvoretzky,
//! Motzkin 1947) some part starts a chain around the ring all of whose prefix sums are negative. So for some `p`
//!
//! * the values differ in part `p` by fewer than `w[p]` bits, and
//! * in parts `p` and `p + 1` together by fewer than `w[p] + w[p + 1]` bits.
//!
//! The first finds buckets, as multi-index hashing does (Norouzi, Punjani, Fleet, CVPR 2012); the second
//! is the pigeonring of Qin and Xiao (VLDB 2018). With it 16 bits of signature beside each bucket entry reject
//! 99.7 % of the entries at radius 31, where plain multi-index hashing needs 96 bits for the same.

use crate::parts::MOST_PARTS;
use crate::value::{PARTS, Value};

/// Largest weight that the table of neighbour masks covers.
const MAX_WEIGHT: u32 = 4;

/// Largest radius that a ring of 16 parts can prove: a greater one is served by reading every value.
#[cfg(test)]
pub(crate) const MAX_RING_RADIUS: u32 = PARTS as u32 * MAX_WEIGHT - 1;

/// Number of 16-bit masks with at most 3 bits set: 1 + 16 + 120 + 560.
const MASK_COUNT: usize = 697;

/// All 16-bit masks with at most three bits set, by number of bits, then by value.
static MASKS: [u16; MASK_COUNT] = {
    let mut masks = [0u16; MASK_COUNT];
    let (mut at, mut ones) = (1, 1);
    while ones < MAX_WEIGHT {
        let mut mask = (1u32 << ones) - 1;
        while mask <= u16::MAX as u32 {
            masks[at] = mask as u16;
            at += 1;
            // The next greater number with as many bits ("Gosper's hack").
            let low = mask & mask.wrapping_neg();
            let ripple = mask + low;
            mask = (((ripple ^ mask) >> 2) / low) | ripple;
        }
        ones += 1;
    }
    masks
};

/// `MASKS[..MASKS_BELOW[w]]` have fewer than `w` bits.
const MASKS_BELOW: [usize; MAX_WEIGHT as usize + 1] = [0, 1, 17, 137, MASK_COUNT];

/// Weights of the parts for one search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    each: [u8; MOST_PARTS],
    parts: usize,
}

impl Weights {
    /// Weights that add up to `radius + 1`, as even as possible. `None` when the ring cannot prove the radius.
    pub(crate) fn even(radius: u32, parts: usize) -> Option<Self> {
        let total = radius as usize + 1;
        if total > parts * MAX_WEIGHT as usize || parts > MOST_PARTS {
            return None;
        }
        let (base, rest) = (total / parts, total % parts);
        let mut each = [0; MOST_PARTS];
        for (p, weight) in each.iter_mut().enumerate().take(parts) {
            *weight = (base + (p + 1) * rest / parts - p * rest / parts) as u8;
        }
        Some(Self { each, parts })
    }

    fn each(&self) -> &[u8] {
        &self.each[..self.parts]
    }

    /// How many buckets must be looked into, in tables of `1 << bits` buckets.
    pub(crate) fn buckets(&self, bits: u32) -> usize {
        let bits = bits as usize;
        let [none, one] = [1, bits];
        let two = one * (bits - 1) / 2;
        let three = two * (bits - 2) / 3;
        let below = [0, none, none + one, none + one + two, none + one + two + three];
        self.each().iter().map(|&weight| below[usize::from(weight)]).sum()
    }

    /// Masks that lead from the query's bucket of part `p` to every bucket that must be looked into, in a table
    /// of `1 << bits` buckets.
    #[inline(always)]
    pub(crate) fn masks(&self, p: usize, bits: u32) -> impl Iterator<Item = u16> {
        let inside = ((1u32 << bits) - 1) as u16;
        MASKS[..MASKS_BELOW[usize::from(self.each[p])]]
            .iter()
            .copied()
            .filter(move |mask| mask & !inside == 0)
    }

    /// Bits by which part `p` (its bucket) and part `p + 1` together may differ. Means nothing for a part of
    /// weight 0, at which no chain starts.
    #[inline(always)]
    pub(crate) fn pair_limit(&self, p: usize) -> u32 {
        let next = if p + 1 < self.parts { p + 1 } else { 0 };
        (u32::from(self.each[p]) + u32::from(self.each[next])).saturating_sub(1)
    }

    /// The first of 16 parts at which a search finds `value`: a value is reported there and nowhere else.
    #[inline(always)]
    pub(crate) fn first_part(&self, query: &Value, value: &Value, bits: u32) -> Option<usize> {
        let inside = ((1u32 << bits) - 1) as u16;
        let differing = |p: usize| query.part(p) ^ value.part(p);
        (0..PARTS).find(|&p| {
            let own = (differing(p) & inside).count_ones();
            own < u32::from(self.each[p])
                && own + differing((p + 1) % PARTS).count_ones() <= self.pair_limit(p)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn weights_add_up_and_masks_are_ordered() {
        for radius in 0..=MAX_RING_RADIUS {
            let weights = Weights::even(radius, PARTS).unwrap();
            assert_eq!(
                weights.each().iter().map(|&w| u32::from(w)).sum::<u32>(),
                radius + 1
            );
            assert!(weights.each().iter().all(|&w| u32::from(w) <= MAX_WEIGHT));
        }
        assert!(Weights::even(MAX_RING_RADIUS + 1, PARTS).is_none());
        for (w, &end) in MASKS_BELOW.iter().enumerate() {
            assert!(MASKS[..end].iter().all(|m| m.count_ones() < w as u32));
            assert!(MASKS[end..].iter().all(|m| m.count_ones() >= w as u32));
        }
    }

    #[test]
    fn buckets_are_counted() {
        for radius in 0..=MAX_RING_RADIUS {
            let weights = Weights::even(radius, PARTS).unwrap();
            for bits in 4..=16 {
                let listed: usize = (0..PARTS).map(|p| weights.masks(p, bits).count()).sum();
                assert_eq!(weights.buckets(bits), listed);
            }
        }
    }

    /// The worst cases: every part differs by its weight, but one by one bit fewer. Only that one finds them, with
    /// nothing to spare.
    #[test]
    fn nothing_to_spare() {
        let mut random = Random::new(3);
        for radius in 0..=MAX_RING_RADIUS {
            let weights = Weights::even(radius, PARTS).unwrap();
            for start in (0..PARTS).filter(|&p| weights.each[p] > 0) {
                let query = Value::from_hash(&random.hash());
                let mut value = query;
                for p in 0..PARTS {
                    let differing = u32::from(weights.each[p]) - u32::from(p == start);
                    value.0[p / 4] ^= ((1u64 << differing) - 1) << (16 * (p % 4));
                }
                assert_eq!(query.distance(&value), radius);
                for bits in [16, 12, 8, 4] {
                    assert_eq!(
                        weights.first_part(&query, &value, bits),
                        Some(start),
                        "radius {radius}"
                    );
                }
            }
        }
    }

    /// The proof in the module's head, held against random pairs at and below every radius.
    #[test]
    fn some_part_finds_every_value_within_the_radius() {
        let mut random = Random::new(2);
        for radius in 0..=MAX_RING_RADIUS {
            let weights = Weights::even(radius, PARTS).unwrap();
            for round in 0..400 {
                let hash = random.hash();
                let distance = if round % 2 == 0 {
                    radius as usize
                } else {
                    random.below(radius as usize + 1)
                };
                let (a, b) = (
                    Value::from_hash(&hash),
                    Value::from_hash(&random.mutate(hash, distance)),
                );
                for bits in [16, 12, 8] {
                    assert!(
                        weights.first_part(&a, &b, bits).is_some(),
                        "radius {radius}, bits {bits}"
                    );
                }
            }
        }
    }
}
