//! The signals of one item at one moment: all that a decision rests on.

mod build;
mod facts;
mod value;

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Sha256, words};
use serde::{Deserialize, Serialize};

pub use build::{FindingFact, MatchFact, SnapshotError};
pub(crate) use facts::Fact;
pub use facts::Facts;
pub use value::Value;

words! {
    /// Why a signal has no value.
    UnknownReason {
        /// Nobody computed it.
        NotComputed = "not_computed",
        /// The platform did not say.
        NotGiven = "not_given",
        /// What computes it failed.
        Failed = "failed",
        /// A deadline passed.
        Timeout = "timeout",
        /// The content is beyond a limit.
        TooLarge = "too_large",
        /// The content cannot be read: damaged or encrypted.
        Unreadable = "unreadable",
        /// There is nothing that could compute it for this kind of content or language.
        Unsupported = "unsupported",
        /// It was erased from the record.
        Erased = "erased",
        /// The value is not of the type that the schema has: an older or foreign record.
        WrongType = "wrong_type",
    } known "not_computed, not_given, failed, timeout, too_large, unreadable, unsupported, erased, wrong_type"
}

/// Who produced a signal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Producer {
    /// The program, the list or the opaque id of a person.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it is a person. What only people may say (`context.exemption`, `review.decision`) is unknown if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub person: bool,
}

/// One signal as it was read: a value, or why there is none, or both for a list that may lack something (not every part
/// of the item could be looked at). Of such a list what is in it counts, and what is not in it is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The value; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Why there is none, or why the list may lack something. A reading with neither is `not_computed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<UnknownReason>,
    /// Who produced it: its place in [`Snapshot::producers`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<u16>,
}

/// What a decision is about. Neither tells who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The item: its receipt or another opaque id.
    pub item: String,
    /// SHA-256 of the whole item. Canaries and samples take their share by it, so that copies are treated alike.
    pub sha256: Sha256,
}

/// All signals of one item at one moment, each with a value or with the reason for having none. It holds no content:
/// of texts there are digests, counts and scores.
///
/// ```
/// use basira_policy::{Snapshot, Subject, UnknownReason};
/// let subject = Subject { item: "r-1".into(), sha256: model::Sha256::new([7; 32]) };
/// let mut snapshot = Snapshot::new(subject, "2027-01-01T00:00:00Z".parse()?);
/// let by = snapshot.producer("text", "3", false);
/// snapshot.set("text.words", 120, by)?;
/// snapshot.set_unknown("matches", UnknownReason::Timeout, by)?;
/// assert!(snapshot.set("text.word", 1, by).unwrap_err().to_string().contains("did you mean \"text.words\"?"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The version of the schema ([`Schema::VERSION`](crate::Schema::VERSION)) that it was made for.
    pub schema: u32,
    /// What it is about.
    pub subject: Subject,
    /// When: the only clock that a policy sees.
    pub at: Timestamp,
    /// Who produced the signals.
    #[serde(default)]
    pub producers: Vec<Producer>,
    /// The signals by their path in the schema. One that is absent is unknown: `not_computed`.
    pub signals: BTreeMap<String, Reading>,
}
