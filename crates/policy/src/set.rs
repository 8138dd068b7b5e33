//! A checked set of policies.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::action::{Action, ActionKind, Automation};
use crate::deploy::Standing;
use crate::diagnostic::Diagnostic;
use crate::expr::Node;
use crate::file::Conditions;
use crate::id::{ClauseId, GroundId, PolicyHash, PolicyId, SetHash, Word};
use crate::schema::Schema;
use crate::snapshot::Snapshot;

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

/// Kinds of items, a bit for each word of `item.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(pub(crate) u8);

impl Kinds {
    pub(crate) const ALL: Self = Self(u8::MAX);

    pub(crate) const fn has(self, word: u8) -> bool {
        self.0 >> word & 1 == 1
    }
}

/// One action of a policy, and where it stands in the file.
#[derive(Debug, Clone)]
pub(crate) struct Then {
    pub(crate) action: Action,
    pub(crate) at: Range<usize>,
}

/// One test of a policy.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) at: Range<usize>,
    pub(crate) snapshot: Snapshot,
    /// Whether anything in it is unknown.
    pub(crate) unknown: bool,
    /// Whether two people have approved that the policy acts by itself.
    pub(crate) approved: bool,
    pub(crate) expect: Vec<ActionKind>,
}

/// One checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) id: PolicyId,
    pub(crate) version: PolicyHash,
    pub(crate) file: SourceFile,
    pub(crate) title: Bilingual,
    pub(crate) owner: Word,
    pub(crate) clause: ClauseId,
    pub(crate) legal: Vec<GroundId>,
    pub(crate) kinds: Kinds,
    pub(crate) on_unknown: OnUnknown,
    pub(crate) automation: Automation,
    pub(crate) review_by: jiff::civil::Date,
    pub(crate) queue: Word,
    pub(crate) limits: Limits,
    pub(crate) conditions: Conditions,
    pub(crate) then: Vec<Then>,
    pub(crate) tests: Vec<Case>,
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
        self.owner.as_str()
    }
    /// The queue in which a person is asked where something is unknown or held back.
    pub fn queue(&self) -> &Word {
        &self.queue
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
        self.then.iter().map(|then| &then.action)
    }
    /// Its clauses, in the order of a [`Trace`](crate::Trace): named conditions, `when`, `unless`, those of actions; each
    /// with its source, its place in the file in bytes, and how deep it stands.
    pub fn clauses(&self) -> impl Iterator<Item = (&str, Range<usize>, usize)> {
        self.conditions
            .clauses
            .iter()
            .map(|clause| (clause.text.as_str(), clause.at.clone(), clause.depth))
    }
    /// Steps that it takes at most, on any item.
    pub fn most_steps(&self) -> u32 {
        self.conditions.steps
    }
    /// Paths of the signals that its conditions ask for.
    pub fn signals(&self) -> impl Iterator<Item = &'static str> {
        self.conditions
            .signals
            .iter()
            .map(|slot| Schema::signals()[*slot].path)
    }
    /// Every condition: named ones, `when`, `unless`, those of actions.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        let conditions = &self.conditions;
        let then = conditions.then.iter().flatten();
        conditions
            .lets
            .iter()
            .chain([&conditions.when])
            .chain(&conditions.unless)
            .chain(then)
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
        let set = Self::check_draft(files)?;
        let failed = crate::cases::failures(&set);
        if failed.is_empty() { Ok(set) } else { Err(failed) }
    }

    /// As [`Self::check`], without the tests in the files: for a draft that is being written. Nothing that was checked so may
    /// be deployed.
    ///
    /// # Errors
    /// Every [`Diagnostic`] but those of tests that fail or are missing.
    pub fn check_draft(files: &[SourceFile]) -> Result<Self, Vec<Diagnostic>> {
        crate::file::read(files)
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
        crate::Stages(
            self.policies
                .iter()
                .map(|policy| (policy.id.clone(), standing(policy)))
                .collect(),
        )
    }
}
