//! The log, and whether it is whole.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::Right;
use pipeline::report::Html;
use serde::Deserialize;
use store::{LogRecord, StoreError};

use super::page::{Answer, Seen, page};
use super::sheet::{Cell, Sheet};
use crate::app::App;
use crate::extract::Query;
use crate::problem::Problem;

/// Records of one page.
const MOST: i64 = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The last record of the page before.
    after: Option<i64>,
}

struct Row {
    seq: i64,
    at: Html,
    kind: Html,
    body: Html,
    chain: Html,
}

#[derive(Template)]
#[template(path = "console/log.html")]
struct LogPage {
    seen: Seen,
    title: String,
    rows: Vec<Row>,
    older: Option<i64>,
    newer: Option<i64>,
    /// What became of the check that was asked for: whether it is whole, and in words.
    verified: Option<(bool, String)>,
}

fn row(seen: &Seen, record: &LogRecord) -> Row {
    let body: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&record.body).unwrap_or_default();
    let body = body.iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={value}")
    });
    Row {
        seq: record.seq,
        at: seen.time(&record.at),
        kind: Html::code(&record.kind),
        body: Html::code(&body.collect::<Vec<_>>().join(" ")),
        chain: Html::code(&record.chain.to_string()[..16]),
    }
}

async fn show(app: &Arc<App>, seen: Seen, after: Option<i64>, verified: Option<(bool, String)>) -> Answer {
    let (length, after, records) = app
        .apart(move |app| {
            let store = app.intake.store();
            let length = store.log_length()?;
            let after = after.unwrap_or(length - MOST).clamp(0, length);
            Ok::<_, StoreError>((length, after, store.log(after, MOST as u32)?))
        })
        .await?;
    page(&LogPage {
        title: seen.say("log"),
        // The newest stand first.
        rows: records.iter().rev().map(|record| row(&seen, record)).collect(),
        older: (after > 0).then(|| (after - MOST).max(0)),
        newer: (after + MOST < length).then_some(after + MOST),
        verified,
        seen,
    })
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    show(&app, seen, asked.after, None).await
}

/// Records of a file.
const MOST_IN_FILE: u32 = 10_000;

/// The records after the one that is asked for, as a file: as they are kept, with what is needed to check their chain.
pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let after = asked.after.unwrap_or(0).max(0);
    let records = app
        .apart(move |app| app.intake.store().log(after, MOST_IN_FILE))
        .await?;
    let rows = records.iter().map(|record| {
        vec![
            Cell::code(&record.seq.to_string()),
            Cell::code(&record.at.to_string()),
            Cell::code(&record.kind),
            Cell::code(&record.body),
            Cell::code(&record.chain.to_string()),
        ]
    });
    let sheet = Sheet {
        name: "log",
        title: seen.say("log"),
        about: String::new(),
        head: vec![
            seen.say("number"),
            seen.say("when"),
            seen.say("what"),
            seen.say("particulars"),
            seen.say("chain"),
        ],
        rows: rows.collect(),
        chart: None,
        csv: String::new(),
        empty: String::new(),
    };
    Ok(sheet.download())
}

/// Checks the chain of the whole log.
pub(super) async fn verify(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let verified = app
        .apart(|app| match app.intake.store().verify_log() {
            Ok((records, _)) => Ok(Ok(records)),
            Err(StoreError::LogAltered { seq }) => Ok(Err(seq)),
            Err(other) => Err(Problem::from(other)),
        })
        .await?;
    let verified = match verified {
        Ok(records) => (true, seen.count("log-whole", records)),
        Err(seq) => (false, seen.count("log-altered", seq)),
    };
    show(&app, seen, None, Some(verified)).await
}
