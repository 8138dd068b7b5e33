//! Sounds against sounds: clips are found with their times, other sounds, silence and tones are not.

use std::f64::consts::TAU;

use basira_fingerprint::sound::{Listener, RATE, SoundAlignment, SoundTrack, align};

/// Deterministic numbers from 0 to 1.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A tune of a voice with overtones and a trembling pitch over a second, slower one; no two seeds share a tune.
fn tune(seed: u64, seconds: f64) -> Vec<f64> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 77);
    for _ in 0..5 {
        dice.roll();
    }
    let mut out = vec![0.0; (seconds * f64::from(RATE)) as usize];
    for (loud, low, long) in [(0.5, 180.0, 0.35), (0.3, 90.0, 0.8)] {
        let (mut at, mut phase) = (0, 0.0);
        while at < out.len() {
            let note = low * 2f64.powf((dice.roll() * 24.0).floor() / 12.0);
            let length = ((0.5 + dice.roll()) * long * f64::from(RATE)) as usize;
            let end = (at + length).min(out.len());
            let rest = dice.roll() < 0.1;
            for (n, sample) in out[at..end].iter_mut().enumerate() {
                let tremble = 1.0 + 0.004 * (TAU * 5.5 * n as f64 / f64::from(RATE)).sin();
                phase += TAU * note * tremble / f64::from(RATE);
                let envelope = (1.0 - n as f64 / length as f64) * (n as f64 / 200.0).min(1.0);
                let voice: f64 = (1..6).map(|k| (phase * f64::from(k)).sin() / f64::from(k)).sum();
                *sample += if rest { 0.0 } else { loud * envelope * voice };
            }
            at = end;
        }
    }
    out
}

fn samples(sound: &[f64]) -> Vec<i16> {
    sound
        .iter()
        .map(|value| (value * 9_000.0).clamp(-32_768.0, 32_767.0) as i16)
        .collect()
}

fn listen(sound: &[f64], bank: bool) -> Vec<SoundTrack> {
    let mut listener = Listener::new(bank);
    // In uneven pieces, as they come from a pipe.
    for piece in samples(sound).chunks(7_001) {
        listener.push(piece);
    }
    listener.finish()
}

fn best(query: &[f64], bank: &[SoundTrack]) -> Option<SoundAlignment> {
    let query = &listen(query, false)[0].words;
    bank.iter()
        .filter_map(|bank| align(query, bank))
        .min_by_key(|it| it.error)
}

/// Read at another speed, by linear interpolation.
fn resample(sound: &[f64], speed: f64) -> Vec<f64> {
    let count = (sound.len() as f64 / speed) as usize - 2;
    let at = |n: usize| {
        let place = n as f64 * speed;
        let (whole, part) = (place as usize, place.fract());
        sound[whole] * (1.0 - part) + sound[whole + 1] * part
    };
    (0..count).map(at).collect()
}

/// Another tempo at the same pitch, by overlapping pieces of 80 ms.
fn tempo(sound: &[f64], speed: f64) -> Vec<f64> {
    const PIECE: usize = 882;
    let mut out = vec![0.0; (sound.len() as f64 / speed) as usize + PIECE];
    let mut at = 0;
    loop {
        let from = (at as f64 * speed) as usize;
        if from + 2 * PIECE > sound.len() {
            out.truncate(at);
            return out;
        }
        // The place nearby where the piece goes on best.
        let fits = |shift: &usize| -> i64 {
            let pairs = out[at..at + PIECE / 2].iter().zip(&sound[from + shift..]);
            (pairs.map(|(a, b)| a * b).sum::<f64>() * 1e6) as i64
        };
        let shift = (0..PIECE / 2).step_by(8).max_by_key(fits).unwrap_or(0);
        for n in 0..PIECE {
            let window = 0.5 - 0.5 * (TAU * n as f64 / PIECE as f64).cos();
            out[at + n] += window * sound[from + shift + n];
        }
        at += PIECE / 2;
    }
}

fn low_pass(sound: &[f64]) -> Vec<f64> {
    let mut last = 0.0;
    sound
        .iter()
        .map(|value| {
            last += 0.35 * (value - last);
            last
        })
        .collect()
}

