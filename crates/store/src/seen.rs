//! What was seen: fingerprints of blobs that were looked at, and which items are near which entries.

use crate::db::{Transaction, params};
use jiff::Timestamp;
use model::{EntryId, ItemId, Md5, PdqHash, Quality, Sha1, Sha256};

use crate::change::Seq;
use crate::item::{Item, MOST_COPIES, one};
use crate::item_work::Outcome;
use crate::row::invalid;
use crate::{Store, StoreError};

/// Bytes of a picture in the stored form.
const PICTURE: usize = PdqHash::LEN + 1;

/// What a blob is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its SHA-256.
    pub sha256: Sha256,
    /// Its MD5.
    pub md5: Md5,
    /// Its SHA-1.
    pub sha1: Sha1,
    /// Hashes of the pictures in it, with their quality.
    pub pictures: Vec<(PdqHash, Quality)>,
    /// What its texts are compared by: bytes whose meaning the pipeline knows. Empty if there are none.
    pub texts: Vec<u8>,
}

/// How it was found that an item is near an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// When the item was matched.
    Match,
    /// Afterwards, when the entry was added: for a person to look at, and never more than that.
    LookBack,
}

impl Found {
    /// The word in tables and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::LookBack => "look_back",
        }
    }
}

/// An item that is near an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemMatch {
    /// The item.
    pub item: Item,
    /// How it was found.
    pub found: Found,
    /// How far away it is.
    pub distance: u32,
    /// When it was found.
    pub at: Timestamp,
}

/// Something of a look-back: a blob that is near an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The entry.
    pub entry: EntryId,
    /// The blob.
    pub sha256: Sha256,
    /// How far away it is.
    pub distance: u32,
}

/// Notes what an item that has ended is near, and is known by.
pub(crate) fn note(
    transaction: &Transaction<'_>,
    item: ItemId,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (entry, distance) in &outcome.matches {
        note_match(transaction, *entry, item, Found::Match, *distance, now)?;
    }
    let Some(seen) = &outcome.seen else { return Ok(()) };
    let mut pictures = Vec::with_capacity(PICTURE * seen.pictures.len());
    for (hash, quality) in &seen.pictures {
        pictures.extend_from_slice(hash.bytes());
        pictures.push(quality.get());
    }
    transaction
        .prepare_cached(
            "-- note_seen\nINSERT INTO seen (sha256, md5, sha1, pictures, texts, at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (sha256) DO UPDATE SET pictures = excluded.pictures, texts = excluded.texts, at = excluded.at",
        )?
        .execute(params![
            &seen.sha256.bytes()[..],
            &seen.md5.bytes()[..],
            &seen.sha1.bytes()[..],
            pictures,
            &seen.texts[..],
            now.as_microsecond()
        ])?;
    Ok(())
}

/// Notes the links of an item, to be counted.
pub(crate) fn note_links(
    transaction: &Transaction<'_>,
    item: ItemId,
    links: &[Sha256],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- note_link\nINSERT INTO seen_link (digest, at, item) VALUES ($1, $2, $3)
         ON CONFLICT (digest, at, item) DO NOTHING",
    )?;
    for link in links {
        statement.execute(params![&link.bytes()[..], now.as_microsecond(), item.0])?;
    }
    Ok(())
}

fn note_match(
    transaction: &Transaction<'_>,
    entry: EntryId,
    item: ItemId,
    found: Found,
    distance: u32,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = transaction
        .prepare_cached(
            "-- note_match\nINSERT INTO item_match (entry, item, found, distance, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (entry, item) DO NOTHING",
        )?
        .execute(params![entry.0, item.0, found.name(), distance, now.as_microsecond()])?;
    Ok(changed == 1)
}

impl Store {
    /// When items had this link, by the SHA-256 of its one form, since a time; the newest first, at most [`MOST_COPIES`].
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn link_times(&self, link: &Sha256, since: Timestamp) -> Result<Vec<Timestamp>, StoreError> {
        self.read("link_times", |connection| {
            let sql = "-- link_times\nSELECT at FROM seen_link WHERE digest = $1 AND at > $2 ORDER BY at DESC LIMIT $3";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows =
                statement.query(params![&link.bytes()[..], since.as_microsecond(), MOST_COPIES])?;
            let mut times = Vec::new();
            while let Some(row) = rows.next()? {
                times.push(crate::row::Stored::new("seen_link", "of a digest", row).time(0)?);
            }
            Ok(times)
        })
    }

