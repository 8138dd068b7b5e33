//! What a set says about one item.

use jiff::Timestamp;
use model::words;
use serde::{Deserialize, Serialize};

use crate::action::{Action, Degree};
use crate::deploy::Stage;
use crate::id::{ClauseId, GroundId, PolicyHash, PolicyId, SetHash};
use crate::snapshot::UnknownReason;

words! {
    /// Three values (Kleene): what failed, timed out or was not computed is unknown, never false.
    Truth {
        /// It holds.
        True = "true",
        /// It does not hold.
        False = "false",
        /// It cannot be told.
        Unknown = "unknown",
    } known "true, false, unknown"
}

words! {
    /// Where a chosen action comes from.
    Origin {
        /// The policy's file.
        Policy = "policy",
        /// The engine: a person is asked where something stronger was held back, an author is told of what was done.
        Engine = "engine",
    } known "policy, engine"
}

/// An action that is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The action.
    pub action: Action,
    /// The policy.
    pub policy: PolicyId,
    /// Its version.
    pub version: PolicyHash,
    /// The clause of the rules.
    pub clause: ClauseId,
    /// The legal grounds.
    pub legal: Vec<GroundId>,
    /// How far it was automated.
    pub automation: Degree,
    /// Where it comes from.
    pub origin: Origin,
}

/// Why an action is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case", deny_unknown_fields)]
pub enum Suppression {
    /// The policy is in shadow, or its emergency is over.
    Shadow {},
    /// The item is not in the canary's share.
    OutsideCanary {},
    /// No exact copy of a confirmed entry, and no decision of a person.
    NotExact {},
    /// An exact copy, but the policy's file does not ask to act by itself.
    NotAutomatic {},
    /// An exact copy, but two people have not approved that this version acts by itself.
    NotApproved {},
    /// The emergency lane allows to restrict and to enqueue only.
    EmergencyOnlyRestricts {},
    /// Something that the condition needs is unknown.
    Unknown {},
    /// The policy's own exception holds, or cannot be told.
    Unless {},
    /// The item is exempt (news, research, counter-speech, documentation), or that cannot be told.
    Exempt {},
    /// A person decided that the item violates nothing.
    PersonSaidNo {},
    /// The policy has reached its cap for this hour.
    Cap {},
    /// All policies together have reached the global brake.
    Brake {},
    /// A stronger content action of this policy wins.
    Weaker {
        /// The policy.
        than: PolicyId,
    },
    /// The same is done already.
    Same {
        /// By this policy.
        by: PolicyId,
    },
    /// The item is not in the sample.
    OutsideSample {},
    /// The step budget ended.
    Budget {},
}

impl Suppression {
    /// In a few words, for people who write policies. What an author may read is [`explain`](crate::explain).
    pub fn short(&self) -> String {
        match self {
            Self::Shadow {} => "in shadow".to_owned(),
            Self::OutsideCanary {} => "outside of the canary's share".to_owned(),
            Self::NotExact {} => {
                "no exact match with a confirmed entry, and no decision of a person".to_owned()
            }
            Self::NotAutomatic {} => "the policy does not ask to act by itself".to_owned(),
            Self::NotApproved {} => "two people have not approved that it acts by itself".to_owned(),
            Self::EmergencyOnlyRestricts {} => "an emergency only restricts and enqueues".to_owned(),
            Self::Unknown {} => "something is unknown".to_owned(),
            Self::Unless {} => "its exception holds".to_owned(),
            Self::Exempt {} => "the item is exempt, or that is unknown".to_owned(),
            Self::PersonSaidNo {} => "a person found no violation".to_owned(),
            Self::Cap {} => "the policy's cap of the hour is reached".to_owned(),
            Self::Brake {} => "the brake for all policies is reached".to_owned(),
            Self::Weaker { than } => format!("{than} does something stronger"),
            Self::Same { by } => format!("{by} does the same"),
            Self::OutsideSample {} => "outside of the sample".to_owned(),
            Self::Budget {} => "the budget of steps ended".to_owned(),
        }
    }
}

/// An action that is not done, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppressed {
    /// The action.
    pub action: Action,
    /// The policy.
    pub policy: PolicyId,
    /// Why not.
    pub why: Suppression,
}

/// A signal that a policy needed and could not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The path in the schema.
    pub signal: String,
    /// Why.
    pub reason: UnknownReason,
}

/// The values of all clauses of a policy, in the order of its [clauses](crate::Policy::clauses): `t` true, `f` false,
/// `u` unknown, `-` not needed. With the set, [`Policy::clauses`](crate::Policy::clauses) says where each one stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trace(pub String);

/// What one policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyResult {
    /// The policy.
    pub policy: PolicyId,
    /// Its version.
    pub version: PolicyHash,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it is about items of this kind; if not, it was not evaluated and `when` is false.
    pub applies: bool,
    /// Its condition.
    pub when: Truth,
    /// Its exception; false where there is none or the condition does not hold.
    pub unless: Truth,
    /// What was unknown and mattered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// Steps taken.
    pub steps: u32,
    /// Clause by clause.
    pub trace: Trace,
}

/// What a set says about one item: a function of set, stages, snapshot and caps alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The engine's version ([`ENGINE`](crate::ENGINE)).
    pub engine: u32,
    /// The set.
    pub set: SetHash,
    /// The time in the snapshot.
    pub at: Timestamp,
    /// What is to be done, the content action first.
    pub chosen: Vec<Chosen>,
    /// What is not, and why.
    pub suppressed: Vec<Suppressed>,
    /// Every policy that was asked, by id.
    pub results: Vec<PolicyResult>,
}

impl Outcome {
    /// The content action that was chosen: label, restrict or remove.
    pub fn restrictive(&self) -> impl Iterator<Item = &Chosen> {
        self.chosen
            .iter()
            .filter(|chosen| chosen.action.kind().is_restrictive())
    }
}
