//! Where people hand texts in, approve them and move them: by keys of their own, and only what passes the check.

use jiff::Timestamp;
use model::{Life, LifeError, Sha256, Share, Stage};
use policy::{ActionKind, Automation, Code, Diagnostic, Policy, PolicyId, PolicySet, SourceFile};
use store::{NewPolicy, Personal, Placed, PolicyFile, PolicySummary, Step, Store, StoreError};
use thiserror::Error;

use super::lanes::{Lanes, LanesError, file, first, source};

/// What policies refer to: files of a set that are none themselves.
pub const REFERENCES: [&str; 2] = ["clauses.toml", "grounds.toml"];

/// Why something was not done.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The store says no, or something stands against it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The texts do not pass the check.
    #[error("the texts do not pass the check, and nothing was taken in: {}", first(.0))]
    Check(Vec<Diagnostic>),
    /// What would be in use afterwards does not pass the check together.
    #[error("what would be in use together does not pass the check, and nothing was moved: {0}")]
    Together(LanesError),
    /// A text that is referred to by the beginning of its digest.
    #[error(
        "{found} texts of {policy} begin with {beginning:?}; give more of the digest, as basira policy show prints it"
    )]
    Ambiguous {
        /// The policy.
        policy: String,
        /// What was given.
        beginning: String,
        /// How many there are.
        found: usize,
    },
}

impl DeskError {
    /// What stands against it in the life of the policy, if that is it.
    pub const fn life(&self) -> Option<&LifeError> {
        match self {
            Self::Store(StoreError::Life(error)) => Some(error),
            _ => None,
        }
    }
}

/// A text that was handed in.
pub type Handed = PolicyFile;

/// Where it is done.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    store: &'a Store,
}

impl<'a> Desk<'a> {
    /// The desk of a store.
    pub const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Takes texts in as the newest of their policies: all of them or none. They are checked together, with the newest
    /// clauses and grounds where none are among them.
    ///
    /// # Errors
    /// [`DeskError::Check`]; [`StoreError::DiskFull`].
    pub fn put(&self, files: &[SourceFile], by: &Personal, now: Timestamp) -> Result<Vec<Handed>, DeskError> {
        let only_references = files.iter().all(|file| reference_name(&file.name).is_some());
        let set = match self.check(files) {
            Ok(set) => Some(set),
            // Clauses and grounds by themselves are no set; they are held against what uses them when they are deployed.
            Err(DeskError::Check(found)) if only_references && found.iter().all(is_no_policy) => None,
            Err(error) => return Err(error),
        };
        let mut handed = Vec::new();
        for given in files {
            let policies = set.iter().flat_map(|set| set.policies());
            let new = match policies
                .into_iter()
                .find(|policy| policy.file().name == given.name)
            {
                Some(policy) => new(policy),
                None => NewPolicy {
                    policy: reference_name(&given.name).unwrap_or(&given.name).to_owned(),
                    text: given.text.clone(),
                    automatic: false,
                    mild: false,
                },
            };
            handed.push(self.store.put_policy(&new, by, now)?);
        }
        Ok(handed)
    }

    /// Checks texts together, with the newest clauses and grounds where none are among them.
    ///
    /// # Errors
    /// [`DeskError::Check`].
    pub fn check(&self, files: &[SourceFile]) -> Result<PolicySet, DeskError> {
        let mut all = files.to_vec();
        for name in REFERENCES {
            if files.iter().any(|file| reference_name(&file.name) == Some(name)) {
                continue;
            }
            let known = self.store.policies(Some(name))?;
            all.extend(known.into_iter().find(|it| it.newest).map(|it| file(&it.file)));
        }
        PolicySet::check(&all).map_err(DeskError::Check)
    }

    /// The newest text of a policy, as a file of a set.
    ///
    /// # Errors
    /// [`StoreError::NoPolicy`].
    pub fn newest(&self, policy: &str) -> Result<SourceFile, DeskError> {
        Ok(file(&self.find(policy, None)?.file))
    }

