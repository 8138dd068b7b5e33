//! Any sequence of adding, changing and removing, held against a plain list.

use std::collections::BTreeSet;

use basira_store::{ChangeKind, NewEntry, Seq, Store};
use model::{BankEntry, BankId, BankKind, EntryId, Signal, Trust};
use proptest::prelude::*;

use crate::place::{Place, entry, now, on_postgres, pdq};

#[derive(Debug, Clone)]
enum Step {
    /// Entries with these numbers of signals into a bank.
    Add {
        bank: usize,
        signals: Vec<u8>,
    },
    Remove {
        which: prop::sample::Index,
    },
    Trust {
        which: prop::sample::Index,
        trust: Trust,
    },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let which = || any::<prop::sample::Index>();
    prop_oneof![
        4 => (0..2usize, prop::collection::vec(1..4u8, 1..6))
            .prop_map(|(bank, signals)| Step::Add { bank, signals }),
        2 => which().prop_map(|which| Step::Remove { which }),
        1 => (which(), prop::sample::select(Trust::ALL)).prop_map(|(which, trust)| Step::Trust { which, trust }),
        1 => Just(Step::Reopen),
    ]
}

/// Signals repeat after a while, within an entry, a bank and between banks.
fn signals(seed: usize, count: u8) -> Vec<model::EntrySignal> {
    (0..usize::from(count))
        .map(|number| pdq((seed * 7 + number * 3) as u64 % 11))
        .collect()
}

fn paged(store: &Store, bank: BankId, limit: u32) -> Vec<BankEntry> {
    let mut all: Vec<BankEntry> = Vec::new();
    loop {
        let page = store
            .entries(bank, all.last().map(|entry| entry.id), limit)
            .unwrap();
        assert!(page.len() <= limit as usize);
        let last = page.len() < limit as usize;
        assert!(
            page.first()
                .is_none_or(|first| all.last().is_none_or(|last| last.id < first.id)),
            "no progress"
        );
        all.extend(page);
        if last {
            return all;
        }
    }
}

fn check(store: &Store, banks: [BankId; 2], oracle: &[BankEntry], limit: u32) {
    for (summary, bank) in store.banks().unwrap().into_iter().zip(banks) {
        let want: Vec<BankEntry> = oracle
            .iter()
            .filter(|entry| entry.bank == bank)
            .cloned()
            .collect();
        assert_eq!((summary.bank.id, summary.entries), (bank, want.len() as u64));
        assert_eq!(paged(store, bank, limit), want);
        for number in 0..11 {
            let signal = pdq(number).signal;
            let first = want
                .iter()
                .find(|entry| has(entry, &signal))
                .map(|entry| entry.id);
            assert_eq!(store.entry_with_signal_in(bank, &signal).unwrap(), first);
        }
    }
    for number in 0..11 {
        let signal = pdq(number).signal;
        let want: Vec<EntryId> = oracle
            .iter()
            .filter(|entry| has(entry, &signal))
            .map(|entry| entry.id)
            .collect();
        assert_eq!(store.entries_with_signal(&signal).unwrap(), want);
    }
    let mut rows = Vec::new();
    let seq = store
        .for_each_pdq(|row| rows.push((row.entry, row.ordinal, Signal::Pdq(row.hash))))
        .unwrap();
    let want = oracle.iter().flat_map(|entry| {
        (0u8..)
            .zip(&entry.signals)
            .map(|(ordinal, signal)| (entry.id, ordinal, signal.signal))
    });
    assert_eq!(rows, want.collect::<Vec<_>>());

    // Whoever replays the feed from the beginning knows which entries there are.
    let mut live = BTreeSet::new();
    let mut at = Seq(0);
    loop {
        let changes = store.changes_since(at, limit).unwrap();
        let Some(last) = changes.last() else { break };
        at = last.seq;
        for change in changes {
            match change.kind {
                ChangeKind::Added => assert!(live.insert(change.entry)),
                ChangeKind::Removed => assert!(live.remove(&change.entry)),
                ChangeKind::Updated => assert!(live.contains(&change.entry)),
            }
        }
    }
    assert_eq!((at, live), (seq, oracle.iter().map(|entry| entry.id).collect()));
}

fn has(entry: &BankEntry, signal: &Signal) -> bool {
    entry.signals.iter().any(|own| own.signal == *signal)
}

fn added(id: EntryId, bank: BankId, new: NewEntry) -> BankEntry {
    BankEntry {
        id,
        bank,
        signals: new.signals,
        labels: new.labels,
        note: new.note,
        provenance: new.provenance,
        trust: new.trust,
        human_confirmed: new.human_confirmed,
        tlp: new.tlp,
        expires: new.expires,
        disabled_until: new.disabled_until,
        metadata: new.metadata,
        media: new.media,
        hash_only: true,
    }
}

/// A folder with SQLite is made in a moment, a schema is not.
fn cases() -> u32 {
    match on_postgres() {
        true => 6,
        false => 24,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn the_store_is_a_list(steps in prop::collection::vec(step(), 1..20), limit in 1..5u32) {
        let place = Place::new();
        let mut store = place.writer();
        let banks = ["a", "b"].map(|name| {
            store.edit("create_bank", |edits| edits.create_bank(&name.parse().unwrap(), BankKind::Known, now())).unwrap().id
        });
        let mut oracle: Vec<BankEntry> = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Add { bank, signals: counts } => {
                    let new: Vec<NewEntry> =
                        counts.iter().map(|&count| entry(signals(number, count))).collect();
                    let ids = store.edit("add_entries", |edits| edits.add_entries(banks[bank], &new)).unwrap();
                    oracle.extend(ids.into_iter().zip(new).map(|(id, new)| added(id, banks[bank], new)));
                }
                Step::Remove { which } if !oracle.is_empty() => {
                    let gone = oracle.remove(which.index(oracle.len()));
                    store.edit("remove_entry", |edits| edits.remove_entry(gone.id)).unwrap();
                }
                Step::Trust { which, trust } if !oracle.is_empty() => {
                    let which = which.index(oracle.len());
                    let allowed = oracle[which].trust.become_trust(trust).is_ok();
                    prop_assert_eq!(store.edit("set_trust", |edits| edits.set_trust(oracle[which].id, trust)).is_ok(), allowed);
                    if allowed {
                        oracle[which].trust = trust;
                    }
                }
                Step::Reopen => {
                    drop(store);
                    store = place.writer();
                }
                Step::Remove { .. } | Step::Trust { .. } => {}
            }
        }
        check(&store, banks, &oracle, limit);
    }
}
