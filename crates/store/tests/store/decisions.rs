//! What was decided: kept, chained, erased, judged; and whatever is altered is named.

use std::ops::ControlFlow;

use basira_store::{Decision, NewDecision, Outcome, Rates, Store, StoreError};
use jiff::SignedDuration;
use model::{DecisionOutcome, ItemId, Ruling, Sha256, Verdict};

use crate::intake::{arrive, new};
use crate::place::{Place, now};
use crate::policies::person;

fn decision(number: u8) -> NewDecision {
    NewDecision {
        policies: Some(Sha256::new([number; 32])),
        engine: "1".to_owned(),
        given: format!("{{\"number\":{number}}}"),
        outcome: format!("{{\"of\":{number}}}"),
        shadow: number
            .is_multiple_of(2)
            .then(|| (Sha256::new([9; 32]), "{}".to_owned())),
        rates: vec![(
            Sha256::new([7; 32]),
            Rates {
                items: 1,
                ..Rates::default()
            },
        )],
        actions: Vec::new(),
        links: Vec::new(),
        review: None,
    }
}

fn ruling(outcome: DecisionOutcome) -> Ruling {
    Ruling::new(outcome, None, None).unwrap()
}

/// Finishes an item with a decision.
fn decide(store: &Store, number: u8) -> ItemId {
    let taken = store.submit(&arrive(store, &[number]), new(None)).unwrap();
    let leased = store.lease(1).unwrap().remove(0);
    let outcome = Outcome {
        verdict: Verdict::NoMatch,
        result: "{}".to_owned(),
        matches: Vec::new(),
        seen: None,
        review: None,
        decision: Some(decision(number)),
        words: Vec::new(),
    };
    assert!(store.finish(leased.id, leased.fence, outcome, now()).unwrap());
    assert_eq!(leased.id, taken.item.id);
    leased.id
}

