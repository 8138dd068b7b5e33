//! What policies chose: told with the verdict, seen at the item, reversed by an entry that is revoked or by what people
//! decide, and counted for the text that acted. And lists of items that two of the team put before people.

use basira_store::{
    Alike, FollowUpError, ItemAction, NewAction, NewCaseDecision, NewDecision, NewWebhook, Outcome, Rates,
    Review, Store, StoreError,
};
use jiff::SignedDuration;
use model::{
    CaseReason, DecisionOutcome, EventKind, Exemption, FollowUpItem, FollowUpState, Grant, ItemId, LifeError,
    Queue, Role, Ruling, Severity, Sha256, Verdict,
};

use crate::intake::{arrive, new};
use crate::place::{Place, now};
use crate::policies::person;

const TEXT: Sha256 = Sha256::new([7; 32]);

pub(crate) fn decision(restrictive: bool) -> NewDecision {
    let action = |what: &str, restrictive| NewAction {
        text: Some(TEXT),
        restrictive,
        body: format!("{{\"do\":\"{what}\",\"clause\":\"rules#1\",\"automation\":\"full\"}}"),
    };
    NewDecision {
        policies: None,
        engine: "1".to_owned(),
        given: "{}".to_owned(),
        outcome: "{}".to_owned(),
        shadow: None,
        rates: Vec::new(),
        actions: match restrictive {
            true => vec![action("restrict", true), action("notify", false)],
            false => Vec::new(),
        },
        links: vec![Sha256::new([3; 32])],
        review: None,
    }
}

/// Finishes an item; `other` tells items with the same bytes apart.
pub(crate) fn finish(
    store: &Store,
    bytes: &[u8],
    other: &str,
    restrictive: bool,
    review: Option<Review>,
) -> ItemId {
    finish_with(store, bytes, other, decision(restrictive), review)
}

/// Finishes an item with what was decided.
pub(crate) fn finish_with(
    store: &Store,
    bytes: &[u8],
    other: &str,
    decision: NewDecision,
    review: Option<Review>,
) -> ItemId {
    let taken = store.submit(&arrive(store, bytes), new(Some(other))).unwrap();
    let leased = store.lease(1).unwrap().remove(0);
    let outcome = Outcome {
        verdict: Verdict::NoMatch,
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        review,
        decision: Some(decision),
        words: Vec::new(),
    };
    assert!(store.finish(leased.id, leased.fence, outcome, now()).unwrap());
    assert_eq!(leased.id, taken.item.id);
    leased.id
}

fn with_webhook(events: Vec<EventKind>) -> (Place, Store) {
    let place = Place::new();
    let store = place.writer();
    let new = NewWebhook {
        source: None,
        url: "https://platform.example/hook".to_owned(),
        events,
    };
    store
        .create_webhook(&new, "amal", now(), |_| String::new())
        .unwrap();
    (place, store)
}

/// What is in the outbox, the oldest first.
fn told(store: &Store) -> Vec<(EventKind, serde_json::Value)> {
    let mut all = store.deliveries(basira_store::Listed::All, None, 100).unwrap();
    all.reverse();
    let data = |body: &str| serde_json::from_str::<serde_json::Value>(body).unwrap()["data"].clone();
    all.iter().map(|it| (it.kind, data(&it.body))).collect()
}

fn standing(actions: &[ItemAction]) -> usize {
    actions.iter().filter(|it| it.reversed_at.is_none()).count()
}

fn ruling(outcome: DecisionOutcome) -> Ruling {
    let exemption = (outcome == DecisionOutcome::Exempt).then_some(Exemption::News);
    Ruling::new(outcome, exemption, None).unwrap()
}

fn rates(store: &Store) -> Rates {
    let hours = store.policy_hours(now()).unwrap();
    hours
        .iter()
        .find(|it| it.hash == TEXT)
        .map_or(Rates::default(), |it| it.rates)
}

