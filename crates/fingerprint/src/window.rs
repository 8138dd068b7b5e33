//! PDQ of a rectangle within a picture, and the windows that are tried.

use model::Region;

use crate::grey::Grey;
use crate::pdq::{self, Pdq};
use crate::sample::{Kernel, resample};

/// PDQ of a region of a grey picture, as if the region were a picture of its own.
///
/// The whole of a thumbnail gives the hash of the picture that it was made from within a few bits.
///
/// ```
/// use basira_fingerprint::{grey::Grey, window};
/// use model::Region;
/// let pixels: Vec<u8> = (0..256 * 192_u64).map(|i| (i * i / 97 % 256) as u8).collect();
/// let print = window::hash(Grey::new(&pixels, 256, 192), &Region::new(0.1, 0.0, 0.9, 1.0)?);
/// assert!(print.quality().get() <= 100);
/// # Ok::<(), model::RegionError>(())
/// ```
pub fn hash(picture: Grey<'_>, region: &Region) -> Pdq {
    match samples(picture, region) {
        Some(samples) => pdq::of_samples(&samples),
        None => pdq::fast(&[], 0, 0),
    }
}

/// The 64×64 samples of a region, row by row, 0 to 255; `None` when it has a side of fewer than
/// [`pdq::MIN_SIDE`] pixels.
pub fn samples(picture: Grey<'_>, region: &Region) -> Option<Vec<f32>> {
    let [left, top, right, bottom] = region.edges();
    let (width, height) = (picture.width() as f64, picture.height() as f64);
    if (right - left) * width < pdq::MIN_SIDE as f64 || (bottom - top) * height < pdq::MIN_SIDE as f64 {
        return None;
    }
    let columns = Kernel::window(picture.width(), left * width, (right * width).min(width));
    let rows = Kernel::window(picture.height(), top * height, (bottom * height).min(height));
    Some(resample(picture, &rows, &columns))
}

/// Windows of the given widths and heights (in percent), each at `positions` evenly spaced places along each axis
/// that it does not fill.
fn grid(widths: &[u32], heights: &[u32], positions: u32) -> Vec<Region> {
    let places = |size: u32| -> Vec<f64> {
        let steps = if size == 100 { 1 } else { positions };
        (0..steps)
            .map(|i| f64::from((100 - size) * i) / f64::from(100 * (steps - 1).max(1)))
            .collect()
    };
    let mut out = Vec::new();
    for (w, h) in widths.iter().flat_map(|w| heights.iter().map(move |h| (*w, *h))) {
        for left in places(w) {
            for top in places(h) {
                let (right, bottom) = (left + f64::from(w) / 100.0, top + f64::from(h) / 100.0);
                // Sizes are at most 100 % and places end at 100 % less the size, so the edges are in order.
                out.extend(
                    Region::new(left, top, right.min(1.0), bottom.min(1.0))
                        .ok()
                        .filter(|r| !r.is_full()),
                );
            }
        }
    }
    out
}

/// Version of [`entry_windows`]; stored hashes of windows are only compared under the version that made them.
pub const ENTRY_WINDOWS_VERSION: u16 = 1;

/// The windows of banked pictures whose hashes are kept: what is left of a picture after usual crops.
pub fn entry_windows() -> Vec<Region> {
    let mut out = grid(&[90], &[90], 3);
    out.extend(grid(&[80], &[80], 2));
    out.extend(grid(&[100], &[88, 75, 60, 50, 42], 2));
    out.extend(grid(&[88, 80, 65], &[100], 2));
    out.extend(
        [0.025, 0.1, 0.15, 0.2]
            .iter()
            .filter_map(|b| Region::new(*b, *b, 1.0 - b, 1.0 - b).ok()),
    );
    out
}

/// The few windows of a query that are always looked at: the picture without a band or a rim.
pub fn few_query_windows() -> Vec<Region> {
    let mut out = grid(&[100], &[90, 80, 65, 50, 42], 2);
    out.extend(grid(&[90, 80, 65], &[100], 2));
    out.extend(
        [0.04, 0.1, 0.16]
            .iter()
            .filter_map(|b| Region::new(*b, *b, 1.0 - b, 1.0 - b).ok()),
    );
    out.extend(grid(&[70], &[70], 2));
    out
}

/// All windows of a query that the full tier looks at.
pub fn all_query_windows() -> Vec<Region> {
    let mut out = grid(&[100, 88, 76, 60], &[100, 88, 76, 64, 52, 40], 4);
    out.extend(
        [0.04, 0.08, 0.16]
            .iter()
            .filter_map(|b| Region::new(*b, *b, 1.0 - b, 1.0 - b).ok()),
    );
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::grey::shrink;

    #[test]
    fn windows_are_distinct_and_of_the_promised_number() {
        for (windows, n) in [
            (entry_windows(), 33..=33),
            (few_query_windows(), 23..=23),
            (all_query_windows(), 240..=280),
        ] {
            assert!(n.contains(&windows.len()), "{}", windows.len());
            assert_eq!(windows.iter().collect::<HashSet<_>>().len(), windows.len());
        }
    }

    #[test]
    fn a_thumbnail_has_nearly_the_hash_of_its_picture() {
        let (w, h) = (1200usize, 900usize);
        for seed in 1..6u32 {
            let luma: Vec<u8> = (0..w * h)
                .map(|i| {
                    let (x, y, s) = ((i % w) as f32, (i / w) as f32, seed as f32);
                    let v = (x / (31.0 + s)).sin() * (y / (57.0 - s)).cos() + ((x * s + y) / 83.0).sin();
                    (128.0 + 50.0 * v) as u8
                })
                .collect();
            let whole = pdq::fast(&luma, w, h);
            let thumb = shrink(&luma, w, h, 256);
            let distance = whole.hash().distance(&hash(thumb.view(), &Region::FULL).hash());
            assert!(distance <= 10, "{distance}");
        }
    }
}
