//! Deciding again what was decided: the same signals, counters and texts must give the same outcome.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;
use model::Sha256;
use policy::{ENGINE, Facts, Outcome, decide_facts};
use store::{Actor, Decision, Store, StoreError};

use super::deciding::Given;
use super::lanes::InUse;

/// Decisions that are named, of those that differ.
const MOST_NAMED: usize = 100;

/// What became of one decision that was made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// The same came out.
    Same,
    /// Nothing was in use, and nothing came out.
    Nothing,
    /// What it rested on was erased.
    Erased,
    /// A person has decided it.
    Person,
    /// Another version of the engine has decided it.
    OtherEngine,
    /// Something else came out, or it cannot be made again.
    Differs(String),
}

/// What became of many.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Replayed {
    /// Decisions that were looked at.
    pub decisions: u64,
    /// The same came out.
    pub same: u64,
    /// Nothing was in use.
    pub nothing: u64,
    /// What they rested on was erased.
    pub erased: u64,
    /// People have decided them.
    pub by_people: u64,
    /// Another version of the engine has decided them.
    pub other_engine: u64,
    /// Something else came out.
    pub different: u64,
    /// The numbers of the first hundred of these, with the reason.
    pub first_different: Vec<(i64, String)>,
}

impl Replayed {
    fn add(&mut self, seq: i64, again: Again) {
        self.decisions += 1;
        match again {
            Again::Same => self.same += 1,
            Again::Nothing => self.nothing += 1,
            Again::Erased => self.erased += 1,
            Again::Person => self.by_people += 1,
            Again::OtherEngine => self.other_engine += 1,
            Again::Differs(why) => {
                self.different += 1;
                if self.first_different.len() < MOST_NAMED {
                    self.first_different.push((seq, why));
                }
            }
        }
    }
}

/// Sets that were in use, by the digests of their lists: one set has decided many items.
#[derive(Debug, Default)]
struct Sets(HashMap<Sha256, Result<Arc<InUse>, String>>);

impl Sets {
    fn get(&mut self, store: &Store, hash: &Sha256) -> Result<Arc<InUse>, String> {
        let read = || {
            InUse::read(store, hash)
                .map(Arc::new)
                .map_err(|error| error.to_string())
        };
        self.0.entry(*hash).or_insert_with(read).clone()
    }
}

/// Makes one decision again.
pub fn replay(store: &Store, decision: &Decision) -> Again {
    again(store, &mut Sets::default(), decision)
}

fn again(store: &Store, sets: &mut Sets, decision: &Decision) -> Again {
    if decision.actor == Actor::Person {
        return Again::Person;
    }
    let Some(record) = &decision.record else {
        return Again::Erased;
    };
    if decision.engine != ENGINE.to_string() {
        return Again::OtherEngine;
    }
    let given: Given = match serde_json::from_str(&record.given) {
        Ok(given) => given,
        Err(error) => return Again::Differs(format!("what was given cannot be read: {error}")),
    };
    let facts = Facts::of(&given.snapshot);
    let mut nothing = true;
    let live = decision.policies.as_ref().map(|hash| (hash, &record.outcome));
    let shadow = record.shadow.as_ref().map(|(hash, outcome)| (hash, outcome));
    for (hash, outcome) in [live, shadow].into_iter().flatten() {
        nothing = false;
        let in_use = match sets.get(store, hash) {
            Ok(in_use) => in_use,
            Err(error) => return Again::Differs(error),
        };
        let recorded: Outcome = match serde_json::from_str(outcome) {
            Ok(recorded) => recorded,
            Err(error) => return Again::Differs(format!("what followed cannot be read: {error}")),
        };
        let made = decide_facts(&in_use.set, &in_use.stages, &facts, &given.caps);
        if made != recorded {
            return Again::Differs(difference(&made, &recorded));
        }
    }
    if nothing { Again::Nothing } else { Again::Same }
}

/// Where two outcomes differ, for a message.
fn difference(made: &Outcome, recorded: &Outcome) -> String {
    if made.set != recorded.set {
        return format!(
            "it was decided by the set {}, and now by {}",
            recorded.set, made.set
        );
    }
    let pairs = made.results.iter().zip(&recorded.results);
    if let Some((result, _)) = pairs.clone().find(|(made, recorded)| made != recorded) {
        return format!("the policy {} says something else now", result.policy);
    }
    if made.chosen != recorded.chosen {
        return "other actions are chosen now".to_owned();
    }
    "other actions are held back now".to_owned()
}

/// Makes decisions again: all from `since` on, or `sample` of all of them, chosen at random. `each` is told of each, and
/// stops it by [`ControlFlow::Break`].
///
/// # Errors
/// [`StoreError`] where the decisions cannot be read.
pub fn replay_all(
    store: &Store,
    since: Timestamp,
    sample: Option<u32>,
    mut each: impl FnMut() -> ControlFlow<()>,
) -> Result<Replayed, StoreError> {
    let mut replayed = Replayed::default();
    let mut sets = Sets::default();
    let Some(sample) = sample else {
        store.for_each_decision(since, |decision| {
            replayed.add(decision.seq, again(store, &mut sets, &decision));
            each()
        })?;
        return Ok(replayed);
    };
    let last = store.last_decision()?.unsigned_abs();
    let mut chosen: Vec<u64> = if last <= u64::from(sample) {
        (1..=last).collect()
    } else {
        let mut chosen = Vec::new();
        for _ in 0..sample {
            let mut random = [0; 8];
            getrandom::fill(&mut random).map_err(StoreError::Random)?;
            chosen.push(1 + u64::from_le_bytes(random) % last);
        }
        chosen
    };
    chosen.sort_unstable();
    chosen.dedup();
    for seq in chosen {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        if let Some(decision) = store.decision(seq)? {
            replayed.add(seq, again(store, &mut sets, &decision));
        }
        if each().is_break() {
            break;
        }
    }
    Ok(replayed)
}
