//! What needs two people and is no decision about a group: that content be purged, that an entry be shared. It is asked for
//! by one, then by another; then it can be withdrawn for as long as a decision can be undone; then it happens.

mod purge;

use jiff::Timestamp;
use model::{
    AskedId, AskedKind, CaseId, DecisionState, DecisionStep, EntryId, PersonId, PurgeBlock, Sha256, Tlp,
    Trust,
};

use crate::case;
use crate::change::{self, ChangeKind, take_numbers};
use crate::db::{Connection, Row, Transaction, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::row::Stored;
use crate::{ReviewError, Store, StoreError, blob};

macro_rules! asked {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, kind, review_case, sha256, entry, tlp, reason, person, asked_at, state, seconded_by, settles_at,
                ended_at, stopped FROM asked ",
            $rest
        )
    };
}

/// Requests that are listed.
const LISTED: u32 = 200;
/// Requests that happen in one round.
const MOST: u32 = 16;

/// What somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// That the content of a case is purged: all of it, or the group of these bytes.
    Purge(CaseId, Option<Sha256>),
    /// That an entry may go further than its marking allows: to a wider one.
    Share(EntryId, Tlp),
}

impl Wanted {
    /// Its kind.
    pub const fn kind(&self) -> AskedKind {
        match self {
            Self::Purge(..) => AskedKind::Purge,
            Self::Share(..) => AskedKind::Share,
        }
    }
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Identity.
    pub id: AskedId,
    /// What.
    pub wanted: Wanted,
    /// Why.
    pub reason: String,
    /// Who asks for it.
    pub person: PersonId,
    /// When.
    pub asked_at: Timestamp,
    /// How far it has come: a draft until it happens.
    pub state: DecisionState,
    /// The second person.
    pub seconded_by: Option<PersonId>,
    /// When it happens, unless it is withdrawn; `None` while there is no second person.
    pub settles_at: Option<Timestamp>,
    /// When it happened, was withdrawn or stopped.
    pub ended_at: Option<Timestamp>,
    /// Why it did not happen, in a word.
    pub stopped: Option<String>,
}

impl Asked {
    /// Whether a second person has still to ask for it.
    pub fn waits(&self) -> bool {
        self.state == DecisionState::Draft && self.seconded_by.is_none()
    }
}

impl Store {
    /// Asks for something that a second person must ask for, too. Nothing happens before.
    ///
    /// # Errors
    /// [`ReviewError::NotPurged`], [`ReviewError::NotShared`], [`ReviewError::NoReason`], [`ReviewError::AskedAlready`],
    /// [`ReviewError::NoCase`], [`StoreError::NoEntry`], [`StoreError::DiskFull`].
    pub fn ask(
        &self,
        wanted: Wanted,
        reason: &str,
        person: PersonId,
        now: Timestamp,
    ) -> Result<AskedId, StoreError> {
        let reason = reason.trim().to_owned();
        self.share("ask_for_two", move |transaction| {
            ask(transaction, wanted, &reason, person, now)
        })
    }

    /// A second person asks for it, too; it happens at `settles_at` unless it is withdrawn.
    ///
    /// # Errors
    /// [`ReviewError::SamePerson`]; [`ReviewError::NotAsked`] when it does not wait for one; what stands against it, as of
    /// [`Store::ask`]; [`StoreError::DiskFull`].
    pub fn second_asked(
        &self,
        id: AskedId,
        person: PersonId,
        now: Timestamp,
        settles_at: Timestamp,
    ) -> Result<Asked, StoreError> {
        self.share("second_asked", move |transaction| {
            let asked = one(transaction, id)?;
            if !asked.waits() {
                return Err(ReviewError::NotAsked(id).into());
            }
            case::refuse_same(asked.person, person)?;
            check(transaction, asked.wanted, now)?;
            transaction.execute(
                "-- second_asked\nUPDATE asked SET seconded_by = $1, settles_at = $2 WHERE id = $3",
                params![person.0, settles_at.as_microsecond(), id.0],
            )?;
            note(transaction, LogKind::RequestSeconded, &asked, &actor(person), now)?;
            one(transaction, id)
        })
    }

    /// Withdraws what has not happened.
    ///
    /// # Errors
    /// [`ReviewError::NotAsked`]; [`ReviewError::Step`] when it has happened or was withdrawn; [`StoreError::DiskFull`].
    pub fn withdraw_asked(&self, id: AskedId, by: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.share("withdraw_asked", move |transaction| {
            let asked = one(transaction, id)?;
            step(transaction, &asked, DecisionStep::Undo, None, now)?;
            note(transaction, LogKind::RequestWithdrawn, &asked, &actor(by), now)
        })
    }

