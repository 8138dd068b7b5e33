//! Pictures as the bytes of common files.

use std::io::Cursor;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use zune_jpeg::zune_core::{colorspace::ColorSpace, options::DecoderOptions};

use crate::Picture;

/// A file format that every picture of at most 65,535 pixels a side can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// PNG, 8-bit RGB.
    Png,
    /// JPEG, quality 90, 4:2:0.
    Jpeg,
    /// Windows bitmap, 24 bits a pixel.
    Bmp,
    /// GIF, one frame, 216 colours with ordered dithering.
    Gif,
    /// WebP, lossless.
    Webp,
    /// TIFF, 8-bit RGB, uncompressed.
    Tiff,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] = [
        Self::Png,
        Self::Jpeg,
        Self::Bmp,
        Self::Gif,
        Self::Webp,
        Self::Tiff,
    ];

    /// The usual ending of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Bmp => "bmp",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Tiff => "tiff",
        }
    }

    /// The picture as a file.
    ///
    /// # Panics
    /// If a side of the picture is longer than the format allows (65,535; WebP 16,384).
    pub fn encode(self, picture: &Picture) -> Vec<u8> {
        match self {
            Self::Png => png(picture),
            Self::Jpeg => jpeg(picture, 90),
            Self::Bmp => bmp(picture),
            Self::Gif => gif(std::slice::from_ref(picture)),
            Self::Webp => webp(picture),
            Self::Tiff => tiff(picture),
        }
    }
}

/// Sides as 16-bit numbers.
///
/// # Panics
/// If a side is longer than 65,535 pixels.
pub(crate) fn sides(picture: &Picture) -> (u16, u16) {
    let side = |v: u32| u16::try_from(v).unwrap_or_else(|_| panic!("a side of {v} pixels is too long"));
    (side(picture.width), side(picture.height))
}

/// What writing into memory gave.
///
/// # Panics
/// If the encoder refused: the picture or the settings are wrong, which is a mistake in the caller.
pub(crate) fn written<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("encoding into memory: {error}"))
}

/// PNG, 8-bit RGB.
pub fn png(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = written(encoder.write_header());
    written(writer.write_image_data(&picture.rgb));
    written(writer.finish());
    bytes
}

/// JPEG of the given quality (1 to 100), 4:2:0.
///
/// # Panics
/// If a side is longer than 65,535 pixels.
pub fn jpeg(picture: &Picture, quality: u8) -> Vec<u8> {
    jpeg_with(picture, quality, |_| {})
}

pub(crate) fn jpeg_with(
    picture: &Picture,
    quality: u8,
    set: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = sides(picture);
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    set(&mut encoder);
    written(encoder.encode(&picture.rgb, width, height, ColorType::Rgb));
    bytes
}

/// The picture after it was encoded as JPEG and decoded again.
///
/// # Panics
/// If a side is longer than 65,535 pixels.
pub fn through_jpeg(picture: &Picture, quality: u8) -> Picture {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let bytes = jpeg(picture, quality);
    let rgb = written(zune_jpeg::JpegDecoder::new_with_options(Cursor::new(bytes), options).decode());
    Picture { rgb, ..*picture }
}

/// Windows bitmap, 24 bits a pixel, rows from the bottom.
pub fn bmp(picture: &Picture) -> Vec<u8> {
    let row = (3 * picture.width as usize).next_multiple_of(4);
    let size = row * picture.height as usize;
    let mut bytes = bmp_header(picture.width, picture.height, size as u32);
    bytes.reserve(size);
    for line in picture.rgb.chunks_exact(3 * picture.width as usize).rev() {
        bytes.extend(line.chunks_exact(3).flat_map(|p| [p[2], p[1], p[0]]));
        bytes.resize(bytes.len() + row - line.len(), 0);
    }
    bytes
}

pub(crate) fn bmp_header(width: u32, height: u32, size: u32) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    for value in [54u32.wrapping_add(size), 0, 54, 40, width, height] {
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    for value in [0, size, 2835, 2835, 0, 0] {
        bytes.extend(value.to_le_bytes());
    }
    bytes
}

/// GIF; more than one picture makes an endless animation of 100 ms a frame, of the first one's size.
///
/// # Panics
/// If there is no frame, frames differ in size, or a side is longer than 65,535 pixels.
pub fn gif(frames: &[Picture]) -> Vec<u8> {
    let (width, height) = sides(&frames[0]);
    let palette: Vec<u8> = (0..216u8)
        .flat_map(|k| [k / 36 * 51, k / 6 % 6 * 51, k % 6 * 51])
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = written(gif::Encoder::new(&mut bytes, width, height, &palette));
    if frames.len() > 1 {
        written(encoder.set_repeat(gif::Repeat::Infinite));
    }
    for frame in frames {
        assert_eq!(
            sides(frame),
            (width, height),
            "frames of one animation have one size"
        );
        let frame = gif::Frame {
            width,
            height,
            delay: 10,
            buffer: dithered(frame).into(),
            ..gif::Frame::default()
        };
        written(encoder.write_frame(&frame));
    }
    drop(encoder);
    bytes
}

/// Indexes into the 6×6×6 colour cube, dithered by a 4×4 Bayer matrix.
pub(crate) fn dithered(picture: &Picture) -> Vec<u8> {
    const BAYER: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let mut indexes = Vec::with_capacity(picture.rgb.len() / 3);
    for y in 0..picture.height {
        for x in 0..picture.width {
            let threshold = BAYER[y as usize % 4][x as usize % 4];
            let step = |v: u8| (u32::from(v) * 80 + threshold * 255 + 127) / (16 * 255);
            let [r, g, b] = picture.pixel(x, y).map(step);
            indexes.push((36 * r + 6 * g + b) as u8);
        }
    }
    indexes
}

/// WebP, lossless.
///
/// # Panics
/// If a side is longer than 16,384 pixels.
pub fn webp(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image_webp::WebPEncoder::new(&mut bytes);
    written(encoder.encode(
        &picture.rgb,
        picture.width,
        picture.height,
        image_webp::ColorType::Rgb8,
    ));
    bytes
}

/// TIFF, 8-bit RGB, uncompressed.
pub fn tiff(picture: &Picture) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = written(tiff::encoder::TiffEncoder::new(&mut bytes));
    written(encoder.write_image::<tiff::encoder::colortype::RGB8>(
        picture.width,
        picture.height,
        &picture.rgb,
    ));
    bytes.into_inner()
}
