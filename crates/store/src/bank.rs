//! Banks.

use crate::db::{self, Connection, Row, Transaction, params};
use jiff::Timestamp;
use model::{Bank, BankId, BankKind, BankName, EntryId};

use crate::change::{self, ChangeKind, take_numbers};
use crate::row::Stored;
use crate::{Edits, Store, StoreError, entry_edit};

/// A bank and how much is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct BankSummary {
    /// The bank.
    pub bank: Bank,
    /// Its entries, of any trust.
    pub entries: u64,
}

/// What is to change of a bank; `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BankChange {
    /// Its name.
    pub name: Option<BankName>,
    /// In which part of the lookups of HMA's clients it is matched, 0 to 1. Above 0 it is switched on, too.
    pub enabled_ratio: Option<f64>,
}

impl Edits<'_, '_> {
    /// Makes a bank, enabled.
    ///
    /// # Errors
    /// [`StoreError::BankExists`] when the name is taken.
    pub fn create_bank(&self, name: &BankName, kind: BankKind, now: Timestamp) -> Result<Bank, StoreError> {
        self.create_bank_with(name, kind, 1.0, now)
    }

    /// Makes a bank that is matched in a part of the lookups of HMA's clients.
    ///
    /// # Errors
    /// As [`Self::create_bank`].
    pub fn create_bank_with(
        &self,
        name: &BankName,
        kind: BankKind,
        enabled_ratio: f64,
        now: Timestamp,
    ) -> Result<Bank, StoreError> {
        create(self.transaction, name, kind, enabled_ratio, now)
    }

    /// Renames a bank, or changes in which part of lookups it is matched; gives the bank afterwards.
    ///
    /// # Errors
    /// [`StoreError::NoBank`] when there is none, [`StoreError::BankExists`] when the name is taken; nothing is changed
    /// then.
    pub fn change_bank(&self, bank: BankId, change: &BankChange) -> Result<Bank, StoreError> {
        let transaction = self.transaction;
        if let Some(name) = &change.name {
            let renamed = transaction
                .prepare_cached("-- rename_bank\nUPDATE bank SET name = $1 WHERE id = $2")?
                .execute(params![name.as_str(), bank.0]);
            named(name, renamed)?;
        }
        if let Some(ratio) = change.enabled_ratio {
            transaction
                .prepare_cached(
                    "-- set_bank_ratio\nUPDATE bank SET enabled_ratio = $1,
                        enabled = CASE WHEN $2 THEN 1 ELSE enabled END WHERE id = $3",
                )?
                .execute(params![ratio, ratio > 0.0, bank.0])?;
        }
        get_by_id(transaction, bank)
    }

    /// Removes a bank with all of its entries, and its exchange where it has one; gives how many entries it had. Their ids are never used again.
    ///
    /// # Errors
    /// [`StoreError::NoBank`] when there is none.
    pub fn remove_bank(&self, bank: BankId) -> Result<u64, StoreError> {
        let transaction = self.transaction;
        let ids: Vec<EntryId> = transaction
            .prepare_cached("-- entry_ids\nSELECT id FROM entry WHERE bank = $1 ORDER BY id")?
            .query_all(params![bank.0], |row| row.get(0).map(EntryId))?;
        for &entry in &ids {
            entry_edit::remove(transaction, entry)?;
        }
        if !ids.is_empty() {
            change::append(transaction, ChangeKind::Removed, &ids)?;
        }
        transaction
            .prepare_cached("-- remove_exchange_of_bank\nDELETE FROM exchange WHERE bank = $1")?
            .execute(params![bank.0])?;
        let removed = transaction
            .prepare_cached("-- remove_bank\nDELETE FROM bank WHERE id = $1")?
            .execute(params![bank.0])?;
        if removed == 0 {
            return Err(StoreError::NoBank(bank.0.to_string()));
        }
        Ok(ids.len() as u64)
    }

    /// Switches a bank on or off. The next look at [`Store::banks`], in any process, sees it. A bank that was matched in
    /// no lookup of HMA's clients is matched in all when it is switched on.
    ///
    /// # Errors
    /// [`StoreError::NoBank`] when there is none.
    pub fn set_bank_enabled(&self, bank: BankId, enabled: bool) -> Result<(), StoreError> {
        let changed = self
            .transaction
            .prepare_cached("-- set_bank_enabled\nUPDATE bank SET enabled = $1 WHERE id = $2")?
            .execute(params![i64::from(enabled), bank.0])?;
        if changed == 0 {
            return Err(StoreError::NoBank(bank.0.to_string()));
        }
        if enabled {
            let sql =
                "-- lift_bank_ratio\nUPDATE bank SET enabled_ratio = 1 WHERE id = $1 AND enabled_ratio = 0";
            self.transaction.prepare_cached(sql)?.execute(params![bank.0])?;
        }
        Ok(())
    }
}

impl Store {
    /// All banks by name.
    ///
    /// # Errors
    /// [`StoreError::Row`] or [`StoreError::Database`].
    pub fn banks(&self) -> Result<Vec<BankSummary>, StoreError> {
        self.read("banks", |connection| {
            let mut statement = connection.prepare_cached(
                "-- banks\nSELECT id, name, kind, enabled, created_at, enabled_ratio, entries
                 FROM bank ORDER BY name",
            )?;
            let mut rows = statement.query(params![])?;
            let mut banks = Vec::new();
            while let Some(row) = rows.next()? {
                let bank = bank(row)?;
                let entries = Stored::new("bank", bank.id.0, row).count(6)?;
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
                "-- bank\nSELECT id, name, kind, enabled, created_at, enabled_ratio FROM bank WHERE name = $1",
            )?;
            let mut rows = statement.query(params![name.as_str()])?;
            match rows.next()? {
                Some(row) => bank(row),
                None => Err(StoreError::NoBank(name.to_string())),
            }
        })
    }
}

pub(crate) fn create(
    transaction: &Transaction<'_>,
    name: &BankName,
    kind: BankKind,
    enabled_ratio: f64,
    now: Timestamp,
) -> Result<Bank, StoreError> {
    let id = BankId(take_numbers(transaction, "bank", 1)?);
    let inserted = transaction
        .prepare_cached(
            "-- create_bank\nINSERT INTO bank (id, name, kind, enabled, created_at, entries, enabled_ratio)
             VALUES ($1, $2, $3, 1, $4, 0, $5)",
        )?
        .execute(params![
            id.0,
            name.as_str(),
            kind.name(),
            now.as_microsecond(),
            enabled_ratio
        ]);
    named(name, inserted)?;
    get_by_id(transaction, id)
}

/// What became of giving a bank that name.
fn named(name: &BankName, outcome: Result<usize, db::Error>) -> Result<usize, StoreError> {
    match outcome {
        Err(error) if StoreError::is_unique_violation(&error) => Err(StoreError::BankExists(name.clone())),
        other => Ok(other?),
    }
}

fn get_by_id(connection: &Connection<'_>, id: BankId) -> Result<Bank, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- bank_by_id\nSELECT id, name, kind, enabled, created_at, enabled_ratio FROM bank WHERE id = $1",
    )?;
    let mut rows = statement.query(params![id.0])?;
    match rows.next()? {
        Some(row) => bank(row),
        None => Err(StoreError::NoBank(id.0.to_string())),
    }
}

fn bank(row: Row<'_>) -> Result<Bank, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("bank", id, row);
    Ok(Bank {
        id: BankId(id),
        name: stored.parse(1)?,
        kind: stored.parse(2)?,
        enabled: stored.flag(3)?,
        created_at: stored.time(4)?,
        enabled_ratio: stored.get(5)?,
    })
}
