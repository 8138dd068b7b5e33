//! The page of a case: what was found and why, what was decided, and the form to decide.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use model::{CaseId, Context, DecisionOutcome, DecisionState, Exemption, ItemId, PersonId, Right};
use pipeline::report::{Html, gap_html, match_html};
use pipeline::wire::FileResult;
use store::{Case, CaseDecision, Member, Person, StoreError};

use super::page::{Answer, Seen, page_with};
use super::{queue, reports};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Groups that a page shows; the others come when these are decided.
const GROUPS: u32 = 20;
/// Members that a page lists.
const MEMBERS: u32 = 200;
/// Matches and gaps of a group that a page shows.
const FINDINGS: usize = 20;

struct Fact {
    name: String,
    value: Html,
}

struct MemberRow {
    receipt: String,
    source: Html,
    arrived: Html,
    joined: String,
    facts: Vec<Fact>,
}

struct DecisionRow {
    id: i64,
    words: String,
    state: String,
    note: Option<Html>,
    who: Html,
    at: Html,
    /// When it takes effect, while it can be undone, for machines.
    until: Option<String>,
    may_undo: bool,
    may_reverse: bool,
}

struct Group {
    number: usize,
    sha256: String,
    short: Html,
    count: String,
    bytes: String,
    /// Matches, then gaps, as items of a list.
    matches: Vec<String>,
    gaps: Vec<String>,
    left_out: bool,
    members: Vec<MemberRow>,
    decision: Option<DecisionRow>,
    is_open: bool,
}

struct Choice {
    value: &'static str,
    words: String,
    about: String,
    /// The key by its position that chooses it.
    key: String,
    number: usize,
}

#[derive(Template)]
#[template(path = "console/case.html")]
struct CasePage {
    seen: Seen,
    title: String,
    row: queue::Row,
    entry: Option<String>,
    groups: Vec<Group>,
    more_groups: bool,
    history: Vec<DecisionRow>,
    others: Vec<queue::Row>,
    reports: reports::OfCase,
    outcomes: Vec<Choice>,
    exemptions: Vec<Choice>,
    may_reveal: bool,
    may_decide: bool,
    /// Whether the reader has the case.
    is_own: bool,
    /// Whether somebody else has it.
    is_held: bool,
    is_decided: bool,
    undo_seconds: u64,
    /// What could not be done just now.
    wrong: Option<Html>,
}

/// All that a page is made of.
struct Loaded {
    case: Case,
    groups: Vec<(model::Sha256, u64, Member)>,
    members: Vec<Member>,
    decisions: Vec<CaseDecision>,
    others: Vec<Case>,
    reports: reports::Loaded,
    people: Vec<Person>,
    more_groups: bool,
}

/// A case, if the reader has the right on it. That it is there for others is not said.
pub(super) async fn find(app: &Arc<App>, seen: &Seen, id: i64, right: Right) -> Result<Case, Problem> {
    let missing = || Problem::not_found("there is no such case");
    let case = app
        .apart(move |app| app.intake.store().case(CaseId(id)))
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::NOT_FOUND => missing(),
            _ => problem,
        })?;
    // Who may see it and not do this is told so.
    if !seen.may_on(Right::SeeCases, &case) {
        return Err(missing());
    }
    if !seen.may_on(right, &case) {
        return Err(Problem::forbidden(format!(
            "on this case this needs the right {right}; ask an administrator for a role that has it"
        )));
    }
    Ok(case)
}

fn load(app: &App, case: Case) -> Result<Loaded, StoreError> {
    let store = app.intake.store();
    let mut found = store.groups(case.id, GROUPS + 1)?;
    let more_groups = found.len() > GROUPS as usize;
    found.truncate(GROUPS as usize);
    let mut groups = Vec::with_capacity(found.len());
    for (sha256, count, first) in found {
        // Items that were forgotten leave no group.
        if let Some(member) = store.members(case.id, ItemId(first.0 - 1), 1)?.pop() {
            groups.push((sha256, count, member));
        }
    }
    let others = match case.entry {
        Some(entry) => store.cases_of_entry(entry, case.id)?,
        None => Vec::new(),
    };
    Ok(Loaded {
        groups,
        members: store.members(case.id, ItemId(0), MEMBERS)?,
        decisions: store.decisions(case.id)?,
        others,
        reports: reports::load(store, case.id)?,
        people: store.people()?,
        more_groups,
        case,
    })
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    show_with(&app, seen, id, None).await
}

/// The page, with what could not be done just now.
pub(super) async fn show_with(app: &Arc<App>, seen: Seen, id: i64, wrong: Option<&Problem>) -> Answer {
    let case = find(app, &seen, id, Right::SeeCases).await?;
    let loaded = app.apart(move |app| load(app, case)).await?;
    let status = wrong.map_or(StatusCode::OK, Problem::status);
    let wrong = wrong.map(|problem| Html::foreign(problem.detail()));
    let undo_seconds = app.settings.undo.as_secs();
    page_with(status, &view(seen, &loaded, wrong, undo_seconds))
}

