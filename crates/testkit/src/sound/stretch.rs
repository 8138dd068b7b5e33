//! Another speed, another tempo, another pitch.

use super::RATE;
use crate::math::{cos, sin};

const PI: f32 = std::f32::consts::PI;
/// Zero crossings of the interpolating function to each side.
const REACH: f32 = 16.0;

/// The sound played `speed` times as fast: tempo and pitch alike. Interpolation by a windowed sine cardinal.
pub(super) fn speed(sound: &[f32], speed: f32) -> Vec<f32> {
    let cut = (1.0 / speed).min(1.0);
    let reach = (REACH / cut) as i64;
    let samples = (sound.len() as f64 / f64::from(speed)) as usize;
    let mut out = Vec::with_capacity(samples);
    for i in 0..samples {
        let at = i as f64 * f64::from(speed);
        let (whole, part) = (at as i64, at.fract() as f32);
        let mut sum = 0.0;
        for k in (1 - reach).max(-whole)..=reach.min(sound.len() as i64 - 1 - whole) {
            let x = (k as f32 - part) * cut;
            let window = 0.5 + 0.5 * cos(PI * (x / REACH).clamp(-1.0, 1.0));
            let sinc = if x.abs() < 1e-4 {
                1.0
            } else {
                sin(PI * x) / (PI * x)
            };
            sum += sound[(whole + k) as usize] * window * sinc * cut;
        }
        out.push(sum);
    }
    out
}

/// The sound at another tempo and the same pitch: pieces are taken where they fit the end of what is there best
/// (WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993).
pub(super) fn tempo(sound: &[f32], tempo: f32) -> Vec<f32> {
    let half = RATE as usize * 30 / 1000;
    let search = RATE as usize * 12 / 1000;
    let mut out = vec![0.0; (sound.len() as f32 / tempo) as usize + 2 * half];
    let mut expected = 0usize;
    let mut at = 0usize;
    while at + 2 * half <= out.len() {
        let ideal = (at as f64 * f64::from(tempo)) as usize;
        let Some(target) = sound.get(expected..expected + half) else {
            break;
        };
        let fit = |from: usize| {
            let piece = sound.get(from..from + 2 * half)?;
            // Every second sample is enough to compare.
            let pairs = piece.iter().zip(target).step_by(2);
            let (mut product, mut power) = (0.0f32, 1e-6f32);
            for (a, b) in pairs {
                product += a * b;
                power += a * a;
            }
            Some((product / power.sqrt(), from))
        };
        let tries = (ideal.saturating_sub(search)..=ideal + search).filter_map(fit);
        let Some((_, best)) = tries.max_by(|a, b| a.0.total_cmp(&b.0)) else {
            break;
        };
        for (i, x) in sound[best..best + 2 * half].iter().enumerate() {
            out[at + i] += x * (0.5 - 0.5 * cos(PI * i as f32 / half as f32));
        }
        expected = best + half;
        at += half;
    }
    out.truncate((sound.len() as f32 / tempo) as usize);
    out
}

/// The sound at another pitch and the same tempo.
pub(super) fn pitch(sound: &[f32], pitch: f32) -> Vec<f32> {
    speed(&tempo(sound, 1.0 / pitch), pitch)
}
