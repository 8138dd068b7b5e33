//! Persons and limbs, made of shaded ellipses.

use super::canvas::{Canvas, Colour, cover, times};
use super::noise::Noise;
use super::{any_colour, colour};
use crate::math::{cos, sin};
use crate::prng::Prng;

/// A shaded ellipse: an upper body, a head, a limb.
pub(super) struct Blob {
    pub(super) centre: (f32, f32),
    pub(super) half: (f32, f32),
    pub(super) turn: f32,
    pub(super) tone: Colour,
    pub(super) light: (f32, f32),
    pub(super) rough: f32,
}

impl Blob {
    pub(super) fn paint(&self, canvas: &mut Canvas, prng: &mut Prng) {
        let reach = self.half.0.max(self.half.1) * 1.15;
        let (cx, cy) = self.centre;
        let (c, s) = (cos(self.turn), sin(self.turn));
        let skin = Noise::new(prng);
        let scale = 5.0 / reach;
        let pixel = canvas.pixel;
        let octaves = canvas.octaves(scale, 4);
        canvas.paint((cx - reach, cy - reach, cx + reach, cy + reach), |x, y, _| {
            let (dx, dy) = (x - cx, y - cy);
            let (u, v) = ((dx * c + dy * s) / self.half.0, (dy * c - dx * s) / self.half.1);
            let r = (u * u + v * v).sqrt();
            let alpha = cover((r - 1.0) * self.half.0.min(self.half.1), 0.0, pixel);
            if alpha <= 0.0 {
                return (self.tone, 0.0);
            }
            let n = skin.sum(x * scale, y * scale, octaves, 0.6);
            let light = 0.8 + 0.45 * (u * self.light.0 + v * self.light.1) - 0.25 * r * r + self.rough * n;
            (times(self.tone, light.max(0.05)), alpha)
        });
    }
}

fn skin_tone(prng: &mut Prng) -> Colour {
    colour(
        prng.range(0.03, 0.09),
        prng.range(0.25, 0.6),
        prng.range(0.25, 0.98),
    )
}

/// The direction that the light comes from.
pub(super) fn light(prng: &mut Prng) -> (f32, f32) {
    let angle = prng.range(0.0, 6.2);
    (cos(angle), sin(angle))
}

/// A figure whose head has its centre at `head` and the radius `r`.
pub(super) fn figure(canvas: &mut Canvas, prng: &mut Prng, head: (f32, f32), r: f32, light: (f32, f32)) {
    let (coat, skin, darkness) = (any_colour(prng), skin_tone(prng), prng.range(0.1, 0.7));
    let hair = times(skin_tone(prng), darkness);
    let mut blob = |centre, half, turn, tone, rough: f32, prng: &mut Prng| {
        Blob {
            centre,
            half,
            turn,
            tone,
            light,
            rough,
        }
        .paint(canvas, prng);
    };
    let lean = prng.range(-0.3, 0.3);
    let body = (head.0 - lean * r, head.1 + r * 3.4);
    blob(
        body,
        (r * prng.range(1.6, 2.3), r * 2.5),
        lean * 0.3,
        coat,
        0.35,
        prng,
    );
    if prng.chance(0.6) {
        let side = if prng.chance(0.5) { 1.0 } else { -1.0 };
        let (reach, turn) = (r * prng.range(1.4, 2.2), prng.range(-0.8, 0.8));
        blob(
            (body.0 + side * reach, body.1 - r * 0.3),
            (r * 0.45, r * 1.7),
            turn,
            times(coat, 0.8),
            0.3,
            prng,
        );
        blob(
            (body.0 + side * reach - turn * r * 1.6, body.1 + r * 1.3),
            (r * 0.35, r * 0.4),
            0.0,
            skin,
            0.1,
            prng,
        );
    }
    blob(
        (head.0, head.1 + r),
        (r * 0.45, r * 0.7),
        0.0,
        times(skin, 0.75),
        0.1,
        prng,
    );
    blob(
        (head.0, head.1 - r * 0.15),
        (r * 1.05, r * 1.2),
        0.0,
        hair,
        0.5,
        prng,
    );
    blob(
        (head.0 + lean * r * 0.3, head.1 + r * 0.1),
        (r * 0.82, r * 1.05),
        lean * 0.4,
        skin,
        0.12,
        prng,
    );
    for side in [-1.0, 1.0] {
        let eye = (head.0 + lean * r * 0.5 + side * r * 0.32, head.1 - r * 0.02);
        blob(eye, (r * 0.14, r * 0.08), 0.0, [0.08, 0.06, 0.06], 0.0, prng);
        blob(
            (eye.0, eye.1 - r * 0.2),
            (r * 0.2, r * 0.05),
            side * 0.15,
            hair,
            0.1,
            prng,
        );
    }
    blob(
        (head.0 + lean * r * 0.55, head.1 + r * 0.28),
        (r * 0.1, r * 0.18),
        0.0,
        times(skin, 0.85),
        0.0,
        prng,
    );
    blob(
        (head.0 + lean * r * 0.5, head.1 + r * 0.62),
        (r * 0.28, r * 0.09),
        0.0,
        times([0.7, 0.25, 0.25], skin[0]),
        0.0,
        prng,
    );
    if prng.chance(0.35) {
        blob(
            (head.0, head.1 - r * 0.8),
            (r * 1.25, r * 0.45),
            lean * 0.3,
            any_colour(prng),
            0.2,
            prng,
        );
    }
}
