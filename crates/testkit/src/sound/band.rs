//! Chords, bass and drums.

use super::RATE;
use super::filter::{Filter, noise, reverb};
use super::tune::{Instrument, Scale};
use crate::Prng;
use crate::math::{exp, sin};

const TAU: f32 = std::f32::consts::TAU;

pub(super) fn band(mut prng: Prng, samples: usize) -> Vec<f32> {
    let mut sound = vec![0.0; samples];
    let scale = Scale::draw(&mut prng);
    let (keys, bass, lead) = (
        Instrument::draw(&mut prng),
        Instrument::draw(&mut prng),
        Instrument::draw(&mut prng),
    );
    let beat = (prng.range(0.35, 0.65) * RATE as f32) as usize;
    let chords: Vec<i32> = (0..prng.int(3, 6)).map(|_| prng.int(0, 6) as i32).collect();
    let swing = prng.int(0, 15);
    let mut bar = 0;
    while bar * 4 * beat < samples {
        let begin = bar * 4 * beat;
        // The chords return, but not always.
        let root = if prng.chance(0.25) {
            prng.int(0, 6) as i32
        } else {
            chords[bar % chords.len()]
        };
        for third in [0, 2, 4] {
            keys.play(&mut sound, begin, 4 * beat, scale.note(root + third - 3), 0.25);
        }
        for step in 0..8 {
            let at = begin + step * beat / 2;
            if step % 4 == 0 || prng.chance(0.3) {
                bass.play(&mut sound, at, beat, scale.note(root) - 24.0, 0.5);
            }
            if prng.chance(0.5) {
                let degree = root + prng.int(0, 9) as i32 - 2;
                lead.play(&mut sound, at, beat / 2, scale.note(degree), 0.4);
            }
            if step % 4 == 0 {
                kick(&mut sound, at);
            }
            if step % 4 == 2 || swing >> (step % 4) & 1 == 1 && step % 2 == 1 {
                snare(&mut sound, at, &mut prng);
            }
        }
        bar += 1;
    }
    reverb(&mut sound, 0.12, 0.5);
    sound
}

/// A drum whose pitch falls.
fn kick(sound: &mut [f32], at: usize) {
    let mut phase = 0.0f32;
    for (i, x) in sound.iter_mut().skip(at).take(RATE as usize / 4).enumerate() {
        let time = i as f32 / RATE as f32;
        phase = (phase + (45.0 + 90.0 * exp(-time / 0.03)) / RATE as f32).fract();
        *x += 0.9 * exp(-time / 0.08) * sin(TAU * phase);
    }
}

/// A burst of noise.
fn snare(sound: &mut [f32], at: usize, prng: &mut Prng) {
    let mut body = Filter::resonance(900.0, 1500.0);
    for (i, x) in sound.iter_mut().skip(at).take(RATE as usize / 6).enumerate() {
        let time = i as f32 / RATE as f32;
        *x += 0.4 * exp(-time / 0.05) * body.step(noise(prng));
    }
}
