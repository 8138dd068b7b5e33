//! What the platform is told of decisions, through the outbox of webhooks.

use jiff::Timestamp;
use model::{CaseId, DecisionState, EventKind};

use super::{CaseAction, CaseDecision};
use crate::StoreError;
use crate::appeal::new_code;
use crate::db::Transaction;
use crate::item::Item;
use crate::outbox::{Asking, Audience, publish_asking};

/// That a decision holds for an item.
pub(super) fn decided(
    transaction: &Transaction<'_>,
    decision: &CaseDecision,
    item: &Item,
    now: Timestamp,
) -> Result<(), StoreError> {
    tell(transaction, EventKind::ItemDecided, decision, item, now)
}

/// That it does not hold any more, or its action has come to its end: the platform undoes the action that it names.
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
    // What the platform gives to the author, with why, so that they can appeal.
    let data = || {
        let code = match kind {
            EventKind::ItemDecided => new_code(transaction, decision, item)?,
            _ => None,
        };
        let mut data = serde_json::json!({
            "item": item.receipt.to_string(),
            "external_id": item.external_id,
            "source": item.source.as_str(),
            "sha256": item.sha256.to_string(),
            "case": decision.case.0,
            "decision": decision.id.0,
            "outcome": decision.ruling.outcome().name(),
            "exemption": decision.ruling.exemption().map(|exemption| exemption.name()),
            "duplicate_of": decision.ruling.duplicate_of().map(|CaseId(id)| id),
            "action": decision.action.as_ref().map(CaseAction::told),
            "confirms": decision.confirms.map(|confirmed| confirmed.0),
        });
        if decision.state == DecisionState::Ended {
            data["ended"] = true.into();
        }
        if let Some(code) = code {
            data["appeal_code"] = code.reveal().into();
        }
        Ok(data)
    };
    let asking = Asking {
        decision: Some(decision.id),
        asks: decision.ruling.outcome().seals() || decision.action.as_ref().is_some_and(CaseAction::asks),
    };
    publish_asking(
        transaction,
        Audience::Of(item),
        (kind, asking),
        &wanted,
        data,
        now,
    )
}
