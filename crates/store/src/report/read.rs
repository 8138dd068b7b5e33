//! Reports, as they are listed and shown; how often those of an institution were right.

use jiff::Timestamp;
use model::{CaseId, DecisionOutcome, ReportId, ReportStatus, SourceName};

use super::{Report, Reporter, place, report};
use crate::code::{self, Purpose};
use crate::db::{Connection, Optional, params};
use crate::log::{self, LogKind};
use crate::row::invalid;
use crate::{ReviewError, Store, StoreError};

macro_rules! reports {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, channel, source, category, words, lang, external_id, url, received_at, item, review_case, sha256
                FROM report ",
            $rest
        )
    };
}

/// Which reports are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reports {
    /// All.
    All,
    /// Those that keys of an institution have sent.
    Of(SourceName),
    /// Those of what is not held.
    NotHeld,
}

/// How often the reports of an institution were right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedBy {
    /// The institution; `None` for all that came by the form, which are never told apart.
    pub source: Option<SourceName>,
    /// How many there are.
    pub reports: u64,
    /// Those whose group people have decided.
    pub decided: u64,
    /// Of these, those that were found to break the rules.
    pub violating: u64,
}

impl Store {
    /// Reports before `before`, the newest first; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn reports(
        &self,
        which: &Reports,
        before: Option<ReportId>,
        limit: u32,
    ) -> Result<Vec<Report>, StoreError> {
        let before = before.map_or(i64::MAX, |id| id.0);
        self.read("reports", |connection| match which {
            Reports::All => {
                let sql = reports!("reports", "WHERE id < $1 ORDER BY id DESC LIMIT $2");
                all(connection, sql, params![before, limit])
            }
            Reports::Of(source) => {
                let sql = reports!(
                    "reports_of",
                    "WHERE source = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
                );
                all(connection, sql, params![source.as_str(), before, limit])
            }
            Reports::NotHeld => {
                let sql = reports!(
                    "reports_not_held",
                    "WHERE item IS NULL AND id < $1 ORDER BY id DESC LIMIT $2"
                );
                all(connection, sql, params![before, limit])
            }
        })
    }

    /// The reports of a case, the oldest first, at most `limit`; and how many there are.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn reports_of_case(&self, case: CaseId, limit: u32) -> Result<(Vec<Report>, u64), StoreError> {
        self.read("reports_of_case", |connection| {
            let sql = reports!("reports_of_case", "WHERE review_case = $1 ORDER BY id LIMIT $2");
            let found = all(connection, sql, params![case.0, limit])?;
            let sql = "-- count_reports\nSELECT COUNT(*) FROM report WHERE review_case = $1";
            let count: i64 = connection
                .prepare_cached(sql)?
                .query_row(params![case.0], |row| row.get(0))?;
            Ok((found, count.unsigned_abs()))
        })
    }

    /// A report, and what has become of it.
    ///
    /// # Errors
    /// [`ReviewError::NoReport`].
    pub fn report_by_id(&self, id: ReportId) -> Result<(Report, ReportStatus), StoreError> {
        self.read("report_by_id", |connection| {
            let report = one(connection, id)?;
            let status = status(connection, &report)?;
            Ok((report, status))
        })
    }

    /// The report of a code, and what has become of it; `None` of a code that is none.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn report_by_code(&self, typed: &str) -> Result<Option<(Report, ReportStatus)>, StoreError> {
        let digest = code::digest(Purpose::Report, typed);
        self.read("report_by_code", |connection| {
            let sql = reports!("report_by_code", "WHERE digest = $1");
            let found = all(connection, sql, params![&digest.bytes()[..]])?.pop();
            let Some(report) = found else {
                return Ok(None);
            };
            let status = status(connection, &report)?;
            Ok(Some((report, status)))
        })
    }

    /// How many reports are about what is not held.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn reports_not_held(&self) -> Result<u64, StoreError> {
        self.read("reports_not_held", |connection| {
            let sql = "-- reports_not_held\nSELECT COUNT(*) FROM report WHERE item IS NULL";
            let count: i64 = connection
                .prepare_cached(sql)?
                .query_row(params![], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// Who has sent a report: for whoever must answer them, and for nobody else. `None` where they have not said, or where it
    /// was swept. That it is read, by whom and why, is in the log before.
    ///
    /// # Errors
    /// [`ReviewError::NoReport`]; [`StoreError::DiskFull`], so that nothing is read that could not be noted;
    /// [`StoreError::Row`] when it was altered, or sealed with another key.
    pub fn read_reporter(
        &self,
        id: ReportId,
        reason: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<Reporter>, StoreError> {
        self.change("read_reporter", |transaction| {
            one(transaction, id)?;
            let body = [("report", &*id.0.to_string()), ("by", by), ("reason", reason)];
            log::append(transaction, now, LogKind::ReporterRead, &body)
        })?;
        self.read("reporter", |connection| {
            let sql = "-- reporter\nSELECT sealed FROM reporter WHERE report = $1";
            let sealed: Option<Vec<u8>> = connection
                .prepare_cached(sql)?
                .query_row(params![id.0], |row| row.get(0))
                .optional()?;
            let Some(sealed) = sealed else {
                return Ok(None);
            };
            let plain = self.key.open(&place(id), &sealed);
            let reporter = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
            reporter
                .map(Some)
                .ok_or_else(|| invalid("reporter", id.0, "it does not open with this key"))
        })
    }

    /// How often the reports of each institution were right; those of the form are one row. Nobody is counted who is no
    /// institution.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn reports_by_source(&self) -> Result<Vec<ReportedBy>, StoreError> {
        self.read("reports_by_source", |connection| {
            let mut statement = connection.prepare_cached(
                "-- reports_by_source\nSELECT report.source, COUNT(*), COUNT(case_decision.id),
                    COUNT(CASE WHEN case_decision.outcome = 'violating' THEN 1 END)
                 FROM report LEFT JOIN case_decision ON case_decision.review_case = report.review_case
                    AND case_decision.sha256 = report.sha256 AND case_decision.state = 'effective'
                    AND case_decision.outcome IN ('violating', 'not_violating', 'exempt')
                 GROUP BY report.source ORDER BY report.source",
            )?;
            let rows = statement.query_all(params![], |row| {
                let counts = (row.get::<i64>(1)?, row.get::<i64>(2)?, row.get::<i64>(3)?);
                Ok((row.get::<Option<String>>(0)?, counts))
            })?;
            let rows = rows.into_iter().map(|(source, (reports, decided, violating))| {
                let source = source
                    .map(|text| text.parse().map_err(|error| invalid("report", &text, error)))
                    .transpose()?;
                Ok(ReportedBy {
                    source,
                    reports: reports.unsigned_abs(),
                    decided: decided.unsigned_abs(),
                    violating: violating.unsigned_abs(),
                })
            });
            rows.collect()
        })
    }
}

fn all(
    connection: &Connection<'_>,
    sql: &'static str,
    values: &[crate::db::Value<'_>],
) -> Result<Vec<Report>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(report(row)?);
    }
    Ok(found)
}

pub(super) fn one(connection: &Connection<'_>, id: ReportId) -> Result<Report, StoreError> {
    let sql = reports!("report_by_id", "WHERE id = $1");
    let found = all(connection, sql, params![id.0])?.pop();
    found.ok_or_else(|| ReviewError::NoReport(id).into())
}

/// What people have decided about the bytes of a report, where that has taken effect.
fn status(connection: &Connection<'_>, report: &Report) -> Result<ReportStatus, StoreError> {
    let Some((case, sha256)) = &report.case else {
        return Ok(ReportStatus::Received);
    };
    let sql = "-- report_status\nSELECT outcome FROM case_decision
        WHERE review_case = $1 AND sha256 = $2 AND state = 'effective' ORDER BY id DESC LIMIT 1";
    let outcome: Option<String> = connection
        .prepare_cached(sql)?
        .query_row(params![case.0, &sha256.bytes()[..]], |row| row.get(0))
        .optional()?;
    let outcome = outcome.and_then(|word| word.parse::<DecisionOutcome>().ok());
    Ok(match outcome {
        Some(DecisionOutcome::Violating) => ReportStatus::Violating,
        Some(DecisionOutcome::NotViolating | DecisionOutcome::Exempt) => ReportStatus::NotViolating,
        _ => ReportStatus::Received,
    })
}
