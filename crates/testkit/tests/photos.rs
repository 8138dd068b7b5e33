//! Photographs of different seeds have nothing in common for PDQ, as real ones have not.

use basira_testkit::{derive, photo};
use fingerprint::pdq;

#[test]
fn two_seeds_are_unrelated() {
    let prints: Vec<_> = (0..500u64)
        .map(|seed| {
            let (width, height) =
                [(160, 120), (120, 160), (128, 128), (192, 108)][derive(seed, 1) as usize % 4];
            let picture = photo(seed, width, height);
            pdq::fast(&picture.luma(), width as usize, height as usize)
        })
        .collect();
    let mut distances = Vec::new();
    for (i, a) in prints.iter().enumerate() {
        distances.extend(prints[..i].iter().map(|b| a.hash().distance(&b.hash())));
    }
    let n = distances.len() as f64;
    let mean = distances.iter().map(|&d| f64::from(d)).sum::<f64>() / n;
    let variance = distances
        .iter()
        .map(|&d| (f64::from(d) - mean).powi(2))
        .sum::<f64>()
        / n;
    let least = distances.iter().min().expect("pairs");
    let good = prints.iter().filter(|print| print.quality().get() >= 50).count();
    println!(
        "mean {mean:.2}, sd {:.2}, min {least}, quality >= 50: {good} of 500",
        variance.sqrt()
    );
    assert!((126.0..130.0).contains(&mean), "mean {mean}");
    assert!((7.5..13.0).contains(&variance.sqrt()), "sd {}", variance.sqrt());
    assert!(*least > 60, "nearest pair {least}");
    assert!(good >= 480, "{good} of 500 have quality of 50 or more");
}

#[test]
fn a_seed_shows_the_same_in_every_size() {
    for seed in 0..40 {
        let hash = |w: u32, h: u32| pdq::fast(&photo(seed, w, h).luma(), w as usize, h as usize).hash();
        let distance = hash(256, 192).distance(&hash(512, 384));
        assert!(distance <= 40, "photo {seed}: {distance}");
    }
}

#[test]
fn brightness_varies_about_the_middle_as_that_of_photographs() {
    let means: Vec<f64> = (0..300)
        .map(|seed| {
            let luma = photo(seed, 64, 48).luma();
            luma.iter().map(|&v| f64::from(v)).sum::<f64>() / luma.len() as f64
        })
        .collect();
    let mean = means.iter().sum::<f64>() / means.len() as f64;
    let dark = means.iter().filter(|&&m| m < 50.0).count();
    let light = means.iter().filter(|&&m| m > 170.0).count();
    println!("mean {mean:.1}, {dark} dark and {light} light of 300");
    assert!((90.0..140.0).contains(&mean), "mean {mean}");
    assert!(
        (3..90).contains(&dark) && (3..90).contains(&light),
        "{dark} dark, {light} light"
    );
}
