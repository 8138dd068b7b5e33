//! The page of a case: what was found and why, what was decided and what became of it, and the forms to decide.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use model::{DecisionId, DecisionOutcome, Exemption, ItemId, Right};
use pipeline::report::Html;
use serde::Deserialize;
use store::{Group as Same, Member};

use super::action::Choices;
use super::case_load::{Loaded, find, is_sealed, load};
use super::case_rows::{Around, DecisionRow, MemberRow, findings, method};
use super::page::{Answer, Seen, page_with};
use super::{queue, reports, two};
use crate::app::App;
use crate::extract::{Path, Query};
use crate::problem::Problem;

struct Group {
    number: usize,
    sha256: String,
    short: Html,
    count: String,
    bytes: String,
    likeness: String,
    surroundings: Option<Html>,
    /// Matches, then gaps, as items of a list.
    matches: Vec<String>,
    gaps: Vec<String>,
    left_out: bool,
    members: Vec<MemberRow>,
    decision: Option<DecisionRow>,
    /// What was decided of it by a personal key, and by whom.
    ruled: Option<(String, Html)>,
    /// Whether a policy has it shown to nobody.
    is_hidden: bool,
    is_open: bool,
    /// What policies say of it, in paragraphs.
    trace: Vec<Vec<Html>>,
}

/// A group that is listed, to be confirmed with others.
struct Copy {
    first: i64,
    short: Html,
    source: Html,
    method: Html,
    count: String,
}

struct Kind {
    number: usize,
    likeness: String,
    surroundings: Option<Html>,
    /// The decision that can be confirmed.
    decision: Option<i64>,
    confirms: String,
    copies: Vec<Copy>,
    count: String,
    /// Whether it needs a second person.
    is_bulk: bool,
}

struct Choice {
    value: &'static str,
    words: String,
    about: String,
    /// The key by its position that chooses it.
    key: String,
    number: usize,
}

struct Colleague {
    id: i64,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console/case.html")]
struct CasePage {
    seen: Seen,
    title: String,
    row: queue::Row,
    entry: Option<String>,
    /// Which rule has sent it to its queue.
    routed: Option<String>,
    groups: Vec<Group>,
    kinds: Vec<Kind>,
    more_groups: bool,
    history: Vec<DecisionRow>,
    others: Vec<queue::Row>,
    reports: reports::OfCase,
    outcomes: Vec<Choice>,
    exemptions: Vec<Choice>,
    choices: Choices,
    colleagues: Vec<Colleague>,
    may_reveal: bool,
    may_decide: bool,
    /// Whether the reader has the case.
    is_own: bool,
    /// Whether somebody else has it.
    is_held: bool,
    is_decided: bool,
    is_sealed: bool,
    is_put_off: bool,
    is_escalated: bool,
    may_purge: bool,
    /// What stands against purging it.
    purge_block: Option<String>,
    undo_seconds: u64,
    /// What could not be done just now.
    wrong: Option<Html>,
}

/// Which group is to be shown in full in any case, by its first item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    item: Option<i64>,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Answer {
    render(&app, seen, id, asked.item.map(ItemId), None).await
}

/// The page, with what could not be done just now.
pub(super) async fn show_with(app: &Arc<App>, seen: Seen, id: i64, wrong: Option<&Problem>) -> Answer {
    render(app, seen, id, None, wrong).await
}

async fn render(
    app: &Arc<App>,
    seen: Seen,
    id: i64,
    wanted: Option<ItemId>,
    wrong: Option<&Problem>,
) -> Answer {
    let case = find(app, &seen, id, Right::SeeCases).await?;
    let reader = seen.clone();
    let loaded = app.apart(move |app| load(app, case, wanted, &reader)).await?;
    let status = wrong.map_or(StatusCode::OK, Problem::status);
    let wrong = wrong.map(|problem| Html::foreign(problem.detail()));
    page_with(status, &view(app, seen, &loaded, wrong))
}

