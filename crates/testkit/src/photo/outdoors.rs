//! Scenes outside.

use super::canvas::{Canvas, Colour, cover, mix3, times};
use super::noise::{Noise, Texture};
use super::{any_colour, colour, paint_sky};
use crate::draw::disc_distance;
use crate::math::{atan2, cos, mix, pow, sin, smooth};
use crate::prng::Prng;

fn ground_colour(prng: &mut Prng) -> Colour {
    match prng.int(0, 3) {
        0 => colour(prng.range(0.2, 0.36), prng.range(0.3, 0.7), prng.range(0.2, 0.6)),
        1 => colour(
            prng.range(0.06, 0.13),
            prng.range(0.25, 0.6),
            prng.range(0.3, 0.8),
        ),
        2 => colour(0.6, 0.05, prng.range(0.6, 0.95)),
        _ => any_colour(prng),
    }
}

/// Ranges of mountains or dunes behind each other, sometimes with trees in front.
pub(super) fn mountains(canvas: &mut Canvas, prng: &mut Prng) {
    let horizon = prng.range(0.3, 0.75);
    let haze = paint_sky(canvas, prng, horizon);
    let layers = prng.int(1, 5);
    let near = ground_colour(prng);
    let soft = prng.range(0.3, 0.7);
    for layer in 0..layers {
        let depth = (layer + 1) as f32 / layers as f32;
        let base = mix(horizon, prng.range(0.7, 1.0), depth * depth) - 0.05;
        let (height, frequency) = (prng.range(0.04, 0.3) * (1.2 - 0.6 * depth), prng.range(0.8, 4.0));
        let ridge = Noise::new(prng);
        let octaves = canvas.octaves(frequency, 7);
        let rock_frequency = prng.range(4.0, 14.0);
        let rock = Texture::new(prng, rock_frequency, canvas.octaves(rock_frequency, 5));
        let tone = mix3(haze, times(near, prng.range(0.5, 1.2)), depth * 0.85 + 0.1);
        let (contrast, slope) = (prng.range(0.1, 0.6) * depth, prng.range(-0.3, 0.3));
        let pixel = canvas.pixel;
        let crests: Vec<f32> = (0..512)
            .map(|i| base - height * ridge.sum(i as f32 / 128.0 * frequency, 0.5, octaves, soft))
            .collect();
        canvas.paint(canvas.all(), |x, y, _| {
            let place = (x * 128.0).clamp(0.0, 510.0);
            let crest = mix(crests[place as usize], crests[place as usize + 1], place.fract())
                + slope * (x - 0.7) * height;
            let alpha = cover(crest - y, 0.0, pixel);
            if alpha <= 0.0 {
                return (tone, 0.0);
            }
            let light = 1.0 + contrast * rock.at(x, y) + 0.5 * (y - crest);
            (times(tone, light), alpha)
        });
    }
    if prng.chance(0.5) {
        for _ in 0..prng.int(1, 12) {
            let (x, foot) = (prng.range(0.0, canvas.aspect), prng.range(horizon + 0.1, 1.1));
            let tall = prng.range(0.1, 0.5) * foot;
            tree(canvas, prng, x, foot, tall);
        }
    }
}

/// A conifer or a leafy tree.
fn tree(canvas: &mut Canvas, prng: &mut Prng, x: f32, foot: f32, tall: f32) {
    let leaf = colour(prng.range(0.15, 0.4), prng.range(0.3, 0.8), prng.range(0.1, 0.5));
    let leaves = Noise::new(prng);
    let (conifer, pixel) = (prng.chance(0.5), canvas.pixel);
    let wide = tall * prng.range(0.2, 0.5);
    let trunk = tall * 0.05;
    canvas.paint((x - trunk, foot - tall * 0.4, x + trunk, foot), |px, _, _| {
        ([0.2, 0.14, 0.1], cover((px - x).abs() - trunk * 0.6, 0.0, pixel))
    });
    canvas.paint(
        (
            x - wide * 1.3,
            foot - tall * 1.1,
            x + wide * 1.3,
            foot - tall * 0.1,
        ),
        |px, py, _| {
            let up = (foot - py) / tall;
            let n = leaves.sum(px * 14.0 / tall, py * 14.0 / tall, 3, 0.6);
            let d = if conifer {
                (px - x).abs() - wide * (1.0 - up) * (1.0 + 0.3 * n)
            } else {
                disc_distance((px, py), (x, foot - tall * 0.6), wide * (1.0 + 0.25 * n))
            };
            (
                times(leaf, 1.0 + 0.5 * n + 0.6 * (x - px) / wide),
                cover(d, 0.0, pixel),
            )
        },
    );
}

