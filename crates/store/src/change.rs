//! The change feed: what an index must hear about, in order.

use std::fmt;

use crate::db::{Connection, Transaction, params};
use model::EntryId;

use crate::row::Stored;
use crate::{Store, StoreError};

/// Place of a change in the feed, counted from 1; 0 stands before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub i64);

impl fmt::Display for Seq {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was added; its signals never change afterwards.
    Added,
    /// It was removed with all that belongs to it.
    Removed,
    /// Something else about it changed: trust, labels, note, expiry, confirmation, thumbnail or window hashes.
    Updated,
}

impl ChangeKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Updated => "updated",
        }
    }
}

/// One change of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Its place.
    pub seq: Seq,
    /// What happened.
    pub kind: ChangeKind,
    /// To which entry; it may have been removed since.
    pub entry: EntryId,
}

impl Store {
    /// The changes after `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`] or [`StoreError::Database`].
    pub fn changes_since(&self, seq: Seq, limit: u32) -> Result<Vec<Change>, StoreError> {
        self.read("changes_since", |connection| {
            let mut statement = connection.prepare_cached(
                "-- changes_since\nSELECT seq, kind, entry FROM change WHERE seq > $1 ORDER BY seq LIMIT $2",
            )?;
            let mut rows = statement.query(params![seq.0, limit])?;
            let mut changes = Vec::new();
            while let Some(row) = rows.next()? {
                let seq: i64 = row.get(0)?;
                let stored = Stored::new("change", seq, row);
                let word: String = stored.get(1)?;
                let kind = [ChangeKind::Added, ChangeKind::Removed, ChangeKind::Updated]
                    .into_iter()
                    .find(|kind| kind.name() == word)
                    .ok_or_else(|| stored.invalid(format!("{word:?} is no kind of change")))?;
                changes.push(Change {
                    seq: Seq(seq),
                    kind,
                    entry: EntryId(stored.get(2)?),
                });
            }
            Ok(changes)
        })
    }

    /// The newest change; `Seq(0)` when there was none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn last_seq(&self) -> Result<Seq, StoreError> {
        self.read("last_seq", last_seq)
    }
}

pub(crate) fn last_seq(connection: &Connection<'_>) -> Result<Seq, StoreError> {
    let mut statement =
        connection.prepare_cached("-- last_seq\nSELECT last FROM counter WHERE name = 'change'")?;
    Ok(Seq(statement.query_row(params![], |row| row.get(0))?))
}

/// Takes `count` new numbers of a counter and gives the first. They are never given again, for the counter's row is
/// locked until the transaction ends.
pub(crate) fn take_numbers(
    transaction: &Transaction<'_>,
    counter: &'static str,
    count: usize,
) -> Result<i64, StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- take_numbers\nUPDATE counter SET last = last + $1 WHERE name = $2 RETURNING last",
    )?;
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let last: i64 = statement.query_row(params![count, counter], |row| row.get(0))?;
    Ok(last - count + 1)
}

/// Appends one change for each entry.
pub(crate) fn append(
    transaction: &Transaction<'_>,
    kind: ChangeKind,
    entries: &[EntryId],
) -> Result<(), StoreError> {
    let first = take_numbers(transaction, "change", entries.len())?;
    let mut statement = transaction
        .prepare_cached("-- append_change\nINSERT INTO change (seq, kind, entry) VALUES ($1, $2, $3)")?;
    for (seq, entry) in (first..).zip(entries) {
        statement.execute(params![seq, kind.name(), entry.0])?;
    }
    Ok(())
}
