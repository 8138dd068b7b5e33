//! Scanning folders: files found, examined by several threads, recorded as they are done, resumed where a scan was
//! interrupted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use decode::{Decoder, Frames, Request, Step, Watch};
use jiff::Timestamp;
use store::{FileStamp, Scan, ScanFile, StoreError};
use thiserror::Error;
use walkdir::WalkDir;

use crate::banks::{Banks, BanksError};
use crate::examine::match_decoded;
use crate::file::decode_file;
use crate::robust::Tier;
use crate::wire::FileResult;

/// Results recorded in one transaction, at most.
const RECORD_AT: usize = 500;
/// Longest time that a result waits to be recorded.
const RECORD_AFTER: Duration = Duration::from_secs(1);
/// Files that wait for a thread. Small: memory stays flat however large the folder.
const AHEAD: usize = 64;

/// Why a scan stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The banks could not be read.
    #[error(transparent)]
    Banks(#[from] BanksError),
    /// A result could not be recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A result could not be written as text.
    #[error("a result could not be recorded: {0}; please report this")]
    Record(#[from] serde_json::Error),
}

/// How to scan.
#[derive(Debug, Clone, Copy)]
pub struct ScanOptions<'a> {
    /// Where files are decoded.
    pub decoder: &'a Decoder,
    /// How to decode.
    pub request: Request,
    /// How much to do.
    pub tier: Tier,
    /// Threads that examine.
    pub threads: usize,
    /// The time at which entries must count.
    pub now: Timestamp,
}

/// A sign of life, for a progress bar.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// So many files were found so far; more may follow.
    Found(u64),
    /// A file that takes long has come so far.
    Within(&'a Path, Step),
    /// One file is done.
    Done {
        /// Its size.
        bytes: u64,
        /// Whether it was taken from an earlier, interrupted run.
        resumed: bool,
    },
}

/// A file that was found.
#[derive(Debug)]
struct Candidate {
    path: PathBuf,
    /// Why it cannot be read, where the walk already knows.
    broken: Option<String>,
}

/// How a scan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was looked at.
    Complete,
    /// It was stopped; what is done is recorded, and the same call goes on from there.
    Interrupted,
}