/// Water to the horizon, with the light's reflection and perhaps boats.
pub(super) fn sea(canvas: &mut Canvas, prng: &mut Prng) {
    let horizon = prng.range(0.2, 0.7);
    let low = paint_sky(canvas, prng, horizon);
    let deep = colour(prng.range(0.48, 0.65), prng.range(0.3, 0.8), prng.range(0.1, 0.5));
    let waves = Noise::new(prng);
    let (scale, strength) = (prng.range(1.5, 5.0), prng.range(0.15, 0.6));
    let (glint, pixel) = (prng.range(0.0, canvas.aspect), canvas.pixel);
    let (tilt, shine) = (prng.range(-0.05, 0.05), prng.range(0.0, 0.7));
    canvas.paint(canvas.all(), |x, y, _| {
        let depth = y - horizon - tilt * x;
        let alpha = cover(-depth, 0.0, pixel);
        if alpha <= 0.0 {
            return (deep, 0.0);
        }
        let near = depth.max(0.004);
        let n = waves.sum(scale * x / (near + 0.12), scale * 1.4 / (near + 0.05), 4, 0.6);
        let path = smooth(0.25 * (near + 0.3), 0.0, (x - glint).abs()) * smooth(-0.2, 0.7, n) * shine;
        let body = mix3(low, deep, smooth(0.0, 0.35, near));
        let body = times(body, 1.0 + strength * n);
        (mix3(body, [1.1, 1.0, 0.9], path), alpha)
    });
    for _ in 0..prng.int(0, 4) {
        let (x, y, size) = (
            prng.range(0.0, canvas.aspect),
            horizon + prng.range(0.01, 0.3),
            prng.range(0.04, 0.25),
        );
        let (hull, sail) = (any_colour(prng), times(any_colour(prng), 1.3));
        canvas.paint(
            (x - size, y - size * 1.6, x + size, y + size * 0.3),
            |px, py, _| {
                let (u, v) = ((px - x) / size, (py - y) / size);
                let body = (v.abs() - 0.15).max(u.abs() - 0.8 + v * 0.8);
                let cloth = (u.abs() - 0.45 * (v + 1.5)).max(v + 0.2).max(-0.02 - u);
                if body < cloth {
                    (hull, cover(body * size, 0.0, pixel))
                } else {
                    (sail, cover(cloth * size, 0.0, pixel))
                }
            },
        );
    }
}

/// Trunks before leaves with light between them.
pub(super) fn forest(canvas: &mut Canvas, prng: &mut Prng) {
    let hue = prng.range(0.08, 0.42);
    let frequency = prng.range(3.0, 9.0);
    let leaves = Texture::new(prng, frequency, canvas.octaves(frequency, 5));
    let (dark, light) = (
        colour(hue, 0.7, 0.15),
        colour(hue + prng.range(-0.08, 0.08), 0.4, 0.9),
    );
    let floor = prng.range(0.6, 1.1);
    let earth = ground_colour(prng);
    let bias = prng.range(-0.4, 0.5);
    canvas.shade(|x, y| {
        let n = leaves.at(x, y);
        let air = mix3(dark, light, smooth(-0.9, 0.9, n + bias * (1.0 - y)));
        mix3(
            air,
            times(earth, 0.8 + 0.4 * n),
            smooth(floor - 0.1, floor + 0.1, y + 0.05 * n),
        )
    });
    let trunks = prng.int(3, 22);
    for k in 0..trunks {
        let depth = (k + 1) as f32 / trunks as f32;
        let (x, r) = (
            prng.range(-0.05, canvas.aspect + 0.05),
            prng.range(0.008, 0.09) * depth,
        );
        let (lean, foot) = (
            prng.range(-0.15, 0.15),
            floor + 0.35 * depth * prng.range(0.3, 1.0),
        );
        let bark = mix3(
            light,
            colour(prng.range(0.02, 0.12), 0.4, prng.range(0.1, 0.5)),
            0.4 + 0.6 * depth,
        );
        let skin = Noise::new(prng);
        let pixel = canvas.pixel;
        canvas.paint((x - r - 0.3, -1.0, x + r + 0.3, foot), |px, py, _| {
            let side = px - x - lean * (py - 0.5) * 0.8;
            let across = side / r;
            let n = skin.sum(across * 2.0, py * 9.0, 3, 0.6);
            (
                times(bark, 0.9 - 0.5 * across + 0.35 * n),
                cover(side.abs() - r, 0.0, pixel),
            )
        });
    }
}