fn all(store: &Store) -> Vec<Decision> {
    let mut found = Vec::new();
    store
        .for_each_decision(now(), |decision| {
            found.push(decision);
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

#[test]
fn decisions_come_back_as_they_were_written_and_erased_ones_say_so() {
    let place = Place::new();
    let store = place.writer();
    let items: Vec<ItemId> = (1..=4).map(|number| decide(&store, number)).collect();
    let found = all(&store);
    assert_eq!(found.len(), 4);
    for (number, decision) in (1..).zip(&found) {
        let wanted = self::decision(number);
        let record = decision.record.as_ref().unwrap();
        assert_eq!(
            (decision.seq, decision.item),
            (i64::from(number), items[number as usize - 1])
        );
        assert_eq!((&record.given, &record.outcome), (&wanted.given, &wanted.outcome));
        assert_eq!(
            (record.shadow.as_ref(), decision.policies),
            (wanted.shadow.as_ref(), wanted.policies)
        );
    }
    assert_eq!(store.policy_hours(now()).unwrap()[0].rates.items, 4);
    assert_eq!(store.count_decisions(now()).unwrap(), 4);
    assert_eq!(
        store
            .count_decisions(now() + SignedDuration::from_secs(1))
            .unwrap(),
        0
    );

    store
        .rule(
            items[1],
            ruling(DecisionOutcome::Violating),
            &person("badr"),
            now(),
        )
        .unwrap();
    store
        .rule(
            items[1],
            ruling(DecisionOutcome::NotViolating),
            &person("dina"),
            now(),
        )
        .unwrap();
    let decided = store.decision(2).unwrap().unwrap();
    assert_eq!(decided.ruled, Some(ruling(DecisionOutcome::NotViolating)));
    assert_eq!(store.decisions_of(items[1]).unwrap().len(), 3);
    let content = store.item_by_id(items[1]).unwrap().unwrap().sha256;
    let last = store.ruled(&content).unwrap().unwrap();
    assert_eq!(
        (last.ruling, &*last.person),
        (ruling(DecisionOutcome::NotViolating), "dina")
    );
    assert_eq!(store.ruled(&Sha256::new([0; 32])).unwrap(), None);

    let verified = store.verify_decisions(|| ()).unwrap();
    assert_eq!((verified.decisions, verified.erased), (6, 0));
    assert_eq!(store.erase_decisions(items[0], "amal", now()).unwrap(), 1);
    assert_eq!(store.decision(1).unwrap().unwrap().record, None);
    let verified = store.verify_decisions(|| ()).unwrap();
    assert_eq!((verified.decisions, verified.erased), (6, 1));
}

#[test]
fn one_flipped_byte_in_a_decision_is_named_wherever_it_lies() {
    let place = Place::new();
    let store = place.writer();
    for number in 1..=5 {
        decide(&store, number);
    }
    store
        .rule(
            ItemId(3),
            ruling(DecisionOutcome::CannotTell),
            &person("badr"),
            now(),
        )
        .unwrap();
    store.checkpoint(now()).unwrap();
    assert!(store.log(0, 10).unwrap().pop().unwrap().kind == "decisions_noted");
    assert_eq!(store.verify_decisions(|| ()).unwrap().decisions, 6);
    // It refers to what is taken away below.
    place.raw().run("DELETE FROM ruled");
    let altered = |change: &str| {
        let mut raw = place.raw();
        raw.run("BEGIN");
        raw.run("CREATE TEMP TABLE kept AS SELECT * FROM decision");
        raw.run("CREATE TEMP TABLE kept_record AS SELECT * FROM decision_record");
        raw.run(change);
        raw.run("COMMIT");
        let error = store.verify_decisions(|| ()).unwrap_err();
        raw.run(
            "DELETE FROM decision_record; DELETE FROM decision; INSERT INTO decision SELECT * FROM kept;
             INSERT INTO decision_record SELECT * FROM kept_record; DROP TABLE kept; DROP TABLE kept_record",
        );
        match error {
            StoreError::DecisionAltered { seq } => seq,
            other => panic!("{change}: {other}"),
        }
    };
    let other = place.raw().literal(&[8; 32]);
    for column in [
        "item = item + 1",
        "at = at + 1",
        "engine = '2'",
        "actor = 'person'",
        "person = 'x'",
    ] {
        assert_eq!(
            altered(&format!("UPDATE decision SET {column} WHERE seq = 4")),
            4,
            "{column}"
        );
    }
    for column in ["policies", "commitment", "chain"] {
        assert_eq!(
            altered(&format!("UPDATE decision SET {column} = {other} WHERE seq = 2")),
            2,
            "{column}"
        );
    }
    assert_eq!(
        altered("UPDATE decision SET ruling = 'violating' WHERE seq = 6"),
        6
    );
    for column in [
        "given = replace(given, '4', '5')",
        "outcome = outcome || ' '",
        "shadow = '{ }'",
    ] {
        let change = format!("UPDATE decision_record SET {column} WHERE decision = 4");
        assert_eq!(altered(&change), 4, "{column}");
    }
    for column in ["salt", "shadow_policies"] {
        let change = format!("UPDATE decision_record SET {column} = {other} WHERE decision = 4");
        assert_eq!(altered(&change), 4, "{column}");
    }
    assert_eq!(
        altered("UPDATE decision_record SET shadow = NULL WHERE decision = 2"),
        2
    );
    // Removed at the end, where the chain alone would not tell.
    assert_eq!(altered("DELETE FROM decision WHERE seq = 6"), 6);
    assert_eq!(store.verify_decisions(|| ()).unwrap().decisions, 6);
    // And cut short with the counter, where only the log tells.
    place
        .raw()
        .run("DELETE FROM decision WHERE seq = 6; UPDATE counter SET last = 5 WHERE name = 'decision'");
    assert!(matches!(
        store.verify_decisions(|| ()),
        Err(StoreError::DecisionAltered { seq: 6 })
    ));
}

#[test]
fn what_is_known_of_forgotten_items_is_erased_with_them() {
    let place = Place::new();
    let store = place.writer();
    decide(&store, 1);
    let later = now() + SignedDuration::from_secs(1);
    store.sweep(now(), now()).unwrap();
    assert!(store.decision(1).unwrap().unwrap().record.is_some());
    assert_eq!(store.sweep(later, later).unwrap().items, 1);
    assert!(store.decision(1).unwrap().unwrap().record.is_none());
    assert_eq!(store.verify_decisions(|| ()).unwrap().erased, 1);
}
