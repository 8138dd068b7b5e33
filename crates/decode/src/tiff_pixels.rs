//! What the samples of a TIFF page mean, to people and to peers.

use crate::raster::{Collector, Layout, Raster};
use crate::reading::Compat;

/// How samples make a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Samples {
    Grey,
    GreyAlpha,
    /// Indices, and RGB of each.
    Palette(Vec<[u8; 3]>),
    Rgb,
    Rgba,
    /// Full ink is the highest value, unlike in JPEG.
    Cmyk,
    YCbCr {
        /// Whether peers convert the colours; they take the three channels for RGB where nothing is compressed.
        peers_see_rgb: bool,
    },
}

/// A decoded page.
pub(crate) struct Page {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Samples,
    /// Bits a sample: 1, 2, 4 (grey and palette only), 8 or 16.
    pub(crate) depth: u8,
    /// What the first extra sample is: 1 is transparency by which colours are already multiplied.
    pub(crate) extra: Option<u16>,
    /// 1 if the samples of a pixel lie together, else one plane a sample.
    pub(crate) planes: usize,
    /// The byte order of the file (16-bit samples in `data` are in the machine's).
    pub(crate) big_endian: bool,
    pub(crate) data: Vec<u8>,
}

const PREMULTIPLIED: u16 = 1;
const UNSPECIFIED: u16 = 0;

impl Page {
    fn channels(&self) -> usize {
        match self.samples {
            Samples::Grey | Samples::Palette(_) => 1,
            Samples::GreyAlpha => 2,
            Samples::Rgb | Samples::YCbCr { .. } => 3,
            Samples::Rgba | Samples::Cmyk => 4,
        }
    }

    /// The page as people see it, and as peers do.
    pub(crate) fn rasters(&self) -> (Raster, Compat) {
        let collect = |layout, row: &dyn Fn(&[u8]) -> Vec<u8>| self.collect(layout, row);
        let plain = |layout| collect(layout, &|row: &[u8]| row.to_vec());
        match &self.samples {
            Samples::Grey => {
                let seen = collect(Layout::Grey, &|row| {
                    row.iter().map(|v| self.full_range(*v)).collect()
                });
                (seen, self.grey_compat())
            }
            Samples::Palette(palette) => {
                let colours = |row: &[u8]| {
                    row.iter()
                        .flat_map(|index| palette[usize::from(*index)])
                        .collect()
                };
                (collect(Layout::Rgb, &colours), Compat::Other(plain(Layout::Grey)))
            }
            Samples::GreyAlpha => (
                self.with_alpha::<2>(Layout::GreyAlpha, Layout::Grey),
                Compat::Colours,
            ),
            Samples::Rgba => (self.with_alpha::<4>(Layout::Rgba, Layout::Rgb), Compat::Colours),
            Samples::Rgb => (plain(Layout::Rgb), Compat::Colours),
            Samples::Cmyk => {
                let ink = |row: &[u8], pixel: fn([u8; 4]) -> [u8; 3]| {
                    row.as_chunks::<4>()
                        .0
                        .iter()
                        .flat_map(|cmyk| pixel(*cmyk))
                        .collect()
                };
                let seen = collect(Layout::Rgb, &|row| ink(row, rgb_of_cmyk));
                let taken = collect(Layout::Rgb, &|row| ink(row, |[c, m, y, _]| [c, m, y]));
                (seen, Compat::Other(taken))
            }
            Samples::YCbCr { peers_see_rgb } => {
                let colours = |row: &[u8]| {
                    row.as_chunks()
                        .0
                        .iter()
                        .flat_map(|pixel| rgb_of_ycbcr(*pixel))
                        .collect()
                };
                let taken = if *peers_see_rgb {
                    Compat::Colours
                } else {
                    Compat::Other(plain(Layout::Rgb))
                };
                (collect(Layout::Rgb, &colours), taken)
            }
        }
    }

    /// The page in that layout, `row` giving the bytes of each row of samples in it.
    fn collect(&self, layout: Layout, row: &dyn Fn(&[u8]) -> Vec<u8>) -> Raster {
        let mut collector = Collector::new(layout, self.width, self.height);
        let mut line = Vec::new();
        for y in 0..self.height {
            self.row(y, &mut line);
            collector.push(&row(&line));
        }
        collector.finish()
    }

