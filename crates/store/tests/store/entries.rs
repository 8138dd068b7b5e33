//! Entries: what goes in comes out, and changes only as the life cycle allows.

use basira_store::{EntryError, Keep, MAX_SIGNALS, NewEntry, StoreError};
use model::{BankEntry, BankId, EntryId, EntrySignal, Md5, Sha1, Sha256, Signal, Tlp, Trust};

use crate::place::{entry, now, pdq, with_bank};

#[test]
fn an_entry_comes_back_as_it_went_in() {
    let (_place, store, bank) = with_bank();
    let digests = [
        Signal::Sha256(Sha256::new([1; 32])),
        Signal::Sha1(Sha1::new([2; 20])),
        Signal::Md5(Md5::new([3; 16])),
    ];
    let mut signals = vec![
        pdq(50),
        EntrySignal {
            quality: None,
            ..pdq(7)
        },
    ];
    signals.extend(digests.map(|signal| EntrySignal {
        signal,
        quality: None,
    }));
    let mut new = entry(signals.clone());
    new.labels = vec!["ب".parse().unwrap(), "a".parse().unwrap(), "a".parse().unwrap()];
    new.note = Some("a remark".to_owned());
    new.provenance.external_id = Some("x-1".to_owned());
    new.trust = Trust::Shadow;
    new.human_confirmed = true;
    new.tlp = Tlp::AmberStrict;
    new.expires = Some(now());
    new.disabled_until = Some(jiff::Timestamp::MAX);
    new.metadata = Some("{\"json\":{}}".to_owned());
    new.media = Some(Sha256::new([9; 32]));
    let id = store
        .edit("add_entry", |edits| edits.add_entry(bank.id, &new))
        .unwrap();
    let want = BankEntry {
        id,
        bank: bank.id,
        signals,
        labels: vec!["a".parse().unwrap(), "ب".parse().unwrap()],
        note: new.note,
        provenance: new.provenance,
        trust: Trust::Shadow,
        human_confirmed: true,
        tlp: Tlp::AmberStrict,
        expires: Some(now()),
        disabled_until: Some(jiff::Timestamp::MAX),
        metadata: new.metadata,
        media: new.media,
        hash_only: true,
    };
    assert_eq!(store.entry(id).unwrap(), Some(want));
    for digest in digests {
        assert_eq!(store.entries_with_signal(&digest).unwrap(), [id]);
    }
    assert_eq!(store.entries_with_external_id(bank.id, "x-1").unwrap(), [id]);
    assert_eq!(store.entries_with_external_id(BankId(99), "x-1").unwrap(), []);
}

#[test]
fn what_cannot_be_stored_is_refused_before_anything_is_stored() {
    let (_place, store, bank) = with_bank();
    let with = |change: fn(&mut NewEntry)| {
        let mut new = entry(vec![pdq(1)]);
        change(&mut new);
        new
    };
    let refused = [
        (entry(Vec::new()), EntryError::NoSignals),
        (
            entry(vec![pdq(1); MAX_SIGNALS + 1]),
            EntryError::TooManySignals(256),
        ),
        (
            with(|new| new.note = Some("a\0b".to_owned())),
            EntryError::Text { field: "note" },
        ),
        (
            with(|new| new.provenance.source = "x".repeat(70_000)),
            EntryError::Text { field: "source" },
        ),
    ];
    for (new, want) in refused {
        match store.edit("add_entries", |edits| {
            edits.add_entries(bank.id, &[entry(vec![pdq(2)]), new])
        }) {
            Err(StoreError::Entry(error)) => assert_eq!(error, want),
            other => panic!("{other:?}"),
        }
    }
    let error = store
        .edit("add_entry", |edits| {
            edits.add_entry(BankId(99), &entry(vec![pdq(1)]))
        })
        .unwrap_err();
    assert!(matches!(error, StoreError::NoBank(_)), "{error}");
    assert_eq!(store.entries(bank.id, None, 10).unwrap(), []);
    assert_eq!(
        store
            .edit("add_entries", |edits| edits.add_entries(bank.id, &[]))
            .unwrap(),
        []
    );
    store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1); MAX_SIGNALS]))
        })
        .unwrap();
}

