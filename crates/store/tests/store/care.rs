//! Care and quality: what people were shown, what is enough, second looks without the first, and totals that nobody counts.

use basira_store::{Alike, NewCaseDecision, NewExposure, Outcome, Review, ReviewError, Store, Tally};
use jiff::{SignedDuration, Timestamp};
use model::{
    CareRules, CaseId, CaseReason, DecisionId, DecisionOutcome, Grant, ItemId, LONGEST_EXPOSURE, LookKind,
    PersonId, Queue, Receipt, Role, Ruling, Severity, Verdict,
};

use crate::cases::{refused, removal};
use crate::intake::{arrive, new};
use crate::place::{Place, now};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn person(store: &Store, name: &str) -> PersonId {
    let grants = [Grant::whole(Role::SeniorReviewer)];
    let made = store.create_person(&name.parse().unwrap(), &grants, "test", now(), now() + HOUR);
    made.unwrap().0.id
}

fn finish(store: &Store, bytes: &[u8], result: &str, words: Vec<i64>, at: Timestamp) -> ItemId {
    let taken = store.submit(&arrive(store, bytes), new(None)).unwrap();
    let item = store.lease(1).unwrap().pop().unwrap();
    assert_eq!(item.id, taken.item.id);
    let outcome = Outcome {
        verdict: Verdict::Incomplete,
        result: result.to_owned(),
        matches: Vec::new(),
        seen: None,
        decision: None,
        review: Some(Review {
            queue: Queue::Incomplete,
            entry: None,
            severity: Severity::High,
            reasons: vec![CaseReason::NotLookedAt],
            alike: Alike::default(),
        }),
        words,
    };
    assert!(store.finish(item.id, item.fence, outcome, at).unwrap());
    item.id
}

/// Decides the group of an item; the decision has taken effect.
fn decided(store: &Store, item: ItemId, by: PersonId) -> DecisionId {
    decided_as(store, item, by, DecisionOutcome::Violating)
}

fn decided_as(store: &Store, item: ItemId, by: PersonId, outcome: DecisionOutcome) -> DecisionId {
    let case = store.case_of(item).unwrap().unwrap();
    let member = store.members(case, ItemId(item.0 - 1), 1).unwrap().pop().unwrap();
    let new = NewCaseDecision {
        case,
        sha256: member.item.sha256,
        ruling: Ruling::new(outcome, None, None).unwrap(),
        note: None,
        person: by,
        settles_at: now(),
        action: outcome.has_action().then(removal),
        bank: None,
    };
    let made = store.decide(&new, now()).unwrap();
    store.settle_decisions(now()).unwrap();
    made.id
}

#[test]
fn what_somebody_is_shown_is_counted_for_them_and_for_all_together() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let expose = |person: PersonId, severity: Severity, at: Timestamp| {
        let new = NewExposure {
            person,
            case: CaseId(1),
            severity,
            item: Receipt([7; 16]),
        };
        store.expose(new, at).unwrap()
    };
    let first = expose(amal, Severity::Critical, now());
    store.cover(first, now() + SignedDuration::from_secs(30)).unwrap();
    // The first time that it is covered counts.
    store.cover(first, now() + HOUR).unwrap();
    expose(amal, Severity::Low, now() + HOUR);
    let long = expose(badr, Severity::Critical, now());
    store.cover(long, now() + HOUR).unwrap();
    let own = store.exposures(amal, now()).unwrap();
    let own: Vec<_> = own.iter().map(|(it, severity)| (it.seconds, *severity)).collect();
    assert_eq!(own, [(Some(30), Severity::Critical), (None, Severity::Low)]);
    assert_eq!(store.exposures(amal, now() + HOUR).unwrap().len(), 1);
    let all = store.exposed(now()).unwrap();
    let most = LONGEST_EXPOSURE.as_secs().unsigned_abs();
    assert_eq!(all.people, 2);
    assert_eq!(
        all.by_severity,
        [(Severity::Critical, 2, 30 + most), (Severity::Low, 1, most)]
    );
    assert_eq!(store.exposed(now() + HOUR + HOUR).unwrap().people, 0);
    let log = store.log(0, 100).unwrap();
    assert_eq!(
        log.iter()
            .filter(|record| record.kind == "media_revealed")
            .count(),
        3
    );
}

