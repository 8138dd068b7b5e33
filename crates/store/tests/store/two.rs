//! What needs two people: one asks, another asks too, then it can be withdrawn, then it happens; and what stands against a
//! purge stops it at every step.

use basira_store::{Keep, NewCaseDecision, NewEntry, ReviewError, Store, StoreError, Wanted};
use jiff::{SignedDuration, Timestamp};
use model::{
    AskedKind, CaseId, DecisionOutcome, DecisionState, ItemId, PurgeBlock, Ruling, Severity, Tlp, Trust,
};

use crate::cases::{UNDO, decide, finish, of, person, refused, removal, review};
use crate::intake::arrive;
use crate::place::{Place, entry, now, pdq, with_bank};

const WHY: &str = "a court has ordered it";

/// A case with one decided item.
fn decided(store: &Store, bytes: &[u8], outcome: DecisionOutcome) -> (CaseId, ItemId) {
    let item = finish(store, bytes, Some(review(None, Severity::Low)), now());
    let by = person(store, &format!("who decides {}", item.0));
    decide(store, item, outcome, by, now()).unwrap();
    (store.case_of(item).unwrap().unwrap(), item)
}

fn bytes_of(store: &Store, item: ItemId) -> bool {
    let (_, sha256, _) = of(store, item);
    store.copy_blob(&sha256, &mut Vec::new()).unwrap()
}

fn logged(store: &Store, kind: &str) -> usize {
    let records = store.log(0, 1_000).unwrap();
    records.iter().filter(|record| record.kind == kind).count()
}

#[test]
fn content_is_purged_when_two_people_want_it_and_not_before() {
    let place = Place::new();
    let store = place.writer();
    let (case, item) = decided(&store, b"a", DecisionOutcome::NotViolating);
    let (_, other) = decided(&store, b"b", DecisionOutcome::NotViolating);
    let [amal, badr] = ["amal", "badr"].map(|name| person(&store, name));
    let wanted = Wanted::Purge(case, None);
    // While the decision can be undone nothing is asked for.
    let error = refused(store.ask(wanted, WHY, amal, now()));
    assert_eq!(error, ReviewError::NotPurged(PurgeBlock::Undo));
    let later = now() + UNDO;
    store.settle_decisions(later).unwrap();
    assert_eq!(
        refused(store.ask(wanted, " ", amal, later)),
        ReviewError::NoReason
    );
    let id = store.ask(wanted, WHY, amal, later).unwrap();
    assert_eq!(
        refused(store.ask(wanted, WHY, badr, later)),
        ReviewError::AskedAlready
    );
    // One person is not two, and nothing happens by waiting.
    let end = later + UNDO;
    assert_eq!(
        refused(store.second_asked(id, amal, later, end)),
        ReviewError::SamePerson
    );
    assert_eq!(store.settle_asked(later + UNDO * 100).unwrap(), 0);
    assert!(bytes_of(&store, item));
    store.second_asked(id, badr, later, end).unwrap();
    assert_eq!(
        refused(store.second_asked(id, badr, later, end)),
        ReviewError::NotAsked(id)
    );
    // It can still be withdrawn.
    assert_eq!(store.settle_asked(end - SignedDuration::from_secs(1)).unwrap(), 0);
    store.withdraw_asked(id, amal, later).unwrap();
    assert_eq!(store.settle_asked(end).unwrap(), 0);
    assert!(bytes_of(&store, item));

    let id = store.ask(wanted, WHY, amal, later).unwrap();
    store.second_asked(id, badr, later, end).unwrap();
    assert_eq!(store.settle_asked(end).unwrap(), 1);
    assert_eq!(store.settle_asked(end).unwrap(), 0, "once");
    assert!(!bytes_of(&store, item), "the bytes are gone");
    assert!(bytes_of(&store, other), "and no others");
    let found = store.asked(AskedKind::Purge).unwrap();
    let states: Vec<_> = found.iter().map(|it| it.state).collect();
    assert_eq!(states, [DecisionState::Effective, DecisionState::Undone]);
    // What was decided, and the log, stay.
    assert_eq!(store.decisions(case).unwrap().len(), 1);
    for (kind, count) in [
        ("request_made", 2),
        ("request_seconded", 2),
        ("request_withdrawn", 1),
        ("content_purged", 1),
    ] {
        assert_eq!(logged(&store, kind), count, "{kind}");
    }
    store.verify_log().unwrap();
    store.verify_decisions(|| ()).unwrap();
    drop(store);
    // Nor are they there after the next start.
    let store = place.writer();
    assert_eq!(store.remove_orphans().unwrap(), 0);
    assert!(!bytes_of(&store, item));
}

