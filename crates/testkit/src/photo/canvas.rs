//! What a scene is painted on: linear colours in scene coordinates, so that one scene can be painted in any size.

use crate::math::{floor, mix, pow};
use crate::picture::Picture;
use crate::prng::Prng;

/// A colour, each part 0 to 1 and sometimes beyond until it is developed.
pub(super) type Colour = [f32; 3];

pub(super) fn mix3(a: Colour, b: Colour, t: f32) -> Colour {
    [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)]
}

pub(super) fn times(a: Colour, factor: f32) -> Colour {
    a.map(|v| v * factor)
}

/// A box in scene coordinates: left, top, right, bottom.
pub(super) type Bounds = (f32, f32, f32, f32);

/// Scene coordinates: y from 0 (top) to 1 (bottom), x from 0 to `aspect`. The camera may look at a part only.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) aspect: f32,
    origin: (f32, f32),
    /// Size of a pixel in scene coordinates.
    pub(super) pixel: f32,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32, prng: &mut Prng) -> Self {
        let aspect = width as f32 / height as f32;
        let zoom = if prng.chance(0.5) {
            1.0
        } else {
            prng.range(0.6, 1.0)
        };
        let origin = (aspect * (1.0 - zoom) * prng.unit(), (1.0 - zoom) * prng.unit());
        Self {
            width: width as usize,
            height: height as usize,
            aspect,
            origin,
            pixel: zoom / height as f32,
            pixels: vec![[0.0; 3]; width as usize * height as usize],
        }
    }

    /// Octaves of a noise of `frequency` cells a unit that this size can show, at most `wanted`.
    pub(super) fn octaves(&self, frequency: f32, wanted: u32) -> u32 {
        let mut octaves = 1;
        let mut finest = frequency * 2.0;
        while octaves < wanted && finest * self.pixel < 0.7 {
            octaves += 1;
            finest *= 2.0;
        }
        octaves
    }

    /// Paints everything.
    pub(super) fn shade(&mut self, mut f: impl FnMut(f32, f32) -> Colour) {
        let (pixel, origin) = (self.pixel, self.origin);
        for (row, line) in self.pixels.chunks_exact_mut(self.width).enumerate() {
            let y = origin.1 + (row as f32 + 0.5) * pixel;
            for (column, colour) in line.iter_mut().enumerate() {
                *colour = f(origin.0 + (column as f32 + 0.5) * pixel, y);
            }
        }
    }

    /// Paints inside a box: `f(x, y, old)` gives the new colour and its share.
    pub(super) fn paint(&mut self, bounds: Bounds, mut f: impl FnMut(f32, f32, Colour) -> (Colour, f32)) {
        let (pixel, origin) = (self.pixel, self.origin);
        let place =
            |v: f32, start: f32, limit: usize| floor((v - start) / pixel).clamp(0, limit as i32) as usize;
        let (x0, y0) = (
            place(bounds.0, origin.0, self.width),
            place(bounds.1, origin.1, self.height),
        );
        let x1 = place(bounds.2 + pixel, origin.0, self.width);
        let y1 = place(bounds.3 + pixel, origin.1, self.height);
        if x0 >= x1 {
            return;
        }
        for row in y0..y1 {
            let y = origin.1 + (row as f32 + 0.5) * pixel;
            for column in x0..x1 {
                let old = &mut self.pixels[row * self.width + column];
                let (new, alpha) = f(origin.0 + (column as f32 + 0.5) * pixel, y, *old);
                if alpha > 0.0 {
                    *old = mix3(*old, new, alpha.min(1.0));
                }
            }
        }
    }

    /// Everything in view.
    pub(super) fn all(&self) -> Bounds {
        (-1.0, -1.0, self.aspect + 1.0, 2.0)
    }

    /// Exposes, vignettes, adds grain, and mirrors about every other picture.
    pub(super) fn develop(self, prng: &mut Prng) -> Picture {
        let mut levels: Vec<f32> = self
            .pixels
            .iter()
            .step_by(7)
            .map(|c| c[0] + c[1] + c[2])
            .collect();
        levels.sort_by(f32::total_cmp);
        let level = |share: f32| levels[(share * (levels.len() - 1) as f32) as usize] / 3.0;
        // Most cameras stretch what they see to most of the range; some scenes stay flat or dark.
        let (black, white) = (level(0.01), level(0.99).max(level(0.01) + 0.02));
        let low = prng.range(0.0, 0.12);
        let high = if prng.chance(0.15) {
            prng.range(0.45, 0.8)
        } else {
            prng.range(0.8, 1.05)
        };
        let strength = prng.range(0.6, 1.0);
        let (black, white) = (mix(low, black, strength), mix(high, white, strength));
        let gain = (high - low) / (white - black).max(0.05);
        let gamma = prng.range(0.55, 1.1);
        let tint = [prng.range(0.92, 1.08), 1.0, prng.range(0.92, 1.08)];
        let vignette = if prng.chance(0.5) {
            prng.range(0.0, 0.45)
        } else {
            0.0
        };
        let grain = prng.range(0.002, 0.025);
        let mirrored = prng.chance(0.5);
        let table: Vec<f32> = (0..=1024)
            .map(|i| 255.0 * pow(i as f32 / 1024.0, gamma))
            .collect();
        let (w, h) = (self.width as f32, self.height as f32);
        let mut noise = prng.clone();
        Picture::from_fn(self.width as u32, self.height as u32, |x, y| {
            let column = if mirrored {
                self.width - 1 - x as usize
            } else {
                x as usize
            };
            let colour = self.pixels[y as usize * self.width + column];
            let (dx, dy) = (x as f32 / w - 0.5, y as f32 / h - 0.5);
            let light = 1.0 - vignette * 2.0 * (dx * dx + dy * dy);
            let bits = noise.bits();
            let shared = (bits & 0xffff) as f32 / 65536.0 - 0.5;
            std::array::from_fn(|k| {
                let own = (bits >> (16 * (k + 1)) & 0xffff) as f32 / 65536.0 - 0.5;
                let value = ((colour[k] - black) * gain + low) * light * tint[k];
                let value = value + grain * (2.0 * shared + own);
                (table[(value.clamp(0.0, 1.0) * 1024.0) as usize] + 0.5) as u8
            })
        })
    }
}

/// The share of a pixel that a shape covers, from its signed distance; `soft` blurs its edge.
pub(super) fn cover(distance: f32, soft: f32, pixel: f32) -> f32 {
    (0.5 - distance / (pixel + soft)).clamp(0.0, 1.0)
}
