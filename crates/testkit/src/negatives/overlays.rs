//! Photographs of nothing known, within templates that much of the world shares.

use super::inner_photo;
use crate::draw::{hsv, ink_on, star};
use crate::edits::{letterbox, text_block};
use crate::font::Style;
use crate::picture::{BLACK, Picture, WHITE};
use crate::prng::Prng;

/// A news programme: a photograph, a lower third, a ticker, a station's sign.
pub(super) fn news(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1030);
    let mut page = inner_photo(seed, 30, width, height);
    let (w, h) = (page.width as i32, page.height as i32);
    let unit = h as f32 / 100.0;
    let brand = hsv(
        *prng.pick(&[0.0, 0.02, 0.6, 0.62, 0.12, 0.4]),
        0.85,
        prng.range(0.5, 0.85),
    );
    let third = (prng.range(12.0, 18.0) * unit) as i32;
    let ticker = (prng.range(5.0, 8.0) * unit) as i32;
    let top = h - third - ticker;
    page.fill_rect(0, top, w, third, if prng.chance(0.5) { WHITE } else { brand });
    let ground = page.pixel(0, top as u32);
    text_block(
        &mut page,
        &mut prng,
        (w / 20, top, w * 9 / 10, third),
        ink_on(ground),
    );
    let label = (w / 20, top - (7.0 * unit) as i32, w / 4, (7.0 * unit) as i32);
    page.fill_rect(label.0, label.1, label.2, label.3, brand);
    page.text(
        "LIVE NOW",
        (label.0 as f32 + 2.0 * unit, label.1 as f32 + 1.8 * unit),
        Style::new(3.4 * unit, WHITE).bold(),
    );
    page.fill_rect(0, h - ticker, w, ticker, [20, 20, 30]);
    let at = (2.0 * unit, h as f32 - ticker as f32 * 0.78);
    if prng.chance(0.5) {
        page.latin_line(&mut prng, at, w as f32, Style::new(ticker as f32 * 0.5, WHITE));
    } else {
        page.arabic_line(
            &mut prng,
            (w as f32 - 2.0 * unit, at.1),
            w as f32,
            Style::new(ticker as f32 * 0.6, WHITE),
        );
    }
    let corner = if prng.chance(0.5) {
        10.0 * unit
    } else {
        w as f32 - 10.0 * unit
    };
    page.disc((corner, 10.0 * unit), 6.0 * unit, brand);
    page.polygon(
        &star((corner, 10.0 * unit), 4.0 * unit, prng.int(3, 6), 0.5, 0.0),
        WHITE,
    );
    page
}

/// A photograph between bands of text, or with text over it.
pub(super) fn meme(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1031);
    let (ground, ink) = if prng.chance(0.6) {
        (WHITE, BLACK)
    } else {
        (BLACK, WHITE)
    };
    let mut page = Picture::filled(width, height, ground);
    let (w, h) = (page.width, page.height);
    let top = if prng.chance(0.8) {
        (h as f32 * prng.range(0.1, 0.25)) as u32
    } else {
        0
    };
    let bottom = if top == 0 || prng.chance(0.4) {
        (h as f32 * prng.range(0.1, 0.2)) as u32
    } else {
        0
    };
    page.paste(&inner_photo(seed, 31, w, h - top - bottom), 0, top as i32);
    if top > 0 {
        text_block(&mut page, &mut prng, (0, 0, w as i32, top as i32), ink);
    }
    if bottom > 0 {
        text_block(
            &mut page,
            &mut prng,
            (0, (h - bottom) as i32, w as i32, bottom as i32),
            ink,
        );
    }
    page
}

/// A photograph between black bars, at the top and bottom or at the sides.
pub(super) fn letterboxed(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1032);
    let bars = prng.range(0.15, 0.55);
    let (width, height) = (width.max(1), height.max(1));
    if prng.chance(0.7) {
        let tall = (height as f32 * (1.0 - bars)) as u32;
        let boxed = letterbox(&inner_photo(seed, 32, width, tall), bars, BLACK);
        let mut page = Picture::filled(width, height, BLACK);
        page.paste(&boxed, 0, (height as i32 - boxed.height as i32) / 2);
        return page;
    }
    let mut page = Picture::filled(width, height, BLACK);
    let wide = (width as f32 * (1.0 - bars)) as u32;
    page.paste(
        &inner_photo(seed, 32, wide, height),
        ((width - wide) / 2) as i32,
        0,
    );
    page
}

/// A few words in the middle of a plain ground.
pub(super) fn title_card(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1033);
    let ground = match prng.int(0, 3) {
        0 | 1 => BLACK,
        2 => WHITE,
        _ => hsv(prng.unit(), 0.8, prng.range(0.2, 0.7)),
    };
    let mut page = Picture::filled(width, height, ground);
    let (w, h) = (page.width as f32, page.height as f32);
    let tall = h * prng.range(0.15, 0.4);
    let top = h * prng.range(0.25, 0.5);
    let room = w * prng.range(0.5, 0.9);
    text_block(
        &mut page,
        &mut prng,
        (((w - room) / 2.0) as i32, top as i32, room as i32, tall as i32),
        ink_on(ground),
    );
    if prng.chance(0.4) {
        page.line(
            (w * 0.3, top + tall * 1.2),
            (w * 0.7, top + tall * 1.2),
            h * 0.008,
            ink_on(ground),
        );
    }
    page
}
