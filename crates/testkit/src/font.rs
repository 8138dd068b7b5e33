//! Lettering: a 5×7 font of our own for Latin text, and joined strokes that look like Arabic from afar.

use crate::draw::Point;
use crate::math::{cos, sin};
use crate::picture::{Picture, Rgb};
use crate::prng::Prng;

/// Rows of each glyph from the top, five bits a row, the highest bit at the left.
#[rustfmt::skip]
const GLYPHS: &[(char, [u8; 7])] = &[
    ('A', [0x04, 0x0a, 0x11, 0x11, 0x1f, 0x11, 0x11]), ('B', [0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e]),
    ('C', [0x0f, 0x10, 0x10, 0x10, 0x10, 0x10, 0x0f]), ('D', [0x1c, 0x12, 0x11, 0x11, 0x11, 0x12, 0x1c]),
    ('E', [0x1f, 0x10, 0x10, 0x1c, 0x10, 0x10, 0x1f]), ('F', [0x1f, 0x10, 0x10, 0x1c, 0x10, 0x10, 0x10]),
    ('G', [0x0f, 0x10, 0x10, 0x13, 0x11, 0x11, 0x0f]), ('H', [0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11]),
    ('I', [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x1f]), ('J', [0x07, 0x01, 0x01, 0x01, 0x01, 0x11, 0x0e]),
    ('K', [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11]), ('L', [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f]),
    ('M', [0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11]), ('N', [0x11, 0x19, 0x19, 0x15, 0x13, 0x13, 0x11]),
    ('O', [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]), ('P', [0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10]),
    ('Q', [0x0e, 0x11, 0x11, 0x11, 0x15, 0x0e, 0x03]), ('R', [0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11]),
    ('S', [0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e]), ('T', [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04]),
    ('U', [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]), ('V', [0x11, 0x11, 0x11, 0x11, 0x0a, 0x0a, 0x04]),
    ('W', [0x11, 0x11, 0x11, 0x15, 0x15, 0x1b, 0x11]), ('X', [0x11, 0x0a, 0x0a, 0x04, 0x0a, 0x0a, 0x11]),
    ('Y', [0x11, 0x11, 0x0a, 0x0a, 0x04, 0x04, 0x04]), ('Z', [0x1f, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1f]),
    ('a', [0x00, 0x00, 0x0e, 0x01, 0x0f, 0x11, 0x0f]), ('b', [0x10, 0x10, 0x1e, 0x11, 0x11, 0x11, 0x1e]),
    ('c', [0x00, 0x00, 0x0f, 0x10, 0x10, 0x10, 0x0f]), ('d', [0x01, 0x01, 0x0f, 0x11, 0x11, 0x11, 0x0f]),
    ('e', [0x00, 0x00, 0x0e, 0x11, 0x1f, 0x10, 0x0f]), ('f', [0x03, 0x04, 0x0f, 0x04, 0x04, 0x04, 0x04]),
    ('g', [0x00, 0x00, 0x0f, 0x11, 0x0f, 0x01, 0x0e]), ('h', [0x10, 0x10, 0x16, 0x19, 0x11, 0x11, 0x11]),
    ('i', [0x04, 0x00, 0x0c, 0x04, 0x04, 0x04, 0x0e]), ('j', [0x02, 0x00, 0x06, 0x02, 0x02, 0x12, 0x0c]),
    ('k', [0x10, 0x10, 0x12, 0x14, 0x1c, 0x12, 0x11]), ('l', [0x0c, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('m', [0x00, 0x00, 0x1a, 0x15, 0x15, 0x15, 0x15]), ('n', [0x00, 0x00, 0x16, 0x19, 0x11, 0x11, 0x11]),
    ('o', [0x00, 0x00, 0x0e, 0x11, 0x11, 0x11, 0x0e]), ('p', [0x00, 0x00, 0x1e, 0x11, 0x1e, 0x10, 0x10]),
    ('q', [0x00, 0x00, 0x0f, 0x11, 0x0f, 0x01, 0x01]), ('r', [0x00, 0x00, 0x16, 0x19, 0x10, 0x10, 0x10]),
    ('s', [0x00, 0x00, 0x0f, 0x10, 0x0e, 0x01, 0x1e]), ('t', [0x04, 0x04, 0x1f, 0x04, 0x04, 0x04, 0x03]),
    ('u', [0x00, 0x00, 0x11, 0x11, 0x11, 0x13, 0x0d]), ('v', [0x00, 0x00, 0x11, 0x11, 0x0a, 0x0a, 0x04]),
    ('w', [0x00, 0x00, 0x11, 0x15, 0x15, 0x15, 0x0a]), ('x', [0x00, 0x00, 0x11, 0x0a, 0x04, 0x0a, 0x11]),
    ('y', [0x00, 0x00, 0x11, 0x11, 0x0f, 0x01, 0x0e]), ('z', [0x00, 0x00, 0x1f, 0x02, 0x04, 0x08, 0x1f]),
    ('0', [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e]), ('1', [0x04, 0x0c, 0x14, 0x04, 0x04, 0x04, 0x1f]),
    ('2', [0x0e, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1f]), ('3', [0x1e, 0x01, 0x01, 0x0e, 0x01, 0x01, 0x1e]),
    ('4', [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02]), ('5', [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e]),
    ('6', [0x07, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e]), ('7', [0x1f, 0x01, 0x02, 0x02, 0x04, 0x04, 0x04]),
    ('8', [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e]), ('9', [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x1c]),
    ('.', [0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c]), (',', [0x00, 0x00, 0x00, 0x00, 0x0c, 0x04, 0x08]),
    ('!', [0x04, 0x04, 0x04, 0x04, 0x04, 0x00, 0x04]), ('?', [0x0e, 0x11, 0x01, 0x06, 0x04, 0x00, 0x04]),
    (':', [0x00, 0x0c, 0x0c, 0x00, 0x0c, 0x0c, 0x00]), ('-', [0x00, 0x00, 0x00, 0x0e, 0x00, 0x00, 0x00]),
    ('/', [0x01, 0x01, 0x02, 0x04, 0x08, 0x10, 0x10]), ('%', [0x19, 0x19, 0x02, 0x04, 0x08, 0x13, 0x13]),
];

fn rows(character: char) -> Option<&'static [u8; 7]> {
    GLYPHS.iter().find(|(c, _)| *c == character).map(|(_, rows)| rows)
}

/// How lettering looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Height of a capital letter in pixels.
    pub size: f32,
    /// Colour.
    pub colour: Rgb,
    /// Strokes thicker (above 0) or thinner (below 0), from -0.25 to 0.25.
    pub weight: f32,
}

