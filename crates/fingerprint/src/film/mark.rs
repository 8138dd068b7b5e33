//! What never changes in a film whose pictures do: a logo, a name, a frame around them. It is covered by what lies around
//! it, so that a film that was marked and the same film unmarked have like hashes.

use model::Region;

/// Frames of a sample that tell what never changes, at least.
pub(super) const LEAST_SAMPLE: usize = 4;
/// Share of the picture that a mark covers at least and at most, in thousandths. What covers more is the scene.
const SHARE: std::ops::RangeInclusive<usize> = 2..=350;
/// Values by which the pixels of a mark differ from what covers them, on the average.
const LEAST_APART: u64 = 10;
/// Pixels around a mark that its edges colour.
const HALO: usize = 3;
/// Pixels around a pixel from which it is covered; where all of these are covered too, four times as many.
const AROUND: usize = 12;

/// The pixels that never change, with a halo; `None` where there are none, or too many. What lies outside the bars of a
/// letterbox does not count.
pub(super) fn find(
    still: &[bool],
    width: usize,
    height: usize,
    inside: Option<&Region>,
) -> Option<Vec<bool>> {
    let [left, top, right, bottom] = inside.unwrap_or(&Region::FULL).edges();
    let columns = (left * width as f64).ceil() as usize..(right * width as f64) as usize;
    let rows = (top * height as f64).ceil() as usize..(bottom * height as f64) as usize;
    let is_mark = |at: usize| still[at] && columns.contains(&(at % width)) && rows.contains(&(at / width));
    let mark: Vec<bool> = (0..still.len()).map(is_mark).collect();
    let all = columns.len() * rows.len();
    let share = 1000 * mark.iter().filter(|it| **it).count() / all.max(1);
    if !SHARE.contains(&share) {
        return None;
    }
    let near = Sums::of(width, mark.iter().map(|it| u32::from(*it)));
    Some((0..still.len()).map(|at| near.around(at, HALO) > 0).collect())
}

/// A frame with the mark covered: each of its pixels is the mean of the pixels around it that are none of the mark's.
pub(super) fn cover(luma: &[u8], mark: &[bool], width: usize) -> Vec<u8> {
    let open = |at: usize| u32::from(!mark[at]);
    let count = Sums::of(width, (0..luma.len()).map(open));
    let light = Sums::of(width, (0..luma.len()).map(|at| open(at) * u32::from(luma[at])));
    let mut covered = luma.to_vec();
    for (at, pixel) in covered.iter_mut().enumerate().filter(|(at, _)| mark[*at]) {
        let wide = [AROUND, 4 * AROUND]
            .into_iter()
            .find(|by| count.around(at, *by) > 0);
        if let Some(by) = wide {
            *pixel = (light.around(at, by) / count.around(at, by)) as u8;
        }
    }
    covered
}

/// Whether a mark is worth covering: a sky never changes either, and covered it looks as it does.
pub(super) fn stands_out(luma: &[u8], mark: &[bool], width: usize) -> bool {
    let covered = cover(luma, mark, width);
    let apart = luma.iter().zip(&covered).map(|(a, b)| u64::from(a.abs_diff(*b)));
    let of_mark = mark.iter().filter(|it| **it).count() as u64;
    apart.sum::<u64>() >= LEAST_APART * of_mark
}

/// Sums over all rectangles of a picture, from its summed-area table (Crow 1984).
struct Sums {
    width: usize,
    height: usize,
    /// Of the rectangle above and left of each corner.
    table: Vec<u32>,
}

impl Sums {
    fn of(width: usize, values: impl ExactSizeIterator<Item = u32>) -> Self {
        let height = values.len() / width;
        let mut table = vec![0; (width + 1) * (height + 1)];
        let mut row = 0;
        for (at, value) in values.enumerate() {
            let (x, y) = (at % width, at / width);
            row = if x == 0 { value } else { row + value };
            table[(y + 1) * (width + 1) + x + 1] = table[y * (width + 1) + x + 1] + row;
        }
        Self { width, height, table }
    }

    /// The sum over the square of `by` pixels around a pixel, as far as it lies in the picture.
    fn around(&self, at: usize, by: usize) -> u32 {
        let (x, y) = (at % self.width, at / self.width);
        let (left, right) = (x.saturating_sub(by), (x + by + 1).min(self.width));
        let (top, bottom) = (y.saturating_sub(by), (y + by + 1).min(self.height));
        let corner = |x: usize, y: usize| self.table[y * (self.width + 1) + x];
        corner(right, bottom) + corner(left, top) - corner(left, bottom) - corner(right, top)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_are_those_of_the_pixels(values in prop::collection::vec(0..256u32, 12 * 9), at in 0..12 * 9usize, by in 0..6usize) {
            let sums = Sums::of(12, values.iter().copied());
            let near = |a: usize, b: usize| a.abs_diff(b) <= by;
            let all = (0..values.len()).filter(|it| near(it % 12, at % 12) && near(it / 12, at / 12));
            prop_assert_eq!(sums.around(at, by), all.map(|it| values[it]).sum::<u32>());
        }

        #[test]
        fn only_the_mark_is_covered_and_by_what_lies_around_it(
            luma in prop::collection::vec(100..120u8, 40 * 30),
            x in 0..30usize,
            y in 0..20usize,
        ) {
            let is_mark = |at: usize| (x..x + 10).contains(&(at % 40)) && (y..y + 10).contains(&(at / 40));
            let mark: Vec<bool> = (0..luma.len()).map(is_mark).collect();
            let mut marked = luma.clone();
            (0..luma.len()).filter(|at| mark[*at]).for_each(|at| marked[at] = 255);
            let covered = cover(&marked, &mark, 40);
            for at in 0..luma.len() {
                match mark[at] {
                    true => prop_assert!((100..120).contains(&covered[at])),
                    false => prop_assert_eq!(covered[at], luma[at]),
                }
            }
        }
    }

    #[test]
    fn a_mark_is_neither_nothing_nor_the_scene() {
        let still = |count: usize| (0..100 * 100).map(|at| at < count).collect::<Vec<_>>();
        assert_eq!(find(&still(10), 100, 100, None), None);
        assert_eq!(find(&still(5_000), 100, 100, None), None);
        let mark = find(&still(500), 100, 100, None).expect("a mark");
        assert_eq!(mark.iter().filter(|it| **it).count(), 800);
    }

    #[test]
    fn bars_are_no_mark() {
        let still: Vec<bool> = (0..100 * 100).map(|at| at < 1_500).collect();
        let inside = Region::new(0.0, 0.15, 1.0, 1.0).expect("a region");
        assert!(find(&still, 100, 100, None).is_some());
        assert_eq!(find(&still, 100, 100, Some(&inside)), None);
    }
}
