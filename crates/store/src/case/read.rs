//! Cases, as they are listed and shown.

use jiff::Timestamp;
use model::{CaseId, CaseState, DecisionId, EntryId, ItemId, Queue, Severity, Sha256};

use super::{Case, CaseDecision, Member, case, case_decision, missing};
use crate::db::{Connection, Optional, params};
use crate::item::{BY_ID, Item, one as one_item};
use crate::row::Stored;
use crate::{ReviewError, Store, StoreError};

macro_rules! cases {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, queue, state, entry, severity, reasons, members, opened_at, holder, lease_until
                FROM review_case ",
            $rest
        )
    };
}

macro_rules! decisions {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, review_case, sha256, outcome, exemption, duplicate_of, note, person, state, decided_at,
                settles_at, ended_at FROM case_decision ",
            $rest
        )
    };
}

/// Which cases are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFilter {
    /// The state.
    pub state: CaseState,
    /// The queues, each with the most severe cases of it that are listed.
    pub queues: Vec<(Queue, Severity)>,
    /// The least severe ones that are listed.
    pub least: Severity,
}

/// How many cases wait in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseCount {
    /// The queue.
    pub queue: Queue,
    /// Its open cases.
    pub open: u64,
    /// When the oldest of them was opened.
    pub oldest: Option<Timestamp>,
}

