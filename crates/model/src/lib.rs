//! The nouns of Basira: what they are, how they are validated, how they may change.
//!
//! Four nouns to know. A [`Signal`] is a typed fingerprint of content. A [`BankEntry`] is one piece of
//! known content, with its signals, in a [`Bank`]. A [`Match`] says which part of an item is near which
//! entry, found by which [`Method`]. A [`Verdict`] is what leaves the matching: match, no match, or
//! incomplete, never a guess between the two.
//!
//! ```
//! use basira_model::{PdqHash, Signal, SignalType};
//! let text = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
//! let signal = Signal::parse(SignalType::Pdq, text)?;
//! assert_eq!(signal.to_string(), text);
//! # Ok::<(), basira_model::SignalError>(())
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod agreement;
mod asked;
mod bank;
mod care;
mod case;
mod hash;
mod incident;
mod item;
mod key;
mod matching;
mod method;
mod part;
mod passage;
mod person;
mod queue;
mod region;
mod report;
mod routing;
mod segment;
mod signal;
mod stage;
mod verdict;
mod webhook;
mod word;

pub use agreement::{Agreement, agreement};
pub use asked::{AskedId, AskedKind, PurgeBlock, PurgeStanding};
pub use bank::{
    Bank, BankEntry, BankId, BankKind, BankName, BankNameError, EntryId, EntrySignal, Label, LabelError,
    Provenance, Tlp, Trust, TrustTransitionError,
};
pub use care::{CareRules, Exposure, LONGEST_EXPOSURE, LookId, LookKind, Rest};
pub use case::{
    CaseId, CaseReason, CaseState, DecisionId, DecisionOutcome, DecisionState, DecisionStep,
    DecisionStepError, Exemption, Joined, Likeness, Ruling, RulingError, Severity, WIDE,
};
pub use hash::{HexError, Md5, PdqHash, Sha1, Sha256, TextDigest, TextTlsh};
pub use incident::{IncidentError, IncidentId, LONGEST_INCIDENT, MOST_INCIDENTS, check_incident, held_hours};
pub use item::{
    Context, ItemId, ItemState, MOST_ATTEMPTS, Priority, Receipt, ReceiptError, SourceName, TextError,
    Visibility, check_external_id,
};
pub use key::{KeyId, KeyTrust, Scope};
pub use matching::{Match, SuppressedBy};
pub use method::{Method, MethodParseError, PdqMethod, QueryView, TextMethod, TrackMethod};
pub use part::{Leaf, PartName, Place};
pub use passage::{Covered, TextSpan, Words};
pub use person::{Grant, PasskeyId, PersonId, PersonName, Right, Role, SessionId};
pub use queue::{Queue, QueueName};
pub use region::{Region, RegionError};
pub use report::{
    AppealId, AppealRuling, AppealState, AppealStepError, Channel, ReportCategory, ReportId, ReportStatus,
    address_key,
};
pub use routing::{CaseFacts, MOST_ROUTES, Route, RouteWhen, Routing, RoutingError};
pub use segment::{Segment, SegmentParseError, clock};
pub use signal::{Dihedral, HashMode, Quality, QualityError, Signal, SignalError, SignalType, Variant};
pub use stage::{FollowUpItem, FollowUpState, LONGEST_EMERGENCY, Life, LifeError, Share, ShareError, Stage};
pub use verdict::{Incomplete, IncompleteReason, Verdict};
pub use webhook::{DeliveryState, EventId, EventIdError, EventKind, WebhookId};
pub use word::UnknownWord;
