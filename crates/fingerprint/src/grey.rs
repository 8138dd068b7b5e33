//! 8-bit luma: views, pictures and thumbnails.

use crate::sample::{self, BytesOfRgb, Kernel};

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
    let Some((rows, columns)) = kernels(width, height, max_side) else {
        return GreyPicture {
            width: width as u32,
            height: height as u32,
            data: luma[..width * height].to_vec(),
        };
    };
    picture(&rows, &columns, sample::bytes(view, &rows, &columns))
}

/// Shrinks the luma of interleaved RGB (3 bytes a pixel) like [`shrink`], with the weights of red, green and blue,
/// without a luma plane of full size, while its rows come by. None if the picture is small enough already.
///
/// # Panics
/// If a side or `max_side` is 0.
pub fn shrink_rgb(
    rgb: &[u8],
    width: usize,
    height: usize,
    max_side: usize,
    luma: [f32; 3],
) -> Option<Shrinking<'_>> {
    let (rows, columns) = kernels(width, height, max_side)?;
    Some(Shrinking {
        width: columns.outputs() as u32,
        height: rows.outputs() as u32,
        bytes: BytesOfRgb::new(rgb, width, rows, columns, luma),
    })
}

/// A picture that is being shrunk (see [`shrink_rgb`]).
pub struct Shrinking<'a> {
    width: u32,
    height: u32,
    bytes: BytesOfRgb<'a>,
}

impl Shrinking<'_> {
    /// Goes on as far as the first `there` rows allow.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn go_on(&mut self, there: usize) {
        self.bytes.go_on(there);
    }

    /// The small picture.
    ///
    /// # Panics
    /// If there are fewer than `3 · width · height` bytes.
    pub fn finish(self) -> GreyPicture {
        GreyPicture {
            width: self.width,
            height: self.height,
            data: self.bytes.finish(),
        }
    }
}

/// The kernels of rows and columns that shrink a picture; none if its sides are short enough.
fn kernels(width: usize, height: usize, max_side: usize) -> Option<(Kernel, Kernel)> {
    assert!(width > 0 && height > 0 && max_side > 0, "a picture has pixels");
    let longer = width.max(height);
    let side = |n: usize| ((n * max_side + longer / 2) / longer).max(1);
    (longer > max_side).then(|| {
        (
            Kernel::area(height, side(height)),
            Kernel::area(width, side(width)),
        )
    })
}

fn picture(rows: &Kernel, columns: &Kernel, data: Vec<u8>) -> GreyPicture {
    GreyPicture {
        width: columns.outputs() as u32,
        height: rows.outputs() as u32,
        data,
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
