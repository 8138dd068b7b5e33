//! Adding entries.

use std::collections::HashSet;

use crate::db::{Transaction, params};
use jiff::Timestamp;
use model::{BankId, EntryId, EntrySignal, Label, Provenance, Sha256, Tlp, Trust};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::change::{self, ChangeKind, take_numbers};
use crate::picture::{self, Thumbnail, Windows};
use crate::text::{self, EntryText};
use crate::track::{self, EntryTrack, MAX_TRACKS};
use crate::{Edits, Store, StoreError, signal_row};

/// The most signals that an entry may have; the ordinal of a signal fits one byte.
pub const MAX_SIGNALS: usize = 255;
/// Bytes of a text of an entry: a remark, a name, a text that is kept.
pub const MAX_TEXT: usize = 1 << 16;

/// Why an entry cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryError {
    /// It has neither signals nor tracks, so that nothing could match it.
    #[error("an entry needs at least one signal")]
    NoSignals,
    /// It has too many signals.
    #[error("an entry has at most {MAX_SIGNALS} signals, not {0}; split it into several entries")]
    TooManySignals(usize),
    /// It has too many tracks.
    #[error("an entry has at most {MAX_TRACKS} tracks, not {0}; split it into several entries")]
    TooManyTracks(usize),
    /// A text has a NUL character or is too long.
    #[error("the {field} has a NUL character or more than {MAX_TEXT} bytes")]
    Text {
        /// Which text.
        field: &'static str,
    },
    /// A thumbnail or window hashes were to be kept for an entry that is hash-only.
    #[error("the entry is hash-only: nothing may be kept of its picture")]
    HashOnly,
    /// A text was to be kept that belongs to none of the signals.
    #[error("a text is kept for signal {0}, which the entry does not have")]
    NoSuchSignal(u8),
}

/// What may be kept of the media beside the signals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// Nothing, now or later.
    HashOnly,
    /// A thumbnail and window hashes, where there are any.
    Picture {
        /// The thumbnail.
        thumbnail: Option<Thumbnail>,
        /// The window hashes.
        windows: Option<Windows>,
    },
    /// Texts, for people to see.
    Texts(Vec<EntryText>),
}

/// An entry that is to be added; its fields as in `model::BankEntry`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEntry {
    /// 1 to [`MAX_SIGNALS`] signals; their place here is their ordinal.
    pub signals: Vec<EntrySignal>,
    /// Labels, in any order.
    pub labels: Vec<Label>,
    /// A remark for people.
    pub note: Option<String>,
    /// Where it came from.
    pub provenance: Provenance,
    /// How far it is trusted.
    pub trust: Trust,
    /// Whether a person has confirmed the content.
    pub human_confirmed: bool,
    /// Who may be told.
    pub tlp: Tlp,
    /// When it stops to be matched.
    pub expires: Option<Timestamp>,
    /// Until when it is switched off; [`Timestamp::MAX`] is for ever.
    pub disabled_until: Option<Timestamp>,
    /// What its source says of it, as a JSON object.
    pub metadata: Option<String>,
    /// SHA-256 of the media that made it.
    pub media: Option<Sha256>,
    /// What is kept of the picture.
    pub keep: Keep,
    /// What its films and recordings leave behind, at most [`MAX_TRACKS`].
    pub tracks: Vec<EntryTrack>,
}

impl NewEntry {
    /// Whether the entry can be stored.
    ///
    /// # Errors
    /// [`EntryError`] says why not.
    pub fn check(&self) -> Result<(), EntryError> {
        match self.signals.len() {
            0 if self.tracks.is_empty() => return Err(EntryError::NoSignals),
            0..=MAX_SIGNALS => {}
            more => return Err(EntryError::TooManySignals(more)),
        }
        if self.tracks.len() > MAX_TRACKS {
            return Err(EntryError::TooManyTracks(self.tracks.len()));
        }
        if let Keep::Texts(texts) = &self.keep {
            for text in texts {
                if usize::from(text.ordinal) >= self.signals.len() {
                    return Err(EntryError::NoSuchSignal(text.ordinal));
                }
                check_text("text", Some(&text.text))?;
            }
        }
        check_text("note", self.note.as_deref())?;
        check_text("name of who added it", Some(&self.provenance.added_by))?;
        check_text("source", Some(&self.provenance.source))?;
        check_text("external id", self.provenance.external_id.as_deref())?;
        check_text("metadata", self.metadata.as_deref())
    }
}

/// Refuses what PostgreSQL cannot store (NUL) and what no person wrote by hand.
pub(crate) fn check_text(field: &'static str, text: Option<&str>) -> Result<(), EntryError> {
    match text {
        Some(text) if text.len() > MAX_TEXT || text.contains('\0') => Err(EntryError::Text { field }),
        _ => Ok(()),
    }
}

/// The stored form of labels: sorted, without duplicates, separated by commas.
pub(crate) fn labels_text(labels: &[Label]) -> String {
    let mut words: Vec<&str> = labels.iter().map(Label::as_str).collect();
    words.sort_unstable();
    words.dedup();
    words.join(",")
}

impl Edits<'_, '_> {
    /// Adds one entry; matching learns of it by the change feed.
    ///
    /// # Errors
    /// [`StoreError::NoBank`], [`StoreError::Entry`], [`StoreError::DiskFull`]; nothing is stored then.
    pub fn add_entry(&self, bank: BankId, entry: &NewEntry) -> Result<EntryId, StoreError> {
        let ids = self.add(bank, std::slice::from_ref(entry), None)?;
        // One entry, one id.
        ids.first().copied().ok_or(EntryError::NoSignals.into())
    }

