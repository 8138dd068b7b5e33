//! Migrations: forward only, checksummed, and a newer schema is refused.
//!
//! The canonical text is in words that both engines nearly take; `dialect` says it in those of each.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::StoreError;
use crate::db::{Connection, Kind, Optional, Session, params};

/// The text of each migration; its version is its place, counted from 1.
const MIGRATIONS: [&str; 20] = [
    include_str!("../sql/0001_banks_and_scans.sql"),
    include_str!("../sql/0002_tracks.sql"),
    include_str!("../sql/0003_service.sql"),
    include_str!("../sql/0004_exchanges.sql"),
    include_str!("../sql/0005_webhooks.sql"),
    include_str!("../sql/0006_blobs_by_time.sql"),
    include_str!("../sql/0007_checkpoints_and_reversals.sql"),
    include_str!("../sql/0008_texts.sql"),
    include_str!("../sql/0009_policies.sql"),
    include_str!("../sql/0010_people_and_cases.sql"),
    include_str!("../sql/0011_reports_and_appeals.sql"),
    include_str!("../sql/0012_cases.sql"),
    include_str!("../sql/0013_policies.sql"),
    include_str!("../sql/0014_seen_texts.sql"),
    include_str!("../sql/0015_care.sql"),
    include_str!("../sql/0016_sign_in.sql"),
    include_str!("../sql/0017_routing_and_two_people.sql"),
    include_str!("../sql/0018_lists_of_cases.sql"),
    include_str!("../sql/0019_rulings.sql"),
    include_str!("../sql/0020_lists_of_decided_cases.sql"),
];

/// The schema that this program reads and writes.
const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Brings the schema up to date. Needs the schema for itself.
pub(crate) fn migrate(session: &mut Session, folder: &Path) -> Result<(), StoreError> {
    migrate_to(KNOWN, session, folder)
}

/// Brings the schema up to a version.
pub(crate) fn migrate_to(to: i64, session: &mut Session, folder: &Path) -> Result<(), StoreError> {
    let table =
        "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT PRIMARY KEY, checksum TEXT NOT NULL);";
    session.write(|transaction| {
        let kind = transaction.kind();
        transaction.execute_batch(&dialect(table, kind))?;
        let found = version(transaction)?;
        refuse_newer(found, folder)?;
        for (version, text) in (1..=to).zip(MIGRATIONS) {
            let checksum = checksum(text);
            if version > found {
                transaction.execute_batch(&dialect(text, kind))?;
                transaction.execute(
                    "-- note_migration\nINSERT INTO schema_migration (version, checksum) VALUES ($1, $2)",
                    params![version, checksum],
                )?;
            } else if !is_noted(transaction, version, &checksum)? {
                return Err(StoreError::MigrationDiffers {
                    folder: folder.to_owned(),
                    version,
                });
            }
        }
        Ok(())
    })
}

/// Refuses a schema other than the known one; gives `false` for an older one, which must be migrated first.
pub(crate) fn is_current(connection: &Connection<'_>, folder: &Path) -> Result<bool, StoreError> {
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

/// The version of a schema; 0 when it was only begun.
pub(crate) fn version(connection: &Connection<'_>) -> Result<i64, StoreError> {
    let sql = "-- schema_version\nSELECT COALESCE(MAX(version), 0) FROM schema_migration";
    Ok(connection.query_row(sql, params![], |row| row.get(0))?)
}

fn is_noted(connection: &Connection<'_>, version: i64, checksum: &str) -> Result<bool, StoreError> {
    let sql = "-- migration_checksum\nSELECT checksum FROM schema_migration WHERE version = $1";
    let noted: Option<String> = connection
        .query_row(sql, params![version], |row| row.get(0))
        .optional()?;
    Ok(noted.as_deref() == Some(checksum))
}

fn checksum(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The canonical text in the words of an engine. STRICT makes SQLite refuse a value of the wrong type, as PostgreSQL does;
/// the collation makes PostgreSQL order texts by their bytes, as SQLite does.
fn dialect(text: &str, kind: Kind) -> String {
    let words: &[(&str, &str)] = match kind {
        Kind::Sqlite => &[("BIGINT", "INTEGER"), ("DOUBLE PRECISION", "REAL")],
        Kind::Postgres => &[(" BLOB", " BYTEA"), (" TEXT", " TEXT COLLATE \"C\"")],
    };
    let mut said = String::with_capacity(text.len() + 64);
    let mut in_table = false;
    for line in text.lines() {
        let mut line = line.to_owned();
        for (canonical, own) in words {
            line = line.replace(canonical, own);
        }
        in_table |= line.starts_with("CREATE TABLE");
        if kind == Kind::Sqlite && in_table && line.ends_with(");") {
            said.push_str(line.trim_end_matches(';'));
            said.push_str(" STRICT;");
            in_table = false;
        } else {
            said.push_str(&line);
        }
        said.push('\n');
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_the_words_of_each_engine_and_other_statements_stay() {
        let text = "CREATE TABLE a (\n    b BIGINT,\n    c DOUBLE PRECISION,\n    d TEXT NOT NULL,\n    e BLOB\n);\n\
                    CREATE INDEX f ON a (b);\n";
        let sqlite = "CREATE TABLE a (\n    b INTEGER,\n    c REAL,\n    d TEXT NOT NULL,\n    e BLOB\n) STRICT;\n\
                      CREATE INDEX f ON a (b);\n";
        assert_eq!(dialect(text, Kind::Sqlite), sqlite);
        let postgres = "CREATE TABLE a (\n    b BIGINT,\n    c DOUBLE PRECISION,\n    d TEXT COLLATE \"C\" NOT NULL,\n    \
                        e BYTEA\n);\nCREATE INDEX f ON a (b);\n";
        assert_eq!(dialect(text, Kind::Postgres), postgres);
    }

    #[test]
    fn a_landed_migration_must_not_change() {
        let folder = Path::new("data");
        let mut session = Session::Sqlite(rusqlite::Connection::open_in_memory().unwrap());
        migrate(&mut session, folder).unwrap();
        migrate(&mut session, folder).unwrap();
        assert!(session.read(|connection| is_current(connection, folder)).unwrap());
        session
            .write(|transaction| {
                let sql = "UPDATE schema_migration SET checksum = 'x' WHERE version = 1";
                Ok(transaction.execute_batch(sql)?)
            })
            .unwrap();
        let error = migrate(&mut session, folder).unwrap_err();
        assert!(
            matches!(error, StoreError::MigrationDiffers { version: 1, .. }),
            "{error}"
        );
    }
}
