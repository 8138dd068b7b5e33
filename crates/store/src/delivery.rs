//! The outbox: what webhooks are told, written in the transaction of what it tells, and kept until it has come through.
//!
//! SQLite numbers `$1`, `$2` … by their first appearance, whatever their digits say: they appear in order.

use crate::db::{Connection, Row, Transaction, Value, params};
use jiff::Timestamp;
use model::{DeliveryState, EventId, EventKind, Receipt, SourceName, Verdict, WebhookId};

use crate::item::Item;
use crate::log::{self, LogKind};
use crate::publish::{Audience, enqueue, publish};
use crate::row::Stored;
use crate::{Store, StoreError};

macro_rules! select {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, webhook, event, kind, source, receipt, body, state, attempts, begun_at, next_at, last_status,
                last_error, created_at, delivered_at, confirmed_at, confirmed_by FROM delivery ",
            $rest
        )
    };
}

/// One event on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the order of events.
    pub number: i64,
    /// Whom it is for.
    pub webhook: WebhookId,
    /// What the receiver knows it by.
    pub event: EventId,
    /// What it tells.
    pub kind: EventKind,
    /// Where the item comes from; `None` for a test.
    pub source: Option<SourceName>,
    /// The item; `None` for a test.
    pub receipt: Option<Receipt>,
    /// What is sent, to the byte.
    pub body: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// Attempts so far, since it was made or replayed.
    pub attempts: u32,
    /// When sending it began.
    pub begun_at: Timestamp,
    /// When it is sent next, while it waits.
    pub next_at: Timestamp,
    /// The HTTP status of the last answer, if there was one.
    pub last_status: Option<u16>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the receiver took it.
    pub delivered_at: Option<Timestamp>,
    /// When the platform confirmed that it has acted.
    pub confirmed_at: Option<Timestamp>,
    /// The key that confirmed it, or `answer`.
    pub confirmed_by: Option<String>,
}

impl Delivery {
    /// Whether somebody should look at it: it was given up, or it is a match on which nobody has confirmed to have acted.
    pub fn is_red(&self) -> bool {
        self.state == DeliveryState::Aside
            || (self.kind == EventKind::ItemMatch && self.confirmed_at.is_none())
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempted {
    /// The receiver took it.
    Delivered {
        /// The HTTP status.
        status: u16,
        /// Whether its answer confirms that the platform has acted.
        confirmed: bool,
    },
    /// It failed.
    Failed {
        /// The HTTP status, if there was an answer.
        status: Option<u16>,
        /// What went wrong.
        error: String,
        /// When to try again; never when `None`.
        next: Option<Timestamp>,
    },
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// All.
    All,
    /// Those in a state.
    In(DeliveryState),
    /// Those that somebody should look at.
    Red,
}

/// How many deliveries wait for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outstanding {
    /// To be sent.
    pub waiting: u64,
    /// Given up.
    pub aside: u64,
    /// Matches that were delivered and not confirmed.
    pub unconfirmed: u64,
}

/// Tells every webhook that wants to know of a finished item, in the transaction that finished it.
pub(crate) fn tell(
    transaction: &Transaction<'_>,
    item: &Item,
    verdict: Verdict,
    result: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let kind = EventKind::of(verdict);
    let data = || {
        serde_json::json!({
            "item": item.receipt.to_string(),
            "external_id": item.external_id,
            "source": item.source.as_str(),
            "sha256": item.sha256.to_string(),
            "verdict": verdict.name(),
            // What is no JSON was altered, and `null` says nothing wrong.
            "result": serde_json::from_str::<serde_json::Value>(result).unwrap_or_default(),
        })
    };
    publish(transaction, Audience::Of(item), kind, &[kind], data, now)
}

impl Store {
    /// Sends a webhook an event that tells nothing, so that it can be tried out.
    ///
    /// # Errors
    /// [`StoreError::NoWebhook`], also of one that was removed; [`StoreError::DiskFull`].
    pub fn test_webhook(&self, id: WebhookId, now: Timestamp) -> Result<Delivery, StoreError> {
        self.share("test_webhook", move |transaction| {
            refuse_removed(transaction, id)?;
            let data = serde_json::json!({});
            let event = enqueue(transaction, id, EventKind::Test, None, &data, now)?;
            find(transaction, event)
        })
    }

    /// What a webhook is to be sent now, the longest due first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn due_deliveries(
        &self,
        webhook: WebhookId,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.read("due_deliveries", |connection| {
            let sql = select!(
                "due_deliveries",
                "WHERE webhook = $1 AND state = 'waiting' AND next_at <= $2 ORDER BY next_at, id LIMIT $3"
            );
            all(connection, sql, params![webhook.0, now.as_microsecond(), limit])
        })
    }

