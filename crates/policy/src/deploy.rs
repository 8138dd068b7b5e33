//! How each policy stands: facts of the deployment that no file can state.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::{PolicyHash, PolicyId};

/// How far a policy has come. The stage is a record of the deployment, never in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Written; it sees no traffic.
    Draft,
    /// It sees all traffic, in the same pass and under the same budget, and does nothing.
    Shadow,
    /// It acts on a stable share of all content; on the rest it is in shadow.
    Canary {
        /// The share, of a thousand.
        per_mille: u16,
    },
    /// It acts.
    Enforce,
    /// It sees no traffic any more.
    Retired,
}

/// The emergency lane: one named person may have a policy restrict and enqueue without the approvals of others, for at
/// most 24 hours. Everything that it does is queued for review, and the author is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// Who answers for it.
    pub by: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, not included.
    pub until: Timestamp,
}

impl Emergency {
    /// The longest one.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

    /// Whether it is lawful and holds at this time: a named person, at most 24 hours, begun and not over.
    pub fn holds(&self, at: Timestamp) -> bool {
        !self.by.trim().is_empty()
            && self.from <= at
            && at < self.until
            && self.until.duration_since(self.from) <= Self::LONGEST
    }
}

/// How one policy stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Which version this is about. For any other version of the policy the standing says nothing: it is a draft.
    pub version: PolicyHash,
    /// How far it has come.
    pub stage: Stage,
    /// Who wrote this version, as an opaque id; never counted as an approval.
    pub author: String,
    /// Who approved this version, as opaque ids.
    #[serde(default)]
    pub approved_by: BTreeSet<String>,
    /// Who approved that this version acts on exact copies by itself, as opaque ids. It takes two who did not write it.
    #[serde(default)]
    pub automation_by: BTreeSet<String>,
    /// The emergency lane, where it is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

impl Standing {
    /// How many people it takes for automation.
    pub const FOUR_EYES: usize = 2;

    /// Whether two people who did not write it have approved that it acts by itself.
    pub fn automation_approved(&self) -> bool {
        let author = self.author.trim();
        let others = self.automation_by.iter().map(|who| who.trim());
        let others: BTreeSet<&str> = others.filter(|who| !who.is_empty() && *who != author).collect();
        others.len() >= Self::FOUR_EYES
    }
}

/// How all policies stand. A policy that is not in it is a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stages(pub BTreeMap<PolicyId, Standing>);

/// What has been done in the current hour, and how much may be. Counters are given as they were, so that a decision can
/// be made again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Restrictive actions of each policy in this hour, this one not included.
    #[serde(default)]
    pub by_policy: BTreeMap<PolicyId, u64>,
    /// Restrictive actions of all policies in this hour.
    #[serde(default)]
    pub all: u64,
    /// Items decided in this hour.
    #[serde(default)]
    pub items: u64,
    /// The global brake: restrictive actions of all policies in an hour. From here on everything waits for a person.
    #[serde(default = "Caps::brake")]
    pub brake: u64,
}

impl Caps {
    const fn brake() -> u64 {
        1000
    }
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            by_policy: BTreeMap::new(),
            all: 0,
            items: 0,
            brake: Self::brake(),
        }
    }
}
