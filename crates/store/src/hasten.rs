//! Deliveries that were put off by a clock that was wrong.

use jiff::Timestamp;

use crate::db::params;
use crate::{Store, StoreError};

impl Store {
    /// Has everything that is due only after `farthest` be due at `now`; gives how many deliveries that are. For
    /// whoever knows that nothing is put off for so long, unless the clock was set back since.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Database`].
    pub fn hasten_deliveries(&self, farthest: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        self.share("hasten_deliveries", move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "-- hasten_deliveries\nUPDATE delivery SET next_at = $1 WHERE state = 'waiting' AND next_at > $2",
                )?
                .execute(params![now.as_microsecond(), farthest.as_microsecond()])?;
            Ok(changed as u64)
        })
    }
}
