//! What a person decides by a key of their own, where it is before people; and what a duplicate takes over.

use basira_store::{Confirmation, NewCaseDecision, ReviewError, Store, Wanted};
use jiff::{SignedDuration, Timestamp};
use model::{
    CaseId, CaseState, DecisionId, DecisionOutcome, Exemption, ItemId, PurgeBlock, Ruling, Severity,
};

use crate::actions::{decision, finish, finish_with};
use crate::cases::{UNDO, decide, kinds, near, of, person, refused, review};
use crate::place::{Place, now};
use crate::policies::person as key_of;

fn ruling(outcome: DecisionOutcome) -> Ruling {
    let exemption = (outcome == DecisionOutcome::Exempt).then_some(Exemption::News);
    Ruling::new(outcome, exemption, None).unwrap()
}

fn state(store: &Store, item: ItemId) -> CaseState {
    store.case(of(store, item).0).unwrap().state
}

fn found(store: &Store, item: ItemId) -> Option<Ruling> {
    store.ruled(&of(store, item).1).unwrap().map(|ruled| ruled.ruling)
}

fn later() -> Timestamp {
    now() + UNDO + SignedDuration::from_secs(1)
}

#[test]
fn a_ruling_by_a_key_decides_its_group_and_closes_the_case_with_the_last() {
    use DecisionOutcome::{Exempt, NotViolating, Unsure, Violating};
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), key_of("badr"));
    let first = near(&store, b"a", 7);
    let other = near(&store, b"b", 7);
    let case = of(&store, first).0;
    store.take_case(case, amal, now(), now() + UNDO).unwrap();
    store.rule(first, ruling(NotViolating), &badr, now()).unwrap();
    assert_eq!(state(&store, first), CaseState::Open, "another group waits");
    store.rule(other, ruling(Violating), &badr, now()).unwrap();
    assert_eq!(state(&store, first), CaseState::Decided);
    assert_eq!(store.case(case).unwrap().holder(now()), None);
    assert_eq!(
        kinds(&store)
            .iter()
            .filter(|kind| *kind == "case_decided")
            .count(),
        2
    );
    let groups = store.groups(case, 10).unwrap();
    assert!(
        groups
            .iter()
            .all(|group| group.ruled.is_some() && !group.is_open())
    );

    // The same bytes are not put before people again.
    let again = near(&store, b"a", 7);
    assert_eq!(of(&store, again).0, case);
    assert_eq!(state(&store, again), CaseState::Decided);
    // Who is unsure has decided nothing, and the last one counts.
    store.rule(first, ruling(Unsure), &badr, now()).unwrap();
    assert_eq!(state(&store, first), CaseState::Open);
    store.rule(first, ruling(Exempt), &badr, now()).unwrap();
    assert_eq!(state(&store, first), CaseState::Decided);

    // In the console somebody may decide otherwise; when that is reversed, nobody has decided.
    let decision = decide(&store, first, NotViolating, amal, now()).unwrap();
    assert_eq!(store.settle_decisions(later()).unwrap(), 1);
    assert_eq!(found(&store, first).unwrap().outcome(), NotViolating);
    store.reverse_decision(decision.id, "test", later()).unwrap();
    assert_eq!(found(&store, first), None);
    assert_eq!(state(&store, first), CaseState::Open);
    let groups = store.groups(case, 10).unwrap();
    assert_eq!(groups[0].ruled, None);
}

#[test]
fn content_that_a_key_has_decided_can_be_purged_and_content_that_waits_cannot() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), key_of("badr"));
    let [first, other] = [b"a", b"b"].map(|bytes| near(&store, bytes, 7));
    let wanted = Wanted::Purge(of(&store, first).0, None);
    let why = "a court has ordered it";
    store
        .rule(first, ruling(DecisionOutcome::NotViolating), &badr, now())
        .unwrap();
    assert_eq!(
        refused(store.ask(wanted, why, amal, later())),
        ReviewError::NotPurged(PurgeBlock::Undecided)
    );
    store
        .rule(other, ruling(DecisionOutcome::NotViolating), &badr, now())
        .unwrap();
    store.ask(wanted, why, amal, later()).unwrap();
}

#[test]
fn who_is_unsure_in_the_console_opens_what_a_key_has_decided() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let item = near(&store, b"a", 7);
    store
        .rule(item, ruling(DecisionOutcome::Violating), &key_of("badr"), now())
        .unwrap();
    let draft = decide(&store, item, DecisionOutcome::Unsure, amal, now()).unwrap();
    store.undo_decision(draft.id, "test", now()).unwrap();
    assert_eq!(
        state(&store, item),
        CaseState::Decided,
        "what was undone changed nothing"
    );
    decide(&store, item, DecisionOutcome::Unsure, amal, now()).unwrap();
    store.settle_decisions(later()).unwrap();
    assert_eq!(state(&store, item), CaseState::Open);
}

