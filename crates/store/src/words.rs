//! The words by which the texts of items are searched: keyed digests, from which no text can be read without the key.
//!
//! They are written in the transaction that finishes an item, and go with its bytes or with the item, whichever goes first.

use model::ItemId;

use crate::db::{Connection, Transaction, Value, params};
use crate::item::{BY_ID, one};
use crate::item_list::{Listing, listing};
use crate::{Store, StoreError};

/// Words of a question that count.
pub const MOST_ASKED: usize = 8;

/// Items with the rarest word of a question that are looked at for the others at one time: two words that are frequent and
/// never together cost no more than others.
const MOST_LOOKED: i64 = 5_000;

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

    /// The items in whose texts all of these words are, the newest first: those before `before`, at most `limit`; and before
    /// which item to go on, where there may be more. Of more than [`MOST_ASKED`] words the first are looked for, of none nothing.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn items_with_words(
        &self,
        words: &[i64],
        before: Option<ItemId>,
        limit: u32,
    ) -> Result<(Vec<Listing>, Option<ItemId>), StoreError> {
        let mut words = words.to_vec();
        words.truncate(MOST_ASKED);
        words.dedup();
        let before = before.map_or(i64::MAX, |id| id.0);
        if words.is_empty() {
            return Ok((Vec::new(), None));
        }
        self.read("items_with_words", |connection| {
            let mut counted = Vec::with_capacity(words.len());
            for word in &words {
                counted.push((count_some(connection, *word)?, *word));
            }
            // The rarest word leads through its index; every other one is asked for by its key.
            counted.sort_unstable();
            let words: Vec<i64> = counted.into_iter().map(|(_, word)| word).collect();
            let sql = statement(words.len());
            let mut values = vec![Value::Int(words[0]), Value::Int(before), Value::Int(MOST_LOOKED)];
            values.extend(words[1..].iter().map(|word| Value::Int(*word)));
            values.push(Value::Int(limit.into()));
            let ids = connection
                .prepare_cached(&sql)?
                .query_all(&values, |row| row.get::<i64>(0))?;
            let next = match ids.last().filter(|_| ids.len() >= limit as usize) {
                Some(last) => Some(ItemId(*last)),
                None => last_looked(connection, words[0], before)?,
            };
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                if let Some(item) = one(connection, BY_ID, params![id])? {
                    items.push(listing(connection, item)?);
                }
            }
            Ok((items, next))
        })
    }
}

/// The last item that was looked at for its other words, where not all were that have the first one.
fn last_looked(connection: &Connection<'_>, word: i64, before: i64) -> Result<Option<ItemId>, StoreError> {
    let sql = "-- last_looked\nSELECT COUNT(*), MIN(item) FROM (SELECT item FROM item_word
        WHERE word = $1 AND item < $2 ORDER BY item DESC LIMIT $3) AS looked";
    let mut statement = connection.prepare_cached(sql)?;
    let (count, last) = statement.query_row(params![word, before, MOST_LOOKED], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
    })?;
    Ok(last.filter(|_| count >= MOST_LOOKED).map(ItemId))
}

/// How many items have a word, as far as that matters: the beginning is counted.
fn count_some(connection: &Connection<'_>, word: i64) -> Result<i64, StoreError> {
    let sql = "-- count_word\nSELECT COUNT(*) FROM (SELECT item FROM item_word WHERE word = $1 LIMIT 1000) AS first_ones";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![word], |row| row.get(0))?)
}

/// The statement for so many words; its values are the first word, before which item, how many are looked at, the other words,
/// and how many are given.
fn statement(words: usize) -> String {
    let others: String = (2..=words)
        .map(|word| {
            let at = word + 2;
            format!(" AND EXISTS (SELECT 1 FROM item_word AS w{at} WHERE w{at}.word = ${at} AND w{at}.item = w1.item)")
        })
        .collect();
    let most = words + 3;
    format!(
        "-- items_with_words\nSELECT w1.item FROM (SELECT item FROM item_word WHERE word = $1 AND item < $2
            ORDER BY item DESC LIMIT $3) AS w1 WHERE true{others} ORDER BY w1.item DESC LIMIT ${most}"
    )
}