impl Store {
    /// The most severe cases of a filter, of these the oldest first; decided ones the newest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn cases(&self, filter: &CaseFilter, limit: u32) -> Result<Vec<Case>, StoreError> {
        self.read("cases", |connection| {
            let mut found = Vec::new();
            for (queue, most) in &filter.queues {
                let sql = match filter.state {
                    CaseState::Open => cases!(
                        "open_cases",
                        "WHERE queue = $1 AND severity <= $2 AND severity >= $3 AND state = 'open'
                         ORDER BY severity DESC, id LIMIT $4"
                    ),
                    CaseState::Decided => cases!(
                        "decided_cases",
                        "WHERE queue = $1 AND severity <= $2 AND severity >= $3 AND state = 'decided'
                         ORDER BY id DESC LIMIT $4"
                    ),
                };
                let mut statement = connection.prepare_cached(sql)?;
                let (most, least) = (most.level(), filter.least.level());
                let mut rows = statement.query(params![queue.name(), most, least, limit])?;
                while let Some(row) = rows.next()? {
                    found.push(case(row)?);
                }
            }
            match filter.state {
                CaseState::Open => found.sort_by_key(|case| (std::cmp::Reverse(case.severity), case.id)),
                CaseState::Decided => found.sort_by_key(|case| std::cmp::Reverse(case.id)),
            }
            found.truncate(limit as usize);
            Ok(found)
        })
    }

    /// A case.
    ///
    /// # Errors
    /// [`ReviewError::NoCase`].
    pub fn case(&self, id: CaseId) -> Result<Case, StoreError> {
        self.read("case", |connection| one(connection, id))
    }

    /// The case of an item.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn case_of(&self, item: ItemId) -> Result<Option<CaseId>, StoreError> {
        self.read("case_of", |connection| {
            let sql = "-- case_of\nSELECT review_case FROM case_member WHERE item = $1";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement
                .query_row(params![item.0], |row| row.get::<i64>(0))
                .optional()?;
            Ok(found.map(CaseId))
        })
    }

    /// The members of a case after `after`, in the order of their items; at most `limit`. An item that was forgotten is
    /// none any more.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn members(&self, case: CaseId, after: ItemId, limit: u32) -> Result<Vec<Member>, StoreError> {
        self.read("members", |connection| {
            let mut statement = connection.prepare_cached(
                "-- members\nSELECT item, joined, joined_at, decision FROM case_member
                 WHERE review_case = $1 AND item > $2 ORDER BY item LIMIT $3",
            )?;
            let mut rows = statement.query(params![case.0, after.0, limit])?;
            let mut members = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let stored = Stored::new("case_member", id, row);
                let about = (
                    stored.parse(1)?,
                    stored.time(2)?,
                    stored.get::<Option<i64>>(3)?.map(DecisionId),
                );
                members.push((id, about));
            }
            drop(rows);
            let mut found = Vec::with_capacity(members.len());
            for (id, (joined, joined_at, decision)) in members {
                if let Some(item) = one_item(connection, BY_ID, params![id])? {
                    found.push(Member {
                        item,
                        joined,
                        joined_at,
                        decision,
                    });
                }
            }
            Ok(found)
        })
    }

    /// The groups of a case: their bytes, how many members each has, and the first of these; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn groups(&self, case: CaseId, limit: u32) -> Result<Vec<(Sha256, u64, ItemId)>, StoreError> {
        self.read("groups", |connection| {
            let mut statement = connection.prepare_cached(
                "-- groups\nSELECT sha256, COUNT(*), MIN(item) FROM case_member WHERE review_case = $1
                 GROUP BY sha256 ORDER BY MIN(item) LIMIT $2",
            )?;
            let rows = statement.query_all(params![case.0, limit], |row| {
                Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?))
            })?;
            let group = |(sha256, count, first): (Vec<u8>, i64, i64)| {
                let sha256 = Sha256::from_slice(&sha256).ok_or_else(|| {
                    crate::row::invalid("case_member", first, "its digest has not 32 bytes")
                })?;
                Ok((sha256, count.unsigned_abs(), ItemId(first)))
            };
            rows.into_iter().map(group).collect()
        })
    }

    /// Everything that was decided about a case, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn decisions(&self, case: CaseId) -> Result<Vec<CaseDecision>, StoreError> {
        self.read("decisions", |connection| {
            let mut statement = connection.prepare_cached(decisions!(
                "decisions",
                "WHERE review_case = $1 ORDER BY id LIMIT 500"
            ))?;
            let mut rows = statement.query(params![case.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(case_decision(row)?);
            }
            Ok(found)
        })
    }

    /// A decision.
    ///
    /// # Errors
    /// [`ReviewError::NoDecision`].
    pub fn case_decision(&self, id: DecisionId) -> Result<CaseDecision, StoreError> {
        self.read("case_decision", |connection| one_decision(connection, id))
    }

    /// Other cases of an entry, the newest first; at most 20.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn cases_of_entry(&self, entry: EntryId, but: CaseId) -> Result<Vec<Case>, StoreError> {
        self.read("cases_of_entry", |connection| {
            let sql = cases!(
                "cases_of_entry",
                "WHERE entry = $1 AND id <> $2 ORDER BY id DESC LIMIT 20"
            );
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![entry.0, but.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(case(row)?);
            }
            Ok(found)
        })
    }

    /// How much waits in each queue.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn case_counts(&self) -> Result<Vec<CaseCount>, StoreError> {
        self.read("case_counts", |connection| {
            // Cases are numbered as they are opened, so that the index alone tells how many there are and the oldest.
            let sql = "-- case_counts\nSELECT COUNT(*), MIN(id) FROM review_case
                WHERE queue = $1 AND severity >= 0 AND state = 'open'";
            let mut statement = connection.prepare_cached(sql)?;
            let sql = "-- case_opened\nSELECT opened_at FROM review_case WHERE id = $1";
            let mut opened = connection.prepare_cached(sql)?;
            let mut counts = Vec::new();
            for queue in Queue::ALL {
                let (open, first) = statement.query_row(params![queue.name()], |row| {
                    Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
                })?;
                let oldest = match first {
                    Some(id) => opened
                        .query_row(params![id], |row| row.get::<i64>(0))
                        .optional()?,
                    None => None,
                };
                counts.push(CaseCount {
                    queue: *queue,
                    open: open.unsigned_abs(),
                    oldest: oldest.and_then(|micros| Timestamp::from_microsecond(micros).ok()),
                });
            }
            Ok(counts)
        })
    }

    /// How many decisions took effect, or were reversed, from `since` on.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn decided_since(&self, since: Timestamp) -> Result<Vec<(String, u64)>, StoreError> {
        self.read("decided_since", |connection| {
            let mut statement = connection.prepare_cached(
                "-- decided_since\nSELECT outcome, COUNT(*) FROM case_decision
                 WHERE decided_at >= $1 AND state <> 'undone' GROUP BY outcome ORDER BY outcome",
            )?;
            let rows = statement.query_all(params![since.as_microsecond()], |row| {
                Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
            })?;
            Ok(rows
                .into_iter()
                .map(|(outcome, count)| (outcome, count.unsigned_abs()))
                .collect())
        })
    }
}

pub(crate) fn one(connection: &Connection<'_>, id: CaseId) -> Result<Case, StoreError> {
    let mut statement = connection.prepare_cached(cases!("case", "WHERE id = $1"))?;
    let mut rows = statement.query(params![id.0])?;
    rows.next()?.map(case).transpose()?.ok_or_else(|| missing(id))
}

pub(crate) fn one_decision(connection: &Connection<'_>, id: DecisionId) -> Result<CaseDecision, StoreError> {
    let mut statement = connection.prepare_cached(decisions!("case_decision", "WHERE id = $1"))?;
    let mut rows = statement.query(params![id.0])?;
    let found = rows.next()?.map(case_decision).transpose()?;
    found.ok_or_else(|| ReviewError::NoDecision(id).into())
}

/// The items that a decision is about.
pub(super) fn covered(connection: &Connection<'_>, id: DecisionId) -> Result<Vec<Item>, StoreError> {
    let mut statement = connection
        .prepare_cached("-- covered\nSELECT item FROM case_member WHERE decision = $1 ORDER BY item")?;
    let ids = statement.query_all(params![id.0], |row| row.get::<i64>(0))?;
    let mut items = Vec::new();
    for id in ids {
        items.extend(one_item(connection, BY_ID, params![id])?);
    }
    Ok(items)
}
