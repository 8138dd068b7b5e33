//! Animations: which frames are looked at, how much work that may be, and the canvas on which they are composed.

use model::IncompleteReason;

use crate::raster::{Collector, Layout, Raster};
use crate::request::Limits;

/// The frames that are looked at: all of them, or `most` spread evenly from the first to the last.
pub(crate) fn sampled(total: u32, most: u32) -> Vec<u32> {
    let most = most.max(1);
    if total <= most {
        return (0..total).collect();
    }
    let steps = u64::from(most - 1).max(1);
    (0..most)
        .map(|i| (u64::from(i) * u64::from(total - 1) / steps) as u32)
        .collect()
}

/// Pixels that an animation may still paint. A later frame can only be composed from all before it, so a small file
/// with many frames on a large canvas is much work: as much is allowed as the sampled frames at the largest size.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
    frames: u32,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            left: limits.max_pixels.saturating_mul(limits.max_frames.max(1).into()),
            frames: 0,
        }
    }

    /// Takes a frame of that many pixels.
    ///
    /// # Errors
    /// The number of frames read so far, when it is too much.
    pub(crate) fn take(&mut self, pixels: u64) -> Result<(), IncompleteReason> {
        let limit = self.frames;
        self.left = self
            .left
            .checked_sub(pixels)
            .ok_or(IncompleteReason::Frames { limit })?;
        self.frames += 1;
        Ok(())
    }
}

/// What becomes of a frame's place before the next frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposal {
    Keep,
    Clear,
    Restore,
}

/// A frame's place on the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Place {
    pub(crate) fn pixels(&self) -> u64 {
        self.width as u64 * self.height as u64
    }
}

/// RGBA pixels, transparent at first, on which frames are composed. What lies outside is cut off.
#[derive(Debug)]
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
    disposal: Option<(Place, Disposal, Vec<[u8; 4]>)>,
}

/// `top` over `under`, both with their own transparency.
fn blend(top: [u8; 4], under: [u8; 4]) -> [u8; 4] {
    match (top[3], under[3]) {
        (255, _) | (_, 0) => top,
        (0, _) => under,
        (above, below) => {
            let (above, below) = (
                u32::from(above) * 255,
                u32::from(below) * (255 - u32::from(above)),
            );
            let all = above + below;
            let mix =
                |c: usize| ((u32::from(top[c]) * above + u32::from(under[c]) * below + all / 2) / all) as u8;
            [mix(0), mix(1), mix(2), ((all + 127) / 255) as u8]
        }
    }
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0; 4]; width * height],
            disposal: None,
        }
    }

    /// The rows of a place that lie on the canvas: for each, its number in the frame and the canvas pixels.
    fn rows(&mut self, place: Place) -> impl Iterator<Item = (usize, &mut [[u8; 4]])> {
        let (left, right) = (
            place.left.min(self.width),
            place.left.saturating_add(place.width).min(self.width),
        );
        self.pixels
            .chunks_exact_mut(self.width)
            .skip(place.top)
            .take(place.height)
            .enumerate()
            .map(move |(y, row)| (y, &mut row[left..right]))
    }

    /// Disposes of the frame before and draws the next one: `place.width · place.height` RGBA pixels, over what is
    /// there if `over`, else in its stead.
    pub(crate) fn draw(&mut self, place: Place, frame: &[u8], over: bool, disposal: Disposal) {
        self.dispose();
        let mut saved = Vec::new();
        let (frame, _) = frame.as_chunks::<4>();
        for (y, row) in self.rows(place) {
            if disposal == Disposal::Restore {
                saved.extend_from_slice(row);
            }
            let source = frame.get(y * place.width..).unwrap_or_default();
            for (pixel, new) in row.iter_mut().zip(source) {
                *pixel = if over { blend(*new, *pixel) } else { *new };
            }
        }
        self.disposal = Some((place, disposal, saved));
    }

    fn dispose(&mut self) {
        match self.disposal.take() {
            Some((place, Disposal::Clear, _)) => self.rows(place).for_each(|(_, row)| row.fill([0; 4])),
            Some((place, Disposal::Restore, saved)) => {
                let mut saved = saved.iter();
                for (_, row) in self.rows(place) {
                    row.iter_mut()
                        .zip(&mut saved)
                        .for_each(|(pixel, before)| *pixel = *before);
                }
            }
            _ => {}
        }
    }

    /// What is to be seen now.
    pub(crate) fn raster(&self) -> Raster {
        let mut collector = Collector::new(Layout::Rgba, self.width, self.height);
        collector.push(self.pixels.as_flattened());
        collector.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_run_from_the_first_to_the_last() {
        assert_eq!(sampled(0, 8), [0u32; 0]);
        assert_eq!(sampled(3, 8), [0, 1, 2]);
        assert_eq!(sampled(9, 8), [0, 1, 2, 3, 4, 5, 6, 8]);
        assert_eq!(sampled(100, 1), [0]);
        assert_eq!(sampled(100, 0), [0]);
        assert_eq!(sampled(u32::MAX, 3), [0, u32::MAX / 2, u32::MAX - 1]);
    }

    fn letters(canvas: &Canvas) -> Vec<u8> {
        canvas
            .pixels
            .iter()
            .map(|p| if p[3] == 0 { b'.' } else { p[0] })
            .collect()
    }

    #[test]
    fn frames_are_kept_cleared_and_restored() {
        let opaque = |letter: u8, n: usize| [letter, 0, 0, 255].repeat(n);
        let place = |left, top, width, height| Place {
            left,
            top,
            width,
            height,
        };
        let mut canvas = Canvas::new(3, 2);
        canvas.draw(place(0, 0, 3, 2), &opaque(b'a', 6), false, Disposal::Keep);
        canvas.draw(place(1, 0, 9, 1), &opaque(b'b', 9), false, Disposal::Restore);
        assert_eq!(letters(&canvas), b"abbaaa");
        canvas.draw(place(0, 1, 1, 1), &opaque(b'c', 1), false, Disposal::Clear);
        assert_eq!(letters(&canvas), b"aaacaa");
        canvas.draw(place(2, 1, 1, 1), &[b'd', 0, 0, 0], true, Disposal::Keep);
        assert_eq!(letters(&canvas), b"aaa.aa");
        canvas.draw(place(2, 1, 1, 1), &[b'd', 0, 0, 0], false, Disposal::Keep);
        canvas.draw(place(7, 7, 1, 1), &opaque(b'e', 1), false, Disposal::Restore);
        assert_eq!(letters(&canvas), b"aaa.a.");
    }

    #[test]
    fn half_transparent_over_opaque_is_the_middle() {
        assert_eq!(blend([200, 0, 0, 128], [0, 100, 0, 255]), [100, 50, 0, 255]);
        assert_eq!(blend([9, 9, 9, 0], [1, 2, 3, 4]), [1, 2, 3, 4]);
        assert_eq!(blend([9, 9, 9, 7], [1, 2, 3, 0]), [9, 9, 9, 7]);
    }

    #[test]
    fn the_budget_ends() {
        let mut budget = Budget::new(&Limits {
            max_pixels: 100,
            max_frames: 2,
            ..Limits::default()
        });
        assert_eq!(budget.take(150), Ok(()));
        assert_eq!(budget.take(51), Err(IncompleteReason::Frames { limit: 1 }));
    }
}
