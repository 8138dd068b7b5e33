//! Webhooks: addresses that are told of items, each with a secret by which it knows who speaks.

use crate::db::{Optional, Row, params};
use jiff::Timestamp;
use model::{EventKind, SourceName, WebhookId};

use crate::api_key::Secret;
use crate::change::take_numbers;
use crate::key::Place;
use crate::log::{self, LogKind};
use crate::row::Stored;
use crate::{Store, StoreError};

/// Webhooks that are in use at once at most: each has threads of its own.
pub const MOST_WEBHOOKS: i64 = 32;

/// Bytes of a webhook's secret.
const SECRET: usize = 32;

/// A webhook, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Identity.
    pub id: WebhookId,
    /// Whose items it is told of; of all when `None`.
    pub source: Option<SourceName>,
    /// Where it is.
    pub url: String,
    /// What it is told.
    pub events: Vec<EventKind>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was removed.
    pub disabled_at: Option<Timestamp>,
}

/// A webhook that is to be made; its fields as in [`Webhook`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented in Webhook")]
pub struct NewWebhook {
    pub source: Option<SourceName>,
    pub url: String,
    pub events: Vec<EventKind>,
}

/// Where a secret is sealed.
const fn place(id: i64) -> Place {
    Place {
        table: "webhook",
        column: "secret",
        row: id,
    }
}

impl Store {
    /// Makes a webhook; noted in the log as done by `by`. `show` writes the secret's bytes as they are to be shown.
    ///
    /// # Errors
    /// [`StoreError::TooManyWebhooks`], [`StoreError::DiskFull`], [`StoreError::Random`].
    pub fn create_webhook(
        &self,
        new: &NewWebhook,
        by: &str,
        now: Timestamp,
        show: impl FnOnce(&[u8]) -> String,
    ) -> Result<(Webhook, Secret), StoreError> {
        let mut secret = [0u8; SECRET];
        getrandom::fill(&mut secret).map_err(StoreError::Random)?;
        let id = self.change("create_webhook", |transaction| {
            let sql = "-- count_webhooks\nSELECT COUNT(*) FROM webhook WHERE disabled_at IS NULL";
            let count: i64 = transaction.query_row(sql, params![], |row| row.get(0))?;
            if count >= MOST_WEBHOOKS {
                return Err(StoreError::TooManyWebhooks);
            }
            let id = take_numbers(transaction, "webhook", 1)?;
            let events: Vec<&str> = new.events.iter().map(|kind| kind.name()).collect();
            transaction.execute(
                "-- create_webhook\nINSERT INTO webhook (id, source, url, secret, events, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6)",
                params![
                    id,
                    new.source.as_ref().map(SourceName::as_str),
                    new.url,
                    self.key.seal(&place(id), &secret)?,
                    events.join(","),
                    now.as_microsecond(),
                ],
            )?;
            let body = [("webhook", &*id.to_string()), ("by", by)];
            log::append(transaction, now, LogKind::WebhookCreated, &body)?;
            Ok(id)
        })?;
        let webhook = Webhook {
            id: WebhookId(id),
            source: new.source.clone(),
            url: new.url.clone(),
            events: new.events.clone(),
            created_at: now,
            disabled_at: None,
        };
        Ok((webhook, Secret::new(show(&secret))))
    }

    /// All webhooks, also those that were removed, by id.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.read("webhooks", |connection| {
            let mut statement = connection.prepare_cached(
                "-- webhooks\nSELECT id, source, url, events, created_at, disabled_at FROM webhook ORDER BY id",
            )?;
            let mut rows = statement.query(params![])?;
            let mut webhooks = Vec::new();
            while let Some(row) = rows.next()? {
                webhooks.push(webhook(row)?);
            }
            Ok(webhooks)
        })
    }

    /// The bytes of a webhook's secret; `None` when they cannot be read: altered, or sealed with another key.
    ///
    /// # Errors
    /// [`StoreError::NoWebhook`].
    pub fn webhook_secret(&self, id: WebhookId) -> Result<Option<Vec<u8>>, StoreError> {
        self.read("webhook_secret", |connection| {
            let sql = "-- webhook_secret\nSELECT secret FROM webhook WHERE id = $1";
            let sealed: Option<Vec<u8>> = connection
                .prepare_cached(sql)?
                .query_row(params![id.0], |row| row.get(0))
                .optional()?;
            let sealed = sealed.ok_or_else(|| StoreError::NoWebhook(id.0.to_string()))?;
            let secret = self.key.open(&place(id.0), &sealed);
            Ok(secret.filter(|secret| secret.len() == SECRET))
        })
    }

    /// Removes a webhook for good, and puts aside what it has not got; noted in the log as done by `by`.
    ///
    /// # Errors
    /// [`StoreError::NoWebhook`], also of one that was removed before.
    pub fn remove_webhook(&self, id: WebhookId, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.share("remove_webhook", move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "-- remove_webhook\nUPDATE webhook SET disabled_at = $1 WHERE id = $2 AND disabled_at IS NULL",
                )?
                .execute(params![now.as_microsecond(), id.0])?;
            if changed == 0 {
                return Err(StoreError::NoWebhook(id.0.to_string()));
            }
            transaction
                .prepare_cached(
                    "-- put_aside_of_webhook\nUPDATE delivery SET state = 'aside',
                        last_error = 'the webhook was removed' WHERE webhook = $1 AND state = 'waiting'",
                )?
                .execute(params![id.0])?;
            let body = [("webhook", &*id.0.to_string()), ("by", &*by)];
            log::append(transaction, now, LogKind::WebhookRemoved, &body)
        })
    }
}

fn webhook(row: Row<'_>) -> Result<Webhook, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("webhook", id, row);
    let source: Option<String> = stored.get(1)?;
    let events: String = stored.get(3)?;
    Ok(Webhook {
        id: WebhookId(id),
        source: source
            .map(|text| text.parse().map_err(|error| stored.invalid(error)))
            .transpose()?,
        url: stored.get(2)?,
        events: events
            .split(',')
            .map(|word| word.parse().map_err(|error| stored.invalid(error)))
            .collect::<Result<_, _>>()?,
        created_at: stored.time(4)?,
        disabled_at: stored.optional_time(5)?,
    })
}
