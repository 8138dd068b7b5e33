//! Pictures with little in them: where perceptual hashes are made of noise.

use crate::draw::{hsv, mix_rgb};
use crate::math::{cos, sin};
use crate::picture::Picture;
use crate::prng::Prng;

/// One colour, or almost: specks, faint noise, a thin frame.
pub(super) fn near_blank(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1040);
    let ground = match prng.int(0, 4) {
        0 | 1 => [prng.int(0, 12) as u8; 3],
        2 | 3 => [prng.int(240, 255) as u8; 3],
        _ => hsv(prng.unit(), prng.unit(), prng.unit()),
    };
    let mut page = Picture::filled(width, height, ground);
    if prng.chance(0.5) {
        let noise = prng.int(1, 4);
        for value in &mut page.rgb {
            let shift = prng.int(0, 2 * noise) as i16 - noise as i16;
            *value = (i16::from(*value) + shift).clamp(0, 255) as u8;
        }
    }
    let contrast = mix_rgb(
        ground,
        [255 - ground[0], 255 - ground[1], 255 - ground[2]],
        prng.range(0.1, 0.7),
    );
    let (w, h) = (page.width as f32, page.height as f32);
    for _ in 0..prng.int(0, 5) {
        page.disc(
            (w * prng.unit(), h * prng.unit()),
            w * prng.range(0.002, 0.02),
            contrast,
        );
    }
    if prng.chance(0.2) {
        let (w, h) = (page.width as i32, page.height as i32);
        page.frame(0, 0, w, h, (w / 60).max(1), contrast);
    }
    page
}

/// Stars, perhaps a moon, above a dark edge.
pub(super) fn night_sky(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1041);
    let top = hsv(prng.range(0.55, 0.75), 0.6, prng.range(0.01, 0.12));
    let low = hsv(prng.range(0.55, 0.75), 0.5, prng.range(0.04, 0.25));
    let mut page = Picture::filled(width, height, top);
    let (iw, ih) = (page.width as i32, page.height as i32);
    page.gradient(0, 0, iw, ih, top, low);
    let (w, h) = (page.width as f32, page.height as f32);
    for _ in 0..prng.int(5, 160) {
        let bright = prng.range(0.2, 1.0);
        let star = mix_rgb(top, [255, 250, 240], bright);
        page.disc(
            (w * prng.unit(), h * prng.unit()),
            w * 0.001 + w * 0.004 * bright * prng.unit(),
            star,
        );
    }
    if prng.chance(0.4) {
        let (centre, r) = (
            (w * prng.unit(), h * prng.range(0.05, 0.5)),
            h * prng.range(0.03, 0.09),
        );
        page.disc(centre, r, [230, 228, 210]);
        if prng.chance(0.5) {
            page.disc((centre.0 + r * 0.5, centre.1 - r * 0.1), r * 0.9, top);
        }
    }
    if prng.chance(0.5) {
        let level = h * prng.range(0.75, 0.95);
        let (a, b) = (prng.range(2.0, 9.0), prng.unit() * 6.0);
        for x in 0..iw {
            let y = level + h * 0.04 * sin(x as f32 / w * a + b);
            page.fill_rect(x, y as i32, 1, ih, [2, 2, 4]);
        }
    }
    page
}

/// A gradient at any angle, straight or round, of two or three colours.
pub(super) fn gradient(seed: u64, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1042);
    let colours: [_; 3] = std::array::from_fn(|_| hsv(prng.unit(), prng.unit(), prng.range(0.1, 1.0)));
    let angle = prng.range(0.0, 6.2);
    let (dx, dy) = (cos(angle), sin(angle));
    let (cx, cy) = (prng.unit(), prng.unit());
    let (round, two) = (prng.chance(0.35), prng.chance(0.6));
    let (w, h) = (width.max(1) as f32, height.max(1) as f32);
    Picture::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / w, y as f32 / h);
        let t = if round {
            ((u - cx) * (u - cx) + (v - cy) * (v - cy)).sqrt()
        } else {
            0.5 + ((u - 0.5) * dx + (v - 0.5) * dy) * 0.75
        };
        if two {
            mix_rgb(colours[0], colours[1], t)
        } else if t < 0.5 {
            mix_rgb(colours[0], colours[1], 2.0 * t)
        } else {
            mix_rgb(colours[1], colours[2], 2.0 * t - 1.0)
        }
    })
}
