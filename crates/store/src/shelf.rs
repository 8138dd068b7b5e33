//! The shelf of index segments: sealed files that can always be built again.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::mapped::{self, Segment};
use crate::{Store, StoreError, folder};

const TEMPORARY: &str = ".new-";

/// The folder of segments.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if starts_well && name.len() <= 64 && name.chars().all(allowed) {
            Ok(self.folder.join(name))
        } else {
            Err(StoreError::SegmentName(name.to_owned()))
        }
    }
}

/// Makes the folder, and clears what a crash left half-written; the caller holds the data folder for itself.
pub(crate) fn prepare(shelf: &Path) -> Result<(), StoreError> {
    folder::create(shelf)?;
    for name in names(shelf)? {
        if name.starts_with(TEMPORARY) {
            let path = shelf.join(name);
            fs::remove_file(&path).map_err(|source| StoreError::io("remove", &path, source))?;
        }
    }
    Ok(())
}

fn names(shelf: &Path) -> Result<Vec<String>, StoreError> {
    let wrong = |source| StoreError::io("list", shelf, source);
    let mut names = Vec::new();
    for file in fs::read_dir(shelf).map_err(wrong)? {
        // A name that is no text was not written by this program, and is left alone.
        if let Ok(name) = file.map_err(wrong)?.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

impl Store {
    /// Puts a segment on the shelf, durably and at once: whoever opens the name gets the old bytes or the new ones,
    /// never a mixture. Readers may do this too, for a segment is derived from the banks.
    ///
    /// # Errors
    /// [`StoreError::SegmentName`], [`StoreError::DiskFull`], [`StoreError::Io`]; the old segment stays then.
    pub fn save_segment(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.shelf.path(name)?;
        let shelf = &self.shelf.folder;
        let temporary = shelf.join(format!("{TEMPORARY}{}", folder::random_suffix()?));
        folder::write_new(&temporary, bytes)?;
        fs::rename(&temporary, &path).map_err(|source| {
            // The failed rename is the one to report; a leftover is cleared at the next opening.
            let _ = fs::remove_file(&temporary);
            StoreError::io("replace", &path, source)
        })?;
        folder::sync(shelf)
    }

    /// Maps a segment into memory; `None` when there is none of this name. Whether its bytes are sound is for the
    /// index to check; a damaged one is removed and built again.
    ///
    /// # Errors
    /// [`StoreError::SegmentName`], [`StoreError::Io`].
    pub fn open_segment(&self, name: &str) -> Result<Option<Segment>, StoreError> {
        let path = self.shelf.path(name)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("open", &path, error)),
        };
        mapped::map(&file)
            .map(Some)
            .map_err(|source| StoreError::io("map", &path, source))
    }

    /// Takes a segment off the shelf; gives whether there was one. Whoever has it open keeps its bytes.
    ///
    /// # Errors
    /// [`StoreError::SegmentName`], [`StoreError::Io`].
    pub fn remove_segment(&self, name: &str) -> Result<bool, StoreError> {
        let path = self.shelf.path(name)?;
        match fs::remove_file(&path) {
            Ok(()) => folder::sync(&self.shelf.folder).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::io("remove", &path, error)),
        }
    }

    /// The names of the segments on the shelf, sorted.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn segments(&self) -> Result<Vec<String>, StoreError> {
        let names = names(&self.shelf.folder)?;
        Ok(names
            .into_iter()
            .filter(|name| self.shelf.path(name).is_ok())
            .collect())
    }
}
