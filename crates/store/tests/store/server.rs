//! What is about PostgreSQL alone: a server that goes away, a schema that others use, moving from one engine to the other.

use std::fs;
use std::io::Write;

use basira_store::{Access, Options, Store, StoreError, restore};
use model::BankKind;

use crate::intake::{arrive, new};
use crate::place::{Place, Raw, database, entry, now, on_postgres, options, pdq, with_bank};

/// Whether the suite runs on SQLite, where these have nothing to look at.
fn only_postgres(reason: &str) -> bool {
    if !on_postgres() {
        let mut shown = std::io::stderr();
        writeln!(shown, "ONLY WITH POSTGRESQL: {reason}").unwrap();
    }
    !on_postgres()
}

#[test]
fn a_server_that_is_not_there_is_named_without_its_password() {
    let place = Place::new();
    let options = Options {
        database: Some("postgres://amal:hush@127.0.0.1:1/d".parse().unwrap()),
        ..place.options(Access::Writer)
    };
    let error = Store::open(&place.folder(), options.clone()).unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    let said = format!("{error} {error:?} {options:?}");
    assert!(
        said.contains("postgres://amal@127.0.0.1:1/d?schema=basira"),
        "{said}"
    );
    assert!(!said.contains("hush"), "{said}");
}

#[test]
fn a_folder_is_never_opened_with_another_engine_than_its_own() {
    let (place, store, _bank) = with_bank();
    drop(store);
    let other = match on_postgres() {
        true => None,
        false => Some("postgres://amal@127.0.0.1:1/d".parse().unwrap()),
    };
    let options = Options {
        database: other,
        ..place.options(Access::Reader)
    };
    let error = Store::open(&place.folder(), options).unwrap_err();
    assert!(matches!(error, StoreError::OtherDatabase { .. }), "{error:?}");
    assert!(place.reader().banks().unwrap().len() == 1);
}

#[test]
fn a_folder_is_never_opened_with_another_schema_than_its_own() {
    if only_postgres("a schema of another store") {
        return;
    }
    let (place, store, _bank) = with_bank();
    let (other, another_store, _bank) = with_bank();
    drop((store, another_store));
    fs::copy(other.key(), place.key()).unwrap();
    let options = options(Access::Reader, &other.folder(), &place.key());
    let error = Store::open(&place.folder(), options).unwrap_err();
    assert!(matches!(error, StoreError::OtherDatabase { .. }), "{error:?}");
}

/// Another data folder, on another machine for one, with the same schema and key.
#[test]
fn one_store_at_a_time_changes_a_schema_whatever_its_folder() {
    if only_postgres("two data folders of one schema") {
        return;
    }
    let (place, store, bank) = with_bank();
    let folder = place.root.path().join("elsewhere");
    let open = |access| {
        let options = Options {
            wait: std::time::Duration::from_millis(60),
            ..options(access, &place.folder(), &place.key())
        };
        Store::open(&folder, options)
    };
    let error = open(Access::Writer).unwrap_err();
    assert!(matches!(error, StoreError::InUse { pid: None, .. }), "{error:?}");
    let reader = open(Access::Reader).unwrap();
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    assert!(reader.entry(id).unwrap().is_some());
    drop(store);
    let writer = open(Access::Writer).unwrap();
    assert!(matches!(
        place.try_open(Access::Writer),
        Err(StoreError::InUse { .. })
    ));
    writer
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(2)]))
        })
        .unwrap();
}

