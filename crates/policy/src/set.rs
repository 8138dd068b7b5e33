//! A checked set of policies.

use std::collections::BTreeMap;

use crate::action::{Action, Automation};
use crate::deploy::Standing;
use crate::diagnostic::Diagnostic;
use crate::id::{ClauseId, GroundId, PolicyHash, PolicyId, SetHash};

/// A file of a set, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path within the set, with `/`. `clauses.toml` and `grounds.toml` are those; every other is a policy.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A text in the two languages of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Arabic.
    pub ar: String,
}

/// What a policy does when it cannot be told whether its condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// A person is asked.
    Review,
    /// Nothing; it is on record that it was unknown.
    Skip,
}

/// How much a policy may do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Restrictive actions in an hour; above, a person is asked.
    pub per_hour: u64,
    /// Restrictive actions as a share of the items of the hour, 0 to 1.
    pub of_traffic: f64,
}

/// One checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) id: PolicyId,
    pub(crate) version: PolicyHash,
    pub(crate) file: SourceFile,
    pub(crate) title: Bilingual,
    pub(crate) owner: String,
    pub(crate) clause: ClauseId,
    pub(crate) legal: Vec<GroundId>,
    pub(crate) on_unknown: OnUnknown,
    pub(crate) automation: Automation,
    pub(crate) review_by: jiff::civil::Date,
    pub(crate) limits: Limits,
}

impl Policy {
    /// Its lasting name.
    pub fn id(&self) -> &PolicyId {
        &self.id
    }
    /// Its version: the hash of its file.
    pub fn version(&self) -> PolicyHash {
        self.version
    }
    /// Its file, as it was written.
    pub fn file(&self) -> &SourceFile {
        &self.file
    }
    /// What it is called.
    pub fn title(&self) -> &Bilingual {
        &self.title
    }
    /// The team that owns it.
    pub fn owner(&self) -> &str {
        &self.owner
    }
    /// The clause of the rules that it enforces.
    pub fn clause(&self) -> &ClauseId {
        &self.clause
    }
    /// The legal grounds.
    pub fn legal(&self) -> &[GroundId] {
        &self.legal
    }
    /// What it does when it cannot be told whether its condition holds.
    pub fn on_unknown(&self) -> OnUnknown {
        self.on_unknown
    }
    /// What its file asks for.
    pub fn automation(&self) -> Automation {
        self.automation
    }
    /// When somebody must look at it again.
    pub fn review_by(&self) -> jiff::civil::Date {
        self.review_by
    }
    /// How much it may do.
    pub fn limits(&self) -> Limits {
        self.limits
    }
    /// The actions that it asks for when its condition holds.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        [].iter()
    }
}

/// A checked set of policies, with the clauses and grounds that they name.
#[derive(Debug, Clone)]
pub struct PolicySet {
    pub(crate) hash: SetHash,
    pub(crate) policies: Vec<Policy>,
    pub(crate) clauses: BTreeMap<ClauseId, Bilingual>,
    pub(crate) grounds: BTreeMap<GroundId, Bilingual>,
}

impl PolicySet {
    /// Reads and checks files. One error refuses the whole set, so that a set is never half loaded.
    ///
    /// # Errors
    /// Every [`Diagnostic`], in the order of the files.
    pub fn check(files: &[SourceFile]) -> Result<Self, Vec<Diagnostic>> {
        let _ = files;
        Err(Vec::new())
    }

    /// Its identity.
    pub fn hash(&self) -> SetHash {
        self.hash
    }

    /// Its policies, by id.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// One policy.
    pub fn policy(&self, id: &PolicyId) -> Option<&Policy> {
        let place = self.policies.binary_search_by(|policy| policy.id.cmp(id)).ok()?;
        Some(&self.policies[place])
    }

    /// The text of a clause.
    pub fn clause(&self, id: &ClauseId) -> Option<&Bilingual> {
        self.clauses.get(id)
    }

    /// The text of a legal ground.
    pub fn ground(&self, id: &GroundId) -> Option<&Bilingual> {
        self.grounds.get(id)
    }

    /// Stages in which every policy stands as given: for tests, `try` and backtests.
    pub fn stages(&self, standing: impl Fn(&Policy) -> Standing) -> crate::Stages {
        crate::Stages(self.policies.iter().map(|policy| (policy.id.clone(), standing(policy))).collect())
    }
}
