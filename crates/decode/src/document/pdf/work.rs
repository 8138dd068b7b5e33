//! How much work it is to look at a page and to draw it. One unit is at most half a nanosecond of a processor of 2024; what
//! counts is that no file can ask for much more than it is charged.

use hayro::hayro_interpret::pattern::ShadingPattern;
use hayro::hayro_interpret::shading::{ShadingType, Triangle};
use hayro::kurbo::{Affine, BezPath, Point, Rect};

/// Work that the pages of an item may be that are drawn, in all. A worker has 30 seconds of processor time by default,
/// and must live to answer.
const MOST_DRAWN: u64 = 30_000_000_000;
/// Work that its further pages may be, which are only looked at.
const MOST_SEEN: u64 = 10_000_000_000;
/// Work that one page may be.
const MOST_OF_PAGE: u64 = 10_000_000_000;
/// How much less work it is only to look.
const LOOK: u64 = 4;

/// A page without anything on it, beside its pixels.
pub(super) const PAGE: u64 = 500_000;
/// A byte of what a page says to draw; it is kept as long as the document.
pub(super) const BYTE: u64 = 60;
/// Something that is drawn, beside its size.
pub(super) const MARK: u64 = 2_000;
/// A piece of a path.
pub(super) const PIECE: u64 = 400;
/// A pixel that a mark may cover.
pub(super) const COVERED: u64 = 1;
/// A pixel of a layer: a mask, a tile, the page itself, and what is drawn within a group.
pub(super) const LAYER: u64 = 12;
/// A group, beside what is drawn in it.
pub(super) const GROUP: u64 = 150_000;
/// A pixel of a shading along a line or between circles.
const SHADED: u64 = 8;
/// A pixel of a shading that is computed for each of them.
const COMPUTED: u64 = 400;
/// A pixel of a piece of a mesh.
const MESHED: u64 = 40;
/// A piece of a mesh, beside its pixels.
const MESH: u64 = 1_000_000;
/// Pixels that a mesh may have: they are all kept while it is drawn.
const MOST_MESHED: u64 = 8 << 20;
/// A pixel of a picture that is unpacked and shrunk.
pub(super) const UNPACKED: u64 = 30;

/// What ends the look at a page that is too much work. It unwinds through the interpreter, which knows no other way out.
#[derive(Debug)]
pub(super) struct Spent;

/// Work that was charged and may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    spent: u64,
    most: u64,
    /// What part of the work is done: all of it, or that of a look.
    part: u64,
    /// How often what is interpreted now will be drawn.
    times: u64,
}

impl Budget {
    /// A budget for a page of an item whose other pages were that much work; `None` where nothing is left.
    pub(super) fn after(others: u64) -> Option<Self> {
        let (left, part) = match MOST_DRAWN.checked_sub(others) {
            Some(left @ 1..) => (left, 1),
            _ => ((MOST_DRAWN + MOST_SEEN).checked_sub(others)?, LOOK),
        };
        (left > 0).then_some(Self {
            spent: 0,
            most: left.min(MOST_OF_PAGE),
            part,
            times: 1,
        })
    }

    /// Whether the page shall be drawn.
    pub(super) const fn is_drawn(&self) -> bool {
        self.part == 1
    }

    /// The work that was charged.
    pub(super) const fn spent(&self) -> u64 {
        self.spent
    }

    /// Charges so many `units` of work that is the same for a page that is not drawn.
    pub(super) fn charge_fully(&mut self, work: u64, units: u64) {
        self.charge(work.saturating_mul(self.part), units);
    }

    /// Charges so many `units` of that work.
    pub(super) fn charge(&mut self, work: u64, units: u64) {
        let work = work.saturating_mul(units).saturating_mul(self.times) / self.part;
        self.spent = self.spent.saturating_add(work);
        if self.spent > self.most {
            // What was not done costs the other pages nothing.
            self.spent = self.most;
            self.exhaust();
        }
    }

    /// Ends the look.
    pub(super) fn exhaust(&self) -> ! {
        std::panic::resume_unwind(Box::new(Spent))
    }

