//! Whose a case is, until when it is put off, and to whom it is handed up.

use jiff::Timestamp;
use model::{CaseId, PersonId, Queue};

use super::lease::refuse_held;
use super::read::one;
use crate::db::{Transaction, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::{Store, StoreError};

impl Store {
    /// Gives a case to somebody, or to nobody in particular. It says whose work it is; others may still take it.
    ///
    /// # Errors
    /// [`ReviewError::NoCase`](crate::ReviewError::NoCase), [`ReviewError::NoPerson`](crate::ReviewError::NoPerson) also of
    /// one whose account is switched off, [`StoreError::DiskFull`].
    pub fn assign_case(
        &self,
        case: CaseId,
        to: Option<PersonId>,
        by: PersonId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.share("assign_case", move |transaction| {
            one(transaction, case)?;
            if let Some(to) = to {
                let sql = "-- person_works\nSELECT EXISTS (
                    SELECT 1 FROM person WHERE id = $1 AND disabled_at IS NULL)";
                let works: bool = transaction.query_row(sql, params![to.0], |row| row.get(0))?;
                if !works {
                    return Err(crate::ReviewError::NoPerson(to).into());
                }
            }
            transaction.execute(
                "-- assign_case\nUPDATE review_case SET assignee = $1 WHERE id = $2",
                params![to.map(|to| to.0), case.0],
            )?;
            let to = to.map_or_else(|| "nobody".to_owned(), actor);
            note(transaction, case, ("to", &to), by, now)
        })
    }

    /// Puts a case off until a time, with the reason; `None` takes it up again. Whoever has it lets go of it.
    ///
    /// # Errors
    /// [`ReviewError::CaseHeld`](crate::ReviewError::CaseHeld), [`ReviewError::NoCase`](crate::ReviewError::NoCase),
    /// [`StoreError::DiskFull`].
    pub fn hold_case(
        &self,
        case: CaseId,
        until: Option<(Timestamp, String)>,
        by: PersonId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.share("hold_case", move |transaction| {
            refuse_held(transaction, case, by, now)?;
            transaction.execute(
                "-- hold_case\nUPDATE review_case SET held_until = $1, held_for = $2, holder = NULL,
                    lease_until = NULL WHERE id = $3",
                params![
                    until.as_ref().map(|(until, _)| until.as_microsecond()),
                    until.as_ref().map(|(_, why)| &**why),
                    case.0
                ],
            )?;
            let until = until.map_or_else(|| "now".to_owned(), |(until, _)| until.to_string());
            note(transaction, case, ("held_until", &until), by, now)
        })
    }

    /// Hands a case up to those who decide more; whoever has it lets go of it.
    ///
    /// # Errors
    /// As [`Store::hold_case`].
    pub fn escalate_case(&self, case: CaseId, by: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.share("escalate_case", move |transaction| {
            refuse_held(transaction, case, by, now)?;
            transaction.execute(
                "-- escalate_case\nUPDATE review_case SET queue = $1, holder = NULL, lease_until = NULL,
                    assignee = NULL, held_until = NULL, held_for = NULL WHERE id = $2",
                params![Queue::Escalated.name(), case.0],
            )?;
            note(transaction, case, ("queue", Queue::Escalated.name()), by, now)
        })
    }
}

/// Notes a move in the log; what somebody wrote about it is not in there.
fn note(
    transaction: &Transaction<'_>,
    case: CaseId,
    moved: (&str, &str),
    by: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = [("case", &*case.0.to_string()), moved, ("by", &*actor(by))];
    log::append(transaction, now, LogKind::CaseMoved, &body)
}
