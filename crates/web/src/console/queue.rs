//! The queue: which cases wait, and why in this order.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{CaseState, Queue, Right, Severity};
use pipeline::report::Html;
use serde::Deserialize;
use store::{Case, CaseFilter, Person, StoreError};

use super::care;
use super::page::{Answer, Seen, page};
use super::people::name_of;
use super::sheet::{Cell, Sheet};
use crate::app::App;
use crate::extract::Query;

/// Cases of one page.
const MOST: u32 = 100;
/// Cases of a file.
const MOST_IN_FILE: u32 = 1_000;

/// The word of a filter for open cases that are put off.
const PUT_OFF: &str = "put_off";

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    queue: String,
    least: String,
    state: String,
    /// `mine` for the cases that are the reader's work.
    whose: String,
}

pub(super) struct Choice {
    value: String,
    words: String,
    is_chosen: bool,
}

pub(super) struct Row {
    pub(super) id: i64,
    pub(super) severity: String,
    pub(super) severity_name: &'static str,
    pub(super) queue: String,
    pub(super) reasons: String,
    pub(super) members: String,
    pub(super) age: String,
    /// That somebody works on it, in words.
    pub(super) held: Option<String>,
    /// When it must be decided, in words.
    pub(super) due: Option<String>,
    /// Whose work it is.
    pub(super) assignee: Option<Html>,
    /// Until when it is put off, and why.
    pub(super) put_off: Option<(Html, Html)>,
}

#[derive(Template)]
#[template(path = "console/queue.html")]
struct QueuePage {
    seen: Seen,
    title: String,
    queues: Vec<Choice>,
    severities: Vec<Choice>,
    states: Vec<Choice>,
    is_mine: bool,
    rows: Vec<Row>,
    is_full: bool,
}

/// A case as a row of a list.
pub(super) fn row(seen: &Seen, case: &Case, people: &[Person]) -> Row {
    let reasons = case
        .reasons
        .iter()
        .map(|reason| seen.word("reason-", reason.name()));
    let own = seen.person().ok();
    Row {
        id: case.id.0,
        severity: seen.word("severity-", case.severity.name()),
        severity_name: case.severity.name(),
        queue: seen.queue(case.queue),
        reasons: reasons.collect::<Vec<_>>().join(&seen.say("list-separator")),
        members: seen.count("members", case.members),
        age: seen.age(&case.opened_at),
        held: case.holder(seen.now).map(|holder| match Some(holder) == own {
            true => seen.say("held-by-you"),
            false => seen.say("held"),
        }),
        due: case
            .due_at
            .filter(|_| case.state == CaseState::Open)
            .map(|due| due_in(seen, due)),
        assignee: case.assignee.map(|assignee| name_of(people, assignee)),
        put_off: case
            .held
            .as_ref()
            .map(|(until, why)| (seen.time(until), Html::foreign(why))),
    }
}

/// How long until something must be decided, or that its time has passed.
fn due_in(seen: &Seen, due: jiff::Timestamp) -> String {
    match due.duration_since(seen.now).as_mins() {
        minutes @ 0.. => seen.count("due-in", minutes),
        _ => seen.say("due-passed"),
    }
}

/// The cases of the queues that the reader sees, as a file.
pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let filter = CaseFilter {
        state: asked.state.parse().unwrap_or(CaseState::Open),
        queues: seen.queues_of(Right::SeeCases),
        least: Severity::Low,
        assignee: None,
        held: false,
        now: seen.now,
    };
    let cases = app
        .apart(move |app| app.intake.store().cases(&filter, MOST_IN_FILE))
        .await?;
    let rows = cases.iter().map(|case| {
        let reasons: Vec<&str> = case.reasons.iter().map(|reason| reason.name()).collect();
        vec![
            Cell::number(&seen, case.id.0.unsigned_abs()),
            Cell::word(case.queue.name()),
            Cell::word(case.severity.name()),
            Cell::word(&reasons.join(" ")),
            Cell::number(&seen, case.members),
            Cell::time(&seen, case.opened_at),
        ]
    });
    let sheet = Sheet {
        name: "queue",
        title: seen.say("queue"),
        about: String::new(),
        head: vec![
            seen.say("number"),
            seen.say("queue"),
            seen.say("severity"),
            seen.say("why"),
            seen.say("items"),
            seen.say("created"),
        ],
        rows: rows.collect(),
        chart: None,
        csv: String::new(),
        empty: String::new(),
    };
    Ok(sheet.download())
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let allowed = seen.queues_of(Right::SeeCases);
    // What is no word of ours is as if it were not asked for.
    let queue: Option<Queue> = asked.queue.parse().ok();
    let least: Option<Severity> = asked.least.parse().ok();
    let is_put_off = asked.state == PUT_OFF;
    let state: CaseState = asked.state.parse().unwrap_or(CaseState::Open);
    let is_mine = asked.whose == "mine";
    let filter = CaseFilter {
        state,
        queues: allowed
            .iter()
            .filter(|(allowed, _)| queue.is_none_or(|queue| queue == *allowed))
            .copied()
            .collect(),
        least: least.unwrap_or(Severity::Low),
        assignee: is_mine.then(|| seen.person()).transpose()?,
        held: is_put_off,
        now: seen.now,
    };
    let person = seen.person()?;
    let (cases, people) = app
        .apart(move |app| -> Result<_, StoreError> {
            let store = app.intake.store();
            let labels = store.opt_outs(person)?;
            let mut cases = Vec::new();
            for case in store.cases(&filter, MOST)? {
                if !care::is_opted_out(store, &labels, &case)? {
                    cases.push(case);
                }
            }
            Ok((cases, store.people()?))
        })
        .await?;
    let choice = |family: &str, value: &'static str, is_chosen| Choice {
        value: value.to_owned(),
        words: seen.word(family, value),
        is_chosen,
    };
    let queues = allowed.iter().map(|(it, _)| Choice {
        value: it.to_string(),
        words: seen.queue(*it),
        is_chosen: queue == Some(*it),
    });
    let severities = Severity::ALL.iter().rev();
    let severities = severities.map(|it| choice("severity-", it.name(), least == Some(*it)));
    let states = CaseState::ALL
        .iter()
        .map(|it| choice("case-state-", it.name(), state == *it && !is_put_off))
        .chain([choice("case-state-", PUT_OFF, is_put_off)]);
    page(&QueuePage {
        title: seen.say("queue"),
        queues: queues.collect(),
        severities: severities.collect(),
        states: states.collect(),
        is_mine,
        rows: cases.iter().map(|case| row(&seen, case, &people)).collect(),
        is_full: cases.len() >= MOST as usize,
        seen,
    })
}
