//! What holds of a case holds of what was found to be a duplicate of it, from then on, whichever is decided first.

use jiff::Timestamp;
use model::{CaseId, CaseState, Ruling};

use super::CaseDecision;
use super::read::{covered, duplicates, one, standing};
use crate::db::Transaction;
use crate::{StoreError, decision};

/// How far duplicates of duplicates are followed.
const DEEPEST: u32 = 8;

/// Has what was found to be a duplicate of a case take over what holds of it now.
pub(super) fn follow(transaction: &Transaction<'_>, case: CaseId, now: Timestamp) -> Result<(), StoreError> {
    follow_from(transaction, case, 0, now)
}

fn follow_from(
    transaction: &Transaction<'_>,
    case: CaseId,
    depth: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    if depth == DEEPEST {
        return Ok(());
    }
    for duplicate in duplicates(transaction, case)? {
        take_over(transaction, &duplicate, now)?;
        follow_from(transaction, duplicate.case, depth + 1, now)?;
    }
    Ok(())
}

/// Has a duplicate take over what holds of its original; nothing, where nothing holds of all that is in there.
pub(super) fn take_over(
    transaction: &Transaction<'_>,
    duplicate: &CaseDecision,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(original) = duplicate.ruling.duplicate_of() else {
        return Ok(());
    };
    let known = decision::ruled(transaction, &duplicate.sha256)?.map(|ruled| ruled.ruling);
    let holds = holds_of(transaction, original)?;
    if holds == known {
        return Ok(());
    }
    let Some(ruling) = holds else {
        return decision::withdraw(transaction, &duplicate.sha256, now);
    };
    if let Some(item) = covered(transaction, duplicate.id)?.first() {
        let person = decision::name_of(transaction, duplicate.person)?;
        decision::rule(transaction, item, ruling, &person, now)?;
    }
    Ok(())
}

/// What was decided of a case, where that is one thing and holds of all that is in it.
fn holds_of(transaction: &Transaction<'_>, case: CaseId) -> Result<Option<Ruling>, StoreError> {
    let mut case = case;
    for _ in 0..DEEPEST {
        if one(transaction, case)?.state != CaseState::Decided {
            return Ok(None);
        }
        let [ruling] = standing(transaction, case)?[..] else {
            return Ok(None);
        };
        match ruling.duplicate_of() {
            Some(original) => case = original,
            None => return Ok(Some(ruling)),
        }
    }
    Ok(None)
}
