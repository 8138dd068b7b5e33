//! Cases: like items that people decide together.
//!
//! A case is opened and joined in the transaction that finishes an item ([`crate::Outcome::review`] says whether). A group,
//! the members with the same bytes, has at most one decision that stands; what that tells the platform is written in the
//! transaction in which it takes effect.

mod action;
mod banked;
mod confirm;
mod decide;
mod duplicate;
mod ending;
mod lease;
mod moves;
mod open;
mod read;
mod reported;
mod ruled;
mod tell;
mod told;

use jiff::Timestamp;
use model::{
    BankId, CaseId, CaseReason, CaseState, DecisionId, DecisionState, EntryId, IncidentId, ItemId, Joined,
    Likeness, PersonId, Queue, Ruling, Severity, Sha256,
};

use crate::db::Row;
use crate::item::Item;
use crate::row::Stored;
use crate::{ReviewError, StoreError};

pub use action::CaseAction;
pub(crate) use confirm::refuse_same;
pub use confirm::{BULK, Confirmation};
pub(crate) use decide::reverse;
pub(crate) use open::{is_member, leave, open_or_join};
pub use read::{CaseCount, CaseFilter};
pub(crate) use read::{one, one_decision};
pub(crate) use reported::{add_reason, case_of_item};
pub(crate) use ruled::take_ruling;
pub use told::Told;

/// What an item is put together with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// How much of it is what it was found by.
    pub likeness: Likeness,
    /// The label of the text that it stands among, where there is one.
    pub surroundings: Option<String>,
}

impl Default for Alike {
    /// What is not known to be whole is a part, for which each decides for itself.
    fn default() -> Self {
        Self {
            likeness: Likeness::Part,
            surroundings: None,
        }
    }
}

/// That an item is to be put before people, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Where its case waits, if it opens one.
    pub queue: Queue,
    /// The entry that it is nearest to, of those that count.
    pub entry: Option<EntryId>,
    /// How soon it should be decided.
    pub severity: Severity,
    /// Why.
    pub reasons: Vec<CaseReason>,
    /// What it is put together with.
    pub alike: Alike,
}

/// Like items that people decide together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Identity.
    pub id: CaseId,
    /// Where it waits.
    pub queue: Queue,
    /// Whether something is undecided.
    pub state: CaseState,
    /// The entry that its items are nearest to.
    pub entry: Option<EntryId>,
    /// How soon it should be decided.
    pub severity: Severity,
    /// Why.
    pub reasons: Vec<CaseReason>,
    /// How many items it has.
    pub members: u64,
    /// When it was opened, or opened again for something that came when all of it was decided.
    pub opened_at: Timestamp,
    /// Who works on it, and until when unless they go on.
    pub lease: Option<(PersonId, Timestamp)>,
    /// Whose work it is.
    pub assignee: Option<PersonId>,
    /// Until when it is put off, and why.
    pub held: Option<(Timestamp, String)>,
    /// When it must be decided.
    pub due_at: Option<Timestamp>,
    /// The routing, and the rule of it, that have sent it to its queue when it was opened.
    pub routed: Option<(i64, i64)>,
    /// The incident that it belongs to.
    pub incident: Option<IncidentId>,
}

/// The members of a case with the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The bytes.
    pub sha256: Sha256,
    /// How many members it has.
    pub members: u64,
    /// The first of them.
    pub first: ItemId,
    /// What it is put together with.
    pub alike: Alike,
    /// The decision about all of it.
    pub decision: Option<DecisionId>,
    /// Where there is none: the record of what a person decided of it by a key of their own ([`crate::Store::ruled`]).
    pub ruled: Option<i64>,
}

impl Group {
    /// Whether nobody has decided it.
    pub const fn is_open(&self) -> bool {
        self.decision.is_none() && self.ruled.is_none()
    }
}

impl Case {
    /// Who works on it at `now`.
    pub fn holder(&self, now: Timestamp) -> Option<PersonId> {
        self.lease
            .filter(|(_, until)| *until > now)
            .map(|(holder, _)| holder)
    }
}

/// An item of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The item.
    pub item: Item,
    /// Why it is here.
    pub joined: Joined,
    /// When it came.
    pub joined_at: Timestamp,
    /// The decision about its group.
    pub decision: Option<DecisionId>,
}

