//! Banks.

use jiff::Timestamp;
use model::{Bank, BankId, BankKind, BankName};
use rusqlite::{Row, params};

use crate::change::take_numbers;
use crate::row::Stored;
use crate::{Store, StoreError};

/// A bank and how much is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankSummary {
    /// The bank.
    pub bank: Bank,
    /// Its entries, of any trust.
    pub entries: u64,
}

impl Store {
    /// Makes a bank, enabled.
    ///
    /// # Errors
    /// [`StoreError::BankExists`] when the name is taken.
    pub fn create_bank(&self, name: &BankName, kind: BankKind, now: Timestamp) -> Result<Bank, StoreError> {
        self.change("create_bank", |transaction| {
            let id = BankId(take_numbers(transaction, "bank", 1)?);
            let inserted = transaction
                .prepare_cached(
                    "-- create_bank\nINSERT INTO bank (id, name, kind, enabled, created_at, entries)
                     VALUES ($1, $2, $3, 1, $4, 0)",
                )?
                .execute(params![id.0, name.as_str(), kind.name(), now.as_microsecond()]);
            match inserted {
                Err(error) if StoreError::is_unique_violation(&error) => {
                    return Err(StoreError::BankExists(name.clone()));
                }
                other => other?,
            };
            get_by_id(transaction, id)
        })
    }

    /// All banks by name.
    ///
    /// # Errors
    /// [`StoreError::Row`] or [`StoreError::Database`].
    pub fn banks(&self) -> Result<Vec<BankSummary>, StoreError> {
        self.read("banks", |connection| {
            let mut statement = connection.prepare_cached(
                "-- banks\nSELECT id, name, kind, enabled, created_at, entries FROM bank ORDER BY name",
            )?;
            let mut rows = statement.query([])?;
            let mut banks = Vec::new();
            while let Some(row) = rows.next()? {
                let bank = bank(row)?;
                let entries = Stored::new("bank", bank.id.0, row).count(5)?;
                banks.push(BankSummary { bank, entries });
            }
            Ok(banks)
        })
    }

    /// The bank of this name.
    ///
    /// # Errors
    /// [`StoreError::NoBank`] when there is none.
    pub fn bank(&self, name: &BankName) -> Result<Bank, StoreError> {
        self.read("bank", |connection| {
            let mut statement = connection.prepare_cached(
                "-- bank\nSELECT id, name, kind, enabled, created_at FROM bank WHERE name = $1",
            )?;
            let mut rows = statement.query([name.as_str()])?;
            match rows.next()? {
                Some(row) => bank(row),
                None => Err(StoreError::NoBank(name.to_string())),
            }
        })
    }

    /// Switches a bank on or off. The next look at [`Store::banks`], in any process, sees it.
    ///
    /// # Errors
    /// [`StoreError::NoBank`] when there is none.
    pub fn set_bank_enabled(&self, bank: BankId, enabled: bool) -> Result<(), StoreError> {
        self.change("set_bank_enabled", |transaction| {
            let changed = transaction
                .prepare_cached("-- set_bank_enabled\nUPDATE bank SET enabled = $1 WHERE id = $2")?
                .execute(params![i64::from(enabled), bank.0])?;
            if changed == 0 {
                return Err(StoreError::NoBank(bank.0.to_string()));
            }
            Ok(())
        })
    }
}

fn get_by_id(connection: &rusqlite::Connection, id: BankId) -> Result<Bank, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- bank_by_id\nSELECT id, name, kind, enabled, created_at FROM bank WHERE id = $1",
    )?;
    let mut rows = statement.query([id.0])?;
    match rows.next()? {
        Some(row) => bank(row),
        None => Err(StoreError::NoBank(id.0.to_string())),
    }
}

fn bank(row: &Row<'_>) -> Result<Bank, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("bank", id, row);
    Ok(Bank {
        id: BankId(id),
        name: stored.parse(1)?,
        kind: stored.parse(2)?,
        enabled: stored.flag(3)?,
        created_at: stored.time(4)?,
    })
}
