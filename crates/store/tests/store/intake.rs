//! Items: taken in durably and once, leased with fencing, finished once, forgotten when it is time.

use std::sync::Arc;

use basira_store::{Arrived, NewItem, Outcome, Store, StoreError, Submission};
use jiff::{SignedDuration, Timestamp};
use model::{Context, ItemState, Priority, Verdict};

use crate::place::{Place, now};

pub(crate) fn arrive(store: &Store, bytes: &[u8]) -> Arrived {
    let mut incoming = store.begin_blob().unwrap();
    // In odd pieces, as they come from a network.
    for piece in bytes.chunks(1_009) {
        incoming.write(piece).unwrap();
    }
    incoming.finish().unwrap()
}

pub(crate) fn new(external_id: Option<&str>) -> NewItem {
    NewItem {
        source: "forum".parse().unwrap(),
        external_id: external_id.map(str::to_owned),
        context: Context::default(),
        priority: Priority::default(),
        idempotency_key: None,
        received_at: now(),
    }
}

fn submit(store: &Store, bytes: &[u8], item: NewItem) -> Submission {
    store.submit(&arrive(store, bytes), item).unwrap()
}

fn outcome(verdict: Verdict) -> Outcome {
    Outcome {
        verdict,
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        decision: None,
        review: None,
        words: Vec::new(),
    }
}

fn bytes_of(store: &Store, submission: &Submission) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let found = store.copy_blob(&submission.item.sha256, &mut bytes).unwrap();
    found.then_some(bytes)
}

#[test]
fn blobs_of_every_length_come_back_as_they_came_and_are_unreadable_on_the_disk() {
    let place = Place::new();
    let store = place.writer();
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let bytes: Vec<u8> = (0..length).map(|at: usize| (at / 7) as u8).collect();
        let taken = submit(&store, &bytes, new(None));
        assert_eq!(taken.item.size, length as u64);
        assert_eq!(bytes_of(&store, &taken).as_ref(), Some(&bytes));
        let name = taken.item.sha256.to_string();
        let path = place.folder().join("blobs").join(&name[..2]).join(&name);
        let sealed = std::fs::read(&path).unwrap();
        if length > 100 {
            assert!(!sealed.windows(32).any(|part| part == &bytes[..32]), "sealed");
        }
        for at in [0, sealed.len() / 2, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            std::fs::write(&path, altered).unwrap();
            let error = store.copy_blob(&taken.item.sha256, &mut Vec::new()).unwrap_err();
            assert!(matches!(error, StoreError::BlobAltered { .. }), "{error}");
        }
        std::fs::write(&path, &sealed[..sealed.len() - 1]).unwrap();
        assert!(store.copy_blob(&taken.item.sha256, &mut Vec::new()).is_err());
    }
}

#[test]
fn the_same_request_has_one_effect() {
    let place = Place::new();
    let store = place.writer();
    let keyed = |key: &str| NewItem {
        idempotency_key: Some(key.to_owned()),
        ..new(None)
    };
    let first = submit(&store, b"a", keyed("k"));
    assert!(!first.known);
    let again = submit(&store, b"a", keyed("k"));
    assert_eq!((again.known, again.item.receipt), (true, first.item.receipt));
    let other = store.submit(&arrive(&store, b"b"), keyed("k")).unwrap_err();
    assert!(matches!(other, StoreError::KeyReused), "{other}");
    // The same key of another source is another key.
    let elsewhere = NewItem {
        source: "chat".parse().unwrap(),
        ..keyed("k")
    };
    assert!(!submit(&store, b"a", elsewhere).known);

    let named = submit(&store, b"a", new(Some("post-1")));
    assert!(!named.known, "the same bytes elsewhere are a new item");
    assert_eq!(
        submit(&store, b"a", new(Some("post-1"))).item.receipt,
        named.item.receipt
    );
    assert!(
        !submit(&store, b"c", new(Some("post-1"))).known,
        "other bytes are another item"
    );
    assert!(
        !submit(&store, b"a", new(None)).known,
        "without a name each submission is an item"
    );
    assert_eq!(store.items(None, None, 100).unwrap().len(), 5);
    let names = std::fs::read_dir(place.folder().join("blobs")).unwrap();
    assert_eq!(names.count(), 256, "nothing temporary is left");
}

