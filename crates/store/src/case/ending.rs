//! Actions that hold until a time: when it has come the platform is told to undo them, once.

use jiff::Timestamp;
use model::{DecisionId, DecisionState, DecisionStep};

use super::decide::{note_step, step};
use super::read::{covered, one_decision};
use super::tell;
use crate::db::params;
use crate::log::LogKind;
use crate::{Store, StoreError};

/// Decisions that are ended in one transaction.
const MOST: u32 = 64;

impl Store {
    /// Ends the actions whose time has come, and tells the platform to undo them; gives how many. Their decisions stay: what
    /// they were about is not put before people again.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Row`].
    pub fn end_actions(&self, now: Timestamp) -> Result<usize, StoreError> {
        let due = self.read("ending_decisions", |connection| {
            let mut statement = connection.prepare_cached(
                "-- ending_decisions\nSELECT id FROM case_decision WHERE state = 'effective' AND holds_until IS NOT NULL
                    AND holds_until <= $1 ORDER BY holds_until, id LIMIT $2",
            )?;
            Ok(statement.query_all(params![now.as_microsecond(), MOST], |row| row.get::<i64>(0))?)
        })?;
        if due.is_empty() {
            return Ok(0);
        }
        self.share("end_actions", move |transaction| {
            let mut ended = 0;
            for id in due.into_iter().map(DecisionId) {
                // It may have been reversed since.
                if one_decision(transaction, id)?.state != DecisionState::Effective {
                    continue;
                }
                let decision = step(transaction, id, DecisionStep::End, now)?;
                for item in covered(transaction, id)? {
                    tell::reversed(transaction, &decision, &item, now)?;
                }
                note_step(transaction, LogKind::ActionEnded, &decision, "basira", now)?;
                ended += 1;
            }
            Ok(ended)
        })
    }
}
