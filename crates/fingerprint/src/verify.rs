//! Refinement: moving the edges of a window until its hash is near, or is shown not to be.

use model::{Dihedral, PdqHash, Region};

use crate::grey::Grey;
use crate::pdq::Pdq;
use crate::window;

/// A refined window.
#[derive(Debug, Clone, PartialEq)]
pub struct Refined {
    /// Where it ended.
    pub region: Region,
    /// Its print.
    pub print: Pdq,
    /// Bits between its hash, in the form asked for, and the target.
    pub distance: u32,
}

/// Steps of an edge, as shares of a side, coarse to fine.
const STEPS: [f64; 4] = [0.04, 0.02, 0.01, 0.005];

/// Moves the four edges of `start`, one after the other and in pairs, in ever smaller steps, wherever the hash of the
/// window (in `form`) comes nearer to `target`; stops early at `enough` bits, and after `budget` hashes in any case.
///
/// The way is led by [`Pdq::agreement`], which changes with every move; the answer is the window with the fewest
/// differing bits on that way.
pub fn refine(
    picture: Grey<'_>,
    start: Region,
    form: Dihedral,
    target: &PdqHash,
    enough: u32,
    budget: u32,
) -> Refined {
    let measure = |region: Region| {
        let print = window::hash(picture, &region);
        let distance = print.in_form(form).distance(target);
        (
            print.agreement(form, target),
            Refined {
                region,
                print,
                distance,
            },
        )
    };
    let (mut agreement, mut here) = measure(start);
    let mut best = here.clone();
    let mut left = budget;
    for step in STEPS {
        loop {
            let mut moved = false;
            for delta in moves(step) {
                if best.distance <= enough || left == 0 {
                    return best;
                }
                let edges = here.region.edges();
                let shifted: [f64; 4] = std::array::from_fn(|k| (edges[k] + delta[k]).clamp(0.0, 1.0));
                let Ok(region) = Region::new(shifted[0], shifted[1], shifted[2], shifted[3]) else {
                    continue;
                };
                if region == here.region || region.width() < 0.15 || region.height() < 0.15 {
                    continue;
                }
                left -= 1;
                let (gained, there) = measure(region);
                if there.distance < best.distance {
                    best = there.clone();
                }
                if gained > agreement {
                    (agreement, here) = (gained, there);
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
    }
    best
}

/// The moves at one step: each edge in and out, and both edges of an axis together (a shift, a zoom).
fn moves(s: f64) -> [[f64; 4]; 12] {
    [
        [s, 0.0, 0.0, 0.0],
        [-s, 0.0, 0.0, 0.0],
        [0.0, s, 0.0, 0.0],
        [0.0, -s, 0.0, 0.0],
        [0.0, 0.0, s, 0.0],
        [0.0, 0.0, -s, 0.0],
        [0.0, 0.0, 0.0, s],
        [0.0, 0.0, 0.0, -s],
        [s, 0.0, s, 0.0],
        [-s, 0.0, -s, 0.0],
        [0.0, s, 0.0, s],
        [0.0, -s, 0.0, -s],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdq;

    fn scene(w: usize, h: usize) -> Vec<u8> {
        (0..w * h)
            .map(|i| {
                let (x, y) = (
                    (i % w) as f32 / w as f32 * 300.0,
                    (i / w) as f32 / h as f32 * 220.0,
                );
                let v = (x / 17.0).sin() * (y / 29.0).cos()
                    + ((x * 1.7 + y) / 43.0).sin()
                    + ((x - y * 2.1) / 23.0).cos();
                (128.0 + 38.0 * v) as u8
            })
            .collect()
    }

    #[test]
    fn a_crop_is_found_again_within_its_picture() {
        let (w, h) = (320usize, 240usize);
        let whole = scene(w, h);
        let (left, top, right, bottom) = (19usize, 11usize, 301usize, 222usize);
        let crop: Vec<u8> = (top..bottom)
            .flat_map(|y| whole[y * w + left..y * w + right].to_vec())
            .collect();
        let target = pdq::fast(&crop, right - left, bottom - top).hash();
        let start = Region::new(0.04, 0.04, 0.96, 0.96).unwrap();
        let found = refine(
            Grey::new(&whole, w, h),
            start,
            Dihedral::Original,
            &target,
            12,
            300,
        );
        assert!(found.distance <= 24, "{} at {}", found.distance, found.region);
        let replay = window::hash(Grey::new(&whole, w, h), &found.region);
        assert_eq!(replay.hash().distance(&target), found.distance);
    }
}
