//! The first look at a page: its text, its pictures, and what drawing it would cost.

use std::collections::BTreeSet;

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::pattern::{Pattern, TilingPattern};
use hayro::hayro_interpret::util::x_y_advances;
use hayro::hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use model::IncompleteReason;

use super::canvas::Canvas;
use super::letters::{Letter, Letters};
use super::pictures::Taken;
use super::work::{self, Budget, pixels, touched};
use crate::opening::Opening;
use crate::refusal::check_pixels;

/// Units of an em in the space of glyphs.
const EM: f64 = 1000.0;

/// Drawings within each other, tiles, masks and letters, that a page may have: each takes some of the stack.
const MOST_DEEP: u32 = 24;

/// Goes through a page without drawing it.
pub(super) struct Survey<'s, 'o> {
    canvas: Canvas,
    opening: &'s mut Opening<'o>,
    taken: &'s mut Taken,
    budget: Budget,
    letters: Letters,
    /// Masks that were drawn, and need not be drawn again where they are used again.
    masks: BTreeSet<u128>,
    /// Groups that are open.
    groups: u64,
    marks: bool,
    refusal: Option<IncompleteReason>,
    /// Within glyphs that are drawings: their pictures are letters.
    in_glyph: bool,
    /// Drawings within drawings, other than forms, which the interpreter counts itself.
    depth: u32,
}

/// What was found on a page, beside its pictures.
#[derive(Debug)]
pub(super) struct Found {
    /// Its text.
    pub(super) text: String,
    /// Whether there is anything to draw.
    pub(super) marks: bool,
    /// Why it shall not be drawn.
    pub(super) refusal: Option<IncompleteReason>,
}

impl<'s, 'o> Survey<'s, 'o> {
    /// A look at a page that will be drawn on that canvas.
    pub(super) fn new(
        budget: Budget,
        canvas: Canvas,
        opening: &'s mut Opening<'o>,
        taken: &'s mut Taken,
    ) -> Self {
        Self {
            budget,
            canvas,
            opening,
            taken,
            letters: Letters::default(),
            masks: BTreeSet::new(),
            groups: 0,
            marks: false,
            refusal: None,
            in_glyph: false,
            depth: 0,
        }
    }

    /// Charges what a page costs whatever is on it.
    pub(super) fn begin(&mut self, page: &Page<'_>) {
        self.budget.charge(work::PAGE, 1);
        self.layer();
        let contents = page.page_stream().map_or(0, <[u8]>::len);
        self.budget.charge_fully(work::BYTE, contents as u64);
    }

    /// What was found, also where the look was not finished.
    pub(super) fn finish(self) -> Found {
        self.opening.add_page_work(self.budget.spent());
        Found {
            text: self.letters.finish(),
            marks: self.marks,
            refusal: self.refusal,
        }
    }

    fn layer(&mut self) {
        self.budget.charge(work::LAYER, pixels(self.canvas.area()));
    }

    fn mark(&mut self, pieces: usize, touched: Rect) {
        self.marks = true;
        self.budget.charge(work::MARK, 1);
        self.budget.charge(work::PIECE, pieces as u64);
        let layers = work::LAYER.saturating_mul(self.groups);
        self.budget
            .charge(work::COVERED.saturating_add(layers), pixels(touched));
    }
}

impl<'a> Survey<'_, '_> {
    fn paint(&mut self, paint: &Paint<'a>, touched: Rect, is_stroke: bool) {
        let Paint::Pattern(pattern) = paint else {
            return;
        };
        match &**pattern {
            Pattern::Shading(shading) => self.budget.charge(work::shaded(shading, pixels(touched)), 1),
            Pattern::Tiling(tile) => self.tile(tile, is_stroke),
        }
    }

    /// A tile is drawn for each use, and as often in it as copies of its neighbours reach into it.
    fn tile(&mut self, tile: &TilingPattern<'a>, is_stroke: bool) {
        let copies = |length: f64, step: f32| (length / f64::from(step).abs()).ceil() + 2.0;
        let copies = copies(tile.bbox.width(), tile.x_step) * copies(tile.bbox.height(), tile.y_step);
        // A tile is never drawn larger than what is seen of the pattern's own space, which can be much of it where that
        // is askew; far larger than the canvas, it would only ask for memory.
        let (x, y) = x_y_advances(&tile.matrix);
        let seen = tile.matrix.inverse().transform_rect_bbox(self.canvas.area());
        let size = (seen.width() * x.length()).ceil() * (seen.height() * y.length()).ceil();
        let most = 64.0 * self.canvas.area().area();
        if !(size <= most && copies.is_finite()) {
            return self.refuse(IncompleteReason::Pixels {
                found: size as u64,
                limit: most as u64,
            });
        }
        self.budget.charge(work::LAYER, size as u64);
        let before = self.budget.repeat(copies as u64);
        self.within(|survey| {
            tile.interpret(survey, tile.matrix, is_stroke);
        });
        self.budget.once_again(before);
    }

    /// Goes through a drawing within the drawing, which has masks of its own.
    fn within(&mut self, look: impl FnOnce(&mut Self)) {
        if self.depth >= MOST_DEEP {
            self.budget.exhaust();
        }
        self.depth += 1;
        let masks = std::mem::take(&mut self.masks);
        look(self);
        self.masks = masks;
        self.depth -= 1;
    }

    fn mask(&mut self, mask: Option<&SoftMask<'a>>) {
        let Some(mask) = mask else { return };
        // Each use of it is a layer.
        self.layer();
        if self.masks.insert(mask.cache_key()) {
            self.within(|survey| mask.interpret(survey));
        }
    }

    /// The page is not drawn, for the first reason that there is.
    fn refuse(&mut self, reason: IncompleteReason) {
        self.refusal.get_or_insert(reason);
    }

    fn letter(&mut self, glyph: &Glyph<'a>, transform: Affine) {
        // Text is limited where it is taken; far beyond that, nothing more is collected.
        if self.letters.len() as u64 > self.opening.request().limits.max_text {
            return;
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => char::REPLACEMENT_CHARACTER.to_string(),
        };
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let origin = transform * Point::ZERO;
        let (x, y) = x_y_advances(&transform);
        let along = x.length();
        if text.is_empty() || along == 0.0 || !(origin.is_finite() && along.is_finite()) {
            return;
        }
        let direction = (x.x / along, x.y / along);
        let width = match glyph {
            Glyph::Outline(glyph) => glyph.advance_width(),
            Glyph::Type3(glyph) => glyph.advance_width(),
        };
        self.letters.push(Letter {
            text,
            direction,
            along: origin.x * direction.0 + origin.y * direction.1,
            across: origin.y * direction.0 - origin.x * direction.1,
            // Half an em is what letters have where their font does not say.
            advance: f64::from(width.unwrap_or(500.0)) * along,
            size: y.length() * EM,
        });
    }
}

