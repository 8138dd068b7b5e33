//! Reports join the case of what they are about, whenever that comes; who sent them is nowhere but sealed. Appeals are
//! decided by another person than the decision, once.

use basira_store::{
    Alike, AppealAbout, Appeals, CaseDecision, Delivery, Listed, NewAppeal, NewCaseDecision, NewItem,
    NewReport, NewWebhook, Outcome, Report, Reporter, Reports, Review, ReviewError, Secret, Store,
    StoreError,
};
use jiff::SignedDuration;
use model::{
    AppealId, AppealRuling, AppealState, CaseReason, CaseState, Channel, Context, DecisionOutcome,
    DecisionState, EntryId, EventKind, Grant, ItemId, PersonId, Queue, ReportCategory, ReportId,
    ReportStatus, Role, Ruling, Severity, Verdict,
};

use crate::cases::removal;
use crate::intake::{arrive, new};
use crate::place::{Place, now};

const UNDO: SignedDuration = SignedDuration::from_secs(60);
const URL: &str = "https://forum.example/post/1";

fn person(store: &Store, name: &str) -> PersonId {
    let grants = [Grant::whole(Role::SeniorReviewer)];
    let made = store.create_person(&name.parse().unwrap(), &grants, "test", now(), now() + UNDO);
    made.unwrap().0.id
}

fn item_of(name: &str, url: Option<&str>) -> NewItem {
    NewItem {
        context: Context {
            url: url.map(str::to_owned),
            ..Context::default()
        },
        ..new(Some(name))
    }
}

/// Takes an item in, in which nothing is found unless there is a review.
fn finish(store: &Store, bytes: &[u8], item: NewItem, review: Option<Review>) -> ItemId {
    store.submit(&arrive(store, bytes), item).unwrap();
    finish_next(store, review)
}

fn finish_next(store: &Store, review: Option<Review>) -> ItemId {
    let item = store.lease(1).unwrap().pop().unwrap();
    let outcome = Outcome {
        decision: None,
        verdict: match review {
            Some(_) => Verdict::Match,
            None => Verdict::NoMatch,
        },
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        review,
        words: Vec::new(),
    };
    assert!(store.finish(item.id, item.fence, outcome, now()).unwrap());
    item.id
}

fn near() -> Review {
    Review {
        queue: Queue::Match,
        entry: Some(EntryId(7)),
        severity: Severity::Low,
        reasons: vec![CaseReason::Near],
        alike: Alike::default(),
    }
}

fn of_name(name: &str) -> NewReport {
    NewReport {
        channel: Channel::Api,
        source: Some("forum".parse().unwrap()),
        category: ReportCategory::Terrorism,
        words: "it calls for an attack on the chess league".to_owned(),
        lang: Some("en".to_owned()),
        receipt: None,
        external_id: Some(name.to_owned()),
        url: None,
        reporter: None,
    }
}

fn of_url(url: &str) -> NewReport {
    NewReport {
        channel: Channel::Form,
        source: None,
        external_id: None,
        url: Some(url.to_owned()),
        ..of_name("")
    }
}

fn send(store: &Store, new: &NewReport) -> (Report, Secret) {
    store.report(new, now()).unwrap()
}

fn decide(store: &Store, item: ItemId, outcome: DecisionOutcome, by: PersonId) -> CaseDecision {
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
    let decision = store.decide(&new, now()).unwrap();
    store.settle_decisions(now()).unwrap();
    store.case_decision(decision.id).unwrap()
}

fn webhook(store: &Store) {
    let new = NewWebhook {
        source: None,
        url: "https://example.com/hook".to_owned(),
        events: vec![EventKind::ItemDecided, EventKind::AppealDecided],
    };
    store
        .create_webhook(&new, "amal", now(), |_| String::new())
        .unwrap();
}

fn told(store: &Store) -> Vec<Delivery> {
    let mut told = store.deliveries(Listed::All, None, 100).unwrap();
    told.sort_by_key(|delivery| delivery.number);
    told
}