#[test]
fn many_who_submit_at_once_get_one_item_for_one_key() {
    let place = Place::new();
    let store = Arc::new(place.writer());
    let threads: Vec<_> = (0..16)
        .map(|number| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let shared = NewItem {
                    idempotency_key: Some("one".to_owned()),
                    ..new(None)
                };
                let own = new(Some(&format!("own-{number}")));
                let one = submit(&store, b"the same", shared).item.receipt;
                (one, submit(&store, b"the same", own).item.receipt)
            })
        })
        .collect();
    let mut all: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(all.iter().all(|(one, _)| *one == all[0].0));
    all.sort_by_key(|(_, own)| *own);
    all.dedup_by_key(|(_, own)| *own);
    assert_eq!(all.len(), 16);
    assert_eq!(store.backlog().unwrap().queued, 17);
}

#[test]
fn the_most_urgent_goes_first_and_only_the_last_lease_finishes() {
    let place = Place::new();
    let store = place.writer();
    let at = |priority| NewItem {
        priority,
        ..new(None)
    };
    let low = submit(&store, b"1", at(Priority::default())).item;
    let scan = submit(&store, b"2", at(Priority::SCAN)).item;
    let high = submit(&store, b"3", at(Priority::new(5).unwrap())).item;
    let leased = store.lease(2).unwrap();
    assert_eq!(
        leased.iter().map(|item| item.id).collect::<Vec<_>>(),
        [scan.id, high.id]
    );
    assert_eq!(store.lease(9).unwrap()[0].id, low.id);
    assert!(store.lease(9).unwrap().is_empty());

    // The process ends here, and another takes the work up.
    drop(store);
    let store = place.writer();
    assert!(store.take_up().unwrap().is_empty());
    let again = store.lease(1).unwrap().remove(0);
    assert_eq!((again.id, again.fence), (scan.id, 2));
    let done = |fence| {
        store
            .finish(scan.id, fence, outcome(Verdict::Match), now())
            .unwrap()
    };
    assert!(!done(1), "the first worker has lost it");
    assert!(done(2));
    assert!(!done(2), "once");
    let item = store.item(scan.receipt).unwrap().unwrap();
    assert_eq!(
        (item.state, item.verdict),
        (ItemState::Done, Some(Verdict::Match))
    );
}

#[test]
fn what_fails_three_times_is_put_aside_and_keeps_its_bytes() {
    let place = Place::new();
    let store = place.writer();
    let poison = submit(&store, b"poison", new(None));
    for attempt in 1..=3 {
        let leased = store.lease(1).unwrap().remove(0);
        assert_eq!(leased.fence, attempt);
        let became = store
            .give_back(leased.id, attempt, "{\"why\":1}".into(), None, now())
            .unwrap();
        let want = if attempt < 3 {
            ItemState::Queued
        } else {
            ItemState::Aside
        };
        assert_eq!(became, Some(want));
    }
    assert!(store.lease(1).unwrap().is_empty());
    // A second one takes the whole program down with it, three times.
    submit(&store, b"worse", new(None));
    drop(store);
    for attempt in 1..=4 {
        let store = place.writer();
        let given_up = store.take_up().unwrap();
        if attempt < 4 {
            assert!(given_up.is_empty());
            assert_eq!(store.lease(1).unwrap()[0].fence, attempt);
        } else {
            assert_eq!(given_up.len(), 1);
            let worse = &given_up[0];
            let became = store
                .give_back(worse.id, worse.fence, "{}".into(), None, now())
                .unwrap();
            assert_eq!(became, Some(ItemState::Aside));
        }
    }
    let store = place.writer();
    let later = now() + SignedDuration::from_hours(24 * 365);
    store.sweep(later, later).unwrap();
    assert_eq!(bytes_of(&store, &poison).as_deref(), Some(&b"poison"[..]));
    assert_eq!(store.backlog().unwrap().aside, 2);
}

