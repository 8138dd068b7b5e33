//! Reports: what people and institutions say should be looked at.
//!
//! A report of an item that is held joins the case of the item, or opens one; several reports of the same bytes are one
//! case. What is not held is kept and listed, and joins when it comes. Who has sent a report is sealed, in a table of its
//! own; nothing but [`Store::reporter`] reads it, and no report, case or log speaks of it. Reporters are counted nowhere.

mod join;
mod read;

use jiff::Timestamp;
use model::{CaseId, Channel, ItemId, Receipt, ReportCategory, ReportId, Sha256, SourceName, address_key};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use crate::api_key::Secret;
use crate::change::take_numbers;
use crate::code::{self, Purpose};
use crate::db::{Row, Transaction, params};
use crate::item::{BY_ID, Item, one as one_item};
use crate::key::Place;
use crate::log::{self, LogKind};
use crate::row::Stored;
use crate::tally::{self, Tally};
use crate::{Store, StoreError};

pub(crate) use join::take_up;
pub use read::{ReportedBy, Reports};

/// What somebody has reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Identity.
    pub id: ReportId,
    /// How it came in.
    pub channel: Channel,
    /// The institution whose key sent it; `None` of a form.
    pub source: Option<SourceName>,
    /// What it says that the content is.
    pub category: ReportCategory,
    /// Why, in the words of whoever sent it.
    pub words: String,
    /// The language of the words, as a BCP 47 tag.
    pub lang: Option<String>,
    /// The platform's own name for what it is about.
    pub external_id: Option<String>,
    /// Where that can be seen.
    pub url: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// The item, where it is held.
    pub item: Option<ItemId>,
    /// The item's case, and its bytes; none while the item is worked on.
    pub case: Option<(CaseId, Sha256)>,
}

/// A report that is to be kept; its fields as in [`Report`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is documented in Report, but for those that are here"
)]
pub struct NewReport {
    pub channel: Channel,
    pub source: Option<SourceName>,
    pub category: ReportCategory,
    pub words: String,
    pub lang: Option<String>,
    /// The item, where whoever sends the report has its receipt. The caller has asked whether they may name it.
    pub receipt: Option<Receipt>,
    pub external_id: Option<String>,
    pub url: Option<String>,
    /// Who sends it.
    pub reporter: Option<Reporter>,
}

/// Who has sent a report. It is sealed where it is kept.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

impl std::fmt::Debug for Reporter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Reporter(..)")
    }
}

impl Store {
    /// Keeps a report, and puts the item that it is about before people. Gives it with the code by which whoever sent it
    /// asks after it, which is shown once.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Random`].
    pub fn report(&self, new: &NewReport, now: Timestamp) -> Result<(Report, Secret), StoreError> {
        let (code, digest) = code::new(Purpose::Report)?;
        let report = self.change("report", |transaction| {
            let id = insert(transaction, new, &digest, now)?;
            let known = new.reporter.as_ref();
            if let Some(reporter) = known.filter(|it| it.name.is_some() || it.email.is_some()) {
                // Two texts always have a JSON form.
                let plain = serde_json::to_vec(reporter).unwrap_or_default();
                transaction.execute(
                    "-- keep_reporter\nINSERT INTO reporter (report, sealed) VALUES ($1, $2)",
                    params![id.0, self.key.seal(&place(id), &plain)?],
                )?;
            }
            tally::add(transaction, Tally::Reported, new.category.name(), now)?;
            let body = [("report", &*id.0.to_string()), ("channel", new.channel.name())];
            log::append(transaction, now, LogKind::ReportReceived, &body)?;
            if let Some(item) = held(transaction, new)? {
                join::join(transaction, id, &item, now)?;
            }
            read::one(transaction, id)
        })?;
        Ok((report, code))
    }
}

