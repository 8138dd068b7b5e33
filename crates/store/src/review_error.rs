//! What cannot be done about people and cases.

use jiff::Timestamp;
use model::{
    AppealId, AppealStepError, CaseId, DecisionId, DecisionStepError, PersonId, PersonName, ReportId,
    SessionId,
};
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
    /// The credential is somebody's already.
    #[error("this passkey is known already; choose another device, or take it away first")]
    PasskeyExists,
    /// There is room for no more.
    #[error("there are as many passkeys as one person may have; take one away first")]
    ManyPasskeys,
    /// The account at the provider is somebody else's.
    #[error("this account is linked to somebody else; sign in to the provider with another one")]
    IdentityTaken,
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
    /// No such report.
    #[error("there is no report {}", .0.0)]
    NoReport(ReportId),
    /// No such appeal.
    #[error("there is no appeal {}", .0.0)]
    NoAppeal(AppealId),
    /// There is nothing to appeal against.
    #[error(
        "there is no decision to appeal against: nothing of this name or code is held to be violating; look at the code \
         again, or send a new appeal when there is a decision"
    )]
    NotAppealable,
    /// There is an appeal already.
    #[error("there is an appeal against this decision already; ask after it by its own code")]
    AppealExists,
    /// Nobody decides about what they have decided themselves.
    #[error("who has made a decision does not decide the appeal against it; somebody else has to")]
    OwnDecision,
    /// The appeal was decided before.
    #[error(transparent)]
    Appeal(#[from] AppealStepError),
    /// The decision has come too far, or not far enough.
    #[error(transparent)]
    Step(#[from] DecisionStepError),
}
