//! Pixels between a decoder and the hashing: grey or RGB, with transparency beside them.

use model::HashMode;

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

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raster {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Pixels,
    /// One byte a pixel, 255 is opaque; `None` where all are.
    pub(crate) alpha: Option<Vec<u8>>,
}

/// Luma of RGB in fast mode: ITU-R BT.601 weights in 256ths. They differ from PDQ's by at most 0.5 of 255, which is
/// the size of the rounding to 8 bits.
pub(crate) fn luma(r: u8, g: u8, b: u8) -> u8 {
    ((77 * u16::from(r) + 150 * u16::from(g) + 29 * u16::from(b) + 128) >> 8) as u8
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
            pixels: Pixels::Grey(pixels),
            alpha: None,
        }
    }

    /// An RGB picture without transparency.
    pub(crate) fn rgb(width: usize, height: usize, pixels: Vec<u8>) -> Self {
        Self {
            width,
            height,
            pixels: Pixels::Rgb(pixels),
            alpha: None,
        }
    }

    /// The picture on a background of `ground` in every channel, without transparency.
    pub(crate) fn on(&self, ground: u8) -> Self {
        let flat = |channels: usize, pixels: &[u8], alpha: &[u8]| {
            pixels
                .chunks_exact(channels)
                .zip(alpha)
                .flat_map(|(pixel, alpha)| pixel.iter().map(|colour| over(*colour, *alpha, ground)))
                .collect()
        };
        let pixels = match (&self.pixels, &self.alpha) {
            (pixels, None) => pixels.clone(),
            (Pixels::Grey(pixels), Some(alpha)) => Pixels::Grey(flat(1, pixels, alpha)),
            (Pixels::Rgb(pixels), Some(alpha)) => Pixels::Rgb(flat(3, pixels, alpha)),
        };
        Self {
            width: self.width,
            height: self.height,
            pixels,
            alpha: None,
        }
    }

    /// The picture turned upright.
    pub(crate) fn upright(&self, orientation: Orientation) -> Self {
        let (width, height) = if orientation.swaps_sides() {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        let pixels = match &self.pixels {
            Pixels::Grey(pixels) => Pixels::Grey(orientation.apply::<1>(pixels, self.width, self.height)),
            Pixels::Rgb(pixels) => Pixels::Rgb(orientation.apply::<3>(pixels, self.width, self.height)),
        };
        Self {
            width,
            height,
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

/// Pixels of a picture that is hashed from its colours even in fast mode: it costs next to nothing, and with few pixels
/// under the filter the rounding of luma to 8 bits does not average out.
const SMALL: usize = 512 * 512;

/// Collects a raster row by row, and keeps of it only what the mode needs: luma in fast mode, colours in exact mode.
#[derive(Debug)]
pub(crate) struct Collector {
    layout: Layout,
    keep_colour: bool,
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    alpha: Vec<u8>,
}

impl Collector {
    /// A collector of `height` rows of `width` pixels in that layout. The caller has checked the size.
    pub(crate) fn new(mode: HashMode, layout: Layout, width: usize, height: usize) -> Self {
        let coloured = matches!(layout, Layout::Rgb | Layout::Rgba);
        let has_alpha = matches!(layout, Layout::GreyAlpha | Layout::Rgba);
        let size = width * height;
        let keep_colour = coloured && (mode == HashMode::Exact || size <= SMALL);
        Self {
            layout,
            keep_colour,
            width,
            height,
            pixels: Vec::with_capacity(if keep_colour { 3 * size } else { size }),
            alpha: Vec::with_capacity(if has_alpha { size } else { 0 }),
        }
    }

    /// Takes the next row (or several whole rows).
    pub(crate) fn push(&mut self, row: &[u8]) {
        match self.layout {
            Layout::Grey => self.pixels.extend_from_slice(row),
            Layout::GreyAlpha => {
                let (row, _) = row.as_chunks::<2>();
                self.pixels.extend(row.iter().map(|[grey, _]| grey));
                self.alpha.extend(row.iter().map(|[_, alpha]| alpha));
            }
            Layout::Rgb if self.keep_colour => self.pixels.extend_from_slice(row),
            Layout::Rgb => {
                let (row, _) = row.as_chunks::<3>();
                self.pixels.extend(row.iter().map(|[r, g, b]| luma(*r, *g, *b)));
            }
            Layout::Rgba => {
                let (row, _) = row.as_chunks::<4>();
                if self.keep_colour {
                    self.pixels
                        .extend(row.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]));
                } else {
                    self.pixels
                        .extend(row.iter().map(|[r, g, b, _]| luma(*r, *g, *b)));
                }
                self.alpha.extend(row.iter().map(|[.., alpha]| alpha));
            }
        }
    }

    /// The picture; rows that never came are 0.
    pub(crate) fn finish(mut self) -> Raster {
        let size = self.width * self.height;
        self.pixels
            .resize(if self.keep_colour { 3 * size } else { size }, 0);
        let has_alpha = matches!(self.layout, Layout::GreyAlpha | Layout::Rgba);
        self.alpha.resize(if has_alpha { size } else { 0 }, 255);
        let transparent = self.alpha.iter().any(|alpha| *alpha != 255);
        Raster {
            width: self.width,
            height: self.height,
            pixels: if self.keep_colour {
                Pixels::Rgb(self.pixels)
            } else {
                Pixels::Grey(self.pixels)
            },
            alpha: transparent.then_some(self.alpha),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_in_both_modes() {
        let rows: [(Layout, &[u8]); 4] = [
            (Layout::Grey, &[10, 20]),
            (Layout::GreyAlpha, &[10, 255, 20, 0]),
            (Layout::Rgb, &[10, 10, 10, 20, 20, 20]),
            (Layout::Rgba, &[10, 10, 10, 255, 20, 20, 20, 0]),
        ];
        for (layout, row) in rows {
            for mode in [HashMode::Fast, HashMode::Exact] {
                let mut collector = Collector::new(mode, layout, 2, 2);
                collector.push(row);
                collector.push(row);
                let raster = collector.finish();
                assert_eq!(*raster.to_luma(), [10, 20, 10, 20], "{layout:?} {mode:?}");
                let has_alpha = matches!(layout, Layout::GreyAlpha | Layout::Rgba);
                assert_eq!(raster.alpha.is_some(), has_alpha);
                assert_eq!(
                    *raster.on(255).to_luma(),
                    if has_alpha {
                        [10, 255, 10, 255]
                    } else {
                        [10, 20, 10, 20]
                    }
                );
            }
        }
    }

    #[test]
    fn luma_is_within_one_of_the_exact_weights() {
        for colour in 0..4096u32 {
            let [r, g, b] = [0, 4, 8].map(|shift| (colour >> shift & 15) as u8 * 17);
            let exact = 0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b);
            assert!((f32::from(luma(r, g, b)) - exact).abs() <= 1.0);
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
