//! EXIF orientation: reading the one tag that matters, and turning pixels by it.

use crate::ifd::Structure;

/// How stored pixels must be turned to stand upright (EXIF 2.3, tag 0x0112).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Orientation {
    /// 1: as stored.
    #[default]
    Upright,
    /// 2: mirrored left to right.
    Mirrored,
    /// 3: turned by 180°.
    Turned,
    /// 4: upside down.
    Flipped,
    /// 5: mirrored at the main diagonal.
    Transposed,
    /// 6: to be turned clockwise by 90°.
    Clockwise,
    /// 7: mirrored at the other diagonal.
    Transverse,
    /// 8: to be turned counter-clockwise by 90°.
    CounterClockwise,
}

/// The tag's number, in EXIF and in TIFF.
pub(crate) const TAG: u16 = 0x0112;

impl Orientation {
    /// The orientation of that number; what is out of range counts as upright, as it does in browsers.
    pub(crate) fn from_number(number: u16) -> Self {
        match number {
            2 => Self::Mirrored,
            3 => Self::Turned,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::Clockwise,
            7 => Self::Transverse,
            8 => Self::CounterClockwise,
            _ => Self::Upright,
        }
    }

    /// Reads the tag from a TIFF structure (EXIF without its `Exif\0\0` prefix, which is skipped where it is there).
    /// Only the first directory is looked at, nothing is allocated, and whatever is broken counts as upright.
    pub(crate) fn from_exif(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
        Structure::open(bytes)
            .and_then(|(structure, first)| structure.short(structure.directory(first)?, TAG))
            .map_or(Self::Upright, |(number, _)| Self::from_number(number))
    }

    /// Whether width and height change places.
    pub(crate) const fn swaps_sides(self) -> bool {
        matches!(
            self,
            Self::Transposed | Self::Clockwise | Self::Transverse | Self::CounterClockwise
        )
    }

    /// Width and height after it was applied.
    pub(crate) const fn turned(self, width: usize, height: usize) -> (usize, usize) {
        if self.swaps_sides() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Turns `width · height` pixels of `N` bytes each, row by row.
    pub(crate) fn apply<const N: usize>(self, pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
        let (source, _) = pixels[..width * height * N].as_chunks::<N>();
        if self == Self::Upright {
            return source.as_flattened().to_vec();
        }
        let mut out = vec![[0u8; N]; width * height];
        match self {
            Self::Mirrored => copy_rows(&mut out, source, width, |y| y, true),
            Self::Turned => copy_rows(&mut out, source, width, |y| height - 1 - y, true),
            Self::Flipped => copy_rows(&mut out, source, width, |y| height - 1 - y, false),
            // Output (x, y) is source (y, x), with each axis reversed or not.
            Self::Transposed => transpose(&mut out, source, width, height, false, false),
            Self::Clockwise => transpose(&mut out, source, width, height, false, true),
            Self::Transverse => transpose(&mut out, source, width, height, true, true),
            Self::CounterClockwise => transpose(&mut out, source, width, height, true, false),
            Self::Upright => {}
        }
        out.into_flattened()
    }
}

fn copy_rows<const N: usize>(
    out: &mut [[u8; N]],
    source: &[[u8; N]],
    width: usize,
    row: impl Fn(usize) -> usize,
    reverse: bool,
) {
    for (y, line) in out.chunks_exact_mut(width.max(1)).enumerate() {
        line.copy_from_slice(&source[row(y) * width..][..width]);
        if reverse {
            line.reverse();
        }
    }
}

/// Side of the tiles that are transposed at once, so that both sides stay in the first-level cache.
const TILE: usize = 32;

fn transpose<const N: usize>(
    out: &mut [[u8; N]],
    source: &[[u8; N]],
    width: usize,
    height: usize,
    reverse_columns: bool,
    reverse_rows: bool,
) {
    for top in (0..height).step_by(TILE) {
        for left in (0..width).step_by(TILE) {
            for x in left..(left + TILE).min(width) {
                // The output has `height` columns and `width` rows.
                let row = if reverse_columns { width - 1 - x } else { x };
                let line = &mut out[row * height..][..height];
                for y in top..(top + TILE).min(height) {
                    let column = if reverse_rows { height - 1 - y } else { y };
                    line[column] = source[y * width + x];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 3×2 picture, named by letters.
    fn turned(number: u16) -> String {
        let pixels = Orientation::from_number(number).apply::<1>(b"abcdef", 3, 2);
        String::from_utf8(pixels).expect("letters stay letters")
    }

    #[test]
    fn the_eight_orientations() {
        // abc   stored; the expected strings are rows of the upright picture.
        // def
        let expected = [
            "abcdef", "cbafed", "fedcba", "defabc", "adbecf", "daebfc", "fcebda", "cfbead",
        ];
        for (number, rows) in (1u16..).zip(expected) {
            assert_eq!(turned(number), rows, "orientation {number}");
            assert_eq!(Orientation::from_number(number).swaps_sides(), number >= 5);
        }
        assert_eq!(turned(0), turned(1));
        assert_eq!(turned(9), turned(1));
    }

    #[test]
    fn tiles_meet_without_gaps_and_pixels_stay_whole() {
        let (width, height) = (TILE * 2 + 3, TILE + 5);
        let pixels: Vec<u8> = (0..width * height)
            .flat_map(|i| [(i % width) as u8, (i / width) as u8, 7])
            .collect();
        let out = Orientation::Clockwise.apply::<3>(&pixels, width, height);
        for (i, pixel) in out.chunks_exact(3).enumerate() {
            let (x, y) = (i % height, i / height);
            assert_eq!(pixel, [y as u8, (height - 1 - x) as u8, 7]);
        }
        let back = Orientation::CounterClockwise.apply::<3>(&out, height, width);
        assert_eq!(back, pixels);
    }

    #[test]
    fn the_tag_is_read_in_both_byte_orders_and_rubbish_is_upright() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        for exif in [&little[..], big, &[b"Exif\0\0", &big[..]].concat()] {
            assert_eq!(Orientation::from_exif(exif), Orientation::Clockwise);
        }
        for cut in 0..20 {
            assert_eq!(
                Orientation::from_exif(&little[..cut.min(17)]),
                Orientation::Upright
            );
        }
        assert_eq!(
            Orientation::from_exif(b"II*\0\xff\xff\xff\xff"),
            Orientation::Upright
        );
    }
}