    /// Charges what follows `times` as often; returns what to give to [`Self::once_again`].
    pub(super) fn repeat(&mut self, times: u64) -> u64 {
        let before = self.times;
        self.times = before.saturating_mul(times.max(1));
        before
    }

    /// Ends a [`Self::repeat`].
    pub(super) fn once_again(&mut self, before: u64) {
        self.times = before;
    }
}

/// Pixels of an area.
pub(super) fn pixels(area: Rect) -> u64 {
    // A float beyond the range of integers becomes its end, what is no number becomes 0.
    (area.width().max(0.0).ceil() * area.height().max(0.0).ceil()) as u64
}

/// The work of painting so many pixels with a shading. The pieces of a mesh are computed whole, also beyond the canvas.
pub(super) fn shaded(shading: &ShadingPattern, touched: u64) -> u64 {
    let mesh = |pieces: &mut dyn Iterator<Item = Rect>| {
        let (mut work, mut whole) = (0u64, Rect::ZERO);
        for piece in pieces {
            let piece = shading.matrix.transform_rect_bbox(piece);
            whole = whole.union(piece);
            let pixels = MESHED.saturating_mul(pixels(piece));
            work = work.saturating_add(pixels).saturating_add(MESH);
        }
        if pixels(whole) <= MOST_MESHED {
            work
        } else {
            u64::MAX
        }
    };
    match &*shading.shading.shading_type {
        ShadingType::Dummy => 0,
        ShadingType::RadialAxial { .. } => SHADED.saturating_mul(touched),
        ShadingType::FunctionBased { .. } => COMPUTED.saturating_mul(touched),
        ShadingType::TriangleMesh { triangles, .. } => {
            mesh(&mut triangles.iter().map(Triangle::bounding_box))
        }
        ShadingType::CoonsPatchMesh { patches, .. } => {
            mesh(&mut patches.iter().map(|patch| around(&patch.control_points)))
        }
        ShadingType::TensorProductPatchMesh { patches, .. } => {
            mesh(&mut patches.iter().map(|patch| around(&patch.control_points)))
        }
    }
}

/// The smallest rectangle around points.
fn around(points: &[Point]) -> Rect {
    let first = points.first().copied().unwrap_or_default();
    points
        .iter()
        .fold(Rect::from_points(first, first), |area, point| {
            area.union_pt(*point)
        })
}

/// The part of a canvas that a path may touch, drawn with a line of some width.
pub(super) fn touched(path: &BezPath, transform: Affine, width: f64, canvas: Rect) -> Rect {
    let bounds = transform.transform_rect_bbox(path.control_box().inflate(width, width));
    let touched = bounds.intersect(canvas);
    // What is not known is taken for all of it.
    if touched.is_finite() { touched } else { canvas }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a charge ends the look.
    fn is_spent(budget: &mut Budget, units: u64) -> bool {
        let charge = std::panic::AssertUnwindSafe(|| budget.charge(1, units));
        std::panic::catch_unwind(charge).is_err_and(|payload| payload.is::<Spent>())
    }

    #[test]
    fn pages_are_drawn_then_seen_then_left() {
        let mut work = 0;
        let (mut drawn, mut seen) = (0, 0);
        while let Some(mut budget) = Budget::after(work) {
            if budget.is_drawn() {
                drawn += 1;
            } else {
                seen += 1;
            }
            assert!(!is_spent(&mut budget, MOST_OF_PAGE / 10) || work > MOST_DRAWN);
            work += budget.spent();
        }
        assert_eq!((drawn, work), (30, MOST_DRAWN + MOST_SEEN));
        // Only to look is less work.
        assert_eq!(seen, 10 * LOOK);
    }

    #[test]
    fn what_is_too_much_for_a_page_leaves_the_rest_to_the_others() {
        let mut budget = Budget::after(0).unwrap();
        let before = budget.repeat(u64::MAX);
        assert!(is_spent(&mut budget, u64::MAX));
        budget.once_again(before);
        assert_eq!(budget.spent(), MOST_OF_PAGE);
        assert!(Budget::after(budget.spent()).unwrap().is_drawn());
    }
}
