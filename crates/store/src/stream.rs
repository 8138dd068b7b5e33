//! All PDQ hashes and window hashes at once, for building an index.

use model::{EntryId, PdqHash, Quality};

use crate::change::{Seq, last_seq};
use crate::db::params;
use crate::row::{self, invalid};
use crate::signal_row::signal_key;
use crate::{Store, StoreError, Windows};

/// One PDQ signal of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PdqRow {
    /// The entry.
    pub entry: EntryId,
    /// Place of the signal among all signals of the entry, 0 to 254.
    pub ordinal: u8,
    /// The hash.
    pub hash: PdqHash,
    /// Its quality, where it is known.
    pub quality: Option<Quality>,
}

impl PdqRow {
    /// The key of this row in an index: `entry << 8 | ordinal`. Ids are positive, so that order is kept.
    pub fn key(&self) -> u64 {
        signal_key(self.entry, i64::from(self.ordinal)).cast_unsigned()
    }

    /// The entry and ordinal of a key.
    pub fn split_key(key: u64) -> (EntryId, u8) {
        // The lowest byte is the ordinal.
        (EntryId((key >> 8).cast_signed()), key as u8)
    }
}

/// The window hashes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsRow {
    /// The entry.
    pub entry: EntryId,
    /// Its window hashes, of any window set.
    pub windows: Windows,
}

impl Store {
    /// Gives every PDQ signal of all banks to `each`, by entry and ordinal, whatever the trust of the entry; then
    /// the newest change that they contain.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn for_each_pdq(&self, each: impl FnMut(PdqRow)) -> Result<Seq, StoreError> {
        self.for_each_pdq_after(EntryId(0), each)
    }

    /// As [`Store::for_each_pdq`], only of entries with a higher id than `after`: what was added since an index that
    /// knows all entries up to there. What was removed since then is in the change feed.
    ///
    /// # Errors
    /// As [`Store::for_each_pdq`].
    pub fn for_each_pdq_after(
        &self,
        after: EntryId,
        mut each: impl FnMut(PdqRow),
    ) -> Result<Seq, StoreError> {
        self.read("for_each_pdq", |connection| {
            // The CASE keeps the planner from walking the index by value and sorting millions of rows.
            let sql = "-- for_each_pdq\nSELECT id, value, quality FROM signal
                 WHERE id > $1 AND CASE WHEN type = 'pdq' THEN 1 ELSE 0 END = 1 ORDER BY id";
            connection.for_each(sql, params![signal_key(after, 255)], |row| {
                let key: i64 = row.get(0)?;
                let value = row.blob(1).map_err(|error| invalid("signal", key, error))?;
                let Some(hash) = PdqHash::from_slice(value) else {
                    return Err(invalid(
                        "signal",
                        key,
                        format!("{} bytes are no pdq", value.len()),
                    ));
                };
                let quality = row::quality(key, row.get(2)?)?;
                let (entry, ordinal) = PdqRow::split_key(key.cast_unsigned());
                each(PdqRow {
                    entry,
                    ordinal,
                    hash,
                    quality,
                });
                Ok::<_, StoreError>(true)
            })?;
            last_seq(connection)
        })
    }

    /// Gives the window hashes of all entries with a higher id than `after` to `each`, by entry; then the newest
    /// change that they contain. `EntryId(0)` begins at the first.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn for_each_windows(
        &self,
        after: EntryId,
        mut each: impl FnMut(WindowsRow),
    ) -> Result<Seq, StoreError> {
        self.read("for_each_windows", |connection| {
            let sql = "-- for_each_windows\nSELECT entry, window_set, hashes FROM entry_windows
                 WHERE entry > $1 ORDER BY entry";
            connection.for_each(sql, params![after.0], |row| {
                let entry: i64 = row.get(0)?;
                let bytes = row
                    .blob(2)
                    .map_err(|error| invalid("entry_windows", entry, error))?;
                let windows = Windows::from_row(entry, row.get(1)?, bytes)?;
                each(WindowsRow {
                    entry: EntryId(entry),
                    windows,
                });
                Ok::<_, StoreError>(true)
            })?;
            last_seq(connection)
        })
    }
}
