//! JPEG with orientation, other colour models, and progressive scans.

use jpeg_encoder::{ColorType, Encoder};

use crate::Picture;
use crate::encode::{jpeg_with, sides, written};

/// A little-endian TIFF structure with one entry: the orientation (Exif 2.3, 4.6.4).
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0\x01\0".to_vec();
    // Tag 0x0112, type SHORT, one value; then no further directory.
    bytes.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    bytes.extend([0; 4]);
    bytes
}

/// The pixels to be stored so that a reader who applies `orientation` shows `picture`.
pub(crate) fn stored(picture: &Picture, orientation: u8) -> Picture {
    match orientation {
        2 => picture.mirror(),
        3 => picture.rotate180(),
        4 => picture.flip(),
        5 => picture.transpose(),
        6 => picture.rotate270(),
        7 => picture.rotate180().transpose(),
        8 => picture.rotate90(),
        _ => picture.clone(),
    }
}

/// JPEG whose pixels lie so that `orientation` (1 to 8) in its Exif data turns them into `picture`. Other
/// numbers are written down too, the pixels upright.
pub fn jpeg_oriented(picture: &Picture, quality: u8, orientation: u8) -> Vec<u8> {
    jpeg_with(&stored(picture, orientation), quality, |encoder| {
        let mut segment = b"Exif\0\0".to_vec();
        segment.extend(exif(orientation));
        written(encoder.add_app_segment(1, segment));
    })
}

/// Progressive JPEG.
pub fn jpeg_progressive(picture: &Picture, quality: u8) -> Vec<u8> {
    jpeg_with(picture, quality, |encoder| encoder.set_progressive(true))
}

/// JPEG of one grey component.
pub fn jpeg_grey(picture: &Picture, quality: u8) -> Vec<u8> {
    plain(&picture.luma(), picture, quality, ColorType::Luma)
}

/// JPEG of four inks, inverted, with Adobe's mark: what print programmes write.
pub fn jpeg_cmyk(picture: &Picture, quality: u8) -> Vec<u8> {
    plain(&inks(picture), picture, quality, ColorType::Cmyk)
}

/// JPEG of four inks coded as YCCK, with Adobe's mark.
pub fn jpeg_ycck(picture: &Picture, quality: u8) -> Vec<u8> {
    plain(&inks(picture), picture, quality, ColorType::CmykAsYcck)
}

fn plain(samples: &[u8], picture: &Picture, quality: u8, colours: ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = sides(picture);
    written(Encoder::new(&mut bytes, quality).encode(samples, width, height, colours));
    bytes
}

/// Cyan, magenta, yellow and black with as much black as possible; 255 is full ink.
fn inks(picture: &Picture) -> Vec<u8> {
    let ink = |value: u8, most: u8| {
        let (value, most) = (u32::from(value), u32::from(most).max(1));
        (255 * most.saturating_sub(value) / most) as u8
    };
    picture
        .rgb
        .chunks_exact(3)
        .flat_map(|p| {
            let most = p[0].max(p[1]).max(p[2]);
            [ink(p[0], most), ink(p[1], most), ink(p[2], most), 255 - most]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_pixels_lie_as_the_table_of_exif_says() {
        let upright = Picture::from_fn(5, 3, |x, y| [x as u8, y as u8, 9]);
        let (w, h) = (upright.width, upright.height);
        for orientation in 1..=8 {
            let lying = stored(&upright, orientation);
            for y in 0..h {
                for x in 0..w {
                    // Exif 2.3, 4.6.4, tag 0x0112: which side of the picture row 0 and column 0 show.
                    let (column, row) = match orientation {
                        1 => (x, y),
                        2 => (w - 1 - x, y),
                        3 => (w - 1 - x, h - 1 - y),
                        4 => (x, h - 1 - y),
                        5 => (y, x),
                        6 => (y, w - 1 - x),
                        7 => (h - 1 - y, w - 1 - x),
                        _ => (h - 1 - y, x),
                    };
                    assert_eq!(
                        lying.pixel(column, row),
                        upright.pixel(x, y),
                        "orientation {orientation}"
                    );
                }
            }
        }
    }
}
