//! Appeals are decided by another person than the decision, once.

use basira_store::{AppealAbout, Appeals, Delivery, NewAppeal, ReviewError};
use model::{
    AppealId, AppealRuling, AppealState, CaseState, Channel, DecisionOutcome, DecisionState, EventKind,
};

use crate::cases::refused;
use crate::place::{Place, now};
use crate::reports::{decide, finish, item_of, near, person, told, webhook};

fn of_code(code: &str) -> NewAppeal {
    NewAppeal {
        about: AppealAbout::Code(code.to_owned()),
        channel: Channel::Form,
        words: "it is satire about the chess league".to_owned(),
        lang: None,
    }
}

pub(crate) fn by_platform(name: &str) -> NewAppeal {
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