impl Store {
    /// Forgets who has sent the reports that came before `before`; gives how many were forgotten. The reports stay.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn sweep_reporters(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.change("sweep_reporters", |transaction| {
            let sql = "-- sweep_reporters\nDELETE FROM reporter WHERE report IN (SELECT id FROM report WHERE received_at < $1)";
            Ok(transaction.execute(sql, params![before.as_microsecond()])?)
        })
    }
}

fn insert(
    transaction: &Transaction<'_>,
    new: &NewReport,
    digest: &Sha256,
    now: Timestamp,
) -> Result<ReportId, StoreError> {
    let id = take_numbers(transaction, "report", 1)?;
    transaction.execute(
        "-- insert_report\nINSERT INTO report (id, digest, channel, source, category, words, lang, external_id, url, address,
            received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            id,
            &digest.bytes()[..],
            new.channel.name(),
            new.source.as_ref().map(SourceName::as_str),
            new.category.name(),
            new.words,
            new.lang,
            new.external_id,
            new.url,
            new.url.as_deref().map(address_digest),
            now.as_microsecond()
        ],
    )?;
    Ok(ReportId(id))
}

/// The item that a report is about, the newest where there are several.
fn held(transaction: &Transaction<'_>, new: &NewReport) -> Result<Option<Item>, StoreError> {
    let first = |sql: &'static str, values: &[crate::db::Value<'_>]| -> Result<Option<Item>, StoreError> {
        let ids = transaction
            .prepare_cached(sql)?
            .query_all(values, |row| row.get::<i64>(0))?;
        match ids.first() {
            Some(id) => one_item(transaction, BY_ID, params![*id]),
            None => Ok(None),
        }
    };
    if let Some(receipt) = &new.receipt {
        let sql = "-- reported_receipt\nSELECT id FROM item WHERE receipt = $1";
        return first(sql, params![&receipt.0[..]]);
    }
    if let (Some(source), Some(external_id)) = (&new.source, &new.external_id) {
        let sql = "-- reported_name\nSELECT id FROM item WHERE source = $1 AND external_id = $2 ORDER BY id DESC LIMIT 1";
        let found = first(sql, params![source.as_str(), external_id])?;
        if found.is_some() {
            return Ok(found);
        }
    }
    match new.url.as_deref().map(address_digest) {
        Some(digest) => first(
            "-- reported_address\nSELECT item FROM item_address WHERE digest = $1 ORDER BY item DESC LIMIT 1",
            params![digest],
        ),
        None => Ok(None),
    }
}

/// Notes where an item can be seen, in the transaction that takes it in.
pub(crate) fn note_address(transaction: &Transaction<'_>, item: ItemId, url: &str) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "-- note_address\nINSERT INTO item_address (digest, item) VALUES ($1, $2) ON CONFLICT (digest, item) DO NOTHING",
        )?
        .execute(params![address_digest(url), item.0])?;
    Ok(())
}

fn address_digest(url: &str) -> Vec<u8> {
    sha2::Sha256::digest(address_key(url)).to_vec()
}

const fn place(report: ReportId) -> Place {
    Place {
        table: "reporter",
        column: "sealed",
        row: report.0,
    }
}

fn report(row: Row<'_>) -> Result<Report, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("report", id, row);
    let source: Option<String> = stored.get(2)?;
    let sha256: Option<Vec<u8>> = stored.get(11)?;
    let digest = |bytes: Vec<u8>| {
        Sha256::from_slice(&bytes).ok_or_else(|| stored.invalid("its digest has not 32 bytes"))
    };
    Ok(Report {
        id: ReportId(id),
        channel: stored.parse(1)?,
        source: source
            .map(|text| text.parse().map_err(|error| stored.invalid(error)))
            .transpose()?,
        category: stored.parse(3)?,
        words: stored.get(4)?,
        lang: stored.get(5)?,
        external_id: stored.get(6)?,
        url: stored.get(7)?,
        received_at: stored.time(8)?,
        item: stored.get::<Option<i64>>(9)?.map(ItemId),
        case: stored
            .get::<Option<i64>>(10)?
            .map(CaseId)
            .zip(sha256.map(digest).transpose()?),
    })
}
