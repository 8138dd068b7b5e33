//! What policies chose to be done with items: kept with the decision, told, and reversed.

use jiff::Timestamp;
use model::{EventKind, ItemId, Sha256};

use crate::db::{Connection, Row, Transaction, params};
use crate::item::{BY_ID, Item, one};
use crate::log::{self, LogKind};
use crate::outbox::{Audience, publish};
use crate::policy::{self, Rates};
use crate::row::Stored;
use crate::{Store, StoreError};

/// An action that policies chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    /// The text of the policy.
    pub text: Option<Sha256>,
    /// Whether it changes what the public sees of the item.
    pub restrictive: bool,
    /// As it is told, a JSON object.
    pub body: String,
}

/// An action of a decision about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAction {
    /// The number of the decision.
    pub decision: i64,
    /// The item.
    pub item: ItemId,
    /// As it is told, a JSON object.
    pub body: String,
    /// When it was chosen.
    pub at: Timestamp,
    /// When it was reversed.
    pub reversed_at: Option<Timestamp>,
}

impl Store {
    /// What policies chose to be done with an item, the newest decision first, at most a hundred.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn actions_of(&self, item: ItemId) -> Result<Vec<ItemAction>, StoreError> {
        self.read("actions_of", |connection| {
            let sql =
                "-- actions_of\nSELECT decision, item, body, at, reversed_at FROM item_action WHERE item = $1
                ORDER BY decision DESC, number LIMIT 100";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![item.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(action(row)?);
            }
            Ok(found)
        })
    }

    /// Whether a policy has these bytes shown to nobody, in whichever item they came: it asked for a person with
    /// `preview = false`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn is_shown_to_nobody(&self, content: &Sha256) -> Result<bool, StoreError> {
        self.read("is_shown_to_nobody", |connection| {
            // Bodies are written by this program, without spaces; no other action has such a word.
            let sql = "-- is_shown_to_nobody\nSELECT EXISTS (
                SELECT 1 FROM item JOIN item_action ON item_action.item = item.id
                WHERE item.sha256 = $1 AND item_action.body LIKE '%\"preview\":false%')";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row(params![&content.bytes()[..]], |row| row.get(0))?)
        })
    }
}

fn action(row: Row<'_>) -> Result<ItemAction, StoreError> {
    let decision: i64 = row.get(0)?;
    let stored = Stored::new("item_action", decision, row);
    Ok(ItemAction {
        decision,
        item: ItemId(stored.get(1)?),
        body: stored.get(2)?,
        at: stored.time(3)?,
        reversed_at: stored.optional_time(4)?,
    })
}

/// Keeps what a decision chose.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    decision: i64,
    item: ItemId,
    actions: &[NewAction],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- keep_action\nINSERT INTO item_action (decision, number, item, hash, restrictive, body, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )?;
    for (number, it) in (1_i64..).zip(actions) {
        statement.execute(params![
            decision,
            number,
            item.0,
            it.text.as_ref().map(|hash| &hash.bytes()[..]),
            i64::from(it.restrictive),
            it.body,
            now.as_microsecond()
        ])?;
    }
    Ok(())
}

/// What is told of actions.
fn data(item: &Item, decision: i64, actions: &[&str]) -> serde_json::Value {
    // What is no JSON was altered, and `null` says nothing wrong.
    let actions = actions
        .iter()
        .map(|body| serde_json::from_str::<serde_json::Value>(body).unwrap_or_default());
    serde_json::json!({
        "item": item.receipt.to_string(),
        "external_id": item.external_id,
        "source": item.source.as_str(),
        "sha256": item.sha256.to_string(),
        "decision": decision,
        "actions": actions.collect::<Vec<_>>(),
    })
}

/// Tells whoever wants to know what is to be done with an item, in the transaction that finished it.
pub(crate) fn tell(
    transaction: &Transaction<'_>,
    item: &Item,
    decision: i64,
    actions: &[NewAction],
    now: Timestamp,
) -> Result<(), StoreError> {
    if actions.is_empty() {
        return Ok(());
    }
    let bodies: Vec<&str> = actions.iter().map(|it| &*it.body).collect();
    let (kind, data) = (EventKind::ItemActions, || data(item, decision, &bodies));
    publish(transaction, Audience::Of(item), kind, &[kind], data, now)
}

/// All actions, by their bodies.
const ANY: &str = "%";
/// Those that carry out what a person decided. Bodies are written by this program, without spaces.
const CARRIED_OUT: &str = "%\"automation\":\"partial\"%";

/// Reverses what was done to an item, so far as it changes what the public sees; gives it, as it is told.
pub(crate) fn reverse(
    transaction: &Transaction<'_>,
    item: ItemId,
    now: Timestamp,
) -> Result<Vec<serde_json::Value>, StoreError> {
    reverse_like(transaction, item, ANY, now)
}

