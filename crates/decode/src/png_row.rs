//! What the stored rows of a PNG mean, to people and to peers.

use ::png::{ColorType, Info};

use crate::raster::Layout;

/// Reads stored rows of one file.
#[derive(Debug)]
pub(crate) struct RowReader {
    colour: ColorType,
    depth: u8,
    /// RGBA of every index; black and opaque where the file has none.
    palette: Vec<[u8; 4]>,
    palette_is_opaque: bool,
    /// The one stored colour that is transparent, in grey and RGB files.
    key: Option<[u16; 3]>,
}

impl RowReader {
    pub(crate) fn new(info: &Info<'_>) -> Self {
        let transparency = info.trns.as_deref().unwrap_or_default();
        let mut palette = vec![[0, 0, 0, 255]; 256];
        for (entry, colour) in palette
            .iter_mut()
            .zip(info.palette.as_deref().unwrap_or_default().as_chunks::<3>().0)
        {
            entry[..3].copy_from_slice(colour);
        }
        if info.color_type == ColorType::Indexed {
            palette
                .iter_mut()
                .zip(transparency)
                .for_each(|(entry, alpha)| entry[3] = *alpha);
        }
        let keys: Vec<u16> = transparency
            .as_chunks::<2>()
            .0
            .iter()
            .map(|pair| u16::from_be_bytes(*pair))
            .collect();
        let key = match (info.color_type, &keys[..]) {
            (ColorType::Grayscale, [grey, ..]) => Some([*grey; 3]),
            (ColorType::Rgb, [r, g, b, ..]) => Some([*r, *g, *b]),
            _ => None,
        };
        Self {
            colour: info.color_type,
            depth: info.bit_depth as u8,
            palette_is_opaque: palette.iter().all(|entry| entry[3] == 255),
            palette,
            key,
        }
    }

    /// The layout of expanded rows.
    pub(crate) fn layout(&self) -> Layout {
        match self.colour {
            ColorType::Grayscale if self.key.is_none() => Layout::Grey,
            ColorType::Grayscale | ColorType::GrayscaleAlpha => Layout::GreyAlpha,
            ColorType::Rgb if self.key.is_none() => Layout::Rgb,
            ColorType::Indexed if self.palette_is_opaque => Layout::Rgb,
            ColorType::Rgb | ColorType::Rgba | ColorType::Indexed => Layout::Rgba,
        }
    }

    /// A stored row of `width` pixels as people see it, 8 bits a channel: 16 bits lose the lower half, as in Pillow.
    pub(crate) fn expand<'a>(&self, stored: &'a [u8], width: usize, line: &'a mut Vec<u8>) -> &'a [u8] {
        line.clear();
        match (self.colour, self.depth, self.key) {
            (ColorType::Indexed, ..) => {
                let entries = self
                    .samples(stored, width)
                    .map(|index| self.palette[usize::from(index & 255)]);
                if self.palette_is_opaque {
                    line.extend(entries.flat_map(|[r, g, b, _]| [r, g, b]));
                } else {
                    line.extend(entries.flatten());
                }
            }
            (_, 8, None) => return stored,
            (_, 16, None) => line.extend(stored.as_chunks::<2>().0.iter().map(|[high, _]| high)),
            (ColorType::Rgb, ..) => {
                let samples: Vec<u16> = self.samples(stored, 3 * width).collect();
                line.extend(samples.as_chunks::<3>().0.iter().flat_map(|pixel| {
                    let [r, g, b] = pixel.map(|sample| self.eight_bits(sample));
                    [r, g, b, self.opacity(*pixel)]
                }));
            }
            (_, _, None) => line.extend(self.samples(stored, width).map(|sample| self.eight_bits(sample))),
            (_, _, Some(_)) => line.extend(
                self.samples(stored, width)
                    .flat_map(|sample| [self.eight_bits(sample), self.opacity([sample; 3])]),
            ),
        }
        line
    }

    /// Whether stored rows are those of a raster as they are, and peers see the same in them.
    pub(crate) fn are_pixels(&self) -> bool {
        let opaque = matches!(self.colour, ColorType::Grayscale | ColorType::Rgb) && self.key.is_none();
        opaque && self.depth == 8
    }

    /// Whether peers see something else than the expanded colours.
    pub(crate) fn has_compat(&self) -> bool {
        matches!(
            (self.colour, self.depth),
            (ColorType::Indexed, _) | (ColorType::Grayscale, 1 | 16)
        )
    }

    /// A stored row as peers see it, in grey: palette indices, bits as 0 and 1, and 16 bits cut off at 255 (Pillow's
    /// conversion of `I;16` to `RGB`).
    pub(crate) fn compat<'a>(&self, stored: &[u8], width: usize, line: &'a mut Vec<u8>) -> &'a [u8] {
        line.clear();
        match (self.colour, self.depth) {
            (ColorType::Grayscale, 16) => {
                let clipped = |[high, low]: &[u8; 2]| if *high == 0 { *low } else { 255 };
                line.extend(stored.as_chunks::<2>().0.iter().map(clipped));
            }
            _ => line.extend(self.samples(stored, width).map(|sample| sample as u8)),
        }
        line
    }

    fn opacity(&self, pixel: [u16; 3]) -> u8 {
        if self.key == Some(pixel) { 0 } else { 255 }
    }

    fn eight_bits(&self, sample: u16) -> u8 {
        match self.depth {
            1 => sample as u8 * 255,
            2 => sample as u8 * 85,
            4 => sample as u8 * 17,
            16 => (sample >> 8) as u8,
            _ => sample as u8,
        }
    }

    /// The first `count` samples of a stored row as numbers.
    fn samples<'a>(&self, stored: &'a [u8], count: usize) -> impl Iterator<Item = u16> + 'a {
        let depth = usize::from(self.depth);
        (0..count).map_while(move |i| match depth {
            16 => Some(u16::from_be_bytes([*stored.get(2 * i)?, *stored.get(2 * i + 1)?])),
            8 => stored.get(i).copied().map(u16::from),
            _ => {
                let byte = *stored.get(i * depth / 8)?;
                let shift = 8 - depth - i * depth % 8;
                Some(u16::from(byte >> shift) & ((1 << depth) - 1))
            }
        })
    }
}
