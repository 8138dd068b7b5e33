//! A telephone's screen around a picture.

use crate::draw::{hsv, ink_on, mix_rgb};
use crate::font::{Style, latin_phrase, text_width};
use crate::picture::{Picture, Rgb};
use crate::prng::Prng;

/// The colours of an app.
pub(crate) struct Theme {
    pub(crate) ground: Rgb,
    pub(crate) ink: Rgb,
    pub(crate) faint: Rgb,
    pub(crate) accent: Rgb,
    pub(crate) arabic: bool,
}

impl Theme {
    pub(crate) fn new(prng: &mut Prng) -> Self {
        let ground = match prng.int(0, 5) {
            0 | 1 => [255, 255, 255],
            2 => [18, 18, 20],
            3 => [21, 32, 43],
            4 => [244, 241, 236],
            _ => [0, 0, 0],
        };
        let ink = ink_on(ground);
        Self {
            ground,
            ink,
            faint: mix_rgb(ground, ink, 0.45),
            accent: hsv(prng.unit(), prng.range(0.6, 0.95), prng.range(0.5, 0.95)),
            arabic: prng.chance(0.5),
        }
    }

    /// A line of text at its side of a column.
    pub(crate) fn line(&self, page: &mut Picture, prng: &mut Prng, at: (f32, f32), width: f32, style: Style) {
        if self.arabic {
            let style = Style {
                size: style.size * 1.25,
                ..style
            };
            page.arabic_line(prng, (at.0 + width, at.1 - 0.2 * style.size), width, style);
        } else {
            page.latin_line(prng, at, width, style);
        }
    }
}

/// Clock, signal and battery at the top; `unit` is a hundredth of the screen's width.
pub(crate) fn status_bar(page: &mut Picture, prng: &mut Prng, unit: f32, ink: Rgb) {
    let width = page.width as f32;
    let size = 3.0 * unit;
    let clock = format!("{}:{:02}", prng.int(1, 23), prng.int(0, 59));
    page.text(&clock, (5.0 * unit, 2.0 * unit), Style::new(size, ink).bold());
    let bars = prng.int(1, 4);
    for bar in 0..4 {
        let tall = (bar + 1) as f32 * 0.8 * unit;
        let colour = if bar < bars {
            ink
        } else {
            mix_rgb(ink, [128, 128, 128], 0.7)
        };
        let at = (width - (29.0 - 1.6 * bar as f32) * unit, 5.0 * unit - tall);
        page.rounded(at, (1.1 * unit, tall), 0.3 * unit, colour);
    }
    let level = prng.range(0.2, 1.0);
    let battery = (width - 14.0 * unit, 2.0 * unit);
    page.rounded(
        battery,
        (7.0 * unit, 3.0 * unit),
        unit,
        mix_rgb(ink, [128, 128, 128], 0.6),
    );
    page.rounded(battery, (7.0 * unit * level, 3.0 * unit), unit, ink);
    page.text(
        &prng.int(10, 99).to_string(),
        (width - 20.0 * unit, 2.2 * unit),
        Style::new(2.6 * unit, ink),
    );
}

/// Keys, a pill or nothing at the bottom.
pub(crate) fn navigation(page: &mut Picture, prng: &mut Prng, unit: f32, theme: &Theme) {
    let (width, height) = (page.width as f32, page.height as f32);
    let y = height - 4.0 * unit;
    match prng.int(0, 2) {
        0 => page.rounded(
            (width / 2.0 - 15.0 * unit, y + unit),
            (30.0 * unit, 1.2 * unit),
            unit,
            theme.ink,
        ),
        1 => {
            page.disc((width / 2.0, y), 1.8 * unit, theme.faint);
            page.polygon(
                &[
                    (width * 0.25 - 2.0 * unit, y),
                    (width * 0.25 + unit, y - 2.0 * unit),
                    (width * 0.25 + unit, y + 2.0 * unit),
                ],
                theme.faint,
            );
            page.rounded(
                (width * 0.75 - 1.7 * unit, y - 1.7 * unit),
                (3.4 * unit, 3.4 * unit),
                0.5 * unit,
                theme.faint,
            );
        }
        _ => {}
    }
}

