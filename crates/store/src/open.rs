//! Opening a data folder: locks, schema, key.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::db::{self, Connection, DatabaseUrl, Optional, Server, Session, params};
use crate::key::{Key, Place};
use crate::lock::{Lock, Mode};
use crate::{StoreError, belonging, blob, folder, migrate, shelf};

/// What a process does with a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads banks, runs scans, saves index segments. Any number of processes at once.
    Reader,
    /// Changes banks as well. One process at a time; readers may work beside it.
    Writer,
}

/// What to do when something is encrypted with a key that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostKey {
    /// Refuse to open, so that the key can be put back.
    Refuse,
    /// Delete what is encrypted, which nobody can read any more, and go on with a new key.
    GiveUp,
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
    /// The database of PostgreSQL; `None` is SQLite, in the data folder. Blobs and index segments are in the data folder
    /// with both.
    pub database: Option<DatabaseUrl>,
    /// The size that SQLite's file may grow to, in bytes; rounded down to whole pages.
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
            database: None,
            max_bytes: None,
            lost_key: LostKey::Refuse,
            fatal: None,
        }
    }
}

/// What an opened data folder consists of.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) key: Key,
    pub(crate) lock: Lock,
    pub(crate) writer_lock: Option<Lock>,
}

/// Opens a data folder, making and migrating it when nobody else uses it.
pub(crate) fn open(folder: &Path, options: &Options) -> Result<Opened, StoreError> {
    folder::create(folder)?;
    refuse_key_inside(folder, &options.key)?;
    belonging::refuse_other_engine(folder, options.database.is_some())?;
    let lock_path = folder.join(folder::LOCK);
    let lock = Lock::open(&lock_path)?;
    // Whoever is alone prepares the folder; whoever is not finds it prepared by the other.
    if lock.take(Mode::Exclusive, Duration::ZERO, &lock_path)? {
        prepare(folder, options)?;
    }
    if !lock.take(Mode::Shared, options.wait, &lock_path)? {
        return Err(in_use(folder));
    }
    let writer_lock = match options.access {
        Access::Reader => None,
        Access::Writer => Some(take_writer_lock(folder, options.wait)?),
    };
    let mut session = match &options.database {
        None => connect_embedded(folder, options)?,
        Some(url) => connect_server(url, folder, options)?,
    };
    // An older schema means that an older version still uses the folder, or it would have been migrated above.
    if !session.read(|connection| migrate::is_current(connection, folder))? {
        return Err(in_use(folder));
    }
    let key = session.read(|connection| check_key(connection, &options.key))?;
    if options.database.is_some() {
        belonging::bind(folder, &mut session)?;
    }
    Ok(Opened {
        session,
        key,
        lock,
        writer_lock,
    })
}

fn in_use(folder: &Path) -> StoreError {
    StoreError::InUse {
        folder: folder.to_owned(),
        pid: None,
    }
}

fn connect_embedded(folder: &Path, options: &Options) -> Result<Session, StoreError> {
    let file = folder.join(folder::DATABASE);
    Ok(Session::Sqlite(db::connect_embedded(
        &file,
        options.wait,
        options.max_bytes,
    )?))
}

/// Connects to the schema, and makes or migrates it when nobody else uses it.
fn connect_server(url: &DatabaseUrl, folder: &Path, options: &Options) -> Result<Session, StoreError> {
    let unfit = |why| StoreError::Unfit {
        database: url.to_string(),
        why,
    };
    if options.max_bytes.is_some() {
        return Err(unfit("its size is limited where it runs; give no limit here"));
    }
    let mut server = Server::connect(url, options.wait)?;
    if let Some(why) = server.unfit()? {
        return Err(unfit(why));
    }
    let alone = server.try_alone()?;
    if alone {
        server.make_schema()?;
    }
    let mut session = Session::Postgres(Box::new(server));
    if alone {
        migrate::migrate(&mut session, folder)?;
        prepare_key(&mut session, options)?;
        belonging::number(&mut session)?;
    }
    if let Session::Postgres(server) = &mut session {
        server.share(alone)?;
        if options.access == Access::Writer {
            server.become_writer()?;
        }
    }
    Ok(session)
}

