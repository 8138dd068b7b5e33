//! Files that lie or end early.

use super::png::{SIGNATURE, chunk, header, stored};
use crate::encode::bmp_header;
use crate::{Format, Picture, encode};

/// The first part of a file, `share` of its length, at least one byte less than all.
pub fn truncated(bytes: &[u8], share: f32) -> Vec<u8> {
    let length = (bytes.len() as f64 * f64::from(share.clamp(0.0, 1.0))) as usize;
    bytes[..length.min(bytes.len().saturating_sub(1))].to_vec()
}

/// The side that [`huge`] files claim to have.
const HUGE: u16 = 65_000;

/// A file of less than 1,200 bytes that claims to be 65,000 pixels wide and high, apart from that well formed
/// and hardly filled.
pub fn huge(format: Format) -> Vec<u8> {
    let dot = Picture::filled(1, 1, [200, 60, 30]);
    let side = u32::from(HUGE);
    match format {
        Format::Png => {
            let mut bytes = SIGNATURE.to_vec();
            chunk(&mut bytes, b"IHDR", &header(side, side, false));
            chunk(&mut bytes, b"IDAT", &stored(&[0; 64]));
            chunk(&mut bytes, b"IEND", &[]);
            bytes
        }
        Format::Jpeg => {
            let mut bytes = encode::jpeg(&dot, 50);
            // Start of frame: marker, length (2 bytes), precision, height, width.
            if let Some(at) = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]) {
                bytes[at + 5..at + 7].copy_from_slice(&HUGE.to_be_bytes());
                bytes[at + 7..at + 9].copy_from_slice(&HUGE.to_be_bytes());
            }
            bytes
        }
        Format::Bmp => {
            let mut bytes = bmp_header(side, side, 0);
            bytes.extend([0; 64]);
            bytes
        }
        Format::Gif => gif_frames(HUGE, HUGE, 1),
        Format::Webp => {
            let inner = encode::webp(&dot);
            let mut canvas = vec![0; 4];
            canvas.extend(&(side - 1).to_le_bytes()[..3]);
            canvas.extend(&(side - 1).to_le_bytes()[..3]);
            let mut bytes = b"RIFF".to_vec();
            bytes.extend((4 + 8 + 10 + inner.len() as u32 - 12).to_le_bytes());
            bytes.extend(b"WEBPVP8X\x0a\0\0\0");
            bytes.extend(canvas);
            bytes.extend(&inner[12..]);
            bytes
        }
        Format::Tiff => {
            let mut bytes = b"II*\0\x08\0\0\0\x09\0".to_vec();
            // Tag, value: width, height, bits, compression, photometric, strip offset, samples, rows, strip bytes.
            let entries = [
                (256, side),
                (257, side),
                (258, 8),
                (259, 1),
                (262, 1),
                (273, 128),
                (277, 1),
                (278, side),
                (279, 16),
            ];
            for (tag, value) in entries {
                bytes.extend((tag as u16).to_le_bytes());
                bytes.extend([4, 0, 1, 0, 0, 0]);
                bytes.extend(u32::to_le_bytes(value));
            }
            bytes.resize(128 + 16, 0);
            bytes
        }
    }
}

/// A GIF of `frames` frames of one pixel each (20 bytes a frame) on a canvas of `width` × `height`: a reader
/// that composes every frame in full works for hours.
pub fn frame_bomb(width: u16, height: u16, frames: u32) -> Vec<u8> {
    gif_frames(width, height, frames)
}

fn gif_frames(width: u16, height: u16, frames: u32) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    for frame in 0..frames {
        // A single frame covers the canvas that it claims; many are one pixel each.
        let (w, h) = if frames == 1 { (width, height) } else { (1, 1) };
        bytes.extend([0x2c, 0, 0, 0, 0]);
        bytes.extend(w.to_le_bytes());
        bytes.extend(h.to_le_bytes());
        // Codes of three bits: clear (4), one pixel, end (5).
        let pixel = (frame & 1) as u8;
        bytes.extend([0, 2, 2, 4 | pixel << 3 | (5 << 6 & 0xff) as u8, 5 >> 2, 0]);
    }
    bytes.push(0x3b);
    bytes
}
