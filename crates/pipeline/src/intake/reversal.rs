//! Takes back what rested on revoked entries, page by page; stopped at any moment, it goes on from there.

use jiff::Timestamp;
use model::{EntryId, ItemId, Trust, Verdict};
use store::{Found, ItemMatch, StoreError};

use crate::banks::{Banks, BanksError};
use crate::wire::FileResult;

/// Items that are taken back in one transaction.
const PAGE: u32 = 200;

/// Goes on with every entry for which somebody has asked it, until all is done or `stopped`; whether anything was done.
pub(super) fn go_on(banks: &Banks, stopped: impl Fn() -> bool) -> Result<bool, BanksError> {
    let store = banks.store();
    let mut done = false;
    for work in store
        .reversing()?
        .into_iter()
        .filter(|work| work.finished_at.is_none())
    {
        let mut before = Some(work.before);
        while let Some(from) = before
            && !stopped()
        {
            let page = store.items_near(work.entry, Some(from), PAGE)?;
            before = (page.len() == PAGE as usize)
                .then(|| page.last().map(|near| near.item.id))
                .flatten();
            let now = Timestamp::now();
            let (mut fall, mut standing): (Vec<ItemId>, u64) = (Vec::new(), 0);
            for near in page.iter().filter(|near| rests_on_it(near)) {
                if stands(banks, near, work.entry, now)? {
                    standing += 1;
                } else {
                    fall.push(near.item.id);
                }
            }
            store.reverse(work.entry, fall, standing, before, now)?;
            done = true;
        }
    }
    Ok(done)
}

/// Whether something was done because of it: what a look-back finds is for people to look at.
fn rests_on_it(near: &ItemMatch) -> bool {
    near.found == Found::Match && near.item.verdict == Some(Verdict::Match)
}

/// Whether another entry that counts now has made it a match as well.
fn stands(banks: &Banks, near: &ItemMatch, revoked: EntryId, now: Timestamp) -> Result<bool, BanksError> {
    let text = near.item.result.as_deref().unwrap_or_default();
    let result: FileResult = serde_json::from_str(text).map_err(|error| StoreError::Row {
        table: "item",
        row: near.item.id.0.to_string(),
        why: error.to_string(),
    })?;
    for found in result
        .matches
        .iter()
        .filter(|found| found.counts() && found.entry != revoked)
    {
        let known = banks.known_content(found.entry, now)?;
        if known.is_some_and(|known| known.entry.trust == Trust::Active) {
            return Ok(true);
        }
    }
    Ok(false)
}
