//! A fresh data folder for each test, and entries to put into it.

use std::path::PathBuf;
use std::time::Duration;

use basira_store::{Access, Keep, NewEntry, Options, Store, StoreError};
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
            ..Options::new(access, &self.key())
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
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder().join("basira.db")).unwrap()
    }
}

/// A writer in a fresh folder with one bank.
pub(crate) fn with_bank() -> (Place, Store, Bank) {
    let place = Place::new();
    let store = place.writer();
    let bank = store
        .create_bank(&"known".parse().unwrap(), BankKind::Known, now())
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
