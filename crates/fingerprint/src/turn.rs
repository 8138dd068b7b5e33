//! Small rotations of a grey picture.

use crate::grey::{Grey, GreyPicture};

/// The picture turned by `hundredths` of a degree, clockwise, about its centre, in a frame of the same size; what
/// comes from outside repeats the nearest pixel of the edge. Bilinear.
pub fn turned(picture: Grey<'_>, hundredths: i16) -> GreyPicture {
    let (width, height) = (picture.width(), picture.height());
    let (sin, cos) = (f64::from(hundredths) / 100.0).to_radians().sin_cos();
    let (cx, cy) = ((width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0);
    let mut data = Vec::with_capacity(width * height);
    for y in 0..height {
        let dy = y as f64 - cy;
        for x in 0..width {
            let dx = x as f64 - cx;
            let sx = (cx + cos * dx + sin * dy).clamp(0.0, width as f64 - 1.0);
            let sy = (cy - sin * dx + cos * dy).clamp(0.0, height as f64 - 1.0);
            let (x0, y0) = (sx as usize, sy as usize);
            let (x1, y1) = ((x0 + 1).min(width - 1), (y0 + 1).min(height - 1));
            let (fx, fy) = ((sx - x0 as f64) as f32, (sy - y0 as f64) as f32);
            let (upper, lower) = (picture.row(y0), picture.row(y1));
            let mix = |row: &[u8]| f32::from(row[x0]) * (1.0 - fx) + f32::from(row[x1]) * fx;
            data.push((mix(upper) * (1.0 - fy) + mix(lower) * fy + 0.5) as u8);
        }
    }
    GreyPicture {
        width: width as u32,
        height: height as u32,
        data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_turn_is_no_change_and_there_and_back_is_little() {
        let (w, h) = (90usize, 60usize);
        let data: Vec<u8> = (0..w * h)
            .map(|i| (128.0 + 100.0 * ((i % w) as f32 / 9.0).sin() * ((i / w) as f32 / 7.0).cos()) as u8)
            .collect();
        let picture = GreyPicture {
            width: w as u32,
            height: h as u32,
            data,
        };
        assert_eq!(turned(picture.view(), 0), picture);
        let back = turned(turned(picture.view(), 300).view(), -300);
        let inner = |p: &GreyPicture, x: usize, y: usize| i32::from(p.data[y * w + x]);
        let worst = (10..50).flat_map(|y| (10..80).map(move |x| (x, y)));
        assert!(
            worst
                .map(|(x, y)| (inner(&back, x, y) - inner(&picture, x, y)).abs())
                .max()
                .unwrap()
                < 25
        );
        // Clockwise: what was right of the centre goes down.
        let mut dot = vec![0u8; 41 * 41];
        dot[20 * 41 + 35] = 255;
        let moved = turned(Grey::new(&dot, 41, 41), 4500);
        let brightest = moved.data.iter().enumerate().max_by_key(|(_, v)| **v).unwrap().0;
        assert!(brightest / 41 > 25 && brightest % 41 > 25);
    }
}
