//! Finding a banked picture that was cropped, framed, captioned, mirrored or turned a little.
//!
//! Three tiers by cost. *Plain* looks up the whole picture in its eight dihedral forms, and compares entries that just
//! miss the radius window by window. *Standard* adds the picture without its borders, its panels and a few windows, and
//! refines candidates that are near. *Full* looks at all windows and small turns. Retrieval only proposes; a candidate is a
//! match when, after its edges were refined, the hashes differ in at most [`MATCH_RADIUS`] bits (fewer for hashes that
//! can tell little, see [`crate::gates::reach`]), both windows have usable quality, and brightness agrees where a
//! thumbnail of the banked picture can tell.

mod candidate;
mod replay;

use std::collections::HashMap;

use fingerprint::grey::GreyPicture;
use fingerprint::pdq::Pdq;
use fingerprint::rank::effective_rank;
use fingerprint::{grey, layout, turn, window};
use model::{Dihedral, EntryId, PdqHash, PdqMethod, Quality, QueryView, Region, Variant};

use crate::gates::{TELLING_RANK, reach};
use candidate::refine_candidate;

pub use replay::replay;

/// Two hashes of at most this distance match (PDQ paper).
pub const MATCH_RADIUS: u32 = 31;

/// Whole pictures at most this far apart are compared window by window in every tier: twice the match radius.
const NEAR_MISS: u32 = 2 * MATCH_RADIUS;

/// Candidates that are refined for one picture; more are named as incomplete.
pub const MAX_REFINEMENTS: usize = 64;

/// Longer side, in pixels, of the grey picture that windows are cut from, on both sides.
pub const WORK_SIDE: usize = 256;

/// How much is done to find an edited copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The whole picture and its dihedral forms; near misses are refined.
    Plain,
    /// And trim, panels, a few windows; near candidates are refined.
    Standard,
    /// And all windows and small turns.
    Full,
}

/// Radii of retrieval; they shrink as banks grow, so that chance does not fill the list of candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gates {
    /// Standard tier: the whole picture, its trim and panels, against entries and their windows.
    pub near: u32,
    /// Full tier: all windows against all windows.
    pub wide: u32,
}

/// A banked picture's row near a query hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// Which of the queries.
    pub query: usize,
    /// The entry.
    pub entry: EntryId,
    /// Bits that differ.
    pub distance: u32,
}

/// What is known of a banked picture.
#[derive(Debug, Clone, Default)]
pub struct EntryPicture {
    /// Its PDQ signals, with their quality where it is known.
    pub hashes: Vec<(PdqHash, Option<Quality>)>,
    /// The hashes of [`window::entry_windows`], where media are held; else empty.
    pub windows: Vec<(PdqHash, Quality)>,
    /// Its grey thumbnail, where media are held.
    pub thumbnail: Option<GreyPicture>,
}

/// The banked pictures, as retrieval needs them.
pub trait PictureBanks {
    /// Why a look-up can fail.
    type Error;
    /// Rows of entries' own hashes within `radius` of each query.
    fn near(&self, queries: &[PdqHash], radius: u32) -> Result<Vec<Near>, Self::Error>;
    /// Rows of entries' windows within `radius` of each query.
    fn near_windows(&self, queries: &[PdqHash], radius: u32) -> Result<Vec<Near>, Self::Error>;
    /// Radii for the present number of rows.
    fn gates(&self) -> Gates;
    /// Whether an entry is one that is to be found: known content, not revoked, expired or switched off.
    fn counts(&self, entry: EntryId) -> Result<bool, Self::Error>;
    /// The banked picture; `None` when it has gone in the meantime.
    fn picture(&self, entry: EntryId) -> Result<Option<EntryPicture>, Self::Error>;
}

/// A picture that is looked up.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The print of the canonical reading.
    pub canonical: &'a Pdq,
    /// The print of the reading that peers use, where it differs.
    pub compat: Option<&'a Pdq>,
    /// Canonical grey picture, of any size.
    pub grey: &'a GreyPicture,
}

/// A banked picture found in a query picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The entry.
    pub entry: EntryId,
    /// How, and at what distance.
    pub method: PdqMethod,
    /// Quality of the query's hash.
    pub quality: Quality,
}

/// What a look-up found, and what it cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// The best match of each entry, nearest first.
    pub found: Vec<Found>,
    /// Candidates that were retrieved.
    pub candidates: usize,
    /// Candidates that were refined; fewer than retrieved only when there were more than [`MAX_REFINEMENTS`].
    pub refined: usize,
}