    /// What is enforced now, with the clauses and grounds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn in_use(&self) -> Result<Vec<SourceFile>, DeskError> {
        let texts = self.store.deployed_policies()?.texts;
        let enforced = texts.iter().filter(|it| it.stage == Stage::Enforce);
        Ok(enforced.map(source).collect())
    }

    /// Checks texts together with what is enforced now, in the place of which they come; gives the set, and which policies
    /// of it they are.
    ///
    /// # Errors
    /// [`DeskError::Check`].
    pub fn with_in_use(&self, files: &[SourceFile]) -> Result<(PolicySet, Vec<PolicyId>), DeskError> {
        let given = self.check(files)?;
        let is_given = |policy: &&Policy| files.iter().any(|file| file.name == policy.file().name);
        let ids: Vec<PolicyId> = given
            .policies()
            .iter()
            .filter(is_given)
            .map(|policy| policy.id().clone())
            .collect();
        let mut all = files.to_vec();
        for placed in self.store.deployed_policies()?.texts {
            let policy = &*placed.file.policy;
            let replaced = ids.iter().any(|id| id.as_str() == policy)
                || files
                    .iter()
                    .any(|file| reference_name(&file.name) == Some(policy));
            if placed.stage == Stage::Enforce && !replaced {
                all.push(source(&placed));
            }
        }
        Ok((self.check(&all)?, ids))
    }

    /// A text of a policy: the newest one, or that of which the digest begins as given.
    ///
    /// # Errors
    /// [`StoreError::NoPolicy`], [`DeskError::Ambiguous`].
    pub fn find(&self, policy: &str, beginning: Option<&str>) -> Result<PolicySummary, DeskError> {
        let mut texts = self.store.policies(Some(policy))?;
        texts.retain(|it| match beginning {
            Some(beginning) => it.file.hash.to_string().starts_with(&beginning.to_lowercase()),
            None => it.newest,
        });
        let found = texts.len();
        let mut texts = texts.into_iter();
        match (texts.next(), texts.next()) {
            (Some(text), None) => Ok(text),
            (None, _) => Err(StoreError::NoPolicy(policy.to_owned()).into()),
            (Some(_), Some(_)) => Err(DeskError::Ambiguous {
                policy: policy.to_owned(),
                beginning: beginning.unwrap_or_default().to_owned(),
                found,
            }),
        }
    }

    /// Approves a text.
    ///
    /// # Errors
    /// What stands against it.
    pub fn approve(&self, text: &Sha256, by: &Personal, now: Timestamp) -> Result<PolicySummary, DeskError> {
        Ok(self.store.approve_policy(text, by, now)?)
    }

    /// Moves a text, if what would be in use together afterwards passes the check.
    ///
    /// # Errors
    /// What stands against it; [`DeskError::Together`].
    pub fn deploy(
        &self,
        text: &Sha256,
        step: Step,
        reason: Option<&str>,
        by: &Personal,
        now: Timestamp,
    ) -> Result<PolicySummary, DeskError> {
        self.would_pass(text, step, by, now)?;
        Ok(self.store.deploy_policy(text, step, reason, by, now)?)
    }

    /// Goes back to what was enforced before.
    ///
    /// # Errors
    /// What stands against it.
    pub fn roll_back(
        &self,
        policy: &str,
        reason: Option<&str>,
        by: &Personal,
        now: Timestamp,
    ) -> Result<PolicySummary, DeskError> {
        Ok(self.store.roll_back_policy(policy, reason, by, now)?)
    }

    fn would_pass(&self, text: &Sha256, step: Step, by: &Personal, now: Timestamp) -> Result<(), DeskError> {
        let file = self
            .store
            .policy_file(text)?
            .ok_or_else(|| StoreError::NoPolicy(text.to_string()))?;
        let (stage, share, until) = match step {
            Step::To(stage, share) => (stage, share, None),
            Step::Emergency(until) => (Stage::Enforce, None, Some(until)),
        };
        let mut texts = self.store.deployed_policies()?.texts;
        texts.retain(|it| it.file.hash != *text && (it.file.policy != file.policy || it.stage != stage));
        if matches!(stage, Stage::Shadow | Stage::Canary | Stage::Enforce) {
            texts.push(placed(file, stage, share, until, by, now));
        }
        Lanes::check(&texts).map_err(DeskError::Together)
    }
}

fn placed(
    file: PolicyFile,
    stage: Stage,
    share: Option<Share>,
    until: Option<Timestamp>,
    by: &Personal,
    now: Timestamp,
) -> Placed {
    Placed {
        file,
        stage,
        share,
        until,
        person: by.person.clone(),
        at: now,
        authors: Vec::new(),
        approvals: Vec::new(),
    }
}

fn is_no_policy(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == Code::NoPolicy
}

/// Which of the files that policies refer to a path names, wherever it lies.
fn reference_name(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    REFERENCES.into_iter().find(|it| *it == name)
}

/// What of a text matters for its life.
fn new(policy: &Policy) -> NewPolicy {
    let is_mild = |kind: ActionKind| {
        matches!(
            kind,
            ActionKind::Enqueue | ActionKind::Restrict | ActionKind::Allow
        )
    };
    NewPolicy {
        policy: policy.id().as_str().to_owned(),
        text: policy.file().text.clone(),
        automatic: policy.automation() == Automation::Full,
        mild: policy.actions().all(|action| is_mild(action.kind())),
    }
}

/// How many approvals a text needs, for lists.
pub fn needs(file: &PolicyFile) -> usize {
    let life = Life {
        stage: Stage::Draft,
        authors: Vec::new(),
        approvals: Vec::new(),
        other_approved: false,
        newest: true,
        full: file.automatic,
        mild: file.mild,
        reference: file.is_reference(),
        other_in_effect: false,
        emergency: None,
    };
    life.needs()
}
