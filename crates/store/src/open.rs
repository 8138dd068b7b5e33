//! Opening a data folder: locks, schema, key.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::key::{Key, Place};
use crate::lock::{Lock, Mode};
use crate::{StoreError, blob, folder, migrate, shelf};

/// What a process does with a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads banks, runs scans, saves index segments. Any number of processes at once.
    Reader,
    /// Changes banks as well. One process at a time; readers may work beside it.
    Writer,
}

/// What to do when thumbnails are encrypted with a key that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostKey {
    /// Refuse to open, so that the key can be put back.
    Refuse,
    /// Delete the thumbnails, which nobody can read any more, and go on with a new key.
    GiveUpThumbnails,
}

/// How to open a data folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// What for.
    pub access: Access,
    /// The key file, outside of the data folder; made when there is none.
    pub key: PathBuf,
    /// How long to wait for another process before giving up; 5 s by default. Records of a scan wait six times as long.
    pub wait: Duration,
    /// The size that the database may grow to, in bytes; rounded down to whole pages.
    pub max_bytes: Option<u64>,
    /// What to do when the key is gone; to refuse by default.
    pub lost_key: LostKey,
    /// Told of an error after which nothing may be promised any more ([`StoreError::is_fatal`]), before whoever asked for
    /// the write hears of it; a service ends there.
    pub fatal: Option<fn(&StoreError)>,
}

impl Options {
    /// The defaults for this access and key file.
    pub fn new(access: Access, key: &Path) -> Self {
        Self {
            access,
            key: key.to_owned(),
            wait: Duration::from_secs(5),
            max_bytes: None,
            lost_key: LostKey::Refuse,
            fatal: None,
        }
    }
}

/// What an opened data folder consists of.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) key: Key,
    pub(crate) lock: Lock,
    pub(crate) writer_lock: Option<Lock>,
}

/// Opens a data folder, making and migrating it when nobody else uses it.
pub(crate) fn open(folder: &Path, options: &Options) -> Result<Opened, StoreError> {
    folder::create(folder)?;
    refuse_key_inside(folder, &options.key)?;
    let lock_path = folder.join(folder::LOCK);
    let lock = Lock::open(&lock_path)?;
    // Whoever is alone prepares the folder; whoever is not finds it prepared by the other.
    if lock.take(Mode::Exclusive, Duration::ZERO, &lock_path)? {
        prepare(folder, options)?;
    }
    if !lock.take(Mode::Shared, options.wait, &lock_path)? {
        return Err(StoreError::InUse {
            folder: folder.to_owned(),
            pid: None,
        });
    }
    let writer_lock = match options.access {
        Access::Reader => None,
        Access::Writer => Some(take_writer_lock(folder, options.wait)?),
    };
    let connection = connect(folder, options)?;
    // An older schema means that an older version still uses the folder, or it would have been migrated above.
    if !migrate::is_current(&connection, folder)? {
        return Err(StoreError::InUse {
            folder: folder.to_owned(),
            pid: None,
        });
    }
    let key = check_key(&connection, &options.key)?;
    Ok(Opened {
        connection,
        key,
        lock,
        writer_lock,
    })
}

/// Opens one connection. Every commit is flushed to the disk before it returns.
pub(crate) fn connect(folder: &Path, options: &Options) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join(folder::DATABASE), flags)?;
    connection.busy_timeout(options.wait)?;
    connection.set_prepared_statement_cache_capacity(64);
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
    if let Some(bytes) = options.max_bytes {
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page;
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    }
    Ok(connection)
}

fn refuse_key_inside(folder: &Path, key: &Path) -> Result<(), StoreError> {
    let absolute = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    let whole = absolute(folder).map_err(|source| StoreError::io("find", folder, source))?;
    let parent = folder::parent_of(key);
    let parent = absolute(parent).map_err(|source| StoreError::io("find", parent, source))?;
    if parent.starts_with(&whole) {
        return Err(StoreError::KeyInside { path: key.to_owned() });
    }
    Ok(())
}

fn take_writer_lock(folder: &Path, wait: Duration) -> Result<Lock, StoreError> {
    let path = folder.join(folder::WRITER_LOCK);
    let mut lock = Lock::open(&path)?;
    if !lock.take(Mode::Exclusive, wait, &path)? {
        return Err(StoreError::InUse {
            folder: folder.to_owned(),
            pid: lock.pid(),
        });
    }
    lock.note_pid(&path)?;
    Ok(lock)
}

/// Makes and migrates; the caller holds the folder for itself.
fn prepare(folder: &Path, options: &Options) -> Result<(), StoreError> {
    let database = folder.join(folder::DATABASE);
    if !database.exists() {
        // Whoever made the folder may have been ended before its name was durable.
        folder::sync(folder::parent_of(folder))?;
    }
    drop(folder::open(&database)?);
    shelf::prepare(&folder.join(folder::SEGMENTS))?;
    blob::prepare(&folder.join(folder::BLOBS))?;
    let mut connection = connect(folder, options)?;
    migrate::migrate(&mut connection, folder)?;
    prepare_key(&mut connection, options)?;
    folder::sync(folder)
}

const KEY_CHECK: Place = Place {
    table: "meta",
    column: "value",
    row: 0,
};
const KEY_TEXT: &[u8] = b"basira";

fn sealed_check(connection: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "-- key_check\nSELECT value FROM meta WHERE name = 'key_check'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?)
}

fn count_thumbnails(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "-- count_thumbnails\nSELECT COUNT(*) FROM thumbnail";
    let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The key, if it is the one that this folder was made with.
fn check_key(connection: &Connection, path: &Path) -> Result<Key, StoreError> {
    let Some(key) = Key::load(path)? else {
        return Err(StoreError::KeyMissing {
            path: path.to_owned(),
            thumbnails: count_thumbnails(connection)?,
        });
    };
    let check = sealed_check(connection)?;
    if check.is_some_and(|check| key.open(&KEY_CHECK, &check).is_some()) {
        Ok(key)
    } else {
        Err(StoreError::KeyDiffers {
            path: path.to_owned(),
        })
    }
}

/// Makes the key of a new folder, and a new one where nothing or nothing wanted is lost with the old.
fn prepare_key(connection: &mut Connection, options: &Options) -> Result<(), StoreError> {
    if sealed_check(connection)?.is_some() {
        let thumbnails = count_thumbnails(connection)?;
        match check_key(connection, &options.key) {
            Err(StoreError::KeyMissing { .. } | StoreError::KeyDiffers { .. })
                if thumbnails == 0 || options.lost_key == LostKey::GiveUpThumbnails => {}
            other => return other.map(drop),
        }
    }
    let key = Key::load_or_create(&options.key)?;
    let sealed = key.seal(&KEY_CHECK, KEY_TEXT)?;
    let transaction = connection.transaction()?;
    transaction.execute("-- give_up_thumbnails\nDELETE FROM thumbnail", [])?;
    transaction.execute(
        "-- note_key\nINSERT INTO meta (name, value) VALUES ('key_check', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![sealed],
    )?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What durability, integrity and removal for good rest on.
    #[test]
    fn every_connection_is_set_up_safely() {
        let folder = tempfile::tempdir().unwrap();
        drop(folder::open(&folder.path().join(folder::DATABASE)).unwrap());
        let connection = connect(folder.path(), &Options::new(Access::Reader, Path::new("key"))).unwrap();
        let mode: String = connection
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        for (pragma, want) in [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)] {
            let sql = format!("PRAGMA {pragma}");
            let found: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(found, want, "{pragma}");
        }
    }
}
