//! Routing and incidents: a new case goes where the first rule says and what was tried is what happens; what belongs to an
//! incident comes first while it is on, and no longer.

use basira_store::{
    CaseFilter, NewAction, NewDecision, NewIncident, Outcome, Review, ReviewError, Store, StoreError,
};
use jiff::{SignedDuration, Timestamp};
use model::{
    BankId, CaseId, CaseReason, CaseState, Context, EntryId, IncidentError, ItemId, Queue, Route, RouteWhen,
    Routing, Severity, Verdict,
};

use crate::cases::{finish, person, review};
use crate::intake::{arrive, new};
use crate::place::{Place, entry, now, pdq, with_bank};

fn queue(word: &str) -> Queue {
    word.parse().unwrap()
}

fn route(when: RouteWhen, to: &str) -> Route {
    Route { when, to: queue(to) }
}

fn in_bank(name: &str) -> RouteWhen {
    RouteWhen {
        bank: Some(name.parse().unwrap()),
        ..RouteWhen::default()
    }
}

fn case_of(store: &Store, item: ItemId) -> basira_store::Case {
    store.case(store.case_of(item).unwrap().unwrap()).unwrap()
}

fn kinds(store: &Store, wanted: &[&str]) -> Vec<String> {
    let records = store.log(0, 1_000).unwrap();
    let kinds = records.into_iter().map(|record| record.kind);
    kinds.filter(|kind| wanted.contains(&&**kind)).collect()
}

/// An entry of the bank `known`, or of one more.
fn banked(store: &Store, bank: BankId, number: u64) -> EntryId {
    let new = basira_store::NewEntry {
        labels: vec!["film".parse().unwrap()],
        ..entry(vec![pdq(number)])
    };
    store.edit("add", |edits| edits.add_entry(bank, &new)).unwrap()
}

/// Finishes an item in a language, with what policies chose.
fn posted(
    store: &Store,
    bytes: &[u8],
    language: &str,
    review: Review,
    actions: &[&str],
    at: Timestamp,
) -> ItemId {
    let item = basira_store::NewItem {
        context: Context {
            language: Some(language.to_owned()),
            ..Context::default()
        },
        ..new(None)
    };
    store.submit(&arrive(store, bytes), item).unwrap();
    let leased = store.lease(1).unwrap().remove(0);
    let actions = actions.iter().map(|body| NewAction {
        text: None,
        restrictive: body.contains("restrict"),
        body: (*body).to_owned(),
    });
    let outcome = Outcome {
        verdict: Verdict::Match,
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        decision: Some(NewDecision {
            policies: None,
            engine: "1".to_owned(),
            given: "{}".to_owned(),
            outcome: "{}".to_owned(),
            shadow: None,
            rates: Vec::new(),
            actions: actions.collect(),
            links: Vec::new(),
            review: None,
        }),
        review: Some(review),
        words: Vec::new(),
    };
    assert!(store.finish(leased.id, leased.fence, outcome, at).unwrap());
    leased.id
}

