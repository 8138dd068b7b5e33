//! Drawn things: logos, flags, charts, maps, codes, line art.

use crate::draw::{Point, hsv, ink_on, mix_rgb, star};
use crate::font::{Style, latin_phrase, text_width};
use crate::math::{cos, sin};
use crate::picture::{Picture, Rgb, WHITE};
use crate::prng::Prng;

fn flat(prng: &mut Prng) -> Rgb {
    match prng.int(0, 5) {
        0 => WHITE,
        1 => [12, 12, 14],
        _ => hsv(prng.unit(), prng.range(0.5, 1.0), prng.range(0.3, 0.95)),
    }
}

/// A colour that can be told from another.
fn flat_beside(prng: &mut Prng, other: Rgb) -> Rgb {
    loop {
        let colour = flat(prng);
        let apart: u32 = colour
            .iter()
            .zip(other)
            .map(|(a, b)| u32::from(a.abs_diff(b)))
            .sum();
        if apart > 150 {
            return colour;
        }
    }
}

/// One to four flat shapes and a name on a flat ground.
pub(super) fn logo(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1020);
    let ground = flat(&mut prng);
    let mut page = Picture::filled(width, height, ground);
    let (w, h) = (page.width as f32, page.height as f32);
    let named = prng.chance(0.7);
    let middle = (w * prng.range(0.4, 0.6), h * if named { 0.4 } else { 0.5 });
    let r = w.min(h) * prng.range(0.2, 0.34);
    let mut colour = flat_beside(&mut prng, ground);
    let mut scale = 1.0;
    for _ in 0..prng.int(1, 4) {
        let size = r * scale;
        let turn = prng.range(0.0, 6.2);
        let place = (
            middle.0 + prng.range(-0.3, 0.3) * (r - size),
            middle.1 + prng.range(-0.3, 0.3) * (r - size),
        );
        match prng.int(0, 6) {
            0 => page.disc(place, size, colour),
            1 => page.ring(place, size * 0.8, size * 0.3, colour),
            2 => page.polygon(
                &star(place, size, prng.int(3, 12), prng.range(0.3, 0.8), turn),
                colour,
            ),
            3 => page.polygon(&star(place, size, prng.int(3, 6), 1.0, turn), colour),
            4 => page.rounded(
                (place.0 - size, place.1 - size * 0.7),
                (2.0 * size, 1.4 * size),
                size * 0.3,
                colour,
            ),
            5 => {
                for k in 0..prng.int(2, 5) {
                    let y = place.1 - size + size * 0.5 * k as f32;
                    page.line(
                        (place.0 - size, y),
                        (place.0 + size, y + size * 0.3),
                        size * 0.2,
                        colour,
                    );
                }
            }
            _ => {
                let letter = latin_phrase(&mut prng, 1)[..1].to_owned();
                page.text_centred(
                    &letter,
                    place.0,
                    place.1 - size * 0.8,
                    Style::new(size * 1.6, colour).bold(),
                );
            }
        }
        scale *= prng.range(0.45, 0.7);
        colour = flat_beside(&mut prng, colour);
    }
    if named {
        let name = latin_phrase(&mut prng, 1).to_uppercase();
        let size = (w * 0.7 / text_width(&name, 1.0)).min(h * 0.14);
        page.text_centred(&name, w / 2.0, h * 0.8, Style::new(size, ink_on(ground)).bold());
    }
    page
}

/// Stripes, crosses, triangles, discs, stars.
pub(super) fn flag(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1021);
    let first = flat(&mut prng);
    let second = flat_beside(&mut prng, first);
    let third = flat_beside(&mut prng, second);
    let mut page = Picture::filled(width, height, first);
    let (w, h) = (page.width as f32, page.height as f32);
    let (iw, ih) = (page.width as i32, page.height as i32);
    match prng.int(0, 5) {
        0 | 1 => {
            let upright = prng.chance(0.4);
            let stripes = *prng.pick(&[2, 3, 3, 3, 5, 9, 13]);
            for k in 0..stripes {
                let colour = [first, second, third][if stripes > 5 { k % 2 } else { k % 3 } as usize];
                let cut = |length: i32, k: i32| length * k / stripes;
                if upright {
                    page.fill_rect(cut(iw, k), 0, cut(iw, k + 1) - cut(iw, k), ih, colour);
                } else {
                    page.fill_rect(0, cut(ih, k), iw, cut(ih, k + 1) - cut(ih, k), colour);
                }
            }
        }
        2 => {
            let (x, thick) = (w * prng.range(0.3, 0.5), h * prng.range(0.1, 0.3));
            for (colour, t) in [(second, thick), (third, thick * 0.5)] {
                page.fill_rect((x - t / 2.0) as i32, 0, t as i32, ih, colour);
                page.fill_rect(0, ((h - t) / 2.0) as i32, iw, t as i32, colour);
            }
        }
        3 => {
            let thick = h * prng.range(0.08, 0.25);
            page.line((0.0, 0.0), (w, h), thick, second);
            page.line((0.0, h), (w, 0.0), thick, second);
        }
        4 => page.polygon(&[(0.0, 0.0), (w, 0.0), (0.0, h)], second),
        _ => page.fill_rect(0, 0, iw, ih / 2, second),
    }
    if prng.chance(0.35) {
        page.polygon(
            &[(0.0, 0.0), (w * prng.range(0.3, 0.5), h / 2.0), (0.0, h)],
            third,
        );
    }
    if prng.chance(0.3) {
        page.fill_rect(0, 0, (w * 0.42) as i32, ih / 2, third);
    }
    if prng.chance(0.6) {
        let centre = (
            w * *prng.pick(&[0.25, 0.5, 0.5, 0.4]),
            h * *prng.pick(&[0.3, 0.5, 0.5]),
        );
        let r = h * prng.range(0.1, 0.3);
        let emblem = flat_beside(&mut prng, first);
        match prng.int(0, 2) {
            0 => page.disc(centre, r, emblem),
            1 => page.polygon(&star(centre, r, prng.int(4, 8), 0.4, 0.0), emblem),
            _ => {
                for k in 0..prng.int(3, 9) {
                    let angle = k as f32 * 0.7;
                    let place = (centre.0 + r * sin(angle), centre.1 - r * cos(angle));
                    page.polygon(&star(place, r * 0.25, 5, 0.4, 0.0), emblem);
                }
            }
        }
    }
    page
}

