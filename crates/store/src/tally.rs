//! Totals by the hour, so that no page counts a table: added to in the transaction of what happened.

use jiff::Timestamp;

use crate::db::{Transaction, params};
use crate::{Store, StoreError};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tally {
    /// Items that arrived, by their source.
    Arrived,
    /// Items that were finished, by their verdict.
    Finished,
    /// What was not looked at in them, by the code of the reason; each code once an item.
    Gap,
    /// Decisions that took effect, by their outcome.
    Settled,
    /// The same, by the time from the opening of the case: see [`ACTION_TIMES`].
    ActionTime,
    /// Decisions that were reversed, by their outcome.
    Reversed,
    /// Reports that came in, by what they say that it is.
    Reported,
    /// Appeals, by what they came to be: open when they come in, then what was decided.
    Appealed,
}

/// The classes of [`Tally::ActionTime`]: a name, and the seconds below which a time is of it.
pub const ACTION_TIMES: [(&str, i64); 5] = [
    ("quarter", 900),
    ("hour", 3_600),
    ("four_hours", 14_400),
    ("day", 86_400),
    ("longer", i64::MAX),
];

impl Tally {
    const fn name(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Finished => "finished",
            Self::Gap => "gap",
            Self::Settled => "settled",
            Self::ActionTime => "action_time",
            Self::Reversed => "reversed",
            Self::Reported => "reported",
            Self::Appealed => "appealed",
        }
    }
}

/// How often something happened in one hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tallied {
    /// When the hour began.
    pub hour: Timestamp,
    /// Of what name.
    pub name: String,
    /// How often.
    pub number: u64,
}

/// One more in the hour of `at`.
pub(crate) fn add(
    transaction: &Transaction<'_>,
    what: Tally,
    name: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "-- add_tally\nINSERT INTO tally (what, hour, name, number) VALUES ($1, $2, $3, 1)
             ON CONFLICT (what, hour, name) DO UPDATE SET number = tally.number + 1",
        )?
        .execute(params![what.name(), at.as_microsecond().div_euclid(HOUR), name])?;
    Ok(())
}

/// The class of a time between the opening of a case and a decision about it.
pub(crate) fn action_time(opened: Timestamp, now: Timestamp) -> &'static str {
    let seconds = now.duration_since(opened).as_secs();
    let class = ACTION_TIMES.iter().find(|(_, below)| seconds < *below);
    class.map_or("longer", |(name, _)| name)
}

/// The codes of what was not looked at, each once, as the pipeline has written a result down.
pub(crate) fn gap_codes(result: &str) -> Vec<String> {
    let result: serde_json::Value = serde_json::from_str(result).unwrap_or_default();
    let gaps = result["incomplete"].as_array().into_iter().flatten();
    let mut codes: Vec<String> = gaps
        .filter_map(|gap| gap[1]["code"].as_str().map(str::to_owned))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

impl Store {
    /// Forgets the totals of hours before `before`, and what people were shown before it; gives how many rows.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn sweep_totals(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.change("sweep_totals", |transaction| {
            let before = before.as_microsecond();
            let tallies = transaction.execute(
                "-- sweep_tallies\nDELETE FROM tally WHERE hour < $1",
                params![before.div_euclid(HOUR)],
            )?;
            let exposures = transaction.execute(
                "-- sweep_exposures\nDELETE FROM exposure WHERE begun_at < $1",
                params![before],
            )?;
            Ok((tallies + exposures) as u64)
        })
    }

    /// How often something happened in each hour from that of `since` on, by hour and name.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn tallies(&self, what: Tally, since: Timestamp) -> Result<Vec<Tallied>, StoreError> {
        self.read("tallies", |connection| {
            let mut statement = connection.prepare_cached(
                "-- tallies\nSELECT hour, name, number FROM tally WHERE what = $1 AND hour >= $2 ORDER BY hour, name",
            )?;
            let from = since.as_microsecond().div_euclid(HOUR);
            let rows = statement.query_all(params![what.name(), from], |row| {
                Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?))
            })?;
            let tallied = |(hour, name, number): (i64, String, i64)| {
                let at = hour.checked_mul(HOUR);
                let at = at.and_then(|micros| Timestamp::from_microsecond(micros).ok());
                Ok(Tallied {
                    hour: at.ok_or_else(|| crate::row::invalid("tally", hour, "it is no hour"))?,
                    name,
                    number: number.unsigned_abs(),
                })
            };
            rows.into_iter().map(tallied).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_of_the_first_class_that_it_is_below() {
        let opened: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        let class = |seconds| action_time(opened, opened + jiff::SignedDuration::from_secs(seconds));
        assert_eq!(class(0), "quarter");
        assert_eq!(class(899), "quarter");
        assert_eq!(class(900), "hour");
        assert_eq!(class(14_400), "day");
        assert_eq!(class(86_400), "longer");
        assert_eq!(class(-5), "quarter");
    }

    #[test]
    fn each_code_of_a_gap_counts_once() {
        let result = r#"{"incomplete":[["a",{"code":"time"}],["b",{"code":"time"}],["c",{"code":"empty"}]]}"#;
        assert_eq!(gap_codes(result), ["empty", "time"]);
        assert!(gap_codes("no json").is_empty() && gap_codes("{}").is_empty());
    }
}
