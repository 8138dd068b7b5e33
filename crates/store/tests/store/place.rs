//! A fresh data folder for each test, and entries to put into it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use basira_store::{Access, DatabaseUrl, Keep, NewEntry, Options, Store, StoreError};
use jiff::Timestamp;
use model::{Bank, BankKind, EntrySignal, PdqHash, Provenance, Quality, Signal, Tlp, Trust};
use tempfile::TempDir;

/// A temporary place with a data folder and, beside it, the key.
pub(crate) struct Place {
    pub(crate) root: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.root.path().join("keys/key")
    }

    pub(crate) fn options(&self, access: Access) -> Options {
        Options {
            wait: Duration::from_millis(60),
            ..options(access, &self.folder(), &self.key())
        }
    }

    pub(crate) fn try_open(&self, access: Access) -> Result<Store, StoreError> {
        Store::open(&self.folder(), self.options(access))
    }

    pub(crate) fn writer(&self) -> Store {
        self.try_open(Access::Writer).unwrap()
    }

    pub(crate) fn reader(&self) -> Store {
        self.try_open(Access::Reader).unwrap()
    }

    /// The database as another program sees it, to damage or to hold it.
    pub(crate) fn raw(&self) -> Raw {
        let Some((server, schema)) = server(&self.folder()) else {
            let file = self.folder().join("basira.db");
            return Raw::Sqlite(rusqlite::Connection::open(file).unwrap());
        };
        let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
        client
            .batch_execute(&format!("SET search_path TO {schema}"))
            .unwrap();
        Raw::Postgres(client)
    }
}

/// The server that the tests are to use, and the schema of a data folder; `None` is SQLite.
fn server(folder: &Path) -> Option<(String, String)> {
    let server = std::env::var("BASIRA_TEST_DATABASE").ok()?;
    // The temporary folder above has a random name.
    let name: String = folder
        .to_str()?
        .chars()
        .filter_map(|c| match c {
            'a'..='z' | '0'..='9' => Some(c.to_string()),
            // Names differ in capitals alone, too.
            'A'..='Z' => Some(format!("{}_", c.to_ascii_lowercase())),
            _ => None,
        })
        .collect();
    Some((server, format!("t_{name}")))
}

/// The database for a data folder: SQLite, or a schema of its own on the server of `BASIRA_TEST_DATABASE`.
pub(crate) fn database(folder: &Path) -> Option<DatabaseUrl> {
    server(folder).map(|(server, schema)| format!("{server}?schema={schema}").parse().unwrap())
}

/// The defaults, with the database for a data folder.
pub(crate) fn options(access: Access, folder: &Path, key: &Path) -> Options {
    Options {
        database: database(folder),
        ..Options::new(access, key)
    }
}

/// Whether the suite runs on PostgreSQL.
pub(crate) fn on_postgres() -> bool {
    std::env::var_os("BASIRA_TEST_DATABASE").is_some()
}

/// Whether the suite runs on PostgreSQL, where a test has nothing to look at; the reason is shown.
pub(crate) fn only_sqlite(reason: &str) -> bool {
    if on_postgres() {
        // Not by `println!`, which is kept back of a test that passes.
        let mut shown = std::io::stderr();
        writeln!(shown, "ONLY WITH SQLITE: {reason}").unwrap();
    }
    on_postgres()
}

/// The database as another program sees it.
pub(crate) enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Client),
}

impl Raw {
    /// Runs statements that both engines know.
    pub(crate) fn run(&mut self, sql: &str) {
        self.try_run(sql).unwrap();
    }

    pub(crate) fn try_run(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| error.to_string()),
            Self::Postgres(client) => client.batch_execute(sql).map_err(|error| error.to_string()),
        }
    }

    /// The number that a statement gives.
    pub(crate) fn number(&mut self, sql: &str) -> i64 {
        match self {
            Self::Sqlite(connection) => connection.query_row(sql, [], |row| row.get(0)).unwrap(),
            Self::Postgres(client) => client.query_one(sql, &[]).unwrap().get(0),
        }
    }

    /// The bytes that a statement gives.
    pub(crate) fn bytes(&mut self, sql: &str) -> Vec<u8> {
        match self {
            Self::Sqlite(connection) => connection.query_row(sql, [], |row| row.get(0)).unwrap(),
            Self::Postgres(client) => client.query_one(sql, &[]).unwrap().get(0),
        }
    }

    /// Bytes as they are written in a statement.
    pub(crate) fn literal(&self, bytes: &[u8]) -> String {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Self::Sqlite(_) => format!("x'{digits}'"),
            Self::Postgres(_) => format!("'\\x{digits}'::bytea"),
        }
    }

    /// Keeps everybody from writing, until `ROLLBACK`.
    pub(crate) fn hold(&mut self) {
        match self {
            Self::Sqlite(_) => self.run("BEGIN IMMEDIATE"),
            Self::Postgres(_) => {
                self.run("BEGIN; LOCK TABLE counter, bank, scan, scan_file IN ACCESS EXCLUSIVE MODE");
            }
        }
    }

    /// Asks SQLite whether its file is sound.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::Sqlite(connection) => {
                let said: String = connection
                    .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                    .unwrap();
                said == "ok"
            }
            Self::Postgres(_) => true,
        }
    }
}

/// A writer in a fresh folder with one bank.
pub(crate) fn with_bank() -> (Place, Store, Bank) {
    let place = Place::new();
    let store = place.writer();
    let bank = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"known".parse().unwrap(), BankKind::Known, now())
        })
        .unwrap();
    (place, store, bank)
}

pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:00.000001Z".parse().unwrap()
}

/// A PDQ signal that differs for each number.
pub(crate) fn pdq(number: u64) -> EntrySignal {
    let mut bytes = [0x5a; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    EntrySignal {
        signal: Signal::Pdq(PdqHash::new(bytes)),
        quality: Quality::new((number % 101) as u8).ok(),
    }
}

pub(crate) fn entry(signals: Vec<EntrySignal>) -> NewEntry {
    NewEntry {
        signals,
        labels: Vec::new(),
        note: None,
        provenance: Provenance {
            added_by: "amal".to_owned(),
            source: "local".to_owned(),
            external_id: None,
            added_at: now(),
        },
        trust: Trust::Active,
        human_confirmed: false,
        tlp: Tlp::Amber,
        expires: None,
        disabled_until: None,
        metadata: None,
        media: None,
        keep: Keep::HashOnly,
        tracks: Vec::new(),
    }
}
