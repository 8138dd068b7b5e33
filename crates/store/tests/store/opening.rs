//! Opening a data folder: who may, what they get, and what lies in it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;
use std::thread;

use basira_store::{Access, Seq, StoreError};
use model::BankKind;

use crate::place::{Place, entry, now, on_postgres, only_sqlite, pdq, with_bank};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_the_owner_can_read_what_is_made() {
    let (place, store, bank) = with_bank();
    store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    assert_eq!(mode(&place.folder()), 0o700);
    let mut names: Vec<String> = Vec::new();
    for file in fs::read_dir(place.folder()).unwrap() {
        let file = file.unwrap();
        let want = if file.path().is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&file.path()), want, "{}", file.path().display());
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort_unstable();
    let of_engine: &[&str] = match on_postgres() {
        true => &["store-id"],
        false => &["basira.db", "basira.db-shm", "basira.db-wal"],
    };
    let mut want = [of_engine, &["blobs", "lock", "segments", "writer.lock"]].concat();
    want.sort_unstable();
    assert_eq!(names, want);
}

#[test]
fn what_was_removed_is_not_on_the_disk() {
    if only_sqlite("bytes are overwritten; PostgreSQL has them until VACUUM, which the README says") {
        return;
    }
    let (place, store, bank) = with_bank();
    let text = "a remark that must be gone";
    let mut new = entry(vec![pdq(0x6e6f_7468_696e_6721)]);
    new.note = Some(text.to_owned());
    let id = store
        .edit("add_entry", |edits| edits.add_entry(bank.id, &new))
        .unwrap();
    let on_disk = |wanted: &[u8]| {
        let files = fs::read_dir(place.folder())
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut contents = files
            .filter(|path| path.is_file())
            .map(|path| fs::read(path).unwrap());
        contents.any(|bytes| bytes.windows(wanted.len()).any(|window| window == wanted))
    };
    assert!(
        on_disk(text.as_bytes()) && on_disk(b"nothing!"),
        "the search finds what is there"
    );
    store
        .edit("remove_entry", |edits| edits.remove_entry(id))
        .unwrap();
    drop(store);
    assert!(!on_disk(text.as_bytes()) && !on_disk(b"nothing!"));
}

#[test]
fn a_second_writer_is_told_who_is_there() {
    let (place, store, _bank) = with_bank();
    let error = place.try_open(Access::Writer).unwrap_err();
    let pid = std::process::id();
    assert!(
        matches!(error, StoreError::InUse { pid: Some(found), .. } if found == pid),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains(&format!("in use by process {pid}; wait")),
        "{error}"
    );
    drop(store);
    drop(place.writer());
}

#[test]
fn a_writer_waits_for_another_that_has_nearly_finished() {
    let (place, store, _bank) = with_bank();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let mut options = place.options(Access::Writer);
            options.wait = std::time::Duration::from_secs(60);
            basira_store::Store::open(&place.folder(), options).map(drop)
        });
        drop(store);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn readers_work_beside_a_writer_and_change_no_bank() {
    let (place, store, bank) = with_bank();
    let readers = [place.reader(), place.reader()];
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    for reader in &readers {
        assert!(reader.entry(id).unwrap().is_some());
        let refused = reader
            .edit("remove_entry", |edits| edits.remove_entry(id))
            .unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::ReaderOnly {
                    operation: "remove_entry"
                }
            ),
            "{refused}"
        );
        let refused = reader
            .edit("create_bank", |edits| {
                edits.create_bank(&"x".parse().unwrap(), BankKind::Known, now())
            })
            .unwrap_err();
        assert!(matches!(refused, StoreError::ReaderOnly { .. }), "{refused}");
    }
    readers[0].begin_scan("scan", "", now()).unwrap();
    assert!(readers[1].scan("scan").unwrap().is_some());
}

#[test]
fn a_database_held_by_a_foreign_program_is_in_use() {
    let (place, store, _bank) = with_bank();
    let mut raw = place.raw();
    raw.hold();
    let error = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"x".parse().unwrap(), BankKind::Known, now())
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::InUse { pid: None, .. }), "{error}");
    raw.run("ROLLBACK");
    store
        .edit("create_bank", |edits| {
            edits.create_bank(&"x".parse().unwrap(), BankKind::Known, now())
        })
        .unwrap();
}

#[test]
fn many_may_open_a_fresh_folder_at_once() {
    let place = Place::new();
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for number in 0..8 {
            let (place, barrier) = (&place, &barrier);
            scope.spawn(move || {
                let mut options = place.options(Access::Reader);
                options.wait = std::time::Duration::from_secs(60);
                barrier.wait();
                let store = basira_store::Store::open(&place.folder(), options).unwrap();
                store.begin_scan(&number.to_string(), "", now()).unwrap();
            });
        }
    });
    assert_eq!(place.reader().scans().unwrap().len(), 8);
}

#[test]
fn threads_share_a_store() {
    let (_place, store, bank) = with_bank();
    thread::scope(|scope| {
        for thread in 0..4u64 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..20 {
                    let signal = pdq(thread * 1_000 + number);
                    let id = store
                        .edit("add_entry", |edits| {
                            edits.add_entry(bank.id, &entry(vec![signal]))
                        })
                        .unwrap();
                    assert_eq!(store.entries_with_signal(&signal.signal).unwrap(), [id]);
                }
            });
        }
    });
    assert_eq!(store.banks().unwrap()[0].entries, 80);
    assert_eq!(store.last_seq().unwrap(), Seq(80));
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let (place, store, bank) = with_bank();
    drop(store);
    place
        .raw()
        .run("INSERT INTO schema_migration (version, checksum) VALUES (99, '')");
    for access in [Access::Reader, Access::Writer] {
        let error = place.try_open(access).unwrap_err();
        assert!(
            matches!(error, StoreError::NewerSchema { found: 99, .. }),
            "{error}"
        );
    }
    place.raw().run("DELETE FROM schema_migration WHERE version = 99");
    assert_eq!(place.reader().bank(&bank.name).unwrap(), bank);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let place = Place::new();
    fs::write(place.folder(), "a file").unwrap();
    let error = place.try_open(Access::Reader).unwrap_err();
    let path = place.folder().display().to_string();
    assert!(
        matches!(error, StoreError::Io { .. }) && error.to_string().contains(&path),
        "{error}"
    );
}
