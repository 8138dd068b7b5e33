//! Whether the clock may be believed when something is to be forgotten for good.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// More than this between what the clock says has passed and what has: it was set.
const JUMP: Duration = Duration::from_secs(3_600);
/// How long a clock that was set is not believed. A mistake is seen and put right in that time; and what would have been
/// forgotten is forgotten a day later.
const DOUBT: Duration = Duration::from_secs(24 * 3_600);

/// Compares the clock with the time that has passed since it was looked at before.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    before: Option<(Timestamp, Instant)>,
    doubted_until: Option<Instant>,
}

impl Steady {
    /// Whether it runs as it should, and has for a day.
    pub(crate) fn is_believed(&mut self, now: Timestamp, instant: Instant) -> bool {
        if let Some((clock, before)) = self.before.replace((now, instant)) {
            let passed = instant.saturating_duration_since(before).as_secs_f64();
            let said = now.duration_since(clock).as_secs_f64();
            if (said - passed).abs() > JUMP.as_secs_f64() {
                tracing::warn!(
                    hours = (said - passed) / 3_600.0,
                    "the clock was set; nothing is forgotten for a day, in which it can be put right"
                );
                self.doubted_until = Some(instant + DOUBT);
            }
        }
        self.doubted_until.is_none_or(|until| instant >= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_is_not_believed_for_a_day() {
        let (clock, instant): (Timestamp, _) = ("2026-11-25T12:00:00Z".parse().unwrap(), Instant::now());
        let year = Duration::from_secs(366 * 24 * 3_600);
        for jump in [year, JUMP + Duration::from_secs(60)] {
            for back in [false, true] {
                let mut steady = Steady::default();
                let at = |seconds: u64| {
                    (
                        clock + Duration::from_secs(seconds),
                        instant + Duration::from_secs(seconds),
                    )
                };
                for minute in 0..10 {
                    let (now, instant) = at(60 * minute);
                    assert!(steady.is_believed(now, instant));
                }
                for minute in 10..24 * 60 + 20 {
                    let (now, instant) = at(60 * minute);
                    let now = if back { now - jump } else { now + jump };
                    let believed = steady.is_believed(now, instant);
                    assert_eq!(believed, minute >= 24 * 60 + 10, "{minute}");
                }
            }
        }
    }
}
