//! SQLite: a file in the data folder.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::Error;

/// Opens one connection. Every commit is flushed to the disk before it returns.
pub(crate) fn connect(file: &Path, wait: Duration, max_bytes: Option<u64>) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(wait)?;
    connection.set_prepared_statement_cache_capacity(128);
    // A plan is made once, for all values: otherwise a statement that may use a partial index is parsed anew for each.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA wal_autocheckpoint = 16384;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -65536;",
    )?;
    if let Some(bytes) = max_bytes {
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page;
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    }
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What durability, integrity and removal for good rest on.
    #[test]
    fn every_connection_is_set_up_safely() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("basira.db");
        std::fs::write(&file, "").unwrap();
        let connection = connect(&file, Duration::ZERO, None).unwrap();
        let mode: String = connection
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        assert!(
            connection
                .db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG)
                .unwrap()
        );
        for (pragma, want) in [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)] {
            let sql = format!("PRAGMA {pragma}");
            let found: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(found, want, "{pragma}");
        }
    }
}
