//! Shapes with smooth edges, drawn onto pictures.
//!
//! A shape is a signed distance: negative inside, in pixels. Coordinates are in pixels from the upper left
//! corner of the picture.

use crate::math::{floor, mix};
use crate::picture::{Picture, Rgb};

/// A place, in pixels.
pub type Point = (f32, f32);

/// Signed distance to a disc.
pub fn disc_distance(p: Point, centre: Point, radius: f32) -> f32 {
    let (dx, dy) = (p.0 - centre.0, p.1 - centre.1);
    (dx * dx + dy * dy).sqrt() - radius
}

/// Signed distance to a rectangle with rounded corners, given by its centre and half sides.
pub fn rounded_distance(p: Point, centre: Point, half: Point, radius: f32) -> f32 {
    let radius = radius.min(half.0).min(half.1);
    let qx = (p.0 - centre.0).abs() - half.0 + radius;
    let qy = (p.1 - centre.1).abs() - half.1 + radius;
    let (ox, oy) = (qx.max(0.0), qy.max(0.0));
    (ox * ox + oy * oy).sqrt() + qx.max(qy).min(0.0) - radius
}

/// Distance to a line from `a` to `b`, of no width.
pub fn segment_distance(p: Point, a: Point, b: Point) -> f32 {
    let (px, py, bx, by) = (p.0 - a.0, p.1 - a.1, b.0 - a.0, b.1 - a.1);
    let t = ((px * bx + py * by) / (bx * bx + by * by).max(1e-9)).clamp(0.0, 1.0);
    let (dx, dy) = (px - bx * t, py - by * t);
    (dx * dx + dy * dy).sqrt()
}

/// Signed distance to a polygon (even-odd rule).
pub fn polygon_distance(p: Point, corners: &[Point]) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    let mut before = corners.len() - 1;
    for (i, &a) in corners.iter().enumerate() {
        let b = corners[before];
        nearest = nearest.min(segment_distance(p, a, b));
        if (a.1 > p.1) != (b.1 > p.1) && p.0 < a.0 + (b.0 - a.0) * (p.1 - a.1) / (b.1 - a.1) {
            inside = !inside;
        }
        before = i;
    }
    if inside { -nearest } else { nearest }
}

/// Corners of a regular polygon or, where `inner` is below 1, a star; the first points up, turned by `turn`
/// radians.
pub fn star(centre: Point, radius: f32, points: u32, inner: f32, turn: f32) -> Vec<Point> {
    let steps = if inner < 1.0 { 2 * points } else { points };
    (0..steps)
        .map(|k| {
            let angle = turn + std::f32::consts::TAU * k as f32 / steps as f32;
            let r = if inner < 1.0 && k % 2 == 1 {
                radius * inner
            } else {
                radius
            };
            (
                centre.0 + r * crate::math::sin(angle),
                centre.1 - r * crate::math::cos(angle),
            )
        })
        .collect()
}

/// The colour between `a` and `b` at `t`.
pub fn mix_rgb(a: Rgb, b: Rgb, t: f32) -> Rgb {
    std::array::from_fn(|i| (mix(f32::from(a[i]), f32::from(b[i]), t.clamp(0.0, 1.0)) + 0.5) as u8)
}

/// A colour from hue (turns), saturation and value, each 0 to 1.
pub fn hsv(hue: f32, saturation: f32, value: f32) -> Rgb {
    let part = |shift: f32| {
        let k = (shift + hue * 6.0).rem_euclid(6.0);
        let v = value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0);
        (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
    };
    [part(5.0), part(3.0), part(1.0)]
}

/// Black or white, whichever is easier to read on a ground.
pub fn ink_on(ground: Rgb) -> Rgb {
    let luma = 299 * u32::from(ground[0]) + 587 * u32::from(ground[1]) + 114 * u32::from(ground[2]);
    if luma > 140_000 {
        [15, 15, 18]
    } else {
        [250, 250, 250]
    }
}

impl Picture {
    /// Fills the shape that lies in the box from `low` to `high`.
    pub fn shape(&mut self, low: Point, high: Point, colour: Rgb, distance: impl Fn(Point) -> f32) {
        let (x0, y0) = (floor(low.0).max(1) - 1, floor(low.1).max(1) - 1);
        let x1 = (floor(high.0) + 2).min(self.width as i32);
        let y1 = (floor(high.1) + 2).min(self.height as i32);
        for y in y0..y1 {
            for x in x0..x1 {
                let alpha = 0.5 - distance((x as f32 + 0.5, y as f32 + 0.5));
                if alpha > 0.0 {
                    self.blend(x, y, colour, alpha);
                }
            }
        }
    }

    /// A filled disc.
    pub fn disc(&mut self, centre: Point, radius: f32, colour: Rgb) {
        let (low, high) = around(centre, (radius, radius));
        self.shape(low, high, colour, |p| disc_distance(p, centre, radius));
    }

    /// A circle's line.
    pub fn ring(&mut self, centre: Point, radius: f32, thickness: f32, colour: Rgb) {
        let reach = radius + thickness;
        let (low, high) = around(centre, (reach, reach));
        self.shape(low, high, colour, |p| {
            disc_distance(p, centre, radius).abs() - thickness / 2.0
        });
    }