fn view(seen: Seen, loaded: &Loaded, wrong: Option<Html>, undo_seconds: u64) -> CasePage {
    let Loaded { case, people, .. } = loaded;
    let names: HashMap<PersonId, &str> = people
        .iter()
        .map(|person| (person.id, person.name.as_str()))
        .collect();
    let decisions: Vec<DecisionRow> = loaded
        .decisions
        .iter()
        .map(|decision| decision_row(&seen, case, decision, &names))
        .collect();
    let by_id: HashMap<_, _> = loaded
        .decisions
        .iter()
        .map(|decision| (decision.id, decision))
        .collect();
    let groups = loaded
        .groups
        .iter()
        .enumerate()
        .map(|(number, (sha256, count, first))| {
            let members = loaded
                .members
                .iter()
                .filter(|member| member.item.sha256 == *sha256);
            let decision = first.decision.and_then(|id| by_id.get(&id));
            let (matches, gaps, left_out) = findings(&seen, first);
            Group {
                number: number + 1,
                sha256: sha256.to_string(),
                short: Html::code(&sha256.to_string()[..16]),
                count: seen.count("members", *count),
                bytes: seen.count("bytes", first.item.size),
                matches,
                gaps,
                left_out,
                members: members.map(|member| member_row(&seen, case, member)).collect(),
                decision: decision.map(|decision| decision_row(&seen, case, decision, &names)),
                is_open: first.decision.is_none(),
            }
        });
    let groups = groups.collect();
    let choice = |family: &str, number: usize, value: &'static str, about: String| Choice {
        value,
        words: seen.word(family, value),
        about,
        key: format!("Digit{}", number + 1),
        number: number + 1,
    };
    let outcomes = DecisionOutcome::ALL.iter().enumerate();
    let outcomes =
        outcomes.map(|(number, it)| choice("outcome-", number, it.name(), seen.word("about-", it.name())));
    let exemptions = Exemption::ALL.iter().enumerate();
    let exemptions = exemptions.map(|(number, it)| choice("exemption-", number, it.name(), String::new()));
    let holder = case.holder(seen.now);
    let own = seen.person().ok();
    let others = loaded
        .others
        .iter()
        .filter(|case| seen.may_on(Right::SeeCases, case));
    let name = |person: PersonId| names.get(&person).copied().unwrap_or_default().to_owned();
    CasePage {
        reports: reports::of_case(&seen, case, &loaded.reports, name),
        title: seen.count("case", case.id.0),
        row: queue::row(&seen, case),
        entry: case.entry.map(|entry| seen.count("entry", entry.0)),
        groups,
        more_groups: loaded.more_groups,
        history: decisions,
        others: others.map(|case| queue::row(&seen, case)).collect(),
        outcomes: outcomes.collect(),
        exemptions: exemptions.collect(),
        may_reveal: seen.may_on(Right::Reveal, case),
        may_decide: seen.may_on(Right::Decide, case),
        is_own: holder.is_some() && holder == own,
        is_held: holder.is_some() && holder != own,
        is_decided: case.state == model::CaseState::Decided,
        undo_seconds,
        wrong,
        seen,
    }
}

fn decision_row(
    seen: &Seen,
    case: &Case,
    decision: &CaseDecision,
    names: &HashMap<PersonId, &str>,
) -> DecisionRow {
    let mut words = seen.word("outcome-", decision.ruling.outcome().name());
    if let Some(exemption) = decision.ruling.exemption() {
        words = format!("{words}: {}", seen.word("exemption-", exemption.name()));
    }
    if let Some(other) = decision.ruling.duplicate_of() {
        words = format!("{words}: {}", seen.count("case", other.0));
    }
    let is_draft = decision.state == DecisionState::Draft;
    let is_own = seen.person().ok() == Some(decision.person);
    let may_reverse = seen.may_on(Right::Reverse, case);
    DecisionRow {
        id: decision.id.0,
        words,
        state: seen.word("decision-state-", decision.state.name()),
        note: decision
            .note
            .as_deref()
            .filter(|_| seen.may_on(Right::SeeContext, case))
            .map(Html::foreign),
        who: Html::foreign(names.get(&decision.person).copied().unwrap_or_default()),
        at: seen.time(&decision.decided_at),
        until: is_draft.then(|| decision.settles_at.to_string()),
        may_undo: is_draft && seen.may_on(Right::Decide, case) && (is_own || may_reverse),
        may_reverse: decision.state == DecisionState::Effective && may_reverse,
    }
}

/// What was found in a group, in words: matches, gaps, and whether some are left out.
fn findings(seen: &Seen, first: &Member) -> (Vec<String>, Vec<String>, bool) {
    let result = first.item.result.as_deref().unwrap_or_default();
    // A result that does not parse shows nothing, and the group can still be decided.
    let Ok(result) = serde_json::from_str::<FileResult>(result) else {
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

fn member_row(seen: &Seen, case: &Case, member: &Member) -> MemberRow {
    let item = &member.item;
    let mut facts = Vec::new();
    if seen.may_on(Right::SeeContext, case) {
        let Context {
            author,
            url,
            language,
            visibility,
            thread,
            jurisdictions,
        } = &item.context;
        let countries = (!jurisdictions.is_empty()).then(|| jurisdictions.join(" "));
        for (name, value) in [
            (seen.say("fact-external"), item.external_id.as_deref()),
            (seen.say("fact-url"), url.as_deref()),
            (seen.say("fact-author"), author.as_deref()),
            (seen.say("fact-thread"), thread.as_deref()),
            (seen.say("fact-language"), language.as_deref()),
            (seen.say("fact-visibility"), visibility.map(|it| it.name())),
            (seen.say("fact-countries"), countries.as_deref()),
        ] {
            if let Some(value) = value {
                let value = Html::foreign(value);
                facts.push(Fact { name, value });
            }
        }
    }
    MemberRow {
        receipt: item.receipt.to_string(),
        source: Html::foreign(item.source.as_str()),
        arrived: seen.time(&item.received_at),
        joined: seen.word("joined-", member.joined.name()),
        facts,
    }
}
