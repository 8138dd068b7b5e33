//! Rows of signals: their two keys, writing and reading them.

use crate::db::{Connection, Transaction, params};
use model::{EntryId, EntrySignal, Signal};

use crate::StoreError;
use crate::row::{self, Stored, invalid};
use crate::track;

/// The key of a signal's row: the entry's id, then eight bits of ordinal.
pub(crate) fn signal_key(entry: EntryId, ordinal: i64) -> i64 {
    entry.0 << 8 | ordinal
}

/// A 64-bit digest of a signal's value, by which its row is found. It is stored: it must never change.
pub(crate) fn value_key(signal: &Signal) -> i64 {
    let mut key = 0u64;
    for chunk in signal.bytes().chunks(8) {
        let word = chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
        // Multiplication carries low bits up, the shift brings high bits down (as in SplitMix64, Steele et al. 2014).
        key = (key ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        key ^= key >> 32;
    }
    key.cast_signed()
}

pub(crate) fn insert(
    transaction: &Transaction<'_>,
    id: EntryId,
    signals: &[EntrySignal],
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- insert_signal\nINSERT INTO signal (id, type, value, quality, value_key) VALUES ($1, $2, $3, $4, $5)",
    )?;
    for (ordinal, EntrySignal { signal, quality }) in (0i64..).zip(signals) {
        let quality = quality.map(|quality| i64::from(quality.get()));
        statement.execute(params![
            signal_key(id, ordinal),
            signal.kind().name(),
            signal.bytes(),
            quality,
            value_key(signal)
        ])?;
    }
    Ok(())
}

pub(crate) fn read(connection: &Connection<'_>, entry: EntryId) -> Result<Vec<EntrySignal>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- signals\nSELECT id, type, value, quality FROM signal WHERE id BETWEEN $1 AND $2 ORDER BY id",
    )?;
    let mut rows = statement.query(params![signal_key(entry, 0), signal_key(entry, 255)])?;
    let mut signals = Vec::new();
    while let Some(row) = rows.next()? {
        let key: i64 = row.get(0)?;
        let stored = Stored::new("signal", key, row);
        let word: String = stored.get(1)?;
        let kind = row::signal_type(key, &word)?;
        let value: Vec<u8> = stored.get(2)?;
        let Some(signal) = Signal::from_bytes(kind, &value) else {
            return Err(stored.invalid(format!("{} bytes are no {kind}", value.len())));
        };
        signals.push(EntrySignal {
            signal,
            quality: row::quality(key, stored.get(3)?)?,
        });
    }
    // What a partner tells of a film is a track alone.
    if signals.is_empty() && !track::has_any(connection, entry)? {
        return Err(invalid("entry", entry, "it has no signals"));
    }
    Ok(signals)
}
