//! What a report does to the case of its item.

use model::{CaseId, CaseReason, ItemId, Severity};

use super::read::one;
use crate::StoreError;
use crate::db::{Connection, Optional, Transaction, params};

/// The case of an item.
pub(crate) fn case_of_item(connection: &Connection<'_>, item: ItemId) -> Result<Option<CaseId>, StoreError> {
    let sql = "-- case_of_item\nSELECT review_case FROM case_member WHERE item = $1";
    let found = connection
        .prepare_cached(sql)?
        .query_row(params![item.0], |row| row.get::<i64>(0))
        .optional()?;
    Ok(found.map(CaseId))
}

/// Adds a reason to a case, which it has once, and makes the case at least so severe.
pub(crate) fn add_reason(
    transaction: &Transaction<'_>,
    case: CaseId,
    reason: CaseReason,
    severity: Severity,
) -> Result<(), StoreError> {
    let before = one(transaction, case)?;
    let mut reasons = before.reasons;
    if !reasons.contains(&reason) {
        reasons.push(reason);
    }
    let reasons: Vec<&str> = reasons.iter().map(|reason| reason.name()).collect();
    transaction
        .prepare_cached("-- add_reason\nUPDATE review_case SET reasons = $1, severity = $2 WHERE id = $3")?
        .execute(params![
            reasons.join(","),
            before.severity.max(severity).level(),
            case.0
        ])?;
    Ok(())
}
