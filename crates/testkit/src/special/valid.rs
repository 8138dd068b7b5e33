//! Valid files of every kind of picture, to be broken.

use crate::special;
use crate::{Format, Picture, encode, photo};

/// Valid small files of every kind that is decoded, to be broken.
pub fn valid_files() -> Vec<Vec<u8>> {
    let picture = photo(4, 40, 30);
    let frames: Vec<Picture> = (0..3).map(|seed| photo(seed, 24, 18)).collect();
    let mut files: Vec<Vec<u8>> = Format::ALL.iter().map(|format| format.encode(&picture)).collect();
    files.extend([
        special::jpeg_progressive(&picture, 80),
        special::jpeg_cmyk(&picture, 80),
        special::jpeg_ycck(&picture, 80),
        special::jpeg_oriented(&picture, 80, 6),
        special::png_palette(&picture),
        special::png_bilevel(&picture),
        special::png_16_bit(&picture),
        special::png_grey_alpha(&picture),
        special::png_interlaced(&picture),
        special::apng(&frames),
        encode::gif(&frames),
    ]);
    files
}
