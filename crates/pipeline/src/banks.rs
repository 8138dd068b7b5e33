//! The banks as matching sees them: the store, and live indexes that are derived from it.
//!
//! Two indexes. *Whole* has one row for each usable PDQ signal of an entry, *windows* one for each window of a banked
//! picture. Both are snapshots on the store's shelf plus what has changed since; a snapshot that is missing or
//! damaged is built again. An index finds rows; whether a row's entry counts (bank enabled, not expired, not
//! revoked, not removed) is asked of the store when it was found, so that such changes count at once.

mod derived;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use fingerprint::film::Tracks;
use fingerprint::grey::GreyPicture;
use fingerprint::sound::{Found, Shifted};
use fingerprint::window;
use index::{BatchHit, BuildError, FoldError, Scratch, Segment, SegmentError};
use jiff::Timestamp;
use model::{
    Bank, BankEntry, BankId, BankKind, EntryId, Match, Method, PartName, PdqHash, Signal, SignalType,
    TextTlsh,
};
use store::{PdqRow, Seq, Store, StoreError};
use text::known::{TextPrint, Tlsh};
use thiserror::Error;

use derived::{Bytes, Derived, What, catch_up, open_bytes, open_derived};
pub(crate) use derived::{FEED_PAGE, FOLD_AFTER};

use crate::gates::gates;
use crate::robust::{EntryPicture, Gates, MATCH_RADIUS, Near, PictureBanks};
use crate::texts::{BankedTexts, Nearby};
use crate::tracks::{Aligned, BankedTracks};

/// Why banks cannot be searched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BanksError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A segment could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A fold did not fit the index that it was begun on.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A segment that was just built does not open.
    #[error("a fresh index segment is not sound: {0}; please report this")]
    Fresh(#[from] SegmentError),
}

#[derive(Debug)]
struct Live {
    whole: Derived,
    windows: Derived,
    tracks: BankedTracks,
    texts: BankedTexts,
    banks: HashMap<BankId, Bank>,
}

/// A row that was found, and the entry that it belongs to, which counts at the time of the look-up.
#[derive(Debug, Clone)]
pub struct Known {
    /// The entry.
    pub entry: BankEntry,
    /// Its bank.
    pub bank: Bank,
}

impl Known {
    /// A match with it. Where it stands in the part, and its quality, are for whoever knows them.
    pub(crate) fn found(&self, part: &PartName, kind: SignalType, method: Method) -> Match {
        Match {
            bank: self.bank.name.clone(),
            entry: self.entry.id,
            kind,
            method,
            distance: method.distance(),
            segment: None,
            spans: Vec::new(),
            covered: None,
            quality: None,
            part: part.clone(),
            trust: self.entry.trust,
            human_confirmed: self.entry.human_confirmed,
            suppressed_by: None,
        }
    }
}

/// The store with its live indexes. Any number of threads may search; changes made through this value are found by
/// the next search.
#[derive(Debug)]
pub struct Banks {
    store: Arc<Store>,
    live: RwLock<Live>,
    notes: Vec<String>,
}

impl Banks {
    /// Opens the indexes of a store: from their snapshots where these are sound, else from the banks.
    ///
    /// # Errors
    /// [`BanksError`] when the store cannot be read. A damaged snapshot is no error but a [note](Self::notes).
    pub fn open(store: Arc<Store>) -> Result<Self, BanksError> {
        let mut notes = Vec::new();
        let whole = open_derived(&store, What::Whole, &mut notes)?;
        let windows = open_derived(&store, What::Windows, &mut notes)?;
        let tracks = BankedTracks::open(&store)?;
        let texts = BankedTexts::open(&store)?;
        let banks = read_banks(&store)?;
        Ok(Self {
            store,
            live: RwLock::new(Live {
                whole,
                windows,
                tracks,
                texts,
                banks,
            }),
            notes,
        })
    }

    /// The store.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// What a person should know about the opening: a snapshot that was damaged and built again.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The newest change that a search sees.
    pub fn seq(&self) -> Seq {
        let live = self.read();
        live.whole.seq.min(live.windows.seq)
    }

    /// Rows of entries' own hashes, and of their windows.
    pub fn rows(&self) -> (usize, usize) {
        let live = self.read();
        (live.whole.index.len(), live.windows.index.len())
    }

