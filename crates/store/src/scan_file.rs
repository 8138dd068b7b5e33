//! What a scan found in each file so far.

use crate::db::{Row, params};
use model::Verdict;

use crate::row::{self, Stored};
use crate::{ScanId, Store, StoreError};

/// By what a file is recognised as unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    /// Size in bytes.
    pub size: u64,
    /// Time of the last change, in a unit of the caller's choice: it is only compared.
    pub modified_at: i64,
}

/// What a scan found in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFile {
    /// The path, as the system gives it.
    pub path: Vec<u8>,
    /// The file as it was looked at.
    pub stamp: FileStamp,
    /// The verdict.
    pub verdict: Verdict,
    /// The caller's record of the result, as text.
    pub result: String,
}

/// How many files of a scan got which verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanCounts {
    /// Files that match.
    pub matched: u64,
    /// Files that do not.
    pub no_match: u64,
    /// Files that could not be looked at in full.
    pub incomplete: u64,
}

impl Store {
    /// Records files of a scan in one transaction; a path recorded before is replaced. Durable when it returns, so
    /// that a caller gathers some hundred files or a second's work for each call.
    ///
    /// # Errors
    /// [`StoreError::NoScan`] when the scan was deleted.
    pub fn record_scan(&self, scan: ScanId, files: &[ScanFile]) -> Result<(), StoreError> {
        self.write_patiently("record_scan", |transaction| {
            let known: bool = transaction
                .prepare_cached("-- scan_exists\nSELECT COUNT(*) FROM scan WHERE id = $1")?
                .query_row(params![scan.0], |row| row.get(0))?;
            if !known {
                return Err(StoreError::NoScan(scan.0.to_string()));
            }
            let mut statement = transaction.prepare_cached(
                "-- record_scan\nINSERT INTO scan_file (scan, path, size, modified_at, verdict, result)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (scan, path) DO UPDATE SET size = excluded.size,
                    modified_at = excluded.modified_at, verdict = excluded.verdict, result = excluded.result",
            )?;
            for file in files {
                statement.execute(params![
                    scan.0,
                    file.path,
                    file.stamp.size.cast_signed(),
                    file.stamp.modified_at,
                    file.verdict.name(),
                    file.result,
                ])?;
            }
            Ok(())
        })
    }

    /// What this scan found in a file, if it has looked at it and the file is unchanged since.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn scanned_file(
        &self,
        scan: ScanId,
        path: &[u8],
        stamp: FileStamp,
    ) -> Result<Option<ScanFile>, StoreError> {
        self.read("scanned_file", |connection| {
            let mut statement = connection.prepare_cached(
                "-- scanned_file\nSELECT path, size, modified_at, verdict, result FROM scan_file
                 WHERE scan = $1 AND path = $2 AND size = $3 AND modified_at = $4",
            )?;
            let mut rows =
                statement.query(params![scan.0, path, stamp.size.cast_signed(), stamp.modified_at])?;
            rows.next()?.map(scan_file).transpose()
        })
    }

    /// Gives every file of a scan to `each`, by path; only those of one verdict, if it is given. One file is held in
    /// memory at a time.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse; whatever `each` returns.
    pub fn for_each_scanned<E: From<StoreError>>(
        &self,
        scan: ScanId,
        verdict: Option<Verdict>,
        mut each: impl FnMut(ScanFile) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut outcome = Ok(());
        self.read("for_each_scanned", |connection| {
            let sql = "-- for_each_scanned\nSELECT path, size, modified_at, verdict, result FROM scan_file
                 WHERE scan = $1 AND verdict = COALESCE($2, verdict) ORDER BY path";
            connection.for_each(sql, params![scan.0, verdict.map(Verdict::name)], |row| {
                outcome = each(scan_file(row)?);
                Ok(outcome.is_ok())
            })
        })?;
        outcome
    }

    /// How many files of a scan got which verdict so far.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn scan_counts(&self, scan: ScanId) -> Result<ScanCounts, StoreError> {
        self.read("scan_counts", |connection| {
            let mut statement = connection.prepare_cached(
                "-- scan_counts\nSELECT verdict, COUNT(*) FROM scan_file WHERE scan = $1 GROUP BY verdict",
            )?;
            let mut rows = statement.query(params![scan.0])?;
            let mut counts = ScanCounts::default();
            while let Some(row) = rows.next()? {
                let stored = Stored::new("scan_file", scan.0, row);
                let count = stored.count(1)?;
                match row::verdict(&stored, 0)? {
                    Verdict::Match => counts.matched = count,
                    Verdict::NoMatch => counts.no_match = count,
                    Verdict::Incomplete => counts.incomplete = count,
                }
            }
            Ok(counts)
        })
    }
}

fn scan_file(row: Row<'_>) -> Result<ScanFile, StoreError> {
    let path: Vec<u8> = row.get(0)?;
    let stored = Stored::new("scan_file", String::from_utf8_lossy(&path), row);
    Ok(ScanFile {
        stamp: FileStamp {
            size: stored.get::<i64>(1)?.cast_unsigned(),
            modified_at: stored.get(2)?,
        },
        verdict: row::verdict(&stored, 3)?,
        result: stored.get(4)?,
        path,
    })
}