fn refused<T>(outcome: Result<T, StoreError>) -> ReviewError {
    match outcome {
        Err(StoreError::Review(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[test]
fn several_reports_of_one_content_are_one_case_with_a_reason_more() {
    let place = Place::new();
    let store = place.writer();
    let item = finish(&store, b"a", item_of("one", Some(URL)), None);
    assert_eq!(store.case_of(item).unwrap(), None, "nothing was found in it");
    let (report, _) = send(&store, &of_name("one"));
    let case = store.case_of(item).unwrap().expect("a report opens a case");
    assert_eq!(report.item, Some(item));
    assert_eq!(report.case.map(|(case, _)| case), Some(case));
    // By its address, spelt otherwise.
    let (by_form, _) = send(&store, &of_url("HTTPS://Forum.example/post/1/#here"));
    assert_eq!(by_form.case.map(|(case, _)| case), Some(case));
    // The same bytes, posted again.
    let copy = finish(&store, b"a", item_of("two", None), None);
    let (of_copy, _) = send(&store, &of_name("two"));
    assert_eq!(of_copy.case.map(|(case, _)| case), Some(case));
    assert_eq!(of_copy.item, Some(copy));
    let found = store.case(case).unwrap();
    assert_eq!(found.reasons, [CaseReason::Reported]);
    assert_eq!((found.queue, found.severity), (Queue::Reported, Severity::Medium));
    assert_eq!(found.members, 2);
    let (reports, count) = store.reports_of_case(case, 2).unwrap();
    assert_eq!((reports.len(), count), (2, 3));
    assert_eq!(reports[0].words, "it calls for an attack on the chess league");
    // What matched has a case already: it gets a reason more, and is as severe as what is said of it.
    let matched = finish(&store, b"b", item_of("three", None), Some(near()));
    let urgent = NewReport {
        category: ReportCategory::ThreatToLife,
        ..of_name("three")
    };
    send(&store, &urgent);
    let found = store.case(store.case_of(matched).unwrap().unwrap()).unwrap();
    assert_eq!(found.reasons, [CaseReason::Near, CaseReason::Reported]);
    assert_eq!((found.queue, found.severity), (Queue::Match, Severity::High));
    send(&store, &of_name("three"));
    let found = store.case(found.id).unwrap();
    assert_eq!(found.reasons.len(), 2, "once");
    // Another's item of the same name is another's.
    let other = NewReport {
        source: Some("elsewhere".parse().unwrap()),
        ..of_name("three")
    };
    assert_eq!(send(&store, &other).0.item, None);
    store.verify_log().unwrap();
}

#[test]
fn what_is_not_held_is_kept_and_taken_up_when_it_comes() {
    let place = Place::new();
    let store = place.writer();
    let (by_name, code) = send(&store, &of_name("late"));
    let (by_url, _) = send(&store, &of_url(URL));
    let (elsewhere, _) = send(&store, &of_url("https://elsewhere.example/"));
    let ids = |which: &Reports| -> Vec<ReportId> {
        let found = store.reports(which, None, 10).unwrap();
        found.iter().map(|report| report.id).collect()
    };
    assert_eq!(ids(&Reports::NotHeld), [elsewhere.id, by_url.id, by_name.id]);
    assert_eq!(ids(&Reports::Of("forum".parse().unwrap())), [by_name.id]);
    assert_eq!(ids(&Reports::All).len(), 3);
    let item = finish(&store, b"a", item_of("late", Some(URL)), None);
    let case = store.case_of(item).unwrap().expect("it was reported before");
    assert_eq!(store.reports_of_case(case, 10).unwrap().1, 2);
    assert_eq!(ids(&Reports::NotHeld), [elsewhere.id]);
    // While it is worked on, it is known and has no case.
    store.submit(&arrive(&store, b"b"), item_of("now", None)).unwrap();
    let (report, _) = send(&store, &of_name("now"));
    assert!(report.item.is_some() && report.case.is_none());
    let item = finish_next(&store, None);
    let (report, status) = store.report_by_id(report.id).unwrap();
    assert_eq!(
        report.case.map(|(case, _)| case),
        store.case_of(item).unwrap(),
        "it has one when it is finished"
    );
    assert_eq!(status, ReportStatus::Received);
    // What waits for people because of a report is not forgotten.
    let later = now() + SignedDuration::from_hours(24 * 365);
    let swept = store.sweep(later, later).unwrap();
    assert_eq!((swept.blobs, swept.items), (0, 0));
    let found = store.report_by_code(code.reveal()).unwrap().unwrap();
    assert_eq!(found.0.id, by_name.id);
    let typed = code.reveal().to_uppercase().replace('-', " ");
    assert!(store.report_by_code(&typed).unwrap().is_some());
    assert!(store.report_by_code("").unwrap().is_none());
    assert!(store.appeal_by_code(code.reveal()).unwrap().is_none());
    assert_eq!(
        refused(store.report_by_id(ReportId(99))),
        ReviewError::NoReport(ReportId(99))
    );
}

#[test]
fn a_report_is_told_what_people_decided_and_institutions_how_often_they_were_right() {
    let place = Place::new();
    let store = place.writer();
    let amal = person(&store, "amal");
    let mut sent = Vec::new();
    for (number, outcome) in [
        DecisionOutcome::Violating,
        DecisionOutcome::NotViolating,
        DecisionOutcome::Violating,
        DecisionOutcome::CannotTell,
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("item-{number}");
        let item = finish(&store, name.as_bytes(), item_of(&name, None), None);
        let (report, _) = send(&store, &of_name(&name));
        decide(&store, item, outcome, amal);
        sent.push(store.report_by_id(report.id).unwrap().1);
    }
    send(&store, &of_url(URL));
    assert_eq!(
        sent,
        [
            ReportStatus::Violating,
            ReportStatus::NotViolating,
            ReportStatus::Violating,
            ReportStatus::Received
        ]
    );
    let by: Vec<_> = store.reports_by_source().unwrap();
    let mut counts: Vec<_> = by
        .iter()
        .map(|it| {
            let source = it.source.as_ref().map(|source| source.as_str().to_owned());
            (source, it.reports, it.decided, it.violating)
        })
        .collect();
    counts.sort();
    assert_eq!(counts, [(None, 1, 0, 0), (Some("forum".to_owned()), 4, 3, 2)]);
    // More reports of what was decided are of that decision; nobody is asked again.
    let case = store
        .reports(&Reports::All, None, 10)
        .unwrap()
        .pop()
        .unwrap()
        .case;
    let case = case.unwrap().0;
    let (report, _) = send(&store, &of_name("item-0"));
    assert_eq!(store.report_by_id(report.id).unwrap().1, ReportStatus::Violating);
    assert_eq!(store.case(case).unwrap().state, CaseState::Decided);
}

#[test]
fn what_was_held_to_be_violating_is_there_when_its_author_appeals() {
    let place = Place::new();
    let store = place.writer();
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let item = finish(&store, b"a", item_of("one", None), None);
    send(&store, &of_name("one"));
    decide(&store, item, DecisionOutcome::Violating, amal);
    let later = now() + SignedDuration::from_hours(24 * 365);
    let swept = store.sweep(later, later).unwrap();
    assert_eq!((swept.blobs, swept.items), (0, 0));
    let (appeal, _) = store.appeal(&by_platform("one"), later).unwrap();
    store
        .decide_appeal(appeal.id, badr, AppealRuling::Overturn, None, later)
        .unwrap();
    assert_eq!(store.sweep(later, later).unwrap().items, 0, "it waits again");
    decide(&store, item, DecisionOutcome::NotViolating, badr);
    let swept = store.sweep(later, later).unwrap();
    assert_eq!((swept.blobs, swept.items), (1, 1));
    // What is gone is still an appeal that was decided.
    assert_eq!(
        store.appeal_by_id(appeal.id).unwrap().state,
        AppealState::Overturned
    );
}

#[test]
fn who_reports_is_sealed_and_found_nowhere_else() {
    let place = Place::new();
    let store = place.writer();
    let item = finish(&store, b"a", item_of("one", None), None);
    let reporter = Reporter {
        name: Some("Zenobia Quillfeather-Okonkwo".to_owned()),
        email: Some("zenobia.q@quillfeather.example".to_owned()),
    };
    let new = NewReport {
        reporter: Some(reporter.clone()),
        ..of_name("one")
    };
    let (report, _) = send(&store, &new);
    assert_eq!(store.reporter(report.id).unwrap(), Some(reporter.clone()));
    let (nobody, _) = send(&store, &of_name("one"));
    assert_eq!(store.reporter(nobody.id).unwrap(), None);
    assert_eq!(format!("{new:?}").matches("Zenobia").count(), 0);
    assert_eq!(store.sweep_reporters(now()).unwrap(), 0, "not before its time");
    // A ciphertext that was moved to another report does not open.
    let mut raw = place.raw();
    raw.run(&format!("UPDATE reporter SET report = {}", nobody.id.0));
    drop(raw);
    assert!(store.reporter(nobody.id).is_err());
    let amal = person(&store, "amal");
    decide(&store, item, DecisionOutcome::Violating, amal);
    store.verify_log().unwrap();
    let later = now() + SignedDuration::from_secs(1);
    let (again, _) = store.report(&new, later).unwrap();
    assert_eq!(
        store.sweep_reporters(later).unwrap(),
        1,
        "what is older is forgotten"
    );
    assert_eq!(store.reporter(nobody.id).unwrap(), None);
    assert_eq!(store.reporter(again.id).unwrap(), Some(reporter));
    let log = format!("{:?}", store.log(0, 100).unwrap());
    assert!(
        log.contains("report_received") && log.contains("report_joined"),
        "{log}"
    );
    let backup = place.root.path().join("backup");
    store.backup(&backup, || {}).unwrap();
    drop(store);
    let mut looked_at = 0;
    let mut folders = vec![place.folder(), backup];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for text in ["Zenobia", "quillfeather", "Quillfeather"] {
                let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
                assert!(!found, "{text} is in {}", path.display());
            }
            let words = b"an attack on the chess league";
            looked_at += usize::from(bytes.windows(words.len()).any(|window| window == words));
        }
    }
    assert!(
        looked_at > 0,
        "the words of the report are where they are looked for"
    );
}

fn of_code(code: &str) -> NewAppeal {
    NewAppeal {
        about: AppealAbout::Code(code.to_owned()),
        channel: Channel::Form,
        words: "it is satire about the chess league".to_owned(),
        lang: None,
    }
}

fn by_platform(name: &str) -> NewAppeal {
    NewAppeal {
        about: AppealAbout::Name("forum".parse().unwrap(), name.to_owned()),
        channel: Channel::Api,
        ..of_code("")
    }
}

fn code_of(delivery: &Delivery) -> String {
    let body: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
    body["data"]["appeal_code"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn an_appeal_is_decided_by_another_person_and_overturning_reverses_the_decision() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let item = finish(&store, b"a", item_of("one", None), Some(near()));
    let copy = finish(&store, b"a", item_of("two", None), Some(near()));
    let decision = decide(&store, item, DecisionOutcome::Violating, amal);
    let codes: Vec<String> = told(&store).iter().map(code_of).collect();
    assert_eq!(codes.len(), 2);
    assert_ne!(codes[0], codes[1], "each author has a code of their own");
    let (appeal, code) = store.appeal(&of_code(&codes[0]), now()).unwrap();
    assert_eq!(
        (appeal.state, appeal.decision, appeal.item),
        (AppealState::Open, decision.id, item)
    );
    let again = refused(store.appeal(&of_code(&codes[0]), now()));
    assert_eq!(again, ReviewError::AppealExists);
    let (other, _) = store.appeal(&by_platform("two"), now()).unwrap();
    assert_eq!(other.item, copy, "each author for themselves");
    let own = store.decide_appeal(appeal.id, amal, AppealRuling::Overturn, None, now());
    assert_eq!(refused(own), ReviewError::OwnDecision);
    assert_eq!(store.appeal_by_id(appeal.id).unwrap().state, AppealState::Open);
    assert_eq!(store.appeals(&Appeals::Open, None, 10).unwrap().len(), 2);

    let kept = store.decide_appeal(
        other.id,
        badr,
        AppealRuling::Uphold,
        Some("it calls for violence"),
        now(),
    );
    assert_eq!(kept.unwrap().state, AppealState::Upheld);
    assert_eq!(
        store.case_decision(decision.id).unwrap().state,
        DecisionState::Effective
    );
    let answer = Some("it is satire, you are right");
    let decided = store
        .decide_appeal(appeal.id, badr, AppealRuling::Overturn, answer, now())
        .unwrap();
    assert_eq!(
        (decided.state, decided.person, decided.answer.as_deref()),
        (AppealState::Overturned, Some(badr), answer)
    );
    let once = store.decide_appeal(appeal.id, badr, AppealRuling::Uphold, None, now());
    assert!(matches!(refused(once), ReviewError::Appeal(_)));
    assert_eq!(
        store.case_decision(decision.id).unwrap().state,
        DecisionState::Reversed
    );
    let case = store.case(decision.case).unwrap();
    assert_eq!(
        case.state,
        CaseState::Open,
        "the group waits for another decision"
    );
    let kinds: Vec<EventKind> = told(&store).iter().map(|delivery| delivery.kind).collect();
    use EventKind::{AppealDecided, DecisionReversed, ItemDecided};
    assert_eq!(
        kinds,
        [
            ItemDecided,
            ItemDecided,
            AppealDecided,
            DecisionReversed,
            DecisionReversed,
            AppealDecided
        ]
    );
    let last = told(&store).pop().unwrap().body;
    assert!(
        last.contains("\"state\":\"overturned\"") && last.contains("you are right"),
        "{last}"
    );
    assert!(!last.contains("badr") && !last.contains("person") && !last.contains("satire about"));
    let found = store.appeal_by_code(code.reveal()).unwrap().unwrap();
    assert_eq!(found.state, AppealState::Overturned);
    assert!(store.report_by_code(code.reveal()).unwrap().is_none());
    let log = store.log(0, 100).unwrap();
    let steps: Vec<&str> = log
        .iter()
        .map(|record| record.kind.as_str())
        .filter(|kind| kind.starts_with("appeal") || *kind == "decision_reversed")
        .collect();
    assert_eq!(
        steps,
        [
            "appeal_received",
            "appeal_received",
            "appeal_decided",
            "decision_reversed",
            "appeal_decided"
        ]
    );
    assert!(
        log.iter().all(|record| !record.body.contains("satire")),
        "{log:?}"
    );
    store.verify_log().unwrap();
}

#[test]
fn only_a_decision_that_holds_and_says_violating_can_be_appealed_against() {
    let place = Place::new();
    let store = place.writer();
    webhook(&store);
    let (amal, badr) = (person(&store, "amal"), person(&store, "badr"));
    let item = finish(&store, b"a", item_of("one", None), Some(near()));
    let not = |new: &NewAppeal| assert_eq!(refused(store.appeal(new, now())), ReviewError::NotAppealable);
    not(&by_platform("one"));
    not(&of_code("0000-0000-0000-0000-0000-0000"));
    let harmless = decide(&store, item, DecisionOutcome::NotViolating, amal);
    assert_eq!(
        code_of(&told(&store)[0]),
        "",
        "there is nothing to appeal against"
    );
    not(&by_platform("one"));
    store.reverse_decision(harmless.id, "person:1", now()).unwrap();
    let violating = decide(&store, item, DecisionOutcome::Violating, amal);
    let code = code_of(told(&store).last().unwrap());
    assert!(!code.is_empty());
    let (appeal, _) = store.appeal(&of_code(&code), now()).unwrap();
    // Somebody takes it back by hand: there is nothing left that could stand.
    store.reverse_decision(violating.id, "person:1", now()).unwrap();
    let kept = store.decide_appeal(appeal.id, badr, AppealRuling::Uphold, None, now());
    assert_eq!(refused(kept), ReviewError::NotAppealable);
    let decided = store.decide_appeal(appeal.id, badr, AppealRuling::Overturn, None, now());
    assert_eq!(decided.unwrap().state, AppealState::Overturned);
    not(&of_code(&code));
    // A new decision can be appealed against anew.
    decide(&store, item, DecisionOutcome::Violating, amal);
    let (again, _) = store.appeal(&by_platform("one"), now()).unwrap();
    assert_ne!(again.id, appeal.id);
    let receipt = store.item_by_id(item).unwrap().unwrap().receipt;
    let by_receipt = NewAppeal {
        about: AppealAbout::Receipt(receipt),
        ..by_platform("")
    };
    assert_eq!(
        refused(store.appeal(&by_receipt, now())),
        ReviewError::AppealExists,
        "it is the same"
    );
    let ids = |which: &Appeals| -> Vec<AppealId> {
        let found = store.appeals(which, None, 10).unwrap();
        found.iter().map(|appeal| appeal.id).collect()
    };
    assert_eq!(ids(&Appeals::All), [again.id, appeal.id]);
    assert_eq!(ids(&Appeals::Of("forum".parse().unwrap())), [again.id, appeal.id]);
    assert_eq!(ids(&Appeals::Of("elsewhere".parse().unwrap())), []);
    assert_eq!(ids(&Appeals::OfCase(appeal.case)), [appeal.id, again.id]);
    assert_eq!(ids(&Appeals::Open), [again.id]);
    let missing = store.decide_appeal(AppealId(99), badr, AppealRuling::Uphold, None, now());
    assert_eq!(refused(missing), ReviewError::NoAppeal(AppealId(99)));
}
