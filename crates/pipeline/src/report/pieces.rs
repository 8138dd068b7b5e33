//! Pieces of the report that other pages show too: a match and a gap in words, and a small grey picture.

use askama::Template;
use askama::filters::HtmlSafe;
use fingerprint::grey::GreyPicture;
use model::{Incomplete, Match};

use super::Lang;
use super::gaps::Gap;
use super::page::Hit;
use super::preview;
use super::words::Words;

/// A match in words, as an item of a list: the entry, how it was found, how near it is, how far it is trusted. `aspect` is
/// the width of the picture by its height, where that is known. It has no style and no script in it.
pub fn match_html(lang: Lang, hit: &Match, aspect: Option<f64>) -> impl HtmlSafe {
    let mut hit = Hit::new(lang.words(), hit, aspect, &[]);
    // The scale is drawn by a style of its own, which a strict policy refuses; the sentence says the same.
    hit.share = None;
    hit
}

/// What was not looked at and what to do, in words, as an item of a list.
pub fn gap_html(lang: Lang, gap: &Incomplete) -> impl HtmlSafe {
    let words = lang.words();
    GapItem {
        words,
        gap: Gap::new(words, gap),
    }
}

/// A grey picture as a `data:` address of a PNG; `None` when it has no pixels.
pub fn preview_address(picture: &GreyPicture) -> Option<String> {
    preview::data_address(picture)
}

#[derive(Template)]
#[template(path = "report/gap.html", whitespace = "minimize")]
struct GapItem {
    words: &'static Words,
    gap: Gap,
}

// A template escapes what it shows; its text is HTML.
impl HtmlSafe for GapItem {}
