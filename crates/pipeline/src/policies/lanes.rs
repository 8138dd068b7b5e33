//! All texts in use, checked and made ready.
//!
//! Of one policy two texts may be in use: one that is enforced, and its successor in a canary or in the shadow. Which one
//! has effects depends on the content alone. For every share that is in use there is a lane: a set of what has effects
//! there, and a set of what does not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use model::{PersonName, Sha256, Share};
use policy::{Diagnostic, Emergency, PolicyHash, PolicyId, PolicySet, SourceFile, Stages, Standing};
use serde::{Deserialize, Serialize};
use store::{Deployed, Placed, Store, StoreError};
use thiserror::Error;

/// Why texts cannot be used.
#[derive(Debug, Error)]
pub enum LanesError {
    /// They cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They do not pass the check (any more).
    #[error("the policies in use do not pass the check: {}; move the one that is named to retired, or roll it back", first(.0))]
    Check(Vec<Diagnostic>),
    /// What is kept of a set does not parse.
    #[error("the list of a policy set in the store cannot be read: {0}")]
    List(String),
}

/// The first of what was found, for a message of one line.
pub(super) fn first(diagnostics: &[Diagnostic]) -> String {
    match diagnostics.first() {
        Some(it) => format!("{}, line {}: {}; {}", it.file, it.span.line, it.message, it.help),
        None => "no reason was given".to_owned(),
    }
}

/// What was in use at once, as it is kept: enough to decide again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    /// The texts by their digests, each under the name of its file.
    files: BTreeMap<String, Sha256>,
    /// How each policy stood.
    stages: Stages,
}

/// A set that was checked, and how its policies stand.
#[derive(Debug)]
pub struct InUse {
    /// The digest of its list, under which the store keeps it.
    pub hash: Sha256,
    /// The set.
    pub set: PolicySet,
    /// How each policy stands.
    pub stages: Stages,
    /// The texts by the versions that the set knows them by.
    texts: BTreeMap<PolicyHash, Sha256>,
}

impl InUse {
    /// Reads what was in use by the digest of its list.
    ///
    /// # Errors
    /// [`LanesError`]; [`StoreError::NoPolicy`] where nothing is kept under it.
    pub fn read(store: &Store, hash: &Sha256) -> Result<Self, LanesError> {
        let body = store
            .policy_set(hash)?
            .ok_or_else(|| StoreError::NoPolicy(hash.to_string()))?;
        let list: List = serde_json::from_str(&body).map_err(|error| LanesError::List(error.to_string()))?;
        let mut files = Vec::new();
        let mut digests = Vec::new();
        for (name, digest) in list.files {
            let file = store
                .policy_file(&digest)?
                .ok_or_else(|| StoreError::NoPolicy(digest.to_string()))?;
            digests.push((name.clone(), digest));
            files.push(SourceFile {
                name,
                text: file.text,
            });
        }
        let set = PolicySet::check(&files).map_err(LanesError::Check)?;
        Ok(Self {
            hash: *hash,
            texts: texts_of(&set, digests),
            stages: list.stages,
            set,
        })
    }

    /// Checks texts together, and keeps their list.
    fn make(store: &Store, placed: &[&Placed], effects: bool, now: Timestamp) -> Result<Self, LanesError> {
        let files: Vec<SourceFile> = placed.iter().map(|it| source(it)).collect();
        let set = PolicySet::check(&files).map_err(LanesError::Check)?;
        let digests = files
            .iter()
            .zip(placed)
            .map(|(file, it)| (file.name.clone(), it.file.hash));
        let digests: Vec<(String, Sha256)> = digests.collect();
        let by_id: BTreeMap<&str, &Placed> = placed.iter().map(|it| (&*it.file.policy, *it)).collect();
        let mut stages = Stages::default();
        for policy in set.policies() {
            if let Some(it) = by_id.get(policy.id().as_str()) {
                let standing = standing(it, policy.version(), effects);
                stages.0.insert(policy.id().clone(), standing);
            }
        }
        let list = List {
            files: digests.iter().cloned().collect(),
            stages,
        };
        let body = serde_json::to_string(&list).map_err(|error| LanesError::List(error.to_string()))?;
        Ok(Self {
            hash: store.keep_policy_set(&body, now)?,
            texts: texts_of(&set, digests),
            stages: list.stages,
            set,
        })
    }

