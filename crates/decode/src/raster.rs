//! Pixels between a decoder and the hashing: grey or RGB, with transparency beside them.

use crate::orientation::Orientation;

/// How the bytes of a row that a decoder hands over are laid out; 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

/// The colours of a raster, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pixels {
    /// One byte a pixel.
    Grey(Vec<u8>),
    /// Three bytes a pixel.
    Rgb(Vec<u8>),
}

/// The picture that a smaller one was averaged from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shrunk {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Pixels of a side of a cell; the cells at the right and lower edges may be cut.
    pub(crate) cell: usize,
}

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raster {
    /// Columns of `pixels`.
    pub(crate) width: usize,
    /// Rows of `pixels`.
    pub(crate) height: usize,
    /// Width and height of the picture that each pixel here averages a square cell of, where that is not this one.
    pub(crate) shrunk_from: Option<Shrunk>,
    pub(crate) pixels: Pixels,
    /// One byte a pixel, 255 is opaque; `None` where all are.
    pub(crate) alpha: Option<Vec<u8>>,
}

/// Luma of RGB by PDQ's weights (ITU-R BT.601), rounded.
fn luma(r: u8, g: u8, b: u8) -> u8 {
    ((19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b) + 32_768) >> 16) as u8
}

/// `colour` at `alpha` on a background of `ground`.
fn over(colour: u8, alpha: u8, ground: u8) -> u8 {
    let (colour, alpha, ground) = (u32::from(colour), u32::from(alpha), u32::from(ground));
    ((colour * alpha + ground * (255 - alpha) + 127) / 255) as u8
}

impl Raster {
    /// A grey picture without transparency.
    pub(crate) fn grey(width: usize, height: usize, pixels: Vec<u8>) -> Self {
        Self {
            width,
            height,
            shrunk_from: None,
            pixels: Pixels::Grey(pixels),
            alpha: None,
        }
    }

    /// An RGB picture without transparency.
    pub(crate) fn rgb(width: usize, height: usize, pixels: Vec<u8>) -> Self {
        Self {
            width,
            height,
            shrunk_from: None,
            pixels: Pixels::Rgb(pixels),
            alpha: None,
        }
    }

    /// Width and height of the picture itself.
    pub(crate) fn size(&self) -> (usize, usize) {
        self.shrunk_from
            .map_or((self.width, self.height), |from| (from.width, from.height))
    }

    /// The picture on a background of `ground` in every channel, without transparency.
    pub(crate) fn on(&self, ground: u8) -> Self {
        let flat = |channels: usize, pixels: &[u8], alpha: &[u8]| {
            let mut pixels = pixels.to_vec();
            for (pixel, alpha) in pixels.chunks_exact_mut(channels).zip(alpha) {
                if *alpha != 255 {
                    pixel
                        .iter_mut()
                        .for_each(|colour| *colour = over(*colour, *alpha, ground));
                }
            }
            pixels
        };
        let pixels = match (&self.pixels, &self.alpha) {
            (pixels, None) => pixels.clone(),
            (Pixels::Grey(pixels), Some(alpha)) => Pixels::Grey(flat(1, pixels, alpha)),
            (Pixels::Rgb(pixels), Some(alpha)) => Pixels::Rgb(flat(3, pixels, alpha)),
        };
        Self {
            width: self.width,
            height: self.height,
            shrunk_from: self.shrunk_from,
            pixels,
            alpha: None,
        }
    }

    /// The picture turned upright.
    pub(crate) fn upright(&self, orientation: Orientation) -> Self {
        let (width, height) = orientation.turned(self.width, self.height);
        let pixels = match &self.pixels {
            Pixels::Grey(pixels) => Pixels::Grey(orientation.apply::<1>(pixels, self.width, self.height)),
            Pixels::Rgb(pixels) => Pixels::Rgb(orientation.apply::<3>(pixels, self.width, self.height)),
        };
        Self {
            width,
            height,
            shrunk_from: self.shrunk_from.map(|from| {
                let (width, height) = orientation.turned(from.width, from.height);
                Shrunk {
                    width,
                    height,
                    ..from
                }
            }),
            pixels,
            alpha: self
                .alpha
                .as_ref()
                .map(|alpha| orientation.apply::<1>(alpha, self.width, self.height)),
        }
    }

