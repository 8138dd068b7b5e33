//! How far what was told of a decision has come, for every item that it is about.

use model::{DecisionId, DeliveryState, EventKind};

use crate::db::params;
use crate::delivery::{Delivery, all, select};
use crate::row::Stored;
use crate::{Store, StoreError};

/// How many deliveries of one kind are how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// What they tell.
    pub kind: EventKind,
    /// Whether the platform must act.
    pub asks: bool,
    /// How far they have come.
    pub state: DeliveryState,
    /// How many.
    pub count: u64,
}

impl Store {
    /// What was told of a decision, in its order: those after the number `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn deliveries_of(
        &self,
        decision: DecisionId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.read("deliveries_of", |connection| {
            let sql = select!(
                "deliveries_of",
                "WHERE decision = $1 AND id > $2 ORDER BY id LIMIT $3"
            );
            all(connection, sql, params![decision.0, after, limit])
        })
    }

    /// How far all of it has come.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn told_of(&self, decision: DecisionId) -> Result<Vec<Told>, StoreError> {
        self.read("told_of", |connection| {
            let mut statement = connection.prepare_cached(
                "-- told_of\nSELECT kind, asks, state, COUNT(*) FROM delivery WHERE decision = $1
                 GROUP BY kind, asks, state ORDER BY kind, asks, state",
            )?;
            let mut rows = statement.query(params![decision.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let stored = Stored::new("delivery", "of a decision", row);
                found.push(Told {
                    kind: stored.parse(0)?,
                    asks: stored.flag(1)?,
                    state: stored.parse(2)?,
                    count: stored.count(3)?,
                });
            }
            Ok(found)
        })
    }

    /// How many items of a decision nobody was told of: no webhook is for their source.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn untold(&self, decision: DecisionId) -> Result<u64, StoreError> {
        self.read("untold", |connection| {
            let sql = "-- untold\nSELECT COUNT(*) FROM case_member JOIN item ON item.id = case_member.item
                WHERE case_member.decision = $1 AND NOT EXISTS (SELECT 1 FROM delivery
                    WHERE delivery.decision = case_member.decision AND delivery.receipt = item.receipt)";
            let mut statement = connection.prepare_cached(sql)?;
            let count: i64 = statement.query_row(params![decision.0], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }
}
