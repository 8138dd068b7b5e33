//! Where in a picture the picture is: without uniform borders, or between uniform bands.
//!
//! Re-posts wear frames: black bars, white margins, a caption above, a phone's screen around. A frame is mostly one
//! colour. [`trim`] takes off sides that are all of it; [`panels`] finds the longest stretch of rows that are not
//! mostly of it, so that rows with words on the frame's ground still belong to the frame.

use model::Region;

use crate::grey::Grey;

/// How far a pixel may be from a colour to count as of that colour: re-encoding ripples.
const TOLERANCE: i32 = 14;

/// Smallest side that a trimmed picture or a panel may have, as a share of the picture's.
const MIN_SHARE: f64 = 0.2;

fn share_near(pixels: impl Iterator<Item = u8>, colour: u8) -> f64 {
    let (mut near, mut all) = (0u32, 0u32);
    for pixel in pixels {
        all += 1;
        near += u32::from((i32::from(pixel) - i32::from(colour)).abs() <= TOLERANCE);
    }
    f64::from(near) / f64::from(all.max(1))
}

/// The commonest colour, in steps of 8, of some pixels.
fn ground(pixels: impl Iterator<Item = u8>) -> u8 {
    let mut counts = [0u32; 32];
    let mut sums = [0u32; 32];
    for pixel in pixels {
        counts[usize::from(pixel) / 8] += 1;
        sums[usize::from(pixel) / 8] += u32::from(pixel);
    }
    let best = (0..32).max_by_key(|bin| counts[*bin]).unwrap_or(0);
    sums[best].checked_div(counts[best]).unwrap_or(0) as u8
}

fn column<'a>(picture: Grey<'a>, x: usize, rows: (usize, usize)) -> impl Iterator<Item = u8> + 'a {
    (rows.0..rows.1).map(move |y| picture.row(y)[x])
}

/// Rows and columns as a region; `None` when too little, or everything, is left.
fn region(picture: Grey<'_>, columns: (usize, usize), rows: (usize, usize)) -> Option<Region> {
    let (w, h) = (picture.width() as f64, picture.height() as f64);
    let region = Region::new(
        columns.0 as f64 / w,
        rows.0 as f64 / h,
        columns.1 as f64 / w,
        rows.1 as f64 / h,
    )
    .ok()?;
    (region.width() >= MIN_SHARE && region.height() >= MIN_SHARE && !region.is_full()).then_some(region)
}

/// The picture without uniform sides, each side with a colour of its own; `None` when there are none.
pub fn trim(picture: Grey<'_>) -> Option<Region> {
    let (w, h) = (picture.width(), picture.height());
    if w < 16 || h < 16 {
        return None;
    }
    const UNIFORM: f64 = 0.985;
    let row_is = |y: usize, colour: u8| share_near(picture.row(y).iter().copied(), colour) >= UNIFORM;
    let top_colour = ground(picture.row(0).iter().copied());
    let bottom_colour = ground(picture.row(h - 1).iter().copied());
    let top = (0..h).take_while(|y| row_is(*y, top_colour)).count();
    let bottom = h
        - (0..h - top.min(h))
            .take_while(|k| row_is(h - 1 - k, bottom_colour))
            .count();
    if top >= bottom {
        return None;
    }
    let rows = (top, bottom);
    let column_is = |x: usize, colour: u8| share_near(column(picture, x, rows), colour) >= UNIFORM;
    let left_colour = ground(column(picture, 0, rows));
    let right_colour = ground(column(picture, w - 1, rows));
    let left = (0..w).take_while(|x| column_is(*x, left_colour)).count();
    let right = w
        - (0..w - left.min(w))
            .take_while(|k| column_is(w - 1 - k, right_colour))
            .count();
    if left >= right {
        return None;
    }
    region(picture, (left, right), rows)
}

