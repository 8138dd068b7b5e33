//! A picture as it is handed to a program that reads text: grey, upright, opaque, and of a size at which letters are read
//! best.

use fingerprint::grey::{self, GreyPicture};

use crate::raster::Raster;
use crate::reading::Reading;

/// Pixels that a picture has at most when text is looked for in it; a larger one is shrunk.
const MOST_PIXELS: usize = 4_000_000;
/// Pixels that may be handed on: the rounding of a side may add half a row.
#[cfg(any(test, target_os = "linux"))]
pub(crate) const MOST_BYTES: usize = MOST_PIXELS + MOST_SIDE;
/// Pixels of either side at most: Tesseract counts them in 16 bits.
pub(crate) const MOST_SIDE: usize = 16_000;
/// Pixels of a picture that is doubled: in screenshots and small copies, letters of ten pixels are read with half as many
/// errors then.
const SMALL: usize = MOST_PIXELS / 4;
/// Pixels of the shorter side of a picture in which no letter can be told.
const ILLEGIBLE: usize = 8;
/// Levels of grey between the darkest and the lightest pixel, below which a ground hides whatever stands on it.
const CONTRAST: u8 = 24;

const WHITE: u8 = 255;
const BLACK: u8 = 0;

/// The picture, unless it is too small for a letter.
pub(crate) fn grey(reading: &Reading) -> Option<GreyPicture> {
    let raster = reading.detail.as_ref().unwrap_or(&reading.raster);
    let (width, height) = (raster.width, raster.height);
    if width.min(height) < ILLEGIBLE {
        return None;
    }
    let luma = luma(raster);
    let picture = if width * height <= SMALL && 2 * width.max(height) <= MOST_SIDE {
        Raster::grey(2 * width, 2 * height, doubled(&luma, width, height))
    } else {
        let small = grey::shrink(&luma, width, height, longer_side(width, height));
        Raster::grey(small.width as usize, small.height as usize, small.data)
    };
    let upright = picture.upright(reading.orientation);
    Some(GreyPicture {
        // At most `MOST_SIDE`.
        width: upright.width as u32,
        height: upright.height as u32,
        data: upright.to_luma().into_owned(),
    })
}

/// Transparency is flattened onto white, or onto black where all is white then.
fn luma(raster: &Raster) -> Vec<u8> {
    let on_white = raster.on(WHITE).to_luma().into_owned();
    if raster.alpha.is_none() {
        return on_white;
    }
    let (darkest, lightest) = on_white
        .iter()
        .fold((WHITE, BLACK), |(darkest, lightest), pixel| {
            (darkest.min(*pixel), lightest.max(*pixel))
        });
    if lightest.saturating_sub(darkest) >= CONTRAST {
        on_white
    } else {
        raster.on(BLACK).to_luma().into_owned()
    }
}

/// Pixels of the longer side, so that neither limit is passed.
fn longer_side(width: usize, height: usize) -> usize {
    let (longer, shorter) = (width.max(height), width.min(height));
    // longer × (longer · shorter ÷ longer of the original) ≤ limit.
    let by_area = (MOST_PIXELS as f64 * longer as f64 / shorter as f64).sqrt() as usize;
    longer.min(by_area).clamp(1, MOST_SIDE)
}

/// Twice as many pixels in each direction, each a mean of those around its place: three parts of the nearer one, one of
/// the farther one.
fn doubled(luma: &[u8], width: usize, height: usize) -> Vec<u8> {
    let near = |place: usize, most: usize| {
        let here = place / 2;
        let beside = if place.is_multiple_of(2) {
            here.saturating_sub(1)
        } else {
            (here + 1).min(most - 1)
        };
        (here, beside)
    };
    let mut out = Vec::with_capacity(4 * width * height);
    for y in 0..2 * height {
        let (here, beside) = near(y, height);
        let row = |y: usize| &luma[y * width..(y + 1) * width];
        let column: Vec<u32> = row(here)
            .iter()
            .zip(row(beside))
            .map(|(here, beside)| 3 * u32::from(*here) + u32::from(*beside))
            .collect();
        out.extend((0..2 * width).map(|x| {
            let (here, beside) = near(x, width);
            // Sixteen parts in all.
            ((3 * column[here] + column[beside] + 8) / 16) as u8
        }));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::orientation::Orientation;
    use crate::raster::Pixels;

    #[test]
    fn white_letters_on_nothing_are_seen() {
        let mut alpha = vec![0; 64];
        alpha[9] = 255;
        let raster = Raster {
            alpha: Some(alpha),
            pixels: Pixels::Grey(vec![255; 64]),
            ..Raster::grey(8, 8, Vec::new())
        };
        let picture = grey(&Reading::first(raster)).unwrap();
        assert!(picture.data.contains(&0) && picture.data.iter().any(|pixel| *pixel > 100));
    }

    #[test]
    fn turned_pictures_are_upright() {
        let reading = Reading {
            orientation: Orientation::from_exif(
                b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
            ),
            ..Reading::first(Raster::grey(20, 10, vec![0; 200]))
        };
        let picture = grey(&reading).unwrap();
        assert_eq!((picture.width, picture.height), (20, 40));
    }

    proptest! {
        #[test]
        fn no_picture_is_larger_than_may_be(width in 1..100_000usize, height in 1..100_000usize) {
            let side = longer_side(width, height);
            let longer = width.max(height);
            let shorter = ((width.min(height) * side + longer / 2) / longer).max(1);
            prop_assert!(side <= MOST_SIDE && side * shorter <= MOST_BYTES);
            // And none is smaller than it must be.
            let fits = width * height <= MOST_PIXELS && width.max(height) <= MOST_SIDE;
            prop_assert_eq!(fits, side == width.max(height));
        }

        #[test]
        fn doubling_keeps_the_mean_and_the_range(luma in prop::collection::vec(any::<u8>(), 12 * 9)) {
            let doubled = doubled(&luma, 12, 9);
            prop_assert_eq!(doubled.len(), 4 * luma.len());
            let mean = |all: &[u8]| all.iter().map(|pixel| f64::from(*pixel)).sum::<f64>() / all.len() as f64;
            prop_assert!((mean(&doubled) - mean(&luma)).abs() < 0.6);
            prop_assert!(doubled.iter().max() <= luma.iter().max() && doubled.iter().min() >= luma.iter().min());
        }
    }
}
