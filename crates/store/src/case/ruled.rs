//! What a person decides of a content by a key of their own, where that content is before people.

use jiff::Timestamp;
use model::{CaseId, CaseState, Ruling, Sha256};

use super::open::refresh_state;
use super::read::one;
use crate::StoreError;
use crate::db::{Transaction, params};
use crate::log::{self, LogKind};

/// What is ruled of a content settles its group, so far as its case has decided nothing: the case is closed with the last
/// group. Where the ruling decides nothing, the group is open as before.
pub(crate) fn take_ruling(
    transaction: &Transaction<'_>,
    content: &Sha256,
    (record, ruling): (i64, Ruling),
    person: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let settled = ruling.outcome().settles().then_some(record);
    for case in set(transaction, content, settled)? {
        refresh_state(transaction, case)?;
        let_go_if_decided(transaction, case)?;
        let body = [
            ("case", &*case.0.to_string()),
            ("record", &*record.to_string()),
            ("outcome", ruling.outcome().name()),
            ("by", person),
        ];
        log::append(transaction, now, LogKind::CaseDecided, &body)?;
    }
    Ok(())
}

/// Nothing that was ruled of a content holds any more.
pub(super) fn drop_ruling(transaction: &Transaction<'_>, content: &Sha256) -> Result<(), StoreError> {
    for case in set(transaction, content, None)? {
        refresh_state(transaction, case)?;
    }
    Ok(())
}

/// Gives the cases in which something changed.
fn set(
    transaction: &Transaction<'_>,
    content: &Sha256,
    record: Option<i64>,
) -> Result<Vec<CaseId>, StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- rule_members\nUPDATE case_member SET ruled = $1
         WHERE sha256 = $2 AND decision IS NULL AND COALESCE($1, ruled) IS NOT NULL RETURNING review_case",
    )?;
    let mut cases = statement.query_all(params![record, &content.bytes()[..]], |row| row.get::<i64>(0))?;
    cases.sort_unstable();
    cases.dedup();
    Ok(cases.into_iter().map(CaseId).collect())
}

/// Nobody works on a case in which all is decided.
pub(super) fn let_go_if_decided(transaction: &Transaction<'_>, case: CaseId) -> Result<(), StoreError> {
    if one(transaction, case)?.state == CaseState::Decided {
        transaction.execute(
            "-- let_go\nUPDATE review_case SET holder = NULL, lease_until = NULL WHERE id = $1",
            params![case.0],
        )?;
    }
    Ok(())
}
