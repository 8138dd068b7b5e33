//! What the platform shall do: the choices of a form, what it has chosen, and both in words.

use jiff::SignedDuration;
use model::BankId;
use pipeline::policies::Clause;
use pipeline::report::Html;
use policy::{Action, ClauseId, Restriction};
use store::CaseAction;

use super::fields::Fields;
use super::page::Seen;
use crate::problem::Problem;

/// Actions that a person can choose, in the order of the form: the word of the form and of its message.
const CHOICES: [&str; 9] = [
    "remove",
    "restrict_hold",
    "restrict_reach",
    "restrict_region",
    "restrict_age",
    "restrict_interaction",
    "label",
    "preserve",
    "allow",
];

/// The label that `label` puts on an item.
const LABEL: &str = "warning";
/// For how many days `preserve` keeps an item (Regulation (EU) 2021/784, Art. 6(2): six months).
const KEPT: u16 = 183;
/// The longest time that an action may hold, in hours.
const LONGEST: u32 = 10 * 366 * 24;

/// One choice of a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
}

/// What a form offers beside the outcome.
pub(super) struct Choices {
    pub(super) actions: Vec<Choice>,
    pub(super) clauses: Vec<Choice>,
    pub(super) banks: Vec<Choice>,
}

impl Choices {
    pub(super) fn of(seen: &Seen, clauses: &[Clause], banks: &[(BankId, String)]) -> Self {
        let actions = CHOICES.iter().map(|word| Choice {
            value: (*word).to_owned(),
            words: seen.word("action-", word),
        });
        let clauses = clauses.iter().map(|clause| Choice {
            value: clause.id.to_string(),
            words: clause_words(seen, clause),
        });
        let banks = banks.iter().map(|(id, name)| Choice {
            value: id.0.to_string(),
            words: name.clone(),
        });
        Self {
            actions: actions.collect(),
            clauses: clauses.collect(),
            banks: banks.collect(),
        }
    }
}

fn clause_words(seen: &Seen, clause: &Clause) -> String {
    match seen.lang {
        pipeline::report::Lang::En => clause.en.clone(),
        pipeline::report::Lang::Ar => clause.ar.clone(),
    }
}

/// The action that a form has chosen.
pub(super) fn read(seen: &Seen, fields: &Fields, clauses: &[Clause]) -> Result<CaseAction, Problem> {
    let clause: ClauseId = fields.required("clause")?;
    if !clauses.iter().any(|known| known.id == clause) {
        let detail = "the rules have no such clause (any more); open the case again";
        return Err(Problem::field("clause", detail));
    }
    let word: String = fields.required("action")?;
    let restrict = |how| Action::Restrict { how, hours: None };
    let action = match &*word {
        "allow" => Action::Allow {},
        "label" => Action::Label {
            label: LABEL.parse().map_err(Problem::internal)?,
            days: None,
        },
        "preserve" => Action::Preserve { days: KEPT },
        // The name of the clause is that of the notice.
        "remove" => Action::Remove {
            reason: clause.as_str().parse().map_err(Problem::internal)?,
        },
        other => restrict(
            other
                .strip_prefix("restrict_")
                .and_then(|how| how.parse::<Restriction>().ok())
                .ok_or_else(|| Problem::field("action", format!("use one of {}", CHOICES.join(", "))))?,
        ),
    };
    let mut scope = Vec::new();
    for country in fields
        .get("scope")
        .split([' ', ','])
        .filter(|word| !word.is_empty())
    {
        let country = country.to_ascii_uppercase();
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let detail = format!("{country:?} is no country; use two letters, as EG or DE");
            return Err(Problem::field("scope", detail));
        }
        scope.push(country);
    }
    scope.sort_unstable();
    scope.dedup();
    let hours: Option<u32> = fields.optional("hours")?;
    let until = match hours {
        None => None,
        Some(hours @ 1..=LONGEST) => {
            let hours = SignedDuration::from_hours(i64::from(hours));
            Some(seen.now.saturating_add(hours).map_err(Problem::internal)?)
        }
        Some(_) => {
            let detail = format!("use 1 to {LONGEST} hours, or leave it empty");
            return Err(Problem::field("hours", detail));
        }
    };
    Ok(CaseAction {
        action: serde_json::to_string(&action).map_err(Problem::internal)?,
        clause: clause.to_string(),
        scope,
        until,
    })
}

/// An action in words: what, by which clause, where, until when.
pub(super) struct Words {
    pub(super) what: String,
    pub(super) clause: Html,
    pub(super) scope: Html,
    pub(super) until: Option<Html>,
}

pub(super) fn words(seen: &Seen, action: &CaseAction, clauses: &[Clause]) -> Words {
    let word = match serde_json::from_str::<Action>(&action.action) {
        Ok(Action::Restrict { how, .. }) => format!("restrict_{how}"),
        Ok(other) => other.kind().to_string(),
        // It was altered; what it is called is all that is known.
        Err(_) => String::new(),
    };
    let what = match CHOICES.contains(&&*word) {
        true => seen.word("action-", &word),
        false => action.action.clone(),
    };
    let clause = clauses.iter().find(|known| known.id.as_str() == action.clause);
    Words {
        what,
        clause: match clause {
            Some(clause) => Html::foreign(&clause_words(seen, clause)),
            // It was taken out of the rules since.
            None => Html::code(&action.clause),
        },
        scope: match action.scope.is_empty() {
            true => Html::words(&seen.say("scope-everywhere")),
            false => Html::code(&action.scope.join(" ")),
        },
        until: action.until.map(|until| seen.time(&until)),
    }
}

/// Every word that a form may send, for the test of messages.
#[cfg(test)]
pub(super) const WORDS: [&str; 9] = CHOICES;
