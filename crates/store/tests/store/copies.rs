//! Near copies are confirmed together, what is told of an item comes in its order, and what needs two people waits for them.

use basira_store::{
    Alike, Attempted, BULK, CaseFilter, Confirmation, NewCaseDecision, Review, ReviewError, Store,
};
use jiff::{SignedDuration, Timestamp};
use model::{
    CaseReason, CaseState, DecisionId, DecisionOutcome, DecisionState, DeliveryState, EventKind, ItemId,
    Joined, Likeness, LookKind, PersonId, Queue, Ruling, Severity, WebhookId,
};

use crate::cases::{UNDO, decide, finish, kinds, of, person, refused, removal, review, told, webhook};
use crate::place::{Place, now};

fn alike(store: &Store, bytes: &[u8], likeness: Likeness, surroundings: Option<&str>) -> ItemId {
    let review = Review {
        alike: Alike {
            likeness,
            surroundings: surroundings.map(str::to_owned),
        },
        ..review(Some(7), Severity::Medium)
    };
    finish(store, bytes, Some(review), now())
}

fn whole(store: &Store, bytes: &[u8]) -> ItemId {
    alike(store, bytes, Likeness::Whole, None)
}

fn confirm(
    store: &Store,
    decision: DecisionId,
    items: &[ItemId],
    person: PersonId,
    at: Timestamp,
) -> Result<basira_store::CaseDecision, basira_store::StoreError> {
    let new = Confirmation {
        decision,
        items: items.to_vec(),
        person,
        settles_at: at + UNDO,
    };
    store.confirm_group(&new, at)
}

#[test]
fn whole_copies_are_confirmed_together_and_all_else_is_decided_apart() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let amal = person(&store, "amal");
    let first = whole(&store, b"a");
    let (near, second) = (whole(&store, b"b"), whole(&store, b"b"));
    let report = alike(&store, b"c", Likeness::Whole, Some("reporting"));
    let clip = alike(&store, b"d", Likeness::Part, None);
    let (start, case) = (now(), of(&store, first).0);
    let decision = decide(&store, first, DecisionOutcome::Violating, amal, start).unwrap();
    // What is like it in a part, or stands among a report, is not confirmed with it, whoever asks for it.
    let all = [near, report, clip];
    let confirming = confirm(&store, decision.id, &all, amal, start).unwrap();
    assert_eq!(
        (confirming.confirms, confirming.needs_two),
        (Some(decision.id), false)
    );
    assert_eq!(of(&store, near).2, Some(confirming.id));
    assert_eq!(of(&store, second).2, Some(confirming.id), "the same bytes");
    assert_eq!((of(&store, report).2, of(&store, clip).2), (None, None));
    assert_eq!(store.settle_decisions(start + UNDO).unwrap(), 2);
    let sent = told(&store);
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|delivery| delivery.asks && delivery.is_red()));
    let confirmed = sent.iter().filter(|it| it.decision == Some(confirming.id));
    for delivery in confirmed {
        let body: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
        assert_eq!(body["data"]["confirms"], decision.id.0);
        assert_eq!(body["data"]["action"]["do"], "remove");
        assert_eq!(body["data"]["action"]["clause"], "rules#1");
        assert_eq!(body["data"]["action"]["scope"][0], "EG");
        assert_eq!(body["sequence"], delivery.number);
    }
    // The same bytes later are told at once; other bytes wait for somebody.
    whole(&store, b"b");
    assert_eq!(told(&store).len(), 4);
    let late = whole(&store, b"e");
    assert_eq!(of(&store, late), (case, of(&store, late).1, None));
    let again = refused(confirm(&store, confirming.id, &[late], amal, start));
    assert_eq!(
        again,
        ReviewError::NotStanding(confirming.id),
        "it rests on the first itself"
    );
    // An action is confirmed for no part of anything; that nothing need be done is.
    let clip_two = alike(&store, b"f", Likeness::Part, None);
    let parted = decide(&store, clip, DecisionOutcome::Violating, amal, start).unwrap();
    let refusal = refused(confirm(&store, parted.id, &[clip_two], amal, start));
    assert_eq!(refusal, ReviewError::PartsOneByOne);
    store.undo_decision(parted.id, "person:1", start).unwrap();
    let exempt = decide(&store, clip, DecisionOutcome::Exempt, amal, start).unwrap();
    confirm(&store, exempt.id, &[clip_two], amal, start).unwrap();
    // What is reversed takes with it what rests on it.
    store
        .reverse_decision(decision.id, "person:1", start + UNDO)
        .unwrap();
    let reversed = told(&store);
    let reversed: Vec<_> = reversed
        .iter()
        .filter(|it| it.kind == EventKind::DecisionReversed)
        .collect();
    assert_eq!(reversed.len(), 4);
    assert!(
        reversed.iter().all(|it| it.asks),
        "the platform must undo what it did"
    );
    assert_eq!((of(&store, first).2, of(&store, near).2), (None, None));
    assert_eq!(
        store.case_decision(confirming.id).unwrap().state,
        DecisionState::Reversed
    );
    assert!(kinds(&store).contains(&"group_confirmed".to_owned()));
    store.verify_log().unwrap();
}

