//! Appeals, as they are listed and shown.

use jiff::Timestamp;
use model::{AppealId, CaseId, SourceName};

use super::{Appeal, appeal};
use crate::code::{self, Purpose};
use crate::db::{Connection, Value, params};
use crate::row::invalid;
use crate::{ReviewError, Store, StoreError};

macro_rules! appeals {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, decision, review_case, item, channel, source, words, lang, received_at, state, person, answer,
                decided_at FROM appeal ",
            $rest
        )
    };
}

/// Which appeals are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appeals {
    /// All, the newest first.
    All,
    /// Those about items of a source, the newest first.
    Of(SourceName),
    /// Those that nobody has decided, the oldest first; the cursor does not count.
    Open,
    /// Those of a case, the oldest first; the cursor does not count.
    OfCase(CaseId),
}

impl Store {
    /// How many appeals nobody has decided, and since when the oldest waits.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn open_appeals(&self) -> Result<(u64, Option<Timestamp>), StoreError> {
        self.read("open_appeals", |connection| {
            let sql = "-- open_appeals\nSELECT COUNT(*), MIN(received_at) FROM appeal WHERE state = 'open'";
            let (count, oldest) = connection.prepare_cached(sql)?.query_row(params![], |row| {
                Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
            })?;
            let oldest = oldest.map(Timestamp::from_microsecond).transpose();
            let oldest = oldest.map_err(|error| invalid("appeal", "received_at", error))?;
            Ok((count.unsigned_abs(), oldest))
        })
    }

    /// Appeals, of a list that goes on before `before`; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn appeals(
        &self,
        which: &Appeals,
        before: Option<AppealId>,
        limit: u32,
    ) -> Result<Vec<Appeal>, StoreError> {
        let before = before.map_or(i64::MAX, |id| id.0);
        self.read("appeals", |connection| match which {
            Appeals::All => {
                let sql = appeals!("appeals", "WHERE id < $1 ORDER BY id DESC LIMIT $2");
                all(connection, sql, params![before, limit])
            }
            Appeals::Of(source) => {
                let sql = appeals!(
                    "appeals_of",
                    "WHERE source = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
                );
                all(connection, sql, params![source.as_str(), before, limit])
            }
            Appeals::Open => {
                let sql = appeals!("open_appeals", "WHERE state = 'open' ORDER BY id LIMIT $1");
                all(connection, sql, params![limit])
            }
            Appeals::OfCase(case) => {
                let sql = appeals!("appeals_of_case", "WHERE review_case = $1 ORDER BY id LIMIT $2");
                all(connection, sql, params![case.0, limit])
            }
        })
    }

    /// An appeal.
    ///
    /// # Errors
    /// [`ReviewError::NoAppeal`].
    pub fn appeal_by_id(&self, id: AppealId) -> Result<Appeal, StoreError> {
        self.read("appeal_by_id", |connection| one(connection, id))
    }

    /// The appeal of a code; `None` of a code that is none.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn appeal_by_code(&self, typed: &str) -> Result<Option<Appeal>, StoreError> {
        let digest = code::digest(Purpose::Appeal, typed);
        self.read("appeal_by_code", |connection| {
            let sql = appeals!("appeal_by_code", "WHERE digest = $1");
            Ok(all(connection, sql, params![&digest.bytes()[..]])?.pop())
        })
    }
}

fn all(
    connection: &Connection<'_>,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<Vec<Appeal>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(appeal(row)?);
    }
    Ok(found)
}

pub(super) fn one(connection: &Connection<'_>, id: AppealId) -> Result<Appeal, StoreError> {
    let sql = appeals!("appeal_by_id", "WHERE id = $1");
    let found = all(connection, sql, params![id.0])?.pop();
    found.ok_or_else(|| ReviewError::NoAppeal(id).into())
}
