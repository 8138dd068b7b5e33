//! Resizing and blurring: one separable pass along each axis.

use crate::Picture;
use crate::math::exp;

/// For each output position the first input position and the weights, which sum to 1.
type Taps = Vec<(usize, Vec<f32>)>;

fn clamped(first: i64, weights: Vec<f32>, length: usize) -> (usize, Vec<f32>) {
    let last = length as i64 - 1;
    let start = first.clamp(0, last);
    let end = (first + weights.len() as i64 - 1).clamp(0, last);
    let mut inside = vec![0.0; (end - start + 1) as usize];
    let sum: f32 = weights.iter().sum();
    for (k, weight) in weights.into_iter().enumerate() {
        // The picture goes on beyond its edge with its last pixel.
        inside[((first + k as i64).clamp(0, last) - start) as usize] += weight / sum;
    }
    (start as usize, inside)
}

fn area_taps(from: usize, to: usize) -> Taps {
    let scale = from as f64 / to as f64;
    (0..to)
        .map(|i| {
            let (start, end) = (i as f64 * scale, (i + 1) as f64 * scale);
            let (first, last) = (start as usize, ((end - 1e-9) as usize).min(from - 1));
            let weights = (first..=last)
                .map(|k| (end.min((k + 1) as f64) - start.max(k as f64)) as f32)
                .collect();
            clamped(first as i64, weights, from)
        })
        .collect()
}

fn cubic_taps(from: usize, to: usize) -> Taps {
    let scale = from as f32 / to as f32;
    (0..to)
        .map(|i| {
            let centre = (i as f32 + 0.5) * scale - 0.5;
            let first = crate::math::floor(centre) - 1;
            let t = centre - (first + 1) as f32;
            // Catmull and Rom's spline.
            let weights = vec![
                t * (t * (1.0 - 0.5 * t) - 0.5),
                1.0 + t * t * (1.5 * t - 2.5),
                t * (0.5 + t * (2.0 - 1.5 * t)),
                t * t * (0.5 * t - 0.5),
            ];
            clamped(i64::from(first), weights, from)
        })
        .collect()
}

fn resize_taps(from: usize, to: usize) -> Taps {
    if to <= from {
        area_taps(from, to)
    } else {
        cubic_taps(from, to)
    }
}

fn blur_taps(length: usize, sigma: f32) -> Taps {
    let reach = (3.0 * sigma).ceil().max(1.0) as i64;
    let kernel: Vec<f32> = (-reach..=reach)
        .map(|k| exp(-((k * k) as f32) / (2.0 * sigma * sigma)))
        .collect();
    (0..length as i64)
        .map(|i| clamped(i - reach, kernel.clone(), length))
        .collect()
}

fn apply(picture: &Picture, columns: &Taps, rows: &Taps) -> Picture {
    let (from_width, width) = (picture.width as usize, columns.len());
    let mut narrow = vec![0f32; 3 * width * picture.height as usize];
    for (source, target) in picture
        .rgb
        .chunks_exact(3 * from_width)
        .zip(narrow.chunks_exact_mut(3 * width))
    {
        for ((first, weights), pixel) in columns.iter().zip(target.chunks_exact_mut(3)) {
            for (weight, p) in weights.iter().zip(source[3 * first..].chunks_exact(3)) {
                for channel in 0..3 {
                    pixel[channel] += weight * f32::from(p[channel]);
                }
            }
        }
    }
    let mut rgb = Vec::with_capacity(3 * width * rows.len());
    let mut sums = vec![0f32; 3 * width];
    for (first, weights) in rows {
        sums.fill(0.5);
        for (weight, source) in weights
            .iter()
            .zip(narrow[3 * width * first..].chunks_exact(3 * width))
        {
            for (sum, value) in sums.iter_mut().zip(source) {
                *sum += weight * value;
            }
        }
        rgb.extend(sums.iter().map(|&v| v as u8));
    }
    Picture {
        width: width as u32,
        height: rows.len() as u32,
        rgb,
    }
}

impl Picture {
    /// The picture in another size: the mean of the covered area where it shrinks, a cubic spline where it
    /// grows; sides of 0 become 1.
    pub fn resize(&self, width: u32, height: u32) -> Self {
        apply(
            self,
            &resize_taps(self.width as usize, width.max(1) as usize),
            &resize_taps(self.height as usize, height.max(1) as usize),
        )
    }

    /// The picture with both sides multiplied by `factor`.
    pub fn scale(&self, factor: f32) -> Self {
        self.resize(
            (self.width as f32 * factor).round() as u32,
            (self.height as f32 * factor).round() as u32,
        )
    }

    /// Resized and cropped at the longer side so that it fills a frame without distortion.
    pub fn cover(&self, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let factor = (width as f32 / self.width as f32).max(height as f32 / self.height as f32);
        let w = ((self.width as f32 * factor).round() as u32).max(width);
        let h = ((self.height as f32 * factor).round() as u32).max(height);
        self.resize(w, h)
            .crop((w - width) / 2, (h - height) / 2, width, height)
    }

    /// Blurred by a Gaussian of the given standard deviation in pixels.
    pub fn blur(&self, sigma: f32) -> Self {
        apply(
            self,
            &blur_taps(self.width as usize, sigma),
            &blur_taps(self.height as usize, sigma),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_colour_stays_one_colour() {
        let flat = Picture::filled(37, 23, [200, 7, 90]);
        for (w, h) in [(37, 23), (5, 3), (1, 1), (90, 60), (36, 24)] {
            assert_eq!(
                flat.resize(w, h),
                Picture::filled(w, h, [200, 7, 90]),
                "{w} x {h}"
            );
        }
        assert_eq!(flat.blur(1.7), flat);
    }

    #[test]
    fn halving_takes_the_mean_of_four() {
        let picture = Picture::from_fn(4, 2, |x, y| [(x * 40 + y * 10) as u8; 3]);
        assert_eq!(picture.resize(2, 1).rgb, [25, 25, 25, 105, 105, 105]);
        assert_eq!(picture.resize(4, 2), picture);
    }

    #[test]
    fn growing_and_shrinking_again_changes_little() {
        let picture = crate::photo(5, 96, 64);
        let back = picture.resize(192, 128).resize(96, 64);
        let worst = picture
            .rgb
            .iter()
            .zip(&back.rgb)
            .fold(0, |m, (a, b)| m.max(a.abs_diff(*b)));
        assert!(worst < 40, "{worst}");
    }
}