    /// Takes up what other writers, or this one through the store, have changed.
    ///
    /// # Errors
    /// [`BanksError`] when the store cannot be read; what was taken up so far stays.
    pub fn refresh(&self) -> Result<(), BanksError> {
        let mut live = self.write();
        catch_up(&self.store, What::Whole, &mut live.whole)?;
        catch_up(&self.store, What::Windows, &mut live.windows)?;
        live.tracks.catch_up(&self.store)?;
        live.texts.catch_up(&self.store)?;
        live.banks = read_banks(&self.store)?;
        Ok(())
    }

    /// Folds what has changed into new snapshots where that is much, or in any case if `always`. Searches go on
    /// while the segments are built.
    ///
    /// # Errors
    /// [`BanksError`]; the indexes stay as they were.
    pub fn fold(&self, always: bool) -> Result<(), BanksError> {
        for what in [What::Whole, What::Windows] {
            let fold = {
                let mut live = self.write();
                let derived = live.derived(what);
                let changed = derived.index.unfolded() + derived.index.removed();
                if changed == 0 || !(always || changed > FOLD_AFTER) {
                    continue;
                }
                (derived.index.begin_fold(), derived.seq)
            };
            let (fold, seq) = fold;
            let bytes = fold.build(seq.0.cast_unsigned())?;
            self.store.save_segment(what.shelf_name(), &bytes)?;
            let segment = Segment::open(open_bytes(&self.store, what)?.unwrap_or(Bytes::Owned(bytes)))?;
            self.write().derived(what).index.finish_fold(&fold, segment)?;
        }
        Ok(())
    }

    /// The entry and its bank if the entry counts at `now`: its bank is enabled, and it is neither revoked, expired,
    /// switched off nor removed.
    ///
    /// # Errors
    /// [`BanksError::Store`].
    pub fn known(&self, entry: EntryId, now: Timestamp) -> Result<Option<Known>, BanksError> {
        let Some(entry) = self.store.entry(entry)? else {
            return Ok(None);
        };
        let bank = self.read().banks.get(&entry.bank).cloned();
        Ok(bank
            .filter(|bank| bank.is_matched() && entry.is_matched_at(now))
            .map(|bank| Known { entry, bank }))
    }

    /// The same of an entry of a bank of known content, which alone makes matches: what is allowed makes none.
    ///
    /// # Errors
    /// As [`Banks::known`].
    pub fn known_content(&self, entry: EntryId, now: Timestamp) -> Result<Option<Known>, BanksError> {
        let known = self.known(entry, now)?;
        Ok(known.filter(|known| known.bank.kind == BankKind::Known))
    }

    /// A bank as matching sees it.
    pub fn bank(&self, id: BankId) -> Option<Bank> {
        self.read().banks.get(&id).cloned()
    }

    /// Entries that have this digest, whether they count or not.
    ///
    /// # Errors
    /// [`BanksError::Store`].
    pub fn with_signal(&self, signal: &Signal) -> Result<Vec<EntryId>, BanksError> {
        Ok(self.store.entries_with_signal(signal)?)
    }

    /// Rows of entries' own hashes within `radius`, nearest first.
    pub fn near_hash(&self, hash: &PdqHash, radius: u32) -> Vec<(EntryId, u32)> {
        thread_local! {
            // After the first few searches of a thread none allocates.
            static SCRATCH: RefCell<Scratch> = RefCell::default();
        }
        let mut hits = Vec::new();
        SCRATCH.with_borrow_mut(|scratch| self.read().whole.index.search(hash, radius, scratch, &mut hits));
        let mut near: Vec<_> = hits
            .iter()
            .map(|hit| (PdqRow::split_key(hit.key).0, hit.distance))
            .collect();
        near.sort_by_key(|(entry, distance)| (*distance, *entry));
        near
    }

    /// Entries whose film a film shows, or a part of it, whether they count or not.
    pub(crate) fn align(&self, film: &Tracks) -> Aligned {
        self.read().tracks.align(film)
    }

    /// How long what tells a banked film from others is, in milliseconds.
    pub(crate) fn film_length(&self, entry: EntryId) -> Option<u32> {
        self.read().tracks.film_length(entry)
    }

    /// Whether uploads are to be decoded with [`decode::Frames::Distinct`], as a banked film has few frames.
    pub fn has_sparse_films(&self) -> bool {
        self.read().tracks.has_sparse()
    }