/// One view of the query picture with its print.
#[derive(Debug, Clone)]
struct View {
    view: QueryView,
    variant: Variant,
    turn: i16,
    print: Pdq,
}

impl View {
    /// Whether its hash may be looked up: quality as everywhere, and a window has to tell enough, as there are many of
    /// them and one of a plain ground with a line of text resembles every other.
    fn is_usable(&self) -> bool {
        let window = matches!(self.view, QueryView::Window(_));
        self.print.quality().is_usable() && !(window && effective_rank(&self.print.hash()) < TELLING_RANK)
    }

    fn method(&self, form: Dihedral, distance: u32) -> PdqMethod {
        let (view, variant, turn) = (self.view, self.variant, self.turn);
        PdqMethod {
            view,
            variant,
            form,
            turn,
            entry_region: Region::FULL,
            refined: false,
            distance,
        }
    }
}

/// The small turns that the full tier tries, in hundredths of a degree.
const TURNS: [i16; 6] = [-200, 200, -400, 400, -600, 600];

/// Looks a picture up.
///
/// # Errors
/// What the banks return.
pub fn look_up<B: PictureBanks>(query: Query<'_>, banks: &B, tier: Tier) -> Result<Lookup, B::Error> {
    let mut whole = vec![View {
        view: QueryView::Full,
        variant: Variant::Canonical,
        turn: 0,
        print: query.canonical.clone(),
    }];
    whole.extend(query.compat.map(|print| View {
        view: QueryView::Full,
        variant: Variant::Compat,
        turn: 0,
        print: print.clone(),
    }));
    let mut search = Search {
        banks,
        best: HashMap::new(),
        starts: HashMap::new(),
        counting: HashMap::new(),
    };
    search.direct(&whole, &Dihedral::ALL)?;
    whole.truncate(1);
    let gates = banks.gates();
    if tier == Tier::Plain {
        // Whole pictures that just miss the radius (a smooth one, re-encoded) are rare, and worth a closer look.
        let radius = gates.near.min(NEAR_MISS);
        search.propose(&whole, &[Dihedral::Original], radius, false)?;
        if search.starts.is_empty() {
            return Ok(search.finish(0, 0));
        }
    }
    let small = grey::shrink(
        &query.grey.data,
        query.grey.width as usize,
        query.grey.height as usize,
        WORK_SIDE,
    );
    let cut = |view: QueryView| View {
        view,
        variant: Variant::Canonical,
        turn: 0,
        print: window::hash(small.view(), &view.region()),
    };
    let mut framed: Vec<View> = layout::trim(small.view())
        .map(|r| cut(QueryView::Trim(r)))
        .into_iter()
        .collect();
    framed.extend(
        layout::panels(small.view())
            .into_iter()
            .map(|r| cut(QueryView::Panel(r))),
    );
    let few: Vec<View> = window::few_query_windows()
        .into_iter()
        .map(|r| cut(QueryView::Window(r)))
        .collect();
    let mut views: Vec<View> = whole;
    views.extend(framed);
    let outer = views.len();
    views.extend(few);
    if tier > Tier::Plain {
        let forms = [Dihedral::Original, Dihedral::FlipY];
        search.direct(&views[1..outer], &Dihedral::ALL)?;
        search.direct(&views[outer..], &forms)?;
        search.propose(&views[..outer], &forms, gates.near, true)?;
        search.propose(&views[outer..], &forms, gates.near, false)?;
    }
    let mut turned: HashMap<i16, GreyPicture> = HashMap::from([(0, small)]);
    if tier == Tier::Full {
        let small = &turned[&0];
        let all = window::all_query_windows();
        let more: Vec<View> = all
            .into_iter()
            .map(QueryView::Window)
            .map(|view| View {
                view,
                variant: Variant::Canonical,
                turn: 0,
                print: window::hash(small.view(), &view.region()),
            })
            .collect();
        let mut pictures = Vec::new();
        let mut inner = Vec::new();
        for angle in TURNS {
            let picture = turn::turned(small.view(), angle);
            for border in [0.0, 0.04, 0.08, 0.12] {
                let Ok(region) = Region::new(border, border, 1.0 - border, 1.0 - border) else {
                    continue;
                };
                let print = window::hash(picture.view(), &region);
                inner.push(View {
                    view: QueryView::Window(region),
                    variant: Variant::Canonical,
                    turn: angle,
                    print,
                });
            }
            pictures.push((angle, picture));
        }
        turned.extend(pictures);
        views.extend(more);
        views.extend(inner);
        search.propose(&views, &[Dihedral::Original, Dihedral::FlipY], gates.wide, true)?;
    }
    search.refine(&views, &turned)
}

