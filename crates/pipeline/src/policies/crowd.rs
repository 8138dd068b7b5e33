//! How often pictures came that are nearly the same: the last ones are in memory, and each new one is held against them.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use model::PdqHash;

/// Pictures that are remembered; of those before them nothing is counted.
pub(super) const MOST: u32 = 32_768;
/// Bits within which two pictures are nearly the same.
const NEAR: u32 = 31;

/// The last pictures, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    last: VecDeque<(Timestamp, PdqHash)>,
}

impl Crowd {
    /// Pictures that came before, the newest first.
    pub(super) fn of(pictures: Vec<(Timestamp, PdqHash)>) -> Self {
        let mut crowd = Self::default();
        for (at, picture) in pictures.into_iter().rev() {
            crowd.put(at, picture);
        }
        crowd
    }

    fn put(&mut self, at: Timestamp, picture: PdqHash) {
        if self.last.len() >= MOST as usize {
            self.last.pop_front();
        }
        self.last.push_back((at, picture));
    }

    /// Takes a picture in; gives how many came, itself among them, in an hour, a day and a week.
    pub(super) fn note(&mut self, at: Timestamp, picture: PdqHash) -> [i64; 3] {
        self.put(at, picture);
        let since = [1, 24, 7 * 24].map(|hours| at - SignedDuration::from_hours(hours));
        let mut counts = [0; 3];
        for (then, other) in &self.last {
            if other.distance(&picture) > NEAR {
                continue;
            }
            for (count, since) in counts.iter_mut().zip(since) {
                *count += i64::from(*then > since);
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_counted_within_its_window() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let ago = |hours| now - SignedDuration::from_hours(hours);
        let (one, other) = (PdqHash::new([0; 32]), PdqHash::new([0xff; 32]));
        let near = one.with_flipped(3);
        let mut crowd = Crowd::of(vec![(ago(2), near), (ago(48), one), (ago(500), one)]);
        assert_eq!(crowd.note(now, other), [1, 1, 1]);
        assert_eq!(crowd.note(now, one), [1, 2, 3]);
        assert_eq!(crowd.note(now, near), [2, 3, 4]);
        for _ in 0..MOST {
            crowd.put(now, other);
        }
        assert_eq!(crowd.note(now, one), [1, 1, 1], "the oldest are forgotten");
    }
}