#[test]
fn many_at_once_need_a_second_person() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let first = whole(&store, b"a");
    let copies: Vec<ItemId> = (0..BULK)
        .map(|number| whole(&store, &[1, number as u8]))
        .collect();
    let start = now();
    let decision = decide(&store, first, DecisionOutcome::Violating, amal, start).unwrap();
    let confirming = confirm(&store, decision.id, &copies, amal, start).unwrap();
    assert!(confirming.waits_for_second());
    assert_eq!(
        store.settle_decisions(start + UNDO * 2).unwrap(),
        1,
        "the first alone"
    );
    let case = of(&store, first).0;
    assert_eq!(
        store.case(case).unwrap().state,
        CaseState::Open,
        "it waits for somebody"
    );
    let same = refused(store.second_decision(confirming.id, amal, start));
    assert_eq!(same, ReviewError::SamePerson);
    store.second_decision(confirming.id, badr, start).unwrap();
    let again = refused(store.second_decision(confirming.id, badr, start));
    assert_eq!(again, ReviewError::NotStanding(confirming.id));
    assert_eq!(store.case(case).unwrap().state, CaseState::Decided);
    assert_eq!(store.settle_decisions(start + UNDO * 2).unwrap(), 1);
    let settled = store.case_decision(confirming.id).unwrap();
    assert_eq!(
        (settled.state, settled.seconded_by),
        (DecisionState::Effective, Some(badr))
    );
}

#[test]
fn what_is_told_of_one_item_comes_in_its_order() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let amal = person(&store, "amal");
    let (item, other) = (whole(&store, b"a"), whole(&store, b"b"));
    let start = now();
    let first = decide(&store, item, DecisionOutcome::Violating, amal, start).unwrap();
    store.settle_decisions(start + UNDO).unwrap();
    store
        .reverse_decision(first.id, "person:1", start + UNDO)
        .unwrap();
    decide(&store, other, DecisionOutcome::Violating, amal, start + UNDO).unwrap();
    let later = start + UNDO * 3;
    store.settle_decisions(later).unwrap();
    let due = |at| -> Vec<(EventKind, i64)> {
        let due = store.due_deliveries(WebhookId(1), at, 10).unwrap();
        due.iter().map(|it| (it.kind, it.number)).collect()
    };
    assert_eq!(
        due(later),
        [(EventKind::ItemDecided, 1), (EventKind::ItemDecided, 3)]
    );
    let failed = Attempted::Failed {
        status: Some(500),
        error: "it answered 500".to_owned(),
        next: Some(later + UNDO),
    };
    store.note_attempt(1, failed, later).unwrap();
    assert_eq!(
        due(later),
        [(EventKind::ItemDecided, 3)],
        "the reversal waits for what it reverses"
    );
    let done = Attempted::Delivered {
        status: 200,
        confirmed: true,
    };
    store.note_attempt(1, done, later).unwrap();
    assert_eq!(
        due(later),
        [(EventKind::DecisionReversed, 2), (EventKind::ItemDecided, 3)]
    );
    let sums = store.told_of(first.id).unwrap();
    let sums: Vec<_> = sums.iter().map(|it| (it.kind, it.state, it.count)).collect();
    assert_eq!(
        sums,
        [
            (EventKind::DecisionReversed, DeliveryState::Waiting, 1),
            (EventKind::ItemDecided, DeliveryState::Confirmed, 1)
        ]
    );
    assert_eq!(store.deliveries_of(first.id, 1, 10).unwrap().len(), 1);
}