#[test]
fn what_policies_chose_is_told_and_what_people_find_wrong_is_reversed_at_all_copies() {
    let (_place, store) = with_webhook(vec![EventKind::ItemActions]);
    let first = finish(&store, b"board", "a", true, None);
    let copy = finish(&store, b"board", "b", true, None);
    finish(&store, b"tea", "c", false, None);
    let events = told(&store);
    assert_eq!(events.len(), 2, "{events:?}");
    let (kind, data) = &events[0];
    assert_eq!(*kind, EventKind::ItemActions);
    assert_eq!(data["actions"][0]["do"], "restrict");
    assert_eq!(data["actions"][0]["clause"], "rules#1");
    assert!(data["decision"].as_i64().unwrap() > 0 && data.get("result").is_none());
    assert_eq!(standing(&store.actions_of(first).unwrap()), 2);

    // Upheld once, however often it is said.
    for _ in 0..2 {
        let violating = ruling(DecisionOutcome::Violating);
        store.rule(copy, violating, &person("badr"), now()).unwrap();
    }
    assert_eq!((rates(&store).upheld, rates(&store).overturned), (1, 0));
    assert_eq!(told(&store).len(), 2);

    store
        .rule(copy, ruling(DecisionOutcome::Exempt), &person("dina"), now())
        .unwrap();
    assert_eq!((rates(&store).upheld, rates(&store).overturned), (1, 1));
    let events = told(&store);
    assert_eq!(events.len(), 4, "both copies: {events:?}");
    for (kind, data) in &events[2..] {
        assert_eq!(*kind, EventKind::ActionReversed);
        // That the author was told stays.
        assert_eq!(data["actions"].as_array().unwrap().len(), 1);
        assert_eq!(data["actions"][0]["do"], "restrict");
        assert!(data["actions"][0]["decision"].as_i64().unwrap() > 0);
    }
    assert_eq!(standing(&store.actions_of(first).unwrap()), 1);
    // Said again, nothing is left to reverse.
    store
        .rule(
            first,
            ruling(DecisionOutcome::NotViolating),
            &person("dina"),
            now(),
        )
        .unwrap();
    assert_eq!((told(&store).len(), rates(&store).overturned), (4, 1));
    let missing = store.rule(
        ItemId(99),
        ruling(DecisionOutcome::Exempt),
        &person("dina"),
        now(),
    );
    assert!(matches!(missing, Err(StoreError::NoItem(_))));
    assert_eq!(store.verify_decisions(|| ()).unwrap().decisions, 7);
}

#[test]
fn what_is_decided_in_a_case_is_what_policies_are_held_against() {
    let (_place, store) = with_webhook(vec![EventKind::ItemActions]);
    let grants = [Grant::whole(Role::SeniorReviewer)];
    let undo = SignedDuration::from_secs(60);
    let made = store.create_person(&"dana".parse().unwrap(), &grants, "test", now(), now() + undo);
    let review = Review {
        queue: Queue::Match,
        entry: None,
        severity: Severity::High,
        reasons: vec![CaseReason::SameBytes],
        alike: Alike::default(),
    };
    let item = finish(&store, b"board", "a", true, Some(review));
    let content = store.item_by_id(item).unwrap().unwrap().sha256;
    let new = NewCaseDecision {
        case: store.case_of(item).unwrap().unwrap(),
        sha256: content,
        ruling: ruling(DecisionOutcome::Exempt),
        note: None,
        person: made.unwrap().0.id,
        settles_at: now() + undo,
        action: None,
        bank: None,
    };
    let draft = store.decide(&new, now()).unwrap();
    assert_eq!(store.ruled(&content).unwrap(), None, "it can be undone");
    assert_eq!(store.settle_decisions(now() + undo).unwrap(), 1);
    let ruled = store.ruled(&content).unwrap().unwrap();
    assert_eq!((ruled.ruling, &*ruled.person), (new.ruling, "dana"));
    assert_eq!(rates(&store).overturned, 1);
    assert_eq!(standing(&store.actions_of(item).unwrap()), 1);
    let decisions = store.decisions_of(item).unwrap();
    assert_eq!(decisions.len(), 2);
    assert!(decisions.iter().all(|it| it.ruled == Some(new.ruling)));
    let reversed = told(&store)
        .iter()
        .filter(|(kind, _)| *kind == EventKind::ActionReversed)
        .count();
    assert_eq!(reversed, 1);

    store.reverse_decision(draft.id, "dana", now() + undo).unwrap();
    assert_eq!(
        store.ruled(&content).unwrap(),
        None,
        "nobody has decided it any more"
    );
    assert_eq!(store.verify_decisions(|| ()).unwrap().decisions, 2);
}

