//! How far people agree who judge the same things: Krippendorff's alpha for names.

use std::collections::BTreeMap;

/// Krippendorff's alpha with the interval in which it lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// 1 is agreement, 0 what chance gives; below 0, people contradict each other.
    pub alpha: f64,
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
    /// Things that at least two people have judged.
    pub units: usize,
}

/// Draws of the bootstrap.
const DRAWS: usize = 1_000;

/// How far people agree. Each unit is what was said of one thing; of one that one person has judged nothing can be said.
/// `None` where nothing was judged twice, or where everybody always says the same word: then chance alone would agree, too.
///
/// The coefficient is that of K. Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011), for nominal data. The
/// interval is that of a bootstrap over units (percentiles), with draws that are the same every time.
///
/// ```
/// let units = [vec!["a", "a"], vec!["b", "b"], vec!["a", "b"]];
/// let found = basira_model::agreement(&units).unwrap();
/// assert!(found.alpha > 0.0 && found.alpha < 1.0);
/// ```
pub fn agreement<T: Ord>(units: &[Vec<T>]) -> Option<Agreement> {
    let units: Vec<&[T]> = units
        .iter()
        .map(Vec::as_slice)
        .filter(|unit| unit.len() > 1)
        .collect();
    let alpha = alpha(&units)?;
    let mut draws: Vec<f64> = Vec::with_capacity(DRAWS);
    let mut state = 0;
    let mut drawn = Vec::with_capacity(units.len());
    for _ in 0..DRAWS {
        drawn.clear();
        drawn.extend((0..units.len()).map(|_| units[below(&mut state, units.len())]));
        // Of a draw in which everybody says one word nothing follows.
        draws.extend(self::alpha(&drawn));
    }
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| {
        // A place within a list of a thousand.
        let place = (share * draws.len() as f64) as usize;
        draws
            .get(place.min(draws.len().saturating_sub(1)))
            .copied()
            .unwrap_or(alpha)
    };
    Some(Agreement {
        alpha,
        low: at(0.025).min(alpha),
        high: at(0.975).max(alpha),
        units: units.len(),
    })
}

/// The coefficient itself, by the matrix of coincidences.
fn alpha<T: Ord>(units: &[&[T]]) -> Option<f64> {
    let mut totals: BTreeMap<&T, f64> = BTreeMap::new();
    let (mut values, mut disagreeing) = (0.0, 0.0);
    for unit in units {
        let mut counts: BTreeMap<&T, f64> = BTreeMap::new();
        for value in *unit {
            *counts.entry(value).or_default() += 1.0;
            *totals.entry(value).or_default() += 1.0;
        }
        let size = unit.len() as f64;
        let equal: f64 = counts.values().map(|count| count * (count - 1.0)).sum();
        disagreeing += (size * (size - 1.0) - equal) / (size - 1.0);
        values += size;
    }
    let equal: f64 = totals.values().map(|count| count * (count - 1.0)).sum();
    let expected = (values * (values - 1.0) - equal) / (values - 1.0);
    (values > 1.0 && expected > 0.0).then(|| 1.0 - disagreeing / expected)
}

/// A number below `end`, by SplitMix64 (Steele, Lea and Flood, 2014).
fn below(state: &mut u64, end: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    // Lists are far shorter than 2^32, so that the high half has a number for each place.
    ((mixed >> 32) as usize * end) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each observer says of each thing, with a dot where they say nothing.
    fn units(observers: &[&str]) -> Vec<Vec<char>> {
        let observers: Vec<Vec<char>> = observers.iter().map(|it| it.chars().collect()).collect();
        (0..observers[0].len())
            .map(|unit| {
                let said = observers.iter().map(|observer| observer[unit]);
                said.filter(|value| *value != '.').collect()
            })
            .collect()
    }

    /// The examples A, B and C of Krippendorff (2011).
    #[test]
    fn alpha_is_that_of_the_published_examples() {
        for (observers, expected) in [
            (vec!["0100000010", "1110010000"], 0.095),
            (vec!["aabbdcccedda", "babbbccceddd"], 0.692),
            (
                vec!["123321412...", "1233224125.3", ".3332342251.", "1233244125 1."],
                0.743,
            ),
        ] {
            let observers: Vec<String> = observers.iter().map(|it| it.replace(' ', "")).collect();
            let observers: Vec<&str> = observers.iter().map(String::as_str).collect();
            let found = agreement(&units(&observers)).unwrap();
            assert!((found.alpha - expected).abs() < 6e-4, "{observers:?}: {found:?}");
            assert!(found.low <= found.alpha && found.alpha <= found.high);
            assert!(found.low < found.high, "{found:?}");
        }
    }

    #[test]
    fn an_interval_narrows_with_what_was_judged() {
        let few = units(&["aabbab", "aabbba"]);
        let many: Vec<Vec<char>> = std::iter::repeat_n(few.clone(), 40).flatten().collect();
        let (few, many) = (agreement(&few).unwrap(), agreement(&many).unwrap());
        assert!(
            many.high - many.low < (few.high - few.low) / 3.0,
            "{few:?} {many:?}"
        );
    }

    #[test]
    fn where_nothing_can_be_said_nothing_is() {
        assert_eq!(agreement::<char>(&[]), None);
        assert_eq!(agreement(&units(&["ab", ".."])), None, "nothing was judged twice");
        assert_eq!(agreement(&units(&["aa", "aa"])), None, "one word only");
        assert_eq!(agreement(&units(&["ab", "ab"])).unwrap().alpha, 1.0);
    }
}