#[test]
fn previews_and_texts_of_entries_go_too_and_findings_are_forgotten() {
    let (place, store, bank) = with_bank();
    let (case, item) = decided(&store, b"a", DecisionOutcome::Violating);
    let later = now() + UNDO;
    store.settle_decisions(later).unwrap();
    let new = NewEntry {
        keep: Keep::HashOnly,
        ..entry(vec![pdq(1)])
    };
    let made = store.edit("add", |edits| edits.add_entry(bank.id, &new)).unwrap();
    let mut raw = place.raw();
    let sealed = raw.literal(b"sealed");
    raw.run(&format!(
        "INSERT INTO thumbnail (entry, sealed) VALUES ({}, {sealed})",
        made.0
    ));
    raw.run(&format!(
        "INSERT INTO entry_text (entry, ordinal, sealed) VALUES ({}, 0, {sealed})",
        made.0
    ));
    raw.run(&format!("UPDATE case_decision SET entry = {}", made.0));
    raw.run("UPDATE item SET result = '{\"verdict\":\"match\",\"matches\":[{\"part\":\"chess.zip\"}],\"incomplete\":[]}'");
    drop(raw);
    let [amal, badr] = ["amal", "badr"].map(|name| person(&store, name));
    let id = store.ask(Wanted::Purge(case, None), WHY, amal, later).unwrap();
    store.second_asked(id, badr, later, later).unwrap();
    store.settle_asked(later).unwrap();
    let mut raw = place.raw();
    assert_eq!(raw.number("SELECT COUNT(*) FROM thumbnail"), 0);
    assert_eq!(raw.number("SELECT COUNT(*) FROM entry_text"), 0);
    drop(raw);
    let (_, sha256, _) = of(&store, item);
    assert!(!store.copy_blob(&sha256, &mut Vec::new()).unwrap());
    let member = store.members(case, ItemId(0), 1).unwrap().pop().unwrap();
    let result = member.item.result.unwrap();
    assert!(
        !result.contains("chess.zip") && result.contains("\"match\""),
        "{result}"
    );
    assert!(store.entry(made).unwrap().is_some(), "what it is found by stays");
}

/// Puts something in the way of a purge, between the second person and its time.
fn stopped(put: impl FnOnce(&Place, &Store, CaseId, ItemId, Timestamp)) -> Option<String> {
    let place = Place::new();
    let store = place.writer();
    let (case, item) = decided(&store, b"a", DecisionOutcome::NotViolating);
    let later = now() + UNDO;
    store.settle_decisions(later).unwrap();
    let [amal, badr] = ["amal", "badr"].map(|name| person(&store, name));
    let id = store.ask(Wanted::Purge(case, None), WHY, amal, later).unwrap();
    store.second_asked(id, badr, later, later + UNDO).unwrap();
    put(&place, &store, case, item, later);
    store.settle_asked(later + UNDO).unwrap();
    let found = store.asked_for(id).unwrap();
    assert_eq!(bytes_of(&store, item), found.stopped.is_some());
    if found.stopped.is_some() {
        assert_eq!(found.state, DecisionState::Undone);
        assert_eq!(logged(&store, "request_stopped"), 1);
    }
    found.stopped
}

