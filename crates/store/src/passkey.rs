//! Passkeys: credentials of devices by which people sign in. What their bytes mean is not known here.

use jiff::Timestamp;
use model::{PasskeyId, PersonId};

use crate::change::take_numbers;
use crate::db::{Optional, Transaction, params};
use crate::row::Stored;
use crate::session::changed;
use crate::{ReviewError, Store, StoreError};

/// The most passkeys of one person.
pub const MOST_PASSKEYS: u64 = 20;

/// A passkey, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Identity.
    pub id: PasskeyId,
    /// What its device calls it.
    pub credential: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// What a device has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPasskey {
    /// What the device calls it.
    pub credential: Vec<u8>,
    /// What never changes: its public key.
    pub fixed: Vec<u8>,
    /// What changes with each use: its counter.
    pub moving: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
}

/// What a use of a passkey is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyProof {
    /// Identity.
    pub id: PasskeyId,
    /// Whose it is.
    pub person: PersonId,
    /// What never changes.
    pub fixed: Vec<u8>,
    /// What it was when it was used last.
    pub moving: Vec<u8>,
}

impl Store {
    /// Somebody's passkeys, by id.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn passkeys(&self, person: PersonId) -> Result<Vec<Passkey>, StoreError> {
        self.read("passkeys", |connection| {
            let mut statement = connection.prepare_cached(
                "-- passkeys\nSELECT id, credential, name, made_at, used_at FROM passkey WHERE person = $1 ORDER BY id",
            )?;
            let mut rows = statement.query(params![person.0])?;
            let mut passkeys = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let stored = Stored::new("passkey", id, row);
                passkeys.push(Passkey {
                    id: PasskeyId(id),
                    credential: stored.get(1)?,
                    name: stored.get(2)?,
                    made_at: stored.time(3)?,
                    used_at: stored.optional_time(4)?,
                });
            }
            Ok(passkeys)
        })
    }

    /// Adds a passkey of somebody.
    ///
    /// # Errors
    /// [`ReviewError::PasskeyExists`], [`ReviewError::ManyPasskeys`], [`StoreError::DiskFull`].
    pub fn add_passkey(
        &self,
        person: PersonId,
        passkey: &NewPasskey,
        now: Timestamp,
    ) -> Result<PasskeyId, StoreError> {
        let passkey = passkey.clone();
        self.share("add_passkey", move |transaction| {
            let sql = "-- count_passkeys\nSELECT COUNT(*) FROM passkey WHERE person = $1";
            let count: i64 = transaction.query_row(sql, params![person.0], |row| row.get(0))?;
            if count.unsigned_abs() >= MOST_PASSKEYS {
                return Err(ReviewError::ManyPasskeys.into());
            }
            let id = take_numbers(transaction, "passkey", 1)?;
            let inserted = transaction
                .prepare_cached(
                    "-- add_passkey\nINSERT INTO passkey (id, person, credential, fixed, moving, name, made_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                )?
                .execute(params![
                    id,
                    person.0,
                    &passkey.credential[..],
                    &passkey.fixed[..],
                    &passkey.moving[..],
                    passkey.name.as_str(),
                    now.as_microsecond()
                ]);
            match inserted {
                Err(error) if StoreError::is_unique_violation(&error) => {
                    return Err(ReviewError::PasskeyExists.into());
                }
                other => other?,
            };
            changed(transaction, person, "passkey", now)?;
            Ok(PasskeyId(id))
        })
    }

    /// Takes a passkey away from its owner; `false` when they have no such.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn remove_passkey(
        &self,
        person: PersonId,
        id: PasskeyId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.share("remove_passkey", move |transaction| {
            let sql = "-- remove_passkey\nDELETE FROM passkey WHERE person = $1 AND id = $2";
            if transaction.execute(sql, params![person.0, id.0])? == 0 {
                return Ok(false);
            }
            changed(transaction, person, "passkey removed", now)?;
            Ok(true)
        })
    }

    /// What the use of a credential is held against; `None` of one that nobody has, or whose owner's account is switched off.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn passkey_proof(&self, credential: &[u8]) -> Result<Option<PasskeyProof>, StoreError> {
        self.read("passkey_proof", |connection| {
            let sql = "-- passkey_proof\nSELECT passkey.id, person, fixed, moving FROM passkey
                JOIN person ON person.id = passkey.person WHERE credential = $1 AND disabled_at IS NULL";
            connection
                .prepare_cached(sql)?
                .query_row(params![credential], |row| {
                    Ok(PasskeyProof {
                        id: PasskeyId(row.get(0)?),
                        person: PersonId(row.get(1)?),
                        fixed: row.get(2)?,
                        moving: row.get(3)?,
                    })
                })
                .optional()
                .map_err(Into::into)
        })
    }

    /// Notes a use; `false` when there was another since `before` was read.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn use_passkey(
        &self,
        id: PasskeyId,
        before: &[u8],
        after: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (before, after) = (before.to_vec(), after.to_vec());
        self.share("use_passkey", move |transaction| {
            let sql =
                "-- use_passkey\nUPDATE passkey SET moving = $1, used_at = $2 WHERE id = $3 AND moving = $4";
            let changed =
                transaction.execute(sql, params![&after[..], now.as_microsecond(), id.0, &before[..]])?;
            Ok(changed == 1)
        })
    }
}

/// Takes away what else somebody may sign in by, where they begin anew.
pub(crate) fn forget_other_ways(transaction: &Transaction<'_>, person: PersonId) -> Result<(), StoreError> {
    for sql in [
        "-- lost_passkeys\nDELETE FROM passkey WHERE person = $1",
        "-- lost_identities\nDELETE FROM identity WHERE person = $1",
    ] {
        transaction.execute(sql, params![person.0])?;
    }
    Ok(())
}
