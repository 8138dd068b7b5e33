//! What a backtest found, put before people: somebody asks for it, somebody else approves, then the items open cases, some at
//! a time; until the end it can be cancelled, and afterwards what nobody has decided can be taken back.

use jiff::Timestamp;
use model::{CaseReason, FollowUpItem, FollowUpState, ItemId, LifeError, Queue, Receipt, Severity};
use thiserror::Error;

use super::Personal;
use crate::case::{self, Alike, Review};
use crate::change::take_numbers;
use crate::db::{Connection, Row, Transaction, params};
use crate::item::{BY_ID, one};
use crate::log::{self, LogKind};
use crate::routing::About;
use crate::row::Stored;
use crate::{Store, StoreError};

/// Items of one list at most.
pub const MOST_FOLLOWED: usize = 10_000;

/// Why nothing was done with a list.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FollowUpError {
    /// There is none.
    #[error("there is no follow-up {0}; basira policy follow-up lists them")]
    Missing(i64),
    /// It has come further than that, or not so far.
    #[error("the follow-up {id} is {state}, and cannot become {to}")]
    Step {
        /// Which.
        id: i64,
        /// How far it has come.
        state: FollowUpState,
        /// What it was to become.
        to: FollowUpState,
    },
}

/// A list of items that somebody asks to be put before people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Its number.
    pub id: i64,
    /// How far it has come.
    pub state: FollowUpState,
    /// Why, in the words of who asks for it.
    pub reason: String,
    /// Who asks for it.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who approved it, and when.
    pub approved: Option<(String, Timestamp)>,
    /// Who cancelled or undid it; nobody where it was done.
    pub ended_by: Option<String>,
    /// When it was done, cancelled or undone.
    pub ended_at: Option<Timestamp>,
    /// Its items, by how far they have come.
    pub items: Vec<(FollowUpItem, u64)>,
}

macro_rules! select {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, state, reason, asked_by, asked_at, approved_by, approved_at, ended_by, ended_at
                FROM follow_up ",
            $rest
        )
    };
}