    /// The first picture of what was seen since a time, with when it was; the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn pictures_since(
        &self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, PdqHash)>, StoreError> {
        self.read("pictures_since", |connection| {
            let sql =
                "-- pictures_since\nSELECT at, pictures FROM seen WHERE at > $1 ORDER BY at DESC LIMIT $2";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![since.as_microsecond(), limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let stored = crate::row::Stored::new("seen", "?", row);
                let (at, pictures) = (stored.time(0)?, stored.get::<Vec<u8>>(1)?);
                let first = pictures.get(..PdqHash::LEN).and_then(PdqHash::from_slice);
                found.extend(first.map(|first| (at, first)));
            }
            Ok(found)
        })
    }

    /// How many blobs were seen.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn count_seen(&self) -> Result<u64, StoreError> {
        self.read("count_seen", |connection| {
            let sql = "-- count_seen\nSELECT COUNT(*) FROM seen";
            let count: i64 = connection
                .prepare_cached(sql)?
                .query_row(params![], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// Gives everything that was seen to `each`, with its texts where these are wanted: they are many times as large as all else.
    ///
    /// # Errors
    /// [`StoreError::Row`] when what is stored does not parse.
    pub fn for_each_seen(&self, with_texts: bool, mut each: impl FnMut(Seen)) -> Result<(), StoreError> {
        self.read("for_each_seen", |connection| {
            let sql = if with_texts {
                "-- for_each_seen_with_texts\nSELECT sha256, md5, sha1, pictures, texts FROM seen"
            } else {
                "-- for_each_seen\nSELECT sha256, md5, sha1, pictures FROM seen"
            };
            connection.for_each(sql, params![], |row| {
                let blob = |column| row.blob(column).map_err(|error| invalid("seen", "?", error));
                let wrong = || invalid("seen", "?", "a digest or a hash is cut short");
                let pictures = blob(3)?.chunks(PICTURE).map(|picture| {
                    let (hash, quality) = picture.split_at_checked(PdqHash::LEN)?;
                    let quality = Quality::new(*quality.first()?).ok()?;
                    Some((PdqHash::from_slice(hash)?, quality))
                });
                let texts: Option<Vec<u8>> = if with_texts { row.get(4)? } else { None };
                each(Seen {
                    sha256: Sha256::from_slice(blob(0)?).ok_or_else(wrong)?,
                    md5: Md5::from_slice(blob(1)?).ok_or_else(wrong)?,
                    sha1: Sha1::from_slice(blob(2)?).ok_or_else(wrong)?,
                    pictures: pictures.collect::<Option<Vec<_>>>().ok_or_else(wrong)?,
                    texts: texts.unwrap_or_default(),
                });
                Ok(true)
            })
        })
    }

    /// Up to which change of the banks it was looked back; `None` before the first time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn looked_back(&self) -> Result<Option<Seq>, StoreError> {
        self.read("looked_back", |connection| {
            let sql = "-- looked_back\nSELECT value FROM meta WHERE name = 'looked_back'";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let bytes: Vec<u8> = row.get(0)?;
            let bytes = bytes
                .try_into()
                .map_err(|_| invalid("meta", "looked_back", "it has not 8 bytes"))?;
            Ok(Some(Seq(i64::from_be_bytes(bytes))))
        })
    }

    /// Notes what a look-back found, for every item of each blob, and up to which change it went. Gives how many items it
    /// found that were not known to be near.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`]; nothing is noted then.
    pub fn note_look_back(
        &self,
        hits: Vec<Hit>,
        upto: Option<Seq>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.share("note_look_back", move |transaction| {
            let mut found = 0;
            for hit in &hits {
                let mut statement =
                    transaction.prepare_cached("-- items_of_blob\nSELECT id FROM item WHERE sha256 = $1")?;
                let ids = statement.query_all(params![&hit.sha256.bytes()[..]], |row| row.get(0))?;
                for id in ids {
                    let new = note_match(
                        transaction,
                        hit.entry,
                        ItemId(id),
                        Found::LookBack,
                        hit.distance,
                        now,
                    )?;
                    found += u64::from(new);
                }
            }
            if let Some(Seq(seq)) = upto {
                transaction
                    .prepare_cached(
                        "-- note_looked_back\nINSERT INTO meta (name, value) VALUES ('looked_back', $1)
                         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    )?
                    .execute(params![&seq.to_be_bytes()[..]])?;
            }
            Ok(found)
        })
    }

    /// One page of the items that are near an entry, newest first: those before `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn items_near(
        &self,
        entry: EntryId,
        before: Option<ItemId>,
        limit: u32,
    ) -> Result<Vec<ItemMatch>, StoreError> {
        self.read("items_near", |connection| {
            let mut statement = connection.prepare_cached(
                "-- items_near\nSELECT item, found, distance, at FROM item_match
                 WHERE entry = $1 AND item < $2 ORDER BY item DESC LIMIT $3",
            )?;
            let before = before.map_or(i64::MAX, |id| id.0);
            let mut rows = statement.query(params![entry.0, before, limit])?;
            let mut near = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let stored = crate::row::Stored::new("item_match", id, row);
                let word: String = stored.get(1)?;
                let found = [Found::Match, Found::LookBack]
                    .into_iter()
                    .find(|found| found.name() == word)
                    .ok_or_else(|| stored.invalid("it was found in no known way"))?;
                let item = one(connection, crate::item::BY_ID, params![id])?;
                near.push(ItemMatch {
                    item: item.ok_or_else(|| stored.invalid("its item is missing"))?,
                    found,
                    distance: stored.get(2)?,
                    at: stored.time(3)?,
                });
            }
            Ok(near)
        })
    }
}
