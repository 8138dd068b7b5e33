//! Cases: like items that people decide together, and their decisions.
//!
//! A case has *groups*: its members with the same bytes. A [`Ruling`] is about one group, never about others. As a decision
//! it is a draft first, from which nothing has left; then it takes effect.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::word::words;

/// Identity of a case in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseId(pub i64);

/// Identity of a decision in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecisionId(pub i64);

words! {
    /// How soon a case should be decided. It says nothing about anybody, and decides nothing.
    Severity {
        /// Whenever there is time.
        Low = "low",
        /// Today.
        Medium = "medium",
        /// Soon.
        High = "high",
        /// First.
        Critical = "critical",
    } known "low, medium, high, critical"
}

impl Severity {
    /// The next higher one; the highest stays.
    #[must_use]
    pub const fn raised(self) -> Self {
        match self {
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }

    /// From 0, for [`Severity::Low`], to 3.
    pub const fn level(self) -> u8 {
        self as u8
    }

    /// The severity of a level.
    pub fn of_level(level: u8) -> Option<Self> {
        Self::ALL.get(usize::from(level)).copied()
    }
}

/// From so many items on a case is wide, and once more severe: how often something is posted is all that is known of its reach.
pub const WIDE: u64 = 20;

words! {
    /// Why a case has its severity.
    CaseReason {
        /// The bytes are those of an entry that a person has confirmed.
        Exact = "exact",
        /// A person has confirmed the entry.
        Confirmed = "confirmed",
        /// The bytes are those of an entry.
        SameBytes = "same_bytes",
        /// A picture, film or recording is near an entry.
        Near = "near",
        /// Something could not be looked at.
        NotLookedAt = "not_looked_at",
        /// The platform says that it is urgent.
        Urgent = "urgent",
        /// Somebody has reported it.
        Reported = "reported",
        /// A policy asks for a person.
        Policy = "policy",
        /// Something like its items came when all of them were decided.
        Late = "late",
        /// It belongs to an incident.
        Incident = "incident",
        /// It was posted again and again: it has [`WIDE`] items or more.
        Wide = "wide",
    } known "exact, confirmed, same_bytes, near, not_looked_at, urgent, reported, policy, late, incident, wide"
}

words! {
    /// Whether a case has a group that nobody has decided.
    CaseState {
        /// It has.
        Open = "open",
        /// It has none.
        Decided = "decided",
    } known "open, decided"
}

words! {
    /// Why an item belongs to its case.
    Joined {
        /// It opened it.
        First = "first",
        /// A member has the same bytes.
        SameBytes = "same_bytes",
        /// A member is nearest to the same entry.
        SameEntry = "same_entry",
        /// A member is nearest to the same entry, and all of them were decided when it came.
        Late = "late",
    } known "first, same_bytes, same_entry, late"
}

words! {
    /// How much of an item is what it was found by.
    Likeness {
        /// All of it: the same bytes, the whole picture, the whole film, the whole text.
        Whole = "whole",
        /// A part of it, or it cannot be told: a window, a segment, a passage, a member of an archive.
        Part = "part",
    } known "whole, part"
}

words! {
    /// What somebody has decided about a group.
    DecisionOutcome {
        /// It breaks the rules.
        Violating = "violating",
        /// It does not.
        NotViolating = "not_violating",
        /// It would, but for what it is for.
        Exempt = "exempt",
        /// Somebody else should look.
        Unsure = "unsure",
        /// It cannot be told from what there is.
        CannotTell = "cannot_tell",
        /// It is the subject of another case, whose decision holds.
        DuplicateOf = "duplicate_of",
        /// It may show the sexual abuse of a child: it is sealed at once, and nobody looks again.
        SuspectedChildAbuse = "suspected_child_abuse",
        /// Somebody's life is in danger: it goes to an authority within the hour, and two people say so.
        ThreatToLife = "threat_to_life",
    } known "violating, not_violating, exempt, unsure, cannot_tell, duplicate_of, suspected_child_abuse, threat_to_life"
}

impl DecisionOutcome {
    /// Whether the group is decided by it; if not, it goes to the queue for a second look.
    pub const fn settles(self) -> bool {
        !matches!(self, Self::Unsure | Self::CannotTell)
    }

    /// Whether nothing of the group is shown, banked or shared any more.
    pub const fn seals(self) -> bool {
        matches!(self, Self::SuspectedChildAbuse)
    }

    /// Whether it holds only when a second person says so too.
    pub const fn needs_two(self) -> bool {
        matches!(self, Self::ThreatToLife)
    }

