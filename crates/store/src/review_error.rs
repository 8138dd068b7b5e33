//! What cannot be done about people and cases.

use jiff::Timestamp;
use model::{CaseId, DecisionId, DecisionStepError, LookId, PersonId, PersonName, SessionId};
use thiserror::Error;

/// Why something cannot be done about people or cases.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReviewError {
    /// No such person.
    #[error("there is no person {}", .0.0)]
    NoPerson(PersonId),
    /// Somebody has this name already.
    #[error("somebody is named {0} already; choose another name")]
    PersonExists(PersonName),
    /// Nobody could invite anybody then.
    #[error("the last administrator stays; make another one first")]
    LastAdministrator,
    /// No such session.
    #[error("there is no session {}", .0.0)]
    NoSession(SessionId),
    /// No such case.
    #[error("there is no case {}", .0.0)]
    NoCase(CaseId),
    /// No such decision.
    #[error("there is no decision {}", .0.0)]
    NoDecision(DecisionId),
    /// Somebody else works on the case.
    #[error("somebody else works on the case until {until}; take another one, or wait")]
    CaseHeld {
        /// Who.
        holder: PersonId,
        /// Until when, unless they go on.
        until: Timestamp,
    },
    /// The group is decided, or there is none of these bytes.
    #[error(
        "there is nothing to decide: the group was decided meanwhile; open the case again to see by whom"
    )]
    NothingToDecide,
    /// A case cannot be a duplicate of itself.
    #[error("a case is no duplicate of itself; name the other one")]
    DuplicateOfItself,
    /// No such second look.
    #[error("there is no second look {}", .0.0)]
    NoLook(LookId),
    /// Somebody has said what they think, and once is enough.
    #[error("the second look {} is done; take another one", .0.0)]
    LookDone(LookId),
    /// Nobody looks a second time at what they have decided.
    #[error("you have decided this yourself; somebody else looks a second time")]
    OwnDecision,
    /// What is known to be right has taken effect.
    #[error("decision {} is not in effect, and no golden item", .0.0)]
    NotGolden(DecisionId),
    /// The decision has come too far, or not far enough.
    #[error(transparent)]
    Step(#[from] DecisionStepError),
}
