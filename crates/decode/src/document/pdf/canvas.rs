//! The picture that a page becomes.

use hayro::hayro_interpret::{InterpreterSettings, TransformExt};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};

use model::IncompleteReason;

use crate::raster::Raster;
use crate::refusal::check_pixels;
use crate::request::Limits;

/// Pixels of the longer side, whatever size a page says it has.
const SIDE: f64 = 1024.0;

/// Size of the picture of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    width: u16,
    height: u16,
    scale: f64,
}

impl Canvas {
    /// The canvas for a page.
    pub(super) fn of(page: &Page<'_>) -> Self {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let scale = SIDE / width.max(height);
        let side = |length: f64| (length * scale).round().clamp(1.0, SIDE) as u16;
        Self {
            width: side(width),
            height: side(height),
            scale,
        }
    }

    /// Whether a picture of its size may be decoded.
    pub(super) fn check(self, limits: &Limits) -> Result<(), IncompleteReason> {
        check_pixels(self.width.into(), self.height.into(), limits)
    }

    /// From the coordinates of the page to pixels.
    pub(super) fn transform(self, page: &Page<'_>) -> Affine {
        Affine::scale(self.scale) * page.initial_transform(true).to_kurbo()
    }

    /// All of its pixels.
    pub(super) fn area(self) -> Rect {
        Rect::new(0.0, 0.0, self.width.into(), self.height.into())
    }

    /// Draws the page on white.
    pub(super) fn draw<'a>(
        self,
        page: &'a Page<'a>,
        cache: &RenderCache<'a>,
        settings: &InterpreterSettings,
        render: &RenderSettings,
    ) -> Raster {
        let mut context = RenderContext::new(self.width, self.height);
        render_into(page, cache, settings, render, &mut context, self.transform(page));
        context.flush();
        let mut pixmap = Pixmap::new(self.width, self.height);
        let on_white = RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..RasterizerSettings::default()
        };
        context.render_with(&mut pixmap, &mut Resources::default(), on_white);
        let (pixels, _) = pixmap.data_as_u8_slice().as_chunks::<4>();
        let rgb = pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
        Raster::rgb(self.width.into(), self.height.into(), rgb)
    }
}
