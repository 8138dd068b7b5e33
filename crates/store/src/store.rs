//! The store: one data folder, one connection that writes, and a few that read.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::db::{Connection, Session, Transaction};
use crate::group::Group;
use crate::key::Key;
use crate::lock::Lock;
use crate::open::{self, Access, Options};
use crate::readers::Readers;
use crate::shelf::Shelf;
use crate::{StoreError, folder};

/// How often a scan waits for the database before it gives up, each time as long as [`Options::wait`] says.
const PATIENCE: u32 = 6;

/// One open data folder. May be shared by threads: writes take turns, reads do not wait for them.
#[derive(Debug)]
pub struct Store {
    // The order matters when a store is dropped: connections close before locks are given back.
    writer: Mutex<Session>,
    group: Group,
    blob_gate: RwLock<()>,
    pub(crate) blobs: PathBuf,
    readers: Readers,
    pub(crate) key: Key,
    pub(crate) shelf: Shelf,
    folder: PathBuf,
    options: Options,
    _writer_lock: Option<Lock>,
    _lock: Lock,
}

impl Store {
    /// Opens a data folder; makes it (mode 0700, files 0600) when it is not there, and migrates an older one.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process changes banks there (for [`Access::Writer`]) or an older version of
    /// this program uses it; [`StoreError::NewerSchema`], [`StoreError::MigrationDiffers`], [`StoreError::Damaged`],
    /// [`StoreError::KeyMissing`], [`StoreError::KeyDiffers`], [`StoreError::KeyMalformed`],
    /// [`StoreError::KeyInside`], [`StoreError::OtherDatabase`], [`StoreError::Unreachable`], [`StoreError::Unfit`],
    /// [`StoreError::DiskFull`], [`StoreError::Io`] as they say.
    pub fn open(folder: &Path, options: Options) -> Result<Self, StoreError> {
        let opened = open::open(folder, &options).map_err(|error| error.at(folder, "open"))?;
        Ok(Self {
            writer: Mutex::new(opened.session),
            group: Group::default(),
            blob_gate: RwLock::new(()),
            blobs: folder.join(folder::BLOBS),
            readers: Readers::default(),
            key: opened.key,
            shelf: Shelf::new(folder.join(folder::SEGMENTS)),
            folder: folder.to_owned(),
            options,
            _writer_lock: opened.writer_lock,
            _lock: opened.lock,
        })
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// For whoever gives a blob its place and its row: none is taken away meanwhile.
    pub(crate) fn keep_blobs(&self) -> RwLockReadGuard<'_, ()> {
        // There is nothing in it that a panic could leave half done.
        self.blob_gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For whoever takes blobs away: none gets its place meanwhile.
    pub(crate) fn take_blobs(&self) -> RwLockWriteGuard<'_, ()> {
        // As above.
        self.blob_gate.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) const fn options(&self) -> &Options {
        &self.options
    }

    /// Runs a named transaction that changes banks.
    pub(crate) fn change<T>(
        &self,
        name: &'static str,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.options.access != Access::Writer {
            return Err(StoreError::ReaderOnly { operation: name });
        }
        self.write(name, body)
    }

    /// Runs a named transaction of a scan, again and again while a writer's import leaves no gap for it: work of hours
    /// shall not be given up because of that.
    pub(crate) fn write_patiently<T>(
        &self,
        name: &'static str,
        body: impl Fn(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 1..PATIENCE {
            match self.write(name, &body) {
                Err(StoreError::InUse { .. }) => {}
                other => return other,
            }
        }
        self.write(name, body)
    }

    /// Runs a named transaction; it is durable when this returns, or has left nothing behind when it fails.
    pub(crate) fn write<T>(
        &self,
        name: &'static str,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = unpoisoned(&self.writer).write(body);
        outcome.map_err(|error| self.told(error.at(&self.folder, name)))
    }

    /// The same error, after whoever must know of it was told.
    pub(crate) fn told(&self, error: StoreError) -> StoreError {
        if let Some(fatal) = self.options.fatal.filter(|_| error.is_fatal()) {
            fatal(&error);
        }
        error
    }

    /// Runs a named transaction that shares its flush with others that wait at the same time; it is durable when this
    /// returns.
    pub(crate) fn share<T: Send + 'static>(
        &self,
        name: &'static str,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.options.access != Access::Writer {
            return Err(StoreError::ReaderOnly { operation: name });
        }
        let outcome = self.group.enqueue(name, body);
        loop {
            let mut session = unpoisoned(&self.writer);
            // Whoever had the connection before may have done this one's work.
            if let Ok(done) = outcome.try_recv() {
                return done;
            }
            let meaning = |error: StoreError, name| self.told(error.at(&self.folder, name));
            self.group.lead(&mut session, &meaning);
        }
    }

    /// Runs a named reading: all that it reads belongs to one moment.
    pub(crate) fn read<T>(
        &self,
        name: &'static str,
        body: impl FnOnce(&Connection<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let of_server = self.options.database.is_some();
        let open = || self.new_reader();
        self.readers
            .with(of_server, self.options.wait, open, |session| session.read(body))
            .map_err(|error| error.at(&self.folder, name))
    }

    /// A connection of its own.
    pub(crate) fn new_reader(&self) -> Result<Session, StoreError> {
        open::connect_reader(&self.folder, &self.options)
    }
}

/// Takes a mutex whose holder may have panicked: an open transaction was rolled back as it was dropped, so that the
/// connection behind it is sound.
fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
