//! Files of the data folder: names, modes, and writing that survives a power cut.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::StoreError;

/// The database; its companions `-wal` and `-shm` get its mode from SQLite.
pub(crate) const DATABASE: &str = "basira.db";
/// Says to which schema of PostgreSQL the folder belongs; not there with SQLite.
pub(crate) const STORE_ID: &str = "store-id";
/// Folder of index segments.
pub(crate) const SEGMENTS: &str = "segments";
/// Folder of blobs.
pub(crate) const BLOBS: &str = "blobs";
/// Held shared while a store is open, exclusively while the folder is made or migrated.
pub(crate) const LOCK: &str = "lock";
/// Held by the one process that may change banks.
pub(crate) const WRITER_LOCK: &str = "writer.lock";

/// Makes a folder and its parents, for the owner only, durably; one that is there keeps its mode.
pub(crate) fn create(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = parent_of(folder);
    create(parent)?;
    make(folder)?;
    sync(parent)
}

/// Makes a folder whose parent is there; that becomes durable when the parent is [flushed](sync).
pub(crate) fn make(folder: &Path) -> Result<(), StoreError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        // Another process may have made it in the meantime.
        Err(_) if folder.is_dir() => Ok(()),
        made => made.map_err(|source| StoreError::io("create the folder", folder, source)),
    }
}

/// The folder that something lies in.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) => Path::new("."),
        None => path,
    }
}

/// Opens a file for reading and writing, making it for the owner only.
pub(crate) fn open(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|source| StoreError::io("open", path, source))
}

/// Makes the entries of a folder durable: a rename counts only when its folder has been flushed.
pub(crate) fn sync(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|handle| handle.sync_all())
        .map_err(|source| StoreError::io("flush the folder", folder, source))
}

/// Writes a new file for the owner only and flushes it; leaves nothing behind when that fails.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|source| {
        // The failure of the write is the one to report; a leftover is cleaned up at the next opening.
        let _ = fs::remove_file(path);
        StoreError::io("write", path, source)
    })
}

/// The bytes of a secret's file; `None` when there is no such file.
pub(crate) fn read_secret<const BYTES: usize>(path: &Path) -> Result<Option<[u8; BYTES]>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read the key", path, error)),
    };
    let malformed = StoreError::KeyMalformed {
        path: path.to_owned(),
        bytes: bytes.len() as u64,
    };
    bytes.try_into().map(Some).map_err(|_| malformed)
}

/// Makes a file of so many random bytes for the owner only, durably, unless one is there. Of two processes that do so at
/// once, both find the same one.
pub(crate) fn create_secret(path: &Path, bytes: usize) -> Result<(), StoreError> {
    let parent = parent_of(path);
    create(parent)?;
    if !path.exists() {
        let mut secret = vec![0; bytes];
        getrandom::fill(&mut secret).map_err(StoreError::Random)?;
        let temporary = parent.join(format!(".key-{}", random_suffix()?));
        write_new(&temporary, &secret)?;
        // A link, unlike a rename, never replaces a key that another process has just made.
        let linked = fs::hard_link(&temporary, path);
        fs::remove_file(&temporary).map_err(|source| StoreError::io("remove", &temporary, source))?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(StoreError::io("write the key", path, error));
            }
            _ => {}
        }
    }
    // Also where it was there before: whoever made it may have been ended before its name was durable.
    sync(parent)
}

/// Sixteen hex digits for names of temporary files.
pub(crate) fn random_suffix() -> Result<String, StoreError> {
    getrandom::u64()
        .map(|number| format!("{number:016x}"))
        .map_err(StoreError::Random)
}
