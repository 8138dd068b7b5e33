//! Scenes with people, animals and objects.

use super::any_colour;
use super::canvas::{Canvas, cover, mix3, times};
use super::figure::{Blob, figure, light};
use super::noise::Texture;
use crate::draw::{disc_distance, polygon_distance, rounded_distance, star};
use crate::math::{cos, mix, sin, smooth};
use crate::prng::Prng;

/// Something indistinct behind the subject.
fn background(canvas: &mut Canvas, prng: &mut Prng) {
    let (a, b, c) = (any_colour(prng), any_colour(prng), any_colour(prng));
    let frequency = prng.range(0.8, 3.5);
    let texture = Texture::new(prng, frequency, canvas.octaves(frequency, 4));
    let angle = prng.range(0.0, 6.2);
    let (dx, dy) = (cos(angle), sin(angle));
    let middle = canvas.aspect / 2.0;
    canvas.shade(|x, y| {
        let slope = 0.5 + (x - middle) * dx * 0.6 + (y - 0.5) * dy * 0.6;
        mix3(
            mix3(a, b, slope.clamp(0.0, 1.0)),
            c,
            smooth(-0.3, 0.8, texture.at(x, y)),
        )
    });
    for _ in 0..prng.int(0, 7) {
        let (x, y, r) = (
            prng.range(0.0, canvas.aspect),
            prng.range(0.0, 1.0),
            prng.range(0.05, 0.35),
        );
        let (tone, tall, soft) = (any_colour(prng), prng.range(0.5, 3.0), prng.range(0.01, 0.1));
        let pixel = canvas.pixel;
        canvas.paint(
            (x - r - 0.1, y - r * tall - 0.1, x + r + 0.1, y + r * tall + 0.1),
            |px, py, _| {
                let d = rounded_distance((px, py), (x, y), (r, r * tall), 0.02);
                (
                    times(tone, 1.0 + 0.4 * texture.at(px * 2.0, py * 2.0)),
                    0.85 * cover(d, soft, pixel),
                )
            },
        );
    }
}

/// One to four persons, near.
pub(super) fn people(canvas: &mut Canvas, prng: &mut Prng) {
    background(canvas, prng);
    let lamp = light(prng);
    let count = prng.int(1, 4);
    for k in 0..count {
        let r = prng.range(0.07, 0.24) / (1.0 + 0.2 * count as f32);
        let slot = canvas.aspect * (k as f32 + prng.range(0.2, 0.8)) / count as f32;
        let y = prng.range(0.2, 0.55);
        figure(canvas, prng, (slot, y), r, lamp);
    }
}

/// Many persons, from far to near.
pub(super) fn crowd(canvas: &mut Canvas, prng: &mut Prng) {
    background(canvas, prng);
    let lamp = light(prng);
    let rows = prng.int(2, 5);
    let (top, growth) = (prng.range(0.15, 0.5), prng.range(1.1, 1.6));
    let mut r = prng.range(0.02, 0.05);
    let mut y = top;
    for _ in 0..rows {
        let mut x = prng.range(-0.1, 0.1);
        while x < canvas.aspect + r && r < 0.3 {
            let offset = prng.range(-0.8, 0.8) * r;
            figure(canvas, prng, (x, y + offset), r, lamp);
            x += r * prng.range(2.2, 5.0);
        }
        r *= growth;
        y += r * prng.range(1.5, 2.8);
    }
}