    /// Whether a delivery is (still) to be sent now.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn is_due(&self, number: i64, now: Timestamp) -> Result<bool, StoreError> {
        self.read("is_due", |connection| {
            let sql = "-- is_due\nSELECT EXISTS (
                SELECT 1 FROM delivery WHERE id = $1 AND state = 'waiting' AND next_at <= $2)";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row(params![number, now.as_microsecond()], |row| row.get(0))?)
        })
    }

    /// When a webhook is to be sent something next, after `now`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn next_delivery(&self, webhook: WebhookId, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.read("next_delivery", |connection| {
            let sql = "-- next_delivery\nSELECT MIN(next_at) FROM delivery
                       WHERE webhook = $1 AND state = 'waiting' AND next_at > $2";
            let next: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row(params![webhook.0, now.as_microsecond()], |row| row.get(0))?;
            Ok(next.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
        })
    }

    /// Notes what became of an attempt. What was confirmed meanwhile stays so.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn note_attempt(&self, number: i64, attempted: Attempted, now: Timestamp) -> Result<(), StoreError> {
        self.share("note_attempt", move |transaction| {
            match attempted {
                Attempted::Delivered { status, confirmed } => transaction
                    .prepare_cached(
                        "-- note_delivered\nUPDATE delivery SET
                            state = CASE WHEN $1 OR confirmed_at IS NOT NULL THEN 'confirmed' ELSE 'delivered' END,
                            confirmed_by = CASE WHEN $1 THEN COALESCE(confirmed_by, 'answer') ELSE confirmed_by END,
                            confirmed_at = CASE WHEN $1 THEN COALESCE(confirmed_at, $2) ELSE confirmed_at END,
                            attempts = attempts + 1, last_status = $3, last_error = NULL, delivered_at = $2
                         WHERE id = $4",
                    )?
                    .execute(params![confirmed, now.as_microsecond(), status, number])?,
                Attempted::Failed { status, error, next } => transaction
                    .prepare_cached(
                        "-- note_failed\nUPDATE delivery SET attempts = attempts + 1, last_status = $1,
                            last_error = $2, state = $3, next_at = COALESCE($4, next_at)
                         WHERE id = $5 AND state = 'waiting'",
                    )?
                    .execute(params![
                        status,
                        error,
                        next.map_or(DeliveryState::Aside, |_| DeliveryState::Waiting).name(),
                        next.map(Timestamp::as_microsecond),
                        number
                    ])?,
            };
            Ok(())
        })
    }

    /// One page of deliveries, newest first: those before the number `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn deliveries(
        &self,
        listed: Listed,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        self.read("deliveries", |connection| match listed {
            Listed::All => all(
                connection,
                select!("deliveries", "WHERE id < $1 ORDER BY id DESC LIMIT $2"),
                params![before, limit],
            ),
            Listed::In(state) => all(
                connection,
                select!(
                    "deliveries_in",
                    "WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
                ),
                params![state.name(), before, limit],
            ),
            Listed::Red => all(
                connection,
                select!(
                    "deliveries_red",
                    "WHERE (state = 'aside' OR (kind = 'item.match' AND confirmed_at IS NULL)) AND id < $1
                     ORDER BY id DESC LIMIT $2"
                ),
                params![before, limit],
            ),
        })
    }

    /// Sends a delivery again, as the same event, for as long as a new one; noted in the log as done by `by`.
    ///
    /// # Errors
    /// [`StoreError::NoDelivery`]; [`StoreError::NoWebhook`] when its webhook was removed.
    pub fn replay_delivery(&self, event: EventId, by: &str, now: Timestamp) -> Result<Delivery, StoreError> {
        let by = by.to_owned();
        self.share("replay_delivery", move |transaction| {
            let delivery = find(transaction, event)?;
            refuse_removed(transaction, delivery.webhook)?;
            transaction
                .prepare_cached(
                    "-- replay\nUPDATE delivery SET state = 'waiting', attempts = 0, begun_at = $1, next_at = $1,
                        last_status = NULL, last_error = NULL WHERE id = $2",
                )?
                .execute(params![now.as_microsecond(), delivery.number])?;
            let body = [("delivery", &*event.to_string()), ("by", &*by)];
            log::append(transaction, now, LogKind::DeliveryReplayed, &body)?;
            find(transaction, event)
        })
    }

    /// Notes that the platform has acted, as `by` says; the first confirmation counts. With a source only deliveries about
    /// its items are there.
    ///
    /// # Errors
    /// [`StoreError::NoDelivery`].
    pub fn confirm_delivery(
        &self,
        event: EventId,
        source: Option<SourceName>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.share("confirm_delivery", move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "-- confirm\nUPDATE delivery SET state = 'confirmed', confirmed_at = COALESCE(confirmed_at, $1),
                        confirmed_by = COALESCE(confirmed_by, $2)
                     WHERE event = $3 AND (source = $4 OR $4 IS NULL)",
                )?
                .execute(params![
                    now.as_microsecond(),
                    by,
                    &event.0[..],
                    source.as_ref().map(SourceName::as_str)
                ])?;
            match changed {
                0 => Err(StoreError::NoDelivery(event)),
                _ => Ok(()),
            }
        })
    }

    /// How many deliveries wait for something.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn outstanding(&self) -> Result<Outstanding, StoreError> {
        self.read("outstanding", |connection| {
            let count = |sql: &'static str| -> Result<u64, StoreError> {
                let count: i64 = connection
                    .prepare_cached(sql)?
                    .query_row(params![], |row| row.get(0))?;
                Ok(count.unsigned_abs())
            };
            Ok(Outstanding {
                waiting: count("-- count_waiting\nSELECT COUNT(*) FROM delivery WHERE state = 'waiting'")?,
                aside: count("-- count_given_up\nSELECT COUNT(*) FROM delivery WHERE state = 'aside'")?,
                unconfirmed: count(
                    "-- count_unconfirmed\nSELECT COUNT(*) FROM delivery
                     WHERE state = 'delivered' AND kind = 'item.match'",
                )?,
            })
        })
    }

    /// Forgets deliveries that were made before `before`, arrived, and are not red; gives how many.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn sweep_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.change("sweep_deliveries", |transaction| {
            let gone = transaction.execute(
                "-- sweep_deliveries\nDELETE FROM delivery WHERE state IN ('delivered', 'confirmed')
                    AND created_at < $1 AND (kind <> 'item.match' OR confirmed_at IS NOT NULL)",
                params![before.as_microsecond()],
            )?;
            Ok(gone as u64)
        })
    }
}

