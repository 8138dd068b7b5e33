//! Which banks there are.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{BankKind, Right};
use pipeline::report::Html;

use super::page::{Answer, Seen, page};
use crate::app::App;

struct Row {
    name: Html,
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
        kind: match summary.bank.kind {
            BankKind::Known => seen.say("bank-known"),
            BankKind::Allow => seen.say("bank-allow"),
        },
        entries: Html::count(summary.entries),
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
