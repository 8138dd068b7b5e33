//! Policies that people can read, test, approve and replay: files to a checked set, and a set and a snapshot to an
//! outcome.
//!
//! Four nouns to know. A [`PolicySet`] is a set of policies that was checked as a whole, known by its content hash. A
//! [`Snapshot`] holds the signals of one item at one moment, each with a value or with the reason for having none.
//! [`Stages`] say how each policy stands: draft, shadow, canary, enforce, retired, and who approved what. An [`Outcome`]
//! is what a set says about one item: actions that are to be done, each with clause, legal ground and degree of
//! automation, and those that are not, each with the reason.
//!
//! [`decide`] is a function of these alone. It knows no clock, no store and no person, so that a recorded decision can be
//! made again, and must come out the same.
//!
//! Conditions are a subset of CEL (the Common Expression Language), parsed by the crate `cel`, checked and evaluated here:
//! static types over a closed [`Schema`], a step budget, three values, a trace of every clause. Some things no file can
//! override (see `decide/invariants.rs`): a label, a restriction or a removal by itself takes an exact copy of an
//! entry that a person confirmed and the approval of two people, or a person's decision; what is unknown never removes.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod action;
mod cases;
mod condition;
mod decide;
mod deploy;
mod diagnostic;
mod explain;
mod expr;
mod file;
mod fmt;
pub mod form;
mod id;
mod lint;
mod mutate;
mod outcome;
mod schema;
mod set;
mod shipped;
mod snapshot;

pub use action::{Action, ActionKind, Audience, Automation, Degree, Priority, Restriction};
pub use cases::CaseResult;
pub use condition::Condition;
pub use decide::{decide, decide_facts};
pub use deploy::{Caps, Emergency, Stage, Stages, Standing};
pub use diagnostic::{Code, Diagnostic, Severity, Span, isolate};
pub use explain::{Audience as ExplainFor, Explanation, Language, explain};
pub use fmt::format;
pub use id::{ClauseId, GroundId, NameError, PolicyHash, PolicyId, SetHash, Word};
pub use lint::lint;
pub use mutate::Mutant;
pub use outcome::{Chosen, Missing, Origin, Outcome, PolicyResult, Suppressed, Suppression, Trace, Truth};
pub use schema::{FieldDef, RecordDef, Schema, SignalDef, Type, Unit};
pub use set::{Bilingual, Limits, OnUnknown, Policy, PolicySet, SourceFile};
pub use snapshot::{
    Facts, FindingFact, MatchFact, Producer, Reading, Snapshot, SnapshotError, Subject, UnknownReason, Value,
};

/// The version of the engine: it changes whenever the same arguments could give another outcome.
pub const ENGINE: u32 = 1;