/// What somebody has decided about a group of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDecision {
    /// Identity.
    pub id: DecisionId,
    /// The case.
    pub case: CaseId,
    /// The bytes of the group.
    pub sha256: Sha256,
    /// What was decided.
    pub ruling: Ruling,
    /// What the person says about it.
    pub note: Option<String>,
    /// Who.
    pub person: PersonId,
    /// How far it has come.
    pub state: DecisionState,
    /// When.
    pub decided_at: Timestamp,
    /// When it takes effect, unless it is undone.
    pub settles_at: Timestamp,
    /// When it took effect, was undone or was reversed; whichever came last.
    pub ended_at: Option<Timestamp>,
    /// What the platform shall do; there when it breaks the rules.
    pub action: Option<CaseAction>,
    /// The decision about another group that this one confirms for near copies.
    pub confirms: Option<DecisionId>,
    /// The bank into which the content is put when it takes effect.
    pub bank: Option<BankId>,
    /// The entry that was made.
    pub entry: Option<EntryId>,
    /// Whether it takes effect only when a second person says so too.
    pub needs_two: bool,
    /// The second person.
    pub seconded_by: Option<PersonId>,
}

impl CaseDecision {
    /// Whether a second person has still to say so.
    pub const fn waits_for_second(&self) -> bool {
        self.needs_two && self.seconded_by.is_none()
    }

    /// Whether what follows from it cannot be taken back: somebody outside was told.
    pub fn is_irreversible(&self) -> bool {
        self.ruling.outcome().is_irreversible() || self.action.as_ref().is_some_and(CaseAction::leaves)
    }
}

/// A decision that is to be made; its fields as in [`CaseDecision`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented in CaseDecision")]
pub struct NewCaseDecision {
    pub case: CaseId,
    pub sha256: Sha256,
    pub ruling: Ruling,
    pub note: Option<String>,
    pub person: PersonId,
    pub settles_at: Timestamp,
    pub action: Option<CaseAction>,
    pub bank: Option<BankId>,
}

fn case(row: Row<'_>) -> Result<Case, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("review_case", id, row);
    let severity: u8 = stored.get(4)?;
    let reasons: String = stored.get(5)?;
    let reasons = reasons.split(',').filter(|word| !word.is_empty());
    let holder: Option<i64> = stored.get(8)?;
    Ok(Case {
        id: CaseId(id),
        queue: stored.parse(1)?,
        state: stored.parse(2)?,
        entry: stored.get::<Option<i64>>(3)?.map(EntryId),
        severity: Severity::of_level(severity).ok_or_else(|| stored.invalid("its severity is none"))?,
        reasons: reasons
            .map(|word| word.parse().map_err(|error| stored.invalid(error)))
            .collect::<Result<_, _>>()?,
        members: stored.count(6)?,
        opened_at: stored.time(7)?,
        lease: holder.map(PersonId).zip(stored.optional_time(9)?),
        assignee: stored.get::<Option<i64>>(10)?.map(PersonId),
        held: stored.optional_time(11)?.zip(stored.get::<Option<String>>(12)?),
        due_at: stored.optional_time(13)?,
        routed: stored.get::<Option<i64>>(14)?.zip(stored.get::<Option<i64>>(15)?),
        incident: stored.get::<Option<i64>>(16)?.map(IncidentId),
    })
}

fn case_decision(row: Row<'_>) -> Result<CaseDecision, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("decision", id, row);
    let sha256: Vec<u8> = stored.get(2)?;
    let exemption: Option<String> = stored.get(4)?;
    let exemption = exemption
        .map(|word| word.parse().map_err(|error| stored.invalid(error)))
        .transpose()?;
    let duplicate_of = stored.get::<Option<i64>>(5)?.map(CaseId);
    let ruling = Ruling::new(stored.parse(3)?, exemption, duplicate_of);
    Ok(CaseDecision {
        id: DecisionId(id),
        case: CaseId(stored.get(1)?),
        sha256: Sha256::from_slice(&sha256).ok_or_else(|| stored.invalid("its digest has not 32 bytes"))?,
        ruling: ruling.map_err(|error| stored.invalid(error))?,
        note: stored.get(6)?,
        person: PersonId(stored.get(7)?),
        state: stored.parse(8)?,
        decided_at: stored.time(9)?,
        settles_at: stored.time(10)?,
        ended_at: stored.optional_time(11)?,
        action: CaseAction::read(&stored, 12)?,
        confirms: stored.get::<Option<i64>>(16)?.map(DecisionId),
        bank: stored.get::<Option<i64>>(17)?.map(BankId),
        entry: stored.get::<Option<i64>>(18)?.map(EntryId),
        needs_two: stored.flag(19)?,
        seconded_by: stored.get::<Option<i64>>(20)?.map(PersonId),
    })
}

fn missing(id: CaseId) -> StoreError {
    ReviewError::NoCase(id).into()
}
