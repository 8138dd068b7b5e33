//! The only room that knows SQL and files: banks and entries, small pictures kept for matching, the shelf of index
//! segments, and scans that can be resumed.
//!
//! Three nouns to know. A [`Store`] is one data folder, opened by one process as [`Access::Reader`] or
//! [`Access::Writer`]. A [`NewEntry`] becomes a `model::BankEntry` in one durable transaction, which also appends a
//! [`Change`]; an index that has seen change N has seen all up to N. A [`Segment`] is a sealed file of the shelf,
//! mapped into memory: a cache that can always be built again.
//!
//! ```
//! use basira_store::{Access, Keep, NewEntry, Options, Store};
//! use model::{BankKind, EntrySignal, Provenance, Signal, SignalType, Tlp, Trust};
//!
//! # let place = tempfile::tempdir()?;
//! # let (folder, key) = (place.path().join("data"), place.path().join("key"));
//! let now = "2026-11-25T00:00:00Z".parse()?;
//! let store = Store::open(&folder, Options::new(Access::Writer, &key))?;
//! let bank = store.edit("make", |edits| edits.create_bank(&"flags".parse().unwrap(), BankKind::Allow, now))?;
//! let text = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
//! let signal = Signal::parse(SignalType::Pdq, text)?;
//! let entry = NewEntry {
//!     signals: vec![EntrySignal { signal, quality: None }],
//!     labels: vec!["flag".parse()?],
//!     note: None,
//!     provenance: Provenance { added_by: "amal".into(), source: "local".into(), external_id: None, added_at: now },
//!     trust: Trust::Active,
//!     human_confirmed: false,
//!     tlp: Tlp::Amber,
//!     expires: None,
//!     disabled_until: None,
//!     metadata: None,
//!     media: None,
//!     keep: Keep::HashOnly,
//!     tracks: Vec::new(),
//! };
//! let entry = store.edit("add", |edits| edits.add_entry(bank.id, &entry))?;
//! assert_eq!(store.entries_with_signal(&signal)?, [entry]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Several processes may use one data folder: any number of readers, and one writer beside them. A second writer gets
//! [`StoreError::InUse`], which names the process that is there. A thumbnail is encrypted with a [`Key`] that lies
//! outside of the data folder.
//!
//! Rows are in SQLite, in the data folder, or in a schema of PostgreSQL ([`Options::database`]); both behave alike, and
//! the same tests say so.
//!
//! Times and names come from the caller; keys and nonces from the system. Times are kept in whole microseconds.
#![deny(unsafe_code)]
#![deny(missing_docs)]

mod api_key;
mod appeal;
mod asked;
mod backup;
mod bank;
mod belonging;
mod blob;
mod care;
mod case;
mod change;
mod checkpoint;
mod choice;
mod climb;
mod code;
mod connector;
mod db;
mod decision;
mod delivery;
mod edits;
mod entry_edit;
mod entry_read;
mod entry_write;
mod error;
mod exchange;
mod folder;
mod group;
mod hasten;
mod hma_database;
mod identity;
mod incident;
mod item;
mod item_list;
mod item_work;
mod key;
mod lock;
mod log;
mod mapped;
mod migrate;
mod note;
mod open;
mod outbox;
mod passkey;
mod person;
mod picture;
mod policy;
mod quality;
mod readers;
mod report;
mod reversal;
mod review_error;
mod routing;
mod row;
mod scan;
mod scan_file;
mod seen;
mod session;
mod shelf;
mod signal_row;
mod signal_setting;
mod store;
mod stream;
mod tally;
mod text;
mod track;
mod webhook;
mod words;

pub use api_key::{ApiKey, NewApiKey, SECRET_PREFIX, Secret, secret_digest};
pub use appeal::{Appeal, AppealAbout, Appeals, NewAppeal};
pub use asked::{Asked, Wanted};
pub use backup::{Verified, restore};
pub use bank::{BankChange, BankSummary};
pub use blob::{Arrived, Incoming};
pub use care::{Exposed, ExposureId, NewExposure};
pub use case::{
    Alike, BULK, Case, CaseAction, CaseCount, CaseDecision, CaseFilter, Confirmation, Group, Member,
    NewCaseDecision, Review, Told,
};
pub use change::{Change, ChangeKind, Seq};
pub use checkpoint::Checkpoints;
pub use connector::{MOST_DELIVERIES_LOOKED_AT, WebhookState};
pub use db::{DatabaseUrl, DatabaseUrlError};
pub use decision::{
    Actor, Decision, DecisionRecord, ItemAction, NewAction, NewDecision, Ruled, VerifiedDecisions,
};
pub use delivery::{Attempted, Delivery, Listed, Outstanding};
pub use edits::Edits;
pub use entry_write::{EntryError, Keep, MAX_SIGNALS, MAX_TEXT, NewEntry};
pub use error::StoreError;
pub use exchange::{Exchange, NewExchange};
pub use hma_database::{HmaBank, HmaContent, HmaDatabase, HmaError, HmaExchange};
pub use incident::{Incident, NewIncident};
pub use item::{Item, MOST_COPIES, NewItem, Submission};
pub use item_list::{ItemFilter, Listing};
pub use item_work::{Backlog, Outcome, Swept};
pub use key::Key;
pub use log::{LogKind, LogRecord};
pub use mapped::Segment;
pub use note::{Checkpoint, NoteError, PublicKey, PublicKeyError, Signer};
pub use open::{Access, LostKey, Options};
pub use passkey::{MOST_PASSKEYS, NewPasskey, Passkey, PasskeyProof};
pub use person::{Person, actor};
pub use picture::{MAX_THUMBNAIL, MAX_WINDOWS, PictureError, Thumbnail, Windows};
pub use policy::{
    Deployed, Deployment, FollowUp, FollowUpError, MOST_FOLLOWED, NewPolicy, Personal, Placed, PolicyFile,
    PolicyHour, PolicySummary, Rates, Step,
};
pub use quality::{DecidedItem, Golden, SecondLook};
pub use report::{NewReport, Report, ReportedBy, Reporter, Reports};
pub use reversal::Reversing;
pub use review_error::ReviewError;
pub use routing::{InForce, Tried, TriedCase};
pub use scan::{Scan, ScanId, ScanState};
pub use scan_file::{FileStamp, ScanCounts, ScanFile};
pub use seen::{Found, Hit, ItemMatch, Seen};
pub use session::{Proof, Session};
pub use store::Store;
pub use stream::{PdqRow, WindowsRow};
pub use tally::{ACTION_TIMES, Tallied, Tally};
pub use text::EntryText;
pub use track::{EntryTrack, MAX_TRACKS};
pub use webhook::{MOST_WEBHOOKS, NewWebhook, Webhook};
pub use words::MOST_ASKED;
