//! A picture in memory, and what can be done to its geometry.

use crate::math::{cos, floor, sin};

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Black.
pub const BLACK: Rgb = [0, 0, 0];
/// White.
pub const WHITE: Rgb = [255, 255, 255];

/// An opaque 8-bit sRGB picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels, at least 1.
    pub width: u32,
    /// Height in pixels, at least 1.
    pub height: u32,
    /// `3 * width * height` bytes, row by row from the top, red first.
    pub rgb: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Picture({} x {})", self.width, self.height)
    }
}

impl Picture {
    /// A picture of one colour; sides of 0 become 1.
    pub fn filled(width: u32, height: u32, colour: Rgb) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self {
            width,
            height,
            rgb: colour.repeat(width as usize * height as usize),
        }
    }

    /// A picture whose pixel at column `x`, row `y` is `f(x, y)`; sides of 0 become 1.
    pub fn from_fn(width: u32, height: u32, mut f: impl FnMut(u32, u32) -> Rgb) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let mut rgb = Vec::with_capacity(3 * width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                rgb.extend_from_slice(&f(x, y));
            }
        }
        Self { width, height, rgb }
    }

    fn offset(&self, x: u32, y: u32) -> usize {
        3 * (y as usize * self.width as usize + x as usize)
    }

    /// The pixel at column `x`, row `y`.
    ///
    /// # Panics
    /// Outside the picture.
    pub fn pixel(&self, x: u32, y: u32) -> Rgb {
        assert!(x < self.width, "column {x} of {}", self.width);
        let at = self.offset(x, y);
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// Sets a pixel; does nothing outside the picture.
    pub fn set(&mut self, x: i32, y: i32, colour: Rgb) {
        if (0..self.width as i32).contains(&x) && (0..self.height as i32).contains(&y) {
            let at = self.offset(x as u32, y as u32);
            self.rgb[at..at + 3].copy_from_slice(&colour);
        }
    }

    /// Mixes a colour into a pixel, `alpha` 0 to 1; does nothing outside the picture.
    pub fn blend(&mut self, x: i32, y: i32, colour: Rgb, alpha: f32) {
        if (0..self.width as i32).contains(&x) && (0..self.height as i32).contains(&y) {
            let at = self.offset(x as u32, y as u32);
            for (old, new) in self.rgb[at..at + 3].iter_mut().zip(colour) {
                let mixed = f32::from(*old) + (f32::from(new) - f32::from(*old)) * alpha.clamp(0.0, 1.0);
                *old = (mixed + 0.5) as u8;
            }
        }
    }

    /// Luma of every pixel: ITU-R BT.601 weights, rounded to the nearest.
    pub fn luma(&self) -> Vec<u8> {
        self.rgb
            .chunks_exact(3)
            .map(|p| {
                ((299 * u32::from(p[0]) + 587 * u32::from(p[1]) + 114 * u32::from(p[2]) + 500) / 1000) as u8
            })
            .collect()
    }

    /// The picture without colour.
    pub fn grey(&self) -> Self {
        Self {
            rgb: self.luma().into_iter().flat_map(|v| [v, v, v]).collect(),
            ..*self
        }
    }

    /// The picture with every sample replaced by `f` of it.
    pub fn map(&self, f: impl Fn(u8) -> u8) -> Self {
        let table: Vec<u8> = (0..=255).map(f).collect();
        Self {
            rgb: self.rgb.iter().map(|&v| table[usize::from(v)]).collect(),
            ..*self
        }
    }

    /// The part that starts at column `x`, row `y`, cut off where the picture ends, never empty.
    pub fn crop(&self, x: u32, y: u32, width: u32, height: u32) -> Self {
        let (x, y) = (x.min(self.width - 1), y.min(self.height - 1));
        let width = width.clamp(1, self.width - x);
        let height = height.clamp(1, self.height - y);
        let mut rgb = Vec::with_capacity(3 * width as usize * height as usize);
        for row in y..y + height {
            let at = self.offset(x, row);
            rgb.extend_from_slice(&self.rgb[at..at + 3 * width as usize]);
        }
        Self { width, height, rgb }
    }

    /// The picture without the given shares of its width and height at each side, each share below 1.
    pub fn crop_shares(&self, left: f32, top: f32, right: f32, bottom: f32) -> Self {
        let (w, h) = (self.width as f32, self.height as f32);
        let x = (left * w).round() as u32;
        let y = (top * h).round() as u32;
        let width = self.width.saturating_sub(x + (right * w).round() as u32);
        let height = self.height.saturating_sub(y + (bottom * h).round() as u32);
        self.crop(x, y, width, height)
    }

    /// Copies another picture onto this one, its upper left corner at (x, y), cut off at the edges.
    pub fn paste(&mut self, other: &Self, x: i32, y: i32) {
        let from = x.max(0);
        let until = (x + other.width as i32).min(self.width as i32);
        if from >= until {
            return;
        }
        for row in 0..other.height as i32 {
            let target = y + row;
            if (0..self.height as i32).contains(&target) {
                let source = other.offset((from - x) as u32, row as u32);
                let at = self.offset(from as u32, target as u32);
                let length = 3 * (until - from) as usize;
                self.rgb[at..at + length].copy_from_slice(&other.rgb[source..source + length]);
            }
        }
    }

    /// Fills a rectangle, cut off at the edges.
    pub fn fill_rect(&mut self, x: i32, y: i32, width: i32, height: i32, colour: Rgb) {
        let (x0, x1) = (x.max(0), (x + width).min(self.width as i32));
        let (y0, y1) = (y.max(0), (y + height).min(self.height as i32));
        if x0 < x1 {
            for row in y0..y1 {
                let at = self.offset(x0 as u32, row as u32);
                for pixel in self.rgb[at..at + 3 * (x1 - x0) as usize].chunks_exact_mut(3) {
                    pixel.copy_from_slice(&colour);
                }
            }
        }
    }

    fn remap(&self, width: u32, height: u32, from: impl Fn(u32, u32) -> (u32, u32)) -> Self {
        Self::from_fn(width, height, |x, y| {
            let (x, y) = from(x, y);
            self.pixel(x, y)
        })
    }

    /// Left and right exchanged.
    pub fn mirror(&self) -> Self {
        self.remap(self.width, self.height, |x, y| (self.width - 1 - x, y))
    }

    /// Top and bottom exchanged.
    pub fn flip(&self) -> Self {
        self.remap(self.width, self.height, |x, y| (x, self.height - 1 - y))
    }

    /// Rows become columns: reflected at the diagonal from the upper left.
    pub fn transpose(&self) -> Self {
        self.remap(self.height, self.width, |x, y| (y, x))
    }

    /// Turned by a quarter, clockwise.
    pub fn rotate90(&self) -> Self {
        self.remap(self.height, self.width, |x, y| (y, self.height - 1 - x))
    }

    /// Turned by a half.
    pub fn rotate180(&self) -> Self {
        self.remap(self.width, self.height, |x, y| {
            (self.width - 1 - x, self.height - 1 - y)
        })
    }

    /// Turned by a quarter, counter-clockwise.
    pub fn rotate270(&self) -> Self {
        self.remap(self.height, self.width, |x, y| (self.width - 1 - y, x))
    }

    /// Turned clockwise about the centre by any angle, bilinear, same size; what comes from outside is `fill`.
    pub fn rotate(&self, degrees: f32, fill: Rgb) -> Self {
        let angle = degrees.to_radians();
        let (c, s) = (cos(angle), sin(angle));
        let (cx, cy) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        Self::from_fn(self.width, self.height, |x, y| {
            let (dx, dy) = (x as f32 + 0.5 - cx, y as f32 + 0.5 - cy);
            self.sample(c * dx + s * dy + cx - 0.5, c * dy - s * dx + cy - 0.5, fill)
        })
    }

    /// Bilinear sample at a place counted in pixels from the centre of the first.
    fn sample(&self, x: f32, y: f32, fill: Rgb) -> Rgb {
        let (x0, y0) = (floor(x), floor(y));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let at = |x: i32, y: i32| {
            if (0..self.width as i32).contains(&x) && (0..self.height as i32).contains(&y) {
                self.pixel(x as u32, y as u32)
            } else {
                fill
            }
        };
        let corners = [at(x0, y0), at(x0 + 1, y0), at(x0, y0 + 1), at(x0 + 1, y0 + 1)];
        std::array::from_fn(|channel| {
            let [a, b, c, d] = corners.map(|corner| f32::from(corner[channel]));
            let (top, bottom) = (a + (b - a) * fx, c + (d - c) * fx);
            (top + (bottom - top) * fy + 0.5) as u8
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: u32, height: u32) -> Picture {
        Picture::from_fn(width, height, |x, y| [x as u8, y as u8, (x * y) as u8])
    }

    #[test]
    fn turns_and_reflections_undo_each_other() {
        let picture = numbered(7, 4);
        assert_eq!(picture.rotate90().rotate270(), picture);
        assert_eq!(picture.rotate90().rotate90(), picture.rotate180());
        assert_eq!(picture.mirror().flip(), picture.rotate180());
        assert_eq!(picture.transpose().mirror(), picture.rotate90());
        assert_eq!(picture.rotate90().pixel(3, 0), picture.pixel(0, 0), "clockwise");
    }

    #[test]
    fn small_rotation_is_clockwise_and_keeps_the_centre() {
        let mut picture = Picture::filled(101, 101, BLACK);
        picture.fill_rect(48, 0, 5, 101, WHITE);
        let turned = picture.rotate(10.0, BLACK);
        assert_eq!(turned.pixel(50, 50), WHITE);
        assert_eq!(turned.pixel(58, 6), WHITE, "the upper end moves right");
        assert_eq!(numbered(9, 9).rotate(0.0, BLACK), numbered(9, 9));
    }

    #[test]
    fn paste_and_fill_are_cut_off_at_the_edges() {
        let mut picture = Picture::filled(6, 5, BLACK);
        picture.paste(&numbered(4, 4), -2, 3);
        assert_eq!(picture.pixel(0, 3), numbered(4, 4).pixel(2, 0));
        picture.paste(&numbered(4, 4), 9, 9);
        picture.fill_rect(4, -3, 90, 5, WHITE);
        assert_eq!(picture.pixel(5, 1), WHITE);
        assert_eq!(picture.pixel(5, 2), BLACK);
    }

    #[test]
    fn crops_have_the_size_that_was_asked_for() {
        let cropped = numbered(200, 100).crop_shares(0.07, 0.07, 0.07, 0.07);
        assert_eq!((cropped.width, cropped.height), (172, 86));
        assert_eq!(cropped.pixel(0, 0), [14, 7, 98]);
        let rest = numbered(10, 10).crop(8, 8, 50, 50);
        assert_eq!((rest.width, rest.height), (2, 2));
    }
}
