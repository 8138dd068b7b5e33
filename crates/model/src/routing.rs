//! Routing: which queue a new case goes to. Rules are data; the first whose conditions all hold sends the case, and where
//! none does it stays where it was found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{BankName, CaseReason, Label, Queue, ReportCategory, Severity, SourceName};

/// Rules of one routing at most.
pub const MOST_ROUTES: usize = 50;

/// What is known of a case when it is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFacts {
    /// The queue that it was found for: `match`, `incomplete`, `reported` or `policy`.
    pub found_as: Queue,
    /// How soon it should be decided.
    pub severity: Severity,
    /// Why.
    pub reasons: Vec<CaseReason>,
    /// The bank of the entry that it is nearest to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<BankName>,
    /// The labels of that entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// Where its item comes from.
    pub source: SourceName,
    /// The language of its item, as its platform says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What somebody has reported it for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<ReportCategory>,
    /// The policies that chose an action.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// The queues that policies name for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
}

/// What must hold of a case for a rule to send it; what is `None` is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RouteWhen {
    /// It was found for this queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_as: Option<Queue>,
    /// It is at least so severe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Severity>,
    /// This is one of its reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<CaseReason>,
    /// The entry that it is nearest to is in this bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank: Option<BankName>,
    /// That entry has this label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Its item comes from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceName>,
    /// Its item is in this language; `ar` is `ar-EG`, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// It was reported for this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<ReportCategory>,
    /// This policy chose an action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// A policy names this queue for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
}

impl RouteWhen {
    /// Whether all of it holds.
    pub fn holds(&self, facts: &CaseFacts) -> bool {
        fn is<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> bool {
            wanted.is_none_or(|wanted| found == Some(wanted))
        }
        fn among<T: PartialEq>(wanted: Option<&T>, found: &[T]) -> bool {
            wanted.is_none_or(|wanted| found.contains(wanted))
        }
        let speaks = |wanted: &String| facts.language.as_ref().is_some_and(|found| is_tag(wanted, found));
        self.least.is_none_or(|least| facts.severity >= least)
            && is(self.found_as.as_ref(), Some(&facts.found_as))
            && among(self.reason.as_ref(), &facts.reasons)
            && is(self.bank.as_ref(), facts.bank.as_ref())
            && among(self.label.as_ref(), &facts.labels)
            && is(self.source.as_ref(), Some(&facts.source))
            && self.language.as_ref().is_none_or(speaks)
            && is(self.category.as_ref(), facts.category.as_ref())
            && among(self.policy.as_ref(), &facts.policies)
            && among(self.asked.as_ref(), &facts.asked)
    }
}

/// Whether a tag of a language is another, or begins with it: `ar` is `ar-EG`.
fn is_tag(wanted: &str, found: &str) -> bool {
    let (wanted, found) = (wanted.as_bytes(), found.as_bytes());
    let begins = found.len() >= wanted.len() && found[..wanted.len()].eq_ignore_ascii_case(wanted);
    begins && found.get(wanted.len()).is_none_or(|next| *next == b'-')
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// What must hold.
    pub when: RouteWhen,
    /// Where the case goes then.
    pub to: Queue,
}

/// The rules, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Draft")]
pub struct Routing {
    rules: Vec<Route>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otherwise: Option<Queue>,
}

/// A routing as it is written, not yet looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    rules: Vec<Route>,
    #[serde(default)]
    otherwise: Option<Queue>,
}

impl TryFrom<Draft> for Routing {
    type Error = RoutingError;
    fn try_from(draft: Draft) -> Result<Self, RoutingError> {
        Self::new(draft.rules, draft.otherwise)
    }
}

