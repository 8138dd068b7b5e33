//! When to try again.

use jiff::{SignedDuration, Timestamp};

/// The first pause.
const FIRST: SignedDuration = SignedDuration::from_secs(5);
/// The longest pause.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);
/// For how long it is tried.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);
/// Attempts below which it is not given up, whatever the clock says: it may have been set. In [`PATIENCE`] there are more.
const FEWEST: u32 = 20;
/// Nothing is put off for longer: what is due later was put off by another clock.
pub(super) const FARTHEST: SignedDuration = SignedDuration::from_hours(7);

/// When to try again after the failure of attempt `attempt` (from 1) at `now`; `None` when it is given up. `chance`, 0 to
/// 255, shortens the pause by up to a quarter, so that what failed together does not come together again.
pub(super) fn next(begun: Timestamp, attempt: u32, now: Timestamp, chance: u8) -> Option<Timestamp> {
    let end = begun.saturating_add(PATIENCE).unwrap_or(Timestamp::MAX);
    if now >= end && attempt >= FEWEST {
        return None;
    }
    let last = if now >= end { Timestamp::MAX } else { end };
    // Doubled thirteen times the first pause is longer than the longest.
    let doubled = FIRST * (1 << attempt.saturating_sub(1).min(13));
    let pause = doubled.min(LONGEST);
    let pause = pause - pause * i32::from(chance) / (4 * 255);
    // The last attempt comes when patience ends, not up to six hours before.
    Some(now.saturating_add(pause).unwrap_or(last).min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours_for_seventy_two_hours() {
        let begun: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let pause = |attempt, chance| next(begun, attempt, begun, chance).unwrap().duration_since(begun);
        let seconds = |attempt| pause(attempt, 0).as_secs();
        assert_eq!([1, 2, 3, 4].map(seconds), [5, 10, 20, 40]);
        assert_eq!(
            [13, 14, 40, u32::MAX].map(seconds),
            [20_480, 21_600, 21_600, 21_600]
        );
        assert_eq!(pause(1, 255), SignedDuration::from_millis(3_750));
        let (mut now, mut attempt) = (begun, 1);
        while let Some(next) = next(begun, attempt, now, 128) {
            assert!(next > now);
            now = next;
            attempt += 1;
        }
        assert_eq!(now.duration_since(begun), PATIENCE, "the last attempt");
        assert!((FEWEST..40).contains(&attempt), "{attempt}");
    }

    #[test]
    fn a_clock_that_was_set_ends_nothing() {
        let begun: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let later: Timestamp = "2027-11-25T12:00:00Z".parse().unwrap();
        for (begun, now) in [(begun, later), (later, begun)] {
            for attempt in 1..FEWEST {
                let pause = next(begun, attempt, now, 0).unwrap().duration_since(now);
                assert!(pause >= FIRST && pause < FARTHEST, "{pause}");
            }
        }
        assert_eq!(next(begun, FEWEST, later, 0), None);
    }
}
