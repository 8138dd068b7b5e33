//! Screenshots.

use super::inner_photo;
use crate::draw::{hsv, ink_on, mix_rgb, star};
use crate::font::{Style, latin_phrase};
use crate::picture::{Picture, Rgb, WHITE};
use crate::prng::Prng;
use crate::screen::{Theme, icons, navigation, post, status_bar};

/// A conversation: bubbles at both sides, some with small pictures.
pub(super) fn chat(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1001);
    let theme = Theme::new(&mut prng);
    let mut page = Picture::filled(width, height, theme.ground);
    let (w, h) = (page.width as f32, page.height as f32);
    let unit = w / 100.0;
    if prng.chance(0.4) {
        wallpaper(&mut page, &mut prng, &theme);
    }
    let bar = if prng.chance(0.5) {
        theme.accent
    } else {
        theme.ground
    };
    page.fill_rect(0, 0, page.width as i32, (18.0 * unit) as i32, bar);
    status_bar(&mut page, &mut prng, unit, ink_on(bar));
    page.disc((14.0 * unit, 12.0 * unit), 4.5 * unit, hsv(prng.unit(), 0.5, 0.7));
    theme.line(
        &mut page,
        &mut prng,
        (22.0 * unit, 10.5 * unit),
        50.0 * unit,
        Style::new(3.4 * unit, ink_on(bar)),
    );
    let (own, other) = (
        mix_rgb(theme.accent, theme.ground, 0.3),
        mix_rgb(theme.ground, theme.ink, 0.12),
    );
    let mut y = 22.0 * unit;
    while y < h - 24.0 * unit {
        let mine = prng.chance(0.5);
        let colour = if mine { own } else { other };
        let room = prng.range(20.0, 66.0) * unit;
        let x = if mine { w - room - 9.0 * unit } else { 3.0 * unit };
        if prng.chance(0.12) {
            let tall = room * prng.range(0.5, 1.0);
            page.rounded((x, y), (room + 6.0 * unit, tall + 6.0 * unit), 3.0 * unit, colour);
            let inside = inner_photo(seed, y as u64, room as u32, tall as u32);
            page.paste(&inside, (x + 3.0 * unit) as i32, (y + 3.0 * unit) as i32);
            y += tall + 9.0 * unit;
            continue;
        }
        let lines = prng.int(1, 4);
        let tall = 5.2 * unit * lines as f32 + 4.0 * unit;
        page.rounded((x, y), (room + 6.0 * unit, tall), 3.0 * unit, colour);
        for line in 0..lines {
            let width = if line + 1 == lines {
                room * prng.range(0.5, 1.0)
            } else {
                room
            };
            let left = if theme.arabic {
                x + 3.0 * unit + room - width
            } else {
                x + 3.0 * unit
            };
            let top = y + 2.6 * unit + 5.2 * unit * line as f32;
            theme.line(
                &mut page,
                &mut prng,
                (left, top),
                width,
                Style::new(2.9 * unit, ink_on(colour)),
            );
        }
        y += tall + prng.range(1.5, 5.0) * unit;
    }
    page.fill_rect(
        0,
        (h - 20.0 * unit) as i32,
        page.width as i32,
        (20.0 * unit) as i32,
        theme.ground,
    );
    page.rounded(
        (4.0 * unit, h - 17.0 * unit),
        (76.0 * unit, 9.0 * unit),
        4.5 * unit,
        other,
    );
    page.disc((90.0 * unit, h - 12.5 * unit), 5.0 * unit, theme.accent);
    navigation(&mut page, &mut prng, unit, &theme);
    page
}

fn wallpaper(page: &mut Picture, prng: &mut Prng, theme: &Theme) {
    let faint = mix_rgb(theme.ground, theme.accent, 0.2);
    let size = page.width as f32 / prng.range(6.0, 14.0);
    for _ in 0..70 {
        let place = (prng.unit() * page.width as f32, prng.unit() * page.height as f32);
        if prng.chance(0.5) {
            page.ring(place, size * 0.3, size * 0.06, faint);
        } else {
            page.polygon(&star(place, size * 0.4, prng.int(3, 6), 0.5, prng.unit()), faint);
        }
    }
}

