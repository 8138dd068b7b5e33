//! Cases: the same bytes are never put before people twice, a decision is about one group, and nothing leaves before it can
//! no longer be undone.

use basira_store::{
    Alike, CaseAction, CaseDecision, CaseFilter, Delivery, Listed, NewCaseDecision, NewWebhook, Outcome,
    Review, ReviewError, Store, StoreError,
};
use jiff::{SignedDuration, Timestamp};
use model::{
    CaseId, CaseReason, CaseState, DecisionOutcome, DecisionState, EntryId, EventKind, Exemption, Grant,
    ItemId, PersonId, Queue, Role, Ruling, Severity, Sha256, Verdict, WIDE,
};

use crate::intake::{arrive, new};
use crate::place::{Place, now};

pub(crate) const UNDO: SignedDuration = SignedDuration::from_secs(60);

pub(crate) fn person(store: &Store, name: &str) -> PersonId {
    let grants = [Grant::whole(Role::SeniorReviewer)];
    let made = store.create_person(&name.parse().unwrap(), &grants, "test", now(), now() + UNDO);
    made.unwrap().0.id
}

pub(crate) fn review(entry: Option<i64>, severity: Severity) -> Review {
    Review {
        queue: Queue::Match,
        entry: entry.map(EntryId),
        severity,
        reasons: vec![CaseReason::Near],
        alike: Alike::default(),
    }
}

pub(crate) fn removal() -> CaseAction {
    CaseAction {
        action: "{\"do\":\"remove\",\"reason\":\"rules#1\"}".to_owned(),
        clause: "rules#1".to_owned(),
        scope: vec!["EG".to_owned()],
        until: None,
    }
}

/// Takes an item in, and finishes it at `at` with a review.
pub(crate) fn finish(store: &Store, bytes: &[u8], review: Option<Review>, at: Timestamp) -> ItemId {
    let submission = store.submit(&arrive(store, bytes), new(None)).unwrap();
    let item = store.lease(1).unwrap().pop().unwrap();
    assert_eq!(item.id, submission.item.id);
    let outcome = Outcome {
        decision: None,
        verdict: if review.is_some() {
            Verdict::Match
        } else {
            Verdict::NoMatch
        },
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        review,
        words: Vec::new(),
    };
    assert!(store.finish(item.id, item.fence, outcome, at).unwrap());
    item.id
}

pub(crate) fn near(store: &Store, bytes: &[u8], entry: i64) -> ItemId {
    finish(store, bytes, Some(review(Some(entry), Severity::Medium)), now())
}

pub(crate) fn webhook(store: &Store) {
    let new = NewWebhook {
        source: None,
        url: "https://example.com/hook".to_owned(),
        events: vec![EventKind::ItemDecided],
    };
    store
        .create_webhook(&new, "amal", now(), |_| String::new())
        .unwrap();
}

pub(crate) fn told(store: &Store) -> Vec<Delivery> {
    store.deliveries(Listed::All, None, 100).unwrap()
}

pub(crate) fn of(store: &Store, item: ItemId) -> (CaseId, Sha256, Option<model::DecisionId>) {
    let case = store.case_of(item).unwrap().unwrap();
    let member = store.members(case, ItemId(item.0 - 1), 1).unwrap().pop().unwrap();
    assert_eq!(member.item.id, item);
    (case, member.item.sha256, member.decision)
}

pub(crate) fn decide(
    store: &Store,
    item: ItemId,
    outcome: DecisionOutcome,
    by: PersonId,
    at: Timestamp,
) -> Result<CaseDecision, StoreError> {
    let (case, sha256, _) = of(store, item);
    let exemption = (outcome == DecisionOutcome::Exempt).then_some(Exemption::News);
    let new = NewCaseDecision {
        case,
        sha256,
        ruling: Ruling::new(outcome, exemption, None).unwrap(),
        note: Some("seen before".to_owned()),
        person: by,
        settles_at: at + UNDO,
        action: outcome.has_action().then(removal),
        bank: None,
    };
    store.decide(&new, at)
}

