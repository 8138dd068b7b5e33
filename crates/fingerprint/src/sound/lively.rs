//! Which words can tell something.
//!
//! Silence, a tone and a hum give the same word again and again, and every other silence, tone or hum may give it too.
//! A word is *lively* if the words around it change.

/// Words on each side that are looked at: three seconds in all.
const SIDE: usize = 12;
/// Bits that change at least from word to word around a lively one, of 24 × 32.
const CHANGES: u32 = 40;

/// Whether each of the words is lively.
pub(super) fn lively(words: &[u32]) -> Vec<bool> {
    // sums[i]: bits that change before word i.
    let mut sums = vec![0u32];
    let mut sum = 0;
    for pair in words.windows(2) {
        sum += (pair[0] ^ pair[1]).count_ones();
        sums.push(sum);
    }
    let around = |i: usize| {
        let (from, to) = (i.saturating_sub(SIDE), (i + SIDE).min(words.len() - 1));
        // At the ends there are fewer, and fewer are asked for.
        let share = (to - from) as u32 * CHANGES / (2 * SIDE as u32);
        sums[to] - sums[from] >= share.max(1)
    };
    (0..words.len()).map(around).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_stay_are_not_lively() {
        assert!(lively(&[]).is_empty());
        assert_eq!(lively(&[7]), [false]);
        assert!(lively(&[7; 100]).iter().all(|l| !l));
        let mut words = vec![7; 100];
        for (i, word) in words.iter_mut().enumerate().skip(50) {
            *word = (i as u32).wrapping_mul(0x9e37_79b9);
        }
        let live = lively(&words);
        assert!(!live[30] && live[60] && live[99]);
    }
}
