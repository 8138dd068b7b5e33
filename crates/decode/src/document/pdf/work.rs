//! How much work it is to look at a page and to draw it. One unit is about a nanosecond of a slow processor; what counts
//! is that no file can ask for much more than it is charged.

use hayro::kurbo::{Affine, BezPath, Rect};

/// Work that the pages of an item may be, in all. A worker has 30 seconds of processor time, and must live to answer.
pub(super) const MOST: u64 = 12_000_000_000;
/// Work that one page may be.
pub(super) const MOST_OF_PAGE: u64 = 4_000_000_000;

/// A page without anything on it, beside its pixels.
pub(super) const PAGE: u64 = 500_000;
/// A byte of what a page says to draw.
pub(super) const BYTE: u64 = 30;
/// Something that is drawn, beside its size.
pub(super) const MARK: u64 = 2_000;
/// A piece of a path.
pub(super) const PIECE: u64 = 400;
/// A pixel that a mark may cover.
pub(super) const COVERED: u64 = 1;
/// A pixel of a layer: a group, a mask, the page itself.
pub(super) const LAYER: u64 = 8;
/// A pixel of a shading.
pub(super) const SHADED: u64 = 100;
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
    /// How often what is interpreted now will be drawn.
    times: u64,
}

impl Budget {
    /// A budget for a page of an item whose other pages were that much work.
    pub(super) fn after(others: u64) -> Self {
        Self {
            spent: 0,
            most: MOST.saturating_sub(others).min(MOST_OF_PAGE),
            times: 1,
        }
    }

    /// The work that was charged.
    pub(super) const fn spent(&self) -> u64 {
        self.spent
    }

    /// Charges so many `units` of that work.
    pub(super) fn charge(&mut self, work: u64, units: u64) {
        let work = work.saturating_mul(units).saturating_mul(self.times);
        self.spent = self.spent.saturating_add(work);
        if self.spent > self.most {
            // What was not done costs the other pages nothing.
            self.spent = self.most;
            std::panic::resume_unwind(Box::new(Spent));
        }
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

/// The part of a canvas that a path may touch, drawn with a line of some width.
pub(super) fn touched(path: &BezPath, transform: Affine, width: f64, canvas: Rect) -> Rect {
    let bounds = transform.transform_rect_bbox(path.control_box().inflate(width, width));
    let touched = bounds.intersect(canvas);
    // What is not known is taken for all of it.
    if touched.is_finite() { touched } else { canvas }
}
