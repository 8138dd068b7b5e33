//! Taking back what rested on an entry that was revoked: noted item by item, told, and resumed where it was left.

use jiff::Timestamp;
use model::{EntryId, ItemId, Trust};

use crate::db::{Connection, Optional, Row, params};
use crate::decision::act;
use crate::item::{BY_ID, one};
use crate::log::{self, LogKind};
use crate::row::Stored;
use crate::{Store, StoreError};

/// How far the matches of a revoked entry have been taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversing {
    /// The entry.
    pub entry: EntryId,
    /// Who asked for it.
    pub asked_by: String,
    /// When.
    pub begun_at: Timestamp,
    /// Items before this one are still to be looked at.
    pub before: ItemId,
    /// Items whose match was taken back.
    pub reversed: u64,
    /// Items whose match stands, for it rests on another entry too.
    pub standing: u64,
    /// When all were looked at.
    pub finished_at: Option<Timestamp>,
}

const SELECT: &str =
    "-- reversing\nSELECT entry, asked_by, begun_at, at_item, reversed, standing, finished_at
    FROM reversing ORDER BY begun_at DESC, entry DESC LIMIT 100";
const ONE: &str =
    "-- reversing_one\nSELECT entry, asked_by, begun_at, at_item, reversed, standing, finished_at
    FROM reversing WHERE entry = $1";

impl Store {
    /// Asks that every match that rests on a revoked entry alone be taken back; noted in the log as asked by `by`. Asked
    /// twice, it is done once.
    ///
    /// # Errors
    /// [`StoreError::NotRevoked`]; [`StoreError::NoEntry`], [`StoreError::DiskFull`].
    pub fn begin_reversing(&self, entry: EntryId, by: &str, now: Timestamp) -> Result<Reversing, StoreError> {
        let by = by.to_owned();
        self.share("begin_reversing", move |transaction| {
            let sql = "-- trust_of\nSELECT trust FROM entry WHERE id = $1";
            let trust: Option<String> = transaction
                .prepare_cached(sql)?
                .query_row(params![entry.0], |row| row.get(0))
                .optional()?;
            match trust {
                None => return Err(StoreError::NoEntry(entry)),
                Some(trust) if trust != Trust::Revoked.name() => return Err(StoreError::NotRevoked(entry)),
                Some(_) => {}
            }
            if let Some(begun) = one_reversing(transaction, entry)? {
                return Ok(begun);
            }
            transaction
                .prepare_cached(
                    "-- begin_reversing\nINSERT INTO reversing (entry, asked_by, begun_at, at_item, reversed, standing)
                     VALUES ($1, $2, $3, $4, 0, 0)",
                )?
                .execute(params![entry.0, by, now.as_microsecond(), i64::MAX])?;
            let body = [("entry", &*entry.0.to_string()), ("by", &*by)];
            log::append(transaction, now, LogKind::ReversalAsked, &body)?;
            one_reversing(transaction, entry)?.ok_or(StoreError::NoEntry(entry))
        })
    }

    /// Entries whose matches are being taken back, or were; the newest first, at most a hundred.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn reversing(&self) -> Result<Vec<Reversing>, StoreError> {
        self.read("reversing", |connection| {
            let mut statement = connection.prepare_cached(SELECT)?;
            let mut rows = statement.query(params![])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(reversing(row)?);
            }
            Ok(found)
        })
    }

    /// Takes the matches of some items back: each is noted, in the log too, and whoever is told of matches is told. The
    /// items from `before` on have been looked at then, and all of them when that is `None`.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Row`]; nothing is taken back then.
    pub fn reverse(
        &self,
        entry: EntryId,
        items: Vec<ItemId>,
        standing: u64,
        before: Option<ItemId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.share("reverse", move |transaction| {
            let mut reversed = 0_i64;
            for id in items {
                let fresh = transaction
                    .prepare_cached(
                        "-- note_reversal\nINSERT INTO reversal (item, entry, at) VALUES ($1, $2, $3)
                         ON CONFLICT (item) DO NOTHING",
                    )?
                    .execute(params![id.0, entry.0, now.as_microsecond()])?;
                if fresh == 1
                    && let Some(item) = one(transaction, BY_ID, params![id.0])?
                {
                    reversed += 1;
                    let actions = act::reverse(transaction, item.id, now)?;
                    act::told_reversed(transaction, &item, Some(entry), actions, now)?;
                }
            }
            transaction
                .prepare_cached(
                    "-- note_reversing\nUPDATE reversing SET reversed = reversed + $1, standing = standing + $2,
                        at_item = $3, finished_at = $4 WHERE entry = $5",
                )?
                .execute(params![
                    reversed,
                    standing.cast_signed(),
                    before.map_or(0, |id| id.0),
                    before.is_none().then(|| now.as_microsecond()),
                    entry.0
                ])?;
            Ok(())
        })
    }

    /// When an item's match was taken back, and because of which entry.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn reversal(&self, item: ItemId) -> Result<Option<(EntryId, Timestamp)>, StoreError> {
        self.read("reversal", |connection| {
            let sql = "-- reversal\nSELECT entry, at FROM reversal WHERE item = $1";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![item.0])?;
            let Some(row) = rows.next()? else {
                return Ok(None);
            };
            let stored = Stored::new("reversal", item.0, row);
            Ok(Some((EntryId(stored.get(0)?), stored.time(1)?)))
        })
    }
}

fn one_reversing(connection: &Connection<'_>, entry: EntryId) -> Result<Option<Reversing>, StoreError> {
    let mut statement = connection.prepare_cached(ONE)?;
    let mut rows = statement.query(params![entry.0])?;
    rows.next()?.map(reversing).transpose()
}

fn reversing(row: Row<'_>) -> Result<Reversing, StoreError> {
    let entry: i64 = row.get(0)?;
    let stored = Stored::new("reversing", entry, row);
    Ok(Reversing {
        entry: EntryId(entry),
        asked_by: stored.get(1)?,
        begun_at: stored.time(2)?,
        before: ItemId(stored.get(3)?),
        reversed: stored.count(4)?,
        standing: stored.count(5)?,
        finished_at: stored.optional_time(6)?,
    })
}
