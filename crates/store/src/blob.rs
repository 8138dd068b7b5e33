//! Blobs: the bytes of items, known by their SHA-256, sealed in files of their own.
//!
//! A file is a nonce of 19 bytes and then pieces of 64 KiB, each sealed with XChaCha20-Poly1305 under that nonce, the
//! number of the piece and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár,
//! 2015): pieces cannot be swapped, dropped or appended. What is read is compared with its name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use model::Sha256;
use sha2::Digest;

use crate::{Store, StoreError, folder};

const PREFIX: usize = 19;
const PIECE: usize = 64 << 10;
const TAG: usize = 16;
const TEMPORARY: &str = ".new-";
/// Says what is sealed, so that no other ciphertext passes for a piece of a blob.
const WHAT: &[u8] = b"blob";

/// Bytes that arrive, on their way into a blob. Dropped before [`Store::submit`] has taken it, it leaves nothing behind.
pub struct Incoming {
    file: File,
    path: PathBuf,
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX],
    piece: u32,
    buffer: Vec<u8>,
    digest: sha2::Sha256,
    size: u64,
    fatal: Option<fn(&StoreError)>,
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Incoming({} bytes)", self.size)
    }
}

/// A blob that is whole and flushed, under a temporary name.
#[derive(Debug)]
pub struct Arrived {
    path: PathBuf,
    pub(crate) sha256: Sha256,
    pub(crate) size: u64,
}

impl Arrived {
    /// The digest of the bytes.
    pub const fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// How many there are.
    pub const fn size(&self) -> u64 {
        self.size
    }
}

impl Drop for Arrived {
    fn drop(&mut self) {
        // It is gone where it was put in its place; what is left here otherwise is cleared at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // As above.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Incoming {
    /// Takes some bytes.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.buffer.len() == PIECE {
                self.seal(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Bytes taken so far.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Ends the blob and flushes it to the disk.
    ///
    /// # Errors
    /// As [`Incoming::write`]; [`StoreError::Flush`] when the disk did not take it.
    pub fn finish(mut self) -> Result<Arrived, StoreError> {
        self.seal(true)?;
        if let Err(source) = self.file.sync_all() {
            let error = StoreError::flush(&self.path, source);
            if let Some(fatal) = self.fatal {
                fatal(&error);
            }
            return Err(error);
        }
        let digest: [u8; 32] = std::mem::take(&mut self.digest).finalize().into();
        Ok(Arrived {
            path: std::mem::take(&mut self.path),
            sha256: Sha256::new(digest),
            size: self.size,
        })
    }

    fn seal(&mut self, last: bool) -> Result<(), StoreError> {
        let nonce = nonce(&self.prefix, self.piece, last);
        let sealed = self
            .cipher
            .encrypt(&nonce, payload(&self.buffer))
            // The cipher refuses only messages of 256 GiB and more.
            .unwrap_or_else(|_| unreachable!("a piece of 64 KiB"));
        self.buffer.clear();
        // A blob of more than 2^32 pieces would repeat a nonce; it would have 256 TiB.
        self.piece = self
            .piece
            .checked_add(1)
            .ok_or_else(|| StoreError::io("write", &self.path, io::ErrorKind::FileTooLarge.into()))?;
        self.file
            .write_all(&sealed)
            .map_err(|source| StoreError::io("write", &self.path, source))
    }
}

fn payload(msg: &[u8]) -> Payload<'_, '_> {
    Payload { msg, aad: WHAT }
}

fn nonce(prefix: &[u8; PREFIX], piece: u32, last: bool) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..PREFIX].copy_from_slice(prefix);
    nonce[PREFIX..23].copy_from_slice(&piece.to_be_bytes());
    nonce[23] = u8::from(last);
    nonce.into()
}

/// Makes the folders of blobs and clears what a crash left half-written; the caller holds the data folder for itself.
pub(crate) fn prepare(blobs: &Path) -> Result<(), StoreError> {
    folder::create(blobs)?;
    // Each is looked for: which of them are there after a power cut follows no order.
    for number in 0..=u8::MAX {
        let folder = blobs.join(format!("{number:02x}"));
        if !folder.is_dir() {
            folder::make(&folder)?;
        }
    }
    let wrong = |source| StoreError::io("list", blobs, source);
    for file in fs::read_dir(blobs).map_err(wrong)? {
        let file = file.map_err(wrong)?;
        if file.file_name().to_string_lossy().starts_with(TEMPORARY) {
            let path = file.path();
            fs::remove_file(&path).map_err(|source| StoreError::io("remove", &path, source))?;
        }
    }
    folder::sync(blobs)
}

/// Where a blob lies.
fn place(blobs: &Path, sha256: &Sha256) -> (PathBuf, PathBuf) {
    let name = sha256.to_string();
    let folder = blobs.join(&name[..2]);
    let path = folder.join(name);
    (folder, path)
}

