//! The change feed and the streams from which an index is built.

use basira_store::{Change, ChangeKind, Keep, NewEntry, PdqRow, Seq, Windows, WindowsRow};
use model::{EntryId, EntrySignal, Quality, Sha256, Signal, Trust};

use crate::place::{entry, pdq, with_bank};

#[test]
fn every_change_is_in_the_feed_once_and_in_order() {
    let (_place, store, bank) = with_bank();
    assert_eq!(store.last_seq().unwrap(), Seq(0));
    let ids = store
        .edit("add_entries", |edits| {
            edits.add_entries(bank.id, &[entry(vec![pdq(1)]), entry(vec![pdq(2)])])
        })
        .unwrap();
    store
        .edit("set_trust", |edits| edits.set_trust(ids[0], Trust::Disputed))
        .unwrap();
    store
        .edit("remove_entry", |edits| edits.remove_entry(ids[1]))
        .unwrap();
    let change = |seq, kind, entry| Change {
        seq: Seq(seq),
        kind,
        entry,
    };
    let want = [
        change(1, ChangeKind::Added, ids[0]),
        change(2, ChangeKind::Added, ids[1]),
        change(3, ChangeKind::Updated, ids[0]),
        change(4, ChangeKind::Removed, ids[1]),
    ];
    assert_eq!(store.changes_since(Seq(0), 10).unwrap(), want);
    assert_eq!(store.changes_since(Seq(1), 2).unwrap(), want[1..3]);
    assert_eq!(store.changes_since(Seq(4), 10).unwrap(), []);
    assert_eq!(store.last_seq().unwrap(), Seq(4));
}

#[test]
fn the_stream_has_every_pdq_signal_and_no_other() {
    let (_place, store, bank) = with_bank();
    let digest = EntrySignal {
        signal: Signal::Sha256(Sha256::new([1; 32])),
        quality: None,
    };
    let unknown = EntrySignal {
        quality: None,
        ..pdq(3)
    };
    let ids = store
        .edit("add_entries", |edits| {
            edits.add_entries(
                bank.id,
                &[
                    entry(vec![digest, pdq(1), unknown]),
                    entry(vec![digest]),
                    entry(vec![pdq(2)]),
                ],
            )
        })
        .unwrap();
    let row = |entry, ordinal, signal: EntrySignal| {
        let Signal::Pdq(hash) = signal.signal else {
            panic!("{signal:?}")
        };
        PdqRow {
            entry,
            ordinal,
            hash,
            quality: signal.quality,
        }
    };
    let want = [
        row(ids[0], 1, pdq(1)),
        row(ids[0], 2, unknown),
        row(ids[2], 0, pdq(2)),
    ];
    let mut rows = Vec::new();
    let seq = store.for_each_pdq(|row| rows.push(row)).unwrap();
    assert_eq!((rows.as_slice(), seq), (&want[..], Seq(3)));
    for row in rows {
        assert_eq!(row.key(), (row.entry.0 as u64) << 8 | u64::from(row.ordinal));
        assert_eq!(PdqRow::split_key(row.key()), (row.entry, row.ordinal));
    }
    let mut later = Vec::new();
    store.for_each_pdq_after(ids[0], |row| later.push(row)).unwrap();
    assert_eq!(later, want[2..]);
}

#[test]
fn a_stream_belongs_to_one_moment_while_a_writer_goes_on() {
    let (_place, store, bank) = with_bank();
    store
        .edit("add_entries", |edits| {
            edits.add_entries(bank.id, &vec![entry(vec![pdq(1)]); 1_000])
        })
        .unwrap();
    let mut rows = 0;
    let seq = store
        .for_each_pdq(|_| {
            if rows % 100 == 0 {
                store
                    .edit("add_entry", |edits| {
                        edits.add_entry(bank.id, &entry(vec![pdq(2)]))
                    })
                    .unwrap();
            }
            rows += 1;
        })
        .unwrap();
    assert_eq!((rows, seq), (1_000, Seq(1_000)));
    assert_eq!(store.last_seq().unwrap(), Seq(1_010));
}

#[test]
fn window_hashes_are_streamed_by_entry() {
    let (_place, store, bank) = with_bank();
    let windows = |set, count: u64| {
        let hash = |number| match pdq(number).signal {
            Signal::Pdq(hash) => (hash, Quality::USABLE),
            other => panic!("{other:?}"),
        };
        Windows::new(set, (0..count).map(hash).collect()).unwrap()
    };
    let with = |windows| NewEntry {
        keep: Keep::Picture {
            thumbnail: None,
            windows: Some(windows),
        },
        ..entry(vec![pdq(1)])
    };
    let new = [with(windows(1, 30)), entry(vec![pdq(9)]), with(windows(2, 255))];
    let ids = store
        .edit("add_entries", |edits| edits.add_entries(bank.id, &new))
        .unwrap();
    let all = |after| {
        let mut rows = Vec::new();
        let seq = store.for_each_windows(after, |row| rows.push(row)).unwrap();
        (rows, seq)
    };
    let first = WindowsRow {
        entry: ids[0],
        windows: windows(1, 30),
    };
    let last = WindowsRow {
        entry: ids[2],
        windows: windows(2, 255),
    };
    assert_eq!(all(EntryId(0)), (vec![first, last.clone()], Seq(3)));
    assert_eq!(all(ids[0]), (vec![last.clone()], Seq(3)));
    store
        .edit("keep_picture", |edits| {
            edits.keep_picture(ids[0], None, Some(&windows(7, 1)))
        })
        .unwrap();
    let replaced = WindowsRow {
        entry: ids[0],
        windows: windows(7, 1),
    };
    assert_eq!(all(EntryId(0)), (vec![replaced, last], Seq(4)));
    store
        .edit("remove_entry", |edits| edits.remove_entry(ids[0]))
        .unwrap();
    assert_eq!(all(EntryId(0)).0.len(), 1);
}
