//! A store with policies in every stage, and what might be known of items: for a test, and for a bench.

use std::path::Path;
use std::sync::Arc;

use basira_pipeline::banks::Banks;
use basira_pipeline::policies::{Deciding, Desk};
use jiff::{SignedDuration, Timestamp};
use model::{Context, ItemId, KeyId, Priority, Sha256, Stage, Trust};
use policy::{MatchFact, Snapshot, SourceFile, Subject, UnknownReason, Value};
use store::{Access, NewDecision, NewItem, Options, Personal, Step, Store};
use testkit::Prng;
use testkit::policies::{CLAUSES, GROUNDS, automatic, queueing};

pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(crate) fn person(name: &str) -> Personal {
    Personal {
        person: name.parse().unwrap(),
        key: KeyId(1),
    }
}

pub(crate) fn file(name: &str, text: &str) -> SourceFile {
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
        if handed.is_reference() {
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
pub(crate) fn with_policies(folder: &Path) -> Arc<Store> {
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

/// Takes an item in.
#[allow(dead_code, reason = "the bench decides items that are not there")]
pub(crate) fn submit(store: &Store, bytes: &[u8]) -> ItemId {
    let mut incoming = store.begin_blob().unwrap();
    incoming.write(bytes).unwrap();
    let new = NewItem {
        source: "forum".parse().unwrap(),
        external_id: None,
        context: Context::default(),
        priority: Priority::default(),
        idempotency_key: None,
        received_at: now(),
    };
    store.submit(&incoming.finish().unwrap(), new).unwrap().item.id
}

/// Records so many decisions fast: a few thousand that were made, again and again, each time of another item. `each` is told
/// how many there are.
#[allow(dead_code, reason = "for the bench")]
pub(crate) fn record_many(store: &Arc<Store>, decisions: u64, mut each: impl FnMut(u64)) {
    const MADE: u64 = 4_000;
    let banks = Arc::new(Banks::open(Arc::clone(store)).unwrap());
    let deciding = Deciding::new(banks, now()).unwrap();
    let mut random = Prng::new(7, 1);
    let made: Vec<NewDecision> = (1..=MADE.min(decisions))
        .map(|number| {
            let snapshot = snapshot(&mut random, number, now());
            let decision = deciding.decide_snapshot(snapshot, now()).unwrap();
            // Nothing of it was done.
            NewDecision {
                rates: Vec::new(),
                actions: Vec::new(),
                ..decision
            }
        })
        .collect();
    let mut recorded = 0;
    while recorded < decisions {
        let item = |at: usize| ItemId(i64::try_from(recorded).unwrap() + i64::try_from(at).unwrap() + 1);
        let left = usize::try_from(decisions - recorded).unwrap();
        let batch: Vec<(ItemId, NewDecision)> = (0..made.len().min(left))
            .map(|at| (item(at), made[at].clone()))
            .collect();
        store.record_decisions(&batch, now()).unwrap();
        recorded += batch.len() as u64;
        each(recorded);
    }
}

/// Records so many decisions.
pub(crate) fn decide(store: &Arc<Store>, decisions: u64) {
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
