//! Backups: a copy of a data folder that is in use, and its checking.
//!
//! A backup is a data folder like any other, without what can be built again, and with SQLite, whichever engine the rows were
//! in. It can be restored on either. The key is not in it: it lies elsewhere, and belongs into another backup.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use model::Sha256;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::db::{self, DatabaseUrl, Error, Optional, Server, Session, params};
use crate::row::invalid;
use crate::{Store, StoreError, belonging, blob, folder, migrate};

/// How long a restoration waits for the server and for others who use the schema.
const WAIT: Duration = Duration::from_secs(5);

/// What a data folder was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Records of the log; each fits those before it.
    pub records: i64,
    /// The chain of the last record: whoever has it can tell later whether any of them was altered or removed.
    pub chain: Option<Sha256>,
    /// Blobs that are what was stored.
    pub blobs: u64,
}

impl Store {
    /// Copies everything that cannot be built again into `to`, while the store may be in use by others; gives the number of
    /// blobs. `each` is told of each blob.
    ///
    /// # Errors
    /// [`StoreError::FolderTaken`] when something is at `to` already; [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn backup(&self, to: &Path, mut each: impl FnMut()) -> Result<u64, StoreError> {
        refuse_taken(to)?;
        folder::create(to)?;
        let database = to.join(folder::DATABASE);
        drop(folder::open(&database)?);
        let rows = match self.new_reader()? {
            Session::Sqlite(source) => self.back_up_pages(&source, &database),
            mut server @ Session::Postgres(_) => back_up_rows(&mut server, &database),
        };
        rows.map_err(|error| error.at(to, "backup"))?;
        sync_file(&database)?;
        let target = to.join(folder::BLOBS);
        blob::prepare(&target)?;
        let mut copied = 0;
        for sha256 in blob::list(&self.blobs)? {
            // What is forgotten in the meantime was not needed.
            if blob::copy(&self.blobs, &target, &sha256)? {
                copied += 1;
                each();
            }
        }
        blob::sync_all(&target)?;
        folder::sync(to)?;
        Ok(copied)
    }

    /// Notes that a backup was made.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process leaves no gap for it; [`StoreError::DiskFull`].
    pub fn note_backup(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write("note_backup", |transaction| {
            transaction
                .prepare_cached(
                    "-- note_backup\nINSERT INTO meta (name, value) VALUES ('backed_up', $1)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![&now.as_microsecond().to_be_bytes()[..]])?;
            Ok(())
        })
    }

    /// When a backup was made last.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn last_backup(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read("last_backup", |connection| {
            let sql = "-- last_backup\nSELECT value FROM meta WHERE name = 'backed_up'";
            let mut statement = connection.prepare_cached(sql)?;
            let found: Option<Vec<u8>> = statement.query_row(params![], |row| row.get(0)).optional()?;
            let read = |bytes: Vec<u8>| {
                let micros = bytes.try_into().map(i64::from_be_bytes).ok();
                micros
                    .and_then(|micros| Timestamp::from_microsecond(micros).ok())
                    .ok_or_else(|| invalid("meta", "backed_up", "it is no time"))
            };
            found.map(read).transpose()
        })
    }

    fn back_up_pages(&self, source: &Connection, to: &Path) -> Result<(), StoreError> {
        let copy = || -> Result<StepResult, Error> {
            let mut target = Connection::open(to)?;
            // All pages in one step are of one moment, whatever is written meanwhile.
            let step = Backup::new(source, &mut target)?.step(-1)?;
            Ok(step)
        };
        match copy()? {
            StepResult::Done => Ok(()),
            _ => Err(StoreError::InUse {
                folder: self.folder().to_owned(),
                pid: None,
            }),
        }
    }

    /// Checks the log and every blob that a row speaks of. `each` is told of each blob.
    ///
    /// # Errors
    /// [`StoreError::LogAltered`] or [`StoreError::BlobAltered`] names the first that does not fit.
    pub fn verify(&self, mut each: impl FnMut()) -> Result<Verified, StoreError> {
        let (records, chain) = self.verify_log()?;
        let names = self.read("blobs", |connection| {
            let sql = "-- blobs\nSELECT sha256 FROM blob ORDER BY sha256";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_all(params![], |row| row.get::<Vec<u8>>(0))?)
        })?;
        let mut blobs = 0;
        for name in names.iter().filter_map(|name| Sha256::from_slice(name)) {
            if self.copy_blob(&name, &mut io::sink())? {
                blobs += 1;
            } else if self.has_blob_row(&name)? {
                return Err(StoreError::BlobAltered { blob: name });
            }
            each();
        }
        Ok(Verified {
            records,
            chain,
            blobs,
        })
    }
}

