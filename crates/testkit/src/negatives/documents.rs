//! Pages of text, forms and tables, as scans and exports show them.

use crate::draw::{hsv, mix_rgb};
use crate::font::{Style, latin_phrase};
use crate::picture::{Picture, Rgb};
use crate::prng::Prng;

/// A sheet of paper: ground, ink, and margins as shares of its width.
struct Sheet {
    page: Picture,
    ink: Rgb,
    unit: f32,
    margin: f32,
    arabic: bool,
}

impl Sheet {
    fn new(prng: &mut Prng, width: u32, height: u32, arabic: bool) -> Self {
        let paper = mix_rgb([255, 255, 255], [236, 224, 196], prng.unit() * prng.unit());
        let ink = mix_rgb([10, 10, 12], [70, 70, 90], prng.unit());
        let mut page = Picture::filled(width, height, paper);
        if prng.chance(0.25) {
            // The light of a telephone's photograph of a page.
            let (w, h) = (page.width as i32, page.height as i32);
            page.gradient(
                0,
                0,
                w,
                h,
                mix_rgb(paper, [90, 90, 100], prng.range(0.0, 0.3)),
                paper,
            );
        }
        let unit = page.width as f32 / 100.0;
        Self {
            page,
            ink,
            unit,
            margin: prng.range(6.0, 14.0) * unit,
            arabic,
        }
    }

    fn width(&self) -> f32 {
        self.page.width as f32
    }

    fn height(&self) -> f32 {
        self.page.height as f32
    }

    /// A line of text in a column, at its beginning.
    fn line(&mut self, prng: &mut Prng, left: f32, top: f32, room: f32, size: f32, bold: bool) {
        let style = Style::new(size, self.ink);
        let style = if bold { style.bold() } else { style };
        if self.arabic {
            let style = Style {
                size: size * 1.3,
                ..style
            };
            self.page
                .arabic_line(prng, (left + room, top - 0.3 * size), room, style);
        } else {
            self.page.latin_line(prng, (left, top), room, style);
        }
    }

    /// Paragraphs down a column until `bottom`.
    fn paragraphs(&mut self, prng: &mut Prng, left: f32, top: f32, room: f32, bottom: f32, size: f32) {
        let mut y = top;
        let pitch = size * prng.range(1.6, 2.2);
        while y + size < bottom {
            let lines = prng.int(2, 9);
            for line in 0..lines {
                if y + size >= bottom {
                    return;
                }
                let short = if line + 1 == lines {
                    room * prng.range(0.2, 0.9)
                } else {
                    room
                };
                let left = if self.arabic { left + room - short } else { left };
                self.line(prng, left, y, short, size, false);
                y += pitch;
            }
            y += pitch * prng.range(0.3, 1.0);
            if prng.chance(0.15) && y + 3.0 * size < bottom {
                self.line(prng, left, y, room * 0.6, size * 1.25, true);
                y += pitch * 1.5;
            }
        }
    }
}

fn page(seed: u64, width: u32, height: u32, arabic: bool) -> Picture {
    let mut prng = Prng::new(seed, 1010 + u64::from(arabic));
    let mut sheet = Sheet::new(&mut prng, width, height, arabic);
    let (w, h, unit, margin) = (sheet.width(), sheet.height(), sheet.unit, sheet.margin);
    let mut y = margin * prng.range(0.6, 1.4);
    let room = w - 2.0 * margin;
    if prng.chance(0.3) {
        let ink = sheet.ink;
        let colour = hsv(prng.unit(), 0.7, 0.6);
        sheet.page.disc((w / 2.0, y + 4.0 * unit), 4.0 * unit, colour);
        sheet.page.fill_rect(
            margin as i32,
            (y + 10.0 * unit) as i32,
            room as i32,
            (0.3 * unit).ceil() as i32,
            ink,
        );
        y += 14.0 * unit;
    }
    if prng.chance(0.75) {
        let size = prng.range(3.0, 5.0) * unit;
        let inset = room * prng.range(0.0, 0.25);
        for _ in 0..prng.int(1, 2) {
            sheet.line(&mut prng, margin + inset, y, room - 2.0 * inset, size, true);
            y += size * 1.7;
        }
        y += size;
    }
    let size = prng.range(1.2, 2.4) * unit;
    let columns = if size < 1.7 * unit { prng.int(1, 3) } else { 1 };
    let gutter = 3.0 * unit;
    let column = (room - gutter * (columns - 1) as f32) / columns as f32;
    let bottom = h - margin * prng.range(0.7, 2.5);
    for k in 0..columns {
        sheet.paragraphs(
            &mut prng,
            margin + (column + gutter) * k as f32,
            y,
            column,
            bottom,
            size,
        );
    }
    let number = prng.int(1, 400).to_string();
    sheet.page.text_centred(
        &number,
        w / 2.0,
        h - margin * 0.6,
        Style::new(1.6 * unit, sheet.ink),
    );
    sheet.page
}

/// A page in a left-to-right script.
pub(super) fn page_latin(seed: u64, width: u32, height: u32) -> Picture {
    page(seed, width, height, false)
}

/// A page in a right-to-left script.
pub(super) fn page_arabic(seed: u64, width: u32, height: u32) -> Picture {
    page(seed, width, height, true)
}

