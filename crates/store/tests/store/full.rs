//! A full disk: an error that says so, and nothing already stored is lost.

use basira_store::{Access, Keep, NewEntry, Options, Store, StoreError, Thumbnail};

use crate::place::{entry, now, only_sqlite, pdq, with_bank};

#[test]
fn a_full_disk_loses_nothing_that_was_stored() {
    if only_sqlite(
        "a limit on the size of its file; PostgreSQL has its own disk, and its own word for a full one",
    ) {
        return;
    }
    let (place, store, bank) = with_bank();
    drop(store);
    let options = Options {
        max_bytes: Some(1 << 20),
        ..place.options(Access::Writer)
    };
    let store = Store::open(&place.folder(), options.clone()).unwrap();
    let batch: Vec<_> = (0..500).map(|number| entry(vec![pdq(number)])).collect();
    let mut stored = 0;
    let error = loop {
        assert!(stored < 100_000, "the limit has no effect");
        match store.edit("add_entries", |edits| edits.add_entries(bank.id, &batch)) {
            Ok(ids) => stored += ids.len() as u64,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
    assert!(error.to_string().contains("free some space"), "{error}");
    assert!(stored >= 500);

    let thumbnail = Thumbnail::new(1_000, 1_000, vec![0; 1_000_000]).unwrap();
    let keep = Keep::Picture {
        thumbnail: Some(thumbnail),
        windows: None,
    };
    let error = store
        .edit("add_entry", |edits| {
            edits.add_entry(
                bank.id,
                &NewEntry {
                    keep,
                    ..entry(vec![pdq(1)])
                },
            )
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");

    let check = |store: &Store| {
        assert_eq!(store.banks().unwrap()[0].entries, stored);
        assert_eq!(store.last_seq().unwrap().0 as u64, stored);
        let mut rows = 0;
        store.for_each_pdq(|_| rows += 1).unwrap();
        assert_eq!(rows, stored);
    };
    check(&store);
    let first = store.entries(bank.id, None, 1).unwrap()[0].id;
    store
        .edit("remove_entry", |edits| edits.remove_entry(first))
        .unwrap();
    stored_again(&store, bank.id);
    drop(store);

    let store = place.writer();
    store.begin_scan("room again", "", now()).unwrap();
    assert_eq!(store.banks().unwrap()[0].entries, stored);
    assert!(place.raw().is_sound());
}

/// After something was removed there is room for something as large.
fn stored_again(store: &Store, bank: model::BankId) {
    store
        .edit("add_entry", |edits| edits.add_entry(bank, &entry(vec![pdq(0)])))
        .unwrap();
}
