//! Sounds as WAV, and the RIFF around it.

use super::RATE;

/// Samples as a recording: RIFF, 16 bits, one channel.
pub fn wav_of(samples: &[i16]) -> Vec<u8> {
    let samples: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    riff_file(
        b"WAVE",
        &[riff(b"fmt ", &wave_format(RATE, 16, 1)), riff(b"data", &samples)].concat(),
    )
}

pub(crate) fn wave_format(rate: u32, bits: u16, channels: u16) -> Vec<u8> {
    let frame = u32::from(channels) * u32::from(bits / 8);
    let mut bytes = [1, channels].map(u16::to_le_bytes).concat();
    bytes.extend([rate, rate.wrapping_mul(frame)].map(u32::to_le_bytes).concat());
    bytes.extend([frame as u16, bits].map(u16::to_le_bytes).concat());
    bytes
}

pub(crate) fn riff(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    if data.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

pub(crate) fn riff_file(form: &[u8; 4], chunks: &[u8]) -> Vec<u8> {
    riff(b"RIFF", &[&form[..], chunks].concat())
}
