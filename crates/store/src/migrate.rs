//! Migrations: forward only, checksummed, and a newer schema is refused.
//!
//! The canonical text is in words that PostgreSQL takes; `dialect` says it in SQLite's.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// The text of each migration; its version is its place, counted from 1.
const MIGRATIONS: [&str; 7] = [
    include_str!("../sql/0001_banks_and_scans.sql"),
    include_str!("../sql/0002_tracks.sql"),
    include_str!("../sql/0003_service.sql"),
    include_str!("../sql/0004_exchanges.sql"),
    include_str!("../sql/0005_webhooks.sql"),
    include_str!("../sql/0006_blobs_by_time.sql"),
    include_str!("../sql/0007_checkpoints_and_reversals.sql"),
];

/// The schema that this program reads and writes.
const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Brings the schema up to date. Needs the data folder for itself.
pub(crate) fn migrate(connection: &mut Connection, folder: &Path) -> Result<(), StoreError> {
    let table =
        "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT PRIMARY KEY, checksum TEXT NOT NULL);";
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(&dialect(table))?;
    let found = version(&transaction)?;
    refuse_newer(found, folder)?;
    for (version, text) in (1..).zip(MIGRATIONS) {
        let checksum = checksum(text);
        if version > found {
            transaction.execute_batch(&dialect(text))?;
            transaction.execute(
                "-- note_migration\nINSERT INTO schema_migration (version, checksum) VALUES ($1, $2)",
                params![version, checksum],
            )?;
        } else if !is_noted(&transaction, version, &checksum)? {
            return Err(StoreError::MigrationDiffers {
                folder: folder.to_owned(),
                version,
            });
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Refuses a schema other than the known one; gives `false` for an older one, which must be migrated first.
pub(crate) fn is_current(connection: &Connection, folder: &Path) -> Result<bool, StoreError> {
    let found = version(connection)?;
    refuse_newer(found, folder)?;
    Ok(found == KNOWN)
}

fn refuse_newer(found: i64, folder: &Path) -> Result<(), StoreError> {
    if found > KNOWN {
        return Err(StoreError::NewerSchema {
            folder: folder.to_owned(),
            found,
            known: KNOWN,
        });
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    let sql = "-- schema_version\nSELECT COALESCE(MAX(version), 0) FROM schema_migration";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

fn is_noted(connection: &Connection, version: i64, checksum: &str) -> Result<bool, StoreError> {
    let sql = "-- migration_checksum\nSELECT checksum FROM schema_migration WHERE version = $1";
    let noted: Option<String> = connection
        .query_row(sql, [version], |row| row.get(0))
        .optional()?;
    Ok(noted.as_deref() == Some(checksum))
}

fn checksum(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The canonical text in SQLite's words; STRICT makes SQLite refuse a value of the wrong type, as PostgreSQL does.
fn dialect(text: &str) -> String {
    let mut sqlite = String::with_capacity(text.len() + 64);
    let mut in_table = false;
    for line in text.lines() {
        let line = line
            .replace("BIGINT", "INTEGER")
            .replace("DOUBLE PRECISION", "REAL");
        in_table |= line.starts_with("CREATE TABLE");
        if in_table && line.ends_with(");") {
            sqlite.push_str(line.trim_end_matches(';'));
            sqlite.push_str(" STRICT;");
            in_table = false;
        } else {
            sqlite.push_str(&line);
        }
        sqlite.push('\n');
    }
    sqlite
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_strict_and_other_statements_stay() {
        let text = "CREATE TABLE a (\n    b BIGINT,\n    c DOUBLE PRECISION\n);\nCREATE INDEX d ON a (b);\n";
        let want = "CREATE TABLE a (\n    b INTEGER,\n    c REAL\n) STRICT;\nCREATE INDEX d ON a (b);\n";
        assert_eq!(dialect(text), want);
    }

    #[test]
    fn a_landed_migration_must_not_change() {
        let folder = Path::new("data");
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, folder).unwrap();
        migrate(&mut connection, folder).unwrap();
        assert!(is_current(&connection, folder).unwrap());
        connection
            .execute("UPDATE schema_migration SET checksum = 'x' WHERE version = 1", [])
            .unwrap();
        let error = migrate(&mut connection, folder).unwrap_err();
        assert!(
            matches!(error, StoreError::MigrationDiffers { version: 1, .. }),
            "{error}"
        );
    }
}