#[test]
fn rules_and_choices_and_what_nobody_wants_to_see_are_kept() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    assert_eq!(store.care_rules().unwrap(), CareRules::default());
    let rules = CareRules {
        day_reveals: 40,
        day_minutes: 0,
        break_after: 9,
        break_minutes: 15,
        sample: 1_000,
    };
    store.set_care_rules(rules, "person:1", now()).unwrap();
    assert_eq!(store.care_rules().unwrap(), rules);
    assert!(store.opt_outs(amal).unwrap().is_empty());
    store
        .set_opt_outs(
            amal,
            &["b".parse().unwrap(), "a".parse().unwrap(), "b".parse().unwrap()],
        )
        .unwrap();
    let labels = store.opt_outs(amal).unwrap();
    assert_eq!(
        labels.iter().map(|label| label.as_str()).collect::<Vec<_>>(),
        ["a", "b"]
    );
    store.set_opt_outs(amal, &[]).unwrap();
    assert!(store.opt_outs(amal).unwrap().is_empty());
    store
        .set_choices(
            amal,
            vec![
                ("digits", Some("arabic".to_owned())),
                ("theme", Some("dark".to_owned())),
            ],
        )
        .unwrap();
    store.set_choices(amal, vec![("theme", None)]).unwrap();
    let choices = store.choices(amal).unwrap();
    assert_eq!(
        choices.into_iter().collect::<Vec<_>>(),
        [("digits".to_owned(), "arabic".to_owned())]
    );
    store.verify_log().unwrap();
}

#[test]
fn what_is_handed_over_is_free_for_others() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let item = finish(&store, b"a", "{}", Vec::new(), now());
    let case = store.case_of(item).unwrap().unwrap();
    store.take_case(case, amal, now(), now() + HOUR).unwrap();
    assert!(matches!(
        refused(store.take_case(case, badr, now(), now() + HOUR)),
        ReviewError::CaseHeld { .. }
    ));
    assert_eq!(store.release_all(amal, now()).unwrap(), 1);
    assert_eq!(store.release_all(amal, now()).unwrap(), 0);
    store.take_case(case, badr, now(), now() + HOUR).unwrap();
}

