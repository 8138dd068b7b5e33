//! Care for people who look at the worst there is: how much of it in a day, and when to pause.

use jiff::{SignedDuration, Timestamp};

use crate::word::words;

/// Identity of a second look in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LookId(pub i64);

words! {
    /// Why a decision is decided once more, by somebody who is not told of it.
    LookKind {
        /// It was drawn by chance.
        Sample = "sample",
        /// What follows from it cannot be taken back.
        Irreversible = "irreversible",
        /// What is right is known, and everybody is asked.
        Golden = "golden",
    } known "sample, irreversible, golden"
}

/// What counts of one time that something was uncovered, at most; and what counts where nobody knows when it was covered.
pub const LONGEST_EXPOSURE: SignedDuration = SignedDuration::from_mins(10);

/// Numbers that hold for everybody; 0 is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CareRules {
    /// How often somebody may uncover something in a day (UTC).
    pub day_reveals: u32,
    /// For how many minutes in a day something may be uncovered.
    pub day_minutes: u32,
    /// After how many times in a row there is a break.
    pub break_after: u32,
    /// How long a break is, in minutes; a pause as long begins a new row.
    pub break_minutes: u32,
    /// How many of a thousand decisions another person decides once more, without seeing them.
    pub sample: u32,
}

/// One time that somebody uncovered something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// When.
    pub begun_at: Timestamp,
    /// Until when it was uncovered, where that is known.
    pub seconds: Option<u32>,
}

impl Exposure {
    /// What counts of it.
    pub fn length(&self) -> SignedDuration {
        self.seconds.map_or(LONGEST_EXPOSURE, |seconds| {
            SignedDuration::from_secs(seconds.into()).min(LONGEST_EXPOSURE)
        })
    }

    fn end(&self) -> Timestamp {
        self.begun_at
            .saturating_add(SignedDuration::from_secs(self.seconds.unwrap_or(0).into()))
            .unwrap_or(Timestamp::MAX)
    }
}

/// Why somebody is not shown anything now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It is enough for this day.
    Day,
    /// It is time for a break.
    Break {
        /// Until then.
        until: Timestamp,
    },
}

impl CareRules {
    /// Why somebody is not shown anything at `now`; `exposures` are theirs of this day, the oldest first.
    ///
    /// ```
    /// use basira_model::{CareRules, Exposure, Rest};
    /// let rules = CareRules { day_reveals: 1, ..CareRules::default() };
    /// let now = "2026-11-25T09:00:00Z".parse()?;
    /// assert_eq!(rules.rest(&[], now), None);
    /// let before = Exposure { begun_at: now, seconds: Some(3) };
    /// assert_eq!(rules.rest(&[before], now), Some(Rest::Day));
    /// # Ok::<(), jiff::Error>(())
    /// ```
    pub fn rest(&self, exposures: &[Exposure], now: Timestamp) -> Option<Rest> {
        let is_over = |limit: u32, found: i64| limit > 0 && found >= i64::from(limit);
        let length: SignedDuration = exposures.iter().map(Exposure::length).sum();
        let count = i64::try_from(exposures.len()).unwrap_or(i64::MAX);
        if is_over(self.day_reveals, count) || is_over(self.day_minutes, length.as_mins()) {
            return Some(Rest::Day);
        }
        let pause = SignedDuration::from_mins(self.break_minutes.into());
        let (mut in_row, mut later) = (0, now);
        for exposure in exposures.iter().rev() {
            if later.duration_since(exposure.end()) >= pause {
                break;
            }
            in_row += 1;
            later = exposure.begun_at;
        }
        let last = exposures.last()?;
        is_over(self.break_after, in_row).then(|| Rest::Break {
            until: last.end().saturating_add(pause).unwrap_or(Timestamp::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        let start: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        start + SignedDuration::from_mins(minute)
    }

    fn shown(minute: i64, seconds: u32) -> Exposure {
        Exposure {
            begun_at: at(minute),
            seconds: Some(seconds),
        }
    }

    #[test]
    fn a_day_ends_by_times_or_by_minutes() {
        let rules = CareRules {
            day_reveals: 3,
            day_minutes: 5,
            ..CareRules::default()
        };
        assert_eq!(rules.rest(&[shown(0, 10), shown(1, 10)], at(2)), None);
        assert_eq!(
            rules.rest(&[shown(0, 10), shown(1, 10), shown(2, 1)], at(3)),
            Some(Rest::Day)
        );
        assert_eq!(rules.rest(&[shown(0, 300)], at(9)), Some(Rest::Day));
        // What nobody has covered counts as long as one counts at most.
        let open = Exposure {
            begun_at: at(0),
            seconds: None,
        };
        assert_eq!(rules.rest(&[open], at(1)), Some(Rest::Day));
        assert_eq!(CareRules::default().rest(&[open; 500], at(1)), None);
    }

    #[test]
    fn a_break_comes_after_a_row_and_ends_it() {
        let rules = CareRules {
            break_after: 2,
            break_minutes: 10,
            ..CareRules::default()
        };
        let row = [shown(0, 60), shown(5, 60)];
        assert_eq!(
            rules.rest(&row, at(7)),
            Some(Rest::Break { until: at(16) }),
            "ten minutes after it was covered"
        );
        assert_eq!(rules.rest(&row, at(16)), None);
        assert_eq!(
            rules.rest(&[shown(0, 60), shown(20, 60)], at(22)),
            None,
            "a pause between"
        );
    }
}
