//! Whoever watches policies in effect: one that goes quiet or wild, or is overturned again and again, goes on in the shadow,
//! and that is told.
//!
//! A text is held against itself: the share of items at which its condition held in the last whole hour, against that of
//! the day before. Both directions count, for a rule gone silent often means a feed that died.

use jiff::{SignedDuration, Timestamp};
use model::Sha256;
use serde::Serialize;
use store::{PolicyHour, Rates, Store, StoreError};

use super::wilson::Interval;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// Hours that an hour is held against.
const BEFORE: i64 = 24;
/// Items below which an hour says nothing.
const LEAST_ITEMS: u64 = 200;
/// Standard deviations beyond which an hour is no chance: once in some millions of hours.
const BEYOND: f64 = 5.0;
/// By which factor it must differ too: with millions of items the smallest change is beyond chance.
const FACTOR: f64 = 3.0;

/// Hours in which what people decided is counted.
const DECIDED: i64 = 7 * 24;
/// Contents that people must have decided before it is said that a text is overturned too often.
const LEAST_DECIDED: u64 = 10;
/// The share of contents in which people find nothing wrong that is too many, even by the lower end of its interval.
const OVERTURNED: f64 = 0.2;

/// A text that went quiet or wild, or is overturned too often.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// The policy.
    pub policy: String,
    /// The text.
    #[serde(serialize_with = "as_text")]
    pub text: Sha256,
    /// What was seen, in words.
    pub why: String,
}

fn as_text<S: serde::Serializer>(hash: &Sha256, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(hash)
}

/// Watches, once for every hour.
#[derive(Debug, Default)]
pub struct Watch {
    looked_at: i64,
}

impl Watch {
    /// Looks at the last whole hour, if that was not done yet; takes what went quiet or wild out of effect. Gives those.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn look(&mut self, store: &Store, now: Timestamp) -> Result<Vec<Alarm>, StoreError> {
        let hour = now.as_microsecond().div_euclid(HOUR) - 1;
        if hour <= self.looked_at {
            return Ok(Vec::new());
        }
        let hours = store.policy_hours(now - SignedDuration::from_hours(DECIDED))?;
        let mut alarms = Vec::new();
        for it in store.deployed_policies()?.texts {
            if !it.stage.is_in_effect() {
                continue;
            }
            let begun = it.at.as_microsecond().div_euclid(HOUR);
            let why = judge(&hours, &it.file.hash, hour).or_else(|| overturned(&hours, &it.file.hash, begun));
            let Some(why) = why else {
                continue;
            };
            if store.demote_policy(&it.file.hash, &why, now)? {
                alarms.push(Alarm {
                    policy: it.file.policy,
                    text: it.file.hash,
                    why,
                });
            }
        }
        self.looked_at = hour;
        Ok(alarms)
    }
}

/// Whether people find too often that a text was wrong to act, since it came into effect; if so, how often.
fn overturned(hours: &[PolicyHour], text: &Sha256, begun: i64) -> Option<String> {
    let mine = hours.iter().filter(|it| it.hash == *text && it.hour >= begun);
    let (upheld, overturned) = mine.fold((0, 0), |(upheld, overturned), it| {
        (upheld + it.rates.upheld, overturned + it.rates.overturned)
    });
    let decided = upheld + overturned;
    let share = Interval::of(overturned, decided)?;
    (decided >= LEAST_DECIDED && share.low > OVERTURNED).then(|| {
        format!("it was overturned: of {decided} contents on which it acted, people found nothing wrong in {overturned}")
    })
}

/// Whether a text did in an hour what it did before; if not, what it did.
fn judge(hours: &[PolicyHour], text: &Sha256, hour: i64) -> Option<String> {
    let mine = || hours.iter().filter(|it| it.hash == *text);
    let last = mine().find(|it| it.hour == hour)?.rates;
    let before = mine()
        .filter(|it| it.hour < hour && it.hour >= hour - BEFORE)
        .fold(Rates::default(), |sum, it| Rates {
            items: sum.items + it.rates.items,
            matched: sum.matched + it.rates.matched,
            ..sum
        });
    if last.items < LEAST_ITEMS || before.items < LEAST_ITEMS {
        return None;
    }
    // Counts of items are far below what a float holds exactly.
    let share = |hits: u64, of: u64| hits as f64 / of as f64;
    let (now, then) = (
        share(last.matched, last.items),
        share(before.matched, before.items),
    );
    let both = share(last.matched + before.matched, last.items + before.items);
    // The two-sample test of shares.
    let deviation = (both * (1.0 - both) * (1.0 / last.items as f64 + 1.0 / before.items as f64)).sqrt();
    if deviation == 0.0 || (now - then).abs() < BEYOND * deviation {
        return None;
    }
    let word = match now > then {
        true if now >= FACTOR * then => "wild",
        false if now * FACTOR <= then => "quiet",
        _ => return None,
    };
    Some(format!(
        "it went {word}: it held for {} of {} items in an hour, and for {} of {} in the day before",
        last.matched, last.items, before.matched, before.items
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(before: (u64, u64), last: (u64, u64)) -> Vec<PolicyHour> {
        let at = |hour, (matched, items)| PolicyHour {
            hash: Sha256::new([1; 32]),
            hour,
            rates: Rates {
                items,
                matched,
                ..Rates::default()
            },
        };
        vec![at(99, before), at(100, last), at(40, (1_000, 1_000))]
    }

    #[test]
    fn what_people_overturn_too_often_is_told_and_what_they_uphold_is_not() {
        let text = Sha256::new([1; 32]);
        let of = |upheld, overturned, hour| {
            let rates = Rates {
                upheld,
                overturned,
                ..Rates::default()
            };
            let hour = PolicyHour {
                hash: text,
                hour,
                rates,
            };
            super::overturned(&[hour], &text, 100)
        };
        assert!(of(2, 10, 100).unwrap().contains("10"));
        assert_eq!(of(0, 9, 100), None, "too few to say");
        assert_eq!(of(90, 10, 100), None, "one of ten");
        assert_eq!(of(0, 50, 99), None, "before it came into effect");
    }

    #[test]
    fn only_what_is_beyond_chance_and_much_is_told() {
        let of = |before, last| judge(&hours(before, last), &Sha256::new([1; 32]), 100);
        assert!(of((100, 10_000), (200, 1_000)).unwrap().contains("wild"));
        assert!(of((1_000, 10_000), (0, 1_000)).unwrap().contains("quiet"));
        for (before, last, why) in [
            ((100, 10_000), (12, 1_000), "chance"),
            ((10_000, 100_000), (1_500, 10_000), "not much"),
            ((10, 100), (100, 100), "few items"),
            ((0, 10_000), (0, 1_000), "never"),
            ((1, 10_000), (1, 1_000), "rare"),
        ] {
            assert_eq!(of(before, last), None, "{why}");
        }
        assert_eq!(
            judge(&hours((100, 10_000), (200, 1_000)), &Sha256::new([2; 32]), 100),
            None
        );
    }
}
