//! Backtests: how far one has come, and what a text of a policy would have done in the last days.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::Right;
use pipeline::report::Html;
use serde_json::Value;

use super::page::{Answer, Seen, page};
use super::sheet::{Cell, Sheet, download};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Rows of a table of names.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "console/backtest.html")]
struct BacktestPage {
    seen: Seen,
    title: String,
    /// How far it has come, while it runs.
    running: Option<String>,
    error: Option<Html>,
    sheets: Vec<Sheet>,
}

/// Numbers of a backtest, as its JSON names them, in the order of the page.
const NUMBERS: [&str; 12] = [
    "items",
    "covered",
    "acted",
    "enqueued",
    "added",
    "removed",
    "alone",
    "decided",
    "violating",
    "not_violating",
    "missed",
    "unreadable",
];

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<String>) -> Answer {
    page(&page_of(&app, seen, &id)?)
}

/// A table of the page as a file.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path((id, table)): Path<(String, String)>,
) -> Answer {
    download(page_of(&app, seen, &id)?.sheets, &table)
}

fn page_of(app: &App, seen: Seen, id: &str) -> Result<BacktestPage, Problem> {
    let it = app.tries.find(id)?;
    let sheets = match &it.result {
        Some(found) => vec![
            numbers(&seen, id, found),
            slices(
                &seen,
                id,
                found,
                "by_source",
                "sources",
                seen.say("backtest-sources"),
            ),
            slices(
                &seen,
                id,
                found,
                "by_language",
                "languages",
                seen.say("backtest-languages"),
            ),
        ],
        None => Vec::new(),
    };
    let percent = 100 * it.done / it.of.max(1);
    let is_running = it.result.is_none() && it.error.is_none();
    Ok(BacktestPage {
        title: seen.say("draft-backtest"),
        running: is_running.then(|| seen.count("backtest-running", percent.min(100))),
        error: it.error.as_deref().map(Html::foreign),
        sheets,
        seen,
    })
}

fn csv_path(id: &str, name: &str) -> String {
    format!("/console/backtests/{id}/{name}.csv")
}

fn share(seen: &Seen, precision: &Value) -> Vec<Cell> {
    let of = |name: &str| precision[name].as_f64();
    match (of("share"), of("low"), of("high")) {
        (Some(share), Some(low), Some(high)) => [share, low, high]
            .into_iter()
            .map(|it| Cell::share(seen, it))
            .collect(),
        _ => vec![Cell::word(&seen.say("too-few")), Cell::none(), Cell::none()],
    }
}

fn numbers(seen: &Seen, id: &str, found: &Value) -> Sheet {
    let rows = NUMBERS.iter().map(|name| {
        let number = match *name {
            "added" | "removed" => &found["compared"][*name],
            name => &found[name],
        };
        vec![
            Cell::word(&seen.word("backtest-of-", name)),
            Cell::number(seen, number.as_u64().unwrap_or(0)),
        ]
    });
    let mut rows: Vec<Vec<Cell>> = rows.collect();
    let precision = share(seen, &found["precision"]).into_iter().next();
    rows.push(vec![
        Cell::word(&seen.say("backtest-precision")),
        precision.unwrap_or_else(Cell::none),
    ]);
    Sheet {
        name: "numbers",
        title: seen.say("backtest-numbers"),
        about: seen.say("backtest-about"),
        head: vec![seen.say("what"), seen.say("number")],
        rows,
        chart: None,
        csv: csv_path(id, "numbers"),
        empty: String::new(),
    }
}

fn slices(seen: &Seen, id: &str, found: &Value, field: &str, name: &'static str, title: String) -> Sheet {
    let mut all: Vec<(&String, &Value)> = found[field].as_object().into_iter().flatten().collect();
    all.sort_by_key(|(_, it)| std::cmp::Reverse(it["acted"].as_u64()));
    let row = |(slice, it): (&String, &Value)| {
        let number = |name: &str| Cell::number(seen, it[name].as_u64().unwrap_or(0));
        let mut row = vec![Cell::foreign(slice), number("items"), number("acted")];
        row.extend(share(seen, &it["precision"]));
        row
    };
    Sheet {
        name,
        title,
        about: String::new(),
        head: vec![
            seen.say("name"),
            seen.say("items"),
            seen.say("rate-acted"),
            seen.say("backtest-precision"),
            seen.say("low"),
            seen.say("high"),
        ],
        rows: all.into_iter().take(MOST).map(row).collect(),
        chart: None,
        csv: csv_path(id, name),
        empty: seen.say("none-yet"),
    }
}
