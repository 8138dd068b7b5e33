//! Voices by formants: a buzz of pulses through resonances (Fant, "Acoustic Theory of Speech Production", 1960).

use super::filter::{Filter, noise, reverb};
use super::tune::Scale;
use super::{RATE, hertz, loudness};
use crate::Prng;
use crate::math::{sin, smooth};

const TAU: f32 = std::f32::consts::TAU;

/// First three formants of some vowels in hertz (Peterson and Barney 1952, men).
const VOWELS: [[f32; 3]; 6] = [
    [730.0, 1090.0, 2440.0],
    [270.0, 2290.0, 3010.0],
    [300.0, 870.0, 2240.0],
    [530.0, 1840.0, 2480.0],
    [570.0, 840.0, 2410.0],
    [660.0, 1720.0, 2410.0],
];

/// A syllable: where it is, its pitch in hertz from begin to end, its vowel and loudness.
struct Syllable {
    at: usize,
    samples: usize,
    pitch: [f32; 2],
    vowel: usize,
    gain: f32,
    /// Samples of hiss before the vowel.
    hiss: usize,
}

/// What stays the same of a speaker.
struct Speaker {
    /// Factor of the formants.
    size: f32,
    /// Depth and rate of the vibrato.
    vibrato: [f32; 2],
    /// Brightness of the buzz, 0 to 1.
    bright: f32,
}

fn utter(sound: &mut [f32], syllable: &Syllable, speaker: &Speaker, prng: &mut Prng) {
    let mut formants: Vec<Filter> = VOWELS[syllable.vowel]
        .iter()
        .zip([70.0, 100.0, 160.0])
        .map(|(&hertz, width)| Filter::resonance((hertz * speaker.size).min(5000.0), width))
        .collect();
    let (mut phase, mut last) = (0.0f32, 0.0f32);
    let part = sound.iter_mut().skip(syllable.at).take(syllable.samples);
    for (i, out) in part.enumerate() {
        let done = i as f32 / syllable.samples as f32;
        let time = i as f32 / RATE as f32;
        if i < syllable.hiss {
            // The difference of noise is brighter than noise.
            let new = noise(prng);
            *out += 0.05 * syllable.gain * (new - last);
            last = new;
            continue;
        }
        let [from, to] = syllable.pitch;
        let glide = from + (to - from) * smooth(0.0, 0.4, done);
        let bend = 1.0 + speaker.vibrato[0] * sin(TAU * speaker.vibrato[1] * time);
        phase += glide * bend / RATE as f32;
        let mut buzz = speaker.bright * (0.5 - phase.fract()) + 0.02 * noise(prng);
        if phase >= 1.0 {
            phase -= 1.0;
            buzz += 1.0;
        }
        let envelope = smooth(0.0, 0.08, done) * (1.0 - smooth(0.85, 1.0, done));
        for (formant, share) in formants.iter_mut().zip([1.0, 0.6, 0.3]) {
            *out += share * syllable.gain * envelope * formant.step(buzz);
        }
    }
}

fn speaker(prng: &mut Prng, vibrato: f32) -> Speaker {
    Speaker {
        size: prng.range(0.85, 1.2),
        vibrato: [prng.range(0.2, 1.0) * vibrato, prng.range(4.0, 6.5)],
        bright: prng.range(0.2, 0.8),
    }
}

pub(super) fn chant(mut prng: Prng, samples: usize) -> Vec<f32> {
    let mut sound = vec![0.0; samples];
    let (scale, speaker) = (Scale::draw(&mut prng), speaker(&mut prng, 0.015));
    let (mut at, mut degree) = (0, prng.int(0, 4) as i32 - 12);
    let mut before = hertz(scale.note(degree));
    while at < samples {
        let length = (prng.range(0.25, 1.6) * RATE as f32) as usize;
        let pitch = hertz(scale.note(degree));
        let syllable = Syllable {
            at,
            samples: length,
            pitch: [before, pitch],
            vowel: prng.int(0, 5) as usize,
            gain: prng.range(0.6, 1.0),
            hiss: if prng.chance(0.3) { RATE as usize / 16 } else { 0 },
        };
        utter(&mut sound, &syllable, &speaker, &mut prng);
        at += length;
        if prng.chance(0.12) {
            at += (prng.range(0.3, 0.9) * RATE as f32) as usize;
        }
        before = pitch;
        degree = (degree + prng.int(0, 4) as i32 - 2).clamp(-14, -4);
    }
    reverb(&mut sound, 0.4, 1.8);
    sound
}

pub(super) fn speech(mut prng: Prng, samples: usize) -> Vec<f32> {
    let mut sound = vec![0.0; samples];
    let speaker = speaker(&mut prng, 0.004);
    let base = prng.range(90.0, 220.0);
    let mut at = 0;
    while at < samples {
        // A phrase falls in pitch, and ends in a pause.
        let count = prng.int(4, 14);
        for k in 0..count {
            let fall = 1.25 - 0.45 * k as f32 / count as f32;
            let length = (prng.range(0.09, 0.28) * RATE as f32) as usize;
            let pitch = base * fall * prng.range(0.88, 1.14);
            let syllable = Syllable {
                at,
                samples: length,
                pitch: [pitch, pitch * prng.range(0.85, 1.1)],
                vowel: prng.int(0, 5) as usize,
                gain: prng.range(0.4, 1.0),
                hiss: if prng.chance(0.5) { length / 4 } else { 0 },
            };
            utter(&mut sound, &syllable, &speaker, &mut prng);
            at += length;
        }
        at += (prng.range(0.15, 0.7) * RATE as f32) as usize;
    }
    reverb(&mut sound, 0.1, 0.4);
    for x in &mut sound {
        *x += 0.0005 * noise(&mut prng);
    }
    sound
}

pub(super) fn crowd(mut prng: Prng, samples: usize) -> Vec<f32> {
    let mut sound = vec![0.0f32; samples];
    let mut bands: Vec<(Filter, f32, f32)> = (0..5)
        .map(|_| {
            let band = Filter::resonance(prng.range(150.0, 3200.0), prng.range(60.0, 500.0));
            (band, prng.range(0.07, 0.9), prng.unit())
        })
        .collect();
    for (i, x) in sound.iter_mut().enumerate() {
        let time = i as f32 / RATE as f32;
        let white = noise(&mut prng);
        for (band, rate, phase) in &mut bands {
            *x += (1.05 + sin(TAU * (*rate * time + *phase))) * band.step(white);
        }
    }
    let level = loudness(&sound).max(1e-6);
    let talk = speech(Prng::new(prng.bits(), 1), samples);
    let gain = 0.7 * level / loudness(&talk).max(1e-6);
    for (x, t) in sound.iter_mut().zip(talk) {
        *x += gain * t;
    }
    sound
}
