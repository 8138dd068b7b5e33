//! The outbox: what webhooks are told, written in the transaction of what it tells, and kept until it has come through.

use jiff::Timestamp;
use model::{DecisionId, EventId, EventKind, Verdict, WebhookId};

use crate::StoreError;
use crate::change::take_numbers;
use crate::db::{Transaction, params};
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
    let mut statement = transaction.prepare_cached(
        "-- webhooks_of\nSELECT id, events FROM webhook
         WHERE disabled_at IS NULL AND (source IS NULL OR source = $1) ORDER BY id",
    )?;
    let webhooks = statement.query_all(params![item.source.as_str()], |row| {
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
    })?;
    for (webhook, events) in webhooks {
        if events.split(',').any(|event| event == kind.name()) {
            let data = serde_json::json!({
                "item": item.receipt.to_string(),
                "external_id": item.external_id,
                "source": item.source.as_str(),
                "sha256": item.sha256.to_string(),
                "verdict": verdict.name(),
                // What is no JSON was altered, and `null` says nothing wrong.
                "result": serde_json::from_str::<serde_json::Value>(result).unwrap_or_default(),
            });
            enqueue(transaction, WebhookId(webhook), kind, Some(item), &data, now)?;
        }
    }
    Ok(())
}

/// What a delivery is about beside its item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    /// The decision that it tells of.
    pub(crate) decision: Option<DecisionId>,
    /// Whether the platform must act.
    pub(crate) asks: bool,
}

pub(crate) fn enqueue(
    transaction: &Transaction<'_>,
    webhook: WebhookId,
    kind: EventKind,
    item: Option<&Item>,
    data: &serde_json::Value,
    now: Timestamp,
) -> Result<EventId, StoreError> {
    let asking = Asking {
        decision: None,
        asks: kind == EventKind::ItemMatch,
    };
    enqueue_asking(transaction, webhook, (kind, asking), item, data, now)
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