fn echo(sound: &[f64]) -> Vec<f64> {
    let delay = RATE as usize / 5;
    (0..sound.len())
        .map(|n| sound[n] + if n >= delay { 0.4 * sound[n - delay] } else { 0.0 })
        .collect()
}

fn compressor(sound: &[f64]) -> Vec<f64> {
    sound
        .iter()
        .map(|value| value.signum() * value.abs().powf(0.6))
        .collect()
}

/// White noise at 10 dB below the sound.
fn noise(sound: &[f64]) -> Vec<f64> {
    let power = (sound.iter().map(|value| value * value).sum::<f64>() / sound.len() as f64).sqrt();
    let mut dice = Dice(9);
    sound
        .iter()
        .map(|value| value + power * 0.316 * 3f64.sqrt() * (2.0 * dice.roll() - 1.0))
        .collect()
}

const SECONDS: f64 = 40.0;
const FROM: f64 = 12.3;

#[test]
fn clips_of_ten_seconds_are_found_with_their_times_whatever_was_done_to_them() {
    type Edit<'a> = &'a dyn Fn(&[f64]) -> Vec<f64>;
    let edits: [(&str, Edit<'_>); 11] = [
        ("none", &<[f64]>::to_vec),
        ("low-pass", &low_pass),
        ("echo", &echo),
        ("compressor", &compressor),
        ("noise", &noise),
        ("faster", &|sound| resample(sound, 1.05)),
        ("slower", &|sound| resample(sound, 0.95)),
        ("tempo up", &|sound| tempo(sound, 1.05)),
        ("tempo down", &|sound| tempo(sound, 0.95)),
        ("pitch up", &|sound| tempo(&resample(sound, 1.05), 1.0 / 1.05)),
        ("pitch down", &|sound| tempo(&resample(sound, 0.95), 1.0 / 0.95)),
    ];
    let (mut found, mut tried) = (0, 0);
    for seed in 1..7 {
        let whole = tune(seed, SECONDS);
        let bank = listen(&whole, true);
        for (name, edit) in edits {
            let rate = f64::from(RATE);
            let clip = &whole[(FROM * rate) as usize..((FROM + 12.0) * rate) as usize];
            tried += 1;
            let Some(hit) = best(&edit(clip), &bank) else {
                println!("missed: {name} of {seed}");
                continue;
            };
            assert!(
                (f64::from(hit.bank.0) / 1000.0 - FROM).abs() <= 1.5,
                "{name}: {hit:?}"
            );
            found += 1;
        }
    }
    println!("{found} of {tried}");
    assert!(100 * found >= 95 * tried, "{found} of {tried}");
}

#[test]
fn a_banked_clip_is_found_in_a_long_recording() {
    let clip = tune(11, 11.0);
    let long = [tune(12, 30.0), clip.clone(), tune(13, 30.0)].concat();
    let hit = best(&long, &listen(&clip, true)).expect("the clip");
    assert!(
        hit.query.0.abs_diff(30_000) <= 2_000 && hit.query.1.abs_diff(41_000) <= 2_500,
        "{hit:?}"
    );
}

#[test]
fn other_sounds_silence_and_tones_are_not_found() {
    let quiet = vec![0.0; 20 * RATE as usize];
    let tone: Vec<f64> = (0..20 * RATE)
        .map(|n| (TAU * 440.0 * f64::from(n) / f64::from(RATE)).sin())
        .collect();
    let mut sounds: Vec<Vec<f64>> = (100..134).map(|seed| tune(seed, 20.0)).collect();
    sounds.push(noise(&vec![0.5; 20 * RATE as usize]));
    sounds.extend([quiet.clone(), tone.clone()]);
    let banks: Vec<Vec<SoundTrack>> = sounds.iter().map(|sound| listen(sound, true)).collect();
    let mut pairs = 0;
    for (a, sound) in sounds.iter().enumerate() {
        for (b, bank) in banks.iter().enumerate().filter(|(b, _)| *b != a) {
            pairs += 1;
            assert_eq!(best(sound, bank), None, "{a} {b}");
        }
    }
    assert_eq!(pairs, 1_332);
    // Silence and tones are not even found in themselves.
    for sound in [quiet, tone] {
        assert_eq!(best(&sound, &listen(&sound, true)), None);
    }
}
