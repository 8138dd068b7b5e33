//! Decisions by the thousand: each comes out the same again, and what a draft would have done is told.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use basira_pipeline::banks::Banks;
use basira_pipeline::policies::{Deciding, Desk, Effect, backtest, replay_all};
use jiff::{SignedDuration, Timestamp};
use model::{ItemId, Judgement, KeyId, Sha256, Stage, Trust};
use policy::{MatchFact, Snapshot, SourceFile, Subject, UnknownReason, Value};
use store::{Access, Options, Personal, Step, Store};
use testkit::Prng;
use testkit::policies::{CLAUSES, GROUNDS, automatic, queueing};

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn person(name: &str) -> Personal {
    Personal {
        person: name.parse().unwrap(),
        key: KeyId(1),
    }
}

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

/// Hands a text in and takes it to a stage, with the approvals of two.
fn take(store: &Store, files: &[SourceFile], to: Stage) {
    let desk = Desk::new(store);
    for handed in desk.put(files, &person("amal"), now()).unwrap() {
        let step = |stage: Stage| {
            let share = (stage == Stage::Canary).then(|| 500.try_into().unwrap());
            let step = Step::To(stage, share);
            desk.deploy(&handed.hash, step, None, &person("amal"), now())
                .unwrap();
        };
        for name in ["badr", "dina"] {
            desk.approve(&handed.hash, &person(name), now()).unwrap();
        }
        if handed.is_library() {
            step(Stage::Enforce);
            continue;
        }
        for stage in [Stage::Shadow, Stage::Canary, Stage::Enforce] {
            step(stage);
            if stage == to {
                break;
            }
        }
    }
}

/// A store with policies in every stage: one enforced with a successor in a canary, and another in the shadow.
fn with_policies(folder: &Path) -> Arc<Store> {
    let options = Options::new(Access::Writer, &folder.join("key"));
    let store = Arc::new(Store::open(&folder.join("data"), options).unwrap());
    let library = [file("clauses.toml", CLAUSES), file("grounds.toml", GROUNDS)];
    take(&store, &library, Stage::Enforce);
    take(&store, &[file("a.toml", &automatic("first"))], Stage::Enforce);
    take(&store, &[file("a.toml", &automatic("second"))], Stage::Canary);
    take(&store, &[file("b.toml", &queueing("first"))], Stage::Shadow);
    store
}

/// A number below `most`.
fn below(random: &mut Prng, most: u32) -> u32 {
    random.int(0, most - 1)
}

fn fact(random: &mut Prng, item: Sha256) -> Value {
    let exact = below(random, 3) == 0;
    let known = |random: &mut Prng| {
        let is_known = below(random, 4) > 0;
        is_known.then(|| below(random, 2) == 0)
    };
    MatchFact {
        bank: "known".to_owned(),
        entry: i64::from(below(random, 1_000)),
        kind: if exact { "sha256" } else { "pdq" }.to_owned(),
        method: if exact { "equal" } else { "pdq" }.to_owned(),
        sha256: exact.then_some(item),
        whole: true,
        distance: Some(i64::from(if exact { 0 } else { below(random, 32) })),
        similarity: None,
        human_confirmed: known(random),
        trust: Trust::ALL[below(random, 4) as usize],
        suppressed: below(random, 8) == 0,
        labels: Vec::new(),
        source: "local".to_owned(),
        added_at: now(),
        hash_only: false,
        quoted: None,
    }
    .into()
}

/// What might be known of an item.
fn snapshot(random: &mut Prng, number: u64, at: Timestamp) -> Snapshot {
    let mut bytes = [0; 32];
    for byte in &mut bytes {
        *byte = below(random, 256) as u8;
    }
    let sha256 = Sha256::new(bytes);
    let subject = Subject {
        item: format!("item-{number}"),
        sha256,
    };
    let mut it = match below(random, 2) {
        0 => Snapshot::new(subject, at),
        _ => Snapshot::quiet(subject, at),
    };
    let by = it.producer("test", "1", false);
    let facts: Vec<Value> = (0..below(random, 4)).map(|_| fact(random, sha256)).collect();
    match below(random, 8) {
        0 => it.set_unknown("matches", UnknownReason::Timeout, by).unwrap(),
        1 => it
            .set_partial("matches", facts, UnknownReason::TooLarge, by)
            .unwrap(),
        _ => it.set("matches", facts, by).unwrap(),
    }
    it.set("item.source", "forum", by).unwrap();
    let language = ["ar", "en", "fr"][below(random, 3) as usize];
    it.set("text.language", language, by).unwrap();
    let people = it.producer("person", "1", true);
    if below(random, 10) == 0 {
        it.set("review.decision", "not_violating", people).unwrap();
    }
    it
}

/// Records so many decisions.
fn decide(store: &Arc<Store>, decisions: u64) {
    let banks = Arc::new(Banks::open(Arc::clone(store)).unwrap());
    let deciding = Deciding::new(banks, now()).unwrap();
    let mut random = Prng::new(7, 0);
    let mut batch = Vec::new();
    for number in 1..=decisions {
        // Through several hours, so that counters begin anew.
        let at = now() + SignedDuration::from_secs(i64::try_from(number).unwrap());
        let snapshot = snapshot(&mut random, number, at);
        let decision = deciding.decide_snapshot(snapshot, at).unwrap();
        batch.push((ItemId(i64::try_from(number).unwrap()), decision));
        if batch.len() == 1_000 || number == decisions {
            store.record_decisions(&batch, at).unwrap();
            batch.clear();
        }
    }
    deciding.write_down(now()).unwrap();
}

/// How many: `BASIRA_DECISIONS`, for benches.
fn many() -> u64 {
    let given = std::env::var("BASIRA_DECISIONS").ok();
    given.map_or(10_000, |text| text.parse().unwrap())
}

#[test]
fn every_recorded_decision_comes_out_the_same_again_and_an_altered_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_policies(folder.path());
    let decisions = many();
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
