//! Scenes of buildings and rooms.

use super::canvas::{Canvas, Colour, cover, mix3, times};
use super::noise::{Noise, Texture};
use super::{any_colour, colour, paint_sky};
use crate::math::{floor, mix, smooth};
use crate::prng::Prng;

/// A hash of a cell's place, 0 to 1.
fn cell(a: i32, b: i32, salt: u32) -> f32 {
    let mut h = (a as u32).wrapping_mul(0x9e37_79b1) ^ (b as u32).wrapping_mul(0x85eb_ca77) ^ salt;
    h = (h ^ h >> 15).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ h >> 12).wrapping_mul(0x297a_2d39);
    (h >> 8) as f32 / (1 << 24) as f32
}

/// The face of a wall: what stands on it repeats in cells.
struct Wall {
    tone: Colour,
    hole: Colour,
    bright: Colour,
    size: (f32, f32),
    gap: (f32, f32),
    lit: f32,
    staggered: bool,
    salt: u32,
}

impl Wall {
    /// Windows (large gaps), bricks or tiles (small gaps).
    fn new(prng: &mut Prng, cells: f32) -> Self {
        let windows = prng.chance(0.6);
        let tone = any_colour(prng);
        Self {
            tone,
            hole: if windows {
                times(any_colour(prng), 0.4)
            } else {
                times(tone, prng.range(0.5, 1.4))
            },
            bright: colour(prng.range(0.08, 0.6), prng.range(0.1, 0.6), 1.0),
            size: (cells * prng.range(0.7, 1.4), cells * prng.range(0.7, 1.4)),
            gap: if windows {
                (prng.range(0.15, 0.4), prng.range(0.15, 0.4))
            } else {
                (0.06, 0.08)
            },
            lit: if windows { prng.range(0.0, 0.6) } else { 0.0 },
            staggered: !windows && prng.chance(0.7),
            salt: prng.bits() as u32,
        }
    }

    /// The colour at wall coordinates; `fade` 0 to 1 melts cells that are too small to be seen.
    fn at(&self, u: f32, v: f32, fade: f32) -> Colour {
        let (u, v) = (u * self.size.0, v * self.size.1);
        let row = floor(v);
        let u = if self.staggered && row & 1 == 1 {
            u + 0.5
        } else {
            u
        };
        let column = floor(u);
        let (fu, fv) = (u - column as f32, v - row as f32);
        let inside = fu > self.gap.0 && fu < 1.0 - self.gap.0 && fv > self.gap.1 && fv < 1.0 - self.gap.1;
        let share = (1.0 - 2.0 * self.gap.0) * (1.0 - 2.0 * self.gap.1);
        let value = cell(column, row, self.salt);
        let face = if value < self.lit {
            self.bright
        } else {
            times(self.hole, 0.7 + 0.6 * value)
        };
        let sharp = if inside { face } else { self.tone };
        mix3(sharp, mix3(self.tone, self.hole, share), fade)
    }
}

/// Rows of buildings before the sky.
pub(super) fn skyline(canvas: &mut Canvas, prng: &mut Prng) {
    let haze = paint_sky(canvas, prng, 0.9);
    let rows = prng.int(1, 4);
    for row in 0..rows {
        let near = (row + 1) as f32 / rows as f32;
        let mut x = prng.range(-0.2, 0.0);
        let roofs = prng.range(0.2, 0.6) + 0.2 * near;
        while x < canvas.aspect {
            let wide = prng.range(0.05, 0.28) * (0.5 + near);
            let top = roofs + prng.range(-0.25, 0.3);
            let cells = prng.range(12.0, 34.0) / (0.5 + near);
            let wall = Wall::new(prng, cells);
            let (shade, left, pitch) = (
                prng.range(0.6, 1.1),
                x,
                if prng.chance(0.3) {
                    prng.range(0.1, 0.8)
                } else {
                    0.0
                },
            );
            let dust = Noise::new(prng);
            let pixel = canvas.pixel;
            let fade = smooth(0.25, 0.6, wall.size.0 * pixel);
            canvas.paint((left, top - 0.2, left + wide, 2.0), |px, py, _| {
                let (u, v) = (px - left, py - top);
                let roof = v + pitch * (wide / 2.0 - (u - wide / 2.0).abs());
                let light = shade
                    * (1.0 + 0.25 * dust.sum(px * 4.0, py * 4.0, 3, 0.6))
                    * if u < wide * 0.25 { 0.8 } else { 1.0 };
                let face = if v < 0.0 {
                    times(wall.tone, 0.6)
                } else {
                    wall.at(u, v, fade)
                };
                (
                    mix3(haze, times(face, light), 0.35 + 0.65 * near),
                    cover(-roof, 0.0, pixel),
                )
            });
            x += wide
                + if prng.chance(0.4) {
                    prng.range(0.0, 0.12)
                } else {
                    0.0
                };
        }
    }
    if prng.chance(0.5) {
        let (level, tone) = (prng.range(0.75, 0.95), any_colour(prng));
        let road = Texture::new(prng, 6.0, canvas.octaves(6.0, 4));
        let pixel = canvas.pixel;
        canvas.paint((-1.0, level, 9.0, 2.0), |x, y, _| {
            (
                times(tone, 0.8 + 0.3 * road.at(x, y * 4.0)),
                cover(level - y, 0.0, pixel),
            )
        });
    }
}