#[test]
fn an_action_belongs_to_what_breaks_the_rules_and_is_seen_where_nobody_is_told() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let item = whole(&store, b"a");
    let (case, sha256, _) = of(&store, item);
    let with = |outcome, action| NewCaseDecision {
        case,
        sha256,
        ruling: Ruling::new(outcome, None, None).unwrap(),
        note: None,
        person: amal,
        settles_at: now(),
        action,
        bank: None,
    };
    let none = with(DecisionOutcome::Violating, None);
    assert_eq!(refused(store.decide(&none, now())), ReviewError::NoAction);
    let stray = with(DecisionOutcome::NotViolating, Some(removal()));
    assert_eq!(refused(store.decide(&stray, now())), ReviewError::StrayAction);
    let until = Some(now() + UNDO);
    let action = basira_store::CaseAction { until, ..removal() };
    let made = store
        .decide(&with(DecisionOutcome::Violating, Some(action.clone())), now())
        .unwrap();
    assert_eq!(store.case_decision(made.id).unwrap().action, Some(action));
    store.settle_decisions(now()).unwrap();
    assert_eq!(store.untold(made.id).unwrap(), 1);
    // While the action holds it is for copies too; of one that comes when it has ended a person decides.
    let copy = whole(&store, b"a");
    assert_eq!(of(&store, copy).2, Some(made.id));
    let review = review(Some(7), Severity::Medium);
    let late = finish(&store, b"a", Some(review), now() + UNDO);
    assert_eq!((of(&store, late).0, of(&store, late).2), (case, None));
    assert_eq!(store.case(case).unwrap().state, CaseState::Open);
}

#[test]
fn what_is_suspected_is_sealed_at_once_and_a_threat_needs_two_and_has_a_clock() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let (item, calm) = (
        whole(&store, b"a"),
        finish(&store, b"z", Some(review(Some(9), Severity::Critical)), now()),
    );
    let start = now();
    let sealed = decide(&store, item, DecisionOutcome::SuspectedChildAbuse, amal, start).unwrap();
    assert_eq!(sealed.state, DecisionState::Effective, "not in a minute");
    assert!(told(&store)[0].is_red(), "the platform must act");
    let copy = whole(&store, b"b");
    let refusal = refused(confirm(&store, sealed.id, &[copy], amal, start));
    assert_eq!(refusal, ReviewError::NotStanding(sealed.id), "nobody compares");

    let other = finish(&store, b"c", Some(review(Some(8), Severity::Low)), now());
    let threat = decide(&store, other, DecisionOutcome::ThreatToLife, amal, start).unwrap();
    let case = store.case(threat.case).unwrap();
    assert_eq!((case.severity, case.state), (Severity::Critical, CaseState::Open));
    assert_eq!(case.due_at, Some(start + SignedDuration::from_hours(1)));
    let filter = CaseFilter {
        state: CaseState::Open,
        queues: vec![(Queue::Match, Severity::Critical)],
        least: Severity::Low,
        assignee: None,
        held: false,
        now: start,
    };
    let listed = store.cases(&filter, 1).unwrap();
    assert_eq!(
        listed[0].id, threat.case,
        "before {calm:?}, which is as severe and older"
    );
    assert_eq!(store.settle_decisions(start + UNDO).unwrap(), 0);
    store.second_decision(threat.id, badr, start).unwrap();
    assert_eq!(store.settle_decisions(start + UNDO).unwrap(), 1);
}

#[test]
fn a_case_is_somebodys_is_put_off_and_is_handed_up() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let case = of(&store, whole(&store, b"a")).0;
    let listed = |queue, assignee, held, at| -> usize {
        let filter = CaseFilter {
            state: CaseState::Open,
            queues: vec![(queue, Severity::Critical)],
            least: Severity::Low,
            assignee,
            held,
            now: at,
        };
        store.cases(&filter, 10).unwrap().len()
    };
    let start = now();
    store.assign_case(case, Some(badr), amal, start).unwrap();
    assert_eq!(listed(Queue::Match, Some(badr), false, start), 1);
    assert_eq!(listed(Queue::Match, Some(amal), false, start), 0);
    let nobody = PersonId(99);
    assert_eq!(
        refused(store.assign_case(case, Some(nobody), amal, start)),
        ReviewError::NoPerson(nobody)
    );
    store.take_case(case, badr, start, start + UNDO).unwrap();
    let until = Some((start + UNDO, "the source answers".to_owned()));
    assert!(matches!(
        refused(store.hold_case(case, until.clone(), amal, start)),
        ReviewError::CaseHeld { .. }
    ));
    store.hold_case(case, until, badr, start).unwrap();
    assert_eq!(listed(Queue::Match, None, false, start), 0);
    assert_eq!(listed(Queue::Match, None, true, start), 1);
    assert_eq!(
        listed(Queue::Match, None, false, start + UNDO),
        1,
        "its time has come"
    );
    assert_eq!(store.case(case).unwrap().lease, None);
    store.escalate_case(case, amal, start).unwrap();
    assert_eq!(listed(Queue::Escalated, None, false, start), 1);
    let found = store.case(case).unwrap();
    assert_eq!((found.assignee, found.held), (None, None));
    assert_eq!(
        kinds(&store).iter().filter(|kind| *kind == "case_moved").count(),
        3
    );
    store.verify_log().unwrap();
}

