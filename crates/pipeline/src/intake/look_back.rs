//! Looking back: entries that are added are compared with what was seen before.
//!
//! What it finds goes to people, and never makes an action by itself. New hashes are few and those that were seen are many,
//! so that the new ones are indexed and the others streamed past them. It follows the change feed, and notes up to where it
//! has come in the same transaction as what it found: stopped at any moment, it goes on from there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use index::{Index, Scratch};
use jiff::Timestamp;
use model::{EntryId, Md5, Sha1, Sha256, Signal};
use store::{ChangeKind, Hit, Seen, Seq, Store, StoreError};

use super::reversal;
use crate::banks::{Banks, BanksError, FEED_PAGE};
use crate::bell::Bell;
use crate::gates::reach;
use crate::texts::{self, BankedTexts, read_seen};

/// How often it is looked whether entries were added.
const PACE: Duration = Duration::from_millis(500);
/// Items of a follow-up that are put before people in one transaction.
const FOLLOWED: u32 = 100;

/// How far a look-back has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether it is at work.
    pub running: bool,
    /// Entries that are looked for.
    pub entries: u64,
    /// Blobs that were looked at.
    pub looked_at: u64,
    /// Blobs that were seen in all.
    pub of: u64,
    /// Items that were found in all look-backs since the start of the program.
    pub found: u64,
}

/// A thread that looks back whenever entries were added.
#[derive(Debug)]
pub struct LookBack {
    bell: Arc<Bell>,
    progress: Arc<Mutex<Progress>>,
    thread: Option<JoinHandle<()>>,
}

impl LookBack {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system says when it gives no thread.
    pub fn start(banks: Arc<Banks>) -> std::io::Result<Self> {
        let progress = Arc::new(Mutex::new(Progress::default()));
        let bell = Arc::new(Bell::default());
        let thread = {
            let (bell, progress) = (Arc::clone(&bell), Arc::clone(&progress));
            std::thread::Builder::new()
                .name("look-back".to_owned())
                .spawn(move || follow(&banks, &bell, &progress))?
        };
        Ok(Self {
            bell,
            progress,
            thread: Some(thread),
        })
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        *lock(&self.progress)
    }
}

impl Drop for LookBack {
    fn drop(&mut self) {
        self.bell.stop();
        if let Some(thread) = self.thread.take() {
            // What ended it otherwise was seen on standard error.
            let _ = thread.join();
        }
    }
}

fn lock(progress: &Mutex<Progress>) -> std::sync::MutexGuard<'_, Progress> {
    // Numbers are always whole.
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

fn follow(banks: &Banks, bell: &Bell, progress: &Mutex<Progress>) {
    while !bell.is_stopped() {
        let looked = look(banks, progress, || bell.is_stopped());
        lock(progress).running = false;
        if let Err(error) = looked {
            tracing::error!(%error, "a look-back failed, and is tried again");
        }
        if let Err(error) = reversal::go_on(banks, || bell.is_stopped()) {
            tracing::error!(%error, "what rested on a revoked entry could not be taken back, and is tried again");
        }
        // The next page at once, for a list of thousands; whoever cancels it comes in between.
        loop {
            match banks.store().go_on_follow_ups(FOLLOWED, Timestamp::now()) {
                Ok(0) => break,
                Ok(_) if bell.is_stopped() => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "a follow-up could not be put before people, and is tried again");
                    break;
                }
            }
        }
        bell.pause(PACE);
    }
}

/// Looks for all entries that were added since the last time.
fn look(banks: &Banks, progress: &Mutex<Progress>, stopped: impl Fn() -> bool) -> Result<(), BanksError> {
    let store = banks.store();
    let Some(mut after) = store.looked_back()? else {
        // Nothing was seen before the first start, so that there is nothing to look back at.
        store.note_look_back(Vec::new(), Some(store.last_seq()?), Timestamp::now())?;
        return Ok(());
    };
    // An entry is looked for when the banks match with it: what is seen from then on is compared with it anyway.
    while after < banks.seq() && !stopped() {
        let changes = store.changes_since(after, FEED_PAGE)?;
        let Some(last) = changes.last().map(|change| change.seq.min(banks.seq())) else {
            return Ok(());
        };
        let added = changes
            .iter()
            .filter(|change| change.kind == ChangeKind::Added && change.seq <= last);
        let wanted = Wanted::of(banks, added.map(|change| change.entry))?;
        let hits = if wanted.is_empty() {
            Vec::new()
        } else {
            wanted.look(store, progress)?
        };
        let found = store.note_look_back(hits, Some(last), Timestamp::now())?;
        lock(progress).found += found;
        after = last;
    }
    Ok(())
}

