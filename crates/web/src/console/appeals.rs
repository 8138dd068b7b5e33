//! Appeals: those that wait, one of them with its form, and deciding it. Who has made a decision does not decide the appeal
//! against it; the store refuses that, whatever a page shows.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use model::{AppealId, AppealRuling, AppealState, PersonId, Right};
use pipeline::report::Html;
use store::{Appeal, Appeals, Case, CaseDecision, StoreError};

use super::case_load;
use super::fields::Fields;
use super::page::{Answer, Seen, page, page_with, see_other};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Appeals of one page.
const MOST: u32 = 100;
/// The longest answer to an author, in bytes.
const ANSWER: usize = 4_000;

/// An appeal as it is listed.
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) case: i64,
    pub(super) state: String,
    pub(super) is_open: bool,
    pub(super) at: Html,
    pub(super) age: String,
    /// Why, for whoever may read what strangers write.
    pub(super) words: Option<Html>,
    pub(super) answer: Option<Html>,
    /// Who has decided it, and when.
    pub(super) decided: Option<(Html, Html)>,
}

#[derive(Template)]
#[template(path = "console/appeals.html")]
struct AppealsPage {
    seen: Seen,
    title: String,
    rows: Vec<Row>,
    is_full: bool,
}

struct Choice {
    value: &'static str,
    words: String,
    about: String,
}

#[derive(Template)]
#[template(path = "console/appeal.html")]
struct AppealPage {
    seen: Seen,
    title: String,
    row: Row,
    /// What was decided, and when; not by whom.
    outcome: String,
    decided_at: Html,
    note: Option<Html>,
    choices: Vec<Choice>,
    may_decide: bool,
    /// Whether the reader has made the decision that the appeal is about.
    is_own: bool,
    wrong: Option<Html>,
}

/// An appeal as it is listed, on a case that the reader may see.
pub(super) fn row(seen: &Seen, case: &Case, appeal: &Appeal, name: impl Fn(PersonId) -> String) -> Row {
    let may_read = seen.may_on(Right::SeeContext, case);
    let decided = appeal.person.zip(appeal.decided_at);
    Row {
        id: appeal.id.0,
        case: appeal.case.0,
        state: seen.word("appeal-state-", appeal.state.name()),
        is_open: appeal.state == AppealState::Open,
        at: seen.time(&appeal.received_at),
        age: seen.age(&appeal.received_at),
        words: may_read.then(|| Html::lines(&appeal.words)),
        answer: appeal.answer.as_deref().filter(|_| may_read).map(Html::lines),
        decided: decided.map(|(person, at)| (Html::foreign(&name(person)), seen.time(&at))),
    }
}

/// The names of people, by their numbers.
fn names(app: &App) -> Result<HashMap<PersonId, String>, StoreError> {
    let people = app.intake.store().people()?.into_iter();
    Ok(people
        .map(|person| (person.id, person.name.to_string()))
        .collect())
}

/// Appeals that nobody has decided, the oldest first, of cases that the reader may see.
pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let found = app
        .apart(|app| {
            let store = app.intake.store();
            let open = store.appeals(&Appeals::Open, None, MOST)?;
            let with_case = open
                .into_iter()
                .map(|appeal| Ok((store.case(appeal.case)?, appeal)));
            with_case.collect::<Result<Vec<_>, StoreError>>()
        })
        .await?;
    let is_full = found.len() >= MOST as usize;
    let rows = found
        .iter()
        .filter(|(case, _)| seen.may_on(Right::SeeCases, case))
        .map(|(case, appeal)| row(&seen, case, appeal, |_| String::new()));
    page(&AppealsPage {
        title: seen.say("appeals"),
        rows: rows.collect(),
        is_full,
        seen,
    })
}

/// An appeal with its case, if the reader has the right on that. That it is there for others is not said.
async fn find(app: &Arc<App>, seen: &Seen, id: i64, right: Right) -> Result<(Appeal, Case), Problem> {
    let missing = || Problem::not_found("there is no such appeal");
    let of_missing = |problem: Problem| match problem.status() {
        StatusCode::NOT_FOUND => missing(),
        _ => problem,
    };
    let appeal = app
        .apart(move |app| app.intake.store().appeal_by_id(AppealId(id)))
        .await
        .map_err(of_missing)?;
    let case = case_load::find(app, seen, appeal.case.0, right)
        .await
        .map_err(of_missing)?;
    Ok((appeal, case))
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    show_with(&app, seen, id, None).await
}

/// The page, with what could not be done just now.
async fn show_with(app: &Arc<App>, seen: Seen, id: i64, wrong: Option<&Problem>) -> Answer {
    let (appeal, case) = find(app, &seen, id, Right::SeeCases).await?;
    let about = appeal.decision;
    let (decision, names) = app
        .apart(move |app| Ok::<_, StoreError>((app.intake.store().case_decision(about)?, names(app)?)))
        .await?;
    let status = wrong.map_or(StatusCode::OK, Problem::status);
    let wrong = wrong.map(|problem| Html::foreign(problem.detail()));
    page_with(status, &view(seen, &case, &appeal, &decision, &names, wrong))
}

fn view(
    seen: Seen,
    case: &Case,
    appeal: &Appeal,
    decision: &CaseDecision,
    names: &HashMap<PersonId, String>,
    wrong: Option<Html>,
) -> AppealPage {
    let name = |person: PersonId| names.get(&person).cloned().unwrap_or_default();
    let is_own = seen.person().ok() == Some(decision.person);
    let may_read = seen.may_on(Right::SeeContext, case);
    let choices = AppealRuling::ALL.iter().map(|ruling| Choice {
        value: ruling.name(),
        words: seen.word("appeal-ruling-", ruling.name()),
        about: seen.word("appeal-about-", ruling.name()),
    });
    AppealPage {
        title: seen.count("appeal", appeal.id.0),
        row: row(&seen, case, appeal, name),
        outcome: seen.word("outcome-", decision.ruling.outcome().name()),
        decided_at: seen.time(&decision.decided_at),
        note: decision.note.as_deref().filter(|_| may_read).map(Html::foreign),
        choices: choices.collect(),
        may_decide: seen.may_on(Right::Reverse, case) && appeal.state == AppealState::Open,
        is_own,
        wrong,
        seen,
    }
}

/// Decides an appeal.
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    find(&app, &seen, id, Right::Reverse).await?;
    let decided = decide_it(&app, &seen, id, &fields).await;
    // The platform may have been told.
    app.intake.outbox().ring();
    match decided {
        Ok(_) => Ok(see_other(&format!("/console/appeals/{id}"))),
        Err(problem) => show_with(&app, seen, id, Some(&problem)).await,
    }
}

async fn decide_it(app: &Arc<App>, seen: &Seen, id: i64, fields: &Fields) -> Result<Appeal, Problem> {
    let ruling: AppealRuling = fields.required("ruling")?;
    let answer = fields.text("answer", ANSWER)?;
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| {
        let store = app.intake.store();
        store.decide_appeal(AppealId(id), person, ruling, answer.as_deref(), now)
    })
    .await
}
