//! PNG in its other colour types and depths, interlaced, and animated.

use png::{BitDepth, ColorType, Encoder};

use crate::encode::{dithered, written};
use crate::{Picture, Rgb};

fn plain(picture: &Picture, colours: ColorType, depth: BitDepth, samples: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(colours);
    encoder.set_depth(depth);
    let mut writer = written(encoder.write_header());
    written(writer.write_image_data(samples));
    written(writer.finish());
    bytes
}

/// 216 colours from a palette, dithered.
pub fn png_palette(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(
        (0..216u8)
            .flat_map(|k| [k / 36 * 51, k / 6 % 6 * 51, k % 6 * 51])
            .collect::<Vec<_>>(),
    );
    let mut writer = written(encoder.write_header());
    written(writer.write_image_data(&dithered(picture)));
    written(writer.finish());
    bytes
}

/// One bit a pixel: white where the luma is 128 or more.
pub fn png_bilevel(picture: &Picture) -> Vec<u8> {
    let samples: Vec<u8> = picture
        .luma()
        .chunks_exact(picture.width as usize)
        .flat_map(|row| {
            row.chunks(8).map(|eight| {
                eight
                    .iter()
                    .enumerate()
                    .fold(0, |byte, (k, v)| byte | (v >> 7) << (7 - k))
            })
        })
        .collect();
    plain(picture, ColorType::Grayscale, BitDepth::One, &samples)
}

/// 16 bits a channel, each value repeated in both bytes.
pub fn png_16_bit(picture: &Picture) -> Vec<u8> {
    let samples: Vec<u8> = picture.rgb.iter().flat_map(|&v| [v, v]).collect();
    plain(picture, ColorType::Rgb, BitDepth::Sixteen, &samples)
}

/// RGBA: `picture` opaque where `opaque` says so; elsewhere transparent, with `hidden` as the colour that only a
/// reader who ignores transparency sees.
pub fn png_transparent(picture: &Picture, hidden: Rgb, opaque: impl Fn(u32, u32) -> bool) -> Vec<u8> {
    let mut samples = Vec::with_capacity(4 * picture.rgb.len() / 3);
    for y in 0..picture.height {
        for x in 0..picture.width {
            let seen = opaque(x, y);
            samples.extend(if seen { picture.pixel(x, y) } else { hidden });
            samples.push(if seen { 255 } else { 0 });
        }
    }
    plain(picture, ColorType::Rgba, BitDepth::Eight, &samples)
}

/// Grey with transparency: the luma, from fully opaque at the top to half at the bottom.
pub fn png_grey_alpha(picture: &Picture) -> Vec<u8> {
    let luma = picture.luma();
    let rows = luma.chunks_exact(picture.width as usize).enumerate();
    let samples: Vec<u8> = rows
        .flat_map(|(y, row)| {
            let alpha = 255 - (y as u64 * 127 / u64::from(picture.height)) as u8;
            row.iter().flat_map(move |&v| [v, alpha])
        })
        .collect();
    plain(picture, ColorType::GrayscaleAlpha, BitDepth::Eight, &samples)
}

/// An animation of 100 ms a frame; the first frame is also what readers without animation show.
///
/// # Panics
/// If there is no frame or frames differ in size.
pub fn apng(frames: &[Picture]) -> Vec<u8> {
    let first = &frames[0];
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, first.width, first.height);
    encoder.set_color(ColorType::Rgb);
    written(encoder.set_animated(frames.len() as u32, 0));
    written(encoder.set_frame_delay(1, 10));
    let mut writer = written(encoder.write_header());
    for frame in frames {
        assert_eq!(
            (frame.width, frame.height),
            (first.width, first.height),
            "frames of one size"
        );
        written(writer.write_image_data(&frame.rgb));
    }
    written(writer.finish());
    bytes
}

/// Adam7-interlaced RGB (PNG, third edition, 8.1), without compression.
pub fn png_interlaced(picture: &Picture) -> Vec<u8> {
    const PASSES: [(u32, u32, u32, u32); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut rows = Vec::new();
    for (x0, y0, dx, dy) in PASSES {
        if x0 >= picture.width {
            continue;
        }
        for y in (y0..picture.height).step_by(dy as usize) {
            rows.push(0);
            for x in (x0..picture.width).step_by(dx as usize) {
                rows.extend(picture.pixel(x, y));
            }
        }
    }
    let mut bytes = SIGNATURE.to_vec();
    chunk(&mut bytes, b"IHDR", &header(picture.width, picture.height, true));
    chunk(&mut bytes, b"IDAT", &stored(&rows));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

pub(crate) const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];

/// Contents of the header chunk: 8-bit RGB.
pub(crate) fn header(width: u32, height: u32, interlaced: bool) -> Vec<u8> {
    let mut data = Vec::new();
    data.extend(width.to_be_bytes());
    data.extend(height.to_be_bytes());
    data.extend([8, 2, 0, 0, u8::from(interlaced)]);
    data
}

pub(crate) fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    bytes.extend((data.len() as u32).to_be_bytes());
    let start = bytes.len();
    bytes.extend(name);
    bytes.extend(data);
    let crc = !bytes[start..].iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    });
    bytes.extend(crc.to_be_bytes());
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951).
pub(crate) fn stored(data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x01];
    let blocks = data.chunks(0xffff).count().max(1);
    for k in 0..blocks {
        let block = &data[k * 0xffff..data.len().min((k + 1) * 0xffff)];
        bytes.push(u8::from(k + 1 == blocks));
        bytes.extend((block.len() as u16).to_le_bytes());
        bytes.extend((!(block.len() as u16)).to_le_bytes());
        bytes.extend(block);
    }
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), &v| {
        let a = (a + u32::from(v)) % 65_521;
        (a, (b + a) % 65_521)
    });
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}