/// All rows of one moment in a new file of SQLite.
fn back_up_rows(server: &mut Session, to: &Path) -> Result<(), StoreError> {
    let mut target = Session::Sqlite(Connection::open(to).map_err(Error::from)?);
    server.read(|connection| {
        migrate::migrate_to(migrate::version(connection)?, &mut target, to)?;
        match &mut target {
            Session::Sqlite(target) => Ok(db::to_embedded(connection, target)?),
            Session::Postgres(_) => unreachable!("it was made above"),
        }
    })
}

/// Puts a backup in the place of a data folder that is not there (yet, or any more), and its rows into a schema of PostgreSQL
/// if one is given.
///
/// # Errors
/// [`StoreError::FolderTaken`] or [`StoreError::SchemaTaken`] when something is there; [`StoreError::NoBackup`] when `from`
/// is no backup.
pub fn restore(
    from: &Path,
    to: &Path,
    postgres: Option<&DatabaseUrl>,
    mut each: impl FnMut(),
) -> Result<u64, StoreError> {
    let database = from.join(folder::DATABASE);
    if !database.is_file() {
        return Err(StoreError::NoBackup(from.to_owned()));
    }
    refuse_taken(to)?;
    folder::create(to)?;
    let blobs = to.join(folder::BLOBS);
    blob::prepare(&blobs)?;
    let source = from.join(folder::BLOBS);
    let mut copied = 0;
    for sha256 in blob::list(&source)? {
        if blob::copy(&source, &blobs, &sha256)? {
            copied += 1;
            each();
        }
    }
    blob::sync_all(&blobs)?;
    // The database comes last: without it the folder is no data folder, and restoring can be begun again.
    let target = to.join(match postgres {
        None => folder::DATABASE.to_owned(),
        Some(_) => format!(".new-{}", folder::random_suffix()?),
    });
    drop(folder::open(&target)?);
    fs::copy(&database, &target).map_err(|source| StoreError::io("copy", &database, source))?;
    if let Some(url) = postgres {
        let restored = restore_rows(&target, to, url).map_err(|error| error.at(to, "restore"));
        fs::remove_file(&target).map_err(|source| StoreError::io("remove", &target, source))?;
        restored?;
    } else {
        sync_file(&target)?;
    }
    folder::sync(to)?;
    Ok(copied)
}

/// Puts the rows of a file of SQLite into a schema in which nothing is, and binds the data folder to it.
fn restore_rows(file: &Path, folder: &Path, url: &DatabaseUrl) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(file, flags).map_err(Error::from)?;
    // It may have been written in WAL mode; read so, it would leave two files more.
    source
        .pragma_update(None, "journal_mode", "DELETE")
        .map_err(Error::from)?;
    let version: i64 = source
        .query_row(
            "SELECT COALESCE(MAX(version), 0) FROM schema_migration",
            [],
            |row| row.get(0),
        )
        .map_err(Error::from)?;
    let mut server = Server::connect(url, WAIT)?;
    if !server.try_alone()? || server.is_taken()? {
        return Err(StoreError::SchemaTaken(url.to_string()));
    }
    server.make_schema()?;
    let mut session = Session::Postgres(Box::new(server));
    let fill = |session: &mut Session| -> Result<(), StoreError> {
        migrate::migrate_to(version, session, file)?;
        session.write(|transaction| Ok(db::from_embedded(&source, transaction)?))?;
        belonging::number(session)?;
        belonging::bind(folder, session)
    };
    fill(&mut session).inspect_err(|_| {
        if let Session::Postgres(server) = &mut session {
            // What went wrong before is the one to report; what is left here is found, and named, by the next attempt.
            let _ = server.remove_schema();
        }
    })
}

fn refuse_taken(folder: &Path) -> Result<(), StoreError> {
    let taken = match fs::read_dir(folder) {
        Ok(mut files) => files.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(StoreError::io("read", folder, error)),
    };
    if taken {
        return Err(StoreError::FolderTaken(folder.to_owned()));
    }
    Ok(())
}

fn sync_file(path: &Path) -> Result<(), StoreError> {
    fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::flush(path, source))
}