    /// Row `y`: one byte a sample, the samples of a pixel together; of 16 bits the upper half.
    fn row(&self, y: usize, line: &mut Vec<u8>) {
        line.clear();
        let together = if self.planes == 1 { self.channels() } else { 1 };
        let stride = (self.width * together * usize::from(self.depth)).div_ceil(8);
        let stored = |plane: usize| &self.data[(plane * self.height + y) * stride..][..stride];
        if self.planes == 1 {
            line.extend(bytes_of(stored(0), self.depth).take(self.width * together));
            return;
        }
        line.resize(self.width * self.channels(), 0);
        for plane in 0..self.channels().min(self.planes) {
            let samples = line.iter_mut().skip(plane).step_by(self.channels());
            samples
                .zip(bytes_of(stored(plane), self.depth))
                .for_each(|(to, from)| *to = from);
        }
    }

    fn full_range(&self, sample: u8) -> u8 {
        match self.depth {
            1 => sample * 255,
            2 => sample * 85,
            4 => sample * 17,
            _ => sample,
        }
    }

    /// Bits are 0 and 1 to peers, 16 bits are cut off at 255 (and refused where the file's byte order is the other).
    fn grey_compat(&self) -> Compat {
        let size = self.width * self.height;
        match self.depth {
            1 => {
                let mut collected = Vec::with_capacity(size);
                let mut line = Vec::new();
                for y in 0..self.height {
                    self.row(y, &mut line);
                    collected.extend_from_slice(&line);
                }
                Compat::Other(Raster::grey(self.width, self.height, collected))
            }
            16 if self.big_endian => Compat::Nothing,
            16 => {
                let clipped = |pair: &[u8; 2]| u16::from_ne_bytes(*pair).min(255) as u8;
                let taken = self.data.as_chunks().0.iter().take(size).map(clipped).collect();
                Compat::Other(Raster::grey(self.width, self.height, taken))
            }
            _ => Compat::Colours,
        }
    }

    /// A page whose last channel is (or is not) transparency.
    fn with_alpha<const N: usize>(&self, with: Layout, without: Layout) -> Raster {
        let pixels = |row: &[u8], each: fn([u8; N]) -> [u8; N], keep: usize| {
            let (row, _) = row.as_chunks::<N>();
            row.iter()
                .flat_map(|pixel| each(*pixel).into_iter().take(keep))
                .collect()
        };
        match self.extra {
            Some(UNSPECIFIED) => self.collect(without, &|row| pixels(row, |pixel| pixel, N - 1)),
            Some(PREMULTIPLIED) => self.collect(with, &|row| pixels(row, unmultiplied, N)),
            _ => self.collect(with, &|row| row.to_vec()),
        }
    }
}

fn bytes_of(stored: &[u8], depth: u8) -> impl Iterator<Item = u8> + '_ {
    let (step, per_byte) = match depth {
        16 => (2, 1),
        8 => (1, 1),
        _ => (1, usize::from(8 / depth)),
    };
    let mask = ((1u16 << depth.min(8)) - 1) as u8;
    stored.chunks_exact(step).flat_map(move |bytes| {
        (0..per_byte).map(move |i| match bytes {
            [a, b] => (u16::from_ne_bytes([*a, *b]) >> 8) as u8,
            _ => bytes[0] >> (8 - usize::from(depth) * (i + 1)) & mask,
        })
    })
}

fn unmultiplied<const N: usize>(pixel: [u8; N]) -> [u8; N] {
    let alpha = u32::from(pixel[N - 1]);
    if alpha == 0 {
        return pixel;
    }
    let mut out = pixel.map(|colour| (u32::from(colour) * 255 / alpha).min(255) as u8);
    out[N - 1] = pixel[N - 1];
    out
}

fn rgb_of_cmyk([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|ink| {
        let light = u32::from(255 - ink) * u32::from(255 - k);
        ((light + 127) / 255) as u8
    })
}

/// Full-range ITU-R BT.601, as in JFIF.
fn rgb_of_ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let [luma, blue, red] = [f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0];
    let colours = [
        luma + 1.402 * red,
        luma - 0.344_136 * blue - 0.714_136 * red,
        luma + 1.772 * blue,
    ];
    colours.map(|colour| (colour + 0.5).clamp(0.0, 255.0) as u8)
}