    /// A filled rectangle with rounded corners: left, top, width, height.
    pub fn rounded(&mut self, at: Point, size: Point, radius: f32, colour: Rgb) {
        let half = (size.0 / 2.0, size.1 / 2.0);
        let centre = (at.0 + half.0, at.1 + half.1);
        self.shape(at, (at.0 + size.0, at.1 + size.1), colour, |p| {
            rounded_distance(p, centre, half, radius)
        });
    }

    /// A line with round ends.
    pub fn line(&mut self, a: Point, b: Point, thickness: f32, colour: Rgb) {
        let r = thickness / 2.0;
        let low = (a.0.min(b.0) - r, a.1.min(b.1) - r);
        let high = (a.0.max(b.0) + r, a.1.max(b.1) + r);
        // Thinner than a pixel: paler, not broken.
        let (r, pale) = if thickness < 1.0 {
            (0.5, thickness)
        } else {
            (r, 1.0)
        };
        self.shape(low, high, colour, |p| {
            let alpha = (0.5 - (segment_distance(p, a, b) - r)).clamp(0.0, 1.0) * pale;
            0.5 - alpha
        });
    }

    /// A line through several points.
    pub fn polyline(&mut self, points: &[Point], thickness: f32, colour: Rgb) {
        for pair in points.windows(2) {
            self.line(pair[0], pair[1], thickness, colour);
        }
    }

    /// A filled polygon.
    pub fn polygon(&mut self, corners: &[Point], colour: Rgb) {
        if corners.len() < 3 {
            return;
        }
        let fold = |f: fn(f32, f32) -> f32, start: f32| {
            corners
                .iter()
                .fold((start, start), |m, c| (f(m.0, c.0), f(m.1, c.1)))
        };
        let (low, high) = (fold(f32::min, f32::MAX), fold(f32::max, f32::MIN));
        self.shape(low, high, colour, |p| polygon_distance(p, corners));
    }

    /// Mixes a colour into a rectangle, `alpha` 0 to 1.
    pub fn veil(&mut self, x: i32, y: i32, width: i32, height: i32, colour: Rgb, alpha: f32) {
        for row in y.max(0)..(y + height).min(self.height as i32) {
            for column in x.max(0)..(x + width).min(self.width as i32) {
                self.blend(column, row, colour, alpha);
            }
        }
    }

    /// Fills a rectangle with a gradient from top to bottom.
    pub fn gradient(&mut self, x: i32, y: i32, width: i32, height: i32, top: Rgb, bottom: Rgb) {
        for row in 0..height {
            let t = (row as f32 + 0.5) / height as f32;
            self.fill_rect(x, y + row, width, 1, mix_rgb(top, bottom, t));
        }
    }

    /// The outline of a rectangle, its line inside.
    pub fn frame(&mut self, x: i32, y: i32, width: i32, height: i32, thickness: i32, colour: Rgb) {
        self.fill_rect(x, y, width, thickness, colour);
        self.fill_rect(x, y + height - thickness, width, thickness, colour);
        self.fill_rect(x, y, thickness, height, colour);
        self.fill_rect(x + width - thickness, y, thickness, height, colour);
    }
}

fn around(centre: Point, half: Point) -> (Point, Point) {
    (
        (centre.0 - half.0, centre.1 - half.1),
        (centre.0 + half.0, centre.1 + half.1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{BLACK, WHITE};

    #[test]
    fn a_disc_covers_its_area() {
        let mut picture = Picture::filled(64, 64, BLACK);
        picture.disc((32.0, 31.0), 20.0, WHITE);
        let covered: f32 = picture.luma().iter().map(|&v| f32::from(v) / 255.0).sum();
        assert!((covered - 1256.6).abs() < 6.0, "{covered}");
    }

    #[test]
    fn polygons_and_boxes_agree() {
        let corners = [(10.0, 10.0), (50.0, 10.0), (50.0, 40.0), (10.0, 40.0)];
        let (mut a, mut b) = (Picture::filled(64, 64, BLACK), Picture::filled(64, 64, BLACK));
        a.polygon(&corners, WHITE);
        b.fill_rect(10, 10, 40, 30, WHITE);
        assert_eq!(a, b);
    }

    #[test]
    fn shapes_beyond_the_edges_draw_nothing_and_do_not_fail() {
        let mut picture = Picture::filled(8, 8, BLACK);
        picture.disc((-90.0, 4.0), 5.0, WHITE);
        picture.rounded((20.0, 20.0), (5.0, 5.0), 2.0, WHITE);
        picture.line((-5.0, -9.0), (-1.0, -20.0), 3.0, WHITE);
        picture.polygon(&[(1.0, 1.0)], WHITE);
        assert_eq!(picture, Picture::filled(8, 8, BLACK));
    }

    #[test]
    fn pure_hues() {
        assert_eq!(
            [hsv(0.0, 1.0, 1.0), hsv(1.0 / 3.0, 1.0, 1.0)],
            [[255, 0, 0], [0, 255, 0]]
        );
        assert_eq!(hsv(0.7, 0.0, 0.5), [128, 128, 128]);
    }
}
