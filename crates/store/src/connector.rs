//! The state of what is connected: who sends items, and who is told of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{SourceName, WebhookId};

use crate::db::{Optional, params};
use crate::row::invalid;
use crate::{Store, StoreError};

/// Deliveries that are looked through for the last one that came through.
pub const MOST_DELIVERIES_LOOKED_AT: u32 = 1_000;

/// How it stands with a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookState {
    /// What waits for it.
    pub waiting: u64,
    /// What was given up.
    pub aside: u64,
    /// Since when something of it is tried in vain.
    pub failing_since: Option<Timestamp>,
    /// Why the oldest of that failed last.
    pub last_error: Option<String>,
    /// When it took something last, among the newest [`MOST_DELIVERIES_LOOKED_AT`] deliveries that came through.
    pub delivered_at: Option<Timestamp>,
}

impl WebhookState {
    /// Whether somebody should look at it.
    pub const fn is_red(&self) -> bool {
        self.aside > 0 || self.failing_since.is_some()
    }
}

fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|error| invalid("delivery", micros, error))
}

impl Store {
    /// How it stands with each webhook that is in use.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn webhook_states(&self) -> Result<BTreeMap<WebhookId, WebhookState>, StoreError> {
        let webhooks = self.webhooks()?.into_iter().filter(|it| it.disabled_at.is_none());
        let mut states: BTreeMap<WebhookId, WebhookState> =
            webhooks.map(|it| (it.id, WebhookState::default())).collect();
        self.read("webhook_states", |connection| {
            for state in ["delivered", "confirmed"] {
                let mut statement = connection.prepare_cached(
                    "-- delivered_last\nSELECT webhook, MAX(delivered_at) FROM (SELECT webhook, delivered_at FROM delivery
                        WHERE state = $1 AND delivered_at IS NOT NULL ORDER BY id DESC LIMIT $2) AS newest GROUP BY webhook",
                )?;
                let rows = statement.query_all(params![state, MOST_DELIVERIES_LOOKED_AT], |row| {
                    Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
                })?;
                for (id, micros) in rows {
                    if let Some(state) = states.get_mut(&WebhookId(id)) {
                        state.delivered_at = state.delivered_at.max(Some(time(micros)?));
                    }
                }
            }
            for (id, state) in &mut states {
                let waits = "-- webhook_waits\nSELECT COUNT(*), MIN(CASE WHEN attempts > 0 THEN begun_at END) FROM delivery
                    WHERE webhook = $1 AND state = 'waiting'";
                let (waiting, failing) = connection.prepare_cached(waits)?.query_row(params![id.0], |row| {
                    Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
                })?;
                state.waiting = waiting.unsigned_abs();
                state.failing_since = failing.map(time).transpose()?;
                let aside = "-- webhook_aside\nSELECT COUNT(*) FROM delivery WHERE state = 'aside' AND webhook = $1";
                let aside: i64 = connection.prepare_cached(aside)?.query_row(params![id.0], |row| row.get(0))?;
                state.aside = aside.unsigned_abs();
                let why = "-- webhook_failed\nSELECT last_error FROM delivery WHERE webhook = $1 AND state = 'waiting'
                    AND attempts > 0 ORDER BY next_at, id LIMIT 1";
                let why = connection.prepare_cached(why)?.query_row(params![id.0], |row| row.get(0));
                state.last_error = why.optional()?.flatten();
            }
            Ok(())
        })?;
        Ok(states)
    }

    /// When an item came from each source that a key is for, the last time; `None` where none came yet.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn sources_seen(&self) -> Result<BTreeMap<SourceName, Option<Timestamp>>, StoreError> {
        let sources: BTreeSet<SourceName> = self.keys()?.into_iter().map(|key| key.source).collect();
        self.read("sources_seen", |connection| {
            let sql =
                "-- source_seen\nSELECT received_at FROM item WHERE source = $1 ORDER BY id DESC LIMIT 1";
            let mut seen = BTreeMap::new();
            for source in sources {
                let last: Option<i64> = connection
                    .prepare_cached(sql)?
                    .query_row(params![source.as_str()], |row| row.get(0))
                    .optional()?;
                seen.insert(source, last.map(time).transpose()?);
            }
            Ok(seen)
        })
    }
}
