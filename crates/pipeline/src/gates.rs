//! How wide retrieval may look, so that chance does not fill the list of candidates, and how near hashes must come that
//! can tell little.

use fingerprint::rank::effective_rank;
use model::PdqHash;

use crate::robust::{Gates, MATCH_RADIUS};

/// Effective rank from which a hash is taken at the full match radius.
///
/// Of 1,999 generated photographs 99 % have 4.6 or more. Over 3,100 negatives against 99,998 entries, every one of 16
/// false matches (title cards, flags, near-blank pictures) had 2.8 or less, two of them as whole pictures.
pub const TELLING_RANK: f32 = 4.0;

/// Distance within which a picture with this hash matches: [`MATCH_RADIUS`], and in proportion less for a hash whose
/// [`effective_rank`] is below [`TELLING_RANK`].
///
/// ```
/// use basira_pipeline::gates::reach;
/// use model::PdqHash;
///
/// let stripes = PdqHash::new([0b1010_1010; 32]);
/// assert_eq!(reach(&stripes), 7);
/// ```
pub fn reach(hash: &PdqHash) -> u32 {
    let share = (effective_rank(hash) / TELLING_RANK).min(1.0);
    (MATCH_RADIUS as f32 * share) as u32
}

/// Widest radius at which an edited copy is still looked for; beyond, chance is all there is.
const WIDEST: f64 = 84.0;

/// Unrelated pictures that may be retrieved by chance, for one picture that is looked up.
const CHANCE: f64 = 4.0;

/// Hashes of unrelated pictures differ in 128 bits on average. Binomial bits would spread by 8; layouts and skies
/// that pictures share widen that.
const MEAN: f64 = 128.0;
const SPREAD: f64 = 9.0;

/// Queries that the standard tier makes of one picture, and that the full tier makes (views × forms).
const STANDARD_QUERIES: f64 = 12.0;
const FULL_QUERIES: f64 = 600.0;

/// The radii for so many rows of entries and of their windows.
pub fn gates(entries: usize, windows: usize) -> Gates {
    let rows = (entries + windows) as f64;
    Gates {
        near: radius(rows * STANDARD_QUERIES),
        wide: radius(rows * FULL_QUERIES),
    }
}

/// The radius within which [`CHANCE`] of so many pairs of unrelated hashes are expected, by the tail of a normal
/// distribution.
fn radius(pairs: f64) -> u32 {
    let odds = (pairs / CHANCE).max(4.0);
    let root = (2.0 * odds.ln()).sqrt();
    let tail = root - (odds.ln().ln() + (4.0 * std::f64::consts::PI).ln()) / (2.0 * root);
    (MEAN - SPREAD * tail).min(WIDEST) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_less_a_hash_can_tell_the_nearer_it_must_come() {
        let product = PdqHash::new([0b0110_1001; 32]);
        assert_eq!(reach(&product), 7);
        // Rows of two kinds: rank 2; an identity-like pattern of sixteen kinds: at the full radius.
        let two = PdqHash::new(std::array::from_fn(
            |i| if i % 4 < 2 { 0xff } else { 0b1010_1010 },
        ));
        assert_eq!(reach(&two), 15);
        let many = PdqHash::new(std::array::from_fn(|i| {
            (i as u8).wrapping_mul(151) ^ (i as u8 >> 2)
        }));
        assert_eq!(reach(&many), MATCH_RADIUS);
    }

    #[test]
    fn gates_close_as_banks_grow_and_stay_above_the_match_radius() {
        let mut last = Gates { near: 200, wide: 200 };
        for rows in [0, 10, 1_000, 100_000, 3_000_000, 50_000_000] {
            let now = gates(rows, 30 * rows);
            assert!(now.near <= last.near && now.wide <= last.wide && now.wide <= now.near);
            assert!(now.wide > crate::robust::MATCH_RADIUS);
            last = now;
        }
        assert_eq!(gates(10, 300).near, 84);
    }
}
