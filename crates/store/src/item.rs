//! Items: submitting them, and asking after them.
//!
//! SQLite numbers `$1`, `$2` … by their first appearance, whatever their digits say: they appear in order.

use crate::db::{Connection, Optional, Row, Transaction, Value, params};
use jiff::Timestamp;
use model::{Context, ItemId, ItemState, Priority, Receipt, Sha256, SourceName, Verdict};
use sha2::Digest;

use crate::blob::{self, Arrived};
use crate::change::take_numbers;
use crate::report::note_address;
use crate::row::{self, Stored};
use crate::tally::{self, Tally};
use crate::{Store, StoreError};

macro_rules! select {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, receipt, source, external_id, sha256, size, context, priority, received_at, state, fence,
                verdict, result, finished_at FROM item ",
            $rest
        )
    };
}

/// Items with the same bytes that are counted at most.
pub const MOST_COPIES: u32 = 1_000;

/// The item of an id.
pub(crate) const BY_ID: &str = select!("item_by_id", "WHERE id = $1");

/// What is known of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its place in the order of arrival.
    pub id: ItemId,
    /// What its submitter got for it.
    pub receipt: Receipt,
    /// Where it comes from.
    pub source: SourceName,
    /// The platform's own name for it.
    pub external_id: Option<String>,
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// How many bytes it has.
    pub size: u64,
    /// What the platform says of it.
    pub context: Context,
    /// How urgent it is.
    pub priority: Priority,
    /// When it arrived.
    pub received_at: Timestamp,
    /// How far it has come.
    pub state: ItemState,
    /// Attempts so far.
    pub fence: i64,
    /// What it was found to be.
    pub verdict: Option<Verdict>,
    /// What was found, as the pipeline wrote it down.
    pub result: Option<String>,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
}

/// What is said of an item when it is submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Where it comes from.
    pub source: SourceName,
    /// The platform's own name for it.
    pub external_id: Option<String>,
    /// What the platform says of it.
    pub context: Context,
    /// How urgent it is.
    pub priority: Priority,
    /// A key under which the same request has one effect, however often it is sent.
    pub idempotency_key: Option<String>,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The item.
    pub item: Item,
    /// Whether it was there before.
    pub known: bool,
}

impl Store {
    /// Takes an item in. When this returns, its bytes and its row are on the disk.
    ///
    /// The same idempotency key, or the same source, external id and bytes, give the same item again.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`], [`StoreError::DiskFull`], [`StoreError::Flush`]; nothing is taken in then.
    pub fn submit(&self, arrived: &Arrived, new: NewItem) -> Result<Submission, StoreError> {
        let mut receipt = [0; 16];
        getrandom::fill(&mut receipt).map_err(StoreError::Random)?;
        let (sha256, size) = (arrived.sha256, arrived.size);
        let submitted = {
            let _gate = self.keep_blobs();
            blob::put(&self.blobs, arrived).map_err(|error| self.told(error))?;
            self.share("submit", move |transaction| {
                submit(transaction, Receipt(receipt), sha256, size, &new)
            })
        };
        // Of a database that went away nobody knows yet whether it has the row: its bytes stay, till the next start.
        let unknown = matches!(submitted, Err(StoreError::Unreachable { .. }));
        if submitted.is_err() && !unknown {
            // Nothing of what was refused stays. What is wrong here is not what the caller must hear.
            let _ = self.remove_orphan(&sha256);
        }
        submitted
    }

    /// The item of a receipt.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn item(&self, receipt: Receipt) -> Result<Option<Item>, StoreError> {
        self.read("item", |connection| {
            one(
                connection,
                select!("item", "WHERE receipt = $1"),
                params![&receipt.0[..]],
            )
        })
    }

    /// The item of an id.
    ///
    /// # Errors
    /// As [`Store::item`].
    pub fn item_by_id(&self, id: ItemId) -> Result<Option<Item>, StoreError> {
        self.read("item_by_id", |connection| one(connection, BY_ID, params![id.0]))
    }

    /// When items with these bytes arrived, the newest first, at most [`MOST_COPIES`].
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn copies(&self, content: &Sha256) -> Result<Vec<Timestamp>, StoreError> {
        self.read("copies", |connection| {
            let sql = "-- copies\nSELECT received_at FROM item WHERE sha256 = $1 ORDER BY received_at DESC LIMIT $2";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![&content.bytes()[..], MOST_COPIES])?;
            let mut times = Vec::new();
            while let Some(row) = rows.next()? {
                times.push(Stored::new("item", "with the same bytes", row).time(0)?);
            }
            Ok(times)
        })
    }

    /// One page of a source's items (of all sources when `None`), newest first: those before `before`, at most `limit`.
    ///
    /// # Errors
    /// As [`Store::item`].
    pub fn items(
        &self,
        source: Option<&SourceName>,
        before: Option<ItemId>,
        limit: u32,
    ) -> Result<Vec<Item>, StoreError> {
        self.read("items", |connection| {
            let before = before.map_or(i64::MAX, |id| id.0);
            let sql = match source {
                Some(_) => select!(
                    "items_of",
                    "WHERE source = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
                ),
                None => select!("items", "WHERE id < $1 ORDER BY id DESC LIMIT $2"),
            };
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = match source {
                Some(source) => statement.query(params![source.as_str(), before, limit])?,
                None => statement.query(params![before, limit])?,
            };
            let mut items = Vec::new();
            while let Some(row) = rows.next()? {
                items.push(item(row)?);
            }
            Ok(items)
        })
    }
}

