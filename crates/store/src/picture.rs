//! What is kept of a banked picture for matching: a small grey thumbnail and hashes of its windows.

use model::{EntryId, PdqHash, Quality};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::key::{Key, Place};
use crate::row::invalid;
use crate::{Store, StoreError};

/// The most pixels that a thumbnail may have.
pub const MAX_THUMBNAIL: usize = 1 << 20;
/// The most windows that an entry may have.
pub const MAX_WINDOWS: usize = 255;

/// Why something cannot be kept of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PictureError {
    /// Pixels and size do not agree.
    #[error("a thumbnail of {width}×{height} has {bytes} bytes")]
    Size {
        /// Width given.
        width: u16,
        /// Height given.
        height: u16,
        /// Bytes given.
        bytes: usize,
    },
    /// No pixels, or too many.
    #[error("a thumbnail has 1 to {MAX_THUMBNAIL} pixels, not {0}")]
    Pixels(usize),
    /// No windows, or too many.
    #[error("a window set has 1 to {MAX_WINDOWS} windows, not {0}")]
    Windows(usize),
}

/// A small grey picture, one byte a pixel, row by row from the top; encrypted where it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedThumbnail")]
pub struct Thumbnail {
    width: u16,
    height: u16,
    grey: Vec<u8>,
}

/// A thumbnail as another process sends it.
#[derive(Deserialize)]
struct UncheckedThumbnail {
    width: u16,
    height: u16,
    grey: Vec<u8>,
}

impl TryFrom<UncheckedThumbnail> for Thumbnail {
    type Error = PictureError;
    fn try_from(sent: UncheckedThumbnail) -> Result<Self, PictureError> {
        Self::new(sent.width, sent.height, sent.grey)
    }
}

impl std::fmt::Debug for Thumbnail {
    /// Only the size: pixels of sensitive media have no place in a log.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Thumbnail({}×{})", self.width, self.height)
    }
}

impl Thumbnail {
    /// Takes `width × height` grey values.
    ///
    /// # Errors
    /// [`PictureError`] when the number of bytes is not `width × height`, is zero or over [`MAX_THUMBNAIL`].
    pub fn new(width: u16, height: u16, grey: Vec<u8>) -> Result<Self, PictureError> {
        let pixels = usize::from(width) * usize::from(height);
        if grey.len() != pixels {
            return Err(PictureError::Size {
                width,
                height,
                bytes: grey.len(),
            });
        }
        if pixels == 0 || pixels > MAX_THUMBNAIL {
            return Err(PictureError::Pixels(pixels));
        }
        Ok(Self { width, height, grey })
    }

    /// Width in pixels.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u16 {
        self.height
    }

    /// The grey values, row by row from the top.
    pub fn grey(&self) -> &[u8] {
        &self.grey
    }

    /// Width, height (little-endian), pixels. The size is sealed with the pixels, so that neither can be altered.
    fn to_bytes(&self) -> Vec<u8> {
        [
            &self.width.to_le_bytes()[..],
            &self.height.to_le_bytes(),
            &self.grey,
        ]
        .concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (width, rest) = bytes.split_first_chunk()?;
        let (height, grey) = rest.split_first_chunk()?;
        Self::new(
            u16::from_le_bytes(*width),
            u16::from_le_bytes(*height),
            grey.to_vec(),
        )
        .ok()
    }
}

/// PDQ hashes of fixed windows of a banked picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedWindows")]
pub struct Windows {
    set: u16,
    hashes: Vec<(PdqHash, Quality)>,
}

/// Window hashes as another process sends them.
#[derive(Deserialize)]
struct UncheckedWindows {
    set: u16,
    hashes: Vec<(PdqHash, Quality)>,
}

impl TryFrom<UncheckedWindows> for Windows {
    type Error = PictureError;
    fn try_from(sent: UncheckedWindows) -> Result<Self, PictureError> {
        Self::new(sent.set, sent.hashes)
    }
}

impl Windows {
    const STRIDE: usize = PdqHash::LEN + 1;

    /// Takes the hashes in the order of the regions of window set `set`, whose meaning the pipeline knows.
    ///
    /// # Errors
    /// [`PictureError::Windows`] when there are none or more than [`MAX_WINDOWS`].
    pub fn new(set: u16, hashes: Vec<(PdqHash, Quality)>) -> Result<Self, PictureError> {
        if hashes.is_empty() || hashes.len() > MAX_WINDOWS {
            return Err(PictureError::Windows(hashes.len()));
        }
        Ok(Self { set, hashes })
    }