fn reverse_like(
    transaction: &Transaction<'_>,
    item: ItemId,
    like: &str,
    now: Timestamp,
) -> Result<Vec<serde_json::Value>, StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- reverse_actions\nUPDATE item_action SET reversed_at = $1
         WHERE item = $2 AND restrictive = 1 AND reversed_at IS NULL AND body LIKE $3 RETURNING decision, body",
    )?;
    let rows = statement.query_all(params![now.as_microsecond(), item.0, like], |row| {
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
    })?;
    let told = |(decision, body): (i64, String)| {
        let mut it: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        if let Some(fields) = it.as_object_mut() {
            fields.insert("decision".to_owned(), decision.into());
        }
        it
    };
    Ok(rows.into_iter().map(told).collect())
}

/// Texts of policies that act on a content now.
fn acting(connection: &Connection<'_>, content: &Sha256) -> Result<Vec<Sha256>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- acting_texts\nSELECT DISTINCT hash FROM item_action JOIN item ON item.id = item_action.item
         WHERE item.sha256 = $1 AND restrictive = 1 AND reversed_at IS NULL AND hash IS NOT NULL ORDER BY hash",
    )?;
    let rows = statement.query_all(params![&content.bytes()[..]], |row| row.get::<Vec<u8>>(0))?;
    Ok(rows
        .iter()
        .filter_map(|bytes| Sha256::from_slice(bytes))
        .collect())
}

fn count(
    transaction: &Transaction<'_>,
    content: &Sha256,
    rates: Rates,
    now: Timestamp,
) -> Result<(), StoreError> {
    let texts = acting(transaction, content)?;
    let rates: Vec<_> = texts.into_iter().map(|text| (text, rates)).collect();
    policy::count(transaction, &rates, now)
}

/// A person found that a content breaks the rules: whatever acted on it was right to.
pub(super) fn uphold(
    transaction: &Transaction<'_>,
    content: &Sha256,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rates = Rates {
        upheld: 1,
        ..Rates::default()
    };
    count(transaction, content, rates, now)
}

/// A person found nothing wrong in a content: what was done to all items with it is reversed, and told.
pub(super) fn overturn(
    transaction: &Transaction<'_>,
    content: &Sha256,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rates = Rates {
        overturned: 1,
        ..Rates::default()
    };
    count(transaction, content, rates, now)?;
    reverse_all(transaction, content, ANY, now)
}

/// What a person decided of a content does not hold any more: what carried that out is reversed at all items with it, and
/// told.
pub(super) fn release(
    transaction: &Transaction<'_>,
    content: &Sha256,
    now: Timestamp,
) -> Result<(), StoreError> {
    reverse_all(transaction, content, CARRIED_OUT, now)
}

fn reverse_all(
    transaction: &Transaction<'_>,
    content: &Sha256,
    like: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- items_acted_on\nSELECT DISTINCT item_action.item FROM item_action JOIN item ON item.id = item_action.item
         WHERE item.sha256 = $1 AND restrictive = 1 AND reversed_at IS NULL AND body LIKE $2 ORDER BY item_action.item",
    )?;
    let items = statement.query_all(params![&content.bytes()[..], like], |row| row.get::<i64>(0))?;
    for id in items {
        let Some(item) = one(transaction, BY_ID, params![id])? else {
            continue;
        };
        let actions = reverse_like(transaction, item.id, like, now)?;
        told_reversed(transaction, &item, None, actions, now)?;
    }
    Ok(())
}

/// Notes in the log, and puts into the outbox, that what was told of an item does not hold any more: because of an entry that
/// was revoked, or else because of what a person decided.
pub(crate) fn told_reversed(
    transaction: &Transaction<'_>,
    item: &Item,
    entry: Option<model::EntryId>,
    actions: Vec<serde_json::Value>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let receipt = item.receipt.to_string();
    let number = entry.map(|entry| entry.0.to_string());
    let mut body = vec![("item", &*receipt)];
    body.extend(number.as_deref().map(|number| ("entry", number)));
    log::append(transaction, now, LogKind::ActionReversed, &body)?;
    let mut data = serde_json::json!({
        "item": receipt,
        "external_id": item.external_id,
        "source": item.source.as_str(),
        "sha256": item.sha256.to_string(),
        "entry": entry.map(|entry| entry.0),
    });
    // Whoever was told of a match, or of what is to be done, must hear that it does not hold.
    let mut wanted = vec![EventKind::ActionReversed];
    wanted.extend(entry.is_some().then_some(EventKind::ItemMatch));
    if let (false, Some(fields)) = (actions.is_empty(), data.as_object_mut()) {
        fields.insert("actions".to_owned(), actions.into());
        wanted.push(EventKind::ItemActions);
    }
    let kind = EventKind::ActionReversed;
    publish(transaction, Audience::Of(item), kind, &wanted, || data, now)
}