    /// Has happen what two people have asked for and whose time has come; gives how much did. What something stands against by
    /// now is stopped, and says so.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Io`], [`StoreError::Row`].
    pub fn settle_asked(&self, now: Timestamp) -> Result<usize, StoreError> {
        let due = self.read("due_asked", |connection| {
            let mut statement = connection.prepare_cached(
                "-- due_asked\nSELECT id FROM asked WHERE state = 'draft' AND settles_at IS NOT NULL AND settles_at <= $1
                 ORDER BY settles_at, id LIMIT $2",
            )?;
            Ok(statement.query_all(params![now.as_microsecond(), MOST], |row| row.get::<i64>(0))?)
        })?;
        let mut settled = 0;
        for id in due.into_iter().map(AskedId) {
            // Nobody stores the same bytes between their row and their file.
            let _gate = self.take_blobs();
            let gone = self.share("settle_asked", move |transaction| settle(transaction, id, now))?;
            for sha256 in &gone {
                blob::remove(&self.blobs, sha256)?;
            }
            settled += 1;
        }
        Ok(settled)
    }

    /// What was asked for, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn asked(&self, kind: AskedKind) -> Result<Vec<Asked>, StoreError> {
        self.read("asked_of_kind", |connection| {
            let sql = asked!("asked_of_kind", "WHERE kind = $1 ORDER BY id DESC LIMIT $2");
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![kind.name(), LISTED])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(asked(row)?);
            }
            Ok(found)
        })
    }

    /// One of them.
    ///
    /// # Errors
    /// [`ReviewError::NotAsked`].
    pub fn asked_for(&self, id: AskedId) -> Result<Asked, StoreError> {
        self.read("asked_for", |connection| one(connection, id))
    }

    /// What stands against purging the content of a case now.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn purge_block(
        &self,
        case: CaseId,
        group: Option<Sha256>,
        now: Timestamp,
    ) -> Result<Option<PurgeBlock>, StoreError> {
        self.read("purge_block", |connection| {
            Ok(purge::standing(connection, case, group)?.block(now))
        })
    }
}

fn ask(
    transaction: &Transaction<'_>,
    wanted: Wanted,
    reason: &str,
    person: PersonId,
    now: Timestamp,
) -> Result<AskedId, StoreError> {
    if reason.is_empty() {
        return Err(ReviewError::NoReason.into());
    }
    check(transaction, wanted, now)?;
    let (case, group, entry, tlp) = match wanted {
        Wanted::Purge(case, group) => (Some(case.0), group, None, None),
        Wanted::Share(entry, tlp) => (None, None, Some(entry.0), Some(tlp.name())),
    };
    let sql = "-- is_asked\nSELECT EXISTS (SELECT 1 FROM asked WHERE kind = $1 AND state = 'draft'
        AND (review_case = $2 OR entry = $3))";
    let again: bool = transaction
        .prepare_cached(sql)?
        .query_row(params![wanted.kind().name(), case, entry], |row| row.get(0))?;
    if again {
        return Err(ReviewError::AskedAlready.into());
    }
    let id = take_numbers(transaction, "asked", 1)?;
    transaction.execute(
        "-- ask\nINSERT INTO asked (id, kind, review_case, sha256, entry, tlp, reason, person, asked_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft')",
        params![
            id,
            wanted.kind().name(),
            case,
            group.as_ref().map(|group| &group.bytes()[..]),
            entry,
            tlp,
            reason,
            person.0,
            now.as_microsecond()
        ],
    )?;
    let asked = one(transaction, AskedId(id))?;
    note(transaction, LogKind::RequestMade, &asked, &actor(person), now)?;
    Ok(AskedId(id))
}

/// Refuses what something stands against.
fn check(connection: &Connection<'_>, wanted: Wanted, now: Timestamp) -> Result<(), StoreError> {
    match wanted {
        Wanted::Purge(case, group) => {
            case::one(connection, case)?;
            match purge::standing(connection, case, group)?.block(now) {
                Some(block) => Err(ReviewError::NotPurged(block).into()),
                None => Ok(()),
            }
        }
        Wanted::Share(entry, tlp) => {
            let (trust, marked) = marking(connection, entry)?;
            if trust != Trust::Active || tlp >= marked {
                return Err(ReviewError::NotShared.into());
            }
            Ok(())
        }
    }
}