#[test]
fn what_a_key_has_decided_is_not_confirmed_for_others_and_its_bytes_go_in_time() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let (first, second) = (near(&store, b"a", 7), near(&store, b"b", 7));
    store
        .rule(
            second,
            ruling(DecisionOutcome::NotViolating),
            &key_of("badr"),
            now(),
        )
        .unwrap();
    let decision = decide(&store, first, DecisionOutcome::NotViolating, amal, now()).unwrap();
    let confirmation = Confirmation {
        decision: decision.id,
        items: vec![second],
        person: amal,
        settles_at: now() + UNDO,
    };
    refused(store.confirm_group(&confirmation, now()));
    // Nothing matches in these, and somebody was asked.
    let asked = |bytes: &[u8], name: &str| {
        let review = review(None, Severity::Low);
        finish(&store, bytes, name, false, Some(review))
    };
    let (kept, gone) = (asked(b"c", "c"), asked(b"d", "d"));
    asked(b"e", "e");
    for (item, outcome) in [
        (kept, DecisionOutcome::Violating),
        (gone, DecisionOutcome::NotViolating),
    ] {
        store.rule(item, ruling(outcome), &key_of("badr"), now()).unwrap();
    }
    let swept = store.sweep(later(), later()).unwrap();
    assert_eq!((swept.blobs, swept.items), (1, 1));
}

/// Finishes an item with an action that carried out what a person decided, and one that did not.
fn carried_out(store: &Store, bytes: &[u8], name: &str) -> ItemId {
    let mut new = decision(true);
    let partial = new.actions[0]
        .body
        .replace("\"automation\":\"full\"", "\"automation\":\"partial\"");
    assert_ne!(partial, new.actions[0].body);
    new.actions[0].body = partial;
    let label = "{\"do\":\"label\",\"automation\":\"full\"}";
    new.actions[1].body = label.to_owned();
    new.actions[1].restrictive = true;
    finish_with(store, bytes, name, new, Some(review(None, Severity::Low)))
}

#[test]
fn what_carried_out_a_decision_goes_with_it() {
    use DecisionOutcome::{Unsure, Violating};
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let standing = |item| {
        let actions = store.actions_of(item).unwrap();
        let standing = actions.into_iter().filter(|it| it.reversed_at.is_none());
        standing.map(|it| it.body).collect::<Vec<_>>()
    };
    let item = carried_out(&store, b"a", "a");
    store
        .rule(item, ruling(Violating), &key_of("badr"), now())
        .unwrap();
    assert_eq!(standing(item).len(), 2);
    store.rule(item, ruling(Unsure), &key_of("badr"), now()).unwrap();
    let left = standing(item);
    assert!(left.len() == 1 && left[0].contains("label"), "{left:?}");

    let copy = carried_out(&store, b"b", "b");
    let decided = decide(&store, copy, Violating, amal, now()).unwrap();
    store.settle_decisions(later()).unwrap();
    assert_eq!(standing(copy).len(), 2);
    store.reverse_decision(decided.id, "test", later()).unwrap();
    assert_eq!(standing(copy).len(), 1);
}

/// Says that an item is a duplicate of a case.
fn duplicate(store: &Store, item: ItemId, of_case: CaseId, by: &str) -> DecisionId {
    let (case, sha256, _) = of(store, item);
    let new = NewCaseDecision {
        case,
        sha256,
        ruling: Ruling::new(DecisionOutcome::DuplicateOf, None, Some(of_case)).unwrap(),
        note: None,
        person: person(store, by),
        settles_at: now() + UNDO,
        action: None,
        bank: None,
    };
    let decision = store.decide(&new, now()).unwrap();
    store.settle_decisions(later()).unwrap();
    decision.id
}

#[test]
fn a_duplicate_takes_over_what_holds_of_the_other_case_whichever_comes_first() {
    use DecisionOutcome::{NotViolating, Violating};
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let original = near(&store, b"a", 7);
    let (before, after, chained) = (
        near(&store, b"b", 8),
        near(&store, b"c", 9),
        near(&store, b"d", 10),
    );
    duplicate(&store, before, of(&store, original).0, "badr");
    duplicate(&store, chained, of(&store, before).0, "dina");
    assert_eq!(found(&store, before), None, "nobody has decided the original");

    let decision = decide(&store, original, Violating, amal, now()).unwrap();
    assert_eq!(found(&store, before), None, "a draft holds of nothing");
    store.settle_decisions(later()).unwrap();
    let dup = duplicate(&store, after, of(&store, original).0, "hadi");
    for item in [before, after, chained] {
        assert_eq!(found(&store, item), Some(ruling(Violating)));
    }
    // Reversed there, it holds nowhere; decided otherwise there, it holds so here.
    store.reverse_decision(decision.id, "test", later()).unwrap();
    for item in [before, after, chained] {
        assert_eq!(found(&store, item), None);
    }
    decide(&store, original, NotViolating, amal, later()).unwrap();
    store.settle_decisions(later() + UNDO).unwrap();
    assert_eq!(found(&store, chained), Some(ruling(NotViolating)));
    assert_eq!(found(&store, after), Some(ruling(NotViolating)));
    store.reverse_decision(dup, "test", later()).unwrap();
    assert_eq!(found(&store, after), None, "it is no duplicate any more");

    // Two things hold of a case: neither is taken over.
    let mixed = near(&store, b"e", 11);
    let (case, other) = (of(&store, mixed).0, near(&store, b"f", 11));
    decide(&store, mixed, Violating, amal, now()).unwrap();
    decide(&store, other, NotViolating, amal, now()).unwrap();
    store.settle_decisions(later()).unwrap();
    let unclear = near(&store, b"g", 12);
    duplicate(&store, unclear, case, "jad");
    assert_eq!(found(&store, unclear), None);
}