#[test]
fn bytes_without_a_match_go_first_then_the_row_and_what_matched_stays() {
    let place = Place::new();
    let store = place.writer();
    let clean = submit(&store, b"clean", new(Some("a")));
    let known = submit(&store, b"known", new(Some("b")));
    let twice = submit(&store, b"twice", new(Some("c")));
    let waiting = submit(&store, b"twice", new(Some("d")));
    for (item, verdict) in [
        (&clean.item, Verdict::NoMatch),
        (&known.item, Verdict::Match),
        (&twice.item, Verdict::NoMatch),
    ] {
        let leased = store.lease(1).unwrap().remove(0);
        assert_eq!(leased.id, item.id);
        assert!(store.finish(item.id, 1, outcome(verdict), now()).unwrap());
    }
    let hours = |hours| now() + SignedDuration::from_hours(hours);
    let sweep = |bytes: Timestamp, rows: Timestamp| {
        let swept = store.sweep(bytes, rows).unwrap();
        (swept.blobs, swept.items)
    };
    assert_eq!(sweep(hours(0), hours(0)), (0, 0), "nothing is old enough");
    assert_eq!(sweep(hours(1), hours(0)), (1, 0));
    assert_eq!(bytes_of(&store, &clean), None);
    assert!(bytes_of(&store, &known).is_some());
    assert!(
        bytes_of(&store, &waiting).is_some(),
        "another item still needs these bytes"
    );
    assert!(store.item(clean.item.receipt).unwrap().is_some());
    assert_eq!(sweep(hours(1), hours(1)), (0, 2));
    assert!(store.item(clean.item.receipt).unwrap().is_none());
    assert!(store.item(known.item.receipt).unwrap().is_some());
    // What was forgotten may come again.
    assert!(!submit(&store, b"clean", new(Some("a"))).known);
}

#[test]
fn a_blob_without_a_row_is_taken_away() {
    let place = Place::new();
    let store = place.writer();
    let kept = submit(&store, b"kept", new(None));
    let lost = submit(&store, b"lost", new(None));
    let mut raw = place.raw();
    let sha256 = raw.literal(lost.item.sha256.bytes());
    raw.run("DELETE FROM item WHERE id = 2");
    raw.run(&format!(
        "DELETE FROM blob WHERE stored_at > 0 AND sha256 = {sha256}"
    ));
    assert_eq!(store.remove_orphans().unwrap(), 1);
    assert_eq!(bytes_of(&store, &lost), None);
    assert!(bytes_of(&store, &kept).is_some());
    drop(arrive(&store, b"never submitted"));
    assert_eq!(store.remove_orphans().unwrap(), 0);
}

/// A key that was used for another request, and bytes that come again after they were forgotten: neither leaves bytes that
/// nothing will ever take away.
#[test]
fn no_bytes_stay_that_are_not_to_be_forgotten_in_their_time() {
    let place = Place::new();
    let store = place.writer();
    let keyed = || NewItem {
        idempotency_key: Some("k".to_owned()),
        ..new(None)
    };
    let first = submit(&store, b"first", keyed());
    let refused = arrive(&store, b"refused");
    store.submit(&refused, keyed()).unwrap_err();
    assert!(!store.copy_blob(&refused.sha256(), &mut Vec::new()).unwrap());
    // The same bytes as those of an item stay where they are.
    submit(&store, b"shared", new(None));
    store.submit(&arrive(&store, b"shared"), keyed()).unwrap_err();
    assert!(
        store
            .copy_blob(&arrive(&store, b"shared").sha256(), &mut Vec::new())
            .unwrap()
    );

    let leased = store.lease(1).unwrap().remove(0);
    store
        .finish(leased.id, 1, outcome(Verdict::NoMatch), now())
        .unwrap();
    let later = now() + SignedDuration::from_hours(1);
    store.sweep(later, now()).unwrap();
    assert_eq!(bytes_of(&store, &first), None);
    let again = NewItem {
        received_at: later,
        ..keyed()
    };
    assert!(submit(&store, b"first", again).known);
    assert!(bytes_of(&store, &first).is_some());
    store.sweep(later + SignedDuration::from_hours(1), now()).unwrap();
    assert_eq!(bytes_of(&store, &first), None);
}
