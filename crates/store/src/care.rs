//! What people were shown, how much of it is enough, and what they have asked not to be shown.

use jiff::Timestamp;
use model::{CareRules, CaseId, Exposure, LONGEST_EXPOSURE, Label, PersonId, Receipt, Severity};

use crate::change::take_numbers;
use crate::db::{Connection, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::row::{Stored, invalid};
use crate::{Store, StoreError};

/// Exposures of one person in one day that are read; more than anybody can have.
const MOST: u32 = 5_000;
/// Labels that somebody may ask not to be shown.
const MOST_LABELS: usize = 100;

/// Identity of an exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExposureId(pub i64);

/// That something is about to be uncovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewExposure {
    /// To whom.
    pub person: PersonId,
    /// In which case.
    pub case: CaseId,
    /// How severe the case is.
    pub severity: Severity,
    /// The item.
    pub item: Receipt,
}

/// What several people were shown, all together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exposed {
    /// How many people.
    pub people: u64,
    /// By severity: how often, and for how many seconds.
    pub by_severity: Vec<(Severity, u64, u64)>,
}

impl Store {
    /// Notes that somebody uncovers an item, in the log too. When this returns it is on the disk, and the item may be shown.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn expose(&self, new: NewExposure, now: Timestamp) -> Result<ExposureId, StoreError> {
        self.share("expose", move |transaction| {
            let id = take_numbers(transaction, "exposure", 1)?;
            transaction
                .prepare_cached(
                    "-- expose\nINSERT INTO exposure (id, person, review_case, severity, begun_at)
                     VALUES ($1, $2, $3, $4, $5)",
                )?
                .execute(params![
                    id,
                    new.person.0,
                    new.case.0,
                    new.severity.level(),
                    now.as_microsecond()
                ])?;
            let body = [
                ("case", &*new.case.0.to_string()),
                ("item", &*new.item.to_string()),
                ("by", &*actor(new.person)),
            ];
            log::append(transaction, now, LogKind::MediaRevealed, &body)?;
            Ok(ExposureId(id))
        })
    }

    /// Notes that it was covered again; the first time counts.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn cover(&self, id: ExposureId, now: Timestamp) -> Result<(), StoreError> {
        self.share("cover", move |transaction| {
            transaction
                .prepare_cached(
                    "-- cover_again\nUPDATE exposure SET seconds = CASE WHEN begun_at > $1 THEN 0 ELSE ($1 - begun_at) / 1000000 END
                     WHERE id = $2 AND seconds IS NULL",
                )?
                .execute(params![now.as_microsecond(), id.0])?;
            Ok(())
        })
    }

    /// What somebody was shown from `since` on, the oldest first, each with the severity of its case.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn exposures(
        &self,
        person: PersonId,
        since: Timestamp,
    ) -> Result<Vec<(Exposure, Severity)>, StoreError> {
        self.read("exposures", |connection| {
            let mut statement = connection.prepare_cached(
                "-- exposures\nSELECT begun_at, seconds, severity FROM exposure WHERE person = $1 AND begun_at >= $2
                 ORDER BY begun_at, id LIMIT $3",
            )?;
            let mut rows = statement.query(params![person.0, since.as_microsecond(), MOST])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let stored = Stored::new("exposure", person.0, row);
                let seconds: Option<i64> = stored.get(1)?;
                let exposure = Exposure {
                    begun_at: stored.time(0)?,
                    seconds: seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
                };
                found.push((exposure, severity(&stored, 2)?));
            }
            Ok(found)
        })
    }

    /// What all people together were shown from `since` on. Of whom is not said.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn exposed(&self, since: Timestamp) -> Result<Exposed, StoreError> {
        self.read("exposed", |connection| {
            let since = since.as_microsecond();
            let sql = "-- exposed_people\nSELECT COUNT(DISTINCT person) FROM exposure WHERE begun_at >= $1";
            let people: i64 = connection
                .prepare_cached(sql)?
                .query_row(params![since], |row| row.get(0))?;
            let mut statement = connection.prepare_cached(
                "-- exposed\nSELECT severity, COUNT(*), CAST(SUM(CASE WHEN seconds IS NULL OR seconds > $1 THEN $1
                    ELSE seconds END) AS BIGINT)
                 FROM exposure WHERE begun_at >= $2 GROUP BY severity ORDER BY severity DESC",
            )?;
            let mut rows = statement.query(params![LONGEST_EXPOSURE.as_secs(), since])?;
            let mut by_severity = Vec::new();
            while let Some(row) = rows.next()? {
                let stored = Stored::new("exposure", "sums", row);
                by_severity.push((severity(&stored, 0)?, stored.count(1)?, stored.count(2)?));
            }
            Ok(Exposed {
                people: people.unsigned_abs(),
                by_severity,
            })
        })
    }

    /// The numbers that hold for everybody.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn care_rules(&self) -> Result<CareRules, StoreError> {
        self.read("care_rules", care_rules)
    }

    /// Sets the numbers that hold for everybody; noted in the log as done by `by`.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_care_rules(&self, rules: CareRules, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.share("set_care_rules", move |transaction| {
            let mut body = vec![("by".to_owned(), by)];
            for (name, value) in named(&rules) {
                transaction
                    .prepare_cached(
                        "-- set_care_rule\nINSERT INTO care_rule (name, value) VALUES ($1, $2)
                         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    )?
                    .execute(params![name, value])?;
                body.push((name.to_owned(), value.to_string()));
            }
            let body: Vec<(&str, &str)> = body.iter().map(|(name, value)| (&**name, &**value)).collect();
            log::append(transaction, now, LogKind::CareChanged, &body)
        })
    }

    /// The labels of which somebody has asked to be shown nothing.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn opt_outs(&self, person: PersonId) -> Result<Vec<Label>, StoreError> {
        self.read("opt_outs", |connection| {
            let sql = "-- opt_outs\nSELECT label FROM person_opt_out WHERE person = $1 ORDER BY label";
            let mut statement = connection.prepare_cached(sql)?;
            let labels = statement.query_all(params![person.0], |row| row.get::<String>(0))?;
            let read = |label: String| {
                label
                    .parse()
                    .map_err(|error| invalid("person_opt_out", person.0, error))
            };
            labels.into_iter().map(read).collect()
        })
    }

    /// Sets the labels of which somebody is shown nothing. That is nobody's business, and not in the log.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_opt_outs(&self, person: PersonId, labels: &[Label]) -> Result<(), StoreError> {
        let labels: Vec<Label> = labels.iter().take(MOST_LABELS).cloned().collect();
        self.share("set_opt_outs", move |transaction| {
            transaction.execute(
                "-- remove_opt_outs\nDELETE FROM person_opt_out WHERE person = $1",
                params![person.0],
            )?;
            for label in labels {
                transaction.execute(
                    "-- put_opt_out\nINSERT INTO person_opt_out (person, label) VALUES ($1, $2)
                     ON CONFLICT (person, label) DO NOTHING",
                    params![person.0, label.as_str()],
                )?;
            }
            Ok(())
        })
    }

    /// Gives back every case that somebody holds, so that others can take them over; gives how many.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn release_all(&self, person: PersonId, now: Timestamp) -> Result<usize, StoreError> {
        self.share("release_all", move |transaction| {
            let mut statement = transaction.prepare_cached(
                "-- hand_over\nUPDATE review_case SET holder = NULL, lease_until = NULL WHERE holder = $1 RETURNING id",
            )?;
            let cases = statement.query_all(params![person.0], |row| row.get::<i64>(0))?;
            for case in &cases {
                let body = [("case", &*case.to_string()), ("by", &*actor(person))];
                log::append(transaction, now, LogKind::CaseReleased, &body)?;
            }
            Ok(cases.len())
        })
    }
}

