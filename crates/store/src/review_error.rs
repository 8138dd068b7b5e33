//! What cannot be done about people and cases.

use jiff::Timestamp;
use model::{
    AppealId, AppealStepError, AskedId, CaseId, DecisionId, DecisionStepError, IncidentError, LookId,
    PersonId, PersonName, PurgeBlock, ReportId, SessionId,
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
    /// Nobody decides again about what they have decided themselves.
    #[error("you have made this decision yourself; an appeal or a second look is for somebody else")]
    OwnDecision,
    /// The appeal was decided before.
    #[error(transparent)]
    Appeal(#[from] AppealStepError),
    /// What breaks the rules needs an action.
    #[error("say what the platform shall do, and by which clause; to allow it is an action, too")]
    NoAction,
    /// What does not break the rules needs none.
    #[error("only what breaks the rules has an action; choose violating, or no action")]
    StrayAction,
    /// What does not break the rules is not banked.
    #[error("only what breaks the rules is put into a bank; choose violating, or no bank")]
    NotToBank,
    /// A decision that cannot be confirmed for others, or not by a second person.
    #[error("the decision {} does not stand, or cannot be confirmed; open its case to see what holds", .0.0)]
    NotStanding(DecisionId),
    /// An action for something that shows a part only.
    #[error("what shows a part only is decided one by one where the platform has to act; look at each")]
    PartsOneByOne,
    /// The second person is the first.
    #[error("this needs a second person; have a colleague confirm it")]
    SamePerson,
    /// No such second look.
    #[error("there is no second look {}", .0.0)]
    NoLook(LookId),
    /// Somebody has said what they think, and once is enough.
    #[error("the second look {} is done; take another one", .0.0)]
    LookDone(LookId),
    /// What is known to be right has taken effect.
    #[error("decision {} is not in effect, and no golden item", .0.0)]
    NotGolden(DecisionId),
    /// Another routing was put into effect meanwhile.
    #[error("the rules were changed meanwhile; open them again, and try yours beside them")]
    RoutingChanged,
    /// Something stands against an incident.
    #[error(transparent)]
    Incident(#[from] IncidentError),
    /// No such request, or it waits for nobody.
    #[error("there is no request {} that waits for a second person; look at the list again", .0.0)]
    NotAsked(AskedId),
    /// It waits for a second person already.
    #[error("the same is asked for already; have a colleague confirm it, or withdraw it")]
    AskedAlready,
    /// Somebody must be able to tell why.
    #[error("say why")]
    NoReason,
    /// Something stands against a purge.
    #[error("this is not purged: {}", match .0 {
        PurgeBlock::Sealed => "it is sealed, and an authority may ask for it",
        PurgeBlock::Preserved => "it must be preserved until a day that has not come",
        PurgeBlock::Undo => "a decision about it can still be undone, or waits for a second person",
        PurgeBlock::Appeal => "an appeal about it is open; have it decided first",
        PurgeBlock::Look => "somebody is to look at it once more; have that done first",
        PurgeBlock::Undecided => "not all of it is decided; decide it first",
        PurgeBlock::Working => "it is being worked on; try again",
    })]
    NotPurged(PurgeBlock),
    /// The entry is not in use, or its marking is as wide.
    #[error("an entry is shared when it is active, and to a wider marking than it has; look at it again")]
    NotShared,
    /// The decision has come too far, or not far enough.
    #[error(transparent)]
    Step(#[from] DecisionStepError),
}