/// Balls, boxes and bottles on a table.
pub(super) fn still_life(canvas: &mut Canvas, prng: &mut Prng) {
    background(canvas, prng);
    let (edge, tilt, wood) = (prng.range(0.35, 0.75), prng.range(-0.2, 0.2), any_colour(prng));
    let grain = Texture::new(prng, 3.0, canvas.octaves(3.0, 5));
    let pixel = canvas.pixel;
    canvas.paint(canvas.all(), |x, y, _| {
        let d = edge + tilt * (x - 0.7) - y;
        (
            times(wood, 0.85 + 0.35 * grain.at(x, y * 2.0)),
            cover(d, 0.0, pixel),
        )
    });
    let lamp = light(prng);
    let count = prng.int(2, 9);
    let mut feet: Vec<f32> = (0..count).map(|_| prng.range(edge, 1.05)).collect();
    feet.sort_by(f32::total_cmp);
    for foot in feet {
        let r = prng.range(0.05, 0.2);
        let x = prng.range(0.05, canvas.aspect - 0.05);
        let tone = any_colour(prng);
        canvas.paint((x - r * 2.0, foot - r, x + r * 2.5, foot + r), |px, py, old| {
            let d = disc_distance(
                ((px - x + lamp.0 * r) * 0.6, (py - foot) * 2.2),
                (0.0, 0.0),
                r * 0.8,
            );
            (times(old, 0.45), cover(d, 0.05, pixel))
        });
        match prng.int(0, 3) {
            0 => {
                Blob {
                    centre: (x, foot - r),
                    half: (r, r),
                    turn: 0.0,
                    tone,
                    light: lamp,
                    rough: 0.12,
                }
                .paint(canvas, prng);
                let (hx, hy) = (x + lamp.0 * r * 0.4, foot - r + lamp.1 * r * 0.4);
                Blob {
                    centre: (hx, hy),
                    half: (r * 0.14, r * 0.1),
                    turn: 0.0,
                    tone: [1.2; 3],
                    light: lamp,
                    rough: 0.0,
                }
                .paint(canvas, prng);
            }
            1 => {
                let (neck, tall) = (r * prng.range(0.15, 0.4), r * prng.range(2.0, 4.0));
                let label = any_colour(prng);
                canvas.paint((x - r, foot - tall, x + r, foot), |px, py, _| {
                    let up = (foot - py) / tall;
                    let wide = mix(r * 0.55, neck, smooth(0.55, 0.75, up));
                    let across = (px - x) / wide;
                    let base = if (0.15..0.45).contains(&up) { label } else { tone };
                    let shine = smooth(0.25, 0.0, (across + 0.5 * lamp.0).abs()) * 0.5;
                    (
                        times(base, 1.0 - 0.6 * across * across + shine),
                        cover((px - x).abs() - wide, 0.0, pixel),
                    )
                });
            }
            2 => {
                let (tall, turn) = (r * prng.range(0.8, 2.2), prng.range(0.2, 0.8));
                let print = Texture::new(prng, 5.0 / r, 3);
                canvas.paint((x - r, foot - tall, x + r, foot), |px, py, _| {
                    let u = (px - x + r) / (2.0 * r);
                    let face = if u < turn { 1.0 } else { 0.6 };
                    let n = if print.at(px, py) > 0.2 { 0.75 } else { 1.05 };
                    let slant = 0.1 * r * (u - turn).abs();
                    let d = ((px - x).abs() - r)
                        .max(py - foot + slant)
                        .max(foot - tall + slant - py);
                    (times(tone, face * n), cover(d, 0.0, pixel))
                });
            }
            _ => {
                let (points, turn) = (prng.int(3, 8), prng.range(0.0, 6.2));
                let corners = star((x, foot - r), r, points, prng.range(0.5, 1.3).min(1.0), turn);
                canvas.paint((x - r, foot - 2.0 * r, x + r, foot), |px, py, _| {
                    let lit = 0.8 + 0.5 * ((px - x) * lamp.0 + (py - foot + r) * lamp.1) / r;
                    (
                        times(tone, lit.max(0.1)),
                        cover(polygon_distance((px, py), &corners), 0.0, pixel),
                    )
                });
            }
        }
    }
}

/// A four-legged creature or a bird, made of ellipses, on rough ground.
pub(super) fn animal(canvas: &mut Canvas, prng: &mut Prng) {
    background(canvas, prng);
    let (level, earth) = (prng.range(0.5, 0.85), any_colour(prng));
    let frequency = prng.range(4.0, 12.0);
    let grass = Texture::new(prng, frequency, canvas.octaves(frequency, 5));
    let pixel = canvas.pixel;
    canvas.paint(canvas.all(), |x, y, _| {
        let n = grass.at(x, y);
        (
            times(earth, 0.85 + 0.4 * n),
            cover(level - y + 0.02 * n, 0.02, pixel),
        )
    });
    let lamp = light(prng);
    for _ in 0..prng.int(1, 3) {
        let size = prng.range(0.12, 0.42);
        let (x, y) = (
            prng.range(0.2, 0.8) * canvas.aspect,
            level + prng.range(-0.15, 0.2) - size * 0.4,
        );
        let (fur, rough) = (any_colour(prng), prng.range(0.15, 0.6));
        let facing = if prng.chance(0.5) { 1.0 } else { -1.0 };
        let mut blob = |dx: f32, dy: f32, half: (f32, f32), turn: f32, shade: f32, prng: &mut Prng| {
            Blob {
                centre: (x + facing * dx * size, y + dy * size),
                half: (half.0 * size, half.1 * size),
                turn: turn * facing,
                tone: times(fur, shade),
                light: lamp,
                rough,
            }
            .paint(canvas, prng);
        };
        let legs = if prng.chance(0.75) { 4 } else { 2 };
        for leg in 0..legs {
            let place = -0.55 + 1.1 * leg as f32 / (legs - 1).max(1) as f32;
            let bend = prng.range(-0.25, 0.25);
            blob(place, 0.65, (0.09, 0.5), bend, 0.75, prng);
        }
        let neck = prng.range(-0.7, 0.3);
        blob(
            -0.95,
            prng.range(-0.4, 0.3),
            (0.08, 0.45),
            prng.range(-1.2, 1.2),
            0.9,
            prng,
        );
        blob(
            0.0,
            0.0,
            (0.85, prng.range(0.3, 0.5)),
            prng.range(-0.15, 0.15),
            1.0,
            prng,
        );
        blob(0.8, -0.25 + neck * 0.3, (0.22, 0.5), 0.6, 1.0, prng);
        blob(1.0, -0.5 + neck * 0.5, (0.3, 0.24), 0.2, 1.05, prng);
        blob(1.25, -0.42 + neck * 0.5, (0.18, 0.13), 0.2, 0.9, prng);
        blob(
            0.85,
            -0.8 + neck * 0.5,
            (0.08, prng.range(0.12, 0.4)),
            -0.3,
            0.8,
            prng,
        );
        blob(1.08, -0.56 + neck * 0.5, (0.04, 0.04), 0.0, 0.05, prng);
    }
}
