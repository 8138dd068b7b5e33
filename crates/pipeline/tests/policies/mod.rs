//! Decisions by the thousand: each comes out the same again, and what a draft would have done is told.

pub(crate) mod made;

use std::ops::ControlFlow;
use std::time::Instant;

use basira_pipeline::policies::{Desk, Effect, backtest, replay_all};
use jiff::Timestamp;
use model::{ItemId, Judgement};
use testkit::policies::queueing;

use made::{decide, file, now, person, with_policies};

#[test]
fn every_recorded_decision_comes_out_the_same_again_and_a_draft_is_tried_on_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_policies(folder.path());
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
    for number in 1..=300 {
        let judgement = Judgement::ALL[number as usize % 3];
        store
            .judge(ItemId(number), judgement, &person("badr"), now())
            .unwrap();
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
    let judged = found.violating + found.not_violating + found.unclear;
    assert!(judged == found.judged && judged > 0 && found.missed > 0);
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
}
