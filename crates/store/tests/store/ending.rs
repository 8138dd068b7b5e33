//! What ends by itself: the action of a decision at the time until which it holds, and what was counted long ago.

use basira_store::{CaseAction, NewCaseDecision, NewExposure, NewWebhook, Store, Tally};
use jiff::{SignedDuration, Timestamp};
use model::{DecisionId, DecisionOutcome, DecisionState, EventKind, ItemId, Joined, Ruling, Severity};

use crate::cases::{UNDO, finish, of, person, removal, review, told};
use crate::intake::arrive;
use crate::place::{Place, now};

/// Decides that a group breaks the rules until a time, and has that take effect.
fn until(store: &Store, item: ItemId, until: Timestamp) -> DecisionId {
    let (case, sha256, _) = of(store, item);
    let new = NewCaseDecision {
        case,
        sha256,
        ruling: Ruling::new(DecisionOutcome::Violating, None, None).unwrap(),
        note: None,
        person: person(store, &format!("who decides {}", item.0)),
        settles_at: now() + UNDO,
        action: Some(CaseAction {
            until: Some(until),
            ..removal()
        }),
        bank: None,
    };
    store.decide(&new, now()).unwrap().id
}

fn kinds_of(store: &Store) -> Vec<EventKind> {
    let mut told = told(store);
    told.reverse();
    told.iter().map(|it| it.kind).collect()
}

#[test]
fn an_action_ends_at_its_time_and_the_platform_is_told_once() {
    let place = Place::new();
    let store = place.writer();
    let new = NewWebhook {
        source: None,
        url: "https://example.com/hook".to_owned(),
        events: vec![EventKind::ItemDecided, EventKind::DecisionReversed],
    };
    store
        .create_webhook(&new, "amal", now(), |_| String::new())
        .unwrap();
    let hour = SignedDuration::from_hours(1);
    let first = finish(&store, b"a", Some(review(None, Severity::Low)), now());
    let copy = finish(&store, b"a", Some(review(None, Severity::Low)), now());
    let other = finish(&store, b"b", Some(review(None, Severity::Low)), now());
    let id = until(&store, first, now() + hour);
    until(&store, other, now() + hour * 9);
    let early = now() + UNDO;
    assert_eq!(
        store.end_actions(now() + hour).unwrap(),
        0,
        "a draft has nothing to end"
    );
    store.settle_decisions(early).unwrap();
    assert_eq!(kinds_of(&store), [EventKind::ItemDecided; 3]);
    assert_eq!(store.end_actions(now() + hour - UNDO).unwrap(), 0);
    let end = now() + hour;
    assert_eq!(store.end_actions(end).unwrap(), 1);
    assert_eq!(store.end_actions(end).unwrap(), 0, "once");
    let decision = store.case_decision(id).unwrap();
    assert_eq!(
        (decision.state, decision.ended_at),
        (DecisionState::Ended, Some(end))
    );
    let mut events = told(&store);
    events.reverse();
    assert_eq!(events.len(), 5, "both copies, and nothing else");
    let items: Vec<_> = [first, copy].map(|item| of(&store, item)).to_vec();
    assert!(
        items.iter().all(|(_, _, decision)| *decision == Some(id)),
        "it is not undecided again"
    );
    for event in &events[3..] {
        assert_eq!(event.kind, EventKind::DecisionReversed);
        let body: serde_json::Value = serde_json::from_str(&event.body).unwrap();
        assert_eq!(body["data"]["ended"], true);
        assert_eq!(body["data"]["action"]["do"], "remove");
    }
    // A later copy is looked at anew.
    store
        .submit(&arrive(&store, b"a"), crate::intake::new(Some("late")))
        .unwrap();
    let leased = store.lease(1).unwrap().remove(0);
    let outcome = basira_store::Outcome {
        verdict: model::Verdict::Match,
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        decision: None,
        review: Some(review(None, Severity::Low)),
        words: Vec::new(),
    };
    store.finish(leased.id, leased.fence, outcome, end).unwrap();
    let (case, _, decision) = of(&store, leased.id);
    assert_eq!(decision, None);
    let member = store
        .members(case, ItemId(leased.id.0 - 1), 1)
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(member.joined, Joined::SameBytes);
    // What was undone at its end is not told twice when an appeal finds that it was wrong.
    store.reverse_decision(id, "person:9", end).unwrap();
    assert_eq!(told(&store).len(), 5);
    assert_eq!(store.case_decision(id).unwrap().state, DecisionState::Reversed);
    let ended = store.log(0, 1_000).unwrap();
    let ended = ended
        .iter()
        .filter(|record| record.kind == "action_ended")
        .count();
    assert_eq!(ended, 1);
    store.verify_log().unwrap();
}

#[test]
fn what_was_reversed_before_its_time_does_not_end() {
    let place = Place::new();
    let store = place.writer();
    let item = finish(&store, b"a", Some(review(None, Severity::Low)), now());
    let hour = SignedDuration::from_hours(1);
    let id = until(&store, item, now() + hour);
    store.settle_decisions(now() + UNDO).unwrap();
    store.reverse_decision(id, "person:1", now() + UNDO).unwrap();
    assert_eq!(store.end_actions(now() + hour * 2).unwrap(), 0);
    assert_eq!(store.case_decision(id).unwrap().state, DecisionState::Reversed);
}

#[test]
fn totals_and_exposures_are_kept_for_their_time_and_no_longer() {
    let place = Place::new();
    let store = place.writer();
    let day = SignedDuration::from_hours(24);
    let amal = person(&store, "amal");
    for at in [now(), now() + day * 400] {
        let item = finish(
            &store,
            &at.as_microsecond().to_be_bytes(),
            Some(review(None, Severity::Low)),
            at,
        );
        let case = store.case_of(item).unwrap().unwrap();
        let item = store
            .members(case, ItemId(item.0 - 1), 1)
            .unwrap()
            .pop()
            .unwrap()
            .item;
        let new = NewExposure {
            person: amal,
            case,
            severity: Severity::Low,
            item: item.receipt,
        };
        store.expose(new, at).unwrap();
    }
    let counts = |store: &Store| {
        (
            store
                .tallies(Tally::Finished, Timestamp::UNIX_EPOCH)
                .unwrap()
                .len(),
            store.exposures(amal, Timestamp::UNIX_EPOCH).unwrap().len(),
        )
    };
    assert_eq!(counts(&store), (2, 2));
    assert_eq!(store.sweep_totals(now() - day).unwrap(), 0);
    assert!(store.sweep_totals(now() + day).unwrap() >= 2);
    assert_eq!(counts(&store), (1, 1));
}
