//! Reports join the case of what they are about, whenever that comes; who sent them is nowhere but sealed. Appeals are
//! decided by another person than the decision, once.

use basira_store::{
    Alike, CaseDecision, Delivery, Listed, NewCaseDecision, NewItem, NewReport, NewWebhook, Outcome, Report,
    Reporter, Reports, Review, ReviewError, Secret, Store,
};
use jiff::SignedDuration;
use model::{
    AppealRuling, AppealState, CaseReason, CaseState, Channel, Context, DecisionOutcome, EntryId, EventKind,
    Grant, ItemId, PersonId, Queue, ReportCategory, ReportId, ReportStatus, Role, Ruling, Severity, Verdict,
};

use crate::appeals::by_platform;
use crate::cases::{refused, removal};
use crate::intake::{arrive, new};
use crate::place::{Place, now};

pub(crate) const UNDO: SignedDuration = SignedDuration::from_secs(60);
pub(crate) const URL: &str = "https://forum.example/post/1";

pub(crate) fn person(store: &Store, name: &str) -> PersonId {
    let grants = [Grant::whole(Role::SeniorReviewer)];
    let made = store.create_person(&name.parse().unwrap(), &grants, "test", now(), now() + UNDO);
    made.unwrap().0.id
}

pub(crate) fn item_of(name: &str, url: Option<&str>) -> NewItem {
    NewItem {
        context: Context {
            url: url.map(str::to_owned),
            ..Context::default()
        },
        ..new(Some(name))
    }
}

/// Takes an item in, in which nothing is found unless there is a review.
pub(crate) fn finish(store: &Store, bytes: &[u8], item: NewItem, review: Option<Review>) -> ItemId {
    store.submit(&arrive(store, bytes), item).unwrap();
    finish_next(store, review)
}

pub(crate) fn finish_next(store: &Store, review: Option<Review>) -> ItemId {
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

pub(crate) fn near() -> Review {
    Review {
        queue: Queue::Match,
        entry: Some(EntryId(7)),
        severity: Severity::Low,
        reasons: vec![CaseReason::Near],
        alike: Alike::default(),
    }
}

pub(crate) fn of_name(name: &str) -> NewReport {
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

pub(crate) fn of_url(url: &str) -> NewReport {
    NewReport {
        channel: Channel::Form,
        source: None,
        external_id: None,
        url: Some(url.to_owned()),
        ..of_name("")
    }
}

pub(crate) fn send(store: &Store, new: &NewReport) -> (Report, Secret) {
    store.report(new, now()).unwrap()
}

pub(crate) fn decide(store: &Store, item: ItemId, outcome: DecisionOutcome, by: PersonId) -> CaseDecision {
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

pub(crate) fn webhook(store: &Store) {
    let new = NewWebhook {
        source: None,
        url: "https://example.com/hook".to_owned(),
        events: vec![EventKind::ItemDecided, EventKind::AppealDecided],
    };
    store
        .create_webhook(&new, "amal", now(), |_| String::new())
        .unwrap();
}

pub(crate) fn told(store: &Store) -> Vec<Delivery> {
    let mut told = store.deliveries(Listed::All, None, 100).unwrap();
    told.sort_by_key(|delivery| delivery.number);
    told
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
    let read = |id| store.read_reporter(id, "they asked to be answered", "person:1", now());
    assert_eq!(read(report.id).unwrap(), Some(reporter.clone()));
    let (nobody, _) = send(&store, &of_name("one"));
    assert_eq!(read(nobody.id).unwrap(), None);
    assert_eq!(format!("{new:?}").matches("Zenobia").count(), 0);
    assert_eq!(store.sweep_reporters(now()).unwrap(), 0, "not before its time");
    // A ciphertext that was moved to another report does not open.
    let mut raw = place.raw();
    raw.run(&format!("UPDATE reporter SET report = {}", nobody.id.0));
    drop(raw);
    assert!(read(nobody.id).is_err());
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
    assert_eq!(read(nobody.id).unwrap(), None);
    assert_eq!(read(again.id).unwrap(), Some(reporter));
    let log = format!("{:?}", store.log(0, 100).unwrap());
    assert!(
        log.contains("report_received") && log.contains("report_joined"),
        "{log}"
    );
    assert_eq!(
        log.matches("reporter_read").count(),
        5,
        "also where there was nobody, or nothing opened: {log}"
    );
    let records = store.log_length().unwrap();
    assert!(read(model::ReportId(999)).is_err());
    assert_eq!(
        store.log_length().unwrap(),
        records,
        "of no report nothing is noted"
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