    /// Adds all of these entries; gives their ids in order. An import calls it with some
    /// ten thousand at a time.
    ///
    /// # Errors
    /// As [`Self::add_entry`]; an import checks each row with [`NewEntry::check`] beforehand.
    pub fn add_entries(&self, bank: BankId, entries: &[NewEntry]) -> Result<Vec<EntryId>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        self.add(bank, entries, None)
    }

    /// Adds all of these entries under ids that they had elsewhere and that clients know.
    ///
    /// # Errors
    /// [`StoreError::IdTaken`] when one is that of an entry here; else as [`Self::add_entry`].
    pub fn add_entries_as(
        &self,
        bank: BankId,
        entries: &[(EntryId, NewEntry)],
    ) -> Result<Vec<EntryId>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let (ids, entries): (Vec<EntryId>, Vec<NewEntry>) = entries.iter().cloned().unzip();
        self.add(bank, &entries, Some(ids))
    }

    fn add(
        &self,
        bank: BankId,
        entries: &[NewEntry],
        ids: Option<Vec<EntryId>>,
    ) -> Result<Vec<EntryId>, StoreError> {
        for entry in entries {
            entry.check()?;
        }
        let transaction = self.transaction;
        count_into_bank(transaction, bank, entries.len() as i64)?;
        let ids = match ids {
            Some(ids) => {
                take_ids(transaction, &ids)?;
                ids
            }
            None => {
                let first = take_numbers(transaction, "entry", entries.len())?;
                (first..).take(entries.len()).map(EntryId).collect()
            }
        };
        for (&id, entry) in ids.iter().zip(entries) {
            insert_entry(transaction, bank, id, entry)?;
            signal_row::insert(transaction, id, &entry.signals)?;
            track::put(transaction, id, &entry.tracks)?;
            self.keep(id, &entry.keep)?;
        }
        change::append(transaction, ChangeKind::Added, &ids)?;
        Ok(ids)
    }

    /// Keeps what may be kept of the media.
    fn keep(&self, id: EntryId, keep: &Keep) -> Result<(), StoreError> {
        let transaction = self.transaction;
        match keep {
            Keep::HashOnly => {}
            Keep::Picture { thumbnail, windows } => {
                if let Some(thumbnail) = thumbnail {
                    picture::put_thumbnail(transaction, self.key, id, thumbnail)?;
                }
                if let Some(windows) = windows {
                    picture::put_windows(transaction, id, windows)?;
                }
            }
            Keep::Texts(texts) => text::put(transaction, self.key, id, texts)?,
        }
        Ok(())
    }
}

impl Store {
    /// The ids of all entries that were removed; none is ever used again.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn removed_entries(&self) -> Result<HashSet<EntryId>, StoreError> {
        self.read("removed_entries", |connection| {
            let sql = "-- removed_entries\nSELECT DISTINCT entry FROM change WHERE kind = 'removed'";
            let mut statement = connection.prepare_cached(sql)?;
            let ids = statement.query_all(params![], |row| row.get(0).map(EntryId))?;
            Ok(ids.into_iter().collect())
        })
    }
}

/// Makes sure that ids are free, and that none of them is given to another entry later.
fn take_ids(transaction: &Transaction<'_>, ids: &[EntryId]) -> Result<(), StoreError> {
    let mut there =
        transaction.prepare_cached("-- has_entry\nSELECT EXISTS (SELECT 1 FROM entry WHERE id = $1)")?;
    for id in ids {
        let taken: bool = there.query_row(params![id.0], |row| row.get(0))?;
        if taken || id.0 < 1 {
            return Err(StoreError::IdTaken(*id));
        }
    }
    let last = ids.iter().map(|id| id.0).max().unwrap_or_default();
    transaction
        .prepare_cached("-- pass_ids\nUPDATE counter SET last = $1 WHERE name = 'entry' AND last < $1")?
        .execute(params![last])?;
    Ok(())
}

/// Adds to the number of entries that the bank's row keeps, so that a list of banks need not count.
pub(crate) fn count_into_bank(
    transaction: &Transaction<'_>,
    bank: BankId,
    by: i64,
) -> Result<(), StoreError> {
    let changed = transaction
        .prepare_cached("-- count_into_bank\nUPDATE bank SET entries = entries + $1 WHERE id = $2")?
        .execute(params![by, bank.0])?;
    if changed == 0 {
        return Err(StoreError::NoBank(bank.0.to_string()));
    }
    Ok(())
}

fn insert_entry(
    transaction: &Transaction<'_>,
    bank: BankId,
    id: EntryId,
    entry: &NewEntry,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "-- insert_entry\nINSERT INTO entry (id, bank, trust, human_confirmed, tlp, expires, labels, note,
                added_by, source, external_id, added_at, media, hash_only, disabled_until, metadata)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )?
        .execute(params![
            id.0,
            bank.0,
            entry.trust.name(),
            i64::from(entry.human_confirmed),
            entry.tlp.name(),
            entry.expires.map(Timestamp::as_microsecond),
            labels_text(&entry.labels),
            entry.note,
            entry.provenance.added_by,
            entry.provenance.source,
            entry.provenance.external_id,
            entry.provenance.added_at.as_microsecond(),
            entry.media.as_ref().map(|digest| &digest.bytes()[..]),
            i64::from(entry.keep == Keep::HashOnly),
            entry.disabled_until.map(Timestamp::as_microsecond),
            entry.metadata,
        ])?;
    Ok(())
}