/// The numbers with the names of their rows.
fn named(rules: &CareRules) -> [(&'static str, u32); 5] {
    [
        ("day_reveals", rules.day_reveals),
        ("day_minutes", rules.day_minutes),
        ("break_after", rules.break_after),
        ("break_minutes", rules.break_minutes),
        ("sample", rules.sample),
    ]
}

pub(crate) fn care_rules(connection: &Connection<'_>) -> Result<CareRules, StoreError> {
    let mut statement = connection.prepare_cached("-- care_rules\nSELECT name, value FROM care_rule")?;
    let rows = statement.query_all(params![], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))?;
    let mut rules = CareRules::default();
    for (name, value) in rows {
        let value = u32::try_from(value).map_err(|error| invalid("care_rule", &name, error))?;
        match name.as_str() {
            "day_reveals" => rules.day_reveals = value,
            "day_minutes" => rules.day_minutes = value,
            "break_after" => rules.break_after = value,
            "break_minutes" => rules.break_minutes = value,
            "sample" => rules.sample = value,
            _ => return Err(invalid("care_rule", name, "it is no rule")),
        }
    }
    Ok(rules)
}

fn severity(stored: &Stored<'_>, column: usize) -> Result<Severity, StoreError> {
    let level: u8 = stored.get(column)?;
    Severity::of_level(level).ok_or_else(|| stored.invalid("its severity is none"))
}
