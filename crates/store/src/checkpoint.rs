//! Checkpoints of the log: made now and then, kept beside it, and held against it.

use jiff::{SignedDuration, Timestamp};

use crate::db::{Connection, Optional, params};
use crate::note::{Checkpoint, NoteError, PublicKey, Signer};
use crate::{Access, Store, StoreError, decision, log};

/// Records after which a checkpoint is due.
const RECORDS: i64 = 256;
/// How long a record waits for a checkpoint at most.
const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// What the checkpoints of a log were found to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checkpoints {
    /// Those that the key has signed, and that fit the log.
    pub signed: u64,
    /// Those that fit the log, and are by another key, or by one that is not known here.
    pub others: u64,
}

impl Store {
    /// The key that signs the log; made when there is none and this store is the writer.
    ///
    /// # Errors
    /// [`StoreError::KeyMalformed`], [`StoreError::Io`], [`StoreError::DiskFull`].
    pub fn signer(&self) -> Result<Option<Signer>, StoreError> {
        let path = Signer::path(&self.options().key);
        match self.options().access {
            Access::Writer => Signer::load_or_create(&path).map(Some),
            Access::Reader => Signer::load(&path),
        }
    }

    /// Signs how far the log has come, and keeps it; gives the signed note. The last one where nothing came since, `None`
    /// where there is no record or no key.
    ///
    /// # Errors
    /// As [`Store::signer`]; [`StoreError::LogAltered`].
    pub fn checkpoint(&self, now: Timestamp) -> Result<Option<String>, StoreError> {
        let Some(signer) = self.signer()? else {
            return Ok(None);
        };
        let writes = self.options().access == Access::Writer;
        self.write("checkpoint", |transaction| {
            // What is signed holds for the decisions up to there too.
            if writes {
                decision::anchor(transaction, now)?;
            }
            let Some((size, chain)) = log::head(transaction)? else {
                return Ok(None);
            };
            if let Some((last, note)) = last(transaction)?
                && last == size
                && signer.public().open(&note).is_ok()
            {
                return Ok(Some(note));
            }
            let note = signer.sign(size, chain, now);
            transaction
                .prepare_cached(
                    "-- keep_checkpoint\nINSERT INTO checkpoint (size, at, note) VALUES ($1, $2, $3)
                     ON CONFLICT (size) DO UPDATE SET at = excluded.at, note = excluded.note",
                )?
                .execute(params![size, now.as_microsecond(), note])?;
            Ok(Some(note))
        })
    }

    /// When the log was signed last, and how many records it had.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn last_checkpoint(&self) -> Result<Option<(i64, Timestamp)>, StoreError> {
        self.read("last_checkpoint", |connection| {
            let sql = "-- last_checkpoint_of\nSELECT size, at FROM checkpoint ORDER BY size DESC LIMIT 1";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![])?;
            let Some(row) = rows.next()? else {
                return Ok(None);
            };
            let size: i64 = row.get(0)?;
            let stored = crate::row::Stored::new("checkpoint", size, row);
            Ok(Some((size, stored.time(1)?)))
        })
    }

    /// [Signs](Store::checkpoint) when that is due: many records came, or some and a while ago.
    ///
    /// # Errors
    /// As [`Store::checkpoint`].
    pub fn checkpoint_when_due(&self, now: Timestamp) -> Result<(), StoreError> {
        let due = self.read("checkpoint_due", |connection| {
            let size = log::head(connection)?.map_or(0, |head| head.0) + decision::unnoted(connection)?;
            let sql = "-- last_checkpoint_at\nSELECT size, at FROM checkpoint ORDER BY size DESC LIMIT 1";
            let last: Option<(i64, i64)> = connection
                .prepare_cached(sql)?
                .query_row(params![], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let (known, at) = last.unwrap_or((0, i64::MIN));
            // A clock that was set back does not put it off.
            let passed = now.as_microsecond().abs_diff(at) >= PAUSE.as_micros().unsigned_abs() as u64;
            Ok(size > known && (size - known >= RECORDS || passed))
        })?;
        if due {
            self.checkpoint(now)?;
        }
        Ok(())
    }

    /// Holds the checkpoints that are kept here against the log, and their signatures against `key`. The log itself is
    /// [checked](Store::verify_log) apart.
    ///
    /// # Errors
    /// [`StoreError::CheckpointDiffers`] names the first that does not fit.
    pub fn verify_checkpoints(&self, key: Option<&PublicKey>) -> Result<Checkpoints, StoreError> {
        self.read("verify_checkpoints", |connection| {
            let mut found = Checkpoints::default();
            let mut statement = connection
                .prepare_cached("-- checkpoints\nSELECT size, note FROM checkpoint ORDER BY size")?;
            let mut rows = statement.query(params![])?;
            while let Some(row) = rows.next()? {
                let (size, note): (i64, String) = (row.get(0)?, row.get(1)?);
                let differs = |why: String| StoreError::CheckpointDiffers { size, why };
                let claimed = Checkpoint::claimed(&note).map_err(|error| differs(error.to_string()))?;
                if claimed.size != size {
                    return Err(differs(format!("it was made for {} records", claimed.size)));
                }
                compare(connection, &claimed)?;
                match key.map(|key| key.open(&note)) {
                    Some(Ok(_)) => found.signed += 1,
                    None | Some(Err(NoteError::Stranger)) => found.others += 1,
                    Some(Err(error)) => return Err(differs(error.to_string())),
                }
            }
            Ok(found)
        })
    }

    /// Holds a checkpoint that was kept elsewhere against the log: it is the beginning of the log, unless the log was cut
    /// short or written anew.
    ///
    /// # Errors
    /// [`StoreError::CheckpointDiffers`].
    pub fn verify_against(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.read("verify_against", |connection| compare(connection, checkpoint))
    }
}

fn compare(connection: &Connection<'_>, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let size = checkpoint.size;
    let why = match chain_at(connection, size)? {
        Some(chain) if chain == checkpoint.chain.bytes()[..] => return Ok(()),
        Some(_) => "what is in the log up to there now was written anew after it was signed".to_owned(),
        None => {
            let size = log::head(connection)?.map_or(0, |head| head.0);
            format!("the log has {size} records now: it was cut short")
        }
    };
    Err(StoreError::CheckpointDiffers { size, why })
}

fn chain_at(connection: &Connection<'_>, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = connection.prepare_cached("-- chain_at\nSELECT chain FROM log WHERE seq = $1")?;
    Ok(statement.query_row(params![seq], |row| row.get(0)).optional()?)
}

fn last(connection: &Connection<'_>) -> Result<Option<(i64, String)>, StoreError> {
    let sql = "-- last_checkpoint\nSELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}
