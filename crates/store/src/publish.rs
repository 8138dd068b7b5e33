//! Events on their way into the outbox: for each webhook that wants to know, in the transaction of what is told.

use jiff::Timestamp;
use model::{EventId, EventKind, WebhookId};

use crate::StoreError;
use crate::change::take_numbers;
use crate::db::{self, Row, Transaction, params};
use crate::item::Item;

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
    let data = data();
    for webhook in hearing {
        enqueue(transaction, WebhookId(webhook), kind, item, &data, now)?;
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
    let mut event = [0; 16];
    getrandom::fill(&mut event).map_err(StoreError::Random)?;
    let event = EventId(event);
    let body = serde_json::json!({
        "id": event.to_string(),
        "type": kind.name(),
        "timestamp": now.to_string(),
        "data": data,
    });
    let at = now.as_microsecond();
    let id = take_numbers(transaction, "delivery", 1)?;
    transaction
        .prepare_cached(
            "-- enqueue\nINSERT INTO delivery (id, webhook, event, kind, source, receipt, body, state, attempts,
                begun_at, next_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, $8)",
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
        ])?;
    Ok(event)
}