fn refuse_removed(transaction: &Transaction<'_>, id: WebhookId) -> Result<(), StoreError> {
    let sql =
        "-- webhook_in_use\nSELECT EXISTS (SELECT 1 FROM webhook WHERE id = $1 AND disabled_at IS NULL)";
    let in_use: bool = transaction
        .prepare_cached(sql)?
        .query_row(params![id.0], |row| row.get(0))?;
    if in_use {
        return Ok(());
    }
    Err(StoreError::NoWebhook(id.0.to_string()))
}

fn find(connection: &Connection<'_>, event: EventId) -> Result<Delivery, StoreError> {
    let sql = select!("delivery", "WHERE event = $1");
    let found = all(connection, sql, params![&event.0[..]])?;
    found.into_iter().next().ok_or(StoreError::NoDelivery(event))
}

fn all(
    connection: &Connection<'_>,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<Vec<Delivery>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(delivery(row)?);
    }
    Ok(found)
}

fn delivery(row: Row<'_>) -> Result<Delivery, StoreError> {
    let number: i64 = row.get(0)?;
    let stored = Stored::new("delivery", number, row);
    let sixteen = |bytes: Vec<u8>| -> Result<[u8; 16], StoreError> {
        let length = bytes.len();
        bytes
            .try_into()
            .map_err(|_| stored.invalid(format!("an id has {length} bytes instead of 16")))
    };
    let source: Option<String> = stored.get(4)?;
    Ok(Delivery {
        number,
        webhook: WebhookId(stored.get(1)?),
        event: EventId(sixteen(stored.get(2)?)?),
        kind: stored.parse(3)?,
        source: source
            .map(|text| text.parse().map_err(|error| stored.invalid(error)))
            .transpose()?,
        receipt: stored
            .get::<Option<Vec<u8>>>(5)?
            .map(|bytes| sixteen(bytes).map(Receipt))
            .transpose()?,
        body: stored.get(6)?,
        state: stored.parse(7)?,
        attempts: stored.get(8)?,
        begun_at: stored.time(9)?,
        next_at: stored.time(10)?,
        last_status: stored.get(11)?,
        last_error: stored.get(12)?,
        created_at: stored.time(13)?,
        delivered_at: stored.optional_time(14)?,
        confirmed_at: stored.optional_time(15)?,
        confirmed_by: stored.get(16)?,
    })
}