/// A start for refinement: which view, in which form, how near.
#[derive(Debug, Clone, Copy)]
struct Start {
    distance: u32,
    form: Dihedral,
}

struct Search<'a, B: PictureBanks> {
    banks: &'a B,
    best: HashMap<EntryId, Found>,
    /// Candidates that were retrieved and not yet matched, with the nearest retrieval.
    starts: HashMap<EntryId, Start>,
    /// Whether an entry counts, asked once.
    counting: HashMap<EntryId, bool>,
}

impl<B: PictureBanks> Search<'_, B> {
    fn accept(&mut self, found: Found) {
        let better = self
            .best
            .get(&found.entry)
            .is_none_or(|old| found.method.distance < old.method.distance);
        if better {
            self.best.insert(found.entry, found);
        }
    }

    fn counts(&mut self, entry: EntryId) -> Result<bool, B::Error> {
        if let Some(counts) = self.counting.get(&entry) {
            return Ok(*counts);
        }
        let counts = self.banks.counts(entry)?;
        self.counting.insert(entry, counts);
        Ok(counts)
    }

    /// Looks hashes up at the match radius.
    fn direct(&mut self, views: &[View], forms: &[Dihedral]) -> Result<(), B::Error> {
        let (queries, origin) = queries(views, forms);
        for near in self.banks.near(&queries, MATCH_RADIUS)? {
            if !self.counts(near.entry)? {
                continue;
            }
            let (view, form) = origin[near.query];
            let view = &views[view];
            if near.distance > reach(&view.print.hash()) {
                continue;
            }
            let method = view.method(form, near.distance);
            self.accept(Found {
                entry: near.entry,
                method,
                quality: view.print.quality(),
            });
        }
        Ok(())
    }

    /// Looks hashes up in a wide radius and keeps the entries as candidates.
    fn propose(
        &mut self,
        views: &[View],
        forms: &[Dihedral],
        radius: u32,
        windows: bool,
    ) -> Result<(), B::Error> {
        let (queries, origin) = queries(views, forms);
        let mut near = self.banks.near(&queries, radius)?;
        if windows {
            near.extend(self.banks.near_windows(&queries, radius)?);
        }
        for near in near {
            if self.best.contains_key(&near.entry) || !self.counts(near.entry)? {
                continue;
            }
            let start = Start {
                distance: near.distance,
                form: origin[near.query].1,
            };
            let known = self.starts.entry(near.entry).or_insert(start);
            if start.distance < known.distance {
                *known = start;
            }
        }
        Ok(())
    }

    /// Refines the nearest candidates.
    fn refine(mut self, views: &[View], turned: &HashMap<i16, GreyPicture>) -> Result<Lookup, B::Error> {
        let mut order: Vec<(EntryId, Start)> = self.starts.drain().collect();
        order.sort_by_key(|(entry, start)| (start.distance, *entry));
        let candidates = order.len();
        order.truncate(MAX_REFINEMENTS);
        let refined = order.len();
        for (entry, start) in order {
            let Some(picture) = self.banks.picture(entry)? else {
                continue;
            };
            if let Some((method, quality)) = refine_candidate(views, turned, &picture, start.form) {
                self.accept(Found {
                    entry,
                    method,
                    quality,
                });
            }
        }
        Ok(self.finish(candidates, refined))
    }

    fn finish(self, candidates: usize, refined: usize) -> Lookup {
        let mut found: Vec<Found> = self.best.into_values().collect();
        found.sort_by_key(|found| (found.method.distance, found.entry));
        Lookup {
            found,
            candidates,
            refined,
        }
    }
}

/// The hashes of usable views in the given forms, and which view and form each is.
fn queries(views: &[View], forms: &[Dihedral]) -> (Vec<PdqHash>, Vec<(usize, Dihedral)>) {
    let usable = views.iter().enumerate().filter(|(_, view)| view.is_usable());
    usable
        .flat_map(|(i, view)| {
            forms
                .iter()
                .map(move |form| (view.print.in_form(*form), (i, *form)))
        })
        .unzip()
}
