//! What the platform is told of decisions, through the outbox of webhooks.

use jiff::Timestamp;
use model::{CaseId, EventKind};

use super::CaseDecision;
use crate::StoreError;
use crate::db::Transaction;
use crate::item::Item;
use crate::publish::{Audience, publish};

/// That a decision holds for an item.
pub(super) fn decided(
    transaction: &Transaction<'_>,
    decision: &CaseDecision,
    item: &Item,
    now: Timestamp,
) -> Result<(), StoreError> {
    tell(transaction, EventKind::ItemDecided, decision, item, now)
}

/// That it does not hold any more.
pub(super) fn reversed(
    transaction: &Transaction<'_>,
    decision: &CaseDecision,
    item: &Item,
    now: Timestamp,
) -> Result<(), StoreError> {
    tell(transaction, EventKind::DecisionReversed, decision, item, now)
}

/// Tells every webhook that wants to know of decisions about items of this source. Who decided is not said.
fn tell(
    transaction: &Transaction<'_>,
    kind: EventKind,
    decision: &CaseDecision,
    item: &Item,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Who is told that a decision holds must hear that it does not.
    let wanted = [kind, EventKind::ItemDecided];
    let data = || {
        serde_json::json!({
            "item": item.receipt.to_string(),
            "external_id": item.external_id,
            "source": item.source.as_str(),
            "sha256": item.sha256.to_string(),
            "case": decision.case.0,
            "decision": decision.id.0,
            "outcome": decision.ruling.outcome().name(),
            "exemption": decision.ruling.exemption().map(|exemption| exemption.name()),
            "duplicate_of": decision.ruling.duplicate_of().map(|CaseId(id)| id),
        })
    };
    publish(transaction, Audience::Of(item), kind, &wanted, data, now)
}
