//! The words by which the texts of items are searched: keyed digests, from which no text can be read without the key.
//!
//! They are written in the transaction that finishes an item, and go with its bytes or with the item, whichever goes first.

use model::ItemId;

use crate::db::{Transaction, Value, params};
use crate::item::{BY_ID, one};
use crate::item_list::{Listing, listing};
use crate::{Store, StoreError};

/// Words of a question that count.
pub const MOST_ASKED: usize = 8;

/// Notes the words of an item.
pub(crate) fn put(transaction: &Transaction<'_>, item: ItemId, words: &[i64]) -> Result<(), StoreError> {
    if words.is_empty() {
        return Ok(());
    }
    let mut statement = transaction.prepare_cached(
        "-- put_word\nINSERT INTO item_word (word, item) VALUES ($1, $2) ON CONFLICT (word, item) DO NOTHING",
    )?;
    for word in words {
        statement.execute(params![word, item.0])?;
    }
    Ok(())
}

/// Forgets the words of all items with these bytes, which are not kept any more.
pub(crate) fn forget(transaction: &Transaction<'_>, sha256: &[u8]) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "-- forget_words\nDELETE FROM item_word WHERE item IN (SELECT id FROM item WHERE sha256 = $1)",
        )?
        .execute(params![sha256])?;
    Ok(())
}

impl Store {
    /// What a word is known by; the caller has brought it into the form in which words are compared.
    pub fn search_key(&self, word: &str) -> i64 {
        self.key.word(word)
    }

    /// The items in whose texts all of these words are, the newest first: those before `before`, at most `limit`. Of more
    /// than [`MOST_ASKED`] words the first are looked for, of none nothing.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn items_with_words(
        &self,
        words: &[i64],
        before: Option<ItemId>,
        limit: u32,
    ) -> Result<Vec<Listing>, StoreError> {
        let mut words = words.to_vec();
        words.truncate(MOST_ASKED);
        let before = before.map_or(i64::MAX, |id| id.0);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        // The first word leads through its index; every other one is asked for by its key.
        let others: String = (2..=words.len())
            .map(|at| format!(" AND EXISTS (SELECT 1 FROM item_word AS w{at} WHERE w{at}.word = ${at} AND w{at}.item = w1.item)"))
            .collect();
        let (last, most) = (words.len() + 1, words.len() + 2);
        let sql = format!(
            "-- items_with_words\nSELECT w1.item FROM item_word AS w1 WHERE w1.word = $1{others} AND w1.item < ${last}
             ORDER BY w1.item DESC LIMIT ${most}"
        );
        self.read("items_with_words", |connection| {
            let mut values: Vec<Value<'_>> = words.iter().map(|word| Value::Int(*word)).collect();
            values.extend([Value::Int(before), Value::Int(limit.into())]);
            let ids = connection
                .prepare_cached(&sql)?
                .query_all(&values, |row| row.get::<i64>(0))?;
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(item) = one(connection, BY_ID, params![id])? {
                    items.push(listing(connection, item)?);
                }
            }
            Ok(items)
        })
    }
}
