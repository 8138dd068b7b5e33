//! What a set would have done in the last days: it decides again what was known then, beside what was decided then.
//!
//! One decision is in memory at a time. What was counted, and what people said, is taken as it was recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use jiff::Timestamp;
use model::Ruling;
use policy::{
    Action, Facts, Outcome, PolicyId, PolicySet, Snapshot, Stages, Suppression, Truth, Value, decide_facts,
};
use serde::Serialize;
use store::{Actor, Decision, MOST_FOLLOWED, Store, StoreError};

use super::deciding::Given;
use super::recorded::acting;
use super::wilson::Interval;

/// Languages, sources and signals that are listed; what comes later is counted under one name.
const MOST_NAMES: usize = 64;
/// The name for what comes later.
const OTHERS: &str = "(others)";

/// A set that is tried: as if all of it were enforced, and approved by two people.
#[derive(Debug)]
pub struct Effect<'a> {
    set: &'a PolicySet,
    stages: Stages,
    /// The policies that it is about; all when it is empty.
    about: BTreeSet<PolicyId>,
}

impl<'a> Effect<'a> {
    /// A set, of which `about` are looked at; all of it when that is empty.
    pub fn of(set: &'a PolicySet, about: impl IntoIterator<Item = PolicyId>) -> Self {
        Self {
            set,
            stages: acting(set, true),
            about: about.into_iter().collect(),
        }
    }

    fn is_about(&self, policy: &PolicyId) -> bool {
        self.about.is_empty() || self.about.contains(policy)
    }

    fn decide(&self, facts: &Facts, given: &Given) -> Outcome {
        decide_facts(self.set, &self.stages, facts, &given.caps)
    }
}

/// What only one of two does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Items on which both act.
    pub both: u64,
    /// Items on which only the new one acts.
    pub added: u64,
    /// Items on which only the old one acts.
    pub removed: u64,
}

impl Compared {
    fn add(&mut self, new: bool, old: bool) {
        match (new, old) {
            (true, true) => self.both += 1,
            (true, false) => self.added += 1,
            (false, true) => self.removed += 1,
            (false, false) => {}
        }
    }
}

/// Items of one language or source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Marginal {
    /// Items.
    pub items: u64,
    /// Those on which it acts.
    pub acted: u64,
    /// Of those, violating ones in the eyes of people.
    pub violating: u64,
    /// Of those, not violating ones.
    pub not_violating: u64,
    /// Precision, where people said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Interval>,
}

/// What a set would have done.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Backtest {
    /// Decisions of the time.
    pub decisions: u64,
    /// Those of which what was known was erased, or cannot be read: nothing is said of them.
    pub unreadable: u64,
    /// Items that were decided again.
    pub items: u64,
    /// Of those, items of which nothing that mattered was unknown.
    pub covered: u64,
    /// The share of these.
    pub coverage: f64,
    /// Items on which it would have acted.
    pub acted: u64,
    /// The same by kind of action.
    pub actions: BTreeMap<&'static str, u64>,
    /// Beside what was decided then, or beside another set.
    pub compared: Compared,
    /// The same by kind of action.
    pub compared_actions: BTreeMap<&'static str, Compared>,
    /// Items on which it alone acts: no other policy of its set does.
    pub alone: u64,
    /// Items on which it acts and that people have decided.
    pub decided: u64,
    /// Violating ones.
    pub violating: u64,
    /// Not violating ones.
    pub not_violating: u64,
    /// Ones that nobody could tell.
    pub unclear: u64,
    /// Violating ones among those that could be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Interval>,
    /// Items that people found violating and on which it does not act.
    pub missed: u64,
    /// Of those, items on which the other acts.
    pub missed_that_other_caught: u64,
    /// The receipts of the first hundred of those that it misses.
    pub first_missed: Vec<String>,
    /// The receipts of the first ten thousand items on which it acts, and the other did not: what can be put before people.
    pub first_added: Vec<String>,
    /// Items that it would have people look at.
    pub enqueued: u64,
    /// By language of the text, as far as it is known.
    pub by_language: BTreeMap<String, Marginal>,
    /// By source.
    pub by_source: BTreeMap<String, Marginal>,
    /// Signals that it needed and that were unknown, and at how many items.
    pub missing: BTreeMap<String, u64>,
}

/// Receipts that are listed.
const MOST_LISTED: usize = 100;

/// Tries a set on what was known from `since` on: beside what was decided then, or beside `other`. `each` is told of each
/// decision, and stops it by [`ControlFlow::Break`].
///
/// # Errors
/// [`StoreError`] where the decisions cannot be read.
pub fn backtest(
    store: &Store,
    effect: &Effect<'_>,
    other: Option<&Effect<'_>>,
    since: Timestamp,
    mut each: impl FnMut() -> ControlFlow<()>,
) -> Result<Backtest, StoreError> {
    let mut found = Backtest::default();
    store.for_each_decision(since, |decision| {
        if decision.actor == Actor::Policy {
            found.decisions += 1;
            match read(&decision) {
                Some((given, recorded)) => found.add(effect, other, &given, recorded.as_ref(), &decision),
                None => found.unreadable += 1,
            }
        }
        each()
    })?;
    found.finish();
    Ok(found)
}

