//! What texts did, hour by hour: for caps, and for whoever watches whether one goes quiet or wild.

use jiff::Timestamp;
use model::Sha256;

use super::standing;
use crate::db::{Transaction, params};
use crate::row::Stored;
use crate::{Store, StoreError};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// What a text did, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// Items that it was asked about.
    pub items: u64,
    /// Items of which its condition holds.
    pub matched: u64,
    /// Items of which that cannot be told.
    pub unknown: u64,
    /// Items at which it failed: its budget ended.
    pub failed: u64,
    /// Items that it restricted.
    pub acted: u64,
    /// Items at which a cap held it back.
    pub held: u64,
    /// Contents on which it acted, and that people found to break the rules then.
    pub upheld: u64,
    /// Contents on which it acted, and in which people found nothing wrong then.
    pub overturned: u64,
}

/// What a text did in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyHour {
    /// The text.
    pub hash: Sha256,
    /// Hours since 1970.
    pub hour: i64,
    /// What it did.
    pub rates: Rates,
}

/// The hour of a time, counted since 1970.
pub(crate) fn hour_of(at: Timestamp) -> i64 {
    at.as_microsecond().div_euclid(HOUR)
}

/// Adds to what texts did in this hour.
pub(crate) fn count(
    transaction: &Transaction<'_>,
    rates: &[(Sha256, Rates)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- count_policy\nINSERT INTO policy_hour (hash, hour, items, matched, unknown, failed, acted, held, upheld,
            overturned) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (hash, hour) DO UPDATE SET
            items = policy_hour.items + excluded.items, matched = policy_hour.matched + excluded.matched,
            unknown = policy_hour.unknown + excluded.unknown, failed = policy_hour.failed + excluded.failed,
            acted = policy_hour.acted + excluded.acted, held = policy_hour.held + excluded.held,
            upheld = policy_hour.upheld + excluded.upheld, overturned = policy_hour.overturned + excluded.overturned",
    )?;
    for (hash, it) in rates {
        statement.execute(params![
            &hash.bytes()[..],
            hour_of(now),
            it.items.cast_signed(),
            it.matched.cast_signed(),
            it.unknown.cast_signed(),
            it.failed.cast_signed(),
            it.acted.cast_signed(),
            it.held.cast_signed(),
            it.upheld.cast_signed(),
            it.overturned.cast_signed()
        ])?;
    }
    Ok(())
}

impl Store {
    /// Adds to what texts did in this hour.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn count_policies(&self, rates: Vec<(Sha256, Rates)>, now: Timestamp) -> Result<(), StoreError> {
        self.share("count_policies", move |transaction| {
            count(transaction, &rates, now)
        })
    }

    /// What texts did in the hours from that of `since` on.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn policy_hours(&self, since: Timestamp) -> Result<Vec<PolicyHour>, StoreError> {
        self.read("policy_hours", |connection| {
            let mut statement = connection.prepare_cached(
                "-- policy_hours\nSELECT hash, hour, items, matched, unknown, failed, acted, held, upheld, overturned
                 FROM policy_hour
                 WHERE hour >= $1 ORDER BY hour, hash",
            )?;
            let mut rows = statement.query(params![hour_of(since)])?;
            let mut hours = Vec::new();
            while let Some(row) = rows.next()? {
                let stored = Stored::new("policy_hour", "of a text", row);
                hours.push(PolicyHour {
                    hash: standing::digest(&stored, 0)?,
                    hour: stored.get(1)?,
                    rates: Rates {
                        items: stored.count(2)?,
                        matched: stored.count(3)?,
                        unknown: stored.count(4)?,
                        failed: stored.count(5)?,
                        acted: stored.count(6)?,
                        held: stored.count(7)?,
                        upheld: stored.count(8)?,
                        overturned: stored.count(9)?,
                    },
                });
            }
            Ok(hours)
        })
    }
}
