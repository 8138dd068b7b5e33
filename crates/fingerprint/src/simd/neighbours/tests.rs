use super::*;

/// The specification, byte by byte.
fn plain(stored: &[u8], bpp: usize, above: &[u8]) -> Vec<u8> {
    let stride = above.len();
    let mut out = above.to_vec();
    for (y, line) in stored.chunks_exact(stride + 1).enumerate() {
        for x in 0..stride {
            let up = i32::from(out[y * stride + x]);
            let before = |row: usize| {
                if x < bpp {
                    0
                } else {
                    i32::from(out[row * stride + x - bpp])
                }
            };
            let (left, corner) = (before(y + 1), before(y));
            let estimate = left + up - corner;
            let nearest = [left, up, corner]
                .into_iter()
                .min_by_key(|v| (estimate - v).abs());
            let predicted = [0, left, up, (left + up) / 2, nearest.unwrap()][usize::from(line[0])];
            out.push(line[1 + x].wrapping_add(predicted as u8));
        }
    }
    out.split_off(stride)
}

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

#[test]
fn every_width_height_and_mix_of_filters() {
    let mut numbers = Numbers(7);
    for bpp in 1..=4 {
        for width in (1..48).chain([200]) {
            for height in (0..20).chain([40]) {
                let stride = width * bpp;
                // Few values and many, so that neighbours are often equally near, and the extremes meet.
                let (kinds, filters) = (numbers.below(3), 1 + numbers.below(5));
                let byte = |numbers: &mut Numbers| match kinds {
                    0 => numbers.below(256) as u8,
                    1 => numbers.below(4) as u8,
                    _ => [0, 255, 1, 254, 128][numbers.below(5) as usize],
                };
                let above: Vec<u8> = (0..stride).map(|_| byte(&mut numbers)).collect();
                let mut stored = Vec::new();
                for _ in 0..height {
                    stored.push(4 - numbers.below(filters) as u8);
                    stored.extend((0..stride).map(|_| byte(&mut numbers)));
                }
                let want = plain(&stored, bpp, &above);
                let mut rows = vec![9; stride * height];
                undo(&stored, bpp, &above, &mut rows).unwrap();
                assert_eq!(rows, want, "{bpp} bytes, {width}×{height}");
            }
        }
    }
}

/// Every left, upper and upper left neighbour: a row of pairs of pixels, the first of which is the left one.
#[test]
fn all_neighbours() {
    let pairs = || (0..=255u8).flat_map(|left| (0..=255u8).map(move |corner| (left, corner)));
    let row: Vec<u8> = pairs()
        .flat_map(|(left, _)| [left, left, left, left, 0, 0, 0, 0])
        .collect();
    for ups in (0..=255u8).collect::<Vec<_>>().as_chunks::<4>().0 {
        let above: Vec<u8> = pairs()
            .flat_map(|(_, corner)| [[corner; 4], *ups].concat())
            .collect();
        let mut stored = vec![PAETH];
        stored.extend((0..row.len()).map(|i| {
            let before = |of: &[u8]| i.checked_sub(4).map_or(0, |before| of[before]);
            row[i].wrapping_sub(paeth(before(&row), above[i], before(&above)))
        }));
        stored.resize(TOGETHER * (row.len() + 1), 0);
        let mut rows = vec![0; TOGETHER * row.len()];
        undo(&stored, 4, &above, &mut rows).unwrap();
        assert!(rows.starts_with(&row), "{ups:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut rows = [0; 12];
    assert_eq!(undo(&[0; 14], 3, &[0; 6], &mut rows), Some(()));
    assert_eq!(undo(&[5; 14], 3, &[0; 6], &mut rows), None);
    assert_eq!(undo(&[0; 13], 3, &[0; 6], &mut rows), None);
    assert_eq!(undo(&[0; 14], 4, &[0; 6], &mut rows), None);
    assert_eq!(undo(&[0; 14], 0, &[0; 6], &mut rows), None);
    assert_eq!(undo(&[0; 14], 3, &[], &mut rows), None);
    assert_eq!(undo(&[0; 14], 3, &[0; 6], &mut rows[..11]), None);
    assert_eq!(undo(&[], 3, &[0; 6], &mut []), Some(()));
}