fn submit(
    transaction: &Transaction<'_>,
    receipt: Receipt,
    sha256: Sha256,
    size: u64,
    new: &NewItem,
) -> Result<Submission, StoreError> {
    // Also of an item that is known: its bytes may have been forgotten, and are there again.
    transaction
        .prepare_cached(
            "-- note_blob\nINSERT INTO blob (sha256, size, stored_at) VALUES ($1, $2, $3)
             ON CONFLICT (sha256) DO UPDATE SET stored_at = excluded.stored_at",
        )?
        .execute(params![
            &sha256.bytes()[..],
            size.cast_signed(),
            new.received_at.as_microsecond()
        ])?;
    let context = context_text(&new.context);
    let request = request_digest(new, &context, &sha256);
    if let Some(key) = &new.idempotency_key {
        let mut statement = transaction.prepare_cached(
            "-- idempotent_item\nSELECT request, item FROM idempotency WHERE source = $1 AND key = $2",
        )?;
        let found = statement
            .query_row(params![new.source.as_str(), key], |row| {
                Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?))
            })
            .optional()?;
        if let Some((before, id)) = found {
            if before != request {
                return Err(StoreError::KeyReused);
            }
            let item = one(transaction, BY_ID, params![id])?;
            let item = item.ok_or_else(|| row::invalid("idempotency", key, "its item is missing"))?;
            return Ok(Submission { item, known: true });
        }
    }
    let known = match &new.external_id {
        Some(external_id) => one(
            transaction,
            select!(
                "item_by_external",
                "WHERE source = $1 AND external_id = $2 AND sha256 = $3"
            ),
            params![new.source.as_str(), external_id, &sha256.bytes()[..]],
        )?,
        None => None,
    };
    let submission = match known {
        Some(item) => Submission { item, known: true },
        None => Submission {
            item: insert(transaction, receipt, sha256, size, new, &context)?,
            known: false,
        },
    };
    if let Some(key) = &new.idempotency_key {
        transaction
            .prepare_cached(
                "-- note_idempotency\nINSERT INTO idempotency (source, key, request, item, at)
                 VALUES ($1, $2, $3, $4, $5)",
            )?
            .execute(params![
                new.source.as_str(),
                key,
                request,
                submission.item.id.0,
                new.received_at.as_microsecond()
            ])?;
    }
    Ok(submission)
}

fn insert(
    transaction: &Transaction<'_>,
    receipt: Receipt,
    sha256: Sha256,
    size: u64,
    new: &NewItem,
    context: &str,
) -> Result<Item, StoreError> {
    let id = take_numbers(transaction, "item", 1)?;
    transaction
        .prepare_cached(
            "-- insert_item\nINSERT INTO item (id, receipt, source, external_id, sha256, size, context, priority,
                received_at, state, fence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', 0)",
        )?
        .execute(params![
            id,
            &receipt.0[..],
            new.source.as_str(),
            new.external_id,
            &sha256.bytes()[..],
            size.cast_signed(),
            context,
            new.priority.get(),
            new.received_at.as_microsecond()
        ])?;
    if let Some(url) = &new.context.url {
        note_address(transaction, ItemId(id), url)?;
    }
    tally::add(transaction, Tally::Arrived, new.source.as_str(), new.received_at)?;
    Ok(Item {
        id: ItemId(id),
        receipt,
        source: new.source.clone(),
        external_id: new.external_id.clone(),
        sha256,
        size,
        context: new.context.clone(),
        priority: new.priority,
        received_at: new.received_at,
        state: ItemState::Queued,
        fence: 0,
        verdict: None,
        result: None,
        finished_at: None,
    })
}

fn context_text(context: &Context) -> String {
    // Texts, lists of texts and words always have a JSON form.
    serde_json::to_string(context).unwrap_or_default()
}

/// What makes two requests the same; the time and the idempotency key itself do not count.
fn request_digest(new: &NewItem, context: &str, sha256: &Sha256) -> Vec<u8> {
    let mut digest = sha2::Sha256::new();
    let external = new.external_id.as_deref().unwrap_or_default();
    for part in [
        external.as_bytes(),
        context.as_bytes(),
        &sha256.bytes()[..],
        &[new.priority.get()],
    ] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().to_vec()
}

pub(crate) fn one(
    connection: &Connection<'_>,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<Option<Item>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    rows.next()?.map(item).transpose()
}

pub(crate) fn item(row: Row<'_>) -> Result<Item, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("item", id, row);
    let receipt: Vec<u8> = stored.get(1)?;
    let receipt = receipt
        .try_into()
        .map_err(|_| stored.invalid("its receipt has not 16 bytes"))?;
    let sha256: Vec<u8> = stored.get(4)?;
    let context: String = stored.get(6)?;
    let priority: u8 = stored.get(7)?;
    let verdict = match stored.get::<Option<String>>(11)? {
        Some(_) => Some(row::verdict(&stored, 11)?),
        None => None,
    };
    Ok(Item {
        id: ItemId(id),
        receipt: Receipt(receipt),
        source: stored.parse(2)?,
        external_id: stored.get(3)?,
        sha256: Sha256::from_slice(&sha256).ok_or_else(|| stored.invalid("its digest has not 32 bytes"))?,
        size: stored.count(5)?,
        context: serde_json::from_str(&context).map_err(|error| stored.invalid(error))?,
        priority: Priority::try_from(priority).map_err(|error| stored.invalid(error))?,
        received_at: stored.time(8)?,
        state: stored.parse(9)?,
        fence: stored.get(10)?,
        verdict,
        result: stored.get(12)?,
        finished_at: stored.optional_time(13)?,
    })
}
