//! Scans that can be resumed.

use std::thread;
use std::time::Duration;

use basira_store::{Access, FileStamp, Scan, ScanCounts, ScanFile, ScanId, ScanState, Store, StoreError};
use model::Verdict;

use crate::place::{Place, now};

const STAMP: FileStamp = FileStamp {
    size: u64::MAX,
    modified_at: -5,
};

fn file(path: &[u8], verdict: Verdict) -> ScanFile {
    ScanFile {
        path: path.to_vec(),
        stamp: STAMP,
        verdict,
        result: "{\"path\":\"ملف\"}".to_owned(),
    }
}

fn listed(store: &Store, scan: &Scan, verdict: Option<Verdict>) -> Vec<ScanFile> {
    let mut files = Vec::new();
    let each = |file| {
        files.push(file);
        Ok::<(), StoreError>(())
    };
    store.for_each_scanned(scan.id, verdict, each).unwrap();
    files
}

#[test]
fn a_scan_goes_on_where_it_was_interrupted() {
    let place = Place::new();
    let store = place.reader();
    let scan = store.begin_scan("digest", "settings", now()).unwrap();
    assert_eq!(
        (scan.state, scan.settings.as_str(), scan.begun_at),
        (ScanState::Begun, "settings", now())
    );
    assert!(matches!(
        store.begin_scan("digest", "", now()),
        Err(StoreError::ScanExists(_))
    ));
    store
        .record_scan(
            scan.id,
            &[file(b"a", Verdict::Match), file(b"\xff\n", Verdict::NoMatch)],
        )
        .unwrap();
    drop(store);

    let store = place.reader();
    assert_eq!(store.scan("digest").unwrap(), Some(scan.clone()));
    assert_eq!(store.scan("other").unwrap(), None);
    let known = |path: &[u8], stamp| store.scanned_file(scan.id, path, stamp).unwrap();
    assert_eq!(known(b"\xff\n", STAMP), Some(file(b"\xff\n", Verdict::NoMatch)));
    assert_eq!(known(b"b", STAMP), None);
    assert_eq!(known(b"a", FileStamp { size: 1, ..STAMP }), None, "another size");
    assert_eq!(
        known(
            b"a",
            FileStamp {
                modified_at: 0,
                ..STAMP
            }
        ),
        None,
        "another time"
    );
    store
        .record_scan(scan.id, &[file(b"a", Verdict::Incomplete)])
        .unwrap();
    assert_eq!(
        known(b"a", STAMP),
        Some(file(b"a", Verdict::Incomplete)),
        "the later record counts"
    );
    store.finish_scan(scan.id).unwrap();
    assert_eq!(
        store.scans().unwrap(),
        [Scan {
            state: ScanState::Finished,
            ..scan
        }]
    );
}

#[test]
fn files_come_by_path_and_by_verdict() {
    let place = Place::new();
    let store = place.reader();
    let scan = store.begin_scan("one", "", now()).unwrap();
    let other = store.begin_scan("two", "", now()).unwrap();
    let files = [
        file(b"c", Verdict::Match),
        file(b"b/z", Verdict::NoMatch),
        file(b"b", Verdict::Match),
        file(b"\xff", Verdict::Incomplete),
    ];
    store.record_scan(scan.id, &files).unwrap();
    store
        .record_scan(other.id, &[file(b"a", Verdict::Match)])
        .unwrap();
    let [c, bz, b, last] = files;
    assert_eq!(listed(&store, &scan, None), [b.clone(), bz, c.clone(), last]);
    assert_eq!(listed(&store, &scan, Some(Verdict::Match)), [b, c]);
    let want = ScanCounts {
        matched: 2,
        no_match: 1,
        incomplete: 1,
    };
    assert_eq!(store.scan_counts(scan.id).unwrap(), want);
    store.delete_scan(scan.id).unwrap();
    assert_eq!(listed(&store, &scan, None), []);
    assert_eq!(listed(&store, &other, None).len(), 1);
    assert_eq!(store.scan("one").unwrap(), None);
}

#[test]
fn a_listing_stops_at_the_first_error_of_its_caller() {
    let place = Place::new();
    let store = place.reader();
    let scan = store.begin_scan("one", "", now()).unwrap();
    store
        .record_scan(scan.id, &[file(b"a", Verdict::Match), file(b"b", Verdict::Match)])
        .unwrap();
    let mut seen = 0;
    let outcome = store.for_each_scanned(scan.id, None, |_| {
        seen += 1;
        Err(StoreError::NoScan("stop".to_owned()))
    });
    assert!(matches!(outcome, Err(StoreError::NoScan(text)) if text == "stop"));
    assert_eq!(seen, 1);
}

#[test]
fn a_scan_that_is_gone_is_said_to_be_gone() {
    let place = Place::new();
    let store = place.reader();
    let gone = ScanId(9);
    for outcome in [
        store.record_scan(gone, &[file(b"a", Verdict::Match)]),
        store.finish_scan(gone),
        store.delete_scan(gone),
    ] {
        assert!(matches!(outcome, Err(StoreError::NoScan(_))), "{outcome:?}");
    }
    let first = store.begin_scan("one", "", now()).unwrap();
    store.delete_scan(first.id).unwrap();
    assert!(
        store.begin_scan("one", "", now()).unwrap().id > first.id,
        "an id is never used again"
    );
}

#[test]
fn a_scan_outwaits_a_long_import() {
    let place = Place::new();
    let mut options = place.options(Access::Reader);
    options.wait = Duration::from_secs(1);
    let store = Store::open(&place.folder(), options).unwrap();
    let scan = store.begin_scan("one", "", now()).unwrap();
    let mut raw = place.raw();
    raw.hold();
    thread::scope(|scope| {
        let recording = scope.spawn(|| store.record_scan(scan.id, &[file(b"a", Verdict::Match)]));
        thread::sleep(Duration::from_millis(1_500));
        raw.run("ROLLBACK");
        recording.join().unwrap().unwrap();
    });
    assert_eq!(listed(&store, &scan, None).len(), 1);
}
