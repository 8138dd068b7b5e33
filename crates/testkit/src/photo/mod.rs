//! Generated pictures that behave like photographs: varied scenes with shading, texture with a 1/f spectrum,
//! occlusion and strong edges, seen through a camera.

mod canvas;
mod figure;
mod noise;
mod outdoors;
mod patterns;
mod things;
mod town;

use canvas::{Canvas, Colour, mix3};
use noise::Texture;

use crate::draw::hsv;
use crate::picture::Picture;
use crate::prng::Prng;

type Scene = fn(&mut Canvas, &mut Prng);

const SCENES: [Scene; 16] = [
    outdoors::mountains,
    outdoors::sea,
    outdoors::forest,
    outdoors::flowers,
    outdoors::fields_from_above,
    town::skyline,
    town::corridor,
    town::street,
    town::facade,
    things::people,
    things::still_life,
    things::animal,
    things::crowd,
    patterns::dead_leaves,
    patterns::surface,
    patterns::bokeh,
];

/// A "photograph". The seed is the scene: in another size of the same proportions it shows the same. Two seeds
/// have nothing in common. Sides of 0 become 1.
pub fn photo(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = start(seed);
    let mut canvas = Canvas::new(width.max(1), height.max(1), &mut prng);
    let scene = *prng.pick(&SCENES);
    shoot(scene, &mut canvas, &mut prng);
    canvas.develop(&mut prng)
}

/// What a photograph shows, where the caller cares.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Hall,
    Town,
    People,
    Crowd,
    Things,
}

/// A photograph of a chosen subject.
pub(crate) fn photo_of(subject: Subject, seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = start(seed);
    let mut canvas = Canvas::new(width.max(1), height.max(1), &mut prng);
    let scene: Scene = match subject {
        Subject::Hall => town::corridor,
        Subject::Town => town::skyline,
        Subject::People => things::people,
        Subject::Crowd => things::crowd,
        Subject::Things => things::still_life,
    };
    shoot(scene, &mut canvas, &mut prng);
    canvas.develop(&mut prng)
}

fn start(seed: u64) -> Prng {
    Prng::new(seed, 0x70_686f_746f)
}

fn shoot(scene: Scene, canvas: &mut Canvas, prng: &mut Prng) {
    scene(canvas, prng);
    uneven_light(canvas, prng);
}

/// Shadows and light that fall over the whole scene.
fn uneven_light(canvas: &mut Canvas, prng: &mut Prng) {
    let frequency = prng.range(1.2, 5.0);
    let texture = Texture::new(prng, frequency, canvas.octaves(frequency, 3));
    let strength = prng.range(0.08, 0.4);
    canvas.paint(canvas.all(), |x, y, old| {
        (canvas::times(old, 1.0 + strength * texture.at(x, y)), 1.0)
    });
}

fn colour(hue: f32, saturation: f32, value: f32) -> Colour {
    hsv(hue.rem_euclid(1.0), saturation, value).map(|v| f32::from(v) / 255.0)
}

fn any_colour(prng: &mut Prng) -> Colour {
    // Most things are nearly grey; a few are gaudy.
    let saturation = prng.unit();
    colour(
        prng.unit(),
        0.04 + 0.8 * saturation * saturation * saturation,
        prng.range(0.12, 0.95),
    )
}

/// Two colours of a sky, top and horizon.
fn sky(prng: &mut Prng) -> (Colour, Colour) {
    match prng.int(0, 4) {
        0 | 1 => (
            colour(prng.range(0.55, 0.63), prng.range(0.3, 0.8), prng.range(0.5, 0.9)),
            colour(0.56, prng.range(0.05, 0.3), prng.range(0.8, 1.0)),
        ),
        2 => (
            colour(prng.range(0.6, 0.75), 0.5, prng.range(0.15, 0.5)),
            colour(prng.range(0.0, 0.12), prng.range(0.4, 0.9), prng.range(0.7, 1.0)),
        ),
        3 => {
            let v = prng.range(0.45, 0.85);
            (colour(0.6, 0.06, v), colour(0.6, 0.03, v + 0.1))
        }
        _ => (colour(0.62, 0.6, 0.08), colour(0.6, 0.5, prng.range(0.15, 0.4))),
    }
}

/// Paints a sky with clouds down to `horizon`; gives the colour at the horizon.
fn paint_sky(canvas: &mut Canvas, prng: &mut Prng, horizon: f32) -> Colour {
    let (top, low) = sky(prng);
    let frequency = prng.range(1.0, 4.0);
    let clouds = noise::Noise::new(prng);
    let octaves = canvas.octaves(frequency, 6);
    let (flat, edge, amount) = (prng.range(1.0, 4.0), prng.range(-0.4, 0.5), prng.range(0.0, 1.0));
    let (bright, dark) = (prng.range(0.8, 1.1), prng.range(0.4, 0.8));
    let softness = prng.range(0.15, 0.7);
    canvas.shade(|x, y| {
        let base = mix3(top, low, (y / horizon).clamp(0.0, 1.0));
        let n = clouds.sum(x * frequency, y * frequency * flat, octaves, 0.55);
        let cover = crate::math::smooth(edge, edge + softness, n) * amount;
        let shade = crate::math::mix(bright, dark, crate::math::smooth(edge, edge + 1.5, n));
        mix3(base, mix3([shade; 3], base, 0.15), cover)
    });
    if prng.chance(0.35) {
        let (sx, sy, r) = (
            prng.range(0.0, canvas.aspect),
            horizon * prng.range(0.1, 0.95),
            prng.range(0.02, 0.08),
        );
        canvas.paint((sx - 0.6, sy - 0.6, sx + 0.6, sy + 0.6), |x, y, _| {
            let d = crate::draw::disc_distance((x, y), (sx, sy), r);
            ([1.1, 1.0, 0.85], cover_sun(d))
        });
    }
    low
}

fn cover_sun(distance: f32) -> f32 {
    if distance < 0.0 {
        1.0
    } else {
        0.7 * crate::math::exp(-distance * 9.0)
    }
}
