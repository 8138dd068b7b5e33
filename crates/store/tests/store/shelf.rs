//! The shelf of index segments.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use basira_store::StoreError;
use proptest::prelude::*;

use crate::place::Place;

#[test]
fn an_open_segment_outlives_its_replacement_and_removal() {
    let place = Place::new();
    let store = place.writer();
    assert!(store.open_segment("pdq.1").unwrap().is_none());
    store.save_segment("pdq.1", b"old").unwrap();
    let old = store.open_segment("pdq.1").unwrap().unwrap();
    place.reader().save_segment("pdq.1", b"newer").unwrap();
    let new = store.open_segment("pdq.1").unwrap().unwrap();
    assert!(store.remove_segment("pdq.1").unwrap());
    assert!(!store.remove_segment("pdq.1").unwrap());
    assert!(store.open_segment("pdq.1").unwrap().is_none());
    assert_eq!((&old[..], &new[..]), (&b"old"[..], &b"newer"[..]));
}

#[test]
fn names_are_listed_and_cannot_leave_the_shelf() {
    let place = Place::new();
    let store = place.writer();
    store.save_segment("b", b"").unwrap();
    store.save_segment("a-1_x.seg", b"1").unwrap();
    assert_eq!(store.segments().unwrap(), ["a-1_x.seg", "b"]);
    let mode = fs::metadata(place.folder().join("segments/b"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    for name in [
        "",
        ".",
        "..",
        "../basira.db",
        "a/b",
        ".new-1",
        "A",
        "ا",
        &"a".repeat(65),
    ] {
        let outcomes = [
            store.save_segment(name, b"").unwrap_err(),
            store.open_segment(name).unwrap_err(),
            store.remove_segment(name).unwrap_err(),
        ];
        for error in outcomes {
            assert!(matches!(error, StoreError::SegmentName(_)), "{error}");
        }
    }
}

#[test]
fn what_a_crash_left_is_cleared_when_nobody_else_is_there() {
    let place = Place::new();
    let store = place.writer();
    store.save_segment("kept", b"1").unwrap();
    let leftover = place.folder().join("segments/.new-0123456789abcdef");
    fs::write(&leftover, b"half").unwrap();
    drop(place.reader());
    assert!(leftover.exists(), "it may be another process's work");
    drop(store);
    drop(place.reader());
    assert!(!leftover.exists());
    assert_eq!(place.reader().segments().unwrap(), ["kept"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Mapping gives what reading gives, for every length around the size of a page.
    #[test]
    fn a_mapped_segment_equals_the_file(bytes in prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..64),
        proptest::collection::vec(any::<u8>(), 4090..4102),
    ]) {
        let place = Place::new();
        let store = place.reader();
        store.save_segment("s", &bytes).unwrap();
        let segment = store.open_segment("s").unwrap().unwrap();
        prop_assert_eq!(&segment[..], &bytes[..]);
        prop_assert_eq!(&segment[..], &fs::read(place.folder().join("segments/s")).unwrap()[..]);
    }
}
