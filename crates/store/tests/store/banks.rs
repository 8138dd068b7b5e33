//! Banks.

use basira_store::StoreError;
use model::{BankId, BankKind};

use crate::place::{Place, entry, now, pdq, with_bank};

#[test]
fn banks_are_listed_by_name_with_their_entries() {
    let place = Place::new();
    let store = place.writer();
    let flags = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"بنك".parse().unwrap(), BankKind::Allow, now())
        })
        .unwrap();
    let known = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"known".parse().unwrap(), BankKind::Known, now())
        })
        .unwrap();
    assert_ne!(flags.id, known.id);
    assert!(known.enabled);
    assert_eq!(known.created_at, now());
    store
        .edit("add_entries", |edits| {
            edits.add_entries(known.id, &[entry(vec![pdq(1)]), entry(vec![pdq(2)])])
        })
        .unwrap();
    let listed: Vec<_> = store
        .banks()
        .unwrap()
        .into_iter()
        .map(|row| (row.bank, row.entries))
        .collect();
    assert_eq!(listed, [(known.clone(), 2), (flags.clone(), 0)]);
    assert_eq!(store.bank(&flags.name).unwrap(), flags);
}

#[test]
fn a_name_is_taken_once() {
    let (_place, store, bank) = with_bank();
    let error = store
        .edit("create_bank", |edits| {
            edits.create_bank(&bank.name, BankKind::Allow, now())
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::BankExists(_)), "{error}");
    assert_eq!(store.banks().unwrap().len(), 1);
    assert!(matches!(
        store.bank(&"other".parse().unwrap()),
        Err(StoreError::NoBank(_))
    ));
}

#[test]
fn switching_a_bank_off_is_seen_at_once_by_everybody() {
    let (place, store, bank) = with_bank();
    let reader = place.reader();
    store
        .edit("set_bank_enabled", |edits| edits.set_bank_enabled(bank.id, false))
        .unwrap();
    assert!(!reader.bank(&bank.name).unwrap().enabled);
    store
        .edit("set_bank_enabled", |edits| edits.set_bank_enabled(bank.id, true))
        .unwrap();
    assert!(reader.bank(&bank.name).unwrap().enabled);
    assert!(matches!(
        store.edit("set_bank_enabled", |edits| edits
            .set_bank_enabled(BankId(99), true)),
        Err(StoreError::NoBank(_))
    ));
}
