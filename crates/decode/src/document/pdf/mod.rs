//! PDF (ISO 32000), by `hayro`: pages as text and as pictures, the pictures in them, and what is attached.
//!
//! Each page is gone through twice. The first time nothing is drawn: its text and its pictures are taken, and the work
//! is counted that drawing it would be. Only a page that is within the budget is drawn. So no page can spend the time of
//! the others, and a file always has the same answer, which a clock would not give.

mod bombs;
mod canvas;
mod letters;
mod pictures;
mod rest;
mod survey;
mod work;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, InterpreterWarning, interpret_page,
};
use hayro::hayro_syntax::object::Object;
use hayro::hayro_syntax::object::dict::keys::CONTENTS;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::{RenderCache, RenderSettings};
use model::{IncompleteReason, Leaf};

use crate::opening::Opening;
use crate::reading::{Compat, Reading};
use crate::refusal::malformed;
use canvas::Canvas;
use pictures::Taken;
use survey::Survey;
use work::{Budget, Spent};

/// Pages after which glyphs and fonts that were kept for the next ones are let go.
const KEPT: u32 = 50;

/// Reads a document.
pub(super) fn read(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let data = bombs::defused(bytes, opening);
    let pdf = Pdf::new(data).map_err(refuse)?;
    bombs::check_chains(&pdf, opening)?;
    let mut taken = Taken::default();
    pages(&pdf, opening, &mut taken);
    rest::read(&pdf, opening, &mut taken);
    Ok(())
}

fn refuse(error: LoadPdfError) -> IncompleteReason {
    match error {
        // Without a password or with an unknown cipher: what is in it stays unknown.
        LoadPdfError::Decryption(_) => IncompleteReason::Encrypted,
        LoadPdfError::Invalid => malformed("no pages are found"),
    }
}

fn pages(pdf: &Pdf, opening: &mut Opening<'_>, taken: &mut Taken) {
    let warned = Arc::new(AtomicBool::new(false));
    let sink = Arc::clone(&warned);
    let settings = InterpreterSettings {
        warning_sink: Arc::new(move |warning| {
            // A font that is missing is drawn in another one.
            if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                sink.store(true, Ordering::Relaxed);
            }
        }),
        ..InterpreterSettings::default()
    };
    let mut caches = (InterpreterCache::new(), RenderCache::new());
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        if !opening.begin_page() {
            break;
        }
        if number % KEPT == 0 {
            caches = (InterpreterCache::new(), RenderCache::new());
        }
        if let Err(reason) = check_contents(page, opening) {
            let is_too_long = matches!(reason, IncompleteReason::Unpacked { .. });
            opening.page_gap(number, reason);
            if is_too_long {
                continue;
            }
        }
        let Some(budget) = Budget::after(opening.page_work()) else {
            opening.gap(IncompleteReason::Time);
            break;
        };
        let canvas = Canvas::of(page);
        let mut survey = Survey::new(budget, canvas, opening, taken);
        let mut context = Context::new(
            canvas.transform(page),
            canvas.area(),
            &caches.0,
            pdf.xref(),
            settings.clone(),
        );
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            survey.begin(page);
            interpret_page(page, &mut context, &mut survey);
        }));
        let found = survey.finish();
        opening.text(&found.text);
        let failure = match outcome {
            Ok(()) => found.refusal,
            Err(payload) if payload.is::<Spent>() => Some(IncompleteReason::Time),
            Err(_) => Some(IncompleteReason::Crashed),
        };
        let failure = match failure {
            None if found.marks && budget.is_drawn() => {
                draw(page, canvas, &caches.1, &settings, number, opening).err()
            }
            // Of these pages there can be many.
            None if found.marks => {
                opening.gap(IncompleteReason::Time);
                None
            }
            failure => failure,
        };
        if let Some(reason) = failure {
            opening.page_gap(number, reason);
            // What panicked may have left them half made.
            caches = (InterpreterCache::new(), RenderCache::new());
        }
        if warned.swap(false, Ordering::Relaxed) {
            opening.page_gap(number, malformed("a picture on it is damaged"));
        }
    }
}

/// Draws a page, and hashes the picture.
fn draw<'a>(
    page: &'a Page<'a>,
    canvas: Canvas,
    cache: &RenderCache<'a>,
    settings: &InterpreterSettings,
    number: u32,
    opening: &mut Opening<'_>,
) -> Result<(), IncompleteReason> {
    canvas.check(&opening.request().limits)?;
    let render = RenderSettings {
        // As programs do that show pages to people.
        force_image_interpolation: true,
        ..RenderSettings::default()
    };
    let draw = || canvas.draw(page, cache, settings, &render);
    let raster = catch_unwind(AssertUnwindSafe(draw)).map_err(|_| IncompleteReason::Crashed)?;
    opening.picture(&Reading {
        leaf: Leaf::Page(number),
        // Peers do not draw.
        compat: Compat::Nothing,
        ..Reading::first(raster)
    });
    Ok(())
}

/// Whether what a page says to draw can be unpacked: the interpreter takes what cannot for nothing, and would put as
/// much together as a page lists, the same stream a thousand times too.
fn check_contents(page: &Page<'_>, opening: &Opening<'_>) -> Result<(), IncompleteReason> {
    let damaged = || malformed("what it says to draw is damaged");
    let parts = match page.raw().get::<Object<'_>>(CONTENTS) {
        Some(Object::Stream(_)) => return page.page_stream().map(|_| ()).ok_or_else(damaged),
        Some(Object::Array(parts)) => parts,
        // A page without contents is empty; one whose contents do not exist is not known to be.
        None if !page.raw().contains_key(CONTENTS) => return Ok(()),
        _ => return Err(damaged()),
    };
    let limit = opening.most_unpacked();
    let (mut length, mut are_sound) = (0, true);
    for part in parts.iter::<Object<'_>>() {
        match part.into_stream().map(|stream| stream.decoded_data()) {
            Some(Ok(data)) => length += data.len() as u64,
            _ => are_sound = false,
        }
        if length > limit {
            let limit = opening.unpacked_limit();
            return Err(IncompleteReason::Unpacked { limit });
        }
    }
    if are_sound { Ok(()) } else { Err(damaged()) }
}