#[test]
fn what_is_like_a_decided_case_comes_late_to_it_and_waits_for_a_person() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let amal = person(&store, "amal");
    let (start, day) = (now(), SignedDuration::from_hours(24));
    let first = whole(&store, b"a");
    let decision = decide(&store, first, DecisionOutcome::Violating, amal, start).unwrap();
    store.settle_decisions(start + UNDO).unwrap();
    let case = of(&store, first).0;
    assert_eq!(store.case(case).unwrap().state, CaseState::Decided);
    // The same bytes are told at once, and put before nobody.
    whole(&store, b"a");
    assert_eq!(told(&store).len(), 2);
    assert_eq!(store.case(case).unwrap().state, CaseState::Decided);
    // Other bytes open the case again, from now on; nothing is told of them.
    let review = Review {
        alike: Alike {
            likeness: Likeness::Whole,
            surroundings: None,
        },
        ..review(Some(7), Severity::High)
    };
    let late = finish(&store, b"b", Some(review.clone()), start + day);
    let report = Review {
        alike: Alike {
            surroundings: Some("reporting".to_owned()),
            ..review.alike.clone()
        },
        ..review
    };
    let report = finish(&store, b"c", Some(report), start + day);
    assert_eq!((of(&store, late).0, of(&store, late).2), (case, None));
    assert_eq!((of(&store, report).0, of(&store, report).2), (case, None));
    let opened = store.case(case).unwrap();
    assert_eq!(
        (opened.state, opened.opened_at, opened.severity, opened.members),
        (CaseState::Open, start + day, Severity::High, 4)
    );
    assert!(opened.reasons.contains(&CaseReason::Late), "{:?}", opened.reasons);
    let joined: Vec<Joined> = store
        .members(case, ItemId(0), 9)
        .unwrap()
        .iter()
        .map(|member| member.joined)
        .collect();
    assert_eq!(
        joined,
        [Joined::First, Joined::SameBytes, Joined::Late, Joined::SameEntry]
    );
    assert_eq!(told(&store).len(), 2);
    // What was decided is at hand, and is confirmed for the copy and not for the report.
    let groups = store.groups(case, 9).unwrap();
    assert_eq!(groups[0].decision, Some(decision.id));
    let confirming = confirm(&store, decision.id, &[late, report], amal, start + day).unwrap();
    assert_eq!(
        (of(&store, late).2, of(&store, report).2),
        (Some(confirming.id), None)
    );
    store.settle_decisions(start + day + UNDO).unwrap();
    assert_eq!(told(&store).len(), 3);
    store.verify_log().unwrap();
}

#[test]
fn what_cannot_be_taken_back_is_always_looked_at_again_by_a_third_person() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr, chen) = (
        person(&store, "amal"),
        person(&store, "badr"),
        person(&store, "chen"),
    );
    let start = now();
    let (threat, plain) = (whole(&store, b"a"), alike(&store, b"b", Likeness::Part, None));
    let threat = decide(&store, threat, DecisionOutcome::ThreatToLife, amal, start).unwrap();
    decide(&store, plain, DecisionOutcome::Violating, amal, start).unwrap();
    store.second_decision(threat.id, badr, start).unwrap();
    assert_eq!(store.settle_decisions(start + UNDO).unwrap(), 2);
    for of_two in [amal, badr] {
        assert!(
            store.looks_for(of_two, 9).unwrap().is_empty(),
            "they know what was decided"
        );
    }
    let looks = store.looks_for(chen, 9).unwrap();
    assert_eq!(looks.len(), 1, "the other one can be reversed: {looks:?}");
    assert_eq!(
        (looks[0].decision, looks[0].kind),
        (threat.id, LookKind::Irreversible)
    );
    let say = |person| store.give_opinion(looks[0].id, person, DecisionOutcome::Violating, start);
    assert_eq!(refused(say(badr)), ReviewError::OwnDecision);
    say(chen).unwrap();
    assert_eq!(store.opinions().unwrap().len(), 1);
}
