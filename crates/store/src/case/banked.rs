//! Decisions whose content is put into a bank.

use jiff::{SignedDuration, Timestamp};
use model::{DecisionId, DecisionState, EntryId};

use super::CaseDecision;
use super::read::{one_decision, to_bank};
use crate::db::params;
use crate::{Edits, ReviewError, Store, StoreError};

/// After which time it is tried again to bank what could not be.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

impl Store {
    /// Decisions that have taken effect and whose content is to be banked, the oldest first; those that could not be are
    /// tried again after a while.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn decisions_to_bank(&self, now: Timestamp) -> Result<Vec<CaseDecision>, StoreError> {
        let before = now.saturating_sub(AGAIN).unwrap_or(Timestamp::MIN);
        self.read("decisions_to_bank", |connection| to_bank(connection, before))
    }

    /// Notes that the content of a decision could not be banked just now.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn note_not_banked(&self, id: DecisionId, now: Timestamp) -> Result<(), StoreError> {
        self.share("note_not_banked", move |transaction| {
            transaction.execute(
                "-- note_not_banked\nUPDATE case_decision SET bank_tried = $1 WHERE id = $2",
                params![now.as_microsecond(), id.0],
            )?;
            Ok(())
        })
    }
}

impl Edits<'_, '_> {
    /// Notes the entry that was made of a decision, in the transaction that makes it.
    ///
    /// # Errors
    /// [`ReviewError::NotStanding`] when it was reversed, or banked, meanwhile; [`ReviewError::NoDecision`].
    pub fn note_banked(&self, id: DecisionId, entry: EntryId) -> Result<(), StoreError> {
        let decision = one_decision(self.transaction, id)?;
        if decision.state != DecisionState::Effective || decision.entry.is_some() {
            return Err(ReviewError::NotStanding(id).into());
        }
        self.transaction.execute(
            "-- note_banked\nUPDATE case_decision SET entry = $1 WHERE id = $2",
            params![entry.0, id.0],
        )?;
        Ok(())
    }
}
