//! A set, its stages, a snapshot and the counters of the hour to an outcome.

mod choose;
mod invariants;

use jiff::Timestamp;

use crate::action::{Action, Degree, Priority};
use crate::deploy::{Caps, Emergency, Stage, Stages, Standing};
use crate::expr::{Run, gap_path};
use crate::id::digest;
use crate::outcome::{Missing, Origin, Outcome, PolicyResult, Suppressed, Suppression, Trace, Truth};
use crate::schema::Schema;
use crate::set::{OnUnknown, Policy, PolicySet};
use crate::snapshot::{Fact, Facts, Snapshot};
use invariants::Ground;

/// What a set says about one item. A function of its arguments alone: the time is in the snapshot, the counters in
/// `caps`. All policies that are in shadow or further are evaluated; no file can override the engine's invariants.
///
/// ```
/// use basira_policy::{Caps, PolicySet, Snapshot, Stages, Subject, decide};
/// let set = PolicySet::shipped();
/// let subject = Subject { item: "r-1".into(), sha256: model::Sha256::new([7; 32]) };
/// let snapshot = Snapshot::quiet(subject, "2027-01-01T00:00:00Z".parse()?);
/// // Nothing is deployed: nothing is asked.
/// let outcome = decide(&set, &Stages::default(), &snapshot, &Caps::default());
/// assert!(outcome.results.is_empty() && outcome.chosen.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decide(set: &PolicySet, stages: &Stages, snapshot: &Snapshot, caps: &Caps) -> Outcome {
    decide_facts(set, stages, &Facts::of(snapshot), caps)
}

/// As [`decide`], on a snapshot that is prepared already: for several sets on one.
pub fn decide_facts(set: &PolicySet, stages: &Stages, facts: &Facts, caps: &Caps) -> Outcome {
    let ground = Ground::of(facts);
    let mut results = Vec::with_capacity(set.policies.len());
    let mut pile = Pile::default();
    for policy in &set.policies {
        let Some(standing) = stages.0.get(&policy.id) else {
            continue;
        };
        // An edit voids what was said of the version before it.
        if standing.version != policy.version || matches!(standing.stage, Stage::Draft | Stage::Retired) {
            continue;
        }
        results.push(one(policy, standing, facts, ground, &mut pile));
    }
    let (chosen, suppressed) = choose::choose(pile, caps);
    Outcome {
        engine: crate::ENGINE,
        set: set.hash,
        at: facts.at(),
        chosen,
        suppressed,
        results,
    }
}

/// An action that passed the invariants and comes from a policy that acts.
struct Candidate<'s> {
    action: Action,
    policy: &'s Policy,
    degree: Degree,
    origin: Origin,
}

/// What the policies bring.
#[derive(Default)]
struct Pile<'s> {
    candidates: Vec<Candidate<'s>>,
    suppressed: Vec<Suppressed>,
}

impl<'s> Pile<'s> {
    fn suppress(&mut self, policy: &Policy, action: &Action, why: Suppression) {
        self.suppressed.push(Suppressed {
            action: action.clone(),
            policy: policy.id.clone(),
            why,
        });
    }

    fn put(&mut self, policy: &'s Policy, action: Action, degree: Degree, origin: Origin) {
        self.candidates.push(Candidate {
            action,
            policy,
            degree,
            origin,
        });
    }

    /// A person is asked, in the policy's own queue.
    fn ask(&mut self, policy: &'s Policy) {
        self.put(policy, policy.review(), Degree::None, Origin::Engine);
    }
}

impl Policy {
    /// The question to a person that the engine asks for it.
    fn review(&self) -> Action {
        // What the policy itself shows to nobody is shown to nobody here either.
        let preview = self
            .then
            .iter()
            .all(|then| !matches!(then.action, Action::Enqueue { preview: false, .. }));
        Action::Enqueue {
            queue: self.queue.clone(),
            priority: Priority::Normal,
            preview,
            per_mille: 1000,
        }
    }
}

/// How a policy acts on this item.
enum Mode<'s> {
    Acts,
    /// In the emergency lane: it restricts and enqueues.
    Emergency(&'s Emergency),
    Watches(Suppression),
}

fn mode<'s>(policy: &Policy, standing: &'s Standing, facts: &Facts) -> Mode<'s> {
    let at: Timestamp = facts.at();
    match (&standing.emergency, standing.stage) {
        (_, Stage::Draft | Stage::Retired | Stage::Shadow) => Mode::Watches(Suppression::Shadow {}),
        (Some(emergency), _) if !emergency.holds(at) => Mode::Watches(Suppression::Shadow {}),
        (_, Stage::Canary { per_mille }) if share(policy, "canary", facts) >= per_mille => {
            Mode::Watches(Suppression::OutsideCanary {})
        }
        (Some(emergency), _) => Mode::Emergency(emergency),
        (None, Stage::Canary { .. } | Stage::Enforce) => Mode::Acts,
    }
}

/// The place of an item among a thousand: the same for all copies of it, another for each policy and purpose.
fn share(policy: &Policy, purpose: &str, facts: &Facts) -> u16 {
    let item = facts.sha256();
    let hash = digest([
        purpose.as_bytes(),
        policy.id.as_str().as_bytes(),
        item.bytes().as_slice(),
    ]);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.bytes()[..8]);
    (u64::from_be_bytes(first) % 1000) as u16
}

