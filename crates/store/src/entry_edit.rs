//! Changing and removing entries. Signals are never changed: other content is another entry.

use crate::db::{Optional, Transaction, params};
use jiff::Timestamp;
use model::{BankId, EntryId, Label, Trust};

use crate::change::{self, ChangeKind};
use crate::entry_read::labels;
use crate::entry_write::{EntryError, check_text, count_into_bank, labels_text};
use crate::picture::{self, Thumbnail, Windows};
use crate::row::Stored;
use crate::signal_row::signal_key;
use crate::{Edits, StoreError};

impl Edits<'_, '_> {
    /// Changes how far an entry is trusted.
    ///
    /// # Errors
    /// [`StoreError::Trust`] when its life cycle refuses, [`StoreError::NoEntry`] when there is none.
    pub fn set_trust(&self, entry: EntryId, to: Trust) -> Result<(), StoreError> {
        self.edit(entry, |transaction| {
            let mut statement =
                transaction.prepare_cached("-- trust\nSELECT trust FROM entry WHERE id = $1")?;
            let mut rows = statement.query(params![entry.0])?;
            let from: Trust = match rows.next()? {
                Some(row) => Stored::new("entry", entry, row).parse(0)?,
                None => return Ok(0),
            };
            let trust = from.become_trust(to)?;
            let sql = "-- set_trust\nUPDATE entry SET trust = $1 WHERE id = $2";
            Ok(transaction
                .prepare_cached(sql)?
                .execute(params![trust.name(), entry.0])?)
        })
    }

    /// Notes whether a person has looked at the content and confirmed it.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`] when there is none.
    pub fn set_human_confirmed(&self, entry: EntryId, confirmed: bool) -> Result<(), StoreError> {
        self.edit(entry, |transaction| {
            let sql = "-- set_human_confirmed\nUPDATE entry SET human_confirmed = $1 WHERE id = $2";
            Ok(transaction
                .prepare_cached(sql)?
                .execute(params![i64::from(confirmed), entry.0])?)
        })
    }

    /// Sets when an entry stops to be matched; `None` is never.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`] when there is none.
    pub fn set_expires(&self, entry: EntryId, expires: Option<Timestamp>) -> Result<(), StoreError> {
        self.edit(entry, |transaction| {
            let sql = "-- set_expires\nUPDATE entry SET expires = $1 WHERE id = $2";
            let micros = expires.map(Timestamp::as_microsecond);
            Ok(transaction
                .prepare_cached(sql)?
                .execute(params![micros, entry.0])?)
        })
    }

    /// Switches an entry off until a time; `None` switches it on, [`Timestamp::MAX`] off for ever.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`] when there is none.
    pub fn set_disabled_until(&self, entry: EntryId, until: Option<Timestamp>) -> Result<(), StoreError> {
        self.edit(entry, |transaction| {
            let sql = "-- set_disabled_until\nUPDATE entry SET disabled_until = $1 WHERE id = $2";
            let micros = until.map(Timestamp::as_microsecond);
            Ok(transaction
                .prepare_cached(sql)?
                .execute(params![micros, entry.0])?)
        })
    }

    /// Sets or clears the remark for people.
    ///
    /// # Errors
    /// [`StoreError::Entry`] when the text cannot be stored, [`StoreError::NoEntry`] when there is no such entry.
    pub fn set_note(&self, entry: EntryId, note: Option<&str>) -> Result<(), StoreError> {
        check_text("note", note)?;
        self.edit(entry, |transaction| {
            let sql = "-- set_note\nUPDATE entry SET note = $1 WHERE id = $2";
            Ok(transaction.prepare_cached(sql)?.execute(params![note, entry.0])?)
        })
    }

