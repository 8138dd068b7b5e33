//! 8-bit luma: views, pictures and thumbnails.

use crate::sample::{self, Kernel};

/// A view of 8-bit luma, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Grey<'a> {
    data: &'a [u8],
    width: usize,
    height: usize,
}

impl<'a> Grey<'a> {
    /// Views `width · height` bytes, row by row without padding.
    ///
    /// # Panics
    /// If there are fewer bytes.
    pub fn new(data: &'a [u8], width: usize, height: usize) -> Self {
        assert!(
            data.len() >= width * height,
            "{} bytes are too few for {width}×{height}",
            data.len()
        );
        Self { data, width, height }
    }

    /// Width in pixels.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// Row `y`, `width` bytes.
    ///
    /// # Panics
    /// If `y` is not below the height.
    pub fn row(&self, y: usize) -> &'a [u8] {
        &self.data[y * self.width..][..self.width]
    }
}

/// A picture of 8-bit luma that owns its pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GreyPicture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width · height` bytes, row by row.
    pub data: Vec<u8>,
}

impl GreyPicture {
    /// The view.
    pub fn view(&self) -> Grey<'_> {
        Grey::new(&self.data, self.width as usize, self.height as usize)
    }
}

/// Shrinks luma by area average so that its longer side is at most `max_side`; a smaller picture is copied.
///
/// # Panics
/// If there are fewer than `width · height` bytes, or a side or `max_side` is 0.
pub fn shrink(luma: &[u8], width: usize, height: usize, max_side: usize) -> GreyPicture {
    let view = Grey::new(luma, width, height);
    assert!(width > 0 && height > 0 && max_side > 0, "a picture has pixels");
    let longer = width.max(height);
    if longer <= max_side {
        return GreyPicture {
            width: width as u32,
            height: height as u32,
            data: luma[..width * height].to_vec(),
        };
    }
    let side = |n: usize| ((n * max_side + longer / 2) / longer).max(1);
    let (columns, rows) = (
        Kernel::area(width, side(width)),
        Kernel::area(height, side(height)),
    );
    let samples = sample::resample(view, &rows, &columns);
    GreyPicture {
        width: side(width) as u32,
        height: side(height) as u32,
        data: samples.iter().map(|value| (value + 0.5) as u8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_stays_flat_and_sides_keep_their_ratio() {
        for value in [0u8, 1, 127, 254, 255] {
            let thumb = shrink(&vec![value; 1001 * 300], 1001, 300, 128);
            assert_eq!((thumb.width, thumb.height), (128, 38));
            assert!(thumb.data.iter().all(|pixel| *pixel == value));
        }
        assert_eq!(shrink(&[9; 6], 3, 2, 128).data, [9; 6]);
        assert_eq!(shrink(&vec![7; 5000], 5000, 1, 100).height, 1);
    }
}