#[test]
fn connections_that_were_lost_are_made_anew_with_their_locks() {
    if only_postgres("connections that the server ends") {
        return;
    }
    let (place, store, bank) = with_bank();
    let end_all = || {
        let Raw::Postgres(mut client) = place.raw() else {
            unreachable!("it is PostgreSQL");
        };
        // Tests run beside this one: only connections that hold locks of this schema or wait in it are ended.
        let schema = database(&place.folder()).unwrap().to_string();
        let schema = schema.split("schema=").last().unwrap().to_owned();
        let sql = format!(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND
                application_name = 'basira {schema}'"
        );
        client.query_one(&sql, &[]).unwrap().get::<_, i64>(0)
    };
    for round in 0..3 {
        store.banks().unwrap();
        assert!(end_all() >= 2, "one that reads and one that writes");
        let id = store
            .edit("add_entry", |edits| {
                edits.add_entry(bank.id, &entry(vec![pdq(round)]))
            })
            .unwrap();
        assert!(end_all() >= 1);
        assert!(store.entry(id).unwrap().is_some());
        end_all();
        store.submit(&arrive(&store, b"bytes"), new(None)).unwrap();
        let error = place.try_open(Access::Writer).unwrap_err();
        assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
    }
    assert_eq!(store.banks().unwrap()[0].entries, 3);
    // The schema's own lock, too: another folder may not take it either.
    let options = Options {
        wait: std::time::Duration::from_millis(60),
        ..options(Access::Writer, &place.folder(), &place.key())
    };
    let error = Store::open(&place.root.path().join("elsewhere"), options).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
}

/// A backup is a folder with SQLite, whatever it was made of; it is restored on either engine, and has everything.
#[test]
fn a_backup_moves_a_store_from_one_engine_to_the_other() {
    let (place, store, bank) = with_bank();
    let mut one = entry(vec![pdq(1), pdq(2)]);
    one.note = Some("ملاحظة, and a 'quote'".to_owned());
    store
        .edit("add_entry", |edits| edits.add_entry(bank.id, &one))
        .unwrap();
    let gone = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(3)]))
        })
        .unwrap();
    store
        .edit("remove_entry", |edits| edits.remove_entry(gone))
        .unwrap();
    store
        .edit("create_bank", |edits| {
            edits.create_bank(&"allowed".parse().unwrap(), BankKind::Allow, now())
        })
        .unwrap();
    let submitted = store
        .submit(&arrive(&store, b"some bytes"), new(Some("post")))
        .unwrap();
    let scan = store.begin_scan("scan", "{}", now()).unwrap();

    let engines: &[bool] = match on_postgres() {
        true => &[true, false, true],
        false => &[false],
    };
    let key = place.key();
    let (mut store, mut at) = (Some(store), place.root.path().to_owned());
    for (step, &postgres) in engines.iter().enumerate() {
        let before = store.take().unwrap();
        at = at.join(step.to_string());
        let (backup, folder) = (at.join("backup"), at.join("data"));
        before.backup(&backup, || {}).unwrap();
        let url = postgres.then(|| database(&folder).unwrap());
        assert_eq!(restore(&backup, &folder, url.as_ref(), || {}).unwrap(), 1);
        if url.is_some() {
            let again = restore(&backup, &at.join("again"), url.as_ref(), || {});
            assert!(matches!(again, Err(StoreError::SchemaTaken(_))), "{again:?}");
        }
        let options = Options {
            database: url,
            ..Options::new(Access::Writer, &key)
        };
        let after = Store::open(&folder, options).unwrap();
        assert_eq!(after.banks().unwrap(), before.banks().unwrap());
        let entries = |store: &Store| store.entries(bank.id, None, 10).unwrap();
        assert_eq!(entries(&after), entries(&before));
        let changes = |store: &Store| store.changes_since(basira_store::Seq(0), 100).unwrap();
        assert_eq!(changes(&after), changes(&before));
        assert_eq!(after.scan("scan").unwrap().as_ref(), Some(&scan));
        let item = after.item(submitted.item.receipt).unwrap().unwrap();
        assert_eq!(item, submitted.item);
        let mut bytes = Vec::new();
        assert!(after.copy_blob(&item.sha256, &mut bytes).unwrap());
        assert_eq!(bytes, b"some bytes");
        // Numbers go on where they were.
        assert!(after.begin_scan("next", "", now()).unwrap().id > scan.id);
        let next = after.scan("next").unwrap().unwrap();
        after.delete_scan(next.id).unwrap();
        store = Some(after);
    }
}