/// A form: labels, boxes, ticks, a stamp.
pub(super) fn form(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1012);
    let arabic = prng.chance(0.5);
    let mut sheet = Sheet::new(&mut prng, width, height, arabic);
    let (w, h, unit, margin) = (sheet.width(), sheet.height(), sheet.unit, sheet.margin);
    let room = w - 2.0 * margin;
    let (ink, tint) = (sheet.ink, hsv(prng.unit(), 0.4, 0.8));
    if prng.chance(0.6) {
        sheet.page.fill_rect(
            margin as i32,
            margin as i32,
            room as i32,
            (8.0 * unit) as i32,
            tint,
        );
    }
    sheet.line(
        &mut prng,
        margin + 2.0 * unit,
        margin + 2.4 * unit,
        room - 4.0 * unit,
        3.2 * unit,
        true,
    );
    let mut y = margin + 12.0 * unit;
    let line = (0.25 * unit).ceil() as i32;
    while y < h - margin - 10.0 * unit {
        let columns = prng.int(1, 3);
        let column = room / columns as f32;
        let tall = prng.range(5.0, 9.0) * unit;
        for k in 0..columns {
            let x = margin + column * k as f32;
            sheet.line(&mut prng, x, y, column * 0.8, 1.5 * unit, false);
            if prng.chance(0.2) {
                let side = 2.6 * unit;
                sheet.page.frame(
                    x as i32,
                    (y + 3.0 * unit) as i32,
                    side as i32,
                    side as i32,
                    line,
                    ink,
                );
                if prng.chance(0.5) {
                    let tick = [
                        (x + 0.5 * unit, y + 4.2 * unit),
                        (x + 1.2 * unit, y + 5.0 * unit),
                        (x + 2.6 * unit, y + 2.6 * unit),
                    ];
                    sheet.page.polyline(&tick, 0.5 * unit, ink);
                }
            } else {
                sheet.page.frame(
                    x as i32,
                    (y + 2.6 * unit) as i32,
                    (column - 2.0 * unit) as i32,
                    (tall - 3.0 * unit) as i32,
                    line,
                    ink,
                );
                if prng.chance(0.6) {
                    sheet.line(
                        &mut prng,
                        x + unit,
                        y + 3.6 * unit,
                        column * 0.6,
                        1.7 * unit,
                        false,
                    );
                }
            }
        }
        y += tall + 2.0 * unit;
    }
    if prng.chance(0.5) {
        let centre = (w * prng.range(0.2, 0.8), h - margin - 8.0 * unit);
        sheet.page.ring(centre, 7.0 * unit, 0.7 * unit, tint);
        sheet.page.ring(centre, 5.2 * unit, 0.4 * unit, tint);
    }
    sheet.page
}

/// A table of numbers.
pub(super) fn table(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1013);
    let arabic = prng.chance(0.5);
    let mut sheet = Sheet::new(&mut prng, width, height, arabic);
    let (w, h, unit) = (sheet.width(), sheet.height(), sheet.unit);
    let margin = sheet.margin * 0.5;
    let columns = prng.int(3, 9);
    let step = prng.range(3.6, 6.5) * unit;
    let room = w - 2.0 * margin;
    let heading = hsv(prng.unit(), prng.range(0.2, 0.8), prng.range(0.3, 0.9));
    let (ink, line) = (sheet.ink, (0.2 * unit).ceil() as i32);
    let title = latin_phrase(&mut prng, 3);
    sheet
        .page
        .text(&title, (margin, margin), Style::new(2.6 * unit, ink).bold());
    let top = margin + 5.0 * unit;
    let rows = ((h - top - margin) / step) as u32;
    sheet
        .page
        .fill_rect(margin as i32, top as i32, room as i32, step as i32, heading);
    let striped = prng.chance(0.5);
    let edges: Vec<f32> = (0..=columns)
        .map(|k| margin + room * k as f32 / columns as f32)
        .collect();
    for row in 0..rows {
        let y = top + step * row as f32;
        if striped && row % 2 == 0 && row > 0 {
            sheet
                .page
                .veil(margin as i32, y as i32, room as i32, step as i32, heading, 0.15);
        }
        if !striped {
            sheet
                .page
                .fill_rect(margin as i32, y as i32, room as i32, line, ink);
        }
        for (k, pair) in edges.windows(2).enumerate() {
            let inside = pair[1] - pair[0] - 1.6 * unit;
            let size = (1.7 * unit).min(inside / 6.2);
            let text_top = y + (step - size) / 2.0;
            if row == 0 || k == 0 {
                sheet.line(&mut prng, pair[0] + 0.8 * unit, text_top, inside, size, row == 0);
            } else if prng.chance(0.92) {
                let number = format!("{}.{}", prng.int(0, 9999), prng.int(0, 99));
                let x = pair[1] - 0.8 * unit - crate::font::text_width(&number, size).min(inside);
                sheet.page.text(&number, (x, text_top), Style::new(size, ink));
            }
        }
    }
    if prng.chance(0.6) {
        for edge in &edges {
            sheet
                .page
                .fill_rect(*edge as i32, top as i32, line, (step * rows as f32) as i32, ink);
        }
    }
    sheet.page
}
