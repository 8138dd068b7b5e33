//! Backups: a copy of a data folder that is in use, and its checking.
//!
//! A backup is a data folder like any other, without what can be built again. The key is not in it: it lies elsewhere, and
//! belongs into another backup.

use std::fs;
use std::io;
use std::path::Path;

use model::Sha256;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::{Store, StoreError, blob, folder};

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
        let copy = || -> Result<(), StoreError> {
            let source = self.new_reader()?;
            let mut target = Connection::open(&database)?;
            // All pages in one step are of one moment, whatever is written meanwhile.
            let step = Backup::new(&source, &mut target)?.step(-1)?;
            match step {
                StepResult::Done => Ok(()),
                _ => Err(StoreError::InUse {
                    folder: self.folder().to_owned(),
                    pid: None,
                }),
            }
        };
        copy().map_err(|error| error.at(to, "backup"))?;
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

    /// Checks the log and every blob that a row speaks of. `each` is told of each blob.
    ///
    /// # Errors
    /// [`StoreError::LogAltered`] or [`StoreError::BlobAltered`] names the first that does not fit.
    pub fn verify(&self, mut each: impl FnMut()) -> Result<Verified, StoreError> {
        let (records, chain) = self.verify_log()?;
        let names = self.read("blobs", |connection| {
            let mut statement = connection.prepare("-- blobs\nSELECT sha256 FROM blob ORDER BY sha256")?;
            let names = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
            Ok(names.collect::<Result<Vec<_>, _>>()?)
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

/// Puts a backup in the place of a data folder that is not there (yet, or any more).
///
/// # Errors
/// [`StoreError::FolderTaken`] when something is there; [`StoreError::NoBackup`] when `from` is no backup.
pub fn restore(from: &Path, to: &Path, mut each: impl FnMut()) -> Result<u64, StoreError> {
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
    let target = to.join(folder::DATABASE);
    drop(folder::open(&target)?);
    fs::copy(&database, &target).map_err(|source| StoreError::io("copy", &database, source))?;
    sync_file(&target)?;
    folder::sync(to)?;
    Ok(copied)
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