/// A post with an unrelated photograph.
pub(super) fn feed(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1002);
    let tall = (width as f32 * prng.range(0.5, 1.25)) as u32;
    let inside = inner_photo(seed, 2, width, tall);
    post(&inside, &mut prng).cover(width, height)
}

/// A list of switches.
pub(super) fn settings(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1003);
    let theme = Theme::new(&mut prng);
    let mut page = Picture::filled(width, height, theme.ground);
    let (w, h) = (page.width as f32, page.height as f32);
    let unit = w / 100.0;
    status_bar(&mut page, &mut prng, unit, theme.ink);
    let title = latin_phrase(&mut prng, 2);
    page.text(
        &title,
        (6.0 * unit, 13.0 * unit),
        Style::new(5.0 * unit, theme.ink).bold(),
    );
    let step = prng.range(12.0, 17.0) * unit;
    let cards = prng.chance(0.4);
    let mut y = 24.0 * unit;
    while y < h - 14.0 * unit {
        if cards {
            let card = mix_rgb(theme.ground, theme.ink, 0.08);
            page.rounded((3.0 * unit, y), (94.0 * unit, step * 0.92), 2.5 * unit, card);
        } else {
            page.fill_rect(
                (16.0 * unit) as i32,
                (y + step) as i32,
                page.width as i32,
                1,
                theme.faint,
            );
        }
        let middle = y + step * 0.46;
        let flip = |x: f32| if theme.arabic { w - x } else { x };
        let sign = hsv(prng.unit(), 0.7, 0.8);
        page.rounded(
            (flip(9.0 * unit) - 3.0 * unit, middle - 3.0 * unit),
            (6.0 * unit, 6.0 * unit),
            1.5 * unit,
            sign,
        );
        page.disc((flip(9.0 * unit), middle), 1.4 * unit, WHITE);
        let room = prng.range(25.0, 55.0) * unit;
        let left = if theme.arabic {
            w - 16.0 * unit - room
        } else {
            16.0 * unit
        };
        theme.line(
            &mut page,
            &mut prng,
            (left, middle - 3.2 * unit),
            room,
            Style::new(3.0 * unit, theme.ink),
        );
        theme.line(
            &mut page,
            &mut prng,
            (left, middle + 1.4 * unit),
            room,
            Style::new(2.1 * unit, theme.faint),
        );
        if prng.chance(0.6) {
            let on = prng.chance(0.5);
            let x = flip(88.0 * unit);
            let colour = if on { theme.accent } else { theme.faint };
            page.rounded(
                (x - 5.0 * unit, middle - 2.6 * unit),
                (10.0 * unit, 5.2 * unit),
                2.6 * unit,
                colour,
            );
            page.disc(
                (x + if on { 2.4 } else { -2.4 } * unit, middle),
                2.1 * unit,
                WHITE,
            );
        }
        y += step;
        if prng.chance(0.15) {
            y += 0.6 * step;
        }
    }
    icons(&mut page, &mut prng, unit, h - 9.0 * unit, &theme);
    page
}

/// Windows on a desktop.
pub(super) fn desktop(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1004);
    let mut page = if prng.chance(0.4) {
        inner_photo(seed, 4, width, height)
    } else {
        Picture::filled(
            width,
            height,
            hsv(prng.unit(), prng.range(0.1, 0.6), prng.range(0.2, 0.7)),
        )
    };
    let (w, h) = (page.width as f32, page.height as f32);
    let unit = w / 160.0;
    for row in 0..prng.int(0, 5) {
        let at = (4.0 * unit, (5.0 + 14.0 * row as f32) * unit);
        page.rounded(at, (7.0 * unit, 7.0 * unit), unit, hsv(prng.unit(), 0.5, 0.9));
        page.latin_line(
            &mut prng,
            (2.0 * unit, at.1 + 8.0 * unit),
            12.0 * unit,
            Style::new(1.8 * unit, WHITE),
        );
    }
    for _ in 0..prng.int(1, 3) {
        let size = (w * prng.range(0.4, 0.85), h * prng.range(0.45, 0.85));
        let at = ((w - size.0) * prng.unit(), (h - size.1) * 0.9 * prng.unit());
        window(&mut page, &mut prng, seed, at, size, unit);
    }
    let dark = prng.chance(0.6);
    let (bar, ink): (Rgb, Rgb) = if dark {
        ([28, 28, 32], WHITE)
    } else {
        ([235, 235, 240], [30, 30, 30])
    };
    let top = h - 7.0 * unit;
    page.fill_rect(0, top as i32, page.width as i32, (7.0 * unit) as i32 + 1, bar);
    for k in 0..prng.int(3, 12) {
        let x = (3.0 + 8.0 * k as f32) * unit;
        page.rounded(
            (x, top + unit),
            (5.0 * unit, 5.0 * unit),
            unit,
            hsv(prng.unit(), 0.6, 0.85),
        );
    }
    let clock = format!("{}:{:02}", prng.int(0, 23), prng.int(0, 59));
    page.text(
        &clock,
        (w - 14.0 * unit, top + 2.2 * unit),
        Style::new(2.6 * unit, ink),
    );
    page
}