/// One-point perspective: the inside of a box, `open` at the top for a street.
fn perspective(canvas: &mut Canvas, prng: &mut Prng, open: bool) {
    let haze = if open {
        paint_sky(canvas, prng, 0.7)
    } else {
        any_colour(prng)
    };
    let eye = (canvas.aspect * prng.range(0.2, 0.8), prng.range(0.25, 0.7));
    let half = (
        prng.range(0.35, 1.0),
        prng.range(0.35, 1.0),
        prng.range(0.3, 0.9),
        prng.range(0.25, 0.7),
    );
    let far = prng.range(3.0, 14.0);
    let walls: [Wall; 5] = std::array::from_fn(|_| {
        let cells = prng.range(0.8, 4.0);
        Wall::new(prng, cells)
    });
    let light: [f32; 5] = std::array::from_fn(|_| prng.range(0.5, 1.2));
    let grime = Noise::new(prng);
    let fog = prng.range(0.3, 1.0);
    let (lane, lane_tone) = (prng.chance(0.6), times(any_colour(prng), 1.5));
    let pixel = canvas.pixel;
    let closed_end = !open || prng.chance(0.3);
    canvas.paint(canvas.all(), |x, y, old| {
        let (dx, dy) = (x - eye.0, y - eye.1);
        let horizontal = if dx < 0.0 {
            half.0 / (-dx).max(1e-4)
        } else {
            half.1 / dx.max(1e-4)
        };
        let vertical = if dy < 0.0 {
            if open { f32::MAX } else { half.2 / (-dy).max(1e-4) }
        } else {
            half.3 / dy.max(1e-4)
        };
        let depth = horizontal.min(vertical);
        if open
            && horizontal < vertical
            && dy * horizontal < -half.2 * (1.2 + cell(floor(horizontal * 0.9), i32::from(dx < 0.0), 5))
        {
            return (old, 0.0);
        }
        let (face, u, v, z) = if depth > far {
            if !closed_end {
                return (old, if dy > 0.0 { 0.3 } else { 0.0 });
            }
            (4, dx * far, dy * far, far)
        } else if horizontal < vertical {
            (usize::from(dx < 0.0), depth, dy * depth, depth)
        } else {
            (2 + usize::from(dy < 0.0), depth, dx * depth, depth)
        };
        let wall = &walls[face];
        let fade = smooth(0.25, 0.7, wall.size.0 * pixel * z.max(z * z * 0.8));
        let mut tone = wall.at(u, v, fade);
        if face == 2 && lane && v.abs() < 0.06 && u.fract() < 0.6 {
            tone = lane_tone;
        }
        let n = grime.sum(u * 2.0, v * 2.0, 3, 0.6);
        let tone = times(tone, light[face] * (1.0 + 0.3 * n));
        (mix3(tone, haze, smooth(0.0, far, z) * fog), 1.0)
    });
}

/// A corridor, hall or room.
pub(super) fn corridor(canvas: &mut Canvas, prng: &mut Prng) {
    perspective(canvas, prng, false);
    furnish(canvas, prng);
}

/// A street between houses.
pub(super) fn street(canvas: &mut Canvas, prng: &mut Prng) {
    perspective(canvas, prng, true);
    if prng.chance(0.7) {
        furnish(canvas, prng);
    }
}

