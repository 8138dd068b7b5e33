//! Webhooks and the outbox: told of each finished item once, and forgotten only when nothing is open.

use basira_store::{Attempted, Delivery, Listed, NewWebhook, Outcome, Store, StoreError, Webhook};
use jiff::{SignedDuration, Timestamp};
use model::{DeliveryState, EventKind, Verdict};

use crate::intake::{arrive, new};
use crate::place::{Place, now};

const ALL: [EventKind; 3] = [
    EventKind::ItemMatch,
    EventKind::ItemNoMatch,
    EventKind::ItemIncomplete,
];

fn outcome(verdict: Verdict, result: String) -> Outcome {
    Outcome {
        verdict,
        result,
        matches: Vec::new(),
        seen: None,
        decision: None,
        review: None,
        words: Vec::new(),
    }
}

fn webhook(store: &Store, source: Option<&str>, events: &[EventKind]) -> Webhook {
    let new = NewWebhook {
        source: source.map(|text| text.parse().unwrap()),
        url: "https://example.com/hook".to_owned(),
        events: events.to_vec(),
    };
    let shown = |secret: &[u8]| format!("{secret:02x?}");
    store.create_webhook(&new, "amal", now(), shown).unwrap().0
}

/// Takes an item of the source `forum` in and finishes it.
fn finish(store: &Store, bytes: &[u8], verdict: Verdict) {
    store.submit(&arrive(store, bytes), new(Some("post-1"))).unwrap();
    let item = store.lease(1).unwrap().remove(0);
    let result = r#"{"matches":[{"distance":3}]}"#.to_owned();
    assert!(
        store
            .finish(item.id, item.fence, outcome(verdict, result), now())
            .unwrap()
    );
}

fn all(store: &Store) -> Vec<Delivery> {
    store.deliveries(Listed::All, None, 100).unwrap()
}

fn delivered(store: &Store, delivery: &Delivery, confirmed: bool) {
    let attempted = Attempted::Delivered {
        status: 204,
        confirmed,
    };
    store.note_attempt(delivery.number, attempted, now()).unwrap();
}

fn failed(store: &Store, delivery: &Delivery, next: Option<Timestamp>) {
    let attempted = Attempted::Failed {
        status: Some(500),
        error: "it answered 500".to_owned(),
        next,
    };
    store.note_attempt(delivery.number, attempted, now()).unwrap();
}

#[test]
fn each_webhook_is_told_of_what_it_wants_to_know_once() {
    let place = Place::new();
    let store = place.writer();
    let everything = webhook(&store, None, &ALL);
    let matches = webhook(&store, Some("forum"), &[EventKind::ItemMatch]);
    webhook(&store, Some("elsewhere"), &ALL);
    let removed = webhook(&store, None, &ALL);
    store.remove_webhook(removed.id, "amal", now()).unwrap();
    finish(&store, b"a", Verdict::NoMatch);
    finish(&store, b"b", Verdict::Match);
    let told: Vec<_> = all(&store)
        .iter()
        .rev()
        .map(|delivery| (delivery.webhook, delivery.kind))
        .collect();
    let want = [
        (everything.id, EventKind::ItemNoMatch),
        (everything.id, EventKind::ItemMatch),
        (matches.id, EventKind::ItemMatch),
    ];
    assert_eq!(told, want);

    // Who has lost the lease tells nothing.
    store.submit(&arrive(&store, b"c"), new(None)).unwrap();
    let item = store.lease(1).unwrap().remove(0);
    let lost = store.finish(
        item.id,
        item.fence - 1,
        outcome(Verdict::Match, String::new()),
        now(),
    );
    assert!(!lost.unwrap());
    assert_eq!(all(&store).len(), 3);

    let delivery = all(&store).remove(0);
    let body: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
    assert_eq!(body["id"], delivery.event.to_string());
    assert_eq!(body["type"], "item.match");
    assert_eq!(body["data"]["item"], delivery.receipt.unwrap().to_string());
    assert_eq!(body["data"]["external_id"], "post-1");
    assert_eq!(body["data"]["verdict"], "match");
    assert_eq!(body["data"]["result"]["matches"][0]["distance"], 3);
}

#[test]
fn an_item_that_is_put_aside_is_told_as_incomplete() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store, None, &ALL);
    store.submit(&arrive(&store, b"a"), new(None)).unwrap();
    for attempt in 1..=model::MOST_ATTEMPTS {
        assert_eq!(all(&store), [], "{attempt}");
        let item = store.lease(1).unwrap().remove(0);
        store
            .give_back(item.id, item.fence, "{}".to_owned(), None, now())
            .unwrap();
    }
    assert_eq!(all(&store)[0].kind, EventKind::ItemIncomplete);
}

