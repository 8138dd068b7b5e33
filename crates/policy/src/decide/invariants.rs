//! What no policy can override. Whoever changes this file changes what Basira may do to people's speech.
//!
//! 1. A label, a restriction or a removal takes either an *exact* match, which is that the SHA-256 of the whole item equals
//!    that of an active entry that a person confirmed, **and** a file that asks for full automation **and** two people who
//!    did not write it and approved that; or the decision of a person about this content.
//! 2. The one exception is the emergency lane: restrict only, a named person, at most 24 hours; each is queued for review
//!    and told to the author.
//! 3. What is unknown never restricts: neither the policy's condition, nor its exception, nor whether the item is exempt or
//!    a person has decided otherwise.
//! 4. A confirmed exemption caps at review.
//! 5. Nobody is suspended: the catalogue that a file can name has no such action.
//! 6. Only what a person confirmed is proposed to others.
//!
//! Everything here reads facts and standings, never a file, but for the automation that it asks for.

use super::word;
use crate::action::{Action, Automation, Degree};
use crate::deploy::{Emergency, Standing};
use crate::outcome::Suppression;
use crate::schema::MATCH;
use crate::set::Policy;
use crate::snapshot::{Fact, Facts};

/// What a person has said about the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Person {
    Violating,
    NotViolating,
    /// Nothing, or that it is unclear.
    Open,
    /// It cannot be told.
    Unknown,
}

/// What restrictive actions on an item can stand on; the same for all policies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground {
    /// An exact match with an entry that a person confirmed.
    exact: bool,
    /// The item is exempt, or that cannot be told.
    exempt: bool,
    person: Person,
}

impl Ground {
    pub(super) fn of(facts: &Facts) -> Self {
        let exempt = !matches!(word(facts, "context.exemption"), Some("none" | "claimed"));
        let person = match word(facts, "review.decision") {
            Some("violating") => Person::Violating,
            Some("not_violating") => Person::NotViolating,
            Some(_) => Person::Open,
            None => Person::Unknown,
        };
        Self {
            exact: exact_and_confirmed(facts),
            exempt,
            person,
        }
    }

    /// Whether a restrictive action may be done, and how far it is then automated.
    pub(super) fn permits(
        self,
        action: &Action,
        policy: &Policy,
        standing: &Standing,
        emergency: Option<&Emergency>,
    ) -> Result<Degree, Suppression> {
        match self.person {
            Person::NotViolating => return Err(Suppression::PersonSaidNo {}),
            Person::Unknown => return Err(Suppression::Unknown {}),
            Person::Violating | Person::Open => {}
        }
        if self.exempt {
            return Err(Suppression::Exempt {});
        }
        if emergency.is_some() {
            return match action {
                Action::Restrict { .. } => Ok(Degree::Full),
                _ => Err(Suppression::EmergencyOnlyRestricts {}),
            };
        }
        if policy.automation() == Automation::None {
            return Err(Suppression::NotAutomatic {});
        }
        if self.person == Person::Violating {
            return Ok(Degree::Partial);
        }
        if !self.exact {
            return Err(Suppression::NotExact {});
        }
        if policy.automation() != Automation::Full {
            return Err(Suppression::NotAutomatic {});
        }
        if !standing.automation_approved() {
            return Err(Suppression::NotApproved {});
        }
        Ok(Degree::Full)
    }

    /// Whether the signal may be proposed to others.
    pub(super) fn may_share(self) -> bool {
        !self.exempt && (self.person == Person::Violating || (self.exact && self.person == Person::Open))
    }
}

/// Whether any match is exact and its entry confirmed by a person.
fn exact_and_confirmed(facts: &Facts) -> bool {
    let (Some(exact), Some(confirmed)) = (MATCH.field("exact"), MATCH.field("human_confirmed")) else {
        return false;
    };
    let list = match facts.signal("matches") {
        // A list that may lack something has what is in it all the same.
        Fact::Partial(_, list) => list,
        list => list,
    };
    let Fact::Records(matches) = list else {
        return false;
    };
    let holds = |record: &[Fact], field: usize| matches!(record.get(field), Some(Fact::Bool(true)));
    matches
        .iter()
        .any(|record| holds(record, exact) && holds(record, confirmed))
}
