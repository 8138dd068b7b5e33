//! Locks between processes.
//!
//! Two advisory locks (`flock`) in the data folder; the system drops them when their process ends, however it ends.
//! `lock` is held shared by every open store, and exclusively only while the folder is made or migrated.
//! `writer.lock` is held by the one store that may change banks and names its process. Readers never wait for it:
//! SQLite's write-ahead log gives them a consistent view while the writer works.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use crate::{StoreError, folder};

const PAUSE: Duration = Duration::from_millis(20);

/// A lock file that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    /// Opens the file without taking the lock.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        folder::open(path).map(|file| Self { file })
    }

    /// Takes the lock, or gives `false` when another holds it for longer than `wait`.
    pub(crate) fn take(&self, mode: Mode, wait: Duration, path: &Path) -> Result<bool, StoreError> {
        let operation = match mode {
            Mode::Shared => FlockOperation::NonBlockingLockShared,
            Mode::Exclusive => FlockOperation::NonBlockingLockExclusive,
        };
        let tries = wait.as_millis() / PAUSE.as_millis();
        for attempt in 0..=tries {
            match rustix::fs::flock(&self.file, operation) {
                Ok(()) => return Ok(true),
                Err(Errno::WOULDBLOCK | Errno::INTR) if attempt < tries => thread::sleep(PAUSE),
                Err(Errno::WOULDBLOCK | Errno::INTR) => return Ok(false),
                Err(errno) => return Err(StoreError::io("lock", path, errno.into())),
            }
        }
        Ok(false)
    }

    /// Notes the own process in the file, for the message that others get.
    pub(crate) fn note_pid(&mut self, path: &Path) -> Result<(), StoreError> {
        let mut write = || {
            self.file.set_len(0)?;
            self.file.seek(SeekFrom::Start(0))?;
            writeln!(self.file, "{}", std::process::id())
        };
        write().map_err(|source| StoreError::io("write", path, source))
    }

    /// The process noted in the file, where there is one.
    pub(crate) fn pid(&mut self) -> Option<u32> {
        let mut text = String::new();
        self.file.seek(SeekFrom::Start(0)).ok()?;
        self.file.read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }
}

/// How a lock is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// With others that share it.
    Shared,
    /// With nobody.
    Exclusive,
}
