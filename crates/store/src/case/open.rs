//! A finished item opens a case, or joins one.

use jiff::Timestamp;
use model::{
    CaseId, CaseReason, CaseState, DecisionId, DecisionState, IncidentId, ItemId, Joined, Severity, WIDE,
};

use super::read::{one, one_decision};
use super::{CaseDecision, Review, add_reason, tell};
use crate::StoreError;
use crate::change::take_numbers;
use crate::db::{Connection, Optional, Transaction, params};
use crate::item::Item;
use crate::log::{self, LogKind};
use crate::routing::{self, About};

/// Puts an item before people, in the transaction that finishes it. The same bytes are not put before them again: they join
/// their group, and what was decided about it holds for them too. Else the item joins the oldest open case of the entry
/// that it is nearest to, where it waits for a decision of its own; where all are decided, the newest of them is open again
/// for it, so that what was decided stands beside it and can be confirmed for it.
pub(crate) fn open_or_join(
    transaction: &Transaction<'_>,
    item: &Item,
    review: &Review,
    about: About<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let same_bytes = transaction
        .prepare_cached(
            "-- case_of_bytes\nSELECT review_case, decision, ruled FROM case_member WHERE sha256 = $1
             ORDER BY item DESC LIMIT 1",
        )?
        .query_row(params![&item.sha256.bytes()[..]], |row| {
            let ruled = row.get::<Option<i64>>(2)?;
            Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?, ruled))
        })
        .optional()?;
    let ruled = same_bytes.and_then(|(.., ruled)| ruled);
    let (case, joined, decision) = match same_bytes {
        Some((case, decision, _)) => {
            let decision = decision.map(|id| one_decision(transaction, DecisionId(id)));
            let decision = decision.transpose()?.filter(|decision| holds_at(decision, now));
            (CaseId(case), Joined::SameBytes, decision)
        }
        None => match same_entry(transaction, review)? {
            Some((case, CaseState::Open)) => (case, Joined::SameEntry, None),
            Some((case, CaseState::Decided)) => (case, Joined::Late, None),
            None => (open(transaction, item, review, about, now)?, Joined::First, None),
        },
    };
    let inserted = transaction
        .prepare_cached(
            "-- join_case\nINSERT INTO case_member (item, review_case, sha256, joined, joined_at, decision, likeness,
                surroundings, ruled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (item) DO NOTHING",
        )?
        .execute(params![
            item.id.0,
            case.0,
            &item.sha256.bytes()[..],
            joined.name(),
            now.as_microsecond(),
            decision.as_ref().map(|decision| decision.id.0),
            review.alike.likeness.name(),
            review.alike.surroundings.as_deref().unwrap_or_default(),
            ruled
        ])?;
    if inserted == 0 {
        return Ok(());
    }
    if joined != Joined::First {
        join(transaction, case, review.severity)?;
    }
    if joined == Joined::Late {
        open_again(transaction, case, review.severity, now)?;
    }
    if let Some(incident) = about.incident {
        belongs(transaction, case, incident)?;
    }
    let kind = match joined {
        Joined::First => LogKind::CaseOpened,
        _ => LogKind::CaseJoined,
    };
    let body = [
        ("case", &*case.0.to_string()),
        ("item", &*item.receipt.to_string()),
        ("joined", joined.name()),
    ];
    log::append(transaction, now, kind, &body)?;
    // A draft tells them all when it takes effect.
    match decision {
        Some(decision) if decision.state == DecisionState::Effective => {
            tell::decided(transaction, &decision, item, now)
        }
        _ => Ok(()),
    }
}

/// Whether what comes at `now` falls under a decision: not when its action has ended.
pub(super) fn holds_at(decision: &CaseDecision, now: Timestamp) -> bool {
    let until = decision.action.as_ref().and_then(|action| action.until);
    until.is_none_or(|until| now < until)
}

/// Whether an item is before people, or was.
pub(crate) fn is_member(connection: &Connection<'_>, item: ItemId) -> Result<bool, StoreError> {
    let sql = "-- is_member\nSELECT EXISTS (SELECT 1 FROM case_member WHERE item = $1)";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![item.0], |row| row.get(0))?)
}

/// Takes an item back that nobody has decided; `false` where somebody has. A case without members is closed.
pub(crate) fn leave(transaction: &Transaction<'_>, item: ItemId) -> Result<bool, StoreError> {
    let left = transaction
        .prepare_cached(
            "-- leave_case\nDELETE FROM case_member WHERE item = $1 AND decision IS NULL AND ruled IS NULL
             RETURNING review_case",
        )?
        .query_row(params![item.0], |row| row.get::<i64>(0))
        .optional()?;
    let Some(case) = left.map(CaseId) else {
        return Ok(false);
    };
    transaction
        .prepare_cached("-- note_left\nUPDATE review_case SET members = members - 1 WHERE id = $1")?
        .execute(params![case.0])?;
    refresh_state(transaction, case)?;
    Ok(true)
}