    /// Version of the list of regions.
    pub fn set(&self) -> u16 {
        self.set
    }

    /// Hash and quality of each region, in the set's order.
    pub fn hashes(&self) -> &[(PdqHash, Quality)] {
        &self.hashes
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.hashes.len() * Self::STRIDE);
        for (hash, quality) in &self.hashes {
            bytes.extend_from_slice(hash.bytes());
            bytes.push(quality.get());
        }
        bytes
    }

    /// Reads a stored row.
    pub(crate) fn from_row(entry: i64, set: i64, bytes: &[u8]) -> Result<Self, StoreError> {
        let wrong = |why: &str| invalid("entry_windows", entry, why);
        let set = u16::try_from(set).map_err(|_| wrong("the window set is no 16-bit number"))?;
        if !bytes.len().is_multiple_of(Self::STRIDE) {
            return Err(wrong("the hashes are cut short"));
        }
        let hash = |bytes: &[u8]| {
            let (quality, hash) = bytes.split_last()?;
            Some((PdqHash::from_slice(hash)?, Quality::new(*quality).ok()?))
        };
        let hashes = bytes
            .chunks_exact(Self::STRIDE)
            .map(hash)
            .collect::<Option<Vec<_>>>();
        let hashes = hashes.ok_or_else(|| wrong("a quality is over 100"))?;
        Self::new(set, hashes).map_err(|error| invalid("entry_windows", entry, error))
    }
}

fn place(entry: EntryId) -> Place {
    Place {
        table: "thumbnail",
        column: "sealed",
        row: entry.0,
    }
}

impl Store {
    /// The thumbnail of an entry; `None` when none is kept.
    ///
    /// # Errors
    /// [`StoreError::ThumbnailAltered`] when its ciphertext was altered or moved.
    pub fn thumbnail(&self, entry: EntryId) -> Result<Option<Thumbnail>, StoreError> {
        let sealed: Option<Vec<u8>> = self.read("thumbnail", |connection| {
            let mut statement =
                connection.prepare_cached("-- thumbnail\nSELECT sealed FROM thumbnail WHERE entry = $1")?;
            Ok(statement.query_row([entry.0], |row| row.get(0)).optional()?)
        })?;
        let Some(sealed) = sealed else { return Ok(None) };
        let plain = self.key.open(&place(entry), &sealed);
        match plain.as_deref().and_then(Thumbnail::from_bytes) {
            Some(thumbnail) => Ok(Some(thumbnail)),
            None => Err(StoreError::ThumbnailAltered { entry }),
        }
    }

    /// The window hashes of an entry; `None` when none are kept.
    ///
    /// # Errors
    /// [`StoreError::Row`] or [`StoreError::Database`].
    pub fn windows(&self, entry: EntryId) -> Result<Option<Windows>, StoreError> {
        self.read("windows", |connection| {
            let mut statement = connection.prepare_cached(
                "-- windows\nSELECT window_set, hashes FROM entry_windows WHERE entry = $1",
            )?;
            let mut rows = statement.query([entry.0])?;
            match rows.next()? {
                Some(row) => {
                    let hashes: Vec<u8> = row.get(1)?;
                    Windows::from_row(entry.0, row.get(0)?, &hashes).map(Some)
                }
                None => Ok(None),
            }
        })
    }
}

pub(crate) fn put_thumbnail(
    transaction: &Transaction<'_>,
    key: &Key,
    entry: EntryId,
    thumbnail: &Thumbnail,
) -> Result<(), StoreError> {
    let sealed = key.seal(&place(entry), &thumbnail.to_bytes())?;
    transaction
        .prepare_cached(
            "-- put_thumbnail\nINSERT INTO thumbnail (entry, sealed) VALUES ($1, $2)
             ON CONFLICT (entry) DO UPDATE SET sealed = excluded.sealed",
        )?
        .execute(params![entry.0, sealed])?;
    Ok(())
}

pub(crate) fn put_windows(
    transaction: &Transaction<'_>,
    entry: EntryId,
    windows: &Windows,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "-- put_windows\nINSERT INTO entry_windows (entry, window_set, hashes) VALUES ($1, $2, $3)
             ON CONFLICT (entry) DO UPDATE SET window_set = excluded.window_set, hashes = excluded.hashes",
        )?
        .execute(params![entry.0, i64::from(windows.set), windows.to_bytes()])?;
    Ok(())
}
