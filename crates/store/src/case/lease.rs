//! Who works on a case: one person at a time, visibly, until they let go of it or are not heard of.

use jiff::Timestamp;
use model::{CaseId, PersonId};

use super::read::one;
use crate::db::{Transaction, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::{ReviewError, Store, StoreError};

impl Store {
    /// Gives a case to somebody until `until`; again, when they have it, as a sign of life.
    ///
    /// # Errors
    /// [`ReviewError::CaseHeld`], [`ReviewError::NoCase`], [`StoreError::DiskFull`].
    pub fn take_case(
        &self,
        case: CaseId,
        person: PersonId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.share("take_case", move |transaction| {
            take(transaction, case, person, now, until)
        })
    }

    /// Somebody lets go of a case. Nothing happens when they do not have it.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn release_case(&self, case: CaseId, person: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.share("release_case", move |transaction| {
            let released = transaction.execute(
                "-- release_case\nUPDATE review_case SET holder = NULL, lease_until = NULL
                 WHERE id = $1 AND holder = $2",
                params![case.0, person.0],
            )?;
            if released == 0 {
                return Ok(());
            }
            let body = [("case", &*case.0.to_string()), ("by", &*actor(person))];
            log::append(transaction, now, LogKind::CaseReleased, &body)
        })
    }
}

/// Refuses when somebody else works on the case.
pub(super) fn refuse_held(
    transaction: &Transaction<'_>,
    case: CaseId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    match one(transaction, case)?.lease {
        Some((holder, until)) if until > now && holder != person => {
            Err(ReviewError::CaseHeld { holder, until }.into())
        }
        _ => Ok(()),
    }
}

fn take(
    transaction: &Transaction<'_>,
    case: CaseId,
    person: PersonId,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreError> {
    refuse_held(transaction, case, person, now)?;
    let had = one(transaction, case)?.holder(now) == Some(person);
    transaction.execute(
        "-- take_case\nUPDATE review_case SET holder = $1, lease_until = $2 WHERE id = $3",
        params![person.0, until.as_microsecond(), case.0],
    )?;
    // A sign of life is no news.
    if had {
        return Ok(());
    }
    let body = [("case", &*case.0.to_string()), ("by", &*actor(person))];
    log::append(transaction, now, LogKind::CaseTaken, &body)
}