pub(crate) fn kinds(store: &Store) -> Vec<String> {
    let log = store.log(0, 1000).unwrap();
    log.into_iter().map(|record| record.kind).collect()
}

pub(crate) fn refused<T>(outcome: Result<T, StoreError>) -> ReviewError {
    match outcome {
        Err(StoreError::Review(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[test]
fn what_is_posted_again_and_again_is_once_more_severe_and_says_why() {
    let place = Place::new();
    let store = place.writer();
    let first = near(&store, b"a", 1);
    let of_case = || store.case(of(&store, first).0).unwrap();
    for number in 2..WIDE {
        near(&store, if number % 2 == 0 { b"a" } else { b"b" }, 1);
    }
    let before = of_case();
    assert_eq!((before.severity, before.members), (Severity::Medium, WIDE - 1));
    near(&store, b"c", 1);
    let wide = of_case();
    assert_eq!(wide.severity, Severity::High);
    assert_eq!(wide.reasons, [CaseReason::Near, CaseReason::Wide]);
    let last = near(&store, b"d", 1);
    assert_eq!(
        (of_case().severity, of_case().reasons),
        (wide.severity, wide.reasons)
    );

    // Members are given in the order in which they are asked for; others are in no case, or in another.
    let other = near(&store, b"e", 2);
    let asked = [last, ItemId(999), other, first];
    let found = store.members_that_are(wide.id, &asked).unwrap();
    let found: Vec<ItemId> = found.iter().map(|member| member.item.id).collect();
    assert_eq!(found, [last, first]);
}

#[test]
fn the_same_bytes_join_their_group_and_the_same_entry_joins_the_open_case() {
    let place = Place::new();
    let store = place.writer();
    let first = near(&store, b"a", 7);
    let same_bytes = near(&store, b"a", 7);
    let same_entry = near(&store, b"b", 7);
    let other_entry = near(&store, b"c", 8);
    let no_entry = finish(&store, b"d", Some(review(None, Severity::Low)), now());
    let nothing = finish(&store, b"e", None, now());
    let case = |item| store.case_of(item).unwrap();
    assert_eq!(case(first), case(same_bytes));
    assert_eq!(case(first), case(same_entry));
    assert_ne!(case(first), case(other_entry));
    assert_ne!(case(no_entry), case(first));
    assert_eq!(case(nothing), None);
    let groups = store.groups(case(first).unwrap(), 10).unwrap();
    let counts: Vec<u64> = groups.iter().map(|group| group.members).collect();
    assert_eq!(counts, [2, 1]);
    assert_eq!(store.case(case(first).unwrap()).unwrap().members, 3);
    // A more severe one makes the case more severe, a less severe one changes nothing.
    finish(&store, b"f", Some(review(Some(7), Severity::Critical)), now());
    near(&store, b"g", 7);
    assert_eq!(
        store.case(case(first).unwrap()).unwrap().severity,
        Severity::Critical
    );
    let all = CaseFilter {
        state: CaseState::Open,
        queues: vec![(Queue::Match, Severity::Critical)],
        least: Severity::Low,
        assignee: None,
        held: false,
        now: now(),
    };
    let listed: Vec<CaseId> = store
        .cases(&all, 10)
        .unwrap()
        .iter()
        .map(|case| case.id)
        .collect();
    assert_eq!(
        listed,
        [case(first), case(other_entry), case(no_entry)].map(Option::unwrap)
    );
    let mild = CaseFilter {
        queues: vec![
            (Queue::Match, Severity::Medium),
            (Queue::Incomplete, Severity::Critical),
        ],
        least: Severity::Medium,
        ..all
    };
    let listed: Vec<CaseId> = store
        .cases(&mild, 10)
        .unwrap()
        .iter()
        .map(|case| case.id)
        .collect();
    assert_eq!(listed, [case(other_entry).unwrap()], "who may see less sees less");
    assert_eq!(
        kinds(&store),
        [
            "case_opened",
            "case_joined",
            "case_joined",
            "case_opened",
            "case_opened",
            "case_joined",
            "case_joined"
        ]
    );
    store.verify_log().unwrap();
}

#[test]
fn nothing_leaves_before_a_decision_can_no_longer_be_undone() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let amal = person(&store, "amal");
    let item = near(&store, b"a", 7);
    let copy = near(&store, b"a", 7);
    let other = near(&store, b"b", 7);
    let start = now();
    let draft = decide(&store, item, DecisionOutcome::Violating, amal, start).unwrap();
    assert_eq!(draft.state, DecisionState::Draft);
    assert_eq!(of(&store, copy).2, Some(draft.id), "it covers the same bytes");
    assert_eq!(of(&store, other).2, None, "and nothing else");
    assert_eq!(store.next_settling().unwrap(), Some(start + UNDO));
    // One that comes meanwhile is covered, too.
    let late = near(&store, b"a", 7);
    assert_eq!(of(&store, late).2, Some(draft.id));
    let before = start + UNDO - SignedDuration::from_micros(1);
    assert_eq!(store.settle_decisions(before).unwrap(), 0);
    assert!(told(&store).is_empty());
    store.undo_decision(draft.id, "person:1", before).unwrap();
    assert_eq!(of(&store, item).2, None);
    assert_eq!(store.settle_decisions(start + UNDO).unwrap(), 0);
    assert!(told(&store).is_empty(), "what was undone leaves nothing");
    let step = refused(store.undo_decision(draft.id, "person:1", before));
    assert!(matches!(step, ReviewError::Step(_)));

    let draft = decide(&store, item, DecisionOutcome::Violating, amal, start).unwrap();
    assert_eq!(store.settle_decisions(start + UNDO).unwrap(), 1);
    assert_eq!(store.settle_decisions(start + UNDO).unwrap(), 0, "once");
    let sent = told(&store);
    assert_eq!(sent.len(), 3, "one for each item with these bytes");
    for delivery in &sent {
        assert_eq!(delivery.kind, EventKind::ItemDecided);
        assert!(
            delivery.body.contains("\"outcome\":\"violating\""),
            "{}",
            delivery.body
        );
        assert!(!delivery.body.contains("seen before") && !delivery.body.contains("amal"));
    }
    // The same bytes later: nobody is asked again, and the platform is told at once.
    let later = near(&store, b"a", 7);
    assert_eq!(of(&store, later).2, Some(draft.id));
    assert_eq!(told(&store).len(), 4);
    let step = refused(store.undo_decision(draft.id, "person:1", start + UNDO));
    assert!(matches!(step, ReviewError::Step(_)), "{step}");
    store
        .reverse_decision(draft.id, "person:1", start + UNDO)
        .unwrap();
    let reversed = told(&store)
        .iter()
        .filter(|it| it.kind == EventKind::DecisionReversed)
        .count();
    assert_eq!(reversed, 4);
    assert_eq!(of(&store, later).2, None, "the group waits for another decision");
    store.verify_log().unwrap();
}

#[test]
fn a_case_is_decided_when_all_its_groups_are_and_open_again_when_one_is_not() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let (a, b) = (near(&store, b"a", 7), near(&store, b"b", 7));
    let case = of(&store, a).0;
    let state = || store.case(case).unwrap().state;
    decide(&store, a, DecisionOutcome::Exempt, amal, now()).unwrap();
    assert_eq!(state(), CaseState::Open);
    let last = decide(&store, b, DecisionOutcome::NotViolating, amal, now()).unwrap();
    assert_eq!(state(), CaseState::Decided);
    store.undo_decision(last.id, "person:1", now()).unwrap();
    assert_eq!(state(), CaseState::Open);
    decide(&store, b, DecisionOutcome::NotViolating, amal, now()).unwrap();
    // A near copy that comes late is somebody's to decide: the case is open again for it alone.
    let late = near(&store, b"c", 7);
    assert_eq!((of(&store, late).0, of(&store, late).2), (case, None));
    assert_eq!(state(), CaseState::Open);
    assert_eq!(
        refused(decide(&store, a, DecisionOutcome::Violating, amal, now())),
        ReviewError::NothingToDecide
    );
}

#[test]
fn who_cannot_decide_has_somebody_else_look() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let amal = person(&store, "amal");
    let item = near(&store, b"a", 7);
    decide(&store, item, DecisionOutcome::Unsure, amal, now()).unwrap();
    let case = of(&store, item).0;
    assert_eq!(
        store.case(case).unwrap().queue,
        Queue::Match,
        "it can still be undone"
    );
    store.settle_decisions(now() + UNDO).unwrap();
    let found = store.case(case).unwrap();
    assert_eq!((found.queue, found.state), (Queue::SecondLook, CaseState::Open));
    assert!(told(&store).is_empty());
}

#[test]
fn a_case_is_worked_on_by_one_person_who_shows_that_they_are_there() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let item = near(&store, b"a", 7);
    let case = of(&store, item).0;
    let start = now();
    store.take_case(case, amal, start, start + UNDO).unwrap();
    store.take_case(case, amal, start, start + UNDO * 2).unwrap();
    let held = refused(store.take_case(case, badr, start + UNDO, start + UNDO * 3));
    assert!(matches!(held, ReviewError::CaseHeld { holder, .. } if holder == amal));
    let held = refused(decide(&store, item, DecisionOutcome::Violating, badr, start));
    assert!(matches!(held, ReviewError::CaseHeld { .. }));
    store
        .take_case(case, badr, start + UNDO * 2, start + UNDO * 3)
        .unwrap();
    store.release_case(case, amal, start).unwrap();
    assert_eq!(
        store.case(case).unwrap().holder(start + UNDO * 2),
        Some(badr),
        "only one's own is let go of"
    );
    decide(&store, item, DecisionOutcome::Violating, badr, start + UNDO * 2).unwrap();
    assert_eq!(store.case(case).unwrap().lease, None);
    let taken = kinds(&store).iter().filter(|kind| *kind == "case_taken").count();
    assert_eq!(taken, 2, "a sign of life is no news");
}

