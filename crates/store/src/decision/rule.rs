//! What people decide of contents: records of the same chain, against which policies are held. Wherever somebody decides, in
//! a case of the console or by a personal key, it is written down here, and here alone.

use jiff::Timestamp;
use model::{ItemId, Ruling, Sha256};

use super::act;
use super::write::put;
use super::{Actor, Kept, Texts};
use crate::db::{Connection, Optional, Transaction, params};
use crate::item::{BY_ID, Item, one};
use crate::policy::Personal;
use crate::row::Stored;
use crate::{Store, StoreError, case};

/// What a person decided of a content last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// The number of the record.
    pub decision: i64,
    /// What.
    pub ruling: Ruling,
    /// Who.
    pub person: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Notes what a person decides of an item, and so of all with its bytes; the last one counts. Where it finds nothing
    /// wrong, whatever policies did to them is reversed, and told. Where these bytes are before people, and their case has not
    /// decided of them, that is decided by it. Gives the number of the record.
    ///
    /// # Errors
    /// [`StoreError::NoItem`], [`StoreError::DiskFull`].
    pub fn rule(
        &self,
        item: ItemId,
        ruling: Ruling,
        by: &Personal,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let by = by.clone();
        self.share("rule", move |transaction| {
            let item = one(transaction, BY_ID, params![item.0])?.ok_or(StoreError::NoItem(item))?;
            let person = by.person.as_str();
            let record = rule(transaction, &item, ruling, person, now)?;
            case::take_ruling(transaction, &item.sha256, (record, ruling), person, now)?;
            Ok(record)
        })
    }

    /// What a person decided last of any item with the same bytes.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn ruled(&self, content: &Sha256) -> Result<Option<Ruled>, StoreError> {
        self.read("ruled", |connection| ruled(connection, content))
    }
}

pub(crate) fn ruled(connection: &Connection<'_>, content: &Sha256) -> Result<Option<Ruled>, StoreError> {
    let sql = "-- ruled\nSELECT seq, ruling, person, at FROM ruled
        JOIN decision ON decision.seq = ruled.decision WHERE sha256 = $1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![&content.bytes()[..]])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let stored = Stored::new("decision", "of a person", row);
    Ok(Some(Ruled {
        decision: stored.get(0)?,
        ruling: stored.parse(1)?,
        person: stored.get(2)?,
        at: stored.time(3)?,
    }))
}

/// Writes a ruling down, once for a content, and does to what policies did what follows from it.
pub(crate) fn rule(
    transaction: &Transaction<'_>,
    item: &Item,
    ruling: Ruling,
    person: &str,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let texts = Texts {
        salt: &[],
        given: "",
        outcome: "",
        shadow: None,
    };
    let before = ruled(transaction, &item.sha256)?;
    let seq = put(
        transaction,
        &mut Kept {
            seq: 0,
            item: item.id.0,
            at: now.as_microsecond(),
            policies: &[],
            engine: "",
            actor: Actor::Person.name(),
            person,
            ruling: &ruling.to_string(),
            commitment: &texts.commitment(),
        },
    )?;
    // By the bytes, for they come again and again, and each time it is asked for.
    transaction
        .prepare_cached(
            "-- note_ruled\nINSERT INTO ruled (sha256, decision) VALUES ($1, $2)
             ON CONFLICT (sha256) DO UPDATE SET decision = excluded.decision",
        )?
        .execute(params![&item.sha256.bytes()[..], seq])?;
    // Said twice, it is counted once.
    let before = before.and_then(|before| before.ruling.found());
    let again = before.is_some() && before == ruling.found();
    match ruling.found() {
        Some(true) if !again => act::uphold(transaction, &item.sha256, now)?,
        Some(false) => act::overturn(transaction, &item.sha256, now)?,
        None if before == Some(true) => act::release(transaction, &item.sha256, now)?,
        _ => {}
    }
    Ok(seq)
}

/// Nobody has decided of a content any more: what was, does not hold, and what carried it out is reversed.
pub(crate) fn withdraw(
    transaction: &Transaction<'_>,
    content: &Sha256,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("-- withdraw_ruling\nDELETE FROM ruled WHERE sha256 = $1")?
        .execute(params![&content.bytes()[..]])?;
    act::release(transaction, content, now)
}

/// The name of a person of the console, for the record.
pub(crate) fn name_of(connection: &Connection<'_>, person: model::PersonId) -> Result<String, StoreError> {
    let sql = "-- person_name\nSELECT name FROM person WHERE id = $1";
    let name = connection
        .prepare_cached(sql)?
        .query_row(params![person.0], |row| row.get(0))
        .optional()?;
    Ok(name.unwrap_or_else(|| crate::person::actor(person)))
}