#[test]
fn a_second_look_is_anothers_and_is_given_once() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr, chen) = (
        person(&store, "amal"),
        person(&store, "badr"),
        person(&store, "chen"),
    );
    let item = finish(&store, b"a", "{}", Vec::new(), now());
    decided(&store, item, amal);
    assert!(
        store.looks_for(badr, 9).unwrap().is_empty(),
        "nothing is drawn by itself"
    );
    let rules = CareRules {
        sample: 1_000,
        ..CareRules::default()
    };
    store.set_care_rules(rules, "person:1", now()).unwrap();
    let item = finish(&store, b"b", "{}", Vec::new(), now());
    let decision = decided(&store, item, amal);
    assert!(store.looks_for(amal, 9).unwrap().is_empty(), "not of one's own");
    let look = store.looks_for(badr, 9).unwrap().pop().unwrap();
    assert_eq!((look.decision, look.kind), (decision, LookKind::Sample));
    let say = |person, outcome| store.give_opinion(look.id, person, outcome, now());
    assert_eq!(
        refused(say(amal, DecisionOutcome::Violating)),
        ReviewError::OwnDecision
    );
    say(badr, DecisionOutcome::NotViolating).unwrap();
    assert_eq!(
        refused(say(chen, DecisionOutcome::Violating)),
        ReviewError::LookDone(look.id)
    );
    assert!(store.looks_for(chen, 9).unwrap().is_empty());
    let opinions = store.opinions().unwrap();
    let words: Vec<_> = opinions.iter().map(|(_, said)| said.clone()).collect();
    assert_eq!(
        words,
        [vec![DecisionOutcome::Violating, DecisionOutcome::NotViolating]]
    );

    // A golden one is asked of everybody, once each.
    store.make_golden(decision, amal, now()).unwrap();
    store.make_golden(decision, amal, now()).unwrap();
    for (person, outcome) in [
        (badr, DecisionOutcome::Violating),
        (chen, DecisionOutcome::Exempt),
    ] {
        let golden = store.looks_for(person, 9).unwrap().pop().unwrap();
        assert_eq!(golden.kind, LookKind::Golden);
        store.give_opinion(golden.id, person, outcome, now()).unwrap();
        assert_eq!(
            refused(store.give_opinion(golden.id, person, outcome, now())),
            ReviewError::LookDone(golden.id)
        );
        assert!(store.looks_for(person, 9).unwrap().is_empty());
    }
    let golden = store.golden().unwrap();
    assert_eq!((golden.items, golden.opinions, golden.right), (1, 2, 1));
    assert_eq!(
        store.opinions().unwrap().len(),
        1,
        "golden ones are counted apart"
    );

    store.reverse_decision(decision, "person:1", now()).unwrap();
    assert_eq!(
        refused(store.make_golden(decision, amal, now())),
        ReviewError::NotGolden(decision)
    );
    let decided: Vec<bool> = store
        .decided_items()
        .unwrap()
        .iter()
        .map(|it| it.reversed)
        .collect();
    assert_eq!(decided, [true, false], "the newest first");
    assert_eq!(store.decided_items().unwrap()[0].source, "forum");
    store.verify_log().unwrap();
}

#[test]
fn totals_are_kept_as_things_happen() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let gaps = r#"{"incomplete":[["a",{"code":"time"}],["b",{"code":"time"}],["c",{"code":"empty"}]]}"#;
    let one = finish(&store, b"a", gaps, Vec::new(), now());
    finish(&store, b"b", "{}", Vec::new(), now() + HOUR);
    let decision = decided(&store, one, amal);
    store
        .reverse_decision(decision, "person:1", now() + HOUR)
        .unwrap();
    let of = |what: Tally, since: Timestamp| -> Vec<(String, u64)> {
        let found = store.tallies(what, since).unwrap().into_iter();
        found.map(|it| (it.name, it.number)).collect()
    };
    let named = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, number)| ((*name).to_owned(), *number))
            .collect()
    };
    assert_eq!(of(Tally::Arrived, now()), named(&[("forum", 2)]));
    assert_eq!(
        of(Tally::Finished, now()),
        named(&[("incomplete", 1), ("incomplete", 1)]),
        "in two hours"
    );
    assert_eq!(of(Tally::Finished, now() + HOUR), named(&[("incomplete", 1)]));
    assert_eq!(of(Tally::Gap, now()), named(&[("empty", 1), ("time", 1)]));
    assert_eq!(of(Tally::Settled, now()), named(&[("violating", 1)]));
    assert_eq!(of(Tally::ActionTime, now()), named(&[("quarter", 1)]));
    assert_eq!(of(Tally::Reversed, now()), named(&[("violating", 1)]));
    assert_eq!(of(Tally::Reversed, now() + HOUR + HOUR), named(&[]));
    assert_eq!(store.last_backup().unwrap(), None);
    assert_eq!(store.last_checkpoint().unwrap(), None);
    store.checkpoint(now()).unwrap();
    store.note_backup(now()).unwrap();
    store.note_backup(now() + HOUR).unwrap();
    assert_eq!(store.last_backup().unwrap(), Some(now() + HOUR));
    assert_eq!(store.last_checkpoint().unwrap().unwrap().1, now());
}

