//! RIFF: WAV and AVI.

use super::{SIDES, frames};
use crate::sound::{RATE, Sound, pcm};

/// A recording: RIFF, 16 bits, one channel.
pub fn wav(seed: u64, seconds: f32) -> Vec<u8> {
    wav_of(&pcm(&Sound::Melody.make(seed, seconds)))
}

/// Samples as such a file.
pub fn wav_of(samples: &[i16]) -> Vec<u8> {
    let samples: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    riff_file(
        b"WAVE",
        &[riff(b"fmt ", &wave_format(RATE, 16, 1)), riff(b"data", &samples)].concat(),
    )
}

pub(super) fn wave_format(rate: u32, bits: u16, channels: u16) -> Vec<u8> {
    let frame = u32::from(channels) * u32::from(bits / 8);
    let mut bytes = [1, channels].map(u16::to_le_bytes).concat();
    bytes.extend([rate, rate.wrapping_mul(frame)].map(u32::to_le_bytes).concat());
    bytes.extend([frame as u16, bits].map(u16::to_le_bytes).concat());
    bytes
}

pub(super) fn riff(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    if data.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

pub(super) fn riff_file(form: &[u8; 4], chunks: &[u8]) -> Vec<u8> {
    riff(b"RIFF", &[&form[..], chunks].concat())
}

/// What an AVI says of itself.
pub(super) struct Avi {
    pub(super) microseconds: u32,
    pub(super) frames: u32,
    pub(super) scale: u32,
    pub(super) rate: u32,
    pub(super) sides: (u32, u32),
    /// How many times the frames come.
    pub(super) times: usize,
}

impl Default for Avi {
    fn default() -> Self {
        Self {
            microseconds: 1_000_000,
            frames: 3,
            scale: 1,
            rate: 1,
            sides: SIDES,
            times: 1,
        }
    }
}

pub(super) fn avi(what: &Avi) -> Vec<u8> {
    let words = |words: &[u32]| {
        words
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    let (width, height) = what.sides;
    let main = words(&[
        what.microseconds,
        0,
        0,
        0x10,
        what.frames,
        0,
        1,
        0,
        width,
        height,
        0,
        0,
        0,
        0,
    ]);
    let mut stream = b"vidsMJPG".to_vec();
    stream.extend(words(&[
        0,
        0,
        0,
        what.scale,
        what.rate,
        0,
        what.frames,
        0,
        u32::MAX,
        0,
        0,
        0,
    ]));
    let mut format = words(&[40, width, height, 24 << 16 | 1]);
    format.extend(b"MJPG");
    format.extend(words(&[0, 0, 0, 0, 0]));
    let stream = riff(
        b"LIST",
        &[&b"strl"[..], &riff(b"strh", &stream), &riff(b"strf", &format)].concat(),
    );
    let header = riff(b"LIST", &[&b"hdrl"[..], &riff(b"avih", &main), &stream].concat());
    let mut movie = b"movi".to_vec();
    for frame in frames().iter().cycle().take(3 * what.times) {
        movie.extend(riff(b"00dc", frame));
    }
    riff_file(b"AVI ", &[header, riff(b"LIST", &movie)].concat())
}
