//! Everything that can go wrong, in words that say what happened and what to do.

use std::io;
use std::path::{Path, PathBuf};

use model::{BankName, EntryId, EventId, ItemId, Sha256, TrustTransitionError};
use thiserror::Error;

use crate::db::{self, Meaning};
use crate::{EntryError, FollowUpError, MOST_WEBHOOKS, ReviewError, folder};

/// Why the store could not do what it was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Something stands against a step of a policy.
    #[error(transparent)]
    Life(#[from] model::LifeError),
    /// No text of a policy has the digest, or no policy the id.
    #[error("there is no policy {0}; basira policy list shows what there is")]
    NoPolicy(String),
    /// A list of items for people is not there, or not so far.
    #[error(transparent)]
    FollowUp(#[from] FollowUpError),
    /// A text of a policy, or a list of what was in use, is not what was kept.
    #[error(
        "the policy {policy} in the store is not what was handed in: it was altered; put back a copy from a backup"
    )]
    PolicyAltered {
        /// The policy, or the digest of a set.
        policy: String,
    },
    /// A decision is not what was written, or one is missing.
    #[error(
        "the decision {seq} is not what was written: it, or one before it, was altered or removed; compare with a backup"
    )]
    DecisionAltered {
        /// The number of the first that does not fit.
        seq: i64,
    },
    /// Another process holds the data folder.
    #[error(
        "the data folder {} is in use by {}; wait until it has finished, stop it, or choose another data folder",
        .folder.display(), holder(*.pid)
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process that holds it, where that is known.
        pid: Option<u32>,
    },
    /// Something that changes banks was asked of a store opened with [`Access::Reader`](crate::Access::Reader).
    #[error("cannot {operation}: the data folder was opened for reading only")]
    ReaderOnly {
        /// The transaction that was refused.
        operation: &'static str,
    },
    /// No more can be written.
    #[error(
        "no room left in the data folder {}: the disk is full or a size limit is reached; nothing already stored \
         is lost; free some space and repeat the command", .folder.display()
    )]
    DiskFull {
        /// The data folder.
        folder: PathBuf,
    },
    /// PostgreSQL can write no more.
    #[error(
        "no room left where the database {database} keeps its files; nothing already stored is lost; free some space there \
         and repeat the command"
    )]
    DatabaseFull {
        /// The database, without its password.
        database: String,
    },
    /// PostgreSQL does not answer, or lets nobody in.
    #[error(
        "the database {database} cannot be used ({why}); start it, or check --postgres, and repeat: what was not answered \
         may have been stored or not"
    )]
    Unreachable {
        /// The database, without its password.
        database: String,
        /// What was said.
        why: String,
    },
    /// PostgreSQL is not set up so that what is stored is kept.
    #[error("the database {database} cannot be used as it is set up: {why}")]
    Unfit {
        /// The database, without its password.
        database: String,
        /// What to change.
        why: &'static str,
    },
    /// The data folder belongs to another database: its blobs would seem to be needed by nobody.
    #[error(
        "the data folder {} has its banks {keeps}; name that by --postgres (or leave it out), or choose another data folder",
        .folder.display()
    )]
    OtherDatabase {
        /// The data folder.
        folder: PathBuf,
        /// Where they are.
        keeps: &'static str,
    },
    /// A backup would be restored over something.
    #[error("there is something in the schema of {0} already; name another by schema=NAME, or remove it")]
    SchemaTaken(String),
    /// The database file is not what this program wrote.
    #[error(
        "the database {} is damaged ({why}); put back a copy from a backup, or move the data folder away and \
         import the banks again", .file.display()
    )]
    Damaged {
        /// The database file.
        file: PathBuf,
        /// What the database engine said.
        why: String,
    },
    /// A newer version of this program has written the data folder.
    #[error(
        "the data folder {} has schema {found}, and this version knows schemas up to {known}; use the newer \
         version that wrote it", .folder.display()
    )]
    NewerSchema {
        /// The data folder.
        folder: PathBuf,
        /// The schema found.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The data folder was made by another line of this program.
    #[error(
        "the data folder {} was made with another migration {version} than this version has; use the version that \
         wrote it, or export the banks there and import them here", .folder.display()
    )]
    MigrationDiffers {
        /// The data folder.
        folder: PathBuf,
        /// The migration that differs.
        version: i64,
    },
    /// The key file is gone, and something is encrypted with it.
    #[error(
        "the key {} is missing, and what is encrypted with it cannot be read without it: {sealed} kept files, thumbnails, \
         texts, identities of reporters and secrets (banks, entries, signals, decisions and the log are intact); put the \
         key back, which is in no backup, or give up what is encrypted", .path.display()
    )]
    KeyMissing {
        /// The key file.
        path: PathBuf,
        /// How much is encrypted with it.
        sealed: u64,
    },
    /// The key file holds a key, but not the one that this data folder was made with.
    #[error(
        "the key {} is not the one that this data folder was made with; put the right key there, or move it away \
         and give up what is encrypted", .path.display()
    )]
    KeyDiffers {
        /// The key file.
        path: PathBuf,
    },
    /// The key file does not hold a key.
    #[error("{} is no key file: it has {bytes} bytes instead of 32; put the key back from a backup", .path.display())]
    KeyMalformed {
        /// The key file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The key would lie beside what it protects.
    #[error("the key {} lies inside the data folder; keep it elsewhere, so that a copy of the folder alone reveals nothing", .path.display())]
    KeyInside {
        /// The key file.
        path: PathBuf,
    },
    /// The disk did not take what was written to it. Nobody knows what it has of it, so that the program must end and
    /// look again (PostgreSQL does the same since 2018).
    #[error(
        "the disk did not take what was written to {} ({source}); the program ends so that nothing is promised that is \
         not kept; check the disk, then start it again", .path.display()
    )]
    Flush {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A blob is not what was stored.
    #[error("the blob {blob} was altered on disk and is not used; put back a copy from a backup")]
    BlobAltered {
        /// Its name.
        blob: Sha256,
    },
    /// A key for repeated requests was used for another request before.
    #[error("the idempotency key was used for another request before; use a new key for each request")]
    KeyReused,
    /// No such key.
    #[error("there is no key {0}; `list` shows the keys")]
    NoKey(String),
    /// A key of this name is there already.
    #[error("there is already a key named {0:?}; choose another name")]
    KeyExists(String),
    /// No such webhook.
    #[error("there is no webhook {0}; it may have been removed")]
    NoWebhook(String),
    /// Each webhook has threads of its own.
    #[error("there are {MOST_WEBHOOKS} webhooks already; remove one that is not needed")]
    TooManyWebhooks,
    /// No such delivery, or it is about another's item.
    #[error("there is no delivery {0}; it may have been forgotten")]
    NoDelivery(EventId),
    /// Something is where a backup or a restored data folder would be put.
    #[error("{} is not empty; name a folder that is empty or not there", .0.display())]
    FolderTaken(PathBuf),
    /// No backup.
    #[error("{} is no backup: there is no database in it", .0.display())]
    NoBackup(PathBuf),
    /// The log is not what this program wrote.
    #[error(
        "record {seq} of the log does not fit the records before it: it, or one of those, was altered or removed"
    )]
    LogAltered {
        /// The first record that does not fit.
        seq: i64,
    },
    /// A checkpoint does not fit the log.
    #[error("the checkpoint of {size} records does not fit the log: {why}")]
    CheckpointDiffers {
        /// Records that the log had when it was signed.
        size: i64,
        /// What does not fit.
        why: String,
    },
    /// A thumbnail does not decrypt: its bytes were altered or moved from another entry.
    #[error(
        "the thumbnail of entry {entry} was altered on disk and is not used; remove the entry and add its media again"
    )]
    ThumbnailAltered {
        /// The entry.
        entry: EntryId,
    },
    /// A stored row does not parse.
    #[error(
        "row {row} of table {table} is invalid ({why}); it was not written by this program: put back a copy from a \
         backup, or remove the row"
    )]
    Row {
        /// The table.
        table: &'static str,
        /// The key of the row.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// An entry was to get an id that another has.
    #[error("there is already an entry {0}; bring entries with their ids into a new data folder")]
    IdTaken(EntryId),
    /// A bank of this name is there already.
    #[error("there is already a bank named {0}; choose another name")]
    BankExists(BankName),
    /// No such bank.
    #[error("there is no bank {0}; `list` shows the banks")]
    NoBank(String),
    /// No such entry; it may have been removed.
    #[error("there is no entry {0}; it may have been removed")]
    NoEntry(EntryId),
    /// No such item; it may have been forgotten.
    #[error("there is no item {}; it may have been forgotten", .0.0)]
    NoItem(ItemId),
    /// The entry still counts.
    #[error(
        "entry {0} is not revoked; what rests on it is taken back only when it is: set its trust to revoked first"
    )]
    NotRevoked(EntryId),
    /// Nothing of this kind can be done about people or cases.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// The entry cannot be stored as it is.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The life cycle refuses this change.
    #[error(transparent)]
    Trust(#[from] TrustTransitionError),
    /// A scan of this name is there already.
    #[error("there is already a scan named {0:?}; resume or delete it")]
    ScanExists(String),
    /// No such scan.
    #[error("there is no scan {0}; it may have been deleted")]
    NoScan(String),
    /// A text that cannot be the name of an index segment.
    #[error(
        "{0:?} is no segment name: use 1 to 64 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit"
    )]
    SegmentName(String),
    /// The system has no randomness to give.
    #[error("the system gave no random bytes: {0}")]
    Random(getrandom::Error),
    /// A file or folder could not be used.
    #[error("cannot {doing} {}: {source}", .path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database engine failed in a way that has no name here.
    #[error("the database failed in {during}: {source}")]
    Database {
        /// The transaction.
        during: &'static str,
        /// What the engine said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn holder(pid: Option<u32>) -> String {
    match pid {
        Some(pid) => format!("process {pid}"),
        None => "another process".to_owned(),
    }
}

