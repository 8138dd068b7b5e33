//! Work on items: leased with fencing, finished once, put aside after three attempts, forgotten when it is time.

use crate::db::params;
use jiff::Timestamp;
use model::{CaseReason, EntryId, ItemId, ItemState, MOST_ATTEMPTS, Queue, Severity, Sha256, Verdict};

use crate::case::{self, Alike, Review};
use crate::item::{Item, item, one};
use crate::routing::About;
use crate::seen::{self, Seen};
use crate::tally::{self, Tally};
use crate::words;
use crate::{Incident, NewDecision, Store, StoreError, blob, decision, incident, outbox, report};

/// Whether people have still to decide of an item, or found that it violates: it is kept.
macro_rules! kept_for_people {
    () => {
        "EXISTS (SELECT 1 FROM case_member WHERE case_member.item = item.id
            AND ((decision IS NULL AND ruled IS NULL)
                OR EXISTS (SELECT 1 FROM decision WHERE decision.seq = case_member.ruled
                    AND decision.ruling = 'violating')
                OR EXISTS (SELECT 1 FROM case_decision WHERE case_decision.id = case_member.decision
                    AND case_decision.outcome = 'violating')))"
    };
}

/// Blobs that are taken away in one transaction.
const SWEEP: u32 = 500;

/// How much waits, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Items that wait for a worker.
    pub queued: u64,
    /// Items that a worker has.
    pub working: u64,
    /// Items that were put aside.
    pub aside: u64,
    /// When the oldest that waits arrived.
    pub oldest: Option<Timestamp>,
}

/// What an item was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// What was found, as the pipeline writes it down.
    pub result: String,
    /// The entries that it is near, and how near.
    pub matches: Vec<(EntryId, u32)>,
    /// What it is known by if it comes again, or an entry like it.
    pub seen: Option<Seen>,
    /// What policies say of it.
    pub decision: Option<NewDecision>,
    /// How it is put before people; not at all when `None`.
    pub review: Option<Review>,
    /// The words by which its texts are searched; see [`Store::search_key`].
    pub words: Vec<i64>,
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs whose bytes were deleted.
    pub blobs: u64,
    /// Items that were deleted.
    pub items: u64,
}

