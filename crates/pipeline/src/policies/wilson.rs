//! How sure one may be of a share that was seen in few cases.

use serde::{Deserialize, Serialize};

/// A share with the interval in which it lies with 95 % confidence: Wilson's score interval (E. B. Wilson, *Probable
/// inference, the law of succession, and statistical inference*, JASA 22, 1927), which holds for few cases and for shares
/// near 0 and 1 too.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The share that was seen.
    pub share: f64,
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
}

/// The quantile of the normal distribution for 95 %, both sides.
const Z: f64 = 1.959_963_984_540_054;

impl Interval {
    /// The interval of so many out of so many; `None` of none.
    pub fn of(hits: u64, of: u64) -> Option<Self> {
        if of == 0 || hits > of {
            return None;
        }
        // Counts of items are far below what a float holds exactly.
        let (n, share) = (of as f64, hits as f64 / of as f64);
        let z2 = Z * Z;
        let centre = share + z2 / (2.0 * n);
        let spread = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
        let whole = 1.0 + z2 / n;
        Some(Self {
            share,
            low: ((centre - spread) / whole).max(0.0),
            high: ((centre + spread) / whole).min(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of R: `prop.test(x, n, correct = FALSE)`.
    #[test]
    fn intervals_are_those_of_others() {
        for (hits, of, low, high) in [
            (341, 372, 0.8841, 0.9407),
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
            (1, 2, 0.0945, 0.9055),
        ] {
            let found = Interval::of(hits, of).unwrap();
            assert!((found.low - low).abs() < 1e-4, "{hits} of {of}: {found:?}");
            assert!((found.high - high).abs() < 1e-4, "{hits} of {of}: {found:?}");
        }
        assert_eq!(Interval::of(0, 0), None);
        assert_eq!(Interval::of(3, 2), None);
    }
}
