//! Exchanges of signals as they are configured, and the credentials of their APIs, which are sealed and never shown.

use crate::db::{Connection, Optional, params};
use jiff::Timestamp;
use model::{BankId, BankKind, BankName};

use crate::change::take_numbers;
use crate::key::Place;
use crate::row::{Stored, invalid};
use crate::{Edits, Store, StoreError, bank};

/// An exchange that is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Its name.
    pub name: String,
    /// The bank for what comes from it.
    pub bank: BankId,
    /// Its API.
    pub api: String,
    /// What is configured, as a JSON object.
    pub settings: String,
    /// Whether it is to be used.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An exchange that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExchange {
    /// Its name, and that of its bank, which is made with it.
    pub name: BankName,
    /// Its API.
    pub api: String,
    /// What is configured, as a JSON object.
    pub settings: String,
}

impl Edits<'_, '_> {
    /// Makes an exchange and its bank.
    ///
    /// # Errors
    /// [`StoreError::BankExists`] when there is a bank or an exchange of that name.
    pub fn create_exchange(&self, new: &NewExchange, now: Timestamp) -> Result<Exchange, StoreError> {
        let transaction = self.transaction;
        let bank = bank::create(transaction, &new.name, BankKind::Known, 1.0, now)?.id;
        let id = take_numbers(transaction, "exchange", 1)?;
        let inserted = transaction
            .prepare_cached(
                "-- create_exchange\nINSERT INTO exchange (id, name, bank, api, settings, enabled, created_at)
                 VALUES ($1, $2, $3, $4, $5, 1, $6)",
            )?
            .execute(params![
                id,
                new.name.as_str(),
                bank.0,
                new.api,
                new.settings,
                now.as_microsecond()
            ]);
        match inserted {
            // Its bank may have been renamed since.
            Err(error) if StoreError::is_unique_violation(&error) => {
                Err(StoreError::BankExists(new.name.clone()))
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(Exchange {
                name: new.name.to_string(),
                bank,
                api: new.api.clone(),
                settings: new.settings.clone(),
                enabled: true,
                created_at: now,
            }),
        }
    }

    /// Switches an exchange on or off; nothing happens where there is none.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_exchange_enabled(&self, name: &str, enabled: bool) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("-- set_exchange_enabled\nUPDATE exchange SET enabled = $1 WHERE name = $2")?
            .execute(params![i64::from(enabled), name])?;
        Ok(())
    }

    /// Seals and keeps the credentials of an API in place of those before; `None` forgets them.
    ///
    /// # Errors
    /// [`StoreError::Random`], [`StoreError::DiskFull`].
    pub fn set_credentials(&self, api: &str, credentials: Option<&[u8]>) -> Result<(), StoreError> {
        let transaction = self.transaction;
        let Some(credentials) = credentials else {
            let sql = "-- remove_credentials\nDELETE FROM exchange_api WHERE name = $1";
            transaction.prepare_cached(sql)?.execute(params![api])?;
            return Ok(());
        };
        let id = match id_of(transaction, api)? {
            Some(id) => id,
            None => take_numbers(transaction, "exchange_api", 1)?,
        };
        let sealed = self.key.seal(&place(id), credentials)?;
        transaction
            .prepare_cached(
                "-- set_credentials\nINSERT INTO exchange_api (id, name, credentials) VALUES ($1, $2, $3)
                 ON CONFLICT (id) DO UPDATE SET credentials = excluded.credentials",
            )?
            .execute(params![id, api, sealed])?;
        Ok(())
    }
}

impl Store {
    /// All exchanges, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn exchanges(&self) -> Result<Vec<Exchange>, StoreError> {
        self.read("exchanges", |connection| {
            let mut statement = connection.prepare_cached(
                "-- exchanges\nSELECT id, name, bank, api, settings, enabled, created_at FROM exchange ORDER BY id",
            )?;
            let mut rows = statement.query(params![])?;
            let mut exchanges = Vec::new();
            while let Some(row) = rows.next()? {
                let stored = Stored::new("exchange", row.get::<i64>(0)?, row);
                exchanges.push(Exchange {
                    name: stored.get(1)?,
                    bank: BankId(stored.get(2)?),
                    api: stored.get(3)?,
                    settings: stored.get(4)?,
                    enabled: stored.flag(5)?,
                    created_at: stored.time(6)?,
                });
            }
            Ok(exchanges)
        })
    }

    /// Whether the credentials of an API are kept.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn has_credentials(&self, api: &str) -> Result<bool, StoreError> {
        self.read("has_credentials", |connection| {
            Ok(id_of(connection, api)?.is_some())
        })
    }

    /// The credentials of an API, for whoever speaks to it.
    ///
    /// # Errors
    /// [`StoreError::Row`] when they were altered, or sealed with another key.
    pub fn credentials(&self, api: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("credentials", |connection| {
            let Some(id) = id_of(connection, api)? else {
                return Ok(None);
            };
            let sql = "-- credentials\nSELECT credentials FROM exchange_api WHERE id = $1";
            let sealed: Vec<u8> = connection
                .prepare_cached(sql)?
                .query_row(params![id], |row| row.get(0))?;
            let plain = self.key.open(&place(id), &sealed);
            plain
                .map(Some)
                .ok_or_else(|| invalid("exchange_api", api, "its credentials do not open with this key"))
        })
    }
}

fn id_of(connection: &Connection<'_>, api: &str) -> Result<Option<i64>, StoreError> {
    let sql = "-- exchange_api_id\nSELECT id FROM exchange_api WHERE name = $1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![api], |row| row.get(0)).optional()?)
}

const fn place(id: i64) -> Place {
    Place {
        table: "exchange_api",
        column: "credentials",
        row: id,
    }
}
