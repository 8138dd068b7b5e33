//! Texts of entries, sealed, and the signals of texts all at once.

use model::{EntryId, Signal};
use serde::{Deserialize, Serialize};

use crate::change::{Seq, last_seq};
use crate::db::{Transaction, params};
use crate::key::{Key, Place};
use crate::row::{self, invalid};
use crate::signal_row::signal_key;
use crate::track::EntryTrack;
use crate::{PdqRow, Store, StoreError};

/// The text that a signal of an entry was made from, for people to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryText {
    /// Which signal, by its place among those of the entry.
    pub ordinal: u8,
    /// The text, at most [`MAX_TEXT`](crate::MAX_TEXT) bytes.
    pub text: String,
}

impl Store {
    /// The texts that are kept of an entry, by signal.
    ///
    /// # Errors
    /// [`StoreError::Row`] when a ciphertext was altered or moved.
    pub fn texts(&self, entry: EntryId) -> Result<Vec<EntryText>, StoreError> {
        let sealed: Vec<(i64, Vec<u8>)> = self.read("texts", |connection| {
            let sql = "-- texts\nSELECT ordinal, sealed FROM entry_text WHERE entry = $1 ORDER BY ordinal";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_all(params![entry.0], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })?;
        let open = |(ordinal, sealed): (i64, Vec<u8>)| {
            let plain = self.key.open(&place(entry, ordinal), &sealed);
            let text = plain.and_then(|bytes| String::from_utf8(bytes).ok());
            let ordinal = u8::try_from(ordinal).ok();
            ordinal
                .zip(text)
                .map(|(ordinal, text)| EntryText { ordinal, text })
                .ok_or_else(|| {
                    invalid(
                        "entry_text",
                        entry,
                        "a text was altered, or sealed with another key",
                    )
                })
        };
        sealed.into_iter().map(open).collect()
    }

    /// Gives the signals of texts, links, handles and addresses of all entries with a higher id than `after` to `each`, by
    /// entry; then the newest change that they contain. `EntryId(0)` begins at the first.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn for_each_text_signal_after(
        &self,
        after: EntryId,
        mut each: impl FnMut(EntryId, Signal),
    ) -> Result<Seq, StoreError> {
        self.read("for_each_text_signal", |connection| {
            let sql = "-- for_each_text_signal\nSELECT id, type, value FROM signal
                 WHERE id > $1
                 AND type IN ('raw_text', 'text_tlsh', 'url', 'url_host', 'handle', 'payment_address')
                 ORDER BY id";
            connection.for_each(sql, params![signal_key(after, 255)], |row| {
                let key: i64 = row.get(0)?;
                let word: String = row.get(1)?;
                let kind = row::signal_type(key, &word)?;
                let value = row.blob(2).map_err(|error| invalid("signal", key, error))?;
                let signal = Signal::from_bytes(kind, value)
                    .ok_or_else(|| invalid("signal", key, format!("{} bytes are no {kind}", value.len())))?;
                each(PdqRow::split_key(key.cast_unsigned()).0, signal);
                Ok::<_, StoreError>(true)
            })?;
            last_seq(connection)
        })
    }

    /// As [`Store::for_each_track_after`], of passages of texts alone.
    ///
    /// # Errors
    /// As there.
    pub fn for_each_passages_after(
        &self,
        after: EntryId,
        each: impl FnMut(EntryId, EntryTrack),
    ) -> Result<Seq, StoreError> {
        let sql = "-- for_each_passages\nSELECT entry, type, hashes FROM entry_track
             WHERE entry > $1 AND type = 'text_passages' ORDER BY entry, ordinal";
        self.tracks("for_each_passages", sql, after, each)
    }

    /// The passages of the texts of one entry.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn passages_of(&self, entry: EntryId) -> Result<Vec<EntryTrack>, StoreError> {
        let sql = "-- passages_of\nSELECT entry, type, hashes FROM entry_track
             WHERE entry = $1 AND type = 'text_passages' ORDER BY ordinal";
        let mut passages = Vec::new();
        self.tracks("passages_of", sql, entry, |_, track| passages.push(track))?;
        Ok(passages)
    }
}

fn place(entry: EntryId, ordinal: i64) -> Place {
    Place {
        table: "entry_text",
        column: "sealed",
        row: signal_key(entry, ordinal),
    }
}

pub(crate) fn put(
    transaction: &Transaction<'_>,
    key: &Key,
    entry: EntryId,
    texts: &[EntryText],
) -> Result<(), StoreError> {
    let mut statement = transaction
        .prepare_cached("-- put_text\nINSERT INTO entry_text (entry, ordinal, sealed) VALUES ($1, $2, $3)")?;
    for text in texts {
        let ordinal = i64::from(text.ordinal);
        let sealed = key.seal(&place(entry, ordinal), text.text.as_bytes())?;
        statement.execute(params![entry.0, ordinal, sealed])?;
    }
    Ok(())
}
