//! People who sign in, and what they may do.
//!
//! A [`Role`] is a set of [`Right`]s. A [`Grant`] gives somebody a role, for one queue or for all, up to a severity.
//! Nothing is allowed that no grant allows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::item::check;
use crate::word::words;
use crate::{Queue, Severity, TextError};

/// Identity of a person in their store. The log knows people by it, and by nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(pub i64);

/// Identity of a session in its store; not its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

/// Identity of a passkey in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PasskeyId(pub i64);

/// The name by which somebody signs in, and under which an administrator gives a key to a person: a pseudonym is best. Two
/// keys of one name are one person's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PersonName {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        // What looks alike must be alike: with blanks around it one person would be two.
        let text = text.trim();
        check("name", text, 64)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for PersonName {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        text.parse()
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

words! {
    /// What somebody may do in the console.
    Right {
        /// Read the totals.
        SeeOverview = "see_overview",
        /// Read what was found in the items of a case: numbers, entries, methods; not what the platform says of them.
        SeeCases = "see_cases",
        /// Read what the platform says of an item: its address, its author's reference, its thread.
        SeeContext = "see_context",
        /// Uncover media and texts.
        Reveal = "reveal",
        /// Take a case, decide it, and undo that.
        Decide = "decide",
        /// Undo what another has decided, and reverse what has left already.
        Reverse = "reverse",
        /// Read which banks there are.
        SeeBanks = "see_banks",
        /// Put content into a bank, and confirm what another has put there.
        Curate = "curate",
        /// Read the log and verify it.
        SeeLog = "see_log",
        /// Invite people, give them roles, end their sessions.
        ManagePeople = "manage_people",
        /// Read policies, their stages and their rates.
        SeePolicies = "see_policies",
        /// Approve a text of a policy that another has written.
        ApprovePolicies = "approve_policies",
        /// Write a text of a policy, try it, and hand it in.
        WritePolicies = "write_policies",
        /// See keys, webhooks and what they are told, make them and end them, send again; set caps and breaks.
        ManageService = "manage_service",
        /// Read who has sent a report, one at a time and with a reason. Never beside the case: no role that has it sees cases.
        SeeReporters = "see_reporters",
        /// Say which cases go to which queue.
        Route = "route",
        /// Declare an incident, and end it.
        DeclareIncident = "declare_incident",
        /// Ask that content be purged, and confirm it; with a second person.
        Purge = "purge",
    } known "see_overview, see_cases, see_context, reveal, decide, reverse, see_banks, curate, see_log, manage_people, see_policies, approve_policies, write_policies, manage_service, see_reporters, route, declare_incident, purge"
}

words! {
    /// A set of rights with a name.
    Role {
        /// Decides cases.
        Reviewer = "reviewer",
        /// Decides cases, and reverses decisions.
        SeniorReviewer = "senior_reviewer",
        /// Answers for the rules, and reads all that follows from them.
        PolicyLead = "policy_lead",
        /// Keeps the banks.
        Curator = "curator",
        /// Invites people. Sees no case.
        Administrator = "administrator",
        /// Reads what was decided and verifies the log. Uncovers nothing.
        Auditor = "auditor",
        /// Reads numbers and methods, nothing of what was posted.
        Researcher = "researcher",
    } known "reviewer, senior_reviewer, policy_lead, curator, administrator, auditor, researcher"
}

impl Role {
    /// What it allows.
    pub const fn rights(self) -> &'static [Right] {
        use Right::{
            ApprovePolicies, Curate, Decide, DeclareIncident, ManagePeople, ManageService, Purge, Reveal,
            Reverse, Route, SeeBanks, SeeCases, SeeContext, SeeLog, SeeOverview, SeePolicies, SeeReporters,
            WritePolicies,
        };
        match self {
            Self::Reviewer => &[
                SeeOverview,
                SeeCases,
                SeeContext,
                Reveal,
                Decide,
                SeeBanks,
                SeePolicies,
            ],
            Self::SeniorReviewer => &[
                SeeOverview,
                SeeCases,
                SeeContext,
                Reveal,
                Decide,
                Reverse,
                SeeBanks,
                Curate,
                SeePolicies,
                Purge,
            ],
            Self::PolicyLead => &[
                SeeOverview,
                SeeCases,
                SeeContext,
                Reveal,
                Decide,
                Reverse,
                SeeBanks,
                Curate,
                SeeLog,
                SeePolicies,
                ApprovePolicies,
                WritePolicies,
                Route,
                DeclareIncident,
                Purge,
            ],
            Self::Curator => &[SeeOverview, SeeBanks, Curate],
            Self::Administrator => &[
                SeeOverview,
                SeeLog,
                ManagePeople,
                ManageService,
                DeclareIncident,
                SeeReporters,
            ],
            Self::Auditor => &[SeeOverview, SeeCases, SeeContext, SeeBanks, SeeLog, SeePolicies],
            Self::Researcher => &[SeeOverview, SeeCases],
        }
    }
}

/// A role, where it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The queue for which it holds; every queue when `None`.
    pub queue: Option<Queue>,
    /// The most severe case for which it holds.
    pub most: Severity,
}

impl Grant {
    /// A role for all queues and severities.
    pub const fn whole(role: Role) -> Self {
        Self {
            role,
            queue: None,
            most: Severity::Critical,
        }
    }

    /// Whether it gives a right somewhere.
    pub fn gives(&self, right: Right) -> bool {
        self.role.rights().contains(&right)
    }

    /// Whether it gives a right on a case of this queue and severity.
    ///
    /// ```
    /// use basira_model::{Grant, Queue, Right, Role, Severity};
    /// let grant = Grant { role: Role::Reviewer, queue: Some(Queue::Match), most: Severity::Medium };
    /// assert!(grant.gives_on(Right::Decide, Queue::Match, Severity::Low));
    /// assert!(!grant.gives_on(Right::Decide, Queue::Match, Severity::High));
    /// assert!(!grant.gives_on(Right::Decide, Queue::Incomplete, Severity::Low));
    /// ```
    pub fn gives_on(&self, right: Right, queue: Queue, severity: Severity) -> bool {
        self.gives(right) && self.queue.is_none_or(|own| own == queue) && severity <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_gives_everything_and_each_gives_something() {
        for role in Role::ALL {
            let rights = role.rights();
            assert!(!rights.is_empty() && rights.len() < Right::ALL.len(), "{role}");
        }
        // Who invites people does not decide, and who checks does not change anything.
        assert!(!Role::Administrator.rights().contains(&Right::SeeCases));
        for changing in [
            Right::Reveal,
            Right::Decide,
            Right::Reverse,
            Right::Curate,
            Right::ManagePeople,
            Right::ApprovePolicies,
            Right::WritePolicies,
            Right::ManageService,
            Right::SeeReporters,
            Right::Route,
            Right::DeclareIncident,
            Right::Purge,
        ] {
            assert!(!Role::Auditor.rights().contains(&changing));
            assert!(!Role::Researcher.rights().contains(&changing));
        }
    }

    #[test]
    fn no_role_sees_cases_and_who_has_reported() {
        for role in Role::ALL {
            let rights = role.rights();
            let both = rights.contains(&Right::SeeReporters) && rights.contains(&Right::SeeCases);
            assert!(!both, "{role}");
        }
        assert!(Role::Administrator.rights().contains(&Right::SeeReporters));
    }

    #[test]
    fn names_have_no_space_around_them() {
        assert_eq!(" amal ".parse::<PersonName>().unwrap().as_str(), "amal");
        assert!("  ".parse::<PersonName>().is_err());
        assert!("a\u{7}".parse::<PersonName>().is_err());
    }
}