/// Evaluates one policy and puts what it brings onto the pile.
fn one<'s>(
    policy: &'s Policy,
    standing: &'s Standing,
    facts: &'s Facts,
    ground: Ground,
    pile: &mut Pile<'s>,
) -> PolicyResult {
    let conditions = &policy.conditions;
    let mut run = Run::new(facts, &conditions.lets, conditions.clauses.len());
    // An item of unknown kind may be one of those that it is about.
    let applies = match facts.signal("item.kind") {
        Fact::Word(word) => policy.kinds.has(*word),
        _ => true,
    };
    let when = if applies {
        run.truth(&conditions.when)
    } else {
        Truth::False
    };
    let unless = match &conditions.unless {
        Some(unless) if when != Truth::False => run.truth(unless),
        _ => Truth::False,
    };
    if when != Truth::False {
        let mut bring = Bring {
            policy,
            facts,
            ground,
            mode: mode(policy, standing, facts),
            standing,
            pile,
            ask: false,
        };
        match when {
            Truth::True => bring.matched(&mut run, unless),
            _ => bring.unknown(run.exhausted),
        }
        bring.finish();
    }
    let unknown = when == Truth::Unknown || unless == Truth::Unknown;
    let missing = run.gaps.iter().filter(|_| unknown).map(|gap| Missing {
        signal: gap_path(gap),
        reason: gap.2,
    });
    PolicyResult {
        policy: policy.id.clone(),
        version: policy.version,
        stage: standing.stage,
        applies,
        when,
        unless,
        missing: missing.collect(),
        steps: run.steps,
        trace: Trace(String::from_utf8(run.marks).unwrap_or_default()),
    }
}

/// One policy whose condition does not fail, and where its actions go.
struct Bring<'s, 'p> {
    policy: &'s Policy,
    standing: &'s Standing,
    facts: &'s Facts,
    ground: Ground,
    mode: Mode<'s>,
    pile: &'p mut Pile<'s>,
    /// Whether something was held back that a person should look at.
    ask: bool,
}

impl<'s> Bring<'s, '_> {
    fn unknown(&mut self, exhausted: bool) {
        for then in &self.policy.then {
            let why = if exhausted {
                Suppression::Budget {}
            } else {
                Suppression::Unknown {}
            };
            self.pile.suppress(self.policy, &then.action, why);
        }
        self.ask |= self.policy.on_unknown == OnUnknown::Review;
    }

    fn matched(&mut self, run: &mut Run<'s>, unless: Truth) {
        for (then, condition) in self.policy.then.iter().zip(&self.policy.conditions.then) {
            let holds = condition
                .as_ref()
                .map_or(Truth::True, |condition| run.truth(condition));
            match holds {
                Truth::False => {}
                Truth::True => self.action(&then.action, unless),
                Truth::Unknown => self.hold(&then.action, Suppression::Unknown {}),
            }
        }
    }

    /// Holds an action back; if it would have changed what the public sees, a person is asked.
    fn hold(&mut self, action: &Action, why: Suppression) {
        self.ask |= action.kind().is_restrictive();
        self.pile.suppress(self.policy, action, why);
    }

    fn action(&mut self, action: &Action, unless: Truth) {
        let restrictive = action.kind().is_restrictive();
        let degree = if restrictive {
            match unless {
                Truth::True => return self.hold(action, Suppression::Unless {}),
                Truth::Unknown => return self.hold(action, Suppression::Unknown {}),
                Truth::False => {}
            }
            let emergency = match self.mode {
                Mode::Emergency(emergency) => Some(emergency),
                _ => None,
            };
            match self.ground.permits(action, self.policy, self.standing, emergency) {
                Ok(degree) => degree,
                Err(why) => return self.hold(action, why),
            }
        } else {
            Degree::None
        };
        if matches!(action, Action::Share { .. }) && !self.ground.may_share() {
            return self.hold(action, Suppression::NotExact {});
        }
        if let Action::Enqueue { per_mille, queue, .. } = action
            && *per_mille < 1000
            && share(self.policy, queue.as_str(), self.facts) >= *per_mille
        {
            return self.hold(action, Suppression::OutsideSample {});
        }
        match &self.mode {
            Mode::Watches(why) => {
                let why = why.clone();
                self.pile.suppress(self.policy, action, why);
            }
            Mode::Emergency(_) if !matches!(action, Action::Restrict { .. } | Action::Enqueue { .. }) => {
                self.hold(action, Suppression::EmergencyOnlyRestricts {});
            }
            Mode::Emergency(_) => {
                self.ask = true;
                self.pile.put(self.policy, action.clone(), degree, Origin::Policy);
            }
            Mode::Acts => self.pile.put(self.policy, action.clone(), degree, Origin::Policy),
        }
    }

    fn finish(self) {
        if !self.ask {
            return;
        }
        match self.mode {
            Mode::Watches(why) => self.pile.suppress(self.policy, &self.policy.review(), why),
            _ => self.pile.ask(self.policy),
        }
    }
}

/// The word that an enum has in some facts.
fn word(facts: &Facts, path: &str) -> Option<&'static str> {
    let signal = Schema::signal(path)?;
    match (facts.signal(path), signal.ty) {
        (Fact::Word(word), crate::schema::Type::Enum(words)) => words.get(usize::from(*word)).copied(),
        _ => None,
    }
}