#[test]
fn what_comes_in_the_way_stops_it_and_says_why() {
    assert_eq!(stopped(|_, _, _, _, _| ()), None);
    let undecided = |_: &Place, store: &Store, case: CaseId, _: ItemId, at: Timestamp| {
        let decision = store.decisions(case).unwrap()[0].id;
        store.reverse_decision(decision, "person:1", at).unwrap();
    };
    assert_eq!(stopped(undecided).as_deref(), Some("undecided"));
    let again = |outcome: DecisionOutcome| {
        move |_: &Place, store: &Store, case: CaseId, item: ItemId, at: Timestamp| {
            let decision = store.decisions(case).unwrap()[0].id;
            store.reverse_decision(decision, "person:1", at).unwrap();
            decide(store, item, outcome, person(store, "dina"), at).unwrap();
        }
    };
    assert_eq!(
        stopped(again(DecisionOutcome::Violating)).as_deref(),
        Some("undo")
    );
    let sealed = again(DecisionOutcome::SuspectedChildAbuse);
    assert_eq!(stopped(sealed).as_deref(), Some("sealed"));
    let preserved = |_: &Place, store: &Store, case: CaseId, item: ItemId, at: Timestamp| {
        let decision = store.decisions(case).unwrap()[0].id;
        store.reverse_decision(decision, "person:1", at).unwrap();
        let (case, sha256, _) = of(store, item);
        let new = NewCaseDecision {
            case,
            sha256,
            ruling: Ruling::new(DecisionOutcome::Violating, None, None).unwrap(),
            note: None,
            person: person(store, "dina"),
            settles_at: at,
            action: Some(basira_store::CaseAction {
                action: "{\"do\":\"preserve\",\"days\":180}".to_owned(),
                ..removal()
            }),
            bank: None,
        };
        store.decide(&new, at).unwrap();
        store.settle_decisions(at).unwrap();
    };
    assert_eq!(stopped(preserved).as_deref(), Some("preserved"));
    let worked_on = |_: &Place, store: &Store, _: CaseId, _: ItemId, _: Timestamp| {
        store
            .submit(&arrive(store, b"a"), crate::intake::new(Some("again")))
            .unwrap();
    };
    assert_eq!(stopped(worked_on).as_deref(), Some("working"));
    let look = |place: &Place, _: &Store, _: CaseId, _: ItemId, _: Timestamp| {
        place.raw().run(
            "INSERT INTO second_look (id, decision, kind, drawn_at) SELECT 1, MIN(id), 'sample', 0 FROM case_decision",
        );
    };
    assert_eq!(stopped(look).as_deref(), Some("look"));
}

#[test]
fn an_entry_goes_further_when_two_people_want_it() {
    let (_place, store, bank) = with_bank();
    let [amal, badr] = ["amal", "badr"].map(|name| person(&store, name));
    let made = store
        .edit("add", |edits| edits.add_entry(bank.id, &entry(vec![pdq(1)])))
        .unwrap();
    let tlp = || store.entry(made).unwrap().unwrap().tlp;
    assert_eq!(tlp(), Tlp::Amber);
    for narrower in [Tlp::Amber, Tlp::Red] {
        let error = refused(store.ask(Wanted::Share(made, narrower), WHY, amal, now()));
        assert_eq!(error, ReviewError::NotShared);
    }
    let nothing = store.ask(Wanted::Share(model::EntryId(99), Tlp::Green), WHY, amal, now());
    assert!(matches!(nothing, Err(StoreError::NoEntry(_))));
    let id = store
        .ask(Wanted::Share(made, Tlp::Green), WHY, amal, now())
        .unwrap();
    assert_eq!(
        refused(store.second_asked(id, amal, now(), now())),
        ReviewError::SamePerson
    );
    store.settle_asked(now() + UNDO).unwrap();
    assert_eq!(tlp(), Tlp::Amber, "one person is not two");
    store.second_asked(id, badr, now(), now() + UNDO).unwrap();
    store.settle_asked(now()).unwrap();
    assert_eq!(tlp(), Tlp::Amber, "it can be withdrawn yet");
    store.settle_asked(now() + UNDO).unwrap();
    assert_eq!(tlp(), Tlp::Green);
    assert_eq!(logged(&store, "entry_shared"), 1);
    // One that was taken out of use meanwhile goes nowhere.
    let id = store
        .ask(Wanted::Share(made, Tlp::Clear), WHY, amal, now())
        .unwrap();
    store.second_asked(id, badr, now(), now()).unwrap();
    store
        .edit("revoke", |edits| edits.set_trust(made, Trust::Revoked))
        .unwrap();
    store.settle_asked(now()).unwrap();
    assert_eq!(tlp(), Tlp::Green);
    assert_eq!(store.asked_for(id).unwrap().stopped.as_deref(), Some("changed"));
}
