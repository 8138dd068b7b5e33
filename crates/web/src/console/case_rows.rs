//! The pieces of a case's page: a decision, an item, what was found in it.

use std::collections::HashMap;

use model::{DecisionId, DecisionState, PersonId, Right};
use pipeline::policies::Clause;
use pipeline::report::{Html, gap_html, match_html};
use pipeline::wire::FileResult;
use store::{Case, CaseAction, CaseDecision, Member, Told};

use super::action::{self, Words};
use super::facts::{Fact, of_context, said};
use super::page::Seen;
use super::told::{self, ByItem, Line};

/// Matches and gaps of a group that a page shows.
const FINDINGS: usize = 20;

pub(super) struct MemberRow {
    pub(super) receipt: String,
    pub(super) source: Html,
    pub(super) arrived: Html,
    pub(super) joined: String,
    pub(super) facts: Vec<Fact>,
    pub(super) told: Vec<Line>,
}

pub(super) struct DecisionRow {
    pub(super) id: i64,
    pub(super) words: String,
    pub(super) state: String,
    pub(super) note: Option<Html>,
    pub(super) who: Html,
    pub(super) at: Html,
    /// When it takes effect, while it can be undone, for machines.
    pub(super) until: Option<String>,
    pub(super) may_undo: bool,
    pub(super) may_reverse: bool,
    pub(super) action: Option<Words>,
    /// How far what was told of it has come.
    pub(super) told: Vec<Line>,
    /// Who has said so too.
    pub(super) seconded: Option<Html>,
    pub(super) waits_for_second: bool,
    pub(super) may_second: bool,
    /// What became of the content in a bank.
    pub(super) banked: Option<String>,
    pub(super) may_confirm_entry: bool,
    /// What the outcome asks of people, beside the platform.
    pub(super) duty: Option<String>,
}

/// What the pieces of a page need to know.
pub(super) struct Around<'a> {
    pub(super) seen: &'a Seen,
    pub(super) case: &'a Case,
    pub(super) names: HashMap<PersonId, &'a str>,
    pub(super) clauses: &'a [Clause],
    pub(super) told: &'a HashMap<DecisionId, (Vec<Told>, u64)>,
    /// Entries that decisions have made, and whether somebody has confirmed them.
    pub(super) confirmed: &'a HashMap<DecisionId, bool>,
    /// What the operator has people do: of a suspected abuse of a child, and of a threat to life.
    pub(super) duties: [Option<&'a str>; 2],
}

