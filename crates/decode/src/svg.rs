//! SVG, by `resvg`: drawn without anything that it refers to, and without fonts. Its text is read as text.

use std::sync::{Arc, Mutex};

use model::IncompleteReason;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use crate::document::office;
use crate::opening::Opening;
use crate::raster::{Pixels, Raster};
use crate::reading::{Compat, Reading};
use crate::refusal::{check_pixels, malformed};

/// Pixels of the longer side.
const SIDE: f32 = 1024.0;

/// Draws the picture.
pub(crate) fn read(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    // Text first: a drawing that cannot be drawn can be read all the same.
    office::xml(bytes, opening)?;
    let within: Arc<Mutex<Vec<Arc<Vec<u8>>>>> = Arc::default();
    let found = Arc::clone(&within);
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            // Pictures within are opened as members, by our own decoders, and are not drawn.
            resolve_data: Box::new(move |_, content, _| {
                if let Ok(mut found) = found.lock() {
                    found.push(content);
                }
                None
            }),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_data(bytes, &options);
    let within = within.lock().map_or_else(|_| Vec::new(), |found| found.clone());
    for (number, content) in (1..).zip(within) {
        opening.member(&format!("data {number}"), &content[..]);
    }
    let tree = tree.map_err(malformed)?;
    let size = tree.size();
    let scale = SIDE / size.width().max(size.height());
    let side = |length: f32| (length * scale).round().clamp(1.0, SIDE) as u32;
    let (width, height) = (side(size.width()), side(size.height()));
    check_pixels(width.into(), height.into(), &opening.request().limits)?;
    let mut canvas = Pixmap::new(width, height).ok_or_else(|| malformed("a side of 0 pixels"))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut canvas.as_mut());
    let (mut rgb, mut alpha) = (Vec::new(), Vec::new());
    for pixel in canvas.pixels() {
        let colour = pixel.demultiply();
        rgb.extend([colour.red(), colour.green(), colour.blue()]);
        alpha.push(colour.alpha());
    }
    let raster = Raster {
        width: width as usize,
        height: height as usize,
        shrunk_from: None,
        pixels: Pixels::Rgb(rgb),
        alpha: alpha.iter().any(|alpha| *alpha != u8::MAX).then_some(alpha),
    };
    opening.picture(&Reading {
        // Peers do not draw.
        compat: Compat::Nothing,
        ..Reading::first(raster)
    });
    Ok(())
}
