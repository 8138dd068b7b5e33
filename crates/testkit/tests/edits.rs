//! Edits do what their names say, the same for the same seed, and are as hard as they are meant to be.

use basira_testkit::{BLACK, Edit, Picture, WHITE, photo};
use fingerprint::pdq;
use fingerprint::pdq::Pdq;

fn print(picture: &Picture) -> Pdq {
    pdq::fast(&picture.luma(), picture.width as usize, picture.height as usize)
}

#[test]
fn sizes_follow_the_rules() {
    for (w, h) in [(400u32, 300u32), (301, 517), (64, 64)] {
        let original = photo(3, w, h);
        for seed in 0..6 {
            for edit in Edit::ALL_HARD.iter().chain(&Edit::PLAIN) {
                let edited = edit.apply(&original, seed);
                assert_eq!(
                    edited.rgb.len(),
                    3 * (edited.width * edited.height) as usize,
                    "{edit}"
                );
                let (rw, rh) = (edited.width as f32 / w as f32, edited.height as f32 / h as f32);
                let near = |a: f32, b: f32| (a - b).abs() < 0.02;
                let fits = match edit {
                    Edit::Crop7 => near(rw, 0.86) && near(rh, 0.86),
                    Edit::Crop12 => near(rw, 0.76) && near(rh, 0.76),
                    Edit::CropRandom8 => rw.max(rh) <= 1.0 && rw.min(rh) > 0.82 && rw * rh < 0.99,
                    Edit::CutRight20 => near(rw, 0.8) && rh == 1.0,
                    Edit::Pad20 => near(rw, 1.4) && near(rh, 1.4),
                    Edit::Letterbox30 => rw == 1.0 && near(rh, 1.0 / 0.7),
                    Edit::CaptionTop | Edit::CaptionBottom => rw == 1.0 && (1.11..1.26).contains(&rh),
                    Edit::PhoneScreenshot => (1.0..1.13).contains(&rw) && rh > 1.3,
                    Edit::MirrorCrop5 => near(rw, 0.9) && near(rh, 0.9),
                    Edit::Half => near(rw, 0.5) && near(rh, 0.5),
                    Edit::Quarter => near(rw, 0.25) && near(rh, 0.25),
                    Edit::Larger => near(rw, 1.3) && near(rh, 1.3),
                    _ => rw == 1.0 && rh == 1.0,
                };
                assert!(fits, "{edit} of {w} x {h}: {} x {}", edited.width, edited.height);
                assert_eq!(edited, edit.apply(&original, seed), "{edit} is deterministic");
            }
        }
    }
}

#[test]
fn bars_bands_and_signs_cover_what_they_should() {
    let original = photo(8, 400, 300);
    for seed in 0..12 {
        let changed = |edit: Edit| {
            let edited = edit.apply(&original, seed);
            let pairs = original.rgb.chunks(3).zip(edited.rgb.chunks(3));
            pairs.filter(|(a, b)| a != b).count() as f32 / (400.0 * 300.0)
        };
        let logo = changed(Edit::Logo10);
        assert!((0.09..0.11).contains(&logo), "logo covers {logo}");
        let band = changed(Edit::TextBand);
        assert!((0.11..0.155).contains(&band), "band covers {band}");

        let boxed = Edit::Letterbox30.apply(&original, seed);
        assert_eq!(
            (boxed.pixel(0, 0), boxed.pixel(399, boxed.height - 1)),
            (BLACK, BLACK)
        );
        assert_eq!(boxed.crop(0, (boxed.height - 300) / 2, 400, 300), original);
        let top = Edit::CaptionTop.apply(&original, seed);
        assert_eq!(top.crop(0, top.height - 300, 400, 300), original);
        assert_eq!(top.pixel(0, 0), WHITE);
        assert!(
            top.crop(0, 0, 400, top.height - 300)
                .luma()
                .iter()
                .any(|&v| v < 60),
            "there is text"
        );
        let bottom = Edit::CaptionBottom.apply(&original, seed);
        assert_eq!(bottom.crop(0, 0, 400, 300), original);
        assert_eq!(bottom.pixel(0, bottom.height - 1), BLACK);
    }
}

#[test]
fn the_seed_chooses_within_the_class() {
    let original = photo(9, 200, 150);
    for edit in [
        Edit::CropRandom8,
        Edit::CaptionTop,
        Edit::CaptionBottom,
        Edit::PhoneScreenshot,
        Edit::Rotate2,
        Edit::Rotate4,
        Edit::Logo10,
        Edit::TextBand,
        Edit::Gamma,
    ] {
        let first = edit.apply(&original, 0);
        assert!(
            (1..8).any(|seed| edit.apply(&original, seed) != first),
            "{edit} is always the same"
        );
    }
}

#[test]
fn plain_edits_keep_the_hash_and_hard_ones_break_it() {
    let count = 40;
    let originals: Vec<_> = (0..count)
        .map(|seed| {
            let original = photo(1000 + seed, 256, 192);
            let hash = print(&original).hash();
            (original, hash)
        })
        .collect();
    let mut plain_missed = 0;
    let mut hard_found = 0;
    let mut found = Vec::new();
    for edit in Edit::ALL_HARD.iter().chain(&Edit::PLAIN) {
        let near = (0..count)
            .filter(|&seed| {
                let (original, hash) = &originals[seed as usize];
                hash.distance(&print(&edit.apply(original, seed)).hash()) <= 31
            })
            .count();
        found.push(format!("{edit} {near}"));
        if Edit::PLAIN.contains(edit) {
            plain_missed += count as usize - near;
        } else {
            hard_found += near;
        }
    }
    println!("of {count} within 31 bits: {}", found.join(", "));
    // Real photographs: nearly all plain ones, 4.5 % of the hard ones.
    assert!(plain_missed <= 9 * 2, "{plain_missed} plain edits were missed");
    assert!(
        hard_found <= 14 * count as usize / 5,
        "{hard_found} hard edits were found by plain PDQ"
    );
}