    /// The luma of the colours, one byte a pixel.
    pub(crate) fn to_luma(&self) -> std::borrow::Cow<'_, [u8]> {
        match &self.pixels {
            Pixels::Grey(pixels) => pixels.into(),
            Pixels::Rgb(pixels) => {
                let (pixels, _) = pixels.as_chunks::<3>();
                pixels.iter().map(|[r, g, b]| luma(*r, *g, *b)).collect()
            }
        }
    }
}

/// Collects a raster row by row.
#[derive(Debug)]
pub(crate) struct Collector {
    layout: Layout,
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    alpha: Vec<u8>,
}

impl Collector {
    /// A collector of `height` rows of `width` pixels in that layout. The caller has checked the size.
    pub(crate) fn new(layout: Layout, width: usize, height: usize) -> Self {
        let mut collector = Self {
            layout,
            width,
            height,
            pixels: Vec::new(),
            alpha: Vec::new(),
        };
        collector.pixels.reserve_exact(collector.size());
        if collector.has_alpha() {
            collector.alpha.reserve_exact(width * height);
        }
        collector
    }

    const fn has_alpha(&self) -> bool {
        matches!(self.layout, Layout::GreyAlpha | Layout::Rgba)
    }

    const fn is_grey(&self) -> bool {
        matches!(self.layout, Layout::Grey | Layout::GreyAlpha)
    }

    /// Bytes of the colours.
    const fn size(&self) -> usize {
        let channels = if self.is_grey() { 1 } else { 3 };
        channels * self.width * self.height
    }

    /// Takes the next row (or several whole rows).
    pub(crate) fn push(&mut self, row: &[u8]) {
        match self.layout {
            Layout::Grey | Layout::Rgb => self.pixels.extend_from_slice(row),
            Layout::GreyAlpha => {
                let (row, _) = row.as_chunks::<2>();
                self.pixels.extend(row.iter().map(|[grey, _]| grey));
                self.alpha.extend(row.iter().map(|[_, alpha]| alpha));
            }
            Layout::Rgba => {
                let (row, _) = row.as_chunks::<4>();
                self.pixels
                    .extend(row.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]));
                self.alpha.extend(row.iter().map(|[.., alpha]| alpha));
            }
        }
    }

    /// The picture; rows that never came are 0.
    pub(crate) fn finish(mut self) -> Raster {
        self.pixels.resize(self.size(), 0);
        if self.has_alpha() {
            self.alpha.resize(self.width * self.height, 255);
        }
        let transparent = self.alpha.iter().any(|alpha| *alpha != 255);
        Raster {
            width: self.width,
            height: self.height,
            shrunk_from: None,
            pixels: if self.is_grey() {
                Pixels::Grey(self.pixels)
            } else {
                Pixels::Rgb(self.pixels)
            },
            alpha: transparent.then_some(self.alpha),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout() {
        let rows: [(Layout, &[u8]); 4] = [
            (Layout::Grey, &[10, 20]),
            (Layout::GreyAlpha, &[10, 255, 20, 0]),
            (Layout::Rgb, &[10, 10, 10, 20, 20, 20]),
            (Layout::Rgba, &[10, 10, 10, 255, 20, 20, 20, 0]),
        ];
        for (layout, row) in rows {
            let mut collector = Collector::new(layout, 2, 2);
            collector.push(row);
            collector.push(row);
            let has_alpha = collector.has_alpha();
            let raster = collector.finish();
            assert_eq!(*raster.to_luma(), [10, 20, 10, 20], "{layout:?}");
            assert_eq!(raster.alpha.is_some(), has_alpha);
            let below = if has_alpha { 255 } else { 20 };
            assert_eq!(*raster.on(255).to_luma(), [10, below, 10, below]);
        }
    }

    #[test]
    fn luma_is_rounded_from_the_exact_weights() {
        for colour in 0..4096u32 {
            let [r, g, b] = [0, 4, 8].map(|shift| (colour >> shift & 15) as u8 * 17);
            let exact = 0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b);
            assert!((f32::from(luma(r, g, b)) - exact).abs() <= 0.51);
        }
        assert_eq!((luma(0, 0, 0), luma(255, 255, 255), luma(9, 9, 9)), (0, 255, 9));
    }

    #[test]
    fn opaque_and_transparent_are_what_they_say() {
        for colour in [0, 1, 128, 255] {
            assert_eq!(over(colour, 255, 77), colour);
            assert_eq!(over(colour, 0, 77), 77);
        }
        assert_eq!(over(0, 128, 255), 127);
    }
}
