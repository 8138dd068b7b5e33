//! Decisions by the thousand: each comes out the same again, and what a draft would have done is told.

pub(crate) mod made;

use std::ops::ControlFlow;
use std::time::Instant;

use basira_pipeline::policies::{Desk, Effect, Watch, backtest, replay_all};
use jiff::{SignedDuration, Timestamp};
use model::{DecisionOutcome, Exemption, ItemId, Ruling, Stage};
use store::Rates;
use testkit::policies::queueing;

use made::{decide, file, now, person, submit, with_policies};

#[test]
fn a_policy_that_people_overturn_goes_on_in_the_shadow() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_policies(folder.path());
    let acting = |stage| {
        let texts = store.deployed_policies().unwrap().texts;
        let found = texts
            .into_iter()
            .filter(|it| it.stage == stage && it.file.automatic);
        found.map(|it| it.file.hash).collect::<Vec<_>>()
    };
    let text = acting(Stage::Enforce)[0];
    let rates = |upheld, overturned| Rates {
        upheld,
        overturned,
        ..Rates::default()
    };
    let hour = SignedDuration::from_hours(1);
    store.count_policies(vec![(text, rates(9, 1))], now()).unwrap();
    assert_eq!(Watch::default().look(&store, now() + hour).unwrap(), []);
    store
        .count_policies(vec![(text, rates(0, 12))], now() + hour)
        .unwrap();
    let alarms = Watch::default().look(&store, now() + 2 * hour).unwrap();
    assert_eq!((alarms.len(), alarms[0].text), (1, text));
    assert!(alarms[0].why.contains("nothing wrong in 13"), "{}", alarms[0].why);
    assert_eq!(
        (acting(Stage::Enforce), acting(Stage::Shadow)),
        (vec![], vec![text])
    );
    assert_eq!(store.demoted_policies().unwrap(), 1);
}

#[test]
fn every_recorded_decision_comes_out_the_same_again_and_a_draft_is_tried_on_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_policies(folder.path());
    // What people decide is decided of bytes, so that some items must be there.
    let items: Vec<ItemId> = (0..300_u32)
        .map(|number| submit(&store, &number.to_be_bytes()))
        .collect();
    assert_eq!((items[0], items[299]), (ItemId(1), ItemId(300)));
    let decisions = 10_000;
    let begun = Instant::now();
    decide(&store, decisions);
    eprintln!(
        "{decisions} decisions were made and recorded in {:?}",
        begun.elapsed()
    );
    let begun = Instant::now();
    let go_on = || ControlFlow::Continue(());
    let all = replay_all(&store, Timestamp::MIN, None, go_on).unwrap();
    eprintln!("and made again in {:?}", begun.elapsed());
    assert_eq!(
        (all.decisions, all.same, all.different),
        (decisions, decisions, 0),
        "{all:?}"
    );
    let some = replay_all(&store, Timestamp::MIN, Some(100), go_on).unwrap();
    assert!(
        (90..=100).contains(&some.decisions) && some.same == some.decisions,
        "{some:?}"
    );
    assert_eq!(store.verify_decisions(|| ()).unwrap().decisions, decisions);

    // Both texts of the policy have decided, each its share.
    let hours = store.policy_hours(Timestamp::MIN).unwrap();
    let texts: std::collections::BTreeSet<_> = hours.iter().map(|it| it.hash).collect();
    assert_eq!(texts.len(), 3);
    let acted: u64 = hours.iter().map(|it| it.rates.acted).sum();
    let unknown: u64 = hours.iter().map(|it| it.rates.unknown).sum();
    assert!(acted > 0 && unknown > 0, "{acted} acted, {unknown} unknown");

    // A draft in the place of what is enforced, held against people.
    let rulings = [
        Ruling::new(DecisionOutcome::Violating, None, None),
        Ruling::new(DecisionOutcome::NotViolating, None, None),
        Ruling::new(DecisionOutcome::CannotTell, None, None),
        Ruling::new(DecisionOutcome::Exempt, Some(Exemption::News), None),
    ]
    .map(Result::unwrap);
    for (item, ruling) in items.iter().zip(rulings.iter().cycle()) {
        store.rule(*item, *ruling, &person("badr"), now()).unwrap();
    }
    let (set, about) = Desk::new(&store)
        .with_in_use(&[file("b.toml", &queueing("draft"))])
        .unwrap();
    let begun = Instant::now();
    let effect = Effect::of(&set, about);
    let found = backtest(&store, &effect, None, Timestamp::MIN, go_on).unwrap();
    eprintln!("a draft was tried on them in {:?}", begun.elapsed());
    assert_eq!((found.items, found.unreadable), (decisions, 0));
    assert_eq!(found.compared.added, found.acted, "it was in the shadow then");
    assert!(
        found.acted > found.alone && found.covered < found.items,
        "{found:?}"
    );
    let decided = found.violating + found.not_violating + found.unclear;
    assert!(decided == found.decided && decided > 0 && found.missed > 0);
    assert!(
        found.not_violating > found.violating,
        "what is exempt breaks no rule"
    );
    assert_eq!(found.first_added.len() as u64, found.compared.added);
    let precision = found.precision.unwrap();
    assert!(precision.low < precision.share && precision.share < precision.high);
    assert_eq!(
        found.by_language.values().map(|it| it.items).sum::<u64>(),
        decisions
    );
    assert!(
        found.by_language.len() >= 3 && found.missing.contains_key("matches"),
        "{found:?}"
    );

    // What was erased comes out as erased, and the chain holds.
    assert_eq!(store.erase_decisions(items[0], "amal", now()).unwrap(), 1);
    let all = replay_all(&store, Timestamp::MIN, None, go_on).unwrap();
    assert_eq!(
        (all.erased, all.different, all.by_people),
        (1, 0, items.len() as u64)
    );
    store.verify_decisions(|| ()).unwrap();
}