#[test]
fn a_delivery_waits_is_delivered_confirmed_or_put_aside() {
    let place = Place::new();
    let store = place.writer();
    let hook = webhook(&store, None, &ALL);
    finish(&store, b"a", Verdict::Match);
    let due = |at| store.due_deliveries(hook.id, at, 10).unwrap();
    let first = due(now()).remove(0);
    assert!(store.is_due(first.number, now()).unwrap());
    let later = now() + SignedDuration::from_secs(5);
    failed(&store, &first, Some(later));
    assert!(!store.is_due(first.number, now()).unwrap());
    assert_eq!(due(now()), []);
    assert_eq!(store.next_delivery(hook.id, now()).unwrap(), Some(later));
    let again = due(later).remove(0);
    assert_eq!(
        (again.event, again.attempts, again.last_status),
        (first.event, 1, Some(500))
    );
    assert_eq!(again.body, first.body);

    failed(&store, &first, None);
    let aside = all(&store).remove(0);
    assert_eq!((aside.state, aside.is_red()), (DeliveryState::Aside, true));
    assert_eq!(store.outstanding().unwrap().aside, 1);
    assert_eq!(due(later), []);

    let replayed = store.replay_delivery(first.event, "amal", later).unwrap();
    assert_eq!((replayed.state, replayed.attempts), (DeliveryState::Waiting, 0));
    assert_eq!((replayed.begun_at, replayed.last_error), (later, None));
    delivered(&store, &first, false);
    let unconfirmed = all(&store).remove(0);
    assert_eq!(
        (unconfirmed.state, unconfirmed.is_red()),
        (DeliveryState::Delivered, true)
    );
    assert_eq!(store.outstanding().unwrap().unconfirmed, 1);
    assert_eq!(store.deliveries(Listed::Red, None, 9).unwrap().len(), 1);
    // A failure that comes late does not undo it.
    failed(&store, &first, Some(later));
    assert_eq!(all(&store)[0].state, DeliveryState::Delivered);

    let other = store.confirm_delivery(first.event, Some("other".parse().unwrap()), "bot", now());
    assert!(matches!(other, Err(StoreError::NoDelivery(_))), "{other:?}");
    let forum = Some("forum".parse().unwrap());
    store.confirm_delivery(first.event, forum, "bot", now()).unwrap();
    store.confirm_delivery(first.event, None, "amal", later).unwrap();
    let confirmed = all(&store).remove(0);
    assert_eq!(
        (confirmed.state, confirmed.is_red()),
        (DeliveryState::Confirmed, false)
    );
    assert_eq!(
        (confirmed.confirmed_by.as_deref(), confirmed.confirmed_at),
        (Some("bot"), Some(now()))
    );
    // It was confirmed before the answer of the attempt came.
    delivered(&store, &first, false);
    assert_eq!(all(&store)[0].state, DeliveryState::Confirmed);
    assert_eq!(store.deliveries(Listed::Red, None, 9).unwrap(), []);

    finish(&store, b"b", Verdict::Match);
    let second = due(now()).remove(0);
    delivered(&store, &second, true);
    let by_answer = all(&store).remove(0);
    assert_eq!(by_answer.state, DeliveryState::Confirmed);
    assert_eq!(by_answer.confirmed_by.as_deref(), Some("answer"));
    assert_eq!(
        store
            .deliveries(Listed::In(DeliveryState::Confirmed), None, 9)
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn what_a_removed_webhook_has_not_got_is_put_aside_and_nothing_more_is_sent_there() {
    let place = Place::new();
    let store = place.writer();
    let hook = webhook(&store, None, &ALL);
    finish(&store, b"a", Verdict::NoMatch);
    store.test_webhook(hook.id, now()).unwrap();
    store.remove_webhook(hook.id, "amal", now()).unwrap();
    assert!(
        all(&store)
            .iter()
            .all(|delivery| delivery.state == DeliveryState::Aside)
    );
    for refused in [
        store.remove_webhook(hook.id, "amal", now()).err(),
        store.test_webhook(hook.id, now()).err(),
        store.replay_delivery(all(&store)[0].event, "amal", now()).err(),
    ] {
        assert!(matches!(refused, Some(StoreError::NoWebhook(_))), "{refused:?}");
    }
    let kinds: Vec<String> = store
        .log(0, 9)
        .unwrap()
        .into_iter()
        .map(|record| record.kind)
        .collect();
    assert_eq!(kinds, ["webhook_created", "webhook_removed"]);
    store.verify_log().unwrap();
    for _ in 0..basira_store::MOST_WEBHOOKS {
        webhook(&store, None, &ALL);
    }
    let full = store.create_webhook(
        &NewWebhook {
            source: None,
            url: String::new(),
            events: ALL.to_vec(),
        },
        "amal",
        now(),
        |_| String::new(),
    );
    assert!(matches!(full, Err(StoreError::TooManyWebhooks)));
}

#[test]
fn a_secret_is_sealed_into_its_own_row() {
    let place = Place::new();
    let store = place.writer();
    let (one, two) = (webhook(&store, None, &ALL), webhook(&store, None, &ALL));
    let first = store.webhook_secret(one.id).unwrap().unwrap();
    assert_eq!(first.len(), 32);
    assert_ne!(Some(&first), store.webhook_secret(two.id).unwrap().as_ref());
    drop(store);
    place
        .raw()
        .run("UPDATE webhook SET secret = (SELECT secret FROM webhook WHERE id = 1)");
    let store = place.writer();
    assert_eq!(store.webhook_secret(one.id).unwrap(), Some(first));
    assert_eq!(
        store.webhook_secret(two.id).unwrap(),
        None,
        "moved from another row"
    );
}

#[test]
fn only_what_has_arrived_and_is_not_red_is_forgotten() {
    let place = Place::new();
    let store = place.writer();
    let hook = webhook(&store, None, &ALL);
    finish(&store, b"a", Verdict::NoMatch);
    finish(&store, b"b", Verdict::Match);
    finish(&store, b"c", Verdict::NoMatch);
    let late = now() + SignedDuration::from_hours(1);
    assert_eq!(store.sweep_deliveries(late).unwrap(), 0, "all wait");
    for delivery in store.due_deliveries(hook.id, now(), 2).unwrap() {
        delivered(&store, &delivery, false);
    }
    assert_eq!(store.sweep_deliveries(now()).unwrap(), 0, "not old enough");
    assert_eq!(store.sweep_deliveries(late).unwrap(), 1);
    let kinds: Vec<EventKind> = all(&store).iter().map(|delivery| delivery.kind).collect();
    assert_eq!(
        kinds,
        [EventKind::ItemNoMatch, EventKind::ItemMatch],
        "one waits, one is red"
    );
}