impl Style {
    /// Regular weight.
    pub fn new(size: f32, colour: Rgb) -> Self {
        Self {
            size,
            colour,
            weight: 0.0,
        }
    }

    /// The same in heavy strokes.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { weight: 0.25, ..self }
    }
}

/// Width of a line of text in pixels.
pub fn text_width(text: &str, size: f32) -> f32 {
    (6 * text.chars().count()).saturating_sub(1) as f32 * size / 7.0
}

impl Picture {
    /// Writes a line, its upper left corner at `at`; characters without a glyph leave a gap.
    pub fn text(&mut self, text: &str, at: Point, style: Style) {
        let cell = style.size / 7.0;
        for (k, character) in text.chars().enumerate() {
            if let Some(rows) = rows(character) {
                self.glyph(rows, (at.0 + 6.0 * k as f32 * cell, at.1), cell, style);
            }
        }
    }

    /// Writes a line with its middle at column `x`.
    pub fn text_centred(&mut self, text: &str, x: f32, top: f32, style: Style) {
        self.text(text, (x - text_width(text, style.size) / 2.0, top), style);
    }

    fn glyph(&mut self, rows: &[u8; 7], at: Point, cell: f32, style: Style) {
        let bit = |x: i32, y: i32| {
            let set = (0..5).contains(&x) && (0..7).contains(&y) && rows[y as usize] >> (4 - x) & 1 == 1;
            f32::from(u8::from(set))
        };
        // Large letters get crisp edges, small ones stay soft like print seen from afar.
        let contrast = 2.0 * (cell * 0.9).max(1.0);
        let low = (at.0 - cell, at.1 - cell);
        let high = (at.0 + 6.0 * cell, at.1 + 8.0 * cell);
        self.shape(low, high, style.colour, |p| {
            let (u, v) = ((p.0 - at.0) / cell - 0.5, (p.1 - at.1) / cell - 0.5);
            let (x, y) = (crate::math::floor(u), crate::math::floor(v));
            let (fx, fy) = (u - x as f32, v - y as f32);
            let top = bit(x, y) * (1.0 - fx) + bit(x + 1, y) * fx;
            let bottom = bit(x, y + 1) * (1.0 - fx) + bit(x + 1, y + 1) * fx;
            let ink = top * (1.0 - fy) + bottom * fy;
            0.5 - ((ink - 0.5 + style.weight) * contrast + 0.5).clamp(0.0, 1.0)
        });
    }

