//! `basira demo`.

use std::fs;

use crate::place::Place;

#[test]
fn the_demonstration_finds_every_copy_and_nothing_else() {
    let place = Place::new();
    // What an earlier demonstration left is replaced.
    place.write("here/.basira-demo", "");
    place.write("here/pictures/stale.png", "");
    let run = place.go("demo --into here --lang ar").ends(0);
    let run = run.prints("all of Basira: 28 of 28 copies found, 0 of 36 other files matched");
    let run = run
        .prints("64 files in ")
        .prints("28 match, 33 no match, 3 incomplete");
    let report = place.files().canonicalize().unwrap().join("here/report.html");
    run.prints(&format!("The report: {}", report.display()))
        .prints("basira scan FOLDER");
    let page = fs::read_to_string(report).unwrap();
    assert!(page.contains("dir=\"rtl\"") && page.contains("knight-league") && !page.contains("://"));
    assert!(!place.data().exists(), "the caller's own banks are left alone");
}

#[test]
fn what_is_not_a_demonstrations_is_not_touched() {
    let place = Place::new();
    place.write("mine/photo.txt", "mine");
    place.write("file", "mine");
    let refused = place.go("demo --into mine").ends(2);
    refused
        .says("mine exists and was not made by basira demo")
        .says("--into");
    place
        .go("demo --into file")
        .ends(2)
        .says("was not made by basira demo");
    assert_eq!(
        (place.read("mine/photo.txt"), place.read("file")),
        ("mine".to_owned(), "mine".to_owned())
    );
    assert_eq!(fs::read_dir(place.files().join("mine")).unwrap().count(), 1);
}