#[test]
fn a_new_case_goes_where_the_first_rule_says_and_what_was_tried_is_what_happens() {
    let (_place, store, bank) = with_bank();
    let film = banked(&store, bank.id, 1);
    let near = |entry: EntryId| review(Some(entry.0), Severity::Medium);
    let before = posted(&store, b"a", "ar-EG", near(film), &[], now());
    let other = posted(&store, b"b", "en", review(None, Severity::Low), &[], now());
    assert_eq!(case_of(&store, before).queue, Queue::Match);
    assert_eq!(case_of(&store, before).routed, None);

    let arabic = RouteWhen {
        language: Some("ar".to_owned()),
        label: Some("film".parse().unwrap()),
        ..RouteWhen::default()
    };
    let asked = RouteWhen {
        asked: Some("crisis".to_owned()),
        ..RouteWhen::default()
    };
    let rules = vec![
        route(asked, "escalated"),
        route(arabic, "arabic"),
        route(in_bank("known"), "films"),
    ];
    let routing = Routing::new(rules, None).unwrap();
    let tried = store.try_routing(&routing, 10).unwrap();
    assert_eq!((tried.version, tried.unknown), (0, 0));
    let moved: Vec<_> = tried.moved().map(|it| (it.id, it.old, it.new, it.rule)).collect();
    assert_eq!(
        moved,
        [(case_of(&store, before).id, Queue::Match, queue("arabic"), Some(2))]
    );
    let counts: Vec<_> = tried.counts().into_iter().collect();
    assert_eq!(
        counts,
        [
            ((Queue::Match, Queue::Match), 1),
            ((Queue::Match, queue("arabic")), 1)
        ]
    );
    assert_eq!(store.queues().unwrap(), Queue::ALL, "trying changes nothing");
    assert_eq!(store.routing().unwrap().version, 0);

    assert_eq!(store.put_routing(&routing, 0, "person:1", now()).unwrap(), 1);
    let error = store.put_routing(&routing, 0, "person:2", now()).unwrap_err();
    assert!(
        matches!(error, StoreError::Review(ReviewError::RoutingChanged)),
        "{error}"
    );
    let named = store.queues().unwrap();
    assert_eq!(named[Queue::ALL.len()..], [queue("arabic"), queue("films")]);
    // What waits stays, also when more of it comes.
    assert_eq!(case_of(&store, before).queue, Queue::Match);
    posted(&store, b"a", "ar", near(film), &[], now());
    assert_eq!(case_of(&store, before).queue, Queue::Match);
    let known = banked(&store, bank.id, 2);
    let third = banked(&store, bank.id, 3);
    for (bytes, entry, language, action, expected, rule) in [
        (b"c", known, "AR", "{\"do\":\"notify\"}", "arabic", 2),
        (
            b"d",
            third,
            "ar",
            "{\"do\":\"enqueue\",\"queue\":\"crisis\",\"policy\":\"chess\"}",
            "escalated",
            1,
        ),
        (b"e", banked(&store, bank.id, 4), "arc", "{}", "films", 3),
    ] {
        let item = posted(&store, bytes, language, near(entry), &[action], now());
        let case = case_of(&store, item);
        assert_eq!(
            (case.queue, case.routed),
            (queue(expected), Some((1, rule))),
            "{language}"
        );
        let tried = store.try_routing(&routing, 1).unwrap();
        assert_eq!(tried.cases[0].new, case.queue, "what was tried is what happens");
        assert_eq!(tried.moved().count(), 0);
    }
    // A case of which the facts were not kept is left out, and said to be.
    let later = Routing::new(Vec::new(), Some(queue("rest"))).unwrap();
    assert_eq!(store.try_routing(&later, 3).unwrap().moved().count(), 3);
    assert_eq!(case_of(&store, other).queue, Queue::Match);
    let counts = store.case_counts().unwrap();
    let open = |word: &str| counts.iter().find(|it| it.queue == queue(word)).unwrap().open;
    assert_eq!((open("arabic"), open("films"), open("escalated")), (1, 1, 1));
    assert_eq!(kinds(&store, &["routing_changed"]).len(), 1);
    store.verify_log().unwrap();
}

#[test]
fn a_case_from_before_is_left_out_of_what_is_tried() {
    let place = Place::new();
    let store = place.writer();
    finish(&store, b"a", Some(review(None, Severity::Low)), now());
    finish(&store, b"b", Some(review(None, Severity::Low)), now());
    place
        .raw()
        .run("UPDATE review_case SET facts = NULL WHERE id = 1");
    let routing = Routing::new(Vec::new(), Some(queue("rest"))).unwrap();
    let tried = store.try_routing(&routing, 10).unwrap();
    assert_eq!((tried.cases.len(), tried.unknown), (1, 1));
}

fn listed(store: &Store, at: Timestamp) -> Vec<CaseId> {
    let filter = CaseFilter {
        state: CaseState::Open,
        queues: vec![(Queue::Match, Severity::Critical)],
        least: Severity::Low,
        assignee: None,
        held: false,
        now: at,
    };
    store
        .cases(&filter, 2)
        .unwrap()
        .iter()
        .map(|case| case.id)
        .collect()
}