/// Bars, lines or points between axes.
pub(super) fn chart(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1022);
    let ground: Rgb = *prng.pick(&[[255, 255, 255], [248, 248, 250], [24, 26, 31], [255, 250, 240]]);
    let ink = ink_on(ground);
    let mut page = Picture::filled(width, height, ground);
    let (w, h) = (page.width as f32, page.height as f32);
    let unit = w.min(h) / 100.0;
    let (left, right, top, bottom) = (14.0 * unit, w - 6.0 * unit, 14.0 * unit, h - 12.0 * unit);
    let title = latin_phrase(&mut prng, 3);
    page.text_centred(&title, w / 2.0, 4.0 * unit, Style::new(4.5 * unit, ink).bold());
    let tick = prng.int(2, 40);
    for k in 0..=5 {
        let y = bottom - (bottom - top) * k as f32 / 5.0;
        page.line((left, y), (right, y), 0.3 * unit, mix_rgb(ground, ink, 0.25));
        page.text(
            &(k * tick).to_string(),
            (3.0 * unit, y - 1.5 * unit),
            Style::new(3.0 * unit, ink),
        );
    }
    let points = prng.int(4, 24);
    let step = (right - left) / points as f32;
    let kind = prng.int(0, 3);
    for _ in 0..prng.int(1, 3) {
        let colour = hsv(prng.unit(), 0.75, 0.85);
        let mut level = prng.range(0.2, 0.8);
        let series: Vec<Point> = (0..points)
            .map(|k| {
                level = (level + prng.range(-0.2, 0.2)).clamp(0.04, 0.97);
                (left + step * (k as f32 + 0.5), bottom - (bottom - top) * level)
            })
            .collect();
        match kind {
            0 => {
                for &(x, y) in &series {
                    page.rounded((x - step * 0.35, y), (step * 0.7, bottom - y), 0.4 * unit, colour);
                }
            }
            1 => page.polyline(&series, 0.9 * unit, colour),
            2 => {
                for &place in &series {
                    page.disc(place, prng.range(0.8, 2.6) * unit, colour);
                }
            }
            _ => {
                let mut area = series;
                area.extend([(right - step / 2.0, bottom), (left + step / 2.0, bottom)]);
                page.polygon(&area, mix_rgb(colour, ground, 0.3));
            }
        }
    }
    page.polyline(&[(left, top), (left, bottom), (right, bottom)], 0.7 * unit, ink);
    for k in 0..points.min(8) {
        let x = left + (right - left) * (k as f32 + 0.5) / points.min(8) as f32;
        let label = prng.int(1, 2030).to_string();
        page.text_centred(&label, x, bottom + 2.5 * unit, Style::new(2.8 * unit, ink));
    }
    page
}

