//! Hard negatives: pictures that look like much of what people post, flat or full of templates, and that are
//! no copy of anything. Photographs inside them have seeds of their own: none is [`photo`] of a
//! small seed.

mod chess;
mod documents;
mod graphics;
mod overlays;
mod plain;
mod screens;

pub(crate) use chess::{Board, draw_board};

use crate::picture::Picture;
use crate::{derive, photo};

/// Makes a picture of exactly the given width and height, from 16 pixels a side.
pub type Maker = fn(u64, u32, u32) -> Picture;

/// Every kind: its name and how it is made.
pub const ALL: [(&str, Maker); 22] = [
    ("chat", screens::chat),
    ("feed", screens::feed),
    ("settings", screens::settings),
    ("desktop", screens::desktop),
    ("page-latin", documents::page_latin),
    ("page-arabic", documents::page_arabic),
    ("form", documents::form),
    ("table", documents::table),
    ("logo", graphics::logo),
    ("flag", graphics::flag),
    ("chart", graphics::chart),
    ("map", graphics::map),
    ("qr-grid", graphics::qr_grid),
    ("line-art", graphics::line_art),
    ("news", overlays::news),
    ("meme", overlays::meme),
    ("letterboxed", overlays::letterboxed),
    ("title-card", overlays::title_card),
    ("near-blank", plain::near_blank),
    ("night-sky", plain::night_sky),
    ("gradient", plain::gradient),
    ("chess-board", chess::board),
];

/// A negative whose kind the seed chooses, in a size that is usual for its kind and about `side` pixels long.
pub fn any(seed: u64, side: u32) -> (&'static str, Picture) {
    let kind = derive(seed, 0x6b69_6e64) as usize % ALL.len();
    let (name, make) = ALL[kind];
    let tall = matches!(
        name,
        "chat" | "feed" | "settings" | "page-latin" | "page-arabic" | "form"
    );
    let square = matches!(name, "logo" | "qr-grid" | "chess-board" | "meme");
    let short = if square { side } else { side * 9 / 14 };
    let (width, height) = if tall { (short, side) } else { (side, short) };
    (name, make(seed, width, height))
}

/// A photograph that no caller of [`photo`] with a small seed ever gets.
fn inner_photo(seed: u64, salt: u64, width: u32, height: u32) -> Picture {
    photo(derive(seed, 0x696e_6e65_7200 + salt), width, height)
}