/// Why rules are no routing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RoutingError {
    /// Too many.
    #[error("there are {0} rules, over the limit of {MOST_ROUTES}; put some together")]
    TooMany(usize),
    /// A rule for every case.
    #[error("rule {0} asks for nothing; say what must hold, or name its queue as the one for all others")]
    NoCondition(usize),
    /// A rule that nothing reaches.
    #[error("rule {later} asks for the same as rule {earlier}, which comes first; remove one of them")]
    Twice {
        /// The first.
        earlier: usize,
        /// The one that nothing reaches.
        later: usize,
    },
    /// Nobody is sent there by a rule.
    #[error("no rule sends a case to second_look: only who could not decide it does; choose another queue")]
    SecondLook,
    /// A case is not found for this queue.
    #[error("rule {0} asks for cases that were found for {1}; choose match, incomplete, reported or policy")]
    FoundAs(usize, Queue),
    /// A text of a condition is too long, empty, or has control characters.
    #[error("rule {0}: {1} has 1 to 64 characters and no hidden ones; correct it")]
    Text(usize, &'static str),
}

impl Routing {
    /// Puts rules in force, in their order; where none holds a case goes to `otherwise`, or stays where it was found.
    ///
    /// # Errors
    /// [`RoutingError`].
    ///
    /// ```
    /// use basira_model::{Queue, Route, RouteWhen, Routing, RoutingError, Severity};
    /// let when = RouteWhen { least: Some(Severity::High), ..RouteWhen::default() };
    /// assert!(Routing::new(vec![Route { when, to: Queue::Escalated }], None).is_ok());
    /// let all = Route { when: RouteWhen::default(), to: Queue::Escalated };
    /// assert_eq!(Routing::new(vec![all], None), Err(RoutingError::NoCondition(1)));
    /// ```
    pub fn new(rules: Vec<Route>, otherwise: Option<Queue>) -> Result<Self, RoutingError> {
        if rules.len() > MOST_ROUTES {
            return Err(RoutingError::TooMany(rules.len()));
        }
        let mut seen: BTreeMap<&RouteWhen, usize> = BTreeMap::new();
        for (number, rule) in (1..).zip(&rules) {
            check(number, rule)?;
            if let Some(earlier) = seen.insert(&rule.when, number) {
                let later = number;
                return Err(RoutingError::Twice { earlier, later });
            }
        }
        if otherwise == Some(Queue::SecondLook) {
            return Err(RoutingError::SecondLook);
        }
        Ok(Self { rules, otherwise })
    }

    /// The rules, in their order.
    pub fn rules(&self) -> &[Route] {
        &self.rules
    }

    /// Where a case goes for which no rule holds; `None` where it stays.
    pub const fn otherwise(&self) -> Option<Queue> {
        self.otherwise
    }

    /// Where a case goes, and by which rule, from 1; `None` by none.
    pub fn route(&self, facts: &CaseFacts) -> (Queue, Option<usize>) {
        let mut rules = (1..).zip(&self.rules);
        match rules.find(|(_, rule)| rule.when.holds(facts)) {
            Some((number, rule)) => (rule.to, Some(number)),
            None => (self.otherwise.unwrap_or(facts.found_as), None),
        }
    }

    /// The queues that it names.
    pub fn queues(&self) -> impl Iterator<Item = Queue> {
        self.rules.iter().map(|rule| rule.to).chain(self.otherwise)
    }
}

fn check(number: usize, rule: &Route) -> Result<(), RoutingError> {
    if rule.when == RouteWhen::default() {
        return Err(RoutingError::NoCondition(number));
    }
    if rule.to == Queue::SecondLook {
        return Err(RoutingError::SecondLook);
    }
    let found_as = [Queue::Match, Queue::Incomplete, Queue::Reported, Queue::Policy];
    if let Some(other) = rule.when.found_as.filter(|queue| !found_as.contains(queue)) {
        return Err(RoutingError::FoundAs(number, other));
    }
    for (name, text) in [
        ("language", &rule.when.language),
        ("policy", &rule.when.policy),
        ("asked", &rule.when.asked),
    ] {
        let fits = |text: &String| {
            (1..=64).contains(&text.chars().count())
                && text
                    .chars()
                    .all(|c| c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ')
        };
        if !text.as_ref().is_none_or(fits) {
            return Err(RoutingError::Text(number, name));
        }
    }
    Ok(())
}