/// The case of the entry that an item is nearest to: the oldest open one, else the newest.
fn same_entry(
    transaction: &Transaction<'_>,
    review: &Review,
) -> Result<Option<(CaseId, CaseState)>, StoreError> {
    let Some(entry) = review.entry else {
        return Ok(None);
    };
    let open = "-- case_of_entry\nSELECT id FROM review_case WHERE entry = $1 AND state = 'open' ORDER BY id LIMIT 1";
    let decided =
        "-- decided_case_of_entry\nSELECT id FROM review_case WHERE entry = $1 AND state = 'decided'
         ORDER BY id DESC LIMIT 1";
    for (sql, state) in [(open, CaseState::Open), (decided, CaseState::Decided)] {
        let found: Option<i64> = transaction
            .prepare_cached(sql)?
            .query_row(params![entry.0], |row| row.get(0))
            .optional()?;
        if let Some(id) = found {
            return Ok(Some((CaseId(id), state)));
        }
    }
    Ok(None)
}

fn open(
    transaction: &Transaction<'_>,
    item: &Item,
    review: &Review,
    about: About<'_>,
    now: Timestamp,
) -> Result<CaseId, StoreError> {
    let id = take_numbers(transaction, "review_case", 1)?;
    let sent = routing::send(transaction, item, review, about)?;
    let reasons: Vec<&str> = review.reasons.iter().map(|reason| reason.name()).collect();
    transaction
        .prepare_cached(
            "-- open_case\nINSERT INTO review_case (id, queue, state, entry, severity, reasons, members, opened_at, facts,
                routing, route)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10)",
        )?
        .execute(params![
            id,
            sent.queue.name(),
            CaseState::Open.name(),
            review.entry.map(|entry| entry.0),
            review.severity.level(),
            reasons.join(","),
            now.as_microsecond(),
            sent.facts,
            sent.rule.map(|_| sent.version),
            sent.rule.map(|rule| rule as i64)
        ])?;
    Ok(CaseId(id))
}

/// A case whose groups were all decided has something to decide again: it waits from now on, under no clock of then.
fn open_again(
    transaction: &Transaction<'_>,
    case: CaseId,
    severity: Severity,
    now: Timestamp,
) -> Result<(), StoreError> {
    add_reason(transaction, case, CaseReason::Late, severity)?;
    transaction
        .prepare_cached("-- open_again\nUPDATE review_case SET opened_at = $1, due_at = NULL WHERE id = $2")?
        .execute(params![now.as_microsecond(), case.0])?;
    Ok(())
}

/// Puts a case on the fast lane of an incident, and says so among its reasons.
fn belongs(transaction: &Transaction<'_>, case: CaseId, incident: IncidentId) -> Result<(), StoreError> {
    add_reason(transaction, case, CaseReason::Incident, Severity::Low)?;
    transaction
        .prepare_cached("-- case_of_incident\nUPDATE review_case SET incident = $1 WHERE id = $2")?
        .execute(params![incident.0, case.0])?;
    Ok(())
}

/// One member more; a case that has a group which nobody has decided is open, and as severe as its most severe item. One that
/// becomes wide is once more severe.
fn join(transaction: &Transaction<'_>, case: CaseId, severity: Severity) -> Result<(), StoreError> {
    let members: i64 = transaction
        .prepare_cached(
            "-- note_member\nUPDATE review_case SET members = members + 1,
                severity = CASE WHEN severity < $1 THEN $1 ELSE severity END WHERE id = $2 RETURNING members",
        )?
        .query_row(params![severity.level(), case.0], |row| row.get(0))?;
    if members == WIDE as i64 {
        let before = one(transaction, case)?;
        // Items may have left it since it was wide before.
        if !before.reasons.contains(&CaseReason::Wide) {
            add_reason(transaction, case, CaseReason::Wide, before.severity.raised())?;
        }
    }
    refresh_state(transaction, case)
}

/// A case is open while a member of it has neither a decision nor a ruling, or one that waits for a second person.
pub(super) fn refresh_state(transaction: &Transaction<'_>, case: CaseId) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "-- refresh_case\nUPDATE review_case SET state = CASE WHEN EXISTS (
                SELECT 1 FROM case_member LEFT JOIN case_decision ON case_decision.id = case_member.decision
                WHERE case_member.review_case = $1 AND ((case_member.decision IS NULL AND case_member.ruled IS NULL)
                    OR (case_decision.state = 'draft' AND case_decision.needs_two = 1
                        AND case_decision.seconded_by IS NULL)))
                THEN 'open' ELSE 'decided' END WHERE id = $1",
        )?
        .execute(params![case.0])?;
    Ok(())
}