/// What is looked for.
#[derive(Debug)]
pub(super) struct Wanted {
    entries: u64,
    pictures: Index<Vec<u8>>,
    sha256: HashMap<Sha256, Vec<EntryId>>,
    sha1: HashMap<Sha1, Vec<EntryId>>,
    md5: HashMap<Md5, Vec<EntryId>>,
    /// Absent if no entry has any.
    texts: Option<BankedTexts>,
}

impl Wanted {
    /// The signals of those of the entries that count now.
    pub(super) fn of(banks: &Banks, entries: impl Iterator<Item = EntryId>) -> Result<Self, BanksError> {
        let mut wanted = Self {
            entries: 0,
            pictures: Index::new(),
            sha256: HashMap::new(),
            sha1: HashMap::new(),
            md5: HashMap::new(),
            texts: None,
        };
        let (mut texts, mut any_texts) = (BankedTexts::default(), false);
        let now = Timestamp::now();
        for entry in entries {
            let Some(known) = banks.known_content(entry, now)? else {
                continue;
            };
            let of_texts = texts.add_entry(banks.store(), &known.entry)?;
            let mut is_seen = of_texts;
            for held in &known.entry.signals {
                match held.signal {
                    Signal::Pdq(hash) if held.quality.is_none_or(model::Quality::is_usable) => {
                        wanted.pictures.insert(&hash, entry.0.cast_unsigned());
                    }
                    Signal::Sha256(digest) => wanted.sha256.entry(digest).or_default().push(entry),
                    Signal::Sha1(digest) => wanted.sha1.entry(digest).or_default().push(entry),
                    Signal::Md5(digest) => wanted.md5.entry(digest).or_default().push(entry),
                    _ => continue,
                }
                is_seen = true;
            }
            wanted.entries += u64::from(is_seen);
            any_texts |= of_texts;
        }
        wanted.texts = any_texts.then_some(texts);
        Ok(wanted)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Streams past what was seen.
    fn look(&self, store: &Store, progress: &Mutex<Progress>) -> Result<Vec<Hit>, StoreError> {
        {
            let mut progress = lock(progress);
            progress.running = true;
            progress.entries = self.entries;
            progress.looked_at = 0;
            progress.of = store.count_seen()?;
        }
        let (mut hits, mut scratch) = (Vec::new(), Scratch::new());
        let mut looked_at = 0;
        store.for_each_seen(self.texts.is_some(), |seen| {
            self.near(&seen, &mut scratch, &mut hits);
            looked_at += 1;
            if looked_at % 1_024 == 0 {
                lock(progress).looked_at = looked_at;
            }
        })?;
        lock(progress).looked_at = looked_at;
        Ok(hits)
    }

    /// The entries that one blob is near, each once.
    pub(super) fn near(&self, seen: &Seen, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        let mut nearest: HashMap<EntryId, u32> = HashMap::new();
        let mut note = |entry: EntryId, distance: u32| {
            let known = nearest.entry(entry).or_insert(distance);
            *known = distance.min(*known);
        };
        let equal = [
            self.sha256.get(&seen.sha256),
            self.sha1.get(&seen.sha1),
            self.md5.get(&seen.md5),
        ];
        for entry in equal.into_iter().flatten().flatten() {
            note(*entry, 0);
        }
        let mut found = Vec::new();
        for (hash, quality) in &seen.pictures {
            if !quality.is_usable() {
                continue;
            }
            found.clear();
            // A hash that tells little must come nearer, as in matching.
            self.pictures.search(hash, reach(hash), scratch, &mut found);
            for hit in &found {
                note(EntryId(hit.key.cast_signed()), hit.distance);
            }
        }
        if let Some(wanted) = &self.texts {
            for print in read_seen(&seen.texts) {
                for (entry, distance) in texts::near(&print, wanted) {
                    note(entry, distance);
                }
            }
        }
        hits.extend(nearest.into_iter().map(|(entry, distance)| Hit {
            entry,
            sha256: seen.sha256,
            distance,
        }));
    }
}

/// The entries that were added since `before` and that this blob is near: those that its matching may have missed.
pub(super) fn missed(banks: &Banks, seen: &Seen, before: Seq) -> Result<Vec<Hit>, BanksError> {
    let mut hits = Vec::new();
    let mut after = before;
    while after < banks.seq() {
        let changes = banks.store().changes_since(after, FEED_PAGE)?;
        let Some(last) = changes.last() else { break };
        let added = changes.iter().filter(|change| change.kind == ChangeKind::Added);
        let wanted = Wanted::of(banks, added.map(|change| change.entry))?;
        wanted.near(seen, &mut Scratch::new(), &mut hits);
        after = last.seq;
    }
    Ok(hits)
}