impl From<db::Error> for StoreError {
    /// Carries the engine's error up to the edge of the transaction, where `StoreError::at` gives it its meaning.
    fn from(error: db::Error) -> Self {
        Self::Database {
            during: "a query",
            source: Box::new(error),
        }
    }
}

impl StoreError {
    /// Turns a failure of the file system into the error that says what to do.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let full = matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        );
        if full {
            let folder = path.parent().unwrap_or(path).to_owned();
            return Self::DiskFull { folder };
        }
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// A flush that failed.
    pub(crate) fn flush(path: &Path, source: io::Error) -> Self {
        Self::Flush {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the program must end: what it goes on to promise might not be kept.
    pub const fn is_fatal(&self) -> bool {
        matches!(self, Self::Flush { .. })
    }

    /// A write of a group that was not committed, as another of the group failed.
    pub(crate) fn not_run() -> Self {
        Self::Database {
            during: "a group of writes",
            source: "another write of the group failed".into(),
        }
    }

    /// The same failure, for another who waited for the same commit.
    pub(crate) fn for_another(&self) -> Self {
        match self {
            Self::DiskFull { folder } => Self::DiskFull {
                folder: folder.clone(),
            },
            Self::InUse { folder, pid } => Self::InUse {
                folder: folder.clone(),
                pid: *pid,
            },
            Self::Flush { path, source } => Self::Flush {
                path: path.clone(),
                source: io::Error::new(source.kind(), source.to_string()),
            },
            Self::DatabaseFull { database } => Self::DatabaseFull {
                database: database.clone(),
            },
            Self::Unreachable { database, why } => Self::Unreachable {
                database: database.clone(),
                why: why.clone(),
            },
            other => Self::Database {
                during: "a group of writes",
                source: other.to_string().into(),
            },
        }
    }

    /// Gives an engine error its meaning: which data folder, in which transaction. Other errors stay as they are.
    pub(crate) fn at(self, folder: &Path, during: &'static str) -> Self {
        let source = match self {
            Self::Database { source, .. } => source,
            other => return other,
        };
        let meaning = source
            .downcast_ref::<db::Error>()
            .map_or(Meaning::Other, db::Error::meaning);
        let full = || Self::DiskFull {
            folder: folder.to_owned(),
        };
        match meaning {
            Meaning::Flush => {
                let database = folder.join(folder::DATABASE);
                Self::flush(&database, io::Error::other(source.to_string()))
            }
            Meaning::Busy => Self::InUse {
                folder: folder.to_owned(),
                pid: None,
            },
            Meaning::Full => full(),
            Meaning::MaybeFull if is_full(folder) => full(),
            Meaning::DatabaseFull(database) => Self::DatabaseFull {
                database: database.to_string(),
            },
            Meaning::Damaged => Self::Damaged {
                file: folder.join(folder::DATABASE),
                why: source.to_string(),
            },
            Meaning::Unreachable(database) => Self::Unreachable {
                database: database.to_string(),
                why: source.to_string(),
            },
            Meaning::MaybeFull | Meaning::NotUnique | Meaning::Other => Self::Database { during, source },
        }
    }

    /// Whether the failure was a unique constraint.
    pub(crate) fn is_unique_violation(error: &db::Error) -> bool {
        error.meaning() == Meaning::NotUnique
    }
}

/// Whether a folder takes no more bytes. The engine reports some full disks and all used-up quotas as plain I/O
/// failures, so that only a try tells.
fn is_full(folder: &Path) -> bool {
    let Ok(suffix) = folder::random_suffix() else {
        return false;
    };
    let probe = folder.join(format!(".probe-{suffix}"));
    let outcome = folder::write_new(&probe, &[0; 1 << 16]);
    // A failed write has removed its file already.
    let _ = std::fs::remove_file(&probe);
    matches!(outcome, Err(StoreError::DiskFull { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_device_is_told_from_other_failures() {
        let path = Path::new("/dev/full");
        let refused = std::fs::write(path, b"x").unwrap_err();
        assert!(matches!(
            StoreError::io("write", path, refused),
            StoreError::DiskFull { .. }
        ));
        let absent = io::ErrorKind::NotFound.into();
        assert!(matches!(
            StoreError::io("read", path, absent),
            StoreError::Io { .. }
        ));
    }

    #[test]
    fn a_folder_with_room_is_not_full_and_stays_clean() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_full(folder.path()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn messages_say_what_happened_and_what_to_do() {
        let error = StoreError::InUse {
            folder: "data".into(),
            pid: Some(7),
        };
        let want = "the data folder data is in use by process 7; wait until it has finished, stop it, or choose \
                    another data folder";
        assert_eq!(error.to_string(), want);
    }
}