    /// The text of a version, by the digest under which the store keeps it.
    pub fn text(&self, version: PolicyHash) -> Option<Sha256> {
        self.texts.get(&version).copied()
    }

    /// The policies in it, and how they stand.
    pub fn standing(&self) -> impl Iterator<Item = (&PolicyId, &Standing)> {
        self.stages.0.iter()
    }
}

fn texts_of(set: &PolicySet, digests: Vec<(String, Sha256)>) -> BTreeMap<PolicyHash, Sha256> {
    let by_name: BTreeMap<String, Sha256> = digests.into_iter().collect();
    let policies = set.policies().iter();
    policies
        .filter_map(|policy| Some((policy.version(), *by_name.get(&policy.file().name)?)))
        .collect()
}

/// A text as a file of a set.
pub(super) fn source(placed: &Placed) -> SourceFile {
    file(&placed.file)
}

/// The same of a text that is not in use.
pub(super) fn file(file: &store::PolicyFile) -> SourceFile {
    let name = match file.is_reference() {
        true => file.policy.clone(),
        false => format!("{}.toml", file.policy),
    };
    SourceFile {
        name,
        text: file.text.clone(),
    }
}

fn standing(it: &Placed, version: PolicyHash, effects: bool) -> Standing {
    let names = |people: &[PersonName]| -> BTreeSet<String> {
        people.iter().map(|person| person.as_str().to_owned()).collect()
    };
    let stage = match (effects, it.stage) {
        (false, _) => policy::Stage::Shadow,
        // Of a lane within the share: all that comes along it is in the share.
        (true, model::Stage::Canary) => policy::Stage::Canary { per_mille: 1_000 },
        (true, _) => policy::Stage::Enforce,
    };
    let approvals = names(&it.approvals);
    Standing {
        version,
        stage,
        author: it
            .authors
            .first()
            .map(|it| it.as_str().to_owned())
            .unwrap_or_default(),
        // Whoever approves a text that asks to act by itself has read that it does.
        automation_by: if it.file.automatic {
            approvals.clone()
        } else {
            BTreeSet::new()
        },
        approved_by: approvals,
        emergency: it.until.map(|until| Emergency {
            by: it.person.as_str().to_owned(),
            from: it.at,
            until,
        }),
    }
}

/// What has effects on some contents, and what has none.
#[derive(Debug)]
pub struct Lane {
    /// Contents whose place among a thousand is below this, and not below that of the lane before.
    below: u16,
    /// What has effects; `None` where there is nothing.
    pub live: Option<InUse>,
    /// What has none; `None` where there is nothing.
    pub shadow: Option<InUse>,
}

/// All lanes.
#[derive(Debug)]
pub struct Lanes {
    /// The revision of what is deployed that they are made of.
    pub revision: i64,
    lanes: Vec<Lane>,
}

impl Lanes {
    /// Makes lanes of what is deployed. Nothing is half made: where one text does not pass the check, there are none.
    ///
    /// # Errors
    /// [`LanesError`].
    pub fn make(store: &Store, deployed: &Deployed, now: Timestamp) -> Result<Arc<Self>, LanesError> {
        let mut lanes = Vec::new();
        for below in bounds(&deployed.texts) {
            let (live, shadow) = split(&deployed.texts, below);
            let made = |side: &[&Placed], effects| {
                let some = side.iter().any(|it| !it.file.is_reference());
                some.then(|| InUse::make(store, side, effects, now)).transpose()
            };
            lanes.push(Lane {
                below,
                live: made(&live, true)?,
                shadow: made(&shadow, false)?,
            });
        }
        Ok(Arc::new(Self {
            revision: deployed.revision,
            lanes,
        }))
    }

