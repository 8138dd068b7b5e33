//! A full disk: it is said, and nothing that was stored is lost.

use crate::pictures::long_list;
use crate::place::{Place, Run};

/// Runs a command that may write files of so many KiB at most; what is beyond is refused as on a full disk.
fn with_room(place: &Place, kib: u32, command: &str) -> Run {
    // sh counts in blocks of 512 bytes.
    place.shell(&format!(
        "trap '' XFSZ; ulimit -f {}; exec $basira {command}",
        2 * kib
    ))
}

#[test]
fn a_full_disk_loses_nothing() {
    let place = Place::with_copy();
    if place.only_sqlite("a full disk of the program; PostgreSQL has its own") {
        return;
    }
    place.write("list.csv", long_list(30_000, 5));
    let import = "bank import known list.csv --trust active";
    let run = with_room(&place, 50, import).ends(2);
    let run = run
        .says("no room left in the data folder")
        .says("nothing already stored is lost");
    run.says("free some space and repeat the command")
        .says("0 entries were added before this");
    assert_eq!(place.verdict("copy.jpg"), "match");
    with_room(&place, 50, "bank add known banked.png")
        .ends(2)
        .says("no room left");
    with_room(&place, 0, "bank create second")
        .ends(2)
        .says("no room left");
    // Room for some of it: whole transactions are in, and said to be.
    with_room(&place, 3_000, import)
        .ends(2)
        .says("10000 entries were added before this");
    assert_eq!(place.go("bank show known --json").ends(0).rows().len(), 10_001);
    assert_eq!(place.verdict("copy.jpg"), "match");
    place.go("bank import known list.csv").ends(0);
    assert_eq!(place.verdict("copy.jpg"), "match");
}

#[test]
fn a_disk_that_is_full_for_a_scan_says_so_and_the_banks_are_whole() {
    let place = Place::with_copy();
    if place.only_sqlite("a full disk of the program; PostgreSQL has its own") {
        return;
    }
    for number in 0..120 {
        place.write(format!("in/{number}-{}.txt", "x".repeat(150)), "nothing");
    }
    with_room(&place, 60, "scan in")
        .ends(2)
        .says("no room left in the data folder");
    place.go("scan in").ends(0).prints("120 files");
    assert_eq!(place.verdict("copy.jpg"), "match");
}

#[test]
fn without_room_for_a_snapshot_matching_goes_on_in_memory() {
    let place = Place::with_copy();
    place.write("list.csv", long_list(12_000, 5));
    place.go("bank import known list.csv --trust active").ends(0);
    // The import has made one.
    std::fs::remove_file(place.data().join("segments/pdq")).unwrap();
    let run = with_room(&place, 100, "match --json copy.jpg").ends(1);
    assert_eq!(run.rows()[0]["matches"].as_array().unwrap().len(), 2);
    assert!(!place.data().join("segments/pdq").exists(), "{}", run.err);
}
