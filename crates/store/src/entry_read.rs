//! Reading and finding entries.

use crate::db::{Connection, Optional, Row, params};
use model::{BankEntry, BankId, EntryId, Label, Provenance, Sha256, Signal};

use crate::row::Stored;
use crate::signal_row::{self, value_key};
use crate::{Store, StoreError};

macro_rules! select_entry {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, bank, trust, human_confirmed, tlp, expires, labels, note, added_by, source,
                external_id, added_at, media, hash_only, disabled_until, metadata FROM entry ",
            $rest
        )
    };
}

impl Store {
    /// The entry of this id; `None` when it was never there or is removed.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn entry(&self, id: EntryId) -> Result<Option<BankEntry>, StoreError> {
        self.read("entry", |connection| {
            let sql = select_entry!("entry", "WHERE id = $1");
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![id.0])?;
            match rows.next()? {
                Some(row) => read_entry(connection, row).map(Some),
                None => Ok(None),
            }
        })
    }

    /// One page of a bank: the entries after `after` (from the beginning when `None`), by id, at most `limit`.
    /// The last id of a page is the `after` of the next; a page shorter than `limit` is the last.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn entries(
        &self,
        bank: BankId,
        after: Option<EntryId>,
        limit: u32,
    ) -> Result<Vec<BankEntry>, StoreError> {
        self.read("entries", |connection| {
            let sql = select_entry!("entries", "WHERE bank = $1 AND id > $2 ORDER BY id LIMIT $3");
            let mut statement = connection.prepare_cached(sql)?;
            let after = after.map_or(0, |id| id.0);
            let mut rows = statement.query(params![bank.0, after, limit])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(read_entry(connection, row)?);
            }
            Ok(entries)
        })
    }

    /// The entries of all banks that have exactly this signal, by id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn entries_with_signal(&self, signal: &Signal) -> Result<Vec<EntryId>, StoreError> {
        let mut lists = self.entries_with_signals(std::slice::from_ref(signal))?;
        Ok(lists.pop().unwrap_or_default())
    }

    /// As [`Self::entries_with_signal`] for each of several signals, read at one time: a reading costs more than what it
    /// reads.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn entries_with_signals(&self, signals: &[Signal]) -> Result<Vec<Vec<EntryId>>, StoreError> {
        self.read("entries_with_signal", |connection| {
            let mut statement = connection.prepare_cached(
                "-- entries_with_signal\nSELECT id FROM signal 
                 WHERE value_key = $1 AND type = $2 AND value = $3 ORDER BY id",
            )?;
            let mut list = |signal: &Signal| {
                let mut entries = statement.query_all(
                    params![value_key(signal), signal.kind().name(), signal.bytes()],
                    |row| Ok(EntryId(row.get::<i64>(0)? >> 8)),
                )?;
                entries.dedup();
                Ok(entries)
            };
            signals.iter().map(&mut list).collect()
        })
    }

    /// The first entry of a bank that has exactly this signal: whether the bank has this content already.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn entry_with_signal_in(&self, bank: BankId, signal: &Signal) -> Result<Option<EntryId>, StoreError> {
        self.read("entry_with_signal_in", |connection| {
            let mut statement = connection.prepare_cached(
                "-- entry_with_signal_in\nSELECT entry.id FROM signal JOIN entry ON entry.id = signal.id / 256
                 WHERE signal.value_key = $1 AND signal.type = $2 AND signal.value = $3 AND entry.bank = $4
                 ORDER BY signal.id LIMIT 1",
            )?;
            let id = statement
                .query_row(
                    params![value_key(signal), signal.kind().name(), signal.bytes(), bank.0],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(id.map(EntryId))
        })
    }

    /// The entries of a bank to which their source gave this identity, by id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn entries_with_external_id(
        &self,
        bank: BankId,
        external_id: &str,
    ) -> Result<Vec<EntryId>, StoreError> {
        self.read("entries_with_external_id", |connection| {
            let mut statement = connection.prepare_cached(
                "-- entries_with_external_id\nSELECT id FROM entry
                 WHERE bank = $1 AND external_id = $2 ORDER BY id",
            )?;
            Ok(statement.query_all(params![bank.0, external_id], |row| row.get(0).map(EntryId))?)
        })
    }
}

fn read_entry(connection: &Connection<'_>, row: Row<'_>) -> Result<BankEntry, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("entry", id, row);
    let media: Option<Vec<u8>> = stored.get(12)?;
    let media = match media {
        Some(bytes) => match Sha256::from_slice(&bytes) {
            Some(digest) => Some(digest),
            None => return Err(stored.invalid(format!("a SHA-256 of {} bytes", bytes.len()))),
        },
        None => None,
    };
    Ok(BankEntry {
        id: EntryId(id),
        bank: BankId(stored.get(1)?),
        signals: signal_row::read(connection, EntryId(id))?,
        labels: labels(&stored, 6)?,
        note: stored.get(7)?,
        provenance: Provenance {
            added_by: stored.get(8)?,
            source: stored.get(9)?,
            external_id: stored.get(10)?,
            added_at: stored.time(11)?,
        },
        trust: stored.parse(2)?,
        human_confirmed: stored.flag(3)?,
        tlp: stored.parse(4)?,
        expires: stored.optional_time(5)?,
        disabled_until: stored.optional_time(14)?,
        metadata: stored.get(15)?,
        media,
        hash_only: stored.flag(13)?,
    })
}

pub(crate) fn labels(stored: &Stored<'_>, column: usize) -> Result<Vec<Label>, StoreError> {
    let text: String = stored.get(column)?;
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|word| word.parse().map_err(|error| stored.invalid(error)))
        .collect()
}