fn view(app: &App, seen: Seen, loaded: &Loaded, wrong: Option<Html>) -> CasePage {
    let Loaded { case, people, .. } = loaded;
    let around = Around {
        seen: &seen,
        case,
        names: people
            .iter()
            .map(|person| (person.id, person.name.as_str()))
            .collect(),
        clauses: &loaded.clauses,
        told: &loaded.told,
        confirmed: &loaded.confirmed,
        duties: [
            app.settings.child_duty.as_deref(),
            app.settings.life_contacts.as_deref(),
        ],
    };
    let shown: HashSet<DecisionId> = loaded
        .arranged
        .full
        .iter()
        .filter_map(|group| group.decision)
        .collect();
    let history = loaded
        .decisions
        .iter()
        .filter(|decision| !shown.contains(&decision.id));
    let history = history.map(|decision| around.decision(decision)).collect();
    let by_id: HashMap<_, _> = loaded
        .decisions
        .iter()
        .map(|decision| (decision.id, decision))
        .collect();
    let full = loaded.arranged.full.iter().enumerate();
    let groups = full.filter_map(|(number, group)| {
        let members = loaded.members.get(&group.first)?;
        let decision = group.decision.and_then(|id| by_id.get(&id));
        let decision = decision.map(|decision| around.decision(decision));
        full_group(&around, loaded, number + 1, group, members, decision)
    });
    let groups = groups.collect();
    let kinds = loaded.arranged.kinds.iter().enumerate();
    let kinds = kinds
        .map(|(number, kind)| listed(&seen, loaded, number + 1, kind))
        .collect();
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
    let may_decide = seen.may_on(Right::Decide, case);
    let able = people.iter().filter(|person| {
        let mut grants = person.grants.iter();
        person.disabled_at.is_none()
            && grants.any(|grant| grant.gives_on(Right::Decide, case.queue, case.severity))
    });
    let colleagues = able.filter(|_| may_decide).map(|person| Colleague {
        id: person.id.0,
        name: plain(person.name.as_str()),
        is_chosen: case.assignee == Some(person.id),
    });
    let name = |person: model::PersonId| {
        let known = people.iter().find(|known| known.id == person);
        known.map_or_else(String::new, |known| known.name.to_string())
    };
    CasePage {
        reports: reports::of_case(&seen, case, &loaded.reports, name),
        title: seen.count("case", case.id.0),
        row: queue::row(&seen, case, people),
        entry: case.entry.map(|entry| seen.count("entry", entry.0)),
        routed: case.routed.map(|(version, rule)| {
            let (rule, version) = (
                seen.count("routed-rule", rule),
                seen.count("routed-version", version),
            );
            format!("{rule} {version}")
        }),
        groups,
        kinds,
        more_groups: loaded.more_groups,
        history,
        others: others.map(|case| queue::row(&seen, case, people)).collect(),
        outcomes: outcomes.collect(),
        exemptions: exemptions.collect(),
        choices: Choices::of(&seen, &loaded.clauses, &loaded.banks),
        colleagues: colleagues.collect(),
        may_reveal: seen.may_on(Right::Reveal, case),
        may_decide,
        is_own: holder.is_some() && holder == own,
        is_held: holder.is_some() && holder != own,
        is_decided: case.state == model::CaseState::Decided,
        is_sealed: is_sealed(&loaded.decisions),
        is_put_off: case.held.as_ref().is_some_and(|(until, _)| *until > seen.now),
        is_escalated: case.queue == model::Queue::Escalated,
        may_purge: seen.may_on(Right::Purge, case),
        purge_block: loaded.purge_block.map(|block| two::block_words(&seen, block)),
        undo_seconds: app.settings.undo.as_secs(),
        wrong,
        seen,
    }
}

/// A name where no markup can be, as in a list to choose from: hidden characters as their numbers.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ' {
            plain.push(c);
        } else {
            plain.push_str(&format!("[U+{:04X}]", u32::from(c)));
        }
    }
    plain
}

fn full_group(
    around: &Around<'_>,
    loaded: &Loaded,
    number: usize,
    group: &Same,
    members: &[Member],
    decision: Option<DecisionRow>,
) -> Option<Group> {
    let seen = around.seen;
    let first = members.first()?;
    let (matches, gaps, left_out) = findings(seen, first);
    let trace = loaded.traces.get(&group.first).into_iter().flatten();
    Some(Group {
        number,
        sha256: group.sha256.to_string(),
        short: Html::code(&group.sha256.to_string()[..16]),
        count: seen.count("members", group.members),
        bytes: seen.count("bytes", first.item.size),
        likeness: seen.word("likeness-", group.alike.likeness.name()),
        surroundings: group
            .alike
            .surroundings
            .as_deref()
            .map(|label| surroundings(seen, label)),
        matches,
        gaps,
        left_out,
        members: members
            .iter()
            .map(|member| around.member(member, &loaded.deliveries))
            .collect(),
        decision,
        ruled: loaded.ruled.get(&group.first).map(|it| {
            let outcome = seen.word("outcome-", it.ruling.outcome().name());
            (outcome, Html::foreign(&it.person))
        }),
        is_hidden: loaded.hidden.contains(&group.first),
        is_open: group.decision.is_none(),
        trace: trace
            .map(|lines| lines.iter().map(|line| Html::foreign(line)).collect())
            .collect(),
    })
}

/// The label of a text that something stands among. Readers of texts may know more of them than this page.
fn surroundings(seen: &Seen, label: &str) -> Html {
    match label {
        "reporting" | "mixed" | "unclear" => Html::words(&seen.word("context-", label)),
        other => Html::foreign(other),
    }
}

fn listed(seen: &Seen, loaded: &Loaded, number: usize, kind: &super::copies::Kind) -> Kind {
    let copies = kind.open.iter().filter_map(|group| {
        let first = loaded.members.get(&group.first)?.first()?;
        Some(Copy {
            first: group.first.0,
            short: Html::code(&group.sha256.to_string()[..12]),
            source: Html::foreign(first.item.source.as_str()),
            method: method(first),
            count: seen.count("members", group.members),
        })
    });
    let items: u64 = kind.open.iter().map(|group| group.members).sum();
    Kind {
        number,
        likeness: seen.word("likeness-", kind.likeness.name()),
        surroundings: kind
            .surroundings
            .as_deref()
            .map(|label| surroundings(seen, label)),
        decision: kind.decision.map(|decision| decision.0),
        confirms: kind
            .decision
            .map_or_else(String::new, |decision| seen.count("confirms", decision.0)),
        copies: copies.collect(),
        count: seen.count("members", items),
        is_bulk: items >= store::BULK as u64,
    }
}