    /// Whether what follows from it cannot be taken back, so that another person always looks a second time. Not what seals:
    /// whoever looked again would see what nobody may.
    pub const fn is_irreversible(self) -> bool {
        matches!(self, Self::ThreatToLife)
    }

    /// Whether the platform has to do something.
    pub const fn has_action(self) -> bool {
        matches!(self, Self::Violating)
    }
}

words! {
    /// What something that would break the rules is for.
    Exemption {
        /// It reports.
        News = "news",
        /// It studies.
        Research = "research",
        /// It argues against it.
        CounterSpeech = "counter_speech",
        /// It keeps a record, for courts or for history.
        Documentation = "documentation",
    } known "news, research, counter_speech, documentation"
}

/// What is decided about a group, complete and without contradiction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    outcome: DecisionOutcome,
    exemption: Option<Exemption>,
    duplicate_of: Option<CaseId>,
}

/// Why there is no such ruling.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RulingError {
    /// An exemption without its reason.
    #[error("say what it is exempt for: news, research, counter_speech or documentation")]
    NoExemption,
    /// The reason of an exemption with something else.
    #[error("only what is exempt has a reason to be; choose exempt, or no reason")]
    StrayExemption,
    /// A duplicate of nothing.
    #[error("name the case that it is a duplicate of")]
    NoCase,
    /// A case with something else.
    #[error("only a duplicate names another case; choose duplicate_of, or name none")]
    StrayCase,
    /// A text that is none.
    #[error(
        "{0:?} is no ruling: use violating, not_violating, exempt:news, unsure, cannot_tell or duplicate_of:12"
    )]
    Unknown(String),
}

impl Ruling {
    /// Puts one together.
    ///
    /// # Errors
    /// [`RulingError`].
    ///
    /// ```
    /// use basira_model::{DecisionOutcome, Exemption, Ruling, RulingError};
    /// assert!(Ruling::new(DecisionOutcome::Exempt, Some(Exemption::News), None).is_ok());
    /// assert_eq!(Ruling::new(DecisionOutcome::Exempt, None, None), Err(RulingError::NoExemption));
    /// ```
    pub fn new(
        outcome: DecisionOutcome,
        exemption: Option<Exemption>,
        duplicate_of: Option<CaseId>,
    ) -> Result<Self, RulingError> {
        match (outcome == DecisionOutcome::Exempt, exemption.is_some()) {
            (true, false) => return Err(RulingError::NoExemption),
            (false, true) => return Err(RulingError::StrayExemption),
            _ => {}
        }
        match (outcome == DecisionOutcome::DuplicateOf, duplicate_of.is_some()) {
            (true, false) => return Err(RulingError::NoCase),
            (false, true) => return Err(RulingError::StrayCase),
            _ => {}
        }
        Ok(Self {
            outcome,
            exemption,
            duplicate_of,
        })
    }

    /// What was decided.
    pub const fn outcome(&self) -> DecisionOutcome {
        self.outcome
    }

    /// What it is exempt for.
    pub const fn exemption(&self) -> Option<Exemption> {
        self.exemption
    }

    /// The case whose decision holds.
    pub const fn duplicate_of(&self) -> Option<CaseId> {
        self.duplicate_of
    }

    /// Whether a person has found that it breaks the rules; `None` where nobody can tell, or another case says so. What is
    /// exempt breaks none.
    pub const fn found(&self) -> Option<bool> {
        match self.outcome {
            DecisionOutcome::Violating | DecisionOutcome::ThreatToLife => Some(true),
            DecisionOutcome::NotViolating | DecisionOutcome::Exempt => Some(false),
            // What was only suspected is for an authority to find.
            DecisionOutcome::Unsure
            | DecisionOutcome::CannotTell
            | DecisionOutcome::DuplicateOf
            | DecisionOutcome::SuspectedChildAbuse => None,
        }
    }
}

impl fmt::Display for Ruling {
    /// In one word, as it is recorded: `violating`, `exempt:news`, `duplicate_of:12`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.outcome.name())?;
        match (self.exemption, self.duplicate_of) {
            (Some(exemption), _) => write!(out, ":{exemption}"),
            (None, Some(CaseId(case))) => write!(out, ":{case}"),
            (None, None) => Ok(()),
        }
    }
}