    /// Writes a line of pseudo-words from left to right and gives its width; it ends before `width`.
    pub fn latin_line(&mut self, prng: &mut Prng, at: Point, width: f32, style: Style) -> f32 {
        let mut x = 0.0;
        loop {
            let word = latin_word(prng);
            let end = x + text_width(&word, style.size);
            if end > width {
                return (x - style.size).max(0.0);
            }
            self.text(&word, (at.0 + x, at.1), style);
            x = end + 0.75 * style.size;
        }
    }

    /// Writes a line of joined strokes from right to left, its upper right corner at `at`; ends before `width`.
    pub fn arabic_line(&mut self, prng: &mut Prng, at: Point, width: f32, style: Style) -> f32 {
        let mut x = 0.0;
        loop {
            let letters = prng.int(2, 6);
            let advance = (letters as f32 * 0.62 + 0.3) * style.size;
            if x + advance > width {
                return x;
            }
            let used = self.arabic_word(prng, (at.0 - x, at.1), letters, style);
            x += used + 0.45 * style.size;
        }
    }

    /// Draws one word of `letters` joined letters leftwards from its upper right corner; gives its width.
    pub fn arabic_word(&mut self, prng: &mut Prng, at: Point, letters: u32, style: Style) -> f32 {
        let em = style.size;
        let thick = em * (0.13 + 0.12 * style.weight.max(-0.3));
        let base = at.1 + 0.72 * em;
        let mut x = at.0;
        for k in 0..letters {
            let last = k + 1 == letters;
            let step = em * prng.range(0.42, 0.7);
            let mut joined = true;
            match prng.int(0, 6) {
                0 => {
                    // A tall upright, joined to its right only.
                    let middle = x - 0.5 * step;
                    self.line((middle, base), (middle + 0.03 * em, at.1), thick, style.colour);
                    joined = prng.chance(0.5);
                }
                1 => {
                    let centre = (x - 0.5 * step, base - 0.14 * em);
                    self.ring(centre, 0.16 * em, thick, style.colour);
                }
                2 if last => self.arc(
                    (x - 0.5 * step, base),
                    (0.5 * step, 0.34 * em),
                    0.0,
                    3.1,
                    thick,
                    style,
                ),
                2 | 3 => {
                    for tooth in 1..=3 {
                        let at = x - step * tooth as f32 / 3.4;
                        self.line((at, base), (at, base - 0.22 * em), thick, style.colour);
                    }
                }
                4 => {
                    self.arc(
                        (x - 0.2 * step, base + 0.05 * em),
                        (0.45 * step, 0.4 * em),
                        0.2,
                        1.9,
                        thick,
                        style,
                    );
                    joined = false;
                }
                5 => self.arc(
                    (x - 0.5 * step, base - 0.1 * em),
                    (0.4 * step, 0.22 * em),
                    -3.3,
                    0.3,
                    thick,
                    style,
                ),
                _ => self.line(
                    (x - 0.5 * step, base),
                    (x - 0.5 * step, base - 0.28 * em),
                    thick,
                    style.colour,
                ),
            }
            if joined && !last {
                self.line((x, base), (x - step, base), thick, style.colour);
            } else if last {
                self.line((x, base), (x - 0.8 * step, base), thick, style.colour);
            }
            let dots = prng.int(0, 5);
            if dots < 3 {
                let y = if prng.chance(0.6) {
                    base - 0.55 * em
                } else {
                    base + 0.3 * em
                };
                for dot in 0..dots {
                    let place = (x - step * (0.35 + 0.3 * dot as f32), y);
                    self.disc(place, thick * 0.6, style.colour);
                }
            }
            x -= step + if joined { 0.0 } else { 0.12 * em };
        }
        at.0 - x
    }