#[test]
fn links_are_counted_within_their_time() {
    let place = Place::new();
    let store = place.writer();
    finish(&store, b"one", "a", false, None);
    finish(&store, b"two", "b", false, None);
    let link = Sha256::new([3; 32]);
    let before = now() - SignedDuration::from_hours(1);
    assert_eq!(store.link_times(&link, before).unwrap(), [now(), now()]);
    assert_eq!(store.link_times(&link, now()).unwrap(), []);
    assert_eq!(store.link_times(&Sha256::new([4; 32]), before).unwrap(), []);
    let later = now() + SignedDuration::from_secs(1);
    store.sweep(later, later).unwrap();
    assert_eq!(store.link_times(&link, before).unwrap(), []);
}

#[test]
fn a_follow_up_needs_two_and_can_be_cancelled_and_undone() {
    let place = Place::new();
    let store = place.writer();
    let review = Review {
        queue: Queue::Match,
        entry: None,
        severity: Severity::Low,
        reasons: vec![CaseReason::Near],
        alike: Alike::default(),
    };
    let waits = finish(&store, b"0", "0", false, Some(review));
    let mut items = vec![waits];
    items.extend((1..=5_u8).map(|number| finish(&store, &[number], &number.to_string(), false, None)));
    let receipts: Vec<_> = items
        .iter()
        .map(|item| store.item_by_id(*item).unwrap().unwrap().receipt)
        .collect();
    let ask = || {
        store
            .ask_follow_up(receipts.clone(), "a draft finds more", &person("amal"), now())
            .unwrap()
    };
    let count = |id: i64, state: FollowUpItem| {
        let found = store.follow_up(id).unwrap();
        let items = found.items.iter().find(|(of, _)| *of == state);
        items.map_or(0, |(_, count)| *count)
    };
    let open = || -> u64 {
        let counts = store.case_counts().unwrap();
        counts.iter().map(|it| it.open).sum()
    };
    let cancelled = ask().id;
    assert_eq!(
        store.go_on_follow_ups(2, now()).unwrap(),
        0,
        "nobody has approved it"
    );
    let own = store.approve_follow_up(cancelled, &person("amal"), now());
    assert!(matches!(
        own,
        Err(StoreError::Life(LifeError::SelfApproval { .. }))
    ));
    store
        .approve_follow_up(cancelled, &person("badr"), now())
        .unwrap();
    assert_eq!(store.go_on_follow_ups(2, now()).unwrap(), 2);
    store.cancel_follow_up(cancelled, &person("amal"), now()).unwrap();
    assert_eq!(store.go_on_follow_ups(2, now()).unwrap(), 0);
    let counts = [
        FollowUpItem::Skipped,
        FollowUpItem::Enqueued,
        FollowUpItem::Waiting,
    ];
    assert_eq!(counts.map(|state| count(cancelled, state)), [1, 1, 4]);
    assert_eq!(open(), 2);
    let again = store.approve_follow_up(cancelled, &person("badr"), now());
    assert!(matches!(
        again,
        Err(StoreError::FollowUp(FollowUpError::Step {
            state: FollowUpState::Cancelled,
            ..
        }))
    ));

    let done = ask().id;
    store.approve_follow_up(done, &person("badr"), now()).unwrap();
    while store.go_on_follow_ups(2, now()).unwrap() > 0 {}
    assert_eq!(store.follow_up(done).unwrap().state, FollowUpState::Done);
    assert_eq!(counts.map(|state| count(done, state)), [2, 4, 0]);
    assert_eq!(open(), 6);
    let undone = store.undo_follow_up(done, &person("amal"), now()).unwrap();
    assert_eq!(
        (undone.state, count(done, FollowUpItem::Undone)),
        (FollowUpState::Undone, 4)
    );
    assert_eq!(open(), 2, "what another list and a match brought stays");
    assert_eq!(store.follow_ups().unwrap().len(), 2);
    assert!(matches!(
        store.follow_up(9),
        Err(StoreError::FollowUp(FollowUpError::Missing(9)))
    ));
}
