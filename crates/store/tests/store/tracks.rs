//! Tracks of films and recordings, passages and texts.

use basira_store::{EntryError, EntryText, EntryTrack, Keep, MAX_TRACKS, NewEntry, Seq, StoreError};
use model::{EntryId, EntrySignal, Signal, SignalType, TextDigest};

use crate::place::{entry, pdq, with_bank};

fn track(kind: SignalType, byte: u8) -> EntryTrack {
    EntryTrack {
        kind,
        bytes: vec![byte; 300],
    }
}

#[test]
fn tracks_are_streamed_by_entry_in_their_order_and_go_with_it() {
    let (_place, store, bank) = with_bank();
    let with = |tracks: &[EntryTrack]| NewEntry {
        tracks: tracks.to_vec(),
        ..entry(vec![pdq(1)])
    };
    let [film, sound] = [track(SignalType::Vpdq, 1), track(SignalType::Chromaprint, 2)];
    let new = [
        with(&[film.clone(), sound.clone()]),
        with(&[]),
        with(std::slice::from_ref(&sound)),
    ];
    let ids = store
        .edit("add_entries", |edits| edits.add_entries(bank.id, &new))
        .unwrap();
    let all = |after| {
        let mut rows = Vec::new();
        let seq = store
            .for_each_track_after(after, |entry, track| rows.push((entry, track)))
            .unwrap();
        (rows, seq)
    };
    let last = (ids[2], sound.clone());
    let want = vec![(ids[0], film), (ids[0], sound), last.clone()];
    assert_eq!(all(EntryId(0)), (want, Seq(3)));
    assert_eq!(all(ids[0]), (vec![last.clone()], Seq(3)));
    store
        .edit("remove_entry", |edits| edits.remove_entry(ids[0]))
        .unwrap();
    assert_eq!(all(EntryId(0)), (vec![last], Seq(4)));
}

#[test]
fn too_many_tracks_are_refused() {
    let (_place, store, bank) = with_bank();
    let new = NewEntry {
        tracks: vec![track(SignalType::Vpdq, 1); MAX_TRACKS + 1],
        ..entry(vec![pdq(1)])
    };
    let refused = store
        .edit("add_entry", |edits| edits.add_entry(bank.id, &new))
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::Entry(EntryError::TooManyTracks(256))),
        "{refused}"
    );
}

#[test]
fn an_entry_may_be_of_tracks_alone() {
    let (_place, store, bank) = with_bank();
    let new = NewEntry {
        tracks: vec![track(SignalType::Vpdq, 1)],
        ..entry(Vec::new())
    };
    let id = store
        .edit("add_entry", |edits| edits.add_entry(bank.id, &new))
        .unwrap();
    assert!(store.entry(id).unwrap().unwrap().signals.is_empty());
}

fn link(byte: u8) -> EntrySignal {
    EntrySignal {
        signal: Signal::Url(TextDigest::new([byte; 32])),
        quality: None,
    }
}

#[test]
fn texts_are_kept_by_signal_and_go_with_their_entry() {
    let (_place, store, bank) = with_bank();
    let text = |ordinal, text: &str| EntryText {
        ordinal,
        text: text.to_owned(),
    };
    let kept = vec![text(1, "https://example.com/club"), text(2, "سطر\nسطر")];
    let passages = track(SignalType::TextPassages, 7);
    let new = NewEntry {
        keep: Keep::Texts(kept.clone()),
        tracks: vec![passages.clone(), track(SignalType::Vpdq, 1)],
        ..entry(vec![pdq(1), link(2), link(3)])
    };
    let id = store
        .edit("add_entry", |edits| edits.add_entry(bank.id, &new))
        .unwrap();
    let other = store
        .edit("add_entry", |edits| {
            edits.add_entry(bank.id, &entry(vec![link(2)]))
        })
        .unwrap();
    assert_eq!(store.texts(id).unwrap(), kept);
    assert!(store.texts(other).unwrap().is_empty());
    assert_eq!(
        store.entry(id).unwrap().unwrap().signals,
        vec![pdq(1), link(2), link(3)]
    );
    assert_eq!(store.entries_with_signal(&link(2).signal).unwrap(), [id, other]);
    let signals = |after| {
        let mut rows = Vec::new();
        store
            .for_each_text_signal_after(after, |entry, signal| rows.push((entry, signal)))
            .unwrap();
        rows
    };
    let last = (other, link(2).signal);
    assert_eq!(
        signals(EntryId(0)),
        [(id, link(2).signal), (id, link(3).signal), last]
    );
    assert_eq!(signals(id), [last]);
    let mut rows = Vec::new();
    store
        .for_each_passages_after(EntryId(0), |entry, track| rows.push((entry, track)))
        .unwrap();
    assert_eq!(rows, [(id, passages)]);
    store
        .edit("remove_entry", |edits| edits.remove_entry(id))
        .unwrap();
    assert!(store.texts(id).unwrap().is_empty());
    assert_eq!(signals(EntryId(0)), [last]);

    let wrong = NewEntry {
        keep: Keep::Texts(vec![text(1, "of no signal")]),
        ..entry(vec![link(2)])
    };
    let refused = store
        .edit("add_entry", |edits| edits.add_entry(bank.id, &wrong))
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::Entry(EntryError::NoSuchSignal(1))),
        "{refused}"
    );
}
