//! What clients of HMA configure: ratios, names, exchanges and credentials.

use basira_store::{BankChange, ChangeKind, NewExchange, Seq, StoreError};
use jiff::Timestamp;
use model::SignalType;

use crate::place::{Place, entry, now, pdq, with_bank};

#[test]
fn a_bank_is_renamed_and_matched_in_a_part_of_lookups() {
    let (_place, store, bank) = with_bank();
    let other = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"other".parse().unwrap(), bank.kind, now())
        })
        .unwrap();
    let change = |name: Option<&str>, enabled_ratio| BankChange {
        name: name.map(|name| name.parse().unwrap()),
        enabled_ratio,
    };
    let changed = store
        .edit("change_bank", |edits| {
            edits.change_bank(bank.id, &change(Some("NEW"), Some(0.5)))
        })
        .unwrap();
    assert_eq!((changed.name.as_str(), changed.enabled_ratio), ("NEW", 0.5));
    assert!(matches!(
        store.edit("change_bank", |edits| edits
            .change_bank(bank.id, &change(Some("other"), Some(1.0)))),
        Err(StoreError::BankExists(_))
    ));
    assert_eq!(
        store.bank(&changed.name).unwrap(),
        changed,
        "all of a change, or nothing"
    );
    let off = store
        .edit("change_bank", |edits| {
            edits.change_bank(bank.id, &change(None, Some(0.0)))
        })
        .unwrap();
    assert!(off.enabled && !off.is_matched());
    store
        .edit("set_bank_enabled", |edits| edits.set_bank_enabled(bank.id, true))
        .unwrap();
    assert!(store.bank(&changed.name).unwrap().is_matched());
    store
        .edit("set_bank_enabled", |edits| {
            edits.set_bank_enabled(other.id, false)
        })
        .unwrap();
    assert!(
        store
            .edit("change_bank", |edits| edits
                .change_bank(other.id, &change(None, Some(0.1))))
            .unwrap()
            .is_matched()
    );
}

#[test]
fn a_removed_bank_takes_its_entries_and_its_exchange_with_it() {
    let place = Place::new();
    let store = place.writer();
    let new = NewExchange {
        name: "EX".parse().unwrap(),
        api: "sample".to_owned(),
        settings: "{}".to_owned(),
    };
    let made = store
        .edit("create_exchange", |edits| edits.create_exchange(&new, now()))
        .unwrap();
    assert!(matches!(
        store.edit("create_exchange", |edits| edits.create_exchange(&new, now())),
        Err(StoreError::BankExists(_))
    ));
    assert_eq!(store.exchanges().unwrap(), std::slice::from_ref(&made));
    let other = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"other".parse().unwrap(), model::BankKind::Known, now())
        })
        .unwrap();
    let entries = [1, 2, 3].map(|number| entry(vec![pdq(number)]));
    let gone = store
        .edit("add_entries", |edits| edits.add_entries(made.bank, &entries))
        .unwrap();
    let kept = store
        .edit("add_entry", |edits| edits.add_entry(other.id, &entries[0]))
        .unwrap();
    let before = store.last_seq().unwrap();
    assert_eq!(
        store
            .edit("remove_bank", |edits| edits.remove_bank(made.bank))
            .unwrap(),
        3
    );
    let removed: Vec<_> = store.changes_since(before, 10).unwrap();
    let removed: Vec<_> = removed.iter().map(|change| (change.kind, change.entry)).collect();
    let want: Vec<_> = gone.iter().map(|entry| (ChangeKind::Removed, *entry)).collect();
    assert_eq!(removed, want);
    assert_eq!(store.entries_with_signal(&pdq(1).signal).unwrap(), [kept]);
    assert_eq!(store.exchanges().unwrap(), []);
    assert!(matches!(
        store.edit("remove_bank", |edits| edits.remove_bank(made.bank)),
        Err(StoreError::NoBank(_))
    ));
    assert!(before > Seq(0));
}

#[test]
fn credentials_are_sealed() {
    let place = Place::new();
    let store = place.writer();
    let secret = b"a secret of nobody";
    assert!(!store.has_credentials("x").unwrap());
    store
        .edit("set_credentials", |edits| {
            edits.set_credentials("x", Some(b"before"))
        })
        .unwrap();
    store
        .edit("set_credentials", |edits| {
            edits.set_credentials("x", Some(secret))
        })
        .unwrap();
    assert_eq!(store.credentials("x").unwrap().as_deref(), Some(&secret[..]));
    let sealed = place.raw().bytes("SELECT credentials FROM exchange_api");
    assert!(
        !sealed
            .windows(8)
            .any(|window| secret.windows(8).any(|other| other == window))
    );
    // A ciphertext that was moved does not open.
    place.raw().run("UPDATE exchange_api SET id = id + 1");
    assert!(matches!(store.credentials("x"), Err(StoreError::Row { .. })));
    store
        .edit("set_credentials", |edits| edits.set_credentials("x", None))
        .unwrap();
    assert_eq!(store.credentials("x").unwrap(), None);
}

#[test]
fn an_entry_is_switched_off_until_a_time() {
    let (_place, store, bank) = with_bank();
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    let matched = |until, at: Timestamp| {
        store
            .edit("set_disabled_until", |edits| edits.set_disabled_until(id, until))
            .unwrap();
        let entry = store.entry(id).unwrap().unwrap();
        assert_eq!(entry.disabled_until, until);
        entry.is_matched_at(at)
    };
    assert!(matched(None, now()));
    assert!(!matched(Some(Timestamp::MAX), now()));
    assert!(matched(Some(now()), now()));
    let later = now() + jiff::SignedDuration::from_secs(1);
    assert!(!matched(Some(later), now()));
}

#[test]
fn ratios_of_signal_types_and_counts() {
    let (_place, store, bank) = with_bank();
    assert!(store.signal_ratios().unwrap().is_empty() && store.newest_entry().unwrap().is_none());
    store
        .edit("set_signal_ratio", |edits| {
            edits.set_signal_ratio(SignalType::Pdq, 0.5)
        })
        .unwrap();
    store
        .edit("set_signal_ratio", |edits| {
            edits.set_signal_ratio(SignalType::Pdq, 0.25)
        })
        .unwrap();
    assert_eq!(store.signal_ratios().unwrap()[&SignalType::Pdq], 0.25);
    store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1), pdq(2)]))
        })
        .unwrap();
    assert_eq!(store.count_signals(SignalType::Pdq).unwrap(), 2);
    assert_eq!(store.count_signals(SignalType::Md5).unwrap(), 0);
    assert_eq!(store.newest_entry().unwrap(), Some(now()));
}