/// Gives an arrived blob its place, durably. The same bytes may be there already; then these are dropped.
pub(crate) fn put(blobs: &Path, arrived: &Arrived) -> Result<(), StoreError> {
    let (folder, path) = place(blobs, &arrived.sha256);
    if !path.exists() {
        fs::rename(&arrived.path, &path).map_err(|source| StoreError::io("place", &path, source))?;
    }
    // Also where it was there before: whoever put it there may not have flushed the folder yet.
    File::open(&folder)
        .and_then(|handle| handle.sync_all())
        .map_err(|source| StoreError::flush(&folder, source))
}

/// Takes a blob away; one that is not there is gone.
pub(crate) fn remove(blobs: &Path, sha256: &Sha256) -> Result<(), StoreError> {
    let (_, path) = place(blobs, sha256);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", &path, error)),
        _ => Ok(()),
    }
}

/// Copies a blob to another folder of blobs, durably once that is [flushed](sync_all); `false` when it is not there any
/// more.
pub(crate) fn copy(from: &Path, to: &Path, sha256: &Sha256) -> Result<bool, StoreError> {
    let (_, source) = place(from, sha256);
    let (_, target) = place(to, sha256);
    match fs::copy(&source, &target) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::io("copy", &source, error)),
    }
    File::open(&target)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::flush(&target, source))?;
    Ok(true)
}

/// Flushes the names of all blobs.
pub(crate) fn sync_all(blobs: &Path) -> Result<(), StoreError> {
    for number in 0..=u8::MAX {
        folder::sync(&blobs.join(format!("{number:02x}")))?;
    }
    folder::sync(blobs)
}

/// Every blob that lies in the folder.
pub(crate) fn list(blobs: &Path) -> Result<Vec<Sha256>, StoreError> {
    let mut found = Vec::new();
    for number in 0..=u8::MAX {
        let folder = blobs.join(format!("{number:02x}"));
        let wrong = |source| StoreError::io("list", &folder, source);
        for file in fs::read_dir(&folder).map_err(wrong)? {
            let name = file.map_err(wrong)?.file_name();
            // What is named otherwise was not written by this program, and is left alone.
            found.extend(name.to_str().and_then(|name| Sha256::from_hex(name).ok()));
        }
    }
    Ok(found)
}

impl Store {
    /// Begins a blob; its bytes come by [`Incoming::write`].
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Io`], [`StoreError::Random`].
    pub fn begin_blob(&self) -> Result<Incoming, StoreError> {
        let mut prefix = [0; PREFIX];
        getrandom::fill(&mut prefix).map_err(StoreError::Random)?;
        let path = self
            .blobs
            .join(format!("{TEMPORARY}{}", folder::random_suffix()?));
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        let mut incoming = Incoming {
            file: opened.map_err(|source| StoreError::io("create", &path, source))?,
            path,
            cipher: self.key.cipher().clone(),
            prefix,
            piece: 0,
            buffer: Vec::new(),
            digest: sha2::Sha256::default(),
            size: 0,
            fatal: self.options().fatal,
        };
        let written = incoming.file.write_all(&prefix);
        written.map_err(|source| StoreError::io("write", &incoming.path, source))?;
        Ok(incoming)
    }

    /// Writes the bytes of a blob to `out`; `false` when there is no such blob (any more).
    ///
    /// # Errors
    /// [`StoreError::BlobAltered`] when the file is not what was stored: what has been written by then is no blob.
    /// [`StoreError::Io`] when it cannot be read, or `out` not written.
    pub fn copy_blob(&self, sha256: &Sha256, out: &mut impl Write) -> Result<bool, StoreError> {
        let (_, path) = place(&self.blobs, sha256);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(StoreError::io("open", &path, error)),
        };
        let altered = || StoreError::BlobAltered { blob: *sha256 };
        let read = |source| StoreError::io("read", &path, source);
        let mut prefix = [0; PREFIX];
        file.read_exact(&mut prefix).map_err(|_| altered())?;
        let mut digest = sha2::Sha256::default();
        let (mut now, mut next) = (Vec::new(), Vec::new());
        piece(&mut file, &mut now).map_err(read)?;
        for number in 0.. {
            piece(&mut file, &mut next).map_err(read)?;
            let last = next.is_empty();
            let opened = self
                .key
                .cipher()
                .decrypt(&nonce(&prefix, number, last), payload(&now));
            let plain = opened.map_err(|_| altered())?;
            digest.update(&plain);
            out.write_all(&plain)
                .map_err(|source| StoreError::io("copy", &path, source))?;
            if last {
                break;
            }
            std::mem::swap(&mut now, &mut next);
        }
        let found: [u8; 32] = digest.finalize().into();
        if found != *sha256.bytes() {
            return Err(altered());
        }
        Ok(true)
    }
}

/// The next piece of a file with its tag; empty at the end.
fn piece(file: &mut File, into: &mut Vec<u8>) -> io::Result<()> {
    into.clear();
    file.take((PIECE + TAG) as u64).read_to_end(into)?;
    Ok(())
}