#[test]
fn what_belongs_to_an_incident_comes_first_while_it_is_on() {
    let (_place, store, bank) = with_bank();
    let cup = store
        .edit("create_bank", |edits| {
            edits.create_bank(&"cup".parse().unwrap(), model::BankKind::Known, now())
        })
        .unwrap();
    let (usual, special) = (banked(&store, bank.id, 1), banked(&store, cup.id, 2));
    let amal = person(&store, "amal");
    let hour = SignedDuration::from_hours(1);
    let new = NewIncident {
        name: "the cup".to_owned(),
        reason: "copies of one game".to_owned(),
        banks: vec![cup.id],
        longer_holds: true,
        declared_by: amal,
        ends_at: now() + hour * 30,
    };
    let refused = |new: &NewIncident| match store.declare_incident(new, now()).unwrap_err() {
        StoreError::Review(ReviewError::Incident(error)) => error,
        other => panic!("{other}"),
    };
    let long = NewIncident {
        ends_at: now() + hour * 73,
        ..new.clone()
    };
    assert_eq!(refused(&long), IncidentError::Length);
    let about_nothing = NewIncident {
        banks: Vec::new(),
        ..new.clone()
    };
    assert_eq!(refused(&about_nothing), IncidentError::NoBank);
    let id = store.declare_incident(&new, now()).unwrap();
    assert_eq!(store.incidents_on(now()).unwrap().len(), 1);

    let hold = "{\"do\":\"restrict\",\"how\":\"hold\",\"hours\":6}";
    let reach = "{\"do\":\"restrict\",\"how\":\"reach\",\"hours\":6}";
    let severe = |entry: EntryId, severity| review(Some(entry.0), severity);
    let first = posted(
        &store,
        b"a",
        "ar",
        severe(usual, Severity::Critical),
        &[hold],
        now(),
    );
    let more = posted(
        &store,
        b"b",
        "ar",
        severe(banked(&store, bank.id, 3), Severity::High),
        &[],
        now(),
    );
    let fast = posted(
        &store,
        b"c",
        "ar",
        severe(special, Severity::Low),
        &[hold, reach],
        now(),
    );
    let case = case_of(&store, fast);
    assert_eq!(case.incident, Some(id));
    assert!(case.reasons.contains(&CaseReason::Incident), "{:?}", case.reasons);
    assert_eq!(case.severity, Severity::Low, "it is no more severe for it");
    // Of two that are listed it is one, however many are more severe; and the first.
    let [first_case, more_case] = [first, more].map(|item| case_of(&store, item).id);
    assert_eq!(listed(&store, now()), [case.id, first_case]);
    let over = now() + hour * 30;
    assert_eq!(listed(&store, over), [first_case, more_case]);

    // What a policy holds back is held back longer, and nothing else is.
    let hours = |item: ItemId| -> Vec<u64> {
        let mut bodies: Vec<serde_json::Value> = store
            .actions_of(item)
            .unwrap()
            .iter()
            .map(|action| serde_json::from_str(&action.body).unwrap())
            .collect();
        bodies.sort_by_key(|body| body["how"].to_string());
        bodies
            .iter()
            .map(|body| body["hours"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(hours(first), [6]);
    assert_eq!(hours(fast), [30, 6]);

    // It ends by itself, once, and what comes afterwards is as ever.
    assert_eq!(store.end_incidents(now()).unwrap(), 0);
    assert!(store.incidents_on(over).unwrap().is_empty());
    assert_eq!(store.end_incidents(over).unwrap(), 1);
    assert_eq!(store.end_incidents(over).unwrap(), 0);
    let late = banked(&store, cup.id, 5);
    let late = posted(&store, b"d", "ar", severe(late, Severity::Low), &[hold], over);
    assert_eq!((case_of(&store, late).incident, hours(late)), (None, vec![6]));
    let ended = store.end_incident(id, amal, over).unwrap_err();
    assert!(ended.to_string().contains("over"), "{ended}");

    // One that is ended by hand is over at once, and a case that joined on the way stays explained.
    let again = NewIncident {
        ends_at: over + hour,
        ..new
    };
    let second = store.declare_incident(&again, over).unwrap();
    posted(&store, b"e", "ar", severe(usual, Severity::Low), &[], over);
    assert_eq!(case_of(&store, first).incident, None, "of another bank");
    store.end_incident(second, amal, over).unwrap();
    assert_eq!(
        kinds(&store, &["incident_declared", "incident_ended"]),
        [
            "incident_declared",
            "incident_ended",
            "incident_declared",
            "incident_ended"
        ]
    );
    let incidents = store.incidents().unwrap();
    assert_eq!(incidents[0].ended_by, Some(amal));
    assert_eq!(incidents[1].ended_by, None);
    store.verify_log().unwrap();
}