/// A row of small signs as apps have below posts.
pub(crate) fn icons(page: &mut Picture, prng: &mut Prng, unit: f32, y: f32, theme: &Theme) {
    let count = prng.int(3, 5);
    let width = page.width as f32;
    for k in 0..count {
        let centre = (width * (k as f32 + 0.5) / count as f32, y);
        let r = 2.0 * unit;
        match prng.int(0, 3) {
            0 => page.ring(centre, r, 0.6 * unit, theme.faint),
            1 => page.polygon(&crate::draw::star(centre, r * 1.2, 5, 0.5, 0.0), theme.faint),
            2 => page.rounded(
                (centre.0 - r, centre.1 - 0.8 * r),
                (2.0 * r, 1.6 * r),
                0.7 * r,
                theme.faint,
            ),
            _ => page.polyline(
                &[
                    (centre.0 - r, centre.1),
                    (centre.0, centre.1 + r),
                    (centre.0 + r, centre.1 - r),
                ],
                0.7 * unit,
                theme.faint,
            ),
        }
        if prng.chance(0.5) {
            let text = prng.int(1, 9999).to_string();
            page.text(
                &text,
                (centre.0 + 1.5 * r, y - unit),
                Style::new(2.2 * unit, theme.faint),
            );
        }
    }
}

/// The header of a post: a round portrait, a name, a second line.
pub(crate) fn byline(page: &mut Picture, prng: &mut Prng, unit: f32, y: f32, theme: &Theme) {
    let width = page.width as f32;
    let x = if theme.arabic {
        width - 9.0 * unit
    } else {
        9.0 * unit
    };
    page.disc((x, y + 5.0 * unit), 4.6 * unit, hsv(prng.unit(), 0.5, 0.7));
    page.disc((x, y + 4.2 * unit), 1.8 * unit, hsv(prng.unit(), 0.2, 0.9));
    let left = if theme.arabic { 30.0 * unit } else { 16.0 * unit };
    let room = width - 46.0 * unit;
    theme.line(
        page,
        prng,
        (left, y + 1.6 * unit),
        room * 0.8,
        Style::new(3.0 * unit, theme.ink).bold(),
    );
    theme.line(
        page,
        prng,
        (left, y + 6.2 * unit),
        room * 0.5,
        Style::new(2.2 * unit, theme.faint),
    );
}

/// A screenshot of a post that shows `picture` in the full width, or nearly.
pub(crate) fn post(picture: &Picture, prng: &mut Prng) -> Picture {
    let theme = Theme::new(prng);
    let width = picture.width as f32 / prng.range(0.9, 1.0);
    let unit = width / 100.0;
    let tall = picture.height as f32;
    let head = prng.range(34.0, 48.0) * unit;
    let lines = prng.int(0, 5);
    let foot = (prng.range(16.0, 30.0) + 5.0 * lines as f32) * unit;
    // Screens are about twice as high as wide; a wide picture leaves room for more of the app.
    let height = (head + tall + foot).max(width * prng.range(1.35, 2.1));
    let mut page = Picture::filled(width.round() as u32, height.round() as u32, theme.ground);
    status_bar(&mut page, prng, unit, theme.ink);
    let title = latin_phrase(prng, 1);
    page.text_centred(
        &title,
        width / 2.0,
        10.5 * unit,
        Style::new(4.0 * unit, theme.accent).bold(),
    );
    page.fill_rect(
        0,
        (17.0 * unit) as i32,
        page.width as i32,
        (0.4 * unit).ceil() as i32,
        theme.faint,
    );
    let spare = height - head - tall - foot;
    let top = head + spare * prng.range(0.0, 0.6);
    byline(&mut page, prng, unit, top - 13.0 * unit, &theme);
    let mut y = 20.0 * unit;
    while y < top - 19.0 * unit {
        let room = prng.range(0.5, 0.9) * width;
        let left = if theme.arabic {
            width - room - 4.0 * unit
        } else {
            4.0 * unit
        };
        theme.line(
            &mut page,
            prng,
            (left, y),
            room,
            Style::new(3.0 * unit, theme.ink),
        );
        y += 5.2 * unit;
    }
    page.paste(picture, ((page.width - picture.width) / 2) as i32, top as i32);
    let mut y = top.floor() + tall + 5.0 * unit;
    icons(&mut page, prng, unit, y, &theme);
    y += 6.0 * unit;
    while y < height - 18.0 * unit {
        let room = prng.range(0.4, 0.92) * width;
        let left = if theme.arabic {
            width - room - 4.0 * unit
        } else {
            4.0 * unit
        };
        theme.line(
            &mut page,
            prng,
            (left, y),
            room,
            Style::new(2.8 * unit, theme.ink),
        );
        y += 5.0 * unit;
        if prng.chance(0.15) {
            y += 8.0 * unit;
        }
    }
    let label = latin_phrase(prng, 2);
    let size = 3.0 * unit;
    let button = (
        width / 2.0 - text_width(&label, size) / 2.0 - 4.0 * unit,
        height - 14.0 * unit,
    );
    let wide = text_width(&label, size) + 8.0 * unit;
    page.rounded(button, (wide, 7.0 * unit), 3.5 * unit, theme.accent);
    page.text(
        &label,
        (button.0 + 4.0 * unit, button.1 + 2.0 * unit),
        Style::new(size, ink_on(theme.accent)),
    );
    navigation(&mut page, prng, unit, &theme);
    page
}