/// Flowers near and far on a blurred meadow.
pub(super) fn flowers(canvas: &mut Canvas, prng: &mut Prng) {
    let meadow = ground_colour(prng);
    let frequency = prng.range(1.5, 5.0);
    let grass = Texture::new(prng, frequency, canvas.octaves(frequency, 4));
    canvas.shade(|x, y| times(meadow, 0.7 + 0.5 * grass.at(x, y) + 0.3 * y));
    let count = prng.int(2, 34);
    let base_hue = prng.unit();
    for k in 0..count {
        let near = (k + 1) as f32 / count as f32;
        let r = prng.range(0.04, 0.3) * near / (1.0 + count as f32 * 0.03);
        let centre = (prng.range(0.0, canvas.aspect), prng.range(0.0, 1.0));
        let petals = prng.int(4, 13) as f32;
        let tone = colour(
            base_hue + prng.range(-0.12, 0.12),
            prng.range(0.2, 0.9),
            prng.range(0.5, 1.0),
        );
        let heart = colour(0.12, 0.8, prng.range(0.2, 0.9));
        let (turn, deep, squash) = (prng.range(0.0, 6.2), prng.range(0.15, 0.6), prng.range(0.5, 1.0));
        let soft = (1.0 - near) * 0.03;
        let pixel = canvas.pixel;
        canvas.paint(
            (
                centre.0 - r * 1.2,
                centre.1 - r * 1.2,
                centre.0 + r * 1.2,
                centre.1 + r * 1.2,
            ),
            |x, y, _| {
                let (dx, dy) = (x - centre.0, (y - centre.1) / squash);
                let d = (dx * dx + dy * dy).sqrt();
                let wave = cos(petals * atan2(dy, dx) + turn);
                let edge = r * (1.0 - deep * (0.5 - 0.5 * wave));
                if d < 0.28 * r {
                    (times(heart, 1.2 - 2.0 * d / r), 1.0)
                } else {
                    (
                        times(tone, 0.55 + 0.5 * d / r + 0.15 * wave),
                        cover(d - edge, soft, pixel),
                    )
                }
            },
        );
    }
}

/// Fields, roads and roofs from the air.
pub(super) fn fields_from_above(canvas: &mut Canvas, prng: &mut Prng) {
    let count = prng.int(6, 36) as usize;
    let sites: Vec<(f32, f32)> = (0..count)
        .map(|_| (prng.range(-0.1, canvas.aspect + 0.1), prng.range(-0.1, 1.1)))
        .collect();
    let fields: Vec<(Colour, f32, f32, f32)> = (0..count)
        .map(|_| {
            let angle = prng.range(0.0, std::f32::consts::PI);
            (
                ground_colour(prng),
                cos(angle),
                sin(angle),
                prng.range(20.0, 160.0),
            )
        })
        .collect();
    let soil = Texture::new(prng, 3.0, canvas.octaves(3.0, 5));
    let (verge, way) = (prng.range(0.002, 0.02), any_colour(prng));
    let furrow = prng.range(0.0, 0.25);
    let pixel = canvas.pixel;
    canvas.shade(|x, y| {
        let (mut first, mut second, mut which) = (f32::MAX, f32::MAX, 0);
        for (i, site) in sites.iter().enumerate() {
            let (dx, dy) = (x - site.0, y - site.1);
            let d = dx * dx + dy * dy;
            if d < first {
                (second, first, which) = (first, d, i);
            } else if d < second {
                second = d;
            }
        }
        let (tone, c, s, pitch) = fields[which];
        let fine = (1.5 - pitch * pixel).clamp(0.0, 1.0);
        let light = 0.9 + 0.35 * soil.at(x, y) + furrow * fine * sin((x * c + y * s) * pitch);
        let edge = second.sqrt() - first.sqrt() - verge;
        mix3(times(tone, light), way, cover(edge, 0.0, pixel))
    });
    for _ in 0..prng.int(0, 40) {
        let (x, y, half) = (
            prng.range(0.0, canvas.aspect),
            prng.range(0.0, 1.0),
            prng.range(0.008, 0.05),
        );
        let (roof, ratio) = (any_colour(prng), prng.range(0.5, 1.0));
        canvas.paint(
            (x - half, y - half, x + half * 1.4, y + half * 1.4),
            |px, py, old| {
                let (u, v) = ((px - x).abs() - half, (py - y).abs() - half * ratio);
                let shadow =
                    ((px - x - half * 0.3).abs() - half).max((py - y - half * 0.3).abs() - half * ratio);
                let inside = cover(u.max(v), 0.0, pixel);
                let lit = if py < y { 1.1 } else { 0.7 };
                let under = times(old, 1.0 - 0.5 * cover(shadow, 0.01, pixel));
                (mix3(under, times(roof, lit), inside), 1.0)
            },
        );
    }
    if prng.chance(0.5) {
        let (start, slope, wave, wide) = (
            prng.range(0.1, 0.9),
            prng.range(-0.8, 0.8),
            prng.range(0.02, 0.2),
            prng.range(0.01, 0.08),
        );
        let (water, bends) = (
            colour(0.58, prng.range(0.1, 0.7), prng.range(0.15, 0.7)),
            prng.range(2.0, 7.0),
        );
        canvas.paint(canvas.all(), |x, y, _| {
            let course = start + slope * (x - 0.7) + wave * sin(x * bends);
            let width = wide * pow(0.4 + x.max(0.0), 0.5);
            (water, cover((y - course).abs() - width, 0.0, pixel))
        });
    }
}
