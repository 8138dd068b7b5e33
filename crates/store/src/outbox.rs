//! The outbox: what webhooks are told, written in the transaction of what it tells, and kept until it has come through.

use jiff::Timestamp;
use model::{DecisionId, EventId, EventKind, Verdict, WebhookId};

use crate::StoreError;
use crate::change::take_numbers;
use crate::db::{self, Row, Transaction, params};
use crate::item::Item;

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

/// What a delivery is about beside its item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    /// The decision that it tells of.
    pub(crate) decision: Option<DecisionId>,
    /// Whether the platform must act.
    pub(crate) asks: bool,
}

impl Asking {
    /// Of what tells of no decision of people: it is for the platform to act on what was found, or on what policies chose.
    pub(crate) fn of(kind: EventKind) -> Self {
        Self {
            decision: None,
            asks: matches!(kind, EventKind::ItemMatch | EventKind::ItemActions),
        }
    }
}

/// Who may hear of something.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Audience<'a> {
    /// Webhooks that are told of the item's source.
    Of(&'a Item),
    /// Webhooks that are told of every source: what is not for a source itself.
    Operator,
}

fn pair(row: Row<'_>) -> Result<(i64, String), db::Error> {
    Ok((row.get(0)?, row.get(1)?))
}

/// Puts an event into the outbox of each webhook that wants one of `wanted`; what is told is made if there is one.
pub(crate) fn publish(
    transaction: &Transaction<'_>,
    audience: Audience<'_>,
    kind: EventKind,
    wanted: &[EventKind],
    data: impl FnOnce() -> serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    publish_asking(
        transaction,
        audience,
        (kind, Asking::of(kind)),
        wanted,
        || Ok(data()),
        now,
    )
}

/// As [`publish`], about more than an item.
pub(crate) fn publish_asking(
    transaction: &Transaction<'_>,
    audience: Audience<'_>,
    told: (EventKind, Asking),
    wanted: &[EventKind],
    data: impl FnOnce() -> Result<serde_json::Value, StoreError>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (item, webhooks) = match audience {
        Audience::Of(item) => {
            let sql = "-- webhooks_of\nSELECT id, events FROM webhook
                WHERE disabled_at IS NULL AND (source IS NULL OR source = $1) ORDER BY id";
            let mut statement = transaction.prepare_cached(sql)?;
            let found = statement.query_all(params![item.source.as_str()], pair)?;
            (Some(item), found)
        }
        Audience::Operator => {
            let sql = "-- operators_webhooks\nSELECT id, events FROM webhook
                WHERE disabled_at IS NULL AND source IS NULL ORDER BY id";
            let mut statement = transaction.prepare_cached(sql)?;
            (None, statement.query_all(params![], pair)?)
        }
    };
    let wants = |events: &str| {
        let mut events = events.split(',');
        events.any(|event| wanted.iter().any(|kind| kind.name() == event))
    };
    let hearing: Vec<i64> = webhooks
        .into_iter()
        .filter(|(_, events)| wants(events))
        .map(|(webhook, _)| webhook)
        .collect();
    if hearing.is_empty() {
        return Ok(());
    }
    let data = data()?;
    for webhook in hearing {
        enqueue_asking(transaction, WebhookId(webhook), told, item, &data, now)?;
    }
    Ok(())
}

pub(crate) fn enqueue(
    transaction: &Transaction<'_>,
    webhook: WebhookId,
    kind: EventKind,
    item: Option<&Item>,
    data: &serde_json::Value,
    now: Timestamp,
) -> Result<EventId, StoreError> {
    enqueue_asking(transaction, webhook, (kind, Asking::of(kind)), item, data, now)
}

/// Puts an event into the outbox. Its number stands in it: of two events about one item the one with the higher holds.
pub(crate) fn enqueue_asking(
    transaction: &Transaction<'_>,
    webhook: WebhookId,
    (kind, asking): (EventKind, Asking),
    item: Option<&Item>,
    data: &serde_json::Value,
    now: Timestamp,
) -> Result<EventId, StoreError> {
    let mut event = [0; 16];
    getrandom::fill(&mut event).map_err(StoreError::Random)?;
    let event = EventId(event);
    let id = take_numbers(transaction, "delivery", 1)?;
    let body = serde_json::json!({
        "id": event.to_string(),
        "type": kind.name(),
        "timestamp": now.to_string(),
        "sequence": id,
        "data": data,
    });
    let at = now.as_microsecond();
    transaction
        .prepare_cached(
            "-- enqueue\nINSERT INTO delivery (id, webhook, event, kind, source, receipt, body, state, attempts,
                begun_at, next_at, created_at, decision, asks)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, $8, $9, $10)",
        )?
        .execute(params![
            id,
            webhook.0,
            &event.0[..],
            kind.name(),
            item.map(|item| item.source.as_str()),
            item.map(|item| &item.receipt.0[..]),
            body.to_string(),
            at,
            asking.decision.map(|decision| decision.0),
            i64::from(asking.asks)
        ])?;
    Ok(event)
}
