//! RIFF: WAV and AVI.

use super::{SIDES, frames};
use crate::sound::wav::{riff, riff_file, wav_of};
use crate::sound::{Sound, pcm};

/// A recording: RIFF, 16 bits, one channel.
pub fn wav(seed: u64, seconds: f32) -> Vec<u8> {
    wav_of(&pcm(&Sound::Melody.make(seed, seconds)))
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
