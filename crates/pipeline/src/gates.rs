//! How wide retrieval may look, so that chance does not fill the list of candidates.

use crate::robust::Gates;

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