#[test]
fn an_id_is_never_used_again() {
    let (place, store, bank) = with_bank();
    let ids = store
        .edit("add_entries", |edits| {
            edits.add_entries(bank.id, &[entry(vec![pdq(1)]), entry(vec![pdq(2)])])
        })
        .unwrap();
    for &id in &ids {
        store
            .edit("remove_entry", |edits| edits.remove_entry(id))
            .unwrap();
    }
    drop(store);
    let next = place
        .writer()
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(3)]))
        })
        .unwrap();
    assert!(next > ids[1], "{next} after {ids:?}");
}

#[test]
fn removing_takes_everything_of_the_entry_and_nothing_of_its_neighbours() {
    let (place, store, bank) = with_bank();
    let new = || entry((0..MAX_SIGNALS as u64).map(pdq).collect());
    let ids = store
        .edit("add_entries", |edits| {
            edits.add_entries(bank.id, &[new(), new(), new()])
        })
        .unwrap();
    store
        .edit("remove_entry", |edits| edits.remove_entry(ids[1]))
        .unwrap();
    assert_eq!(store.entry(ids[1]).unwrap(), None);
    for id in [ids[0], ids[2]] {
        assert_eq!(store.entry(id).unwrap().unwrap().signals, new().signals);
    }
    assert_eq!(
        store.entries_with_signal(&pdq(254).signal).unwrap(),
        [ids[0], ids[2]]
    );
    assert_eq!(store.banks().unwrap()[0].entries, 2);
    assert!(matches!(
        store.edit("remove_entry", |edits| edits.remove_entry(ids[1])),
        Err(StoreError::NoEntry(_))
    ));
    let left = place.raw().number("SELECT COUNT(*) FROM signal");
    assert_eq!(left, 2 * MAX_SIGNALS as i64);
}

#[test]
fn an_id_out_of_range_touches_no_other_entry() {
    let (_place, store, bank) = with_bank();
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    // Shifted left by eight bits, this is the same as `id`.
    let alias = EntryId(id.0 | 1 << 56);
    assert_eq!(store.entry(alias).unwrap(), None);
    assert!(matches!(
        store.edit("remove_entry", |edits| edits.remove_entry(alias)),
        Err(StoreError::NoEntry(_))
    ));
    assert!(store.entry(id).unwrap().is_some());
}

#[test]
fn trust_changes_as_its_life_cycle_allows() {
    let (_place, store, bank) = with_bank();
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    let trust = || store.entry(id).unwrap().unwrap().trust;
    for to in [Trust::Disputed, Trust::Active, Trust::Revoked] {
        store.edit("set_trust", |edits| edits.set_trust(id, to)).unwrap();
        assert_eq!(trust(), to);
    }
    assert!(matches!(
        store.edit("set_trust", |edits| edits.set_trust(id, Trust::Active)),
        Err(StoreError::Trust(_))
    ));
    assert_eq!(trust(), Trust::Revoked);
}

