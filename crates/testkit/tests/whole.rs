//! Golden digests, the negatives, and the demonstration's folder.

use std::collections::HashSet;

use basira_testkit::{Edit, Expect, Picture, demo_bank, demo_folder, encode, negatives, photo};
use fingerprint::digest::Digests;
use fingerprint::pdq;

fn print(picture: &Picture) -> pdq::Pdq {
    pdq::fast(&picture.luma(), picture.width as usize, picture.height as usize)
}

fn digest(pictures: impl IntoIterator<Item = Picture>) -> String {
    let bytes: Vec<u8> = pictures.into_iter().flat_map(|picture| picture.rgb).collect();
    Digests::of(&bytes).md5.to_string()
}

/// Other people's results depend on these pictures: a change here changes every bench and must be meant.
#[test]
fn pictures_are_the_same_as_ever_and_everywhere() {
    let found = [
        digest((0..64).map(|seed| photo(seed, 64, 48))),
        digest(negatives::ALL.iter().map(|(_, make)| make(1, 120, 90))),
        digest(Edit::ALL_HARD.iter().map(|edit| edit.apply(&photo(1, 96, 64), 1))),
        digest(demo_bank(1).into_iter().map(|(_, picture)| picture)),
    ];
    assert_eq!(found, GOLDEN);
}

const GOLDEN: [&str; 4] = [
    "cda8003575dda17fbcf5174a2aedc2c9",
    "d2aac12d892ad74cc872b487b45d4a04",
    "27cbcec07b7c4694a269ee83ac57077b",
    "8506ee768049a50480e2c91a7097faab",
];

#[test]
fn negatives_have_their_size_and_differ_by_seed() {
    for (name, make) in negatives::ALL {
        for (w, h) in [(120, 90), (90, 140), (16, 16)] {
            let picture = make(5, w, h);
            assert_eq!((picture.width, picture.height), (w, h), "{name}");
            assert_eq!(picture.rgb.len(), 3 * (w * h) as usize, "{name}");
        }
        assert_eq!(make(5, 64, 64), make(5, 64, 64), "{name}");
        let distinct: HashSet<Vec<u8>> = (0..20).map(|seed| make(seed, 64, 64).rgb).collect();
        assert!(distinct.len() >= 19, "{name}: {} of 20", distinct.len());
    }
    let kinds: HashSet<&str> = (0..400).map(|seed| negatives::any(seed, 40).0).collect();
    assert_eq!(kinds.len(), negatives::ALL.len());
}

#[test]
fn negatives_are_near_no_photograph() {
    let bank: Vec<_> = (0..300).map(|seed| print(&photo(seed, 128, 96)).hash()).collect();
    for seed in 0..150 {
        let (name, picture) = negatives::any(seed, 160);
        let query = print(&picture);
        if query.quality().get() >= 50 {
            let least = bank.iter().map(|hash| hash.distance(&query.hash())).min();
            assert!(least > Some(50), "{name} {seed}: {least:?}");
        }
    }
}

#[test]
fn the_demonstration_is_complete_and_true() {
    let bank = demo_bank(7);
    let files = demo_folder(7);
    assert_eq!(files, demo_folder(7));
    let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), files.len(), "every path once");
    assert!((55..=70).contains(&files.len()), "{} files", files.len());
    let edits: HashSet<Edit> = files
        .iter()
        .filter_map(|file| match file.expect {
            Expect::Match { edit, .. } => edit,
            _ => None,
        })
        .collect();
    assert_eq!(edits.len(), 23, "every edit");
    let banked: HashSet<&str> = files
        .iter()
        .filter_map(|file| match file.expect {
            Expect::Match { picture, .. } => Some(picture),
            _ => None,
        })
        .collect();
    assert_eq!(banked.len(), bank.len(), "every picture of the bank is found");
    let count = |expect: Expect| files.iter().filter(|file| file.expect == expect).count();
    assert_eq!(count(Expect::Incomplete), 3);
    assert!(count(Expect::NoMatch) > 30);
    let total: usize = files.iter().map(|file| file.bytes.len()).sum();
    assert!(total < 20_000_000, "{total} bytes");
    let first = &bank[0].1;
    assert!(files.iter().any(|file| file.bytes == encode::png(first)));
}

#[test]
fn pictures_of_the_bank_are_unlike_each_other() {
    for seed in 0..4 {
        let bank = demo_bank(seed);
        let prints: Vec<_> = bank.iter().map(|(_, picture)| print(picture)).collect();
        for (i, a) in prints.iter().enumerate() {
            assert!(a.quality().get() >= 50, "quality of {}", bank[i].0);
            for (j, b) in prints[..i].iter().enumerate() {
                let distance = a.hash().distance(&b.hash());
                assert!(distance > 70, "{} and {}: {distance}", bank[i].0, bank[j].0);
            }
        }
    }
}