impl FromStr for Ruling {
    type Err = RulingError;
    fn from_str(text: &str) -> Result<Self, RulingError> {
        let (outcome, of) = match text.split_once(':') {
            Some((outcome, of)) => (outcome, Some(of)),
            None => (text, None),
        };
        let unknown = || RulingError::Unknown(text.chars().take(64).collect());
        // As it was written before people could say more.
        let outcome = match outcome {
            "unclear" => DecisionOutcome::CannotTell,
            other => other.parse().map_err(|_| unknown())?,
        };
        let (exemption, case) = match (outcome, of) {
            (_, None) => (None, None),
            (DecisionOutcome::DuplicateOf, Some(of)) => {
                (None, Some(CaseId(of.parse().map_err(|_| unknown())?)))
            }
            (_, Some(of)) => (Some(of.parse().map_err(|_| unknown())?), None),
        };
        Self::new(outcome, exemption, case)
    }
}

words! {
    /// How far a decision has come.
    DecisionState {
        /// It can be undone; nothing has left.
        Draft = "draft",
        /// It holds, and was told.
        Effective = "effective",
        /// It was undone before anything left.
        Undone = "undone",
        /// It was told, and then that it does not hold.
        Reversed = "reversed",
        /// What the platform did held until its end; it was told to undo that.
        Ended = "ended",
    } known "draft, effective, undone, reversed, ended"
}

/// What may happen to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionStep {
    /// Its time to be undone has passed.
    Settle,
    /// Somebody undoes it.
    Undo,
    /// Somebody reverses it.
    Reverse,
    /// The time has come until which its action holds.
    End,
}

/// A step that a decision cannot take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a decision that is {state} cannot be {}; open its case to see what holds", match .step {
    DecisionStep::Settle => "settled",
    DecisionStep::Undo => "undone",
    DecisionStep::Reverse => "reversed",
    DecisionStep::End => "ended",
})]
pub struct DecisionStepError {
    /// How far it has come.
    pub state: DecisionState,
    /// What was to happen.
    pub step: DecisionStep,
}

impl DecisionState {
    /// The state after a step.
    ///
    /// # Errors
    /// [`DecisionStepError`] when there is no such step from here.
    pub const fn after(self, step: DecisionStep) -> Result<Self, DecisionStepError> {
        match (self, step) {
            (Self::Draft, DecisionStep::Settle) => Ok(Self::Effective),
            (Self::Draft, DecisionStep::Undo) => Ok(Self::Undone),
            // Who was told that it has ended may still hear from an appeal that it was wrong.
            (Self::Effective | Self::Ended, DecisionStep::Reverse) => Ok(Self::Reversed),
            (Self::Effective, DecisionStep::End) => Ok(Self::Ended),
            (state, step) => Err(DecisionStepError { state, step }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_have_their_levels() {
        for (level, severity) in (0_u8..).zip(Severity::ALL) {
            assert_eq!(severity.level(), level);
            assert_eq!(Severity::of_level(level), Some(*severity));
            assert!(severity.raised() >= *severity);
        }
        assert_eq!(Severity::of_level(4), None);
    }

    #[test]
    fn what_was_undone_or_reversed_stays_so() {
        let steps = [
            DecisionStep::Settle,
            DecisionStep::Undo,
            DecisionStep::Reverse,
            DecisionStep::End,
        ];
        let possible = DecisionState::ALL.iter().flat_map(|state| {
            steps
                .iter()
                .filter_map(|step| state.after(*step).ok().map(|after| (*state, after)))
        });
        let possible: Vec<_> = possible.collect();
        use DecisionState::{Draft, Effective, Ended, Reversed, Undone};
        assert_eq!(
            possible,
            [
                (Draft, Effective),
                (Draft, Undone),
                (Effective, Reversed),
                (Effective, Ended),
                (Ended, Reversed)
            ]
        );
        let error = Undone.after(DecisionStep::Reverse).unwrap_err();
        assert!(error.to_string().contains("undone cannot be reversed"), "{error}");
    }

    #[test]
    fn a_ruling_has_what_it_needs_and_nothing_else() {
        for outcome in DecisionOutcome::ALL {
            for exemption in [None, Some(Exemption::News)] {
                for case in [None, Some(CaseId(1))] {
                    let fits = (*outcome == DecisionOutcome::Exempt) == exemption.is_some()
                        && (*outcome == DecisionOutcome::DuplicateOf) == case.is_some();
                    let ruling = Ruling::new(*outcome, exemption, case);
                    assert_eq!(ruling.is_ok(), fits, "{outcome}");
                    if let Ok(ruling) = ruling {
                        assert_eq!(ruling.to_string().parse(), Ok(ruling));
                    }
                }
            }
        }
    }
}
