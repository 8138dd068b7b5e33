//! A database that is not what was written: an error with a name, never a wrong answer.

use std::fs;
use std::os::unix::fs::FileExt;

use basira_store::{Access, StoreError};

use crate::place::{Place, entry, only_sqlite, pdq, with_bank};

#[test]
fn a_file_that_is_no_database_is_damaged() {
    if only_sqlite("its file is not what was written; PostgreSQL sees to its own files") {
        return;
    }
    let place = Place::new();
    drop(place.writer());
    fs::write(place.folder().join("basira.db"), "not a database, ".repeat(1_000)).unwrap();
    let error = place.try_open(Access::Reader).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("backup"), "{error}");
}

#[test]
fn a_page_that_was_overwritten_is_damaged() {
    if only_sqlite("a page of its file is not what was written; PostgreSQL sees to its own files") {
        return;
    }
    let (place, store, bank) = with_bank();
    let entries: Vec<_> = (0..2_000).map(|number| entry(vec![pdq(number)])).collect();
    store
        .edit("add_entries", |edits| edits.add_entries(bank.id, &entries))
        .unwrap();
    drop(store);
    let file = fs::OpenOptions::new()
        .write(true)
        .open(place.folder().join("basira.db"))
        .unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    // Not those that are read whenever it is opened.
    for page in pages * 3 / 4..pages {
        file.write_all_at(&[0xff; 4096], page * 4096).unwrap();
    }
    let store = place.reader();
    let mut rows = 0;
    let error = store.for_each_pdq(|_| rows += 1).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(rows < 2_000);
}

#[test]
fn a_row_that_does_not_parse_is_named() {
    let (place, store, bank) = with_bank();
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    let mut raw = place.raw();
    let (zero, zeros) = (raw.literal(&[0]), raw.literal(&[0; 32]));
    let spoilt: [(&str, _, _); 9] = [
        ("UPDATE entry SET trust = 'blind'", "entry", "1"),
        ("UPDATE entry SET trust = 'active', hash_only = 2", "entry", "1"),
        ("UPDATE entry SET hash_only = 1, labels = 'a,,b'", "entry", "1"),
        (
            &format!("UPDATE entry SET labels = '', media = {zero}"),
            "entry",
            "1",
        ),
        (
            "UPDATE entry SET media = NULL, added_at = 9223372036854775807",
            "entry",
            "1",
        ),
        (
            &format!("UPDATE entry SET added_at = 0; UPDATE signal SET value = {zero}"),
            "signal",
            "256",
        ),
        (
            &format!("UPDATE signal SET value = {zeros}, quality = 101"),
            "signal",
            "256",
        ),
        ("UPDATE signal SET quality = NULL, type = 'pdq2'", "signal", "256"),
        ("DELETE FROM signal", "entry", "1"),
    ];
    for (sql, want_table, want_row) in spoilt {
        raw.run(sql);
        match store.entry(id) {
            Err(StoreError::Row { table, row, .. }) => {
                assert_eq!((table, row.as_str()), (want_table, want_row), "{sql}");
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
    raw.run(&format!(
        "INSERT INTO signal VALUES (256, 'pdq', {zero}, NULL, 0)"
    ));
    assert!(matches!(
        store.for_each_pdq(|_| {}),
        Err(StoreError::Row { table: "signal", .. })
    ));
    raw.run(&format!("INSERT INTO entry_windows VALUES (1, 1, {zero})"));
    assert!(matches!(
        store.windows(id),
        Err(StoreError::Row {
            table: "entry_windows",
            ..
        })
    ));
    raw.run("UPDATE bank SET kind = 'x'");
    assert!(matches!(
        store.bank(&bank.name),
        Err(StoreError::Row { table: "bank", .. })
    ));
}

#[test]
fn a_value_of_the_wrong_type_cannot_be_written_at_all() {
    let (place, _store, _bank) = with_bank();
    let outcome = place.raw().try_run("UPDATE bank SET entries = 'many'");
    assert!(outcome.is_err(), "SQLite's tables are STRICT");
}
