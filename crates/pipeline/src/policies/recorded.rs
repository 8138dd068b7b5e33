//! One item with policies: how its decision was recorded, and what policies would say of it.

use std::collections::BTreeSet;

use model::{ItemId, Sha256};
use policy::{
    Caps, ExplainFor, Explanation, Language, Outcome, PolicySet, Snapshot, Stage, Stages, Standing, decide,
    explain,
};
use store::{Actor, Decision, Store, StoreError};
use thiserror::Error;

use super::deciding::Given;
use super::lanes::InUse;
use super::replay::{Again, replay};

/// Why the decision of an item cannot be shown.
#[derive(Debug, Error)]
pub enum RecordedError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was not decided.
    #[error("this item was not decided by policies")]
    Undecided,
    /// The record was erased.
    #[error("what was known of this item when it was decided was erased")]
    Erased,
    /// No policy had effects then.
    #[error("no policy was in use when this item was decided; try some on it")]
    NothingInUse,
    /// It was altered, or written by another program.
    #[error(
        "what was recorded of this item cannot be read: {0}; `basira verify` says whether it was altered"
    )]
    Unreadable(String),
}

/// The newest decision of policies about an item, as it was recorded.
#[derive(Debug)]
pub struct Recorded {
    decision: Decision,
    given: Given,
    outcome: Option<Outcome>,
}

impl Recorded {
    /// That of an item.
    ///
    /// # Errors
    /// [`RecordedError`].
    pub fn of(store: &Store, item: ItemId) -> Result<Self, RecordedError> {
        let mut decisions = store.decisions_of(item)?.into_iter();
        let decision = decisions.find(|it| it.actor == Actor::Policy);
        let decision = decision.ok_or(RecordedError::Undecided)?;
        let record = decision.record.as_ref().ok_or(RecordedError::Erased)?;
        let unreadable = |error: serde_json::Error| RecordedError::Unreadable(error.to_string());
        Ok(Self {
            given: serde_json::from_str(&record.given).map_err(unreadable)?,
            outcome: serde_json::from_str(&record.outcome).map_err(unreadable)?,
            decision,
        })
    }

    /// What was known of the item.
    pub fn snapshot(&self) -> &Snapshot {
        &self.given.snapshot
    }

    /// The digest of the list of texts that were in use; `None` where no policy had effects.
    pub fn in_use(&self) -> Option<Sha256> {
        self.decision.policies
    }

    /// Explains the decision, as it was made by what was in use then; `None` where no policy had effects.
    pub fn explain_by(&self, in_use: &InUse, reader: ExplainFor, language: Language) -> Option<Explanation> {
        let outcome = self.outcome.as_ref()?;
        Some(explain(&in_use.set, outcome, self.snapshot(), reader, language))
    }

    /// Explains the decision, as it was made; for the auditor with what the chain holds of it.
    ///
    /// # Errors
    /// [`RecordedError::NothingInUse`], [`RecordedError::Unreadable`].
    pub fn explain(
        &self,
        store: &Store,
        reader: ExplainFor,
        language: Language,
    ) -> Result<Explanation, RecordedError> {
        let hash = self.in_use().ok_or(RecordedError::NothingInUse)?;
        let in_use =
            InUse::read(store, &hash).map_err(|error| RecordedError::Unreadable(error.to_string()))?;
        let explained = self.explain_by(&in_use, reader, language);
        let mut explained = explained.ok_or(RecordedError::NothingInUse)?;
        if reader == ExplainFor::Auditor {
            explained.paragraphs.push(self.proof(store, language));
        }
        Ok(explained)
    }

    fn proof(&self, store: &Store, language: Language) -> Vec<String> {
        let pick = |en: &'static str, ar: &'static str| match language {
            Language::En => en,
            Language::Ar => ar,
        };
        let again = match replay(store, &self.decision) {
            Again::Same => pick("the same comes out", "تخرج النتيجة نفسها").to_owned(),
            Again::OtherEngine => pick(
                "another version of the engine decided it",
                "قرره إصدار آخر من المحرك",
            )
            .to_owned(),
            Again::Differs(why) => format!("{}: {why}", pick("it differs", "تختلف النتيجة")),
            Again::Nothing | Again::Erased | Again::Person => pick("nothing", "لا شيء").to_owned(),
        };
        let lines = [
            ("Number", "الرقم", self.decision.seq.to_string()),
            (
                "Commitment to what it rested on",
                "التزام بما استند إليه",
                self.decision.commitment.to_string(),
            ),
            (
                "Chain up to it",
                "السلسلة حتى هذا السجل",
                self.decision.chain.to_string(),
            ),
            ("Decided again", "عند إعادة القرار", again),
        ];
        let head = pick(
            "The record; basira verify checks its chain",
            "السجل؛ يتحقق basira verify من سلسلته",
        );
        let lines = lines.map(|(en, ar, value)| format!("  {}: {}", pick(en, ar), policy::isolate(&value)));
        [head.to_owned()].into_iter().chain(lines).collect()
    }
}

/// What a set says of a snapshot with every policy acting; with or without the approval of two people that it acts by
/// itself.
pub fn attempt(set: &PolicySet, snapshot: &Snapshot, approved: bool) -> Outcome {
    decide(set, &acting(set, approved), snapshot, &Caps::default())
}

/// Every policy of a set acts; with or without the approval of two people that it acts by itself.
pub(super) fn acting(set: &PolicySet, approved: bool) -> Stages {
    let people: BTreeSet<String> = ["try-1", "try-2"].map(str::to_owned).into();
    set.stages(|policy| Standing {
        version: policy.version(),
        stage: Stage::Enforce,
        author: "try".to_owned(),
        approved_by: people.clone(),
        automation_by: if approved { people.clone() } else { BTreeSet::new() },
        emergency: None,
    })
}