impl<'a> Device<'a> for Survey<'_, '_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let (width, is_stroke) = match mode {
            DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) => {
                (stroke.line_width.abs().into(), true)
            }
            DrawMode::Fill(_) | DrawMode::Invisible => (0.0, false),
        };
        let touched = touched(path, props.transform, width, self.canvas.area());
        let dashes = match mode {
            // Each dash is a piece; a line can be drawn in as many as it has room for.
            DrawMode::Stroke(stroke) if !stroke.dash_array.is_empty() => {
                let length: f64 = stroke.dash_array.iter().map(|dash| f64::from(dash.abs())).sum();
                let bounds = path.control_box();
                let pieces = path.elements().len() as f64;
                (pieces * (bounds.width() + bounds.height()) / length.max(1e-6)) as usize
            }
            _ => 0,
        };
        self.mark(path.elements().len().saturating_add(dashes), touched);
        self.mask(props.soft_mask.as_ref());
        self.paint(&props.paint, touched, is_stroke);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.budget.charge(work::MARK, 2);
        self.budget.charge(work::PIECE, clip.path.elements().len() as u64);
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.budget.charge(work::GROUP, 1);
        self.mask(mask.as_ref());
        self.groups += 1;
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let is_drawn = !matches!(mode, DrawMode::Invisible);
        self.marks |= is_drawn;
        if is_drawn {
            self.mask(props.soft_mask.as_ref());
            self.paint(
                &props.paint,
                self.canvas.area(),
                matches!(mode, DrawMode::Stroke(_)),
            );
        }
        for glyph in run.glyphs() {
            self.budget.charge(work::MARK, 1);
            self.letter(glyph, props.transform * glyph.transform());
            if let Glyph::Type3(drawing) = &**glyph {
                let outer = std::mem::replace(&mut self.in_glyph, true);
                self.within(|survey| {
                    drawing.interpret(survey, props.transform, glyph.transform(), &props.paint);
                });
                self.in_glyph = outer;
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.mask(props.soft_mask.as_ref());
        let (width, height) = (image.width(), image.height());
        let area = Rect::new(0.0, 0.0, width.into(), height.into());
        let touched = props
            .transform
            .transform_rect_bbox(area)
            .intersect(self.canvas.area());
        self.mark(4, touched);
        let limits = self.opening.request().limits;
        // A picture is made smaller in one direction before it is made larger in the other.
        let (x, y) = x_y_advances(&props.transform);
        let side = |length: u32, scale: f64| (f64::from(length) * scale).ceil().clamp(1.0, 32_767.0) as u64;
        let shrunk = side(width, x.length()).saturating_mul(side(height, y.length()));
        let is_shrunk = x.length() < 1.0 || y.length() < 1.0;
        let size = check_pixels(width.into(), height.into(), &limits)
            .and_then(|()| check_pixels(if is_shrunk { shrunk } else { 1 }, 1, &limits));
        if let Err(reason) = size {
            // It would be drawn whatever its size is.
            self.refuse(reason.clone());
            return self.taken.leave(&image, reason, self.opening);
        }
        self.budget
            .charge(work::UNPACKED, u64::from(width) * u64::from(height));
        if let Image::Stencil(stencil) = &image {
            let mut paint = None;
            stencil.with_stencil(|_, of| paint = Some(of.clone()), None);
            if let Some(paint) = paint {
                self.paint(&paint, touched, false);
            }
        }
        if !self.in_glyph {
            self.taken.take(&image, self.opening);
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {
        self.groups = self.groups.saturating_sub(1);
    }
}