#[test]
fn everything_but_signals_can_be_changed() {
    let (_place, store, bank) = with_bank();
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![pdq(1)]))
        })
        .unwrap();
    let label = |text: &str| text.parse().unwrap();
    store
        .edit("set_human_confirmed", |edits| edits.set_human_confirmed(id, true))
        .unwrap();
    store
        .edit("set_expires", |edits| edits.set_expires(id, Some(now())))
        .unwrap();
    store
        .edit("set_note", |edits| edits.set_note(id, Some("seen")))
        .unwrap();
    assert_eq!(
        store
            .edit("edit_labels", |edits| edits.edit_labels(
                id,
                &[label("b"), label("a"), label("c")],
                &[label("c")]
            ))
            .unwrap(),
        [label("a"), label("b")]
    );
    assert_eq!(
        store
            .edit("edit_labels", |edits| edits.edit_labels(
                id,
                &[label("b")],
                &[label("a")]
            ))
            .unwrap(),
        [label("b")]
    );
    let changed = store.entry(id).unwrap().unwrap();
    assert!(changed.human_confirmed);
    assert_eq!(changed.expires, Some(now()));
    assert_eq!(changed.note.as_deref(), Some("seen"));
    assert_eq!(changed.labels, [label("b")]);
    store
        .edit("set_expires", |edits| edits.set_expires(id, None))
        .unwrap();
    store.edit("set_note", |edits| edits.set_note(id, None)).unwrap();
    store
        .edit("edit_labels", |edits| edits.edit_labels(id, &[], &[label("b")]))
        .unwrap();
    store
        .edit("set_human_confirmed", |edits| {
            edits.set_human_confirmed(id, false)
        })
        .unwrap();
    let plain = store.entry(id).unwrap().unwrap();
    assert_eq!(
        (
            plain.expires,
            plain.note,
            plain.labels.len(),
            plain.human_confirmed
        ),
        (None, None, 0, false)
    );
}

#[test]
fn a_change_of_no_entry_is_refused_and_not_in_the_feed() {
    let (_place, store, _bank) = with_bank();
    let id = EntryId(5);
    let before = store.last_seq().unwrap();
    let outcomes = [
        store.edit("set_trust", |edits| edits.set_trust(id, Trust::Active)),
        store.edit("set_human_confirmed", |edits| edits.set_human_confirmed(id, true)),
        store.edit("set_expires", |edits| edits.set_expires(id, None)),
        store.edit("set_note", |edits| edits.set_note(id, None)),
        store
            .edit("edit_labels", |edits| edits.edit_labels(id, &[], &[]))
            .map(drop),
        store.edit("keep_picture", |edits| edits.keep_picture(id, None, None)),
        store.edit("remove_entry", |edits| edits.remove_entry(id)),
    ];
    for outcome in outcomes {
        assert!(
            matches!(outcome, Err(StoreError::NoEntry(EntryId(5)))),
            "{outcome:?}"
        );
    }
    assert_eq!(store.last_seq().unwrap(), before);
}

#[test]
fn duplicates_are_looked_up_within_a_bank() {
    let (_place, store, bank) = with_bank();
    let other = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"other".parse().unwrap(), model::BankKind::Known, now())
        })
        .unwrap();
    let ids = store
        .edit("add_entries", |edits| {
            edits.add_entries(
                bank.id,
                &[entry(vec![pdq(1)]), entry(vec![pdq(2), pdq(1), pdq(1)])],
            )
        })
        .unwrap();
    assert_eq!(
        store.entry_with_signal_in(bank.id, &pdq(1).signal).unwrap(),
        Some(ids[0])
    );
    assert_eq!(
        store.entry_with_signal_in(bank.id, &pdq(2).signal).unwrap(),
        Some(ids[1])
    );
    assert_eq!(
        store.entry_with_signal_in(other.id, &pdq(1).signal).unwrap(),
        None
    );
    assert_eq!(
        store.entries_with_signal(&pdq(1).signal).unwrap(),
        ids,
        "each entry once"
    );
    // The same 32 bytes as another type are another signal.
    let sha256 = Signal::from_bytes(model::SignalType::Sha256, pdq(1).signal.bytes()).unwrap();
    assert_eq!(store.entries_with_signal(&sha256).unwrap(), []);
}

#[test]
fn hash_only_is_kept_as_such() {
    let (_place, store, bank) = with_bank();
    let keep = Keep::Picture {
        thumbnail: None,
        windows: None,
    };
    let id = store
        .edit("add_entry", |edits| {
            edits.add_entry(
                bank.id,
                &NewEntry {
                    keep,
                    ..entry(vec![pdq(1)])
                },
            )
        })
        .unwrap();
    assert!(!store.entry(id).unwrap().unwrap().hash_only);
}
