//! Refining one candidate: which windows to begin with, which side to move, and when it is a match.

use std::collections::HashMap;

use fingerprint::grey::{Grey, GreyPicture};
use fingerprint::rank::effective_rank;
use fingerprint::{verify, window};
use model::{Dihedral, PdqHash, PdqMethod, Quality, QueryView, Region};

use super::{EntryPicture, MATCH_RADIUS, View};
use crate::gates::{TELLING_RANK, reach};

/// Pairs of windows that are refined for one candidate.
const STARTS_PER_CANDIDATE: usize = 3;
/// Distance at which a refinement ends early: well below where pairs that only resemble each other come to rest.
const ENOUGH: u32 = 8;
/// Hashes that one refinement may compute.
const BUDGET: u32 = 160;

/// The windows of a banked picture that a query's windows are compared with: region, hash, quality.
fn entry_views(picture: &EntryPicture) -> Vec<(Region, PdqHash)> {
    let usable = |quality: &Option<Quality>| quality.is_none_or(Quality::is_usable);
    let own = picture
        .hashes
        .iter()
        .filter(|(_, quality)| usable(quality))
        .map(|(hash, _)| (Region::FULL, *hash));
    let windows = window::entry_windows().into_iter().zip(&picture.windows);
    own.chain(
        windows
            .filter(|(_, (_, q))| q.is_usable())
            .map(|(region, (hash, _))| (region, *hash)),
    )
    .collect()
}

/// The best match of a candidate, when its windows come near enough; `form` is the one that it was retrieved in.
pub(super) fn refine_candidate(
    views: &[View],
    turned: &HashMap<i16, GreyPicture>,
    picture: &EntryPicture,
    form: Dihedral,
) -> Option<(PdqMethod, Quality)> {
    let theirs = entry_views(picture);
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for (i, view) in views.iter().enumerate().filter(|(_, view)| view.is_usable()) {
        let hash = view.print.in_form(form);
        for (j, (_, other)) in theirs.iter().enumerate() {
            pairs.push((hash.distance(other), i, j));
        }
    }
    pairs.sort_unstable();
    let mut best: Option<(PdqMethod, Quality)> = None;
    for (_, i, j) in pairs.into_iter().take(STARTS_PER_CANDIDATE) {
        let view = &views[i];
        let (region, hash) = theirs[j];
        let ours = turned.get(&view.turn)?;
        if let Some((method, quality)) = refine_pair(view, ours.view(), form, region, hash, picture)
            && best
                .as_ref()
                .is_none_or(|(old, _)| method.distance < old.distance)
        {
            best = Some((method, quality));
        }
        if best.is_some() {
            break;
        }
    }
    best
}

/// Refines one pair of windows: first the side that is more likely the larger picture, then the other.
fn refine_pair(
    view: &View,
    ours: Grey<'_>,
    form: Dihedral,
    entry_region: Region,
    entry_hash: PdqHash,
    picture: &EntryPicture,
) -> Option<(PdqMethod, Quality)> {
    let mut method = view.method(form, view.print.in_form(form).distance(&entry_hash));
    method.entry_region = entry_region;
    let mut print = view.print.clone();
    let mut target = entry_hash;
    let mut target_quality: Option<Quality> = None;
    // Moving the query's window first pays when the entry is whole; else the banked picture is the larger one.
    let order = if entry_region.is_full() {
        [true, false, true]
    } else {
        [false, true, false]
    };
    for move_query in order {
        if method.distance <= MATCH_RADIUS {
            break;
        }
        if move_query {
            let found = verify::refine(ours, method.view.region(), form, &target, ENOUGH, BUDGET);
            if found.distance < method.distance {
                method.view = QueryView::Window(found.region);
                method.distance = found.distance;
                method.refined = true;
                print = found.print;
            }
        } else if let Some(thumbnail) = &picture.thumbnail {
            // The banked picture's window is hashed as it is; the query's hash is brought into the form instead.
            let wanted = print.in_form(form);
            let found = verify::refine(
                thumbnail.view(),
                method.entry_region,
                Dihedral::Original,
                &wanted,
                ENOUGH,
                BUDGET,
            );
            if found.distance < method.distance {
                method.entry_region = found.region;
                method.distance = found.distance;
                method.refined = true;
                target = found.print.hash();
                target_quality = Some(found.print.quality());
            }
        }
    }
    let usable = print.quality().is_usable() && target_quality.is_none_or(Quality::is_usable);
    let near = method.distance <= allowed(&print.hash(), &method, picture.thumbnail.is_some());
    (usable && near && is_alike(ours, picture, &method)).then(|| (method, print.quality()))
}

/// Distance within which a pair of windows may be a match, by the hash of the query's window.
fn allowed(hash: &PdqHash, method: &PdqMethod, thumbnail: bool) -> u32 {
    let is_piece = |region: Region| region.area() < PIECE;
    match (method.refined, thumbnail) {
        (false, _) => reach(hash),
        (true, true) if is_piece(method.view.region()) && is_piece(method.entry_region) => PIECES_RADIUS,
        (true, true) => MATCH_RADIUS,
        (true, false) if effective_rank(hash) < TELLING_RANK => 0,
        (true, false) => REFINED_RADIUS,
    }
}

/// Share of a picture below which a window is a piece of it.
const PIECE: f64 = 0.6;

/// Distance up to which a piece of one picture and a piece of the other are taken for the same: among so many pairs of
/// pieces some come nearer than whole pictures do. Over 10,000 negatives against 2,000 thumbnails, one pair came within
/// 28 bits with a correlation of brightness of 0.91 (two skies over a horizon).
const PIECES_RADIUS: u32 = 24;

/// Distance up to which a refined window is taken where there is no thumbnail to compare brightness with.
///
/// Moving edges looks for nearness, and finds it between layouts that are alike: over 1,500 negatives against 98,000
/// hashes, it brought eight entries within 24 to 26 bits. Pictures with little on them come nearer still; their hashes
/// have less than [`TELLING_RANK`], and a refined window of theirs is no match without a thumbnail.
const REFINED_RADIUS: u32 = 20;

/// Least correlation of brightness between a window as it was retrieved and the banked thumbnail's.
const LEAST_TONE: f32 = 0.5;

/// Least correlation of brightness between refined windows.
///
/// PDQ ignores everything that is constant along a row or a column. Two pictures that share little else (a bright
/// disc on a dark ground, a title on a plain one) can be brought within the radius by moving edges, and then their
/// brightness does not agree: of 88 false pairs (title cards, flags, night skies) none came to 0.85, of 51 true ones
/// one was below 0.9.
const REFINED_TONE: f32 = 0.9;

/// Whether brightness agrees too, where there is a thumbnail to tell.
fn is_alike(ours: Grey<'_>, picture: &EntryPicture, method: &PdqMethod) -> bool {
    let Some(thumbnail) = &picture.thumbnail else {
        return true;
    };
    let our_samples = window::samples(ours, &method.view.region());
    let their_samples = window::samples(thumbnail.view(), &method.entry_region);
    let least = if method.refined { REFINED_TONE } else { LEAST_TONE };
    match (our_samples, their_samples) {
        (Some(a), Some(b)) => verify::tone_correlation(&a, &b, method.form) >= least,
        _ => false,
    }
}