    fn arc(&mut self, centre: Point, radii: Point, from: f32, until: f32, thick: f32, style: Style) {
        let points: Vec<Point> = (0..=6)
            .map(|k| {
                let angle = from + (until - from) * k as f32 / 6.0;
                (centre.0 + radii.0 * cos(angle), centre.1 + radii.1 * sin(angle))
            })
            .collect();
        self.polyline(&points, thick, style.colour);
    }
}

/// A pronounceable word that means nothing, 2 to 9 letters.
pub fn latin_word(prng: &mut Prng) -> String {
    const CONSONANTS: &[u8] = b"bcdfghklmnprstvwz";
    const VOWELS: &[u8] = b"aeiou";
    let length = prng.int(2, 9);
    let mut vowel = prng.chance(0.4);
    (0..length)
        .map(|_| {
            let letter = *prng.pick(if vowel { VOWELS } else { CONSONANTS });
            vowel = !vowel || prng.chance(0.15);
            char::from(letter)
        })
        .collect()
}

/// `words` of them, the first with a capital letter.
pub fn latin_phrase(prng: &mut Prng, words: u32) -> String {
    let mut phrase = (0..words).map(|_| latin_word(prng)).collect::<Vec<_>>().join(" ");
    if let Some(first) = phrase.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    phrase
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{BLACK, WHITE};

    #[test]
    fn every_letter_and_digit_has_a_glyph_of_its_own() {
        for character in ('A'..='Z').chain('a'..='z').chain('0'..='9') {
            let own = rows(character).unwrap_or_else(|| panic!("no glyph for {character}"));
            assert!(own.iter().all(|row| *row < 32));
            assert_eq!(
                GLYPHS.iter().filter(|(_, other)| other == own).count(),
                1,
                "{character}"
            );
        }
    }

    #[test]
    fn text_fills_its_box_and_not_more() {
        for size in [6.0, 9.0, 14.0, 40.0] {
            let width = text_width("KNIGHT", size);
            let mut picture = Picture::filled(300, 80, WHITE);
            picture.text("KNIGHT", (20.0, 20.0), Style::new(size, BLACK));
            let dark = |p: &Picture| p.luma().iter().filter(|&&v| v < 128).count();
            assert!(dark(&picture) as f32 > 0.1 * width * size, "{size}");
            picture.fill_rect(19, 19, width as i32 + 3, size as i32 + 3, WHITE);
            assert_eq!(dark(&picture), 0, "{size}");
        }
    }

    #[test]
    fn lines_end_before_their_width() {
        let mut prng = Prng::new(3, 3);
        for _ in 0..20 {
            let mut picture = Picture::filled(400, 60, WHITE);
            assert!(picture.latin_line(&mut prng, (10.0, 20.0), 300.0, Style::new(12.0, BLACK)) <= 300.0);
            let used = picture.arabic_line(&mut prng, (390.0, 20.0), 300.0, Style::new(16.0, BLACK));
            assert!((100.0..330.0).contains(&used), "{used}");
        }
    }
}