    /// Adds labels and takes others away; gives the labels afterwards.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`] when there is no such entry.
    pub fn edit_labels(
        &self,
        entry: EntryId,
        add: &[Label],
        remove: &[Label],
    ) -> Result<Vec<Label>, StoreError> {
        let mut after = Vec::new();
        self.edit(entry, |transaction| {
            let mut statement =
                transaction.prepare_cached("-- labels\nSELECT labels FROM entry WHERE id = $1")?;
            let mut rows = statement.query(params![entry.0])?;
            match rows.next()? {
                Some(row) => after = labels(&Stored::new("entry", entry, row), 0)?,
                None => return Ok(0),
            }
            after.extend_from_slice(add);
            after.retain(|label| !remove.contains(label));
            after.sort_unstable();
            after.dedup();
            let sql = "-- set_labels\nUPDATE entry SET labels = $1 WHERE id = $2";
            Ok(transaction
                .prepare_cached(sql)?
                .execute(params![labels_text(&after), entry.0])?)
        })?;
        Ok(after)
    }

    /// Puts a thumbnail, window hashes or both in the place of what was kept; `None` leaves what is there.
    ///
    /// # Errors
    /// [`EntryError::HashOnly`] when nothing may be kept, [`StoreError::NoEntry`] when there is no such entry.
    pub fn keep_picture(
        &self,
        entry: EntryId,
        thumbnail: Option<&Thumbnail>,
        windows: Option<&Windows>,
    ) -> Result<(), StoreError> {
        self.edit(entry, |transaction| {
            let mut statement =
                transaction.prepare_cached("-- hash_only\nSELECT hash_only FROM entry WHERE id = $1")?;
            let mut rows = statement.query(params![entry.0])?;
            match rows.next()? {
                Some(row) if Stored::new("entry", entry, row).flag(0)? => {
                    return Err(EntryError::HashOnly.into());
                }
                Some(_) => {}
                None => return Ok(0),
            }
            if let Some(thumbnail) = thumbnail {
                picture::put_thumbnail(transaction, self.key, entry, thumbnail)?;
            }
            if let Some(windows) = windows {
                picture::put_windows(transaction, entry, windows)?;
            }
            Ok(1)
        })
    }

    /// Removes an entry with its signals, thumbnail and window hashes, for good. Its id is never used again. It is found
    /// no more when this is committed; its bytes are overwritten on the disk when SQLite next folds its write-ahead log into
    /// the database, at the latest when the last store of the folder is closed.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`] when there is no such entry.
    pub fn remove_entry(&self, entry: EntryId) -> Result<(), StoreError> {
        let bank = remove(self.transaction, entry)?.ok_or(StoreError::NoEntry(entry))?;
        count_into_bank(self.transaction, bank, -1)?;
        change::append(self.transaction, ChangeKind::Removed, &[entry])
    }

    /// Runs a change of one entry, which gives how many rows it changed, and notes it in the feed.
    fn edit(
        &self,
        entry: EntryId,
        body: impl FnOnce(&Transaction<'_>) -> Result<usize, StoreError>,
    ) -> Result<(), StoreError> {
        if body(self.transaction)? == 0 {
            return Err(StoreError::NoEntry(entry));
        }
        change::append(self.transaction, ChangeKind::Updated, &[entry])
    }
}

/// Removes the rows of an entry; gives its bank, `None` when there was no such entry.
pub(crate) fn remove(transaction: &Transaction<'_>, entry: EntryId) -> Result<Option<BankId>, StoreError> {
    let run = |sql: &str| transaction.prepare_cached(sql)?.execute(params![entry.0]);
    run("-- remove_thumbnail\nDELETE FROM thumbnail WHERE entry = $1")?;
    run("-- remove_windows\nDELETE FROM entry_windows WHERE entry = $1")?;
    run("-- remove_tracks\nDELETE FROM entry_track WHERE entry = $1")?;
    run("-- remove_texts\nDELETE FROM entry_text WHERE entry = $1")?;
    transaction
        .prepare_cached("-- remove_signals\nDELETE FROM signal WHERE id BETWEEN $1 AND $2")?
        .execute(params![signal_key(entry, 0), signal_key(entry, 255)])?;
    let bank: Option<i64> = transaction
        .prepare_cached("-- remove_entry\nDELETE FROM entry WHERE id = $1 RETURNING bank")?
        .query_row(params![entry.0], |row| row.get(0))
        .optional()?;
    Ok(bank.map(BankId))
}