/// The longest run of `false`.
fn longest_gap(flags: &[bool]) -> Option<(usize, usize)> {
    let (mut best, mut start) = ((0, 0), 0);
    for (i, flag) in flags.iter().chain([&true]).enumerate() {
        if *flag {
            if i - start > best.1 - best.0 {
                best = (start, i);
            }
            start = i + 1;
        }
    }
    (best.1 > best.0).then_some(best)
}

/// Panels between bands of one ground colour: at most four, the largest first.
pub fn panels(picture: Grey<'_>) -> Vec<Region> {
    let (w, h) = (picture.width(), picture.height());
    if w < 16 || h < 16 {
        return Vec::new();
    }
    // The colours that a frame may have: those of the outermost rows and columns, and of the whole.
    let mut colours = vec![
        ground(picture.row(0).iter().copied()),
        ground(picture.row(h - 1).iter().copied()),
        ground(column(picture, 0, (0, h))),
        ground(column(picture, w - 1, (0, h))),
        ground((0..h).flat_map(|y| picture.row(y).iter().copied())),
    ];
    colours.sort_unstable();
    colours.dedup_by(|a, b| a.abs_diff(*b) <= 6);
    let mut found: Vec<Region> = Vec::new();
    for colour in colours {
        for row_share in [0.5, 0.75] {
            let flat_rows: Vec<bool> = (0..h)
                .map(|y| share_near(picture.row(y).iter().copied(), colour) >= row_share)
                .collect();
            let Some(rows) = longest_gap(&flat_rows) else {
                continue;
            };
            let flat_columns: Vec<bool> = (0..w)
                .map(|x| share_near(column(picture, x, rows), colour) >= 0.9)
                .collect();
            let Some(columns) = longest_gap(&flat_columns) else {
                continue;
            };
            found.extend(region(picture, columns, rows));
        }
    }
    found.sort_by(|a, b| b.area().total_cmp(&a.area()).then_with(|| a.cmp(b)));
    found.dedup();
    found.truncate(4);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A busy picture of 100×80 pasted at (left, top) into a frame.
    fn framed(w: usize, h: usize, left: usize, top: usize, ground: u8) -> Vec<u8> {
        let mut data = vec![ground; w * h];
        for y in 0..80 {
            for x in 0..100 {
                let v = (x as f32 / 5.0).sin() * (y as f32 / 6.0).cos() * 80.0 + (x as f32 - y as f32) / 3.0;
                data[(top + y) * w + left + x] = (128.0 + v) as u8;
            }
        }
        data
    }

    fn near(region: &Region, want: [f64; 4]) -> bool {
        region
            .edges()
            .iter()
            .zip(want)
            .all(|(a, b)| (a - b).abs() < 0.025)
    }

    #[test]
    fn borders_of_any_colour_are_trimmed() {
        for ground in [0u8, 60, 255] {
            let data = framed(140, 120, 20, 30, ground);
            let region = trim(Grey::new(&data, 140, 120)).unwrap();
            assert!(
                near(&region, [20.0 / 140.0, 0.25, 120.0 / 140.0, 110.0 / 120.0]),
                "{region}"
            );
        }
        let bare = framed(100, 80, 0, 0, 0);
        assert_eq!(trim(Grey::new(&bare, 100, 80)), None);
        assert_eq!(trim(Grey::new(&[9; 6400], 80, 80)), None);
    }

    #[test]
    fn a_caption_with_words_is_no_part_of_the_panel() {
        let mut data = framed(100, 120, 0, 30, 255);
        for y in 8..22 {
            for x in (10..90).filter(|x| x % 5 < 2) {
                data[y * 100 + x] = 0;
            }
        }
        let view = Grey::new(&data, 100, 120);
        assert_eq!(trim(view).map(|region| region.edges()[1] < 0.1), Some(true));
        assert!(
            panels(view)
                .iter()
                .any(|region| near(region, [0.0, 0.25, 1.0, 110.0 / 120.0]))
        );
    }

    #[test]
    fn tiny_pictures_have_no_layout() {
        assert_eq!(trim(Grey::new(&[0; 100], 10, 10)), None);
        assert!(panels(Grey::new(&[0; 100], 10, 10)).is_empty());
    }
}