    /// Entries whose sound a recording is, or has a part of, whether they count or not.
    pub(crate) fn hear(&self, sound: &[Shifted]) -> Found {
        self.read().tracks.hear(sound)
    }

    /// Entries that a text is near, whether they count or not.
    pub(crate) fn near_text(&self, print: &TextPrint) -> Nearby {
        self.read().texts.near(print)
    }

    /// Entries with a text whose TLSH is within `radius`, nearest first, whether they count or not.
    pub fn near_tlsh(&self, hash: &TextTlsh, radius: u32) -> Vec<(EntryId, u32)> {
        self.read().texts.alike(&Tlsh::from(hash), radius)
    }

    /// A view for matching at a point in time.
    pub fn at(&self, now: Timestamp) -> BanksAt<'_> {
        BanksAt { banks: self, now }
    }

    fn read(&self) -> RwLockReadGuard<'_, Live> {
        // A panic while the lock was held leaves rows added or not added, never a broken index.
        self.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Live> {
        self.live.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn derived(&mut self, what: What) -> &mut Derived {
        match what {
            What::Whole => &mut self.whole,
            What::Windows => &mut self.windows,
        }
    }
}

/// The banks at a point in time, as [`robust::look_up`](crate::robust::look_up) needs them.
#[derive(Debug, Clone, Copy)]
pub struct BanksAt<'a> {
    banks: &'a Banks,
    now: Timestamp,
}

impl BanksAt<'_> {
    fn search(&self, what: What, queries: &[PdqHash], radius: u32) -> Vec<Near> {
        let live = self.banks.read();
        let derived = match what {
            What::Whole => &live.whole,
            What::Windows => &live.windows,
        };
        let (mut scratch, mut hits): (Scratch, Vec<BatchHit>) = (Scratch::new(), Vec::new());
        // Within the match radius the buckets are far faster than a scan; beyond it only a scan is exact.
        if radius <= MATCH_RADIUS {
            derived
                .index
                .search_batch(queries, radius, &mut scratch, &mut hits);
        } else {
            derived
                .index
                .search_wide(queries, radius, &mut scratch, &mut hits);
        }
        let near = |hit: BatchHit| Near {
            query: hit.query as usize,
            entry: PdqRow::split_key(hit.key).0,
            distance: hit.distance,
        };
        hits.into_iter().map(near).collect()
    }
}

impl PictureBanks for BanksAt<'_> {
    type Error = BanksError;

    fn near(&self, queries: &[PdqHash], radius: u32) -> Result<Vec<Near>, BanksError> {
        Ok(self.search(What::Whole, queries, radius))
    }

    fn near_windows(&self, queries: &[PdqHash], radius: u32) -> Result<Vec<Near>, BanksError> {
        Ok(self.search(What::Windows, queries, radius))
    }

    fn gates(&self) -> Gates {
        let (entries, windows) = self.banks.rows();
        gates(entries, windows)
    }

    fn counts(&self, entry: EntryId) -> Result<bool, BanksError> {
        Ok(self.banks.known_content(entry, self.now)?.is_some())
    }

    fn picture(&self, entry: EntryId) -> Result<Option<EntryPicture>, BanksError> {
        let Some(known) = self.banks.known(entry, self.now)? else {
            return Ok(None);
        };
        let store = &self.banks.store;
        let thumbnail = store.thumbnail(entry)?.map(|kept| GreyPicture {
            width: kept.width().into(),
            height: kept.height().into(),
            data: kept.grey().to_vec(),
        });
        let windows = store
            .windows(entry)?
            .filter(|windows| windows.set() == window::ENTRY_WINDOWS_VERSION);
        let hashes = known
            .entry
            .signals
            .iter()
            .filter_map(|signal| match signal.signal {
                Signal::Pdq(hash) => Some((hash, signal.quality)),
                _ => None,
            });
        Ok(Some(EntryPicture {
            hashes: hashes.collect(),
            windows: windows
                .map(|windows| windows.hashes().to_vec())
                .unwrap_or_default(),
            thumbnail,
        }))
    }
}

fn read_banks(store: &Store) -> Result<HashMap<BankId, Bank>, StoreError> {
    Ok(store
        .banks()?
        .into_iter()
        .map(|summary| (summary.bank.id, summary.bank))
        .collect())
}