impl Store {
    /// Asks that items be put before people; those that are known no more, and those after the first [`MOST_FOLLOWED`], are
    /// left out. Nothing happens before somebody else approves it.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn ask_follow_up(
        &self,
        items: Vec<Receipt>,
        reason: &str,
        by: &Personal,
        now: Timestamp,
    ) -> Result<FollowUp, StoreError> {
        let (reason, by) = (reason.to_owned(), by.clone());
        self.share("ask_follow_up", move |transaction| {
            let id = take_numbers(transaction, "follow_up", 1)?;
            transaction.execute(
                "-- ask_follow_up\nINSERT INTO follow_up (id, state, reason, asked_by, asked_at)
                 VALUES ($1, $2, $3, $4, $5)",
                params![
                    id,
                    FollowUpState::Asked.name(),
                    reason,
                    by.person.as_str(),
                    now.as_microsecond()
                ],
            )?;
            let mut statement = transaction.prepare_cached(
                "-- follow_item\nINSERT INTO follow_up_item (follow_up, item, state)
                 SELECT CAST($1 AS BIGINT), id, CAST($2 AS TEXT) FROM item WHERE receipt = $3
                 ON CONFLICT (follow_up, item) DO NOTHING",
            )?;
            for receipt in items.iter().take(MOST_FOLLOWED) {
                statement.execute(params![id, FollowUpItem::Waiting.name(), &receipt.0[..]])?;
            }
            note(transaction, id, FollowUpState::Asked, by.person.as_str(), now)?;
            find(transaction, id)
        })
    }

    /// Approves a list that somebody else asks for: its items are put before people from then on.
    ///
    /// # Errors
    /// [`FollowUpError::Missing`]; [`LifeError::SelfApproval`]; [`FollowUpError::Step`] when it has come further.
    pub fn approve_follow_up(&self, id: i64, by: &Personal, now: Timestamp) -> Result<FollowUp, StoreError> {
        let by = by.clone();
        self.share("approve_follow_up", move |transaction| {
            let found = find(transaction, id)?;
            if found.asked_by == by.person.as_str() {
                let person = by.person.clone();
                return Err(LifeError::SelfApproval { person }.into());
            }
            may(&found, &[FollowUpState::Asked], FollowUpState::Approved)?;
            transaction.execute(
                "-- approve_follow_up\nUPDATE follow_up SET state = $1, approved_by = $2, approved_at = $3 WHERE id = $4",
                params![
                    FollowUpState::Approved.name(),
                    by.person.as_str(),
                    now.as_microsecond(),
                    id
                ],
            )?;
            note(transaction, id, FollowUpState::Approved, by.person.as_str(), now)?;
            find(transaction, id)
        })
    }

    /// Cancels a list: what was not put before people will not be.
    ///
    /// # Errors
    /// [`FollowUpError::Missing`]; [`FollowUpError::Step`] when it has ended.
    pub fn cancel_follow_up(&self, id: i64, by: &Personal, now: Timestamp) -> Result<FollowUp, StoreError> {
        let by = by.clone();
        self.share("cancel_follow_up", move |transaction| {
            let found = find(transaction, id)?;
            may(
                &found,
                &[FollowUpState::Asked, FollowUpState::Approved],
                FollowUpState::Cancelled,
            )?;
            end(transaction, id, FollowUpState::Cancelled, Some(&by), now)?;
            find(transaction, id)
        })
    }

    /// Takes back what was put before people by a list and nobody has decided.
    ///
    /// # Errors
    /// [`FollowUpError::Missing`]; [`FollowUpError::Step`] of one of which nothing was put before people.
    pub fn undo_follow_up(&self, id: i64, by: &Personal, now: Timestamp) -> Result<FollowUp, StoreError> {
        let by = by.clone();
        self.share("undo_follow_up", move |transaction| {
            let found = find(transaction, id)?;
            let from = [
                FollowUpState::Approved,
                FollowUpState::Done,
                FollowUpState::Cancelled,
            ];
            may(&found, &from, FollowUpState::Undone)?;
            let mut statement = transaction.prepare_cached(
                "-- enqueued_by_follow_up\nSELECT item FROM follow_up_item WHERE follow_up = $1 AND state = $2 ORDER BY item",
            )?;
            let items = statement.query_all(params![id, FollowUpItem::Enqueued.name()], |row| {
                row.get::<i64>(0)
            })?;
            for item in items {
                if case::leave(transaction, ItemId(item))? {
                    move_item(transaction, id, item, FollowUpItem::Undone)?;
                }
            }
            end(transaction, id, FollowUpState::Undone, Some(&by), now)?;
            find(transaction, id)
        })
    }

    /// Puts some items of lists that were approved before people; gives how many were looked at, 0 when nothing waits.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn go_on_follow_ups(&self, limit: u32, now: Timestamp) -> Result<usize, StoreError> {
        let approved = self.read("approved_follow_ups", |connection| {
            let sql = "-- approved_follow_ups\nSELECT id FROM follow_up WHERE state = 'approved' ORDER BY id LIMIT 1";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_all(params![], |row| row.get::<i64>(0))?)
        })?;
        let Some(id) = approved.first().copied() else {
            return Ok(0);
        };
        self.share("go_on_follow_ups", move |transaction| {
            // It may have been cancelled since.
            if find(transaction, id)?.state != FollowUpState::Approved {
                return Ok(1);
            }
            let mut statement = transaction.prepare_cached(
                "-- waiting_of_follow_up\nSELECT item FROM follow_up_item WHERE follow_up = $1 AND state = $2
                 ORDER BY item LIMIT $3",
            )?;
            let items = statement.query_all(params![id, FollowUpItem::Waiting.name(), limit], |row| {
                row.get::<i64>(0)
            })?;
            if items.is_empty() {
                end(transaction, id, FollowUpState::Done, None, now)?;
                return Ok(1);
            }
            for item in &items {
                let to = match enqueue(transaction, *item, now)? {
                    true => FollowUpItem::Enqueued,
                    false => FollowUpItem::Skipped,
                };
                move_item(transaction, id, *item, to)?;
            }
            Ok(items.len())
        })
    }

    /// A list.
    ///
    /// # Errors
    /// [`FollowUpError::Missing`].
    pub fn follow_up(&self, id: i64) -> Result<FollowUp, StoreError> {
        self.read("follow_up", |connection| find(connection, id))
    }

    /// All lists, the newest first, at most a hundred.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn follow_ups(&self) -> Result<Vec<FollowUp>, StoreError> {
        self.read("follow_ups", |connection| {
            let sql = select!("follow_ups", "ORDER BY id DESC LIMIT 100");
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(follow_up(connection, row)?);
            }
            Ok(found)
        })
    }
}