    /// Whether what would be deployed passes the check; nothing is made or kept.
    ///
    /// # Errors
    /// [`LanesError::Check`].
    pub fn check(texts: &[Placed]) -> Result<(), LanesError> {
        for below in bounds(texts) {
            let (live, shadow) = split(texts, below);
            for side in [live, shadow] {
                if side.iter().any(|it| !it.file.is_reference()) {
                    let files: Vec<SourceFile> = side.iter().map(|it| source(it)).collect();
                    PolicySet::check(&files).map_err(LanesError::Check)?;
                }
            }
        }
        Ok(())
    }

    /// The lane of a content.
    pub fn of(&self, content: &Sha256) -> &Lane {
        let place = Share::place(content);
        let found = self.lanes.iter().find(|lane| place < lane.below);
        // The last one ends at a thousand, and there is always that one.
        found.unwrap_or(&self.lanes[self.lanes.len() - 1])
    }

    /// All of them.
    pub fn all(&self) -> &[Lane] {
        &self.lanes
    }
}

/// Where shares end, and a thousand.
fn bounds(texts: &[Placed]) -> BTreeSet<u16> {
    let shares = texts.iter().filter_map(|it| it.share.map(Share::per_mille));
    shares.chain([1_000]).collect()
}

/// What has effects on contents right below a bound, and what has not; clauses and grounds are in both.
fn split(texts: &[Placed], below: u16) -> (Vec<&Placed>, Vec<&Placed>) {
    let (mut live, mut shadow): (BTreeMap<&str, &Placed>, BTreeMap<&str, &Placed>) = Default::default();
    // What comes later in this order takes the place of what came before.
    for it in texts.iter().filter(|it| it.stage == model::Stage::Enforce) {
        live.insert(&it.file.policy, it);
        if it.file.is_reference() {
            shadow.insert(&it.file.policy, it);
        }
    }
    for it in texts.iter().filter(|it| it.stage == model::Stage::Canary) {
        let within = it.share.is_some_and(|share| below <= share.per_mille());
        let side = if within { &mut live } else { &mut shadow };
        side.insert(&it.file.policy, it);
    }
    for it in texts.iter().filter(|it| it.stage == model::Stage::Shadow) {
        shadow.insert(&it.file.policy, it);
    }
    (live.into_values().collect(), shadow.into_values().collect())
}

#[cfg(test)]
mod tests {
    use model::Stage;
    use store::PolicyFile;

    use super::*;

    fn placed(policy: &str, number: u8, stage: Stage, share: Option<u16>) -> Placed {
        Placed {
            file: PolicyFile {
                hash: Sha256::new([number; 32]),
                policy: policy.to_owned(),
                text: String::new(),
                automatic: false,
                mild: false,
                at: Timestamp::UNIX_EPOCH,
            },
            stage,
            share: share.map(|share| share.try_into().unwrap()),
            until: None,
            person: "amal".parse().unwrap(),
            at: Timestamp::UNIX_EPOCH,
            authors: Vec::new(),
            approvals: Vec::new(),
        }
    }

    #[test]
    fn a_canary_takes_the_place_of_what_is_enforced_within_its_share_alone() {
        let texts = [
            placed("clauses.toml", 9, Stage::Enforce, None),
            placed("a", 1, Stage::Enforce, None),
            placed("a", 2, Stage::Canary, Some(100)),
            placed("b", 3, Stage::Canary, Some(50)),
            placed("c", 4, Stage::Shadow, None),
        ];
        let numbers =
            |side: &[&Placed]| -> Vec<u8> { side.iter().map(|it| it.file.hash.bytes()[0]).collect() };
        let at = |below: u16| {
            let (live, shadow) = split(&texts, below);
            (numbers(&live), numbers(&shadow))
        };
        assert_eq!(at(50), (vec![2, 3, 9], vec![4, 9]));
        assert_eq!(at(100), (vec![2, 9], vec![3, 4, 9]));
        assert_eq!(at(1_000), (vec![1, 9], vec![2, 3, 4, 9]));
    }
}