#[test]
fn a_duplicate_names_a_case_that_is_there() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let (a, b) = (near(&store, b"a", 7), near(&store, b"b", 8));
    let (case, sha256, _) = of(&store, a);
    let other = of(&store, b).0;
    let duplicate = |of| {
        let new = NewCaseDecision {
            case,
            sha256,
            ruling: Ruling::new(DecisionOutcome::DuplicateOf, None, Some(of)).unwrap(),
            note: None,
            person: amal,
            settles_at: now(),
            action: None,
            bank: None,
        };
        store.decide(&new, now())
    };
    assert_eq!(refused(duplicate(case)), ReviewError::DuplicateOfItself);
    assert_eq!(refused(duplicate(CaseId(99))), ReviewError::NoCase(CaseId(99)));
    assert_eq!(duplicate(other).unwrap().ruling.duplicate_of(), Some(other));
}

#[test]
fn what_waits_for_people_is_not_forgotten() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let submission = store.submit(&arrive(&store, b"a"), new(None)).unwrap();
    let item = store.lease(1).unwrap().pop().unwrap();
    let outcome = Outcome {
        verdict: Verdict::Incomplete,
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        decision: None,
        review: Some(Review {
            queue: Queue::Incomplete,
            ..review(None, Severity::Low)
        }),
        words: Vec::new(),
    };
    store.finish(item.id, item.fence, outcome, now()).unwrap();
    let later = now() + SignedDuration::from_hours(24 * 365);
    let swept = store.sweep(later, later).unwrap();
    assert_eq!((swept.blobs, swept.items), (0, 0));
    decide(&store, item.id, DecisionOutcome::CannotTell, amal, now()).unwrap();
    store.settle_decisions(now() + UNDO).unwrap();
    assert_eq!(
        store.sweep(later, later).unwrap().items,
        0,
        "it waits for a second look"
    );
    decide(&store, item.id, DecisionOutcome::NotViolating, amal, now()).unwrap();
    store.settle_decisions(now() + UNDO).unwrap();
    let swept = store.sweep(later, later).unwrap();
    assert_eq!((swept.blobs, swept.items), (1, 1));
    assert!(store.item(submission.item.receipt).unwrap().is_none());
    let case = store.cases_of_entry(EntryId(0), CaseId(0)).unwrap();
    assert!(case.is_empty());
}