impl Store {
    /// Gives the most urgent items that wait, the oldest first, to a worker; at most `limit`. Each counts as an attempt
    /// from here on, durably: an item that takes the program down with it is not tried for ever.
    ///
    /// # Errors
    /// [`StoreError::Row`], [`StoreError::DiskFull`].
    pub fn lease(&self, limit: u32) -> Result<Vec<Item>, StoreError> {
        self.share("lease", move |transaction| {
            let mut statement = transaction.prepare_cached(
                "-- lease\nUPDATE item SET state = 'working', fence = fence + 1 WHERE id IN (
                    SELECT id FROM item WHERE state = 'queued' ORDER BY priority DESC, id LIMIT $1)
                 RETURNING id, receipt, source, external_id, sha256, size, context, priority, received_at, state,
                    fence, verdict, result, finished_at",
            )?;
            let mut rows = statement.query(params![limit])?;
            let mut items = Vec::new();
            while let Some(row) = rows.next()? {
                items.push(item(row)?);
            }
            items.sort_by_key(|item| (std::cmp::Reverse(item.priority), item.id));
            Ok(items)
        })
    }

    /// Notes the outcome of an item, and puts what webhooks are told of it into the outbox. `false` when the worker has lost it: somebody else was given it since.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`]; the item is still the worker's then.
    pub fn finish(
        &self,
        id: ItemId,
        fence: i64,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.end(id, fence, ItemState::Done, outcome, now)
    }

    /// Gives an item back after a failed attempt: into the queue, or, after [`MOST_ATTEMPTS`], aside, incomplete, with
    /// `result` and what policies say of that. Gives what became of it, `None` when the worker has lost it.
    ///
    /// # Errors
    /// As [`Store::finish`].
    pub fn give_back(
        &self,
        id: ItemId,
        fence: i64,
        result: String,
        decision: Option<NewDecision>,
        now: Timestamp,
    ) -> Result<Option<ItemState>, StoreError> {
        if fence >= MOST_ATTEMPTS {
            let outcome = Outcome {
                verdict: Verdict::Incomplete,
                result,
                matches: Vec::new(),
                seen: None,
                decision,
                review: Some(Review {
                    queue: Queue::Incomplete,
                    entry: None,
                    severity: Severity::Low,
                    reasons: vec![CaseReason::NotLookedAt],
                    alike: Alike::default(),
                }),
                words: Vec::new(),
            };
            let ended = self.end(id, fence, ItemState::Aside, outcome, now)?;
            return Ok(ended.then_some(ItemState::Aside));
        }
        self.share("give_back", move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "-- give_back\nUPDATE item SET state = 'queued'
                     WHERE id = $1 AND fence = $2 AND state = 'working'",
                )?
                .execute(params![id.0, fence])?;
            Ok((changed == 1).then_some(ItemState::Queued))
        })
    }

    fn end(
        &self,
        id: ItemId,
        fence: i64,
        state: ItemState,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.share("end_item", move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "-- end_item\nUPDATE item SET state = $1, verdict = $2, result = $3, finished_at = $4
                     WHERE id = $5 AND fence = $6 AND state = 'working'",
                )?
                .execute(params![
                    state.name(),
                    outcome.verdict.name(),
                    outcome.result,
                    now.as_microsecond(),
                    id.0,
                    fence
                ])?;
            if changed == 1 {
                seen::note(transaction, id, &outcome, now)?;
                tally::add(transaction, Tally::Finished, outcome.verdict.name(), now)?;
                for code in tally::gap_codes(&outcome.result) {
                    tally::add(transaction, Tally::Gap, &code, now)?;
                }
                words::put(transaction, id, &outcome.words)?;
                if let Some(item) = one(transaction, crate::item::BY_ID, params![id.0])? {
                    outbox::tell(transaction, &item, outcome.verdict, &outcome.result, now)?;
                    let entry = outcome.review.as_ref().and_then(|review| review.entry);
                    let incident = match entry {
                        Some(entry) => incident::of_entry(transaction, entry, now)?,
                        None => None,
                    };
                    let longer = incident_holds(&outcome, incident.as_ref(), now);
                    if let Some(decision) = longer.as_ref().or(outcome.decision.as_ref()) {
                        let number = decision::append(transaction, id, decision, now)?;
                        decision::act::tell(transaction, &item, number, &decision.actions, now)?;
                    }
                    if let Some(review) = &outcome.review {
                        let about = About {
                            actions: outcome.decision.as_ref().map_or(&[], |it| &it.actions),
                            incident: incident.map(|incident| incident.id),
                            ..About::default()
                        };
                        case::open_or_join(transaction, &item, review, about, now)?;
                    }
                    report::take_up(transaction, &item, now)?;
                }
            }
            Ok(changed == 1)
        })
    }

    /// What workers of a process that is gone have left: one writer has the folder, so that nobody works on it. They go
    /// back into the queue; those that were tried too often are given, to be [given back](Store::give_back) for good.
    ///
    /// # Errors
    /// [`StoreError::Row`], [`StoreError::DiskFull`].
    pub fn take_up(&self) -> Result<Vec<Item>, StoreError> {
        self.share("take_up", |transaction| {
            transaction
                .prepare_cached(
                    "-- take_up\nUPDATE item SET state = 'queued' WHERE state = 'working' AND fence < $1",
                )?
                .execute(params![MOST_ATTEMPTS])?;
            let mut statement = transaction
                .prepare_cached("-- given_up\nSELECT id FROM item WHERE state = 'working' ORDER BY id")?;
            let ids = statement.query_all(params![], |row| row.get::<i64>(0))?;
            let mut items = Vec::new();
            for id in ids {
                items.extend(one(transaction, crate::item::BY_ID, params![id])?);
            }
            Ok(items)
        })
    }

    /// How much waits.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn backlog(&self) -> Result<Backlog, StoreError> {
        self.read("backlog", |connection| {
            let count = |state: ItemState| -> Result<u64, StoreError> {
                // One statement a state lets each use its own small index.
                let sql = match state {
                    ItemState::Queued => "-- count_queued\nSELECT COUNT(*) FROM item WHERE state = 'queued'",
                    ItemState::Working => {
                        "-- count_working\nSELECT COUNT(*) FROM item WHERE state = 'working'"
                    }
                    _ => "-- count_aside\nSELECT COUNT(*) FROM item WHERE state = 'aside'",
                };
                let count: i64 = connection
                    .prepare_cached(sql)?
                    .query_row(params![], |row| row.get(0))?;
                Ok(count.unsigned_abs())
            };
            // Of a sum, so that no engine goes through all items in the order of their times until it meets one that waits.
            let sql = "-- oldest_queued\nSELECT MIN(received_at + 0) FROM item WHERE state = 'queued'";
            let oldest: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row(params![], |row| row.get(0))?;
            Ok(Backlog {
                queued: count(ItemState::Queued)?,
                working: count(ItemState::Working)?,
                aside: count(ItemState::Aside)?,
                oldest: oldest.and_then(|micros| Timestamp::from_microsecond(micros).ok()),
            })
        })
    }

    /// Forgets what need not be kept: the bytes of items that were finished before `bytes_before` without a match, and
    /// the rows of those that were finished before `items_before`. What matched, was put aside, waits for people or was
    /// held to be violating, stays: its author may appeal, and it may have to be restored.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::Database`]; what was forgotten by then stays forgotten.
    pub fn sweep(&self, bytes_before: Timestamp, items_before: Timestamp) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        loop {
            let gone = self.sweep_blobs(bytes_before)?;
            swept.blobs += gone;
            if gone < u64::from(SWEEP) {
                break;
            }
        }
        swept.items = self.change("sweep_items", |transaction| {
            let before = items_before.as_microsecond();
            let old = concat!(
                "SELECT id FROM item WHERE state = 'done' AND verdict <> 'match' AND finished_at < $1
                AND NOT EXISTS (SELECT 1 FROM item_match WHERE item_match.item = item.id AND found = 'look_back')
                AND NOT ",
                kept_for_people!()
            );
            decision::erase_of_items(transaction, old, before)?;
            transaction.execute(
                &format!("-- sweep_idempotency\nDELETE FROM idempotency WHERE item IN ({old})"),
                params![before],
            )?;
            transaction.execute(
                &format!("-- sweep_matches\nDELETE FROM item_match WHERE item IN ({old})"),
                params![before],
            )?;
            transaction.execute(
                &format!("-- sweep_addresses\nDELETE FROM item_address WHERE item IN ({old})"),
                params![before],
            )?;
            transaction.execute(
                &format!("-- sweep_words\nDELETE FROM item_word WHERE item IN ({old})"),
                params![before],
            )?;
            let gone = transaction.execute(
                &format!("-- sweep_items\nDELETE FROM item WHERE id IN ({old})"),
                params![before],
            )?;
            transaction.execute(
                "-- sweep_links\nDELETE FROM seen_link WHERE at < $1",
                params![before],
            )?;
            transaction.execute(
                "-- sweep_seen\nDELETE FROM seen WHERE at < $1
                    AND NOT EXISTS (SELECT 1 FROM item WHERE item.sha256 = seen.sha256)",
                params![before],
            )?;
            Ok(gone as u64)
        })?;
        Ok(swept)
    }

    fn sweep_blobs(&self, before: Timestamp) -> Result<u64, StoreError> {
        let _gate = self.take_blobs();
        let gone = self.change("sweep_blobs", |transaction| {
            let mut statement = transaction.prepare_cached(concat!(
                "-- sweep_blobs\nDELETE FROM blob WHERE sha256 IN (
                    SELECT sha256 FROM blob WHERE stored_at < $1 AND NOT EXISTS (
                        SELECT 1 FROM item WHERE item.sha256 = blob.sha256
                            AND (state <> 'done' OR verdict = 'match' OR finished_at >= $1
                                OR EXISTS (SELECT 1 FROM item_match
                                    WHERE item_match.item = item.id AND found = 'look_back')
                                OR ",
                kept_for_people!(),
                ")) LIMIT $2)
                 RETURNING sha256"
            ))?;
            let gone = statement.query_all(params![before.as_microsecond(), SWEEP], |row| {
                row.get::<Vec<u8>>(0)
            })?;
            for sha256 in &gone {
                words::forget(transaction, sha256)?;
            }
            Ok(gone)
        })?;
        for bytes in &gone {
            if let Some(sha256) = Sha256::from_slice(bytes) {
                blob::remove(&self.blobs, &sha256)?;
            }
        }
        Ok(gone.len() as u64)
    }

    /// Deletes files of blobs that have no row: what a crash left between the one and the other. Gives how many.
    ///
    /// # Errors
    /// [`StoreError::Io`], [`StoreError::Database`].
    pub fn remove_orphans(&self) -> Result<u64, StoreError> {
        let _gate = self.take_blobs();
        let mut removed = 0;
        for sha256 in blob::list(&self.blobs)? {
            removed += u64::from(self.remove_without_row(&sha256)?);
        }
        Ok(removed)
    }

    /// The same of one blob.
    pub(crate) fn remove_orphan(&self, sha256: &Sha256) -> Result<(), StoreError> {
        let _gate = self.take_blobs();
        self.remove_without_row(sha256).map(drop)
    }

    /// Whether it had no row, and is gone. The caller keeps others from giving it one.
    fn remove_without_row(&self, sha256: &Sha256) -> Result<bool, StoreError> {
        let orphan = !self.has_blob_row(sha256)?;
        if orphan {
            blob::remove(&self.blobs, sha256)?;
        }
        Ok(orphan)
    }

    /// Whether a row speaks of this blob.
    pub(crate) fn has_blob_row(&self, sha256: &Sha256) -> Result<bool, StoreError> {
        self.read("blob_exists", |connection| {
            let sql = "-- blob_exists\nSELECT EXISTS (SELECT 1 FROM blob WHERE sha256 = $1)";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row(params![&sha256.bytes()[..]], |row| row.get(0))?)
        })
    }
}

/// What policies say of an item that belongs to an incident with longer holds; `None` where it stays as it is.
fn incident_holds(outcome: &Outcome, incident: Option<&Incident>, now: Timestamp) -> Option<NewDecision> {
    let incident = incident.filter(|it| it.longer_holds)?;
    let mut longer = outcome.decision.clone().filter(|it| !it.actions.is_empty())?;
    incident::hold_longer(&mut longer.actions, incident, now);
    Some(longer)
}