/// Land, water, roads, names.
pub(super) fn map(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1023);
    let land = hsv(
        prng.range(0.1, 0.3),
        prng.range(0.05, 0.3),
        prng.range(0.85, 0.97),
    );
    let mut page = Picture::filled(width, height, land);
    let (w, h) = (page.width as f32, page.height as f32);
    let unit = w.min(h) / 100.0;
    let outline = |prng: &mut Prng, centre: Point, r: f32| -> Vec<Point> {
        let corners = prng.int(7, 20);
        (0..corners)
            .map(|k| {
                let angle = std::f32::consts::TAU * k as f32 / corners as f32;
                let reach = r * prng.range(0.6, 1.2);
                (centre.0 + reach * cos(angle), centre.1 + reach * sin(angle))
            })
            .collect()
    };
    for _ in 0..prng.int(2, 7) {
        let centre = (w * prng.range(-0.1, 1.1), h * prng.range(-0.1, 1.1));
        let r = w.min(h) * prng.range(0.1, 0.45);
        let colour = if prng.chance(0.45) {
            [170, 205, 225]
        } else {
            [198, 224, 180]
        };
        page.polygon(&outline(&mut prng, centre, r), colour);
    }
    for level in 0..3 {
        for _ in 0..prng.int(2, 6 + 6 * level) {
            let mut place = (w * prng.unit(), h * prng.unit());
            let mut angle = prng.range(0.0, 6.2);
            let mut way = vec![place];
            for _ in 0..prng.int(3, 12) {
                angle += prng.range(-0.5, 0.5);
                place = (
                    place.0 + 12.0 * unit * cos(angle),
                    place.1 + 12.0 * unit * sin(angle),
                );
                way.push(place);
            }
            let thick = [2.6, 1.5, 0.7][level as usize] * unit;
            page.polyline(&way, thick * 1.4, [180, 170, 160]);
            page.polyline(
                &way,
                thick,
                [[250, 214, 110], [255, 255, 255], [255, 255, 255]][level as usize],
            );
        }
    }
    for _ in 0..prng.int(3, 14) {
        let place = (w * prng.range(0.05, 0.85), h * prng.range(0.05, 0.95));
        page.disc(place, 0.9 * unit, [60, 60, 60]);
        let at = (place.0 + 2.0 * unit, place.1 - 1.6 * unit);
        if prng.chance(0.5) {
            page.latin_line(&mut prng, at, 26.0 * unit, Style::new(3.0 * unit, [50, 50, 50]));
        } else {
            page.arabic_line(
                &mut prng,
                (at.0 + 22.0 * unit, at.1),
                22.0 * unit,
                Style::new(4.0 * unit, [50, 50, 50]),
            );
        }
    }
    page
}

/// A grid of black and white cells with marks in three corners; it encodes nothing.
pub(super) fn qr_grid(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1024);
    let cells = *prng.pick(&[21, 25, 29, 33, 37]);
    let dark = if prng.chance(0.7) {
        [0, 0, 0]
    } else {
        hsv(prng.unit(), 0.8, 0.4)
    };
    let mut page = Picture::filled(width, height, WHITE);
    let side = page.width.min(page.height) as f32;
    let cell = side / (cells + 8) as f32;
    let start = (
        (page.width as f32 - cell * cells as f32) / 2.0,
        (page.height as f32 - cell * cells as f32) / 2.0,
    );
    let mut square = |x: i32, y: i32, n: i32, colour: Rgb| {
        let edge = |start: f32, k: i32| (start + cell * k as f32).round() as i32;
        let (x0, y0) = (edge(start.0, x), edge(start.1, y));
        page.fill_rect(
            x0,
            y0,
            edge(start.0, x + n) - x0,
            edge(start.1, y + n) - y0,
            colour,
        );
    };
    for y in 0..cells {
        for x in 0..cells {
            if prng.chance(0.5) {
                square(x, y, 1, dark);
            }
        }
    }
    for (x, y) in [(0, 0), (cells - 7, 0), (0, cells - 7)] {
        square(x - 1, y - 1, 9, WHITE);
        square(x, y, 7, dark);
        square(x + 1, y + 1, 5, WHITE);
        square(x + 2, y + 2, 3, dark);
    }
    page
}

/// Outlines on paper: curves, polygons, faces of nobody.
pub(super) fn line_art(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1025);
    let inverted = prng.chance(0.2);
    let (ground, ink) = if inverted {
        ([10, 20, 60], WHITE)
    } else {
        (WHITE, [20, 20, 20])
    };
    let mut page = Picture::filled(width, height, ground);
    let (w, h) = (page.width as f32, page.height as f32);
    let thick = w.min(h) * prng.range(0.004, 0.012);
    for _ in 0..prng.int(4, 30) {
        let centre = (w * prng.unit(), h * prng.unit());
        let r = w.min(h) * prng.range(0.04, 0.4);
        match prng.int(0, 3) {
            0 => page.ring(centre, r, thick, ink),
            1 => {
                let mut corners = star(
                    centre,
                    r,
                    prng.int(3, 8),
                    prng.range(0.4, 1.4).min(1.0),
                    prng.range(0.0, 6.2),
                );
                corners.push(corners[0]);
                page.polyline(&corners, thick, ink);
            }
            2 => {
                let (a, b, turn) = (prng.int(1, 5) as f32, prng.int(1, 5) as f32, prng.range(0.0, 6.2));
                let curve: Vec<Point> = (0..=60)
                    .map(|k| {
                        let t = std::f32::consts::TAU * k as f32 / 60.0;
                        (centre.0 + r * sin(a * t + turn), centre.1 + r * sin(b * t))
                    })
                    .collect();
                page.polyline(&curve, thick, ink);
            }
            _ => {
                for k in 0..prng.int(3, 14) {
                    let x = centre.0 + thick * 4.0 * k as f32;
                    page.line((x, centre.1), (x + r * 0.4, centre.1 + r), thick, ink);
                }
            }
        }
    }
    page
}