/// Examines every file under `roots` that `scan` has not recorded, and records the results.
///
/// Links are followed only where they are given as a root. A file that cannot be read is recorded as incomplete.
/// `stop` ends the scan soon, with everything that is done recorded.
///
/// # Errors
/// [`ScanError`] when the store fails; what was recorded before stays.
pub fn run(
    banks: &Banks,
    scan: &Scan,
    roots: &[PathBuf],
    options: &ScanOptions<'_>,
    stop: &AtomicBool,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Ending, ScanError> {
    let (file_sender, file_receiver) = sync_channel::<Candidate>(AHEAD);
    let (result_sender, result_receiver) = sync_channel::<ScanFile>(AHEAD);
    let files = Mutex::new(file_receiver);
    let failure: Mutex<Option<ScanError>> = Mutex::new(None);
    let halt = AtomicBool::new(false);
    let stopped = || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
    let fail = |error: ScanError| {
        halt.store(true, Ordering::Relaxed);
        failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(error);
    };
    thread::scope(|scope| {
        scope.spawn(|| walk(roots, file_sender, &stopped, progress));
        for _ in 0..options.threads.max(1) {
            let results = result_sender.clone();
            scope.spawn(|| {
                if let Err(error) = work(banks, scan, &files, results, options, &stopped, progress) {
                    fail(error);
                }
            });
        }
        drop(result_sender);
        if let Err(error) = record(banks, scan, &result_receiver) {
            fail(error.into());
            // Take the rest, so that no thread waits for a reader that is gone.
            while result_receiver.recv().is_ok() {}
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    if stop.load(Ordering::Relaxed) {
        return Ok(Ending::Interrupted);
    }
    banks.store().finish_scan(scan.id)?;
    Ok(Ending::Complete)
}

/// In the order of the file system: to sort a folder is to hold it in memory, and results are listed by path anyway.
fn walk(
    roots: &[PathBuf],
    files: SyncSender<Candidate>,
    stopped: &dyn Fn() -> bool,
    progress: &dyn Fn(Progress<'_>),
) {
    let mut found = 0;
    for root in roots {
        for entry in WalkDir::new(root) {
            if stopped() {
                return;
            }
            let candidate = match entry {
                Ok(entry) if entry.file_type().is_file() => Candidate {
                    path: entry.into_path(),
                    broken: None,
                },
                // A socket or a device has no content to look at; a link is looked at where it points from.
                Ok(entry) if entry.depth() > 0 || entry.path().is_dir() => continue,
                // What the caller names is a link to a file, or it is said: opening a pipe would wait for its other end.
                Ok(entry) => Candidate {
                    broken: (!entry.path().is_file())
                        .then(|| "it is a pipe, a socket or a device; name files or folders".to_owned()),
                    path: entry.into_path(),
                },
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    let why = error
                        .io_error()
                        .map_or_else(|| error.to_string(), ToString::to_string);
                    Candidate {
                        path,
                        broken: Some(why),
                    }
                }
            };
            found += 1;
            progress(Progress::Found(found));
            if files.send(candidate).is_err() {
                return;
            }
        }
    }
}

fn work(
    banks: &Banks,
    scan: &Scan,
    files: &Mutex<Receiver<Candidate>>,
    results: SyncSender<ScanFile>,
    options: &ScanOptions<'_>,
    stopped: &dyn Fn() -> bool,
    progress: &dyn Fn(Progress<'_>),
) -> Result<(), ScanError> {
    let mut buffer = Vec::new();
    loop {
        let next = files.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(candidate) = next else { return Ok(()) };
        if stopped() {
            // The channel is emptied so that the walk does not wait for a place in it.
            continue;
        }
        let path = path_bytes(&candidate.path);
        let stamp = stamp(&candidate.path);
        if let Some(stamp) = stamp
            && let Some(known) = banks.store().scanned_file(scan.id, &path, stamp)?
        {
            progress(Progress::Done {
                bytes: known.stamp.size,
                resumed: true,
            });
            continue;
        }
        let result = match candidate.broken {
            Some(why) => FileResult::unreadable(why),
            None => {
                let mut watch = |step| progress(Progress::Within(&candidate.path, step));
                examine_file(&candidate.path, &mut buffer, banks, options, &mut watch)?
            }
        };
        let bytes = result.bytes;
        let stamp = stamp.unwrap_or(FileStamp {
            size: bytes,
            modified_at: 0,
        });
        let row = ScanFile {
            path,
            stamp,
            verdict: result.verdict,
            result: serde_json::to_string(&result)?,
        };
        if results.send(row).is_err() {
            return Ok(());
        }
        progress(Progress::Done {
            bytes,
            resumed: false,
        });
    }
}

/// Examines one file; `buffer` is reused from file to file, and `watch` is shown how far it has come.
///
/// # Errors
/// [`BanksError`]; a file that cannot be read is no error but a result.
pub fn examine_file(
    path: &Path,
    buffer: &mut Vec<u8>,
    banks: &Banks,
    options: &ScanOptions<'_>,
    watch: &mut Watch<'_>,
) -> Result<FileResult, BanksError> {
    let mut request = options.request;
    if banks.has_sparse_films() {
        request.frames = Frames::Distinct;
    }
    match decode_file(path, buffer, options.decoder, &request, watch) {
        Ok((decoded, bytes)) => {
            let examined = match_decoded(decoded, banks, options.tier, options.now)?;
            Ok(FileResult::of(examined, bytes))
        }
        Err(error) => Ok(FileResult::unreadable(error.to_string())),
    }
}

fn record(banks: &Banks, scan: &Scan, results: &Receiver<ScanFile>) -> Result<(), StoreError> {
    let mut batch: Vec<ScanFile> = Vec::new();
    let mut since = Instant::now();
    loop {
        let next = results.recv_timeout(RECORD_AFTER);
        let over = matches!(next, Err(RecvTimeoutError::Disconnected));
        batch.extend(next.ok());
        if !batch.is_empty() && (over || batch.len() >= RECORD_AT || since.elapsed() >= RECORD_AFTER) {
            banks.store().record_scan(scan.id, &batch)?;
            batch.clear();
            since = Instant::now();
        }
        if over {
            return Ok(());
        }
    }
}

fn stamp(path: &Path) -> Option<FileStamp> {
    let metadata = fs::metadata(path).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(FileStamp {
        size: metadata.len(),
        modified_at: i64::try_from(modified.as_nanos()).ok()?,
    })
}

/// The bytes of a path as the store keeps them.
pub fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}