fn window(page: &mut Picture, prng: &mut Prng, seed: u64, at: (f32, f32), size: (f32, f32), unit: f32) {
    let ground: Rgb = *prng.pick(&[[255, 255, 255], [250, 250, 245], [30, 30, 36], [40, 44, 52]]);
    let ink = ink_on(ground);
    let bar = mix_rgb(ground, hsv(prng.unit(), 0.5, 0.6), 0.35);
    page.rounded((at.0 + unit, at.1 + unit), size, unit, [20, 20, 20]);
    page.rounded(at, size, unit, ground);
    page.rounded(at, (size.0, 5.0 * unit), unit, bar);
    for k in 0..3 {
        let x = at.0 + size.0 - (3.0 + 4.0 * k as f32) * unit;
        page.disc(
            (x, at.1 + 2.5 * unit),
            1.1 * unit,
            hsv(0.33 * k as f32, 0.7, 0.85),
        );
    }
    page.latin_line(
        prng,
        (at.0 + 3.0 * unit, at.1 + 1.6 * unit),
        size.0 * 0.4,
        Style::new(2.0 * unit, ink_on(bar)),
    );
    for k in 0..(size.0 / (6.0 * unit)) as u32 {
        let x = at.0 + (2.0 + 6.0 * k as f32) * unit;
        if prng.chance(0.8) && x + 4.0 * unit < at.0 + size.0 {
            page.rounded(
                (x, at.1 + 6.5 * unit),
                (3.5 * unit, 3.0 * unit),
                0.6 * unit,
                mix_rgb(bar, ink, 0.3),
            );
        }
    }
    let (left, top) = (at.0 + 2.0 * unit, at.1 + 12.0 * unit);
    let (room, tall) = (size.0 - 4.0 * unit, size.1 - 14.0 * unit);
    let side = if prng.chance(0.5) { room * 0.22 } else { 0.0 };
    if side > 0.0 {
        page.fill_rect(
            at.0 as i32,
            (at.1 + 11.0 * unit) as i32,
            side as i32,
            (tall + 2.0 * unit) as i32,
            mix_rgb(ground, bar, 0.6),
        );
    }
    if prng.chance(0.25) {
        let inside = inner_photo(
            seed,
            left as u64,
            (room - side).max(1.0) as u32,
            tall.max(1.0) as u32,
        );
        page.paste(&inside, (left + side) as i32, top as i32);
        return;
    }
    let code = prng.chance(0.5);
    let mut y = top;
    let mut indent = 0.0;
    while y < top + tall - 3.0 * unit {
        if side > 0.0 {
            page.latin_line(prng, (left, y), side * 0.8, Style::new(1.7 * unit, ink));
        }
        if code {
            indent = (indent + [-4.0, 0.0, 0.0, 4.0][prng.int(0, 3) as usize] * unit).clamp(0.0, room * 0.3);
        }
        let colour = if code {
            mix_rgb(ink, hsv(prng.unit(), 0.9, 0.8), 0.6)
        } else {
            ink
        };
        let width = (room - side - indent - 2.0 * unit) * prng.range(0.2, 1.0);
        if prng.chance(0.9) {
            page.latin_line(
                prng,
                (left + side + indent + unit, y),
                width,
                Style::new(1.9 * unit, colour),
            );
        }
        y += 3.4 * unit;
    }
}
