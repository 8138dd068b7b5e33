//! A report and the case of what it is about.

use jiff::Timestamp;
use model::{CaseId, CaseReason, ItemState, Queue, ReportId};

use super::read::one;
use super::{Report, address_digest};
use crate::StoreError;
use crate::case::{self, Review};
use crate::db::{Transaction, params};
use crate::item::Item;
use crate::log::{self, LogKind};
use crate::routing::About;

/// Reports that are taken up for one item at once. Whoever sends more is told of what becomes of these, for all of them are
/// of one case.
const MOST: u32 = 1_000;

/// Notes which item a report is about, and puts it before people if it is finished; else that is done when it is.
pub(super) fn join(
    transaction: &Transaction<'_>,
    id: ReportId,
    item: &Item,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("-- report_item\nUPDATE report SET item = $1 WHERE id = $2")?
        .execute(params![item.id.0, id.0])?;
    if matches!(item.state, ItemState::Done | ItemState::Aside) {
        let report = one(transaction, id)?;
        put_before_people(transaction, &report, item, now)?;
    }
    Ok(())
}

/// Takes up what was reported of an item before it was finished, or before it came; in the transaction that finishes it.
pub(crate) fn take_up(transaction: &Transaction<'_>, item: &Item, now: Timestamp) -> Result<(), StoreError> {
    let name = transaction
        .prepare_cached(
            "-- reports_of_name\nSELECT id FROM report
             WHERE item IS NULL AND source = $1 AND external_id = $2 ORDER BY id LIMIT $3",
        )?
        .query_all(params![item.source.as_str(), item.external_id, MOST], |row| {
            row.get::<i64>(0)
        })?;
    let address = match &item.context.url {
        Some(url) => transaction
            .prepare_cached(
                "-- reports_of_address\nSELECT id FROM report WHERE item IS NULL AND address = $1 ORDER BY id LIMIT $2",
            )?
            .query_all(params![address_digest(url), MOST], |row| row.get::<i64>(0))?,
        None => Vec::new(),
    };
    let waiting = transaction
        .prepare_cached(
            "-- reports_of_item\nSELECT id FROM report WHERE item = $1 AND review_case IS NULL ORDER BY id LIMIT $2",
        )?
        .query_all(params![item.id.0, MOST], |row| row.get::<i64>(0))?;
    let mut ids = [name, address, waiting].concat();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        join(transaction, ReportId(id), item, now)?;
    }
    Ok(())
}

fn put_before_people(
    transaction: &Transaction<'_>,
    report: &Report,
    item: &Item,
    now: Timestamp,
) -> Result<(), StoreError> {
    let severity = report.category.severity(report.channel);
    let case = match case::case_of_item(transaction, item.id)? {
        Some(case) => case,
        None => {
            let review = Review {
                queue: Queue::Reported,
                entry: None,
                severity,
                reasons: vec![CaseReason::Reported],
                alike: case::Alike::default(),
            };
            let about = About {
                category: Some(report.category),
                ..About::default()
            };
            case::open_or_join(transaction, item, &review, about, now)?;
            match case::case_of_item(transaction, item.id)? {
                Some(case) => case,
                // Whoever is put before people has a case.
                None => return Ok(()),
            }
        }
    };
    case::add_reason(transaction, case, CaseReason::Reported, severity)?;
    transaction
        .prepare_cached("-- report_case\nUPDATE report SET review_case = $1, sha256 = $2 WHERE id = $3")?
        .execute(params![case.0, &item.sha256.bytes()[..], report.id.0])?;
    note(transaction, report.id, case, now)
}

fn note(transaction: &Transaction<'_>, id: ReportId, case: CaseId, now: Timestamp) -> Result<(), StoreError> {
    let body = [("report", &*id.0.to_string()), ("case", &*case.0.to_string())];
    log::append(transaction, now, LogKind::ReportJoined, &body)
}
