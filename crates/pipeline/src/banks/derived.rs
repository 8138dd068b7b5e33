//! One index that is derived from the store: opened from its snapshot or built, and kept up with the changes.

use fingerprint::window;
use index::{Index, Segment};
use model::{EntryId, PdqHash};
use store::{ChangeKind, PdqRow, Seq, Store, StoreError};

use super::BanksError;

/// Rows that may stand beside a snapshot before it is folded.
pub(crate) const FOLD_AFTER: usize = 20_000;
/// Changes read from the feed at a time.
pub(crate) const FEED_PAGE: u32 = 4_096;

/// Bytes of a segment: mapped from the shelf, or in memory.
#[derive(Debug)]
pub(super) enum Bytes {
    Mapped(store::Segment),
    Owned(Vec<u8>),
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Mapped(segment) => segment.as_ref(),
            Self::Owned(bytes) => bytes,
        }
    }
}

/// One derived index, and up to which change it goes.
#[derive(Debug)]
pub(super) struct Derived {
    pub(super) index: Index<Bytes>,
    pub(super) seq: Seq,
}

/// What is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Whole,
    Windows,
}

impl What {
    pub(super) const fn shelf_name(self) -> &'static str {
        match self {
            Self::Whole => "pdq",
            Self::Windows => "pdq-windows",
        }
    }
}

pub(super) fn open_bytes(store: &Store, what: What) -> Result<Option<Bytes>, StoreError> {
    Ok(store.open_segment(what.shelf_name())?.map(Bytes::Mapped))
}

pub(super) fn open_derived(
    store: &Store,
    what: What,
    notes: &mut Vec<String>,
) -> Result<Derived, BanksError> {
    let name = what.shelf_name();
    let snapshot = match open_bytes(store, what)?.map(Segment::open) {
        Some(Ok(segment)) => Some(segment),
        Some(Err(error)) => {
            notes.push(format!(
                "the index snapshot {name:?} is damaged ({error}); it was built again from the banks"
            ));
            store.remove_segment(name)?;
            None
        }
        None => None,
    };
    let last = store.last_seq()?;
    if let Some(segment) = snapshot {
        let seq = Seq(segment.seq().cast_signed());
        // A snapshot from the future belongs to a database that was since put back from a backup.
        if seq <= last && last.0 - seq.0 <= FOLD_AFTER as i64 {
            let mut derived = Derived {
                index: Index::with_segments([segment]),
                seq,
            };
            catch_up(store, what, &mut derived)?;
            return Ok(derived);
        }
    }
    build(store, what)
}

/// Builds an index from the banks; a large one is put on the shelf.
fn build(store: &Store, what: What) -> Result<Derived, BanksError> {
    let mut rows: Vec<(PdqHash, u64)> = Vec::new();
    let seq = stream(store, what, EntryId(0), |hash, key| rows.push((hash, key)))?;
    if rows.len() <= FOLD_AFTER / 2 {
        let mut index = Index::new();
        rows.iter().for_each(|(hash, key)| index.insert(hash, *key));
        return Ok(Derived { index, seq });
    }
    let bytes = Segment::build(rows, seq.0.cast_unsigned(), None)?;
    // The snapshot saves time at the next start; without room for it matching goes on from memory.
    let kept = match store.save_segment(what.shelf_name(), &bytes) {
        Ok(()) => open_bytes(store, what)?,
        Err(StoreError::DiskFull { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let segment = Segment::open(kept.unwrap_or(Bytes::Owned(bytes)))?;
    Ok(Derived {
        index: Index::with_segments([segment]),
        seq,
    })
}

/// Gives every row of entries after `after` to `each`; then the change up to which they go.
fn stream(
    store: &Store,
    what: What,
    after: EntryId,
    mut each: impl FnMut(PdqHash, u64),
) -> Result<Seq, StoreError> {
    match what {
        What::Whole => store.for_each_pdq_after(after, |row| {
            if row.quality.is_none_or(model::Quality::is_usable) {
                each(row.hash, row.key());
            }
        }),
        What::Windows => store.for_each_windows(after, |row| {
            if row.windows.set() != window::ENTRY_WINDOWS_VERSION {
                return;
            }
            for (ordinal, (hash, quality)) in (0u8..).zip(row.windows.hashes()) {
                if quality.is_usable() {
                    each(
                        *hash,
                        PdqRow {
                            entry: row.entry,
                            ordinal,
                            hash: *hash,
                            quality: None,
                        }
                        .key(),
                    );
                }
            }
        }),
    }
}

/// Brings an index up to the newest change.
pub(super) fn catch_up(store: &Store, what: What, derived: &mut Derived) -> Result<(), BanksError> {
    loop {
        let changes = store.changes_since(derived.seq, FEED_PAGE)?;
        let Some(last) = changes.last().map(|change| change.seq) else {
            return Ok(());
        };
        let of = |kind: ChangeKind| {
            changes
                .iter()
                .filter(move |change| change.kind == kind)
                .map(|change| change.entry)
        };
        let first_added = of(ChangeKind::Added).min();
        let last_added = of(ChangeKind::Added).max();
        if let (Some(first), Some(last_added)) = (first_added, last_added) {
            stream(store, what, EntryId(first.0 - 1), |hash, key| {
                // What was added after this page comes with its own page.
                if PdqRow::split_key(key).0 <= last_added {
                    derived.index.insert(&hash, key);
                }
            })?;
        }
        for entry in of(ChangeKind::Removed) {
            remove_rows(&mut derived.index, entry);
        }
        derived.seq = last;
    }
}

fn remove_rows(index: &mut Index<Bytes>, entry: EntryId) {
    for ordinal in 0..=u8::MAX {
        let row = PdqRow {
            entry,
            ordinal,
            hash: PdqHash::new([0; 32]),
            quality: None,
        };
        index.remove(row.key());
    }
}
