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
use hayro::hayro_syntax::object::dict::keys::CONTENTS;
use hayro::hayro_syntax::object::{Array, Object, Stream};
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
use work::Spent;

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
        if !contents_are_sound(page) {
            opening.gap(malformed(format!("page {number} is damaged")));
        }
        let canvas = Canvas::of(page);
        let mut survey = Survey::new(canvas, opening, taken);
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
        let failure = failure.or_else(|| {
            let drawn = found
                .marks
                .then(|| draw(page, canvas, &caches.1, &settings, number, opening));
            drawn.and_then(Result::err)
        });
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

/// Whether what a page says to draw could be unpacked; the interpreter takes what cannot for nothing.
fn contents_are_sound(page: &Page<'_>) -> bool {
    let sound = |stream: Stream<'_>| stream.decoded_data().is_ok();
    match page.raw().get::<Object<'_>>(CONTENTS) {
        Some(Object::Stream(_)) => page.page_stream().is_some(),
        Some(Object::Array(parts)) => {
            let parts: Array<'_> = parts;
            parts
                .iter::<Object<'_>>()
                .all(|part| part.into_stream().is_some_and(sound))
        }
        // A page without contents is empty, one whose contents do not exist is not known to be.
        Some(_) => false,
        None => !page.raw().contains_key(CONTENTS),
    }
}
