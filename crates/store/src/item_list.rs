//! Items as pages list them: by what they were found to be, what became of them, when they came; each with its case.

use jiff::Timestamp;
use model::{CaseId, ItemId, ItemState, Receipt, Verdict};

use crate::case::{self, Case};
use crate::db::{Connection, Optional, Value, params};
use crate::item::{Item, item};
use crate::{Store, StoreError};

/// Which items are listed; a field that is `None` excludes none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Those of this verdict.
    pub verdict: Option<Verdict>,
    /// Those in this state.
    pub state: Option<ItemState>,
    /// Those that arrived from then on.
    pub from: Option<Timestamp>,
    /// Those that arrived before then.
    pub until: Option<Timestamp>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The item.
    pub item: Item,
    /// The case that it belongs to.
    pub case: Option<Case>,
}

/// What waits, from its own index: an engine would rather go through all items in the order of the list.
macro_rules! queued {
    () => {
        "id IN (SELECT id FROM item WHERE state = 'queued' AND priority >= 0)"
    };
}

impl Store {
    /// An item with its case.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn listed_item(&self, receipt: Receipt) -> Result<Option<Listing>, StoreError> {
        let Some(item) = self.item(receipt)? else {
            return Ok(None);
        };
        self.read("listed_item", |connection| listing(connection, item).map(Some))
    }

    /// One page of items, newest first: those before `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn list_items(
        &self,
        filter: ItemFilter,
        before: Option<ItemId>,
        limit: u32,
    ) -> Result<Vec<Listing>, StoreError> {
        self.read("list_items", |connection| {
            // Items come in the order of their numbers, so that a time is a number.
            let mut until = before.map_or(i64::MAX, |id| id.0);
            if let Some(time) = filter.until {
                until = until.min(last_before(connection, time)? + 1);
            }
            let from = match filter.from {
                Some(time) => last_before(connection, time)? + 1,
                None => 0,
            };
            // Of both the rarer one leads: few items are in another state than done.
            let wanted = match (filter.verdict, filter.state) {
                (Some(_), Some(ItemState::Queued)) => concat!(queued!(), " AND COALESCE(verdict, '') = $1 AND"),
                (Some(_), Some(ItemState::Working)) => "state = 'working' AND COALESCE(verdict, '') = $1 AND",
                (Some(_), Some(ItemState::Aside)) => "state = 'aside' AND COALESCE(verdict, '') = $1 AND",
                (Some(_), Some(_)) => "verdict = $1 AND state = 'done' AND",
                (Some(_), None) => "verdict = $1 AND",
                (None, Some(ItemState::Queued)) => concat!(queued!(), " AND"),
                (None, Some(ItemState::Working)) => "state = 'working' AND",
                (None, Some(ItemState::Aside)) => "state = 'aside' AND",
                (None, Some(_)) => "state = 'done' AND",
                (None, None) => "",
            };
            let mut values: Vec<Value<'_>> = Vec::new();
            values.extend(filter.verdict.map(|verdict| Value::Text(verdict.name())));
            let next = values.len() + 1;
            let sql = format!(
                "-- list_items\nSELECT id, receipt, source, external_id, sha256, size, context, priority, received_at,
                    state, fence, verdict, result, finished_at FROM item
                 WHERE {wanted} id < ${next} AND id >= ${} ORDER BY id DESC LIMIT ${}",
                next + 1,
                next + 2
            );
            values.extend([Value::Int(until), Value::Int(from), Value::Int(limit.into())]);
            let mut items = Vec::new();
            {
                let mut statement = connection.prepare_cached(&sql)?;
                let mut rows = statement.query(&values)?;
                while let Some(row) = rows.next()? {
                    items.push(item(row)?);
                }
            }
            items.into_iter().map(|item| listing(connection, item)).collect()
        })
    }
}

/// The number of the last item that arrived before a time; 0 where none did.
fn last_before(connection: &Connection<'_>, time: Timestamp) -> Result<i64, StoreError> {
    let sql = "-- last_before\nSELECT id FROM item WHERE received_at < $1 ORDER BY received_at DESC, id DESC LIMIT 1";
    let found = connection
        .prepare_cached(sql)?
        .query_row(params![time.as_microsecond()], |row| row.get::<i64>(0))
        .optional()?;
    Ok(found.unwrap_or(0))
}

/// An item with its case.
pub(crate) fn listing(connection: &Connection<'_>, item: Item) -> Result<Listing, StoreError> {
    let sql = "-- case_of_listed\nSELECT review_case FROM case_member WHERE item = $1";
    let found = connection
        .prepare_cached(sql)?
        .query_row(params![item.id.0], |row| row.get::<i64>(0))
        .optional()?;
    let case = found.map(|id| case::one(connection, CaseId(id))).transpose()?;
    Ok(Listing { item, case })
}
