//! Computing a match again from its record.

use fingerprint::{grey, turn, window};
use model::{Method, PdqHash, QueryView, Variant};

use super::{EntryPicture, Query, WORK_SIDE};

/// Computes again what a match says: the distance, from the query picture, the entry and the method alone.
///
/// `None` when the entry no longer has what the method needs (its thumbnail).
pub fn replay(query: Query<'_>, picture: &EntryPicture, method: &Method) -> Option<u32> {
    let Method::Pdq(method) = method else { return None };
    let small = grey::shrink(
        &query.grey.data,
        query.grey.width as usize,
        query.grey.height as usize,
        WORK_SIDE,
    );
    let ours = match (method.view, method.variant) {
        (QueryView::Full, Variant::Canonical) if method.turn == 0 => query.canonical.in_form(method.form),
        (QueryView::Full, Variant::Compat) => query.compat?.in_form(method.form),
        (view, _) => {
            let picture = turn::turned(small.view(), method.turn);
            window::hash(picture.view(), &view.region()).in_form(method.form)
        }
    };
    let theirs: Vec<PdqHash> = if method.entry_region.is_full() {
        picture.hashes.iter().map(|(hash, _)| *hash).collect()
    } else {
        vec![window::hash(picture.thumbnail.as_ref()?.view(), &method.entry_region).hash()]
    };
    theirs.iter().map(|hash| ours.distance(hash)).min()
}