/// Boxes that stand about: furniture, cars, stalls.
fn furnish(canvas: &mut Canvas, prng: &mut Prng) {
    for _ in 0..prng.int(0, 6) {
        let foot = prng.range(0.6, 1.05);
        let (x, wide, tall) = (
            prng.range(0.0, canvas.aspect),
            prng.range(0.05, 0.35) * foot,
            prng.range(0.05, 0.4) * foot,
        );
        let (front, side) = (any_colour(prng), prng.range(0.4, 0.9));
        let deep = wide * prng.range(0.1, 0.5) * if x < canvas.aspect / 2.0 { 1.0 } else { -1.0 };
        let wear = Texture::new(prng, 8.0, canvas.octaves(8.0, 4));
        let pixel = canvas.pixel;
        let bounds = (
            x - wide - deep.abs(),
            foot - tall * 1.4,
            x + wide + deep.abs(),
            foot + 0.06,
        );
        canvas.paint(bounds, |px, py, old| {
            let n = 1.0 + 0.2 * wear.at(px, py);
            let shadow =
                0.55 * smooth(0.05, 0.0, (py - foot).abs()) * smooth(wide * 1.3, wide * 0.7, (px - x).abs());
            let face = ((px - x).abs() - wide).max((py - foot + tall / 2.0).abs() - tall / 2.0);
            let t = ((px - x - wide * deep.signum()) / deep).clamp(-1.0, 2.0);
            let lift = 0.3 * t * tall;
            let flank = if (0.0..=1.0).contains(&t) {
                (py - foot + tall / 2.0 + lift * 0.5).abs() - tall / 2.0
            } else {
                1.0
            };
            if flank < 0.0 && face > 0.0 {
                (times(front, side * n), cover(flank, 0.0, pixel))
            } else {
                let on = cover(face, 0.0, pixel);
                (
                    mix3(
                        times(old, 1.0 - shadow),
                        times(front, n * (1.1 - 0.4 * (py - foot + tall) / tall)),
                        on,
                    ),
                    1.0,
                )
            }
        });
    }
}

/// A wall seen straight on, with doors, signs and shadows.
pub(super) fn facade(canvas: &mut Canvas, prng: &mut Prng) {
    let wall = {
        let cells = prng.range(2.5, 9.0);
        Wall::new(prng, cells)
    };
    let plaster = Texture::new(prng, 2.5, canvas.octaves(2.5, 6));
    let (lean, squeeze) = (prng.range(-0.35, 0.35), prng.range(-0.35, 0.35));
    let fade = smooth(0.3, 0.8, wall.size.0 * canvas.pixel);
    let rough = prng.range(0.1, 0.5);
    let middle = canvas.aspect / 2.0;
    canvas.shade(|x, y| {
        let depth = 1.0 + squeeze * (x - middle) + lean * (y - 0.5);
        let (u, v) = ((x - middle) / depth + 9.0, (y - 0.5) / depth + 9.0);
        times(wall.at(u, v, fade), 1.0 + rough * plaster.at(x, y))
    });
    for _ in 0..prng.int(1, 7) {
        let (x, y) = (prng.range(0.0, canvas.aspect), prng.range(0.2, 1.0));
        let half = (prng.range(0.03, 0.25), prng.range(0.03, 0.25));
        let (tone, round) = (any_colour(prng), prng.range(0.0, 0.1));
        let pixel = canvas.pixel;
        canvas.paint(
            (x - half.0, y - half.1, x + half.0 + 0.05, y + half.1 + 0.05),
            |px, py, old| {
                let d = crate::draw::rounded_distance((px, py), (x, y), half, round);
                let shadow = crate::draw::rounded_distance((px - 0.02, py - 0.02), (x, y), half, round);
                let under = times(old, 1.0 - 0.5 * cover(shadow, 0.02, pixel));
                (
                    mix3(
                        under,
                        times(tone, mix(1.1, 0.7, (py - y) / half.1 * 0.5 + 0.5)),
                        cover(d, 0.0, pixel),
                    ),
                    1.0,
                )
            },
        );
    }
    if prng.chance(0.6) {
        let (a, b, dark) = (
            prng.range(-0.5, 1.0),
            prng.range(-1.5, 1.5),
            prng.range(0.35, 0.7),
        );
        canvas.paint(canvas.all(), |x, y, old| {
            (times(old, dark), smooth(-0.02, 0.02, y - a - b * (x - middle)))
        });
    }
}