fn read(decision: &Decision) -> Option<(Given, Option<Outcome>)> {
    let record = decision.record.as_ref()?;
    let given = serde_json::from_str(&record.given).ok()?;
    let outcome = serde_json::from_str(&record.outcome).ok()?;
    Some((given, outcome))
}

/// The kinds of actions that policies do at an item. What another does already, each of them does.
fn kinds(outcome: &Outcome, is_about: impl Fn(&PolicyId) -> bool) -> BTreeSet<&'static str> {
    let chosen = outcome.chosen.iter().map(|it| (&it.policy, &it.action));
    let same = outcome
        .suppressed
        .iter()
        .filter(|it| matches!(it.why, Suppression::Same { .. }));
    let acts = chosen
        .chain(same.map(|it| (&it.policy, &it.action)))
        .filter(|(policy, action)| is_about(policy) && !matches!(action, Action::Allow {}));
    acts.map(|(_, action)| action.kind().name()).collect()
}

impl Backtest {
    fn add(
        &mut self,
        effect: &Effect<'_>,
        other: Option<&Effect<'_>>,
        given: &Given,
        recorded: Option<&Outcome>,
        decision: &Decision,
    ) {
        let facts = Facts::of(&given.snapshot);
        let outcome = effect.decide(&facts, given);
        let new = kinds(&outcome, |policy| effect.is_about(policy));
        let old = match (other, recorded) {
            (Some(other), _) => kinds(&other.decide(&facts, given), |policy| other.is_about(policy)),
            (None, Some(recorded)) => kinds(recorded, |policy| effect.is_about(policy)),
            (None, None) => BTreeSet::new(),
        };
        let acts = !new.is_empty();
        self.items += 1;
        self.acted += u64::from(acts);
        self.enqueued += u64::from(new.contains("enqueue"));
        self.compared.add(acts, !old.is_empty());
        if acts && old.is_empty() && self.first_added.len() < MOST_FOLLOWED {
            self.first_added.push(given.snapshot.subject.item.clone());
        }
        for kind in new.union(&old) {
            let compared = self.compared_actions.entry(kind).or_default();
            compared.add(new.contains(kind), old.contains(kind));
        }
        for kind in &new {
            *self.actions.entry(kind).or_default() += 1;
        }
        if acts && !effect.about.is_empty() && kinds(&outcome, |policy| !effect.is_about(policy)).is_empty() {
            self.alone += 1;
        }
        let mut covered = true;
        for result in outcome.results.iter().filter(|it| effect.is_about(&it.policy)) {
            covered &= result.when != Truth::Unknown && result.unless != Truth::Unknown;
            for missing in &result.missing {
                *named(&mut self.missing, &missing.signal) += 1;
            }
        }
        self.covered += u64::from(covered);
        self.hold(decision.ruled, acts, !old.is_empty(), &given.snapshot);
    }

    /// Holds it against what people decided.
    fn hold(&mut self, ruling: Option<Ruling>, acts: bool, other_acts: bool, snapshot: &Snapshot) {
        let found = ruling.and_then(|ruling| ruling.found());
        if acts {
            self.decided += u64::from(ruling.is_some());
            match (ruling, found) {
                (Some(_), Some(true)) => self.violating += 1,
                (Some(_), Some(false)) => self.not_violating += 1,
                (Some(_), None) => self.unclear += 1,
                (None, _) => {}
            }
        } else if found == Some(true) {
            self.missed += 1;
            self.missed_that_other_caught += u64::from(other_acts);
            if self.first_missed.len() < MOST_LISTED {
                self.first_missed.push(snapshot.subject.item.clone());
            }
        }
        let language = word(snapshot, "text.language").or_else(|| word(snapshot, "item.language"));
        let source = word(snapshot, "item.source");
        for (slices, name) in [(&mut self.by_language, language), (&mut self.by_source, source)] {
            let it = named(slices, name.unwrap_or("und"));
            it.items += 1;
            if acts {
                it.acted += 1;
                it.violating += u64::from(found == Some(true));
                it.not_violating += u64::from(found == Some(false));
            }
        }
    }

    fn finish(&mut self) {
        if self.items > 0 {
            // Counts of items are far below what a float holds exactly.
            self.coverage = self.covered as f64 / self.items as f64;
        }
        self.precision = Interval::of(self.violating, self.violating + self.not_violating);
        for it in self.by_language.values_mut().chain(self.by_source.values_mut()) {
            it.precision = Interval::of(it.violating, it.violating + it.not_violating);
        }
    }
}

/// The entry of a name; when there are very many names, that of all others.
fn named<'a, T: Default>(map: &'a mut BTreeMap<String, T>, name: &str) -> &'a mut T {
    let name = match map.len() >= MOST_NAMES && !map.contains_key(name) {
        true => OTHERS,
        false => name,
    };
    map.entry(name.to_owned()).or_default()
}

/// A signal that is a text.
fn word<'a>(snapshot: &'a Snapshot, path: &str) -> Option<&'a str> {
    match snapshot.signals.get(path)?.value.as_ref()? {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}
