//! The texts of all entries, live: exact values by digest, TLSH side by side, passages by shingle.

use std::collections::HashMap;

use model::{BankEntry, EntryId, Signal, SignalType};
use store::{ChangeKind, EntryTrack, Seq, Store};
use text::known::{PassageIndex, Passages, TextPrint, Tlsh};

use super::Nearby;
use crate::banks::{BanksError, FEED_PAGE};

/// Texts of one entry that have passages; what an entry has more of is refused by the store.
const ORDINALS: u64 = 1 << 8;

/// The signals of the texts of all entries, and up to which change they go.
#[derive(Debug, Default)]
pub(crate) struct BankedTexts {
    values: HashMap<Signal, Vec<EntryId>>,
    alike: HashMap<EntryId, Vec<Tlsh>>,
    passages: PassageIndex,
    /// What each entry has in `values`, so that it can be taken away.
    of_entry: HashMap<EntryId, Vec<Signal>>,
    seq: Seq,
}

/// The entry of a key of passages.
pub(super) const fn entry_of(key: u64) -> EntryId {
    EntryId((key / ORDINALS).cast_signed())
}

const fn key(entry: EntryId, ordinal: u64) -> u64 {
    entry.0.cast_unsigned() * ORDINALS + ordinal
}

impl BankedTexts {
    /// Reads the texts of all entries.
    pub(crate) fn open(store: &Store) -> Result<Self, BanksError> {
        let mut texts = Self::default();
        // What is added between the two readings comes with the feed once more, and is there already.
        texts.seq = store.for_each_text_signal_after(EntryId(0), |entry, signal| texts.add(entry, signal))?;
        let mut last = None;
        store.for_each_passages_after(EntryId(0), |entry, track| {
            texts.add_passages(entry, &track, &mut last);
        })?;
        Ok(texts)
    }

    /// Takes up what has changed.
    pub(crate) fn catch_up(&mut self, store: &Store) -> Result<(), BanksError> {
        loop {
            let changes = store.changes_since(self.seq, FEED_PAGE)?;
            let Some(last) = changes.last().map(|change| change.seq) else {
                return Ok(());
            };
            let added = || {
                let added = changes.iter().filter(|change| change.kind == ChangeKind::Added);
                added.map(|change| change.entry)
            };
            if let (Some(first), Some(last)) = (added().min(), added().max()) {
                let before = EntryId(first.0 - 1);
                store.for_each_text_signal_after(before, |entry, signal| {
                    // What was added after this page comes with its own page.
                    if entry <= last {
                        self.add(entry, signal);
                    }
                })?;
                let mut ordinal = None;
                store.for_each_passages_after(before, |entry, track| {
                    if entry <= last {
                        self.add_passages(entry, &track, &mut ordinal);
                    }
                })?;
            }
            for change in changes.iter().filter(|change| change.kind == ChangeKind::Removed) {
                self.remove(change.entry);
            }
            self.seq = last;
        }
    }

    /// Adds one entry alone, for a look-up of it. Whether it has anything that is compared with texts.
    pub(crate) fn add_entry(&mut self, store: &Store, entry: &BankEntry) -> Result<bool, BanksError> {
        let signals = entry.signals.iter().map(|held| held.signal);
        let of_texts = signals.filter(|signal| {
            let kind = signal.kind();
            kind.is_in_text() || matches!(kind, SignalType::RawText | SignalType::TextTlsh)
        });
        let mut any = false;
        for signal in of_texts {
            self.add(entry.id, signal);
            any = true;
        }
        let mut last = None;
        for track in store.passages_of(entry.id)? {
            self.add_passages(entry.id, &track, &mut last);
            any = true;
        }
        Ok(any)
    }

    fn add(&mut self, entry: EntryId, signal: Signal) {
        if let Signal::TextTlsh(value) = &signal {
            let tlsh = Tlsh::from(value);
            let of_entry = self.alike.entry(entry).or_default();
            if !of_entry.contains(&tlsh) {
                of_entry.push(tlsh);
            }
            return;
        }
        let of_entry = self.of_entry.entry(entry).or_default();
        if !of_entry.contains(&signal) {
            of_entry.push(signal);
            self.values.entry(signal).or_default().push(entry);
        }
    }

    /// Adds the passages of one text; `last` is the entry and ordinal of the one before.
    fn add_passages(&mut self, entry: EntryId, track: &EntryTrack, last: &mut Option<(EntryId, u64)>) {
        let ordinal = match last {
            Some((before, ordinal)) if *before == entry => *ordinal + 1,
            _ => 0,
        };
        *last = Some((entry, ordinal));
        // Passages that do not parse were written by a newer program, or the disk lies; the entry's digests still match.
        if let Ok(passages) = Passages::from_bytes(&track.bytes)
            && ordinal < ORDINALS
        {
            self.passages.insert(key(entry, ordinal), &passages);
        }
    }

    fn remove(&mut self, entry: EntryId) {
        self.alike.remove(&entry);
        for signal in self.of_entry.remove(&entry).unwrap_or_default() {
            if let Some(entries) = self.values.get_mut(&signal) {
                entries.retain(|other| *other != entry);
                if entries.is_empty() {
                    self.values.remove(&signal);
                }
            }
        }
        let keys: Vec<u64> = self
            .passages
            .keys(key(entry, 0)..=key(entry, ORDINALS - 1))
            .collect();
        for key in keys {
            self.passages.remove(key);
        }
    }

    /// Entries with this signal.
    fn with(&self, signal: &Signal) -> &[EntryId] {
        self.values.get(signal).map(Vec::as_slice).unwrap_or_default()
    }

    /// Entries within a distance of a TLSH, the nearest first.
    pub(crate) fn alike(&self, tlsh: &Tlsh, radius: u32) -> Vec<(EntryId, u32)> {
        let nearest = |(entry, hashes): (&EntryId, &Vec<Tlsh>)| {
            let distances = hashes.iter().map(|hash| hash.distance(tlsh));
            let distance = distances.min().filter(|distance| *distance <= radius)?;
            Some((*entry, distance))
        };
        let mut alike: Vec<(EntryId, u32)> = self.alike.iter().filter_map(nearest).collect();
        alike.sort_by_key(|(entry, distance)| (*distance, *entry));
        alike
    }

    /// All entries that a text is near, whether they count or not.
    pub(crate) fn near(&self, print: &TextPrint) -> Nearby {
        let mut same: Vec<EntryId> = print
            .raw
            .iter()
            .flat_map(|digest| self.with(&Signal::RawText(*digest)))
            .copied()
            .collect();
        same.sort_unstable();
        same.dedup();
        let leads = print.leads.iter().enumerate().flat_map(|(number, lead)| {
            let entries = self.with(&lead.signal).iter();
            entries.map(move |entry| (*entry, number))
        });
        Nearby {
            same,
            leads: leads.collect(),
            alike: print
                .tlsh
                .map(|tlsh| self.alike(&Tlsh::from(&tlsh), Tlsh::MATCH))
                .unwrap_or_default(),
            passages: self.passages.search(&print.probe),
        }
    }
}
