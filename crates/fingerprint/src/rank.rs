//! How much a PDQ hash can tell: the effective rank of its signs.
//!
//! PDQ keeps the signs of 16×16 frequencies. Where a picture varies along one axis alone, or is the product of a row and
//! a column (a line of text on a plain ground, a flag, a disc on a dark sky), rows of signs repeat each other: of 256
//! bits some thirty are free, and pictures that share nothing else come near. Quality does not see this, as one strong
//! edge suffices for 100.

use model::PdqHash;

/// Effective rank of a hash read as a 16×16 matrix of −1 and +1: from 1 (every row equals the first or its opposite) to
/// about 8.3 for random bits, which is what photographs come near to.
///
/// It is the participation ratio of the squared singular values σ², (Σσ²)² / Σσ⁴. Turning or mirroring a picture
/// changes signs of whole rows and columns and swaps the axes, none of which changes it.
///
/// ```
/// use basira_fingerprint::rank::effective_rank;
/// use model::PdqHash;
///
/// let stripes = PdqHash::new([0b1010_1010; 32]);
/// assert_eq!(effective_rank(&stripes), 1.0);
/// ```
pub fn effective_rank(hash: &PdqHash) -> f32 {
    let bytes = hash.bytes().as_chunks::<2>().0;
    // Twice, so that the row after the last one is the first.
    let rows: [u16; 32] = std::array::from_fn(|i| u16::from_be_bytes(bytes[i % 16]));
    let squares = |apart: usize| -> i32 {
        let pairs = rows[..16].iter().zip(&rows[apart..apart + 16]);
        let products = pairs.map(|(a, b)| 16 - 2 * (a ^ b).count_ones() as i16);
        products.map(|product| i32::from(product * product)).sum()
    };
    // Of rows less than half the ring apart, each pair is the pair of the other order too; a row with itself gives 16.
    let fourth_powers = 16 * 256 + 2 * (1..8).map(squares).sum::<i32>() + squares(8);
    // Σσ² is the number of entries, 256; Σσ⁴ is the sum of squared products of rows.
    (256.0 * 256.0) / fourth_powers as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdq;
    use model::Dihedral;

    /// Deterministic bits without a pattern.
    fn mixed(seed: u64) -> [u8; 32] {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        std::array::from_fn(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
    }

    #[test]
    fn every_pair_of_rows_counts() {
        for seed in 1..200 {
            let hash = PdqHash::new(mixed(seed));
            let sign = |row: usize, column: usize| 1 - 2 * i32::from(hash.bit(16 * row + column));
            let mut fourth_powers = 0;
            for (a, b) in (0..16).flat_map(|a| (0..16).map(move |b| (a, b))) {
                let product: i32 = (0..16).map(|column| sign(a, column) * sign(b, column)).sum();
                fourth_powers += product * product;
            }
            assert_eq!(effective_rank(&hash), 65_536.0 / fourth_powers as f32);
        }
    }

    #[test]
    fn products_of_a_row_and_a_column_have_rank_one() {
        for seed in 1..50 {
            let bits = mixed(seed);
            let product: [u8; 32] = std::array::from_fn(|i| {
                let flip = bits[2 + i / 16] >> (i / 2 % 8) & 1 == 1;
                if flip { !bits[i % 2] } else { bits[i % 2] }
            });
            assert_eq!(effective_rank(&PdqHash::new(product)), 1.0);
        }
    }

    #[test]
    fn two_kinds_of_rows_have_rank_two_and_random_bits_about_eight() {
        let two: [u8; 32] = std::array::from_fn(|i| if i % 4 < 2 { 0xff } else { 0b1010_1010 });
        assert_eq!(effective_rank(&PdqHash::new(two)), 2.0);
        let ranks: Vec<f32> = (1..500)
            .map(|seed| effective_rank(&PdqHash::new(mixed(seed))))
            .collect();
        assert!(ranks.iter().all(|rank| (5.5..=16.0).contains(rank)));
        let mean = ranks.iter().sum::<f32>() / ranks.len() as f32;
        assert!((7.9..8.7).contains(&mean), "{mean}");
    }

    #[test]
    fn turning_and_mirroring_change_it_little() {
        let picture: Vec<u8> = (0..128 * 128)
            .map(|i: u32| (i % 128 * (i / 128) % 251) as u8 ^ (i / 640) as u8)
            .collect();
        let print = pdq::fast(&picture, 128, 128);
        let own = effective_rank(&print.hash());
        for form in Dihedral::ALL {
            // Forms are cut at the same median, and only entries at the median can fall on the other side.
            assert!(
                (effective_rank(&print.in_form(form)) - own).abs() < 1.0,
                "{form:?}"
            );
        }
    }
}
