//! One process at a time for the scan of the same paths: two would take up, and at the end delete, each other's
//! results.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Held while a scan runs. The system gives it back when its process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Claim {
    path: PathBuf,
    _file: File,
}

impl Claim {
    /// Claims the scan of this name in a data folder.
    pub(crate) fn take(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(format!("scan-{name}.lock"));
        let about = || format!("cannot claim the scan by {}", path.display());
        loop {
            let mut options = File::options();
            let file = options
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .with_context(about)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => bail!(
                    "another process is scanning the same paths with the data folder {}; wait until it has \
                     finished, or choose another data folder",
                    folder.display()
                ),
                Err(TryLockError::Error(error)) => return Err(error).with_context(about),
            }
            // Whoever held it may have removed the file after we had opened it: then the lock holds nobody off.
            let ours = file.metadata().with_context(about)?;
            if fs::metadata(&path).is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino())) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // The lock is still held. A file that stays behind is empty and does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_has_one_holder_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let claim = Claim::take(folder.path(), "a").unwrap();
        assert!(Claim::take(folder.path(), "a").is_err());
        let other = Claim::take(folder.path(), "b").unwrap();
        drop((claim, other));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        Claim::take(folder.path(), "a").unwrap();
    }
}
