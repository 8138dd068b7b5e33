//! Scenes that fill the frame: heaps, surfaces, lights out of focus.

use super::canvas::{Canvas, cover, mix3, times};
use super::noise::Texture;
use super::{any_colour, colour};
use crate::draw::{disc_distance, polygon_distance, rounded_distance, star};
use crate::math::{cos, pow, sin, smooth};
use crate::prng::Prng;

/// Occluding shapes with a power law of sizes: the classical model of natural images (Lee, Mumford, Huang,
/// "Occlusion Models for Natural Images", IJCV 2001).
pub(super) fn dead_leaves(canvas: &mut Canvas, prng: &mut Prng) {
    let ground = any_colour(prng);
    let surfaces: Vec<Texture> = (0..5)
        .map(|_| {
            let frequency = prng.range(1.5, 9.0);
            Texture::new(prng, frequency, canvas.octaves(frequency, 5))
        })
        .collect();
    canvas.shade(|x, y| times(ground, 0.8 + 0.5 * surfaces[0].at(x, y)));
    let (hue, spread) = (prng.unit(), prng.range(0.05, 0.5));
    let kinds = prng.int(1, 3);
    let largest = prng.range(0.15, 0.5);
    let pixel = canvas.pixel;
    for _ in 0..prng.int(20, 90) {
        // Radii with density r^-3 between 0.02 and the largest.
        let r = 0.02 / pow(1.0 - prng.unit() * (1.0 - 0.0004 / (largest * largest)), 0.5).max(0.02 / largest);
        let centre = (prng.range(0.0, canvas.aspect), prng.range(0.0, 1.0));
        let tone = colour(
            hue + prng.range(-spread, spread),
            prng.range(0.1, 0.8),
            prng.range(0.1, 1.0),
        );
        let (turn, ratio) = (prng.range(0.0, 6.2), prng.range(0.3, 1.0));
        let (c, s) = (cos(turn), sin(turn));
        let corners = star((0.0, 0.0), r, prng.int(3, 7), 1.0, turn);
        let kind = prng.int(0, kinds);
        let skin = &surfaces[prng.int(0, 4) as usize];
        let (rough, shading) = (prng.range(0.05, 0.4), prng.range(-0.5, 0.5));
        canvas.paint(
            (
                centre.0 - r - 0.03,
                centre.1 - r - 0.03,
                centre.0 + r + 0.03,
                centre.1 + r + 0.03,
            ),
            |x, y, old| {
                let (dx, dy) = (x - centre.0, y - centre.1);
                let (u, v) = (dx * c + dy * s, dy * c - dx * s);
                let d = match kind {
                    0 => disc_distance((u, v / ratio), (0.0, 0.0), r) * ratio,
                    1 => rounded_distance((u, v), (0.0, 0.0), (r * 0.8, r * 0.6 * ratio), 0.1 * r),
                    2 => polygon_distance((dx, dy), &corners),
                    _ => (u * u / r + v.abs() * 2.0 - r * 0.9).max(u.abs() - r),
                };
                let alpha = cover(d, 0.0, pixel);
                let shadow = 0.4 * smooth(0.03, 0.0, d);
                let light = 0.9 + shading * u / r + rough * skin.at(x, y);
                (mix3(times(old, 1.0 - shadow), times(tone, light), alpha), 1.0)
            },
        );
    }
}

/// Rock, wood, cloth, rust: one or two materials, near.
pub(super) fn surface(canvas: &mut Canvas, prng: &mut Prng) {
    let frequency = prng.range(1.0, 4.5);
    let broad = Texture::new(prng, frequency, canvas.octaves(frequency, 6));
    let fine_frequency = frequency * prng.range(3.0, 7.0);
    let fine = Texture::new(prng, fine_frequency, canvas.octaves(fine_frequency, 4));
    let ramp: [_; 4] = std::array::from_fn(|_| any_colour(prng));
    let (rough, banded) = (prng.range(0.1, 0.5), prng.chance(0.4));
    let bands = prng.range(3.0, 14.0);
    canvas.shade(|x, y| {
        let n = broad.at(x, y);
        let place = if banded {
            0.5 + 0.5 * sin(n * bands)
        } else {
            smooth(-1.0, 1.0, n)
        };
        let scaled = place * 2.999;
        let k = scaled as usize;
        let tone = mix3(ramp[k], ramp[k + 1], scaled - k as f32);
        times(tone, 0.9 + rough * fine.at(x, y))
    });
}

/// Lights out of focus, sometimes behind something sharp.
pub(super) fn bokeh(canvas: &mut Canvas, prng: &mut Prng) {
    let (dark, darkness, hue) = (any_colour(prng), prng.range(0.1, 0.8), prng.unit());
    let dark = times(dark, darkness);
    let frequency = prng.range(0.8, 2.5);
    let glow = Texture::new(prng, frequency, canvas.octaves(frequency, 3));
    let haze = any_colour(prng);
    canvas.shade(|x, y| mix3(dark, haze, 0.5 * smooth(-0.4, 1.0, glow.at(x, y))));
    let size = prng.range(0.03, 0.14);
    let pixel = canvas.pixel;
    for _ in 0..prng.int(12, 70) {
        let r = size * prng.range(0.4, 1.5);
        let centre = (prng.range(0.0, canvas.aspect), prng.range(0.0, 1.0));
        let tone = colour(hue + prng.range(-0.2, 0.2), prng.range(0.1, 0.9), 1.0);
        let (strength, soft) = (prng.range(0.15, 0.9), prng.range(0.005, 0.04));
        canvas.paint(
            (
                centre.0 - r * 1.2,
                centre.1 - r * 1.2,
                centre.0 + r * 1.2,
                centre.1 + r * 1.2,
            ),
            |x, y, old| {
                let d = disc_distance((x, y), centre, r);
                let rim = 0.7 + 0.3 * smooth(-0.4 * r, 0.0, d);
                let sum = [0, 1, 2].map(|k| old[k] + tone[k] * strength * rim);
                (sum, cover(d, soft, pixel))
            },
        );
    }
    for _ in 0..prng.int(0, 3) {
        let (x, half) = (
            prng.range(0.0, canvas.aspect),
            (prng.range(0.02, 0.25), prng.range(0.1, 0.5)),
        );
        let (y, tone, round) = (
            prng.range(0.4, 1.0),
            times(any_colour(prng), 0.7),
            prng.range(0.0, 0.2),
        );
        let skin = Texture::new(prng, 7.0, canvas.octaves(7.0, 5));
        canvas.paint((x - half.0, y - half.1, x + half.0, y + half.1), |px, py, _| {
            let d = rounded_distance((px, py), (x, y), half, round);
            let light = 0.9 - 0.5 * (px - x) / half.0 + 0.3 * skin.at(px, py);
            (times(tone, light.max(0.1)), cover(d, 0.0, pixel))
        });
    }
}
