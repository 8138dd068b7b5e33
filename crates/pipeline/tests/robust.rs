//! Edited copies are found and other pictures are not: the bench's rows at a small n.

#[path = "../examples/support/mod.rs"]
mod support;

use basira_pipeline::examine::{match_decoded, query};
use basira_pipeline::robust::{PictureBanks, Tier, replay};
use jiff::Timestamp;
use support::{Bench, banked, decoded, distinct_pictures, on_all_cores};
use testkit::{Edit, Picture, negatives};

/// Pictures banked for recall.
const BANKED: usize = 8;
/// Negatives, and entries that they are held against.
const NEGATIVES: u64 = 500;
const ENTRIES: usize = 2_000;

#[test]
fn edited_copies_are_found_and_each_match_replays() {
    let bench = Bench::new().unwrap();
    let pictures = distinct_pictures(None, BANKED, 480).unwrap();
    let entries = bench.add(&pictures, false).unwrap();
    bench.banks.refresh().unwrap();
    let now = Timestamp::now();
    let mut shares = Vec::new();
    for edit in Edit::ALL_HARD {
        let mut found = 0;
        for (seed, (picture, entry)) in (0u64..).zip(pictures.iter().zip(&entries)) {
            let item = decoded(&edit.apply(picture, seed));
            let examined = match_decoded(item, &bench.banks, Tier::Full, now).unwrap();
            let Some(hit) = examined.matches.iter().find(|m| m.entry == *entry) else {
                continue;
            };
            found += 1;
            let known = bench.banks.at(now).picture(*entry).unwrap().unwrap();
            let again = replay(query(&examined.decoded.pictures[0]).unwrap(), &known, &hit.method);
            assert_eq!(again, Some(hit.distance), "{} does not replay", hit.method);
        }
        println!("{}: {found} of {}", edit.name(), pictures.len());
        shares.push(found as f64 / pictures.len() as f64);
    }
    assert!(
        shares.iter().sum::<f64>() / shares.len() as f64 >= 0.9,
        "{shares:?}"
    );
    assert!(shares.iter().all(|share| *share >= 0.4), "{shares:?}");
}

#[test]
fn plain_edits_are_found_in_every_tier() {
    let bench = Bench::new().unwrap();
    let pictures = distinct_pictures(None, BANKED, 480).unwrap();
    let entries = bench.add(&pictures, true).unwrap();
    bench.banks.refresh().unwrap();
    let (mut found, mut all) = (0, 0);
    for tier in [Tier::Plain, Tier::Standard, Tier::Full] {
        for edit in Edit::PLAIN {
            for (picture, entry) in pictures.iter().zip(&entries) {
                let item = decoded(&edit.apply(picture, 3));
                let examined = match_decoded(item, &bench.banks, tier, Timestamp::now()).unwrap();
                all += 1;
                found += usize::from(examined.matches.iter().any(|m| m.entry == *entry));
            }
        }
    }
    println!("{found} of {all}");
    assert!(found as f64 >= 0.98 * all as f64, "{found} of {all}");
}

#[test]
fn other_pictures_are_not_found() {
    let bench = Bench::new().unwrap();
    bench.fill(ENTRIES, ENTRIES / 20).unwrap();
    let wrong = on_all_cores(0..NEGATIVES, |seed| {
        let (kind, picture) = negatives::any(seed, 400);
        let examined = match_decoded(decoded(&picture), &bench.banks, Tier::Full, Timestamp::now()).unwrap();
        let first = examined.matches.first();
        first.map(|m| format!("{kind} {seed}: {} {}", m.entry, m.method))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    println!("{NEGATIVES} negatives against {ENTRIES} entries");
    // The same bank does find what is in it.
    let copy = decoded(&banked(5_000_000, 256));
    let examined = match_decoded(copy, &bench.banks, Tier::Plain, Timestamp::now()).unwrap();
    assert!(!examined.matches.is_empty());
}

/// Title cards and flags come near other cards and flags, whole or in a window; their hashes say so little that this is
/// no match, while a copy still is one.
#[test]
fn layouts_that_are_alike_are_not_the_same_picture() {
    // Of a thousand flags some differ in little but colours.
    for (name, most) in [("title-card", 0), ("flag", 3)] {
        let make = negatives::ALL.iter().find(|(kind, _)| *kind == name).unwrap().1;
        let bench = Bench::new().unwrap();
        let hash = |seed: u64| {
            let print = decoded(&make(seed, 96, 72)).pictures[0].hashes[0].pdq.clone();
            print.quality().is_usable().then(|| print.hash())
        };
        let known: Vec<_> = on_all_cores(1_000..2_000, hash).into_iter().flatten().collect();
        bench.add_hashes(&known).unwrap();
        bench.banks.refresh().unwrap();
        let wrong = on_all_cores(0..30, |seed| {
            let query = decoded(&make(seed, 256, 192));
            let found = match_decoded(query, &bench.banks, Tier::Full, Timestamp::now()).unwrap();
            let first = found.matches.first();
            first.map(|m| format!("{name} {seed}: {} {}", m.entry, m.method))
        });
        let wrong: Vec<String> = wrong.into_iter().flatten().collect();
        println!(
            "{name}: {} of 30 match one of {}: {wrong:?}",
            wrong.len(),
            known.len()
        );
        assert!(wrong.len() <= most, "{wrong:?}");

        let pictures: Vec<Picture> = (0..40).map(|seed| make(seed, 256, 192)).collect();
        let usable = |picture: &Picture| decoded(picture).pictures[0].hashes[0].pdq.quality().is_usable();
        let pictures: Vec<Picture> = pictures.into_iter().filter(usable).collect();
        let entries = bench.add(&pictures, true).unwrap();
        bench.banks.refresh().unwrap();
        let mut found = 0;
        for (picture, entry) in pictures.iter().zip(&entries) {
            let copy = decoded(&Edit::PLAIN[0].apply(picture, 1));
            let seen = match_decoded(copy, &bench.banks, Tier::Plain, Timestamp::now()).unwrap();
            found += usize::from(seen.matches.iter().any(|m| m.entry == *entry));
        }
        println!("{name}: {found} copies of {} match", entries.len());
        assert!(10 * found >= 9 * entries.len(), "{found} of {}", entries.len());
    }
}