/// Opens one connection more, which changes nothing.
pub(crate) fn connect_reader(folder: &Path, options: &Options) -> Result<Session, StoreError> {
    if let Some(url) = &options.database {
        return Ok(Session::Postgres(Box::new(Server::connect(url, options.wait)?)));
    }
    let file = folder.join(folder::DATABASE);
    let connection = db::connect_embedded(&file, options.wait, options.max_bytes)?;
    connection
        .execute_batch("PRAGMA query_only = ON")
        .map_err(db::Error::from)?;
    Ok(Session::Sqlite(connection))
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

/// Makes and migrates what is in the folder; the caller holds it for itself.
fn prepare(folder: &Path, options: &Options) -> Result<(), StoreError> {
    let database = folder.join(folder::DATABASE);
    if !database.exists() {
        // Whoever made the folder may have been ended before its name was durable.
        folder::sync(folder::parent_of(folder))?;
    }
    shelf::prepare(&folder.join(folder::SEGMENTS))?;
    blob::prepare(&folder.join(folder::BLOBS))?;
    if options.database.is_none() {
        drop(folder::open(&database)?);
        let mut session = connect_embedded(folder, options)?;
        migrate::migrate(&mut session, folder)?;
        prepare_key(&mut session, options)?;
    }
    folder::sync(folder)
}

const KEY_CHECK: Place = Place {
    table: "meta",
    column: "value",
    row: 0,
};
const KEY_TEXT: &[u8] = b"basira";

fn sealed_check(connection: &Connection<'_>) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "-- key_check\nSELECT value FROM meta WHERE name = 'key_check'";
    Ok(connection
        .query_row(sql, params![], |row| row.get(0))
        .optional()?)
}

/// How much is encrypted: kept files, pictures and texts of entries, who reported, and secrets.
fn count_sealed(connection: &Connection<'_>) -> Result<u64, StoreError> {
    let sql = "-- count_sealed\nSELECT (SELECT COUNT(*) FROM blob) + (SELECT COUNT(*) FROM thumbnail)
        + (SELECT COUNT(*) FROM entry_text) + (SELECT COUNT(*) FROM reporter) + (SELECT COUNT(*) FROM exchange_api)
        + (SELECT COUNT(*) FROM webhook) + (SELECT COUNT(*) FROM person WHERE totp IS NOT NULL)";
    let count: i64 = connection.query_row(sql, params![], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The key, if it is the one that this folder was made with.
fn check_key(connection: &Connection<'_>, path: &Path) -> Result<Key, StoreError> {
    let Some(key) = Key::load(path)? else {
        return Err(StoreError::KeyMissing {
            path: path.to_owned(),
            sealed: count_sealed(connection)?,
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

/// Makes the key of a new folder, and a new one where nothing, or nothing wanted, is lost with the old.
fn prepare_key(session: &mut Session, options: &Options) -> Result<(), StoreError> {
    let known = session.read(|connection| {
        if sealed_check(connection)?.is_none() {
            return Ok(false);
        }
        let sealed = count_sealed(connection)?;
        match check_key(connection, &options.key) {
            Err(StoreError::KeyMissing { .. } | StoreError::KeyDiffers { .. })
                if sealed == 0 || options.lost_key == LostKey::GiveUp =>
            {
                Ok(false)
            }
            other => other.map(|_| true),
        }
    })?;
    if known {
        return Ok(());
    }
    let key = Key::load_or_create(&options.key)?;
    let sealed = key.seal(&KEY_CHECK, KEY_TEXT)?;
    session.write(|transaction| {
        // The secrets of webhooks and second factors stay, and open nothing: whoever has them makes them anew.
        for sql in [
            "-- give_up_blobs\nDELETE FROM blob",
            "-- give_up_thumbnails\nDELETE FROM thumbnail",
            "-- give_up_texts\nDELETE FROM entry_text",
            "-- give_up_reporters\nDELETE FROM reporter",
            "-- give_up_credentials\nDELETE FROM exchange_api",
        ] {
            transaction.execute(sql, params![])?;
        }
        transaction.execute(
            "-- note_key\nINSERT INTO meta (name, value) VALUES ('key_check', $1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![sealed],
        )?;
        Ok(())
    })
}