/// Puts an item before people; `false` where it is there already, or forgotten.
fn enqueue(transaction: &Transaction<'_>, item: i64, now: Timestamp) -> Result<bool, StoreError> {
    let Some(item) = one(transaction, BY_ID, params![item])? else {
        return Ok(false);
    };
    if case::is_member(transaction, item.id)? {
        return Ok(false);
    }
    let review = Review {
        queue: Queue::Policy,
        entry: None,
        severity: Severity::Low,
        reasons: vec![CaseReason::Policy],
        alike: Alike::default(),
    };
    case::open_or_join(transaction, &item, &review, About::default(), now)?;
    Ok(true)
}

fn move_item(transaction: &Transaction<'_>, id: i64, item: i64, to: FollowUpItem) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "-- move_followed\nUPDATE follow_up_item SET state = $1 WHERE follow_up = $2 AND item = $3",
        )?
        .execute(params![to.name(), id, item])?;
    Ok(())
}

fn may(found: &FollowUp, from: &[FollowUpState], to: FollowUpState) -> Result<(), StoreError> {
    if from.contains(&found.state) {
        return Ok(());
    }
    Err(FollowUpError::Step {
        id: found.id,
        state: found.state,
        to,
    }
    .into())
}

fn end(
    transaction: &Transaction<'_>,
    id: i64,
    to: FollowUpState,
    by: Option<&Personal>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let by = by.map(|by| by.person.as_str());
    transaction.execute(
        "-- end_follow_up\nUPDATE follow_up SET state = $1, ended_by = $2, ended_at = $3 WHERE id = $4",
        params![to.name(), by, now.as_microsecond(), id],
    )?;
    note(transaction, id, to, by.unwrap_or("basira"), now)
}

fn note(
    transaction: &Transaction<'_>,
    id: i64,
    to: FollowUpState,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = [("follow_up", &*id.to_string()), ("state", to.name()), ("by", by)];
    log::append(transaction, now, LogKind::FollowUpMoved, &body)
}

fn find(connection: &Connection<'_>, id: i64) -> Result<FollowUp, StoreError> {
    let mut statement = connection.prepare_cached(select!("follow_up", "WHERE id = $1"))?;
    let mut rows = statement.query(params![id])?;
    let row = rows.next()?.ok_or(FollowUpError::Missing(id))?;
    follow_up(connection, row)
}

fn follow_up(connection: &Connection<'_>, row: Row<'_>) -> Result<FollowUp, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("follow_up", id, row);
    let approved_by: Option<String> = stored.get(5)?;
    let mut found = FollowUp {
        id,
        state: stored.parse(1)?,
        reason: stored.get(2)?,
        asked_by: stored.get(3)?,
        asked_at: stored.time(4)?,
        approved: approved_by.zip(stored.optional_time(6)?),
        ended_by: stored.get(7)?,
        ended_at: stored.optional_time(8)?,
        items: Vec::new(),
    };
    let mut statement = connection.prepare_cached(
        "-- followed\nSELECT state, COUNT(*) FROM follow_up_item WHERE follow_up = $1 GROUP BY state ORDER BY state",
    )?;
    let mut rows = statement.query(params![id])?;
    while let Some(row) = rows.next()? {
        let stored = Stored::new("follow_up_item", id, row);
        found.items.push((stored.parse(0)?, stored.count(1)?));
    }
    Ok(found)
}