#[test]
fn texts_are_searched_by_words_that_nobody_can_read_and_forgotten_with_them() {
    let place = Place::new();
    let store = place.writer();
    let key = |word: &str| store.search_key(word);
    let board = finish(&store, b"a", "{}", vec![key("chess"), key("board")], now());
    let club = finish(&store, b"b", "{}", vec![key("chess"), key("club")], now());
    let found = |words: &[&str]| -> Vec<ItemId> {
        let words: Vec<i64> = words.iter().map(|word| key(word)).collect();
        let found = store.items_with_words(&words, None, 9).unwrap().0.into_iter();
        found.map(|it| it.item.id).collect()
    };
    assert_eq!(found(&["chess"]), [club, board], "the newest first");
    assert_eq!(found(&["board", "chess"]), [board]);
    assert_eq!(found(&["chess", "league"]), []);
    assert_eq!(found(&[]), []);
    let many: Vec<&str> = ["chess"; 20].to_vec();
    assert_eq!(found(&many).len(), 2);
    let (page, next) = store.items_with_words(&[key("chess")], Some(club), 9).unwrap();
    assert_eq!(next, None, "all were looked at");
    assert_eq!(page.len(), 1);
    assert!(page[0].case.is_some(), "each with its case");
    assert_ne!(
        store.search_key("chess"),
        Place::new().writer().search_key("chess"),
        "another key"
    );
    // Decided, and nobody can appeal, so that it need not be kept.
    let amal = person(&store, "amal");
    decided_as(&store, board, amal, DecisionOutcome::NotViolating);
    let later = now() + SignedDuration::from_hours(24 * 400);
    assert_eq!(store.sweep(later, now() - HOUR).unwrap().blobs, 1);
    assert_eq!(found(&["chess"]), [club], "with its bytes");
    decided_as(&store, club, amal, DecisionOutcome::NotViolating);
    store.sweep(later, later).unwrap();
    assert_eq!(found(&["chess"]), []);
}

#[test]
fn items_are_listed_by_what_they_are_and_when_they_came() {
    use basira_store::ItemFilter;
    use model::ItemState;
    let place = Place::new();
    let store = place.writer();
    let a = finish(&store, b"a", "{}", Vec::new(), now());
    let late = basira_store::NewItem {
        received_at: now() + HOUR,
        ..new(None)
    };
    let b = store.submit(&arrive(&store, b"b"), late).unwrap().item.id;
    let listed = |filter: ItemFilter, before: Option<ItemId>| -> Vec<ItemId> {
        let found = store.list_items(filter, before, 9).unwrap().into_iter();
        found.map(|it| it.item.id).collect()
    };
    let all = ItemFilter::default();
    assert_eq!(listed(all, None), [b, a]);
    assert_eq!(listed(all, Some(b)), [a]);
    let verdict = Some(Verdict::Incomplete);
    assert_eq!(listed(ItemFilter { verdict, ..all }, None), [a]);
    let verdict = Some(Verdict::Match);
    assert_eq!(listed(ItemFilter { verdict, ..all }, None), []);
    for (state, expected) in [
        (ItemState::Queued, vec![b]),
        (ItemState::Working, vec![]),
        (ItemState::Done, vec![a]),
        (ItemState::Aside, vec![]),
    ] {
        let state = Some(state);
        assert_eq!(listed(ItemFilter { state, ..all }, None), expected);
        let verdict = Some(Verdict::Incomplete);
        assert_eq!(
            listed(
                ItemFilter {
                    state,
                    verdict,
                    ..all
                },
                None
            ),
            match state {
                Some(ItemState::Done) => vec![a],
                _ => vec![],
            }
        );
    }
    let from = Some(now() + HOUR);
    assert_eq!(listed(ItemFilter { from, ..all }, None), [b]);
    let until = Some(now() + HOUR);
    assert_eq!(listed(ItemFilter { until, ..all }, None), [a]);
    assert_eq!(listed(ItemFilter { from, until, ..all }, None), []);
}
