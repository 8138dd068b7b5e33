//! Tracks of banked films and recordings, and passages of texts: bytes whose meaning the pipeline knows, one for each reading of a track.

use crate::db::{Connection, Transaction, params};
use model::{EntryId, SignalType};
use serde::{Deserialize, Serialize};

use crate::change::{Seq, last_seq};
use crate::row::invalid;
use crate::{Store, StoreError};

/// The most tracks that an entry may have: a film with and without its bars and its logo, a recording at two pitches, each of
/// some members.
pub const MAX_TRACKS: usize = 255;

/// A track of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryTrack {
    /// `vpdq`, `chromaprint` or `text_passages`.
    pub kind: SignalType,
    /// The track, in the form of `fingerprint`, or of `text`.
    pub bytes: Vec<u8>,
}

impl Store {
    /// Gives the tracks of films and recordings of all entries with a higher id than `after` to `each`, by entry; then the
    /// newest change that they contain. `EntryId(0)` begins at the first.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn for_each_track_after(
        &self,
        after: EntryId,
        each: impl FnMut(EntryId, EntryTrack),
    ) -> Result<Seq, StoreError> {
        let sql = "-- for_each_track\nSELECT entry, type, hashes FROM entry_track
             WHERE entry > $1 AND type <> 'text_passages' ORDER BY entry, ordinal";
        self.tracks("for_each_track", sql, after, each)
    }

    pub(crate) fn tracks(
        &self,
        name: &'static str,
        sql: &'static str,
        after: EntryId,
        mut each: impl FnMut(EntryId, EntryTrack),
    ) -> Result<Seq, StoreError> {
        self.read(name, |connection| {
            connection.for_each(sql, params![after.0], |row| {
                let entry: i64 = row.get(0)?;
                let kind: String = row.get(1)?;
                let kind = kind
                    .parse()
                    .map_err(|error| invalid("entry_track", entry, error))?;
                let bytes = row.get(2)?;
                each(EntryId(entry), EntryTrack { kind, bytes });
                Ok::<_, StoreError>(true)
            })?;
            last_seq(connection)
        })
    }
}

/// Whether an entry has a track.
pub(crate) fn has_any(connection: &Connection<'_>, entry: EntryId) -> Result<bool, StoreError> {
    let mut statement = connection
        .prepare_cached("-- has_track\nSELECT EXISTS (SELECT 1 FROM entry_track WHERE entry = $1)")?;
    Ok(statement.query_row(params![entry.0], |row| row.get(0))?)
}

pub(crate) fn put(
    transaction: &Transaction<'_>,
    entry: EntryId,
    tracks: &[EntryTrack],
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- put_track\nINSERT INTO entry_track (entry, ordinal, type, hashes) VALUES ($1, $2, $3, $4)",
    )?;
    for (ordinal, track) in (0i64..).zip(tracks) {
        statement.execute(params![entry.0, ordinal, track.kind.name(), track.bytes])?;
    }
    Ok(())
}