/// How far an entry is trusted, and its marking.
fn marking(connection: &Connection<'_>, entry: EntryId) -> Result<(Trust, Tlp), StoreError> {
    let mut statement =
        connection.prepare_cached("-- marking\nSELECT trust, tlp FROM entry WHERE id = $1")?;
    let mut rows = statement.query(params![entry.0])?;
    let row = rows.next()?.ok_or(StoreError::NoEntry(entry))?;
    let stored = Stored::new("entry", entry.0, row);
    Ok((stored.parse(0)?, stored.parse(1)?))
}

/// What two people want happens, unless something stands against it by now; gives the blobs that are gone.
fn settle(transaction: &Transaction<'_>, id: AskedId, now: Timestamp) -> Result<Vec<Sha256>, StoreError> {
    let asked = one(transaction, id)?;
    // It may have been withdrawn since.
    if asked.state != DecisionState::Draft {
        return Ok(Vec::new());
    }
    let word = match check(transaction, asked.wanted, now) {
        Ok(()) => None,
        Err(StoreError::Review(ReviewError::NotPurged(block))) => Some(block.name()),
        Err(StoreError::Review(ReviewError::NotShared) | StoreError::NoEntry(_)) => Some("changed"),
        Err(other) => return Err(other),
    };
    if let Some(word) = word {
        step(transaction, &asked, DecisionStep::Undo, Some(word), now)?;
        note(transaction, LogKind::RequestStopped, &asked, "basira", now)?;
        return Ok(Vec::new());
    }
    step(transaction, &asked, DecisionStep::Settle, None, now)?;
    match asked.wanted {
        Wanted::Purge(case, group) => purge::purge(transaction, id, case, group, now),
        Wanted::Share(entry, tlp) => {
            transaction.execute(
                "-- share_entry\nUPDATE entry SET tlp = $1 WHERE id = $2",
                params![tlp.name(), entry.0],
            )?;
            change::append(transaction, ChangeKind::Updated, &[entry])?;
            let body = [
                ("request", &*id.0.to_string()),
                ("entry", &*entry.0.to_string()),
                ("tlp", tlp.name()),
            ];
            log::append(transaction, now, LogKind::EntryShared, &body)?;
            Ok(Vec::new())
        }
    }
}

fn step(
    transaction: &Transaction<'_>,
    asked: &Asked,
    step: DecisionStep,
    stopped: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let state = asked.state.after(step).map_err(ReviewError::from)?;
    transaction.execute(
        "-- step_asked\nUPDATE asked SET state = $1, ended_at = $2, stopped = $3 WHERE id = $4",
        params![state.name(), now.as_microsecond(), stopped, asked.id.0],
    )?;
    Ok(())
}

/// Notes a step in the log; the reason is not in there.
fn note(
    transaction: &Transaction<'_>,
    kind: LogKind,
    asked: &Asked,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = match asked.wanted {
        Wanted::Purge(case, _) => ("case", case.0.to_string()),
        Wanted::Share(entry, _) => ("entry", entry.0.to_string()),
    };
    let body = [
        ("request", &*asked.id.0.to_string()),
        ("kind", asked.wanted.kind().name()),
        (about.0, &*about.1),
        ("by", by),
    ];
    log::append(transaction, now, kind, &body)
}

fn one(connection: &Connection<'_>, id: AskedId) -> Result<Asked, StoreError> {
    let mut statement = connection.prepare_cached(asked!("asked", "WHERE id = $1"))?;
    let mut rows = statement.query(params![id.0])?;
    let found = rows.next()?.map(asked).transpose()?;
    found.ok_or_else(|| ReviewError::NotAsked(id).into())
}

fn asked(row: Row<'_>) -> Result<Asked, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("asked", id, row);
    let missing = || stored.invalid("it is about nothing");
    let wanted = match stored.parse(1)? {
        AskedKind::Purge => {
            let case: Option<i64> = stored.get(2)?;
            let group: Option<Vec<u8>> = stored.get(3)?;
            let group = group.and_then(|bytes| Sha256::from_slice(&bytes));
            Wanted::Purge(CaseId(case.ok_or_else(missing)?), group)
        }
        AskedKind::Share => {
            let entry: Option<i64> = stored.get(4)?;
            Wanted::Share(EntryId(entry.ok_or_else(missing)?), stored.parse(5)?)
        }
    };
    Ok(Asked {
        id: AskedId(id),
        wanted,
        reason: stored.get(6)?,
        person: PersonId(stored.get(7)?),
        asked_at: stored.time(8)?,
        state: stored.parse(9)?,
        seconded_by: stored.get::<Option<i64>>(10)?.map(PersonId),
        settles_at: stored.optional_time(11)?,
        ended_at: stored.optional_time(12)?,
        stopped: stored.get(13)?,
    })
}
