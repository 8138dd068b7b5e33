//! Scans that can be interrupted and resumed.
//!
//! A scan belongs to the process that runs it. Readers may write scans, for no bank is changed by them. Two processes
//! that run the scan of one name at once do work twice and store the same rows.

use std::fmt;

use crate::db::{Connection, Row, params};
use jiff::Timestamp;

use crate::change::take_numbers;
use crate::row::Stored;
use crate::{Store, StoreError};

/// Identity of a scan in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScanId(pub i64);

/// Whether a scan has looked at everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanState {
    /// It runs, or was interrupted.
    Begun,
    /// It has looked at everything.
    Finished,
}

impl ScanState {
    const fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Finished => "finished",
        }
    }
}

/// A scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Identity in the store.
    pub id: ScanId,
    /// The caller's name for it, unique in the store: a digest of its arguments, for one.
    pub name: String,
    /// The caller's settings, as text; results of other settings must not be reused.
    pub settings: String,
    /// How far it is.
    pub state: ScanState,
    /// When it was begun.
    pub begun_at: Timestamp,
}

impl Store {
    /// Begins a scan.
    ///
    /// # Errors
    /// [`StoreError::ScanExists`] when there is one of this name: [`Store::scan`] finds it, to resume or to delete.
    pub fn begin_scan(&self, name: &str, settings: &str, now: Timestamp) -> Result<Scan, StoreError> {
        self.write_patiently("begin_scan", |transaction| {
            let id = take_numbers(transaction, "scan", 1)?;
            let inserted = transaction
                .prepare_cached(
                    "-- begin_scan\nINSERT INTO scan (id, name, settings, state, begun_at)
                     VALUES ($1, $2, $3, $4, $5)",
                )?
                .execute(params![
                    id,
                    name,
                    settings,
                    ScanState::Begun.name(),
                    now.as_microsecond()
                ]);
            match inserted {
                Err(error) if StoreError::is_unique_violation(&error) => {
                    return Err(StoreError::ScanExists(name.to_owned()));
                }
                other => other?,
            };
            find(transaction, name)?.ok_or_else(|| StoreError::NoScan(name.to_owned()))
        })
    }

    /// The scan of this name.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn scan(&self, name: &str) -> Result<Option<Scan>, StoreError> {
        self.read("scan", |connection| find(connection, name))
    }

    /// All scans, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn scans(&self) -> Result<Vec<Scan>, StoreError> {
        self.read("scans", |connection| {
            let mut statement = connection.prepare_cached(
                "-- scans\nSELECT id, name, settings, state, begun_at FROM scan ORDER BY id",
            )?;
            let mut rows = statement.query(params![])?;
            let mut scans = Vec::new();
            while let Some(row) = rows.next()? {
                scans.push(scan(row)?);
            }
            Ok(scans)
        })
    }

    /// Notes that a scan has looked at everything.
    ///
    /// # Errors
    /// [`StoreError::NoScan`] when it was deleted.
    pub fn finish_scan(&self, scan: ScanId) -> Result<(), StoreError> {
        self.write_patiently("finish_scan", |transaction| {
            let changed = transaction
                .prepare_cached("-- finish_scan\nUPDATE scan SET state = $1 WHERE id = $2")?
                .execute(params![ScanState::Finished.name(), scan.0])?;
            if changed == 0 {
                return Err(StoreError::NoScan(scan.0.to_string()));
            }
            Ok(())
        })
    }

    /// Deletes a scan with all that it found.
    ///
    /// # Errors
    /// [`StoreError::NoScan`] when there is none.
    pub fn delete_scan(&self, scan: ScanId) -> Result<(), StoreError> {
        self.write_patiently("delete_scan", |transaction| {
            let run = |sql: &str| transaction.prepare_cached(sql)?.execute(params![scan.0]);
            run("-- delete_scan_files\nDELETE FROM scan_file WHERE scan = $1")?;
            if run("-- delete_scan\nDELETE FROM scan WHERE id = $1")? == 0 {
                return Err(StoreError::NoScan(scan.0.to_string()));
            }
            Ok(())
        })
    }
}

impl fmt::Display for ScanId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

fn find(connection: &Connection<'_>, name: &str) -> Result<Option<Scan>, StoreError> {
    let mut statement = connection
        .prepare_cached("-- scan\nSELECT id, name, settings, state, begun_at FROM scan WHERE name = $1")?;
    let mut rows = statement.query(params![name])?;
    rows.next()?.map(scan).transpose()
}

fn scan(row: Row<'_>) -> Result<Scan, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("scan", id, row);
    let word: String = stored.get(3)?;
    let state = [ScanState::Begun, ScanState::Finished]
        .into_iter()
        .find(|state| state.name() == word)
        .ok_or_else(|| stored.invalid(format!("{word:?} is no state of a scan")))?;
    Ok(Scan {
        id: ScanId(id),
        name: stored.get(1)?,
        settings: stored.get(2)?,
        state,
        begun_at: stored.time(4)?,
    })
}