impl Around<'_> {
    fn name(&self, person: PersonId) -> Html {
        Html::foreign(self.names.get(&person).copied().unwrap_or_default())
    }

    pub(super) fn decision(&self, decision: &CaseDecision) -> DecisionRow {
        let (seen, case) = (self.seen, self.case);
        let outcome = decision.ruling.outcome();
        let mut words = seen.word("outcome-", outcome.name());
        if let Some(exemption) = decision.ruling.exemption() {
            words = format!("{words}: {}", seen.word("exemption-", exemption.name()));
        }
        if let Some(other) = decision.ruling.duplicate_of() {
            words = format!("{words}: {}", seen.count("case", other.0));
        }
        if let Some(confirmed) = decision.confirms {
            words = format!("{words} · {}", seen.count("confirms", confirmed.0));
        }
        let is_draft = decision.state == DecisionState::Draft;
        let is_effective = decision.state == DecisionState::Effective;
        let own = seen.person().ok();
        let is_own = own == Some(decision.person);
        let may_decide = seen.may_on(Right::Decide, case);
        let may_reverse = seen.may_on(Right::Reverse, case);
        let waits_for_second = is_draft && decision.waits_for_second();
        let asks = decision.action.as_ref().is_some_and(CaseAction::asks);
        let told = self.told.get(&decision.id);
        let is_confirmed = self.confirmed.get(&decision.id).copied();
        DecisionRow {
            id: decision.id.0,
            words,
            state: seen.word("decision-state-", decision.state.name()),
            note: decision
                .note
                .as_deref()
                .filter(|_| seen.may_on(Right::SeeContext, case))
                .map(Html::foreign),
            who: self.name(decision.person),
            at: seen.time(&decision.decided_at),
            until: is_draft.then(|| decision.settles_at.to_string()),
            may_undo: is_draft && may_decide && (is_own || may_reverse),
            may_reverse: is_effective && may_reverse,
            action: decision
                .action
                .as_ref()
                .map(|it| action::words(seen, it, self.clauses)),
            told: told.map_or_else(Vec::new, |(told, untold)| {
                told::sums(seen, told, if is_effective { *untold } else { 0 }, asks)
            }),
            seconded: decision.seconded_by.map(|person| self.name(person)),
            waits_for_second,
            may_second: waits_for_second && may_decide && !is_own,
            banked: decision.bank.map(|_| match (decision.entry, is_confirmed) {
                (None, _) => seen.say("bank-to-come"),
                (Some(entry), Some(true)) => seen.count("bank-confirmed", entry.0),
                (Some(entry), _) => seen.count("bank-shadow", entry.0),
            }),
            may_confirm_entry: is_effective
                && is_confirmed == Some(false)
                && !is_own
                && seen.may_on(Right::Curate, case),
            duty: self.duty(decision),
        }
    }

    fn duty(&self, decision: &CaseDecision) -> Option<String> {
        let outcome = decision.ruling.outcome();
        let stands = matches!(decision.state, DecisionState::Draft | DecisionState::Effective);
        let [child, life] = self.duties.map(|own| own.map(str::to_owned));
        // What the operator has written is for this place; without it the page says what holds everywhere.
        match (outcome.seals(), outcome.needs_two()) {
            _ if !stands => None,
            (true, _) => Some(child.unwrap_or_else(|| self.seen.say("duty-child"))),
            (_, true) => Some(life.unwrap_or_else(|| self.seen.say("duty-life"))),
            _ => None,
        }
    }

    pub(super) fn member(&self, member: &Member, told: &ByItem) -> MemberRow {
        let (seen, item) = (self.seen, &member.item);
        let facts = match seen.may_on(Right::SeeContext, self.case) {
            true => said(of_context(seen, item)),
            false => Vec::new(),
        };
        let told = told.get(&item.receipt).into_iter().flatten();
        MemberRow {
            receipt: item.receipt.to_string(),
            source: Html::foreign(item.source.as_str()),
            arrived: seen.time(&item.received_at),
            joined: seen.word("joined-", member.joined.name()),
            facts,
            told: told.map(|delivery| told::line(seen, delivery)).collect(),
        }
    }
}

/// What was found in a group, in words: matches, gaps, and whether some are left out.
pub(super) fn findings(seen: &Seen, first: &Member) -> (Vec<String>, Vec<String>, bool) {
    // A result that does not parse shows nothing, and the group can still be decided.
    let Some(result) = result(first) else {
        return (Vec::new(), Vec::new(), true);
    };
    let matches = result.matches.iter().take(FINDINGS);
    let matches = matches
        .map(|found| match_html(seen.lang, found, None).to_string())
        .collect();
    let gaps = result.gaps().take(FINDINGS);
    let gaps = gaps.map(|gap| gap_html(seen.lang, &gap).to_string()).collect();
    let left_out = result.matches.len() > FINDINGS || result.incomplete.len() > FINDINGS;
    (matches, gaps, left_out)
}

fn result(first: &Member) -> Option<FileResult> {
    serde_json::from_str(first.item.result.as_deref()?).ok()
}

/// How a group that is only listed was found, to be replayed.
pub(super) fn method(first: &Member) -> Html {
    let result = result(first);
    let best = result.as_ref().and_then(|result| result.matches.first());
    best.map_or_else(Html::default, |best| Html::code(&best.method.to_string()))
}
