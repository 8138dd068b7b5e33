//! Which banks there are.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{BankKind, Right};
use pipeline::report::Html;

use super::page::{Answer, Seen, page};
use super::policies::encoded;
use super::sheet::{Cell, Sheet};
use crate::app::App;

struct Row {
    name: Html,
    path: String,
    kind: String,
    entries: Html,
    is_on: bool,
    created: Html,
}

#[derive(Template)]
#[template(path = "console/banks.html")]
struct BanksPage {
    seen: Seen,
    title: String,
    rows: Vec<Row>,
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let banks = app.apart(|app| app.intake.store().banks()).await?;
    let rows = banks.iter().map(|summary| Row {
        name: Html::foreign(summary.bank.name.as_str()),
        path: format!("/console/banks/{}", encoded(summary.bank.name.as_str())),
        kind: match summary.bank.kind {
            BankKind::Known => seen.say("bank-known"),
            BankKind::Allow => seen.say("bank-allow"),
        },
        entries: seen.number(summary.entries),
        is_on: summary.bank.enabled,
        created: seen.time(&summary.bank.created_at),
    });
    let rows = rows.collect();
    page(&BanksPage {
        title: seen.say("banks"),
        rows,
        seen,
    })
}

/// All banks as a file.
pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let banks = app.apart(|app| app.intake.store().banks()).await?;
    let rows = banks.iter().map(|summary| {
        vec![
            Cell::foreign(summary.bank.name.as_str()),
            Cell::word(summary.bank.kind.name()),
            Cell::number(&seen, summary.entries),
            Cell::word(if summary.bank.enabled { "on" } else { "off" }),
            Cell::time(&seen, summary.bank.created_at),
        ]
    });
    let sheet = Sheet {
        name: "banks",
        title: seen.say("banks"),
        about: String::new(),
        head: vec![
            seen.say("name"),
            seen.say("bank-kind"),
            seen.say("bank-entries"),
            seen.say("state"),
            seen.say("created"),
        ],
        rows: rows.collect(),
        chart: None,
        csv: String::new(),
        empty: String::new(),
    };
    Ok(sheet.download())
}
