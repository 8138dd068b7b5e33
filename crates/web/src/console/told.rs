//! How far what a platform was told has come: in sum, for each item, and in full.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{DecisionId, DeliveryState, EventKind, Receipt, Right};
use pipeline::report::Html;
use serde::Deserialize;
use store::{Delivery, StoreError, Told};

use super::case_load::find;
use super::page::{Answer, Seen, page};
use crate::app::App;
use crate::extract::{Path, Query};
use crate::problem::Problem;

/// Deliveries of one page.
const MOST: u32 = 200;

/// A line about deliveries.
pub(super) struct Line {
    pub(super) words: String,
    pub(super) is_red: bool,
    /// Why the last attempt failed, as the program says it.
    pub(super) error: Option<Html>,
}

/// How far all that was told of a decision has come.
pub(super) fn sums(seen: &Seen, told: &[Told], untold: u64, asks: bool) -> Vec<Line> {
    let lines = told.iter().map(|told| Line {
        words: format!(
            "{} · {}",
            kind(seen, told.kind),
            seen.count_word("told-", told.state.name(), told.count)
        ),
        is_red: told.state == DeliveryState::Aside || (told.asks && told.state != DeliveryState::Confirmed),
        error: None,
    });
    let nobody = (untold > 0).then(|| Line {
        words: seen.count("told-nobody", untold),
        is_red: asks,
        error: None,
    });
    lines.chain(nobody).collect()
}

fn kind(seen: &Seen, kind: EventKind) -> String {
    match kind {
        EventKind::DecisionReversed => seen.say("told-kind-reversed"),
        _ => seen.say("told-kind-decided"),
    }
}

/// How far one delivery has come.
pub(super) fn line(seen: &Seen, delivery: &Delivery) -> Line {
    let state = match delivery.state {
        DeliveryState::Waiting if delivery.attempts > 0 => seen.count("tried", delivery.attempts),
        state => seen.word("delivery-", state.name()),
    };
    Line {
        words: format!("{} · {state}", kind(seen, delivery.kind)),
        is_red: delivery.is_red(),
        error: delivery.last_error.as_deref().map(Html::foreign),
    }
}

/// What was told of decisions, by item.
pub(super) type ByItem = HashMap<Receipt, Vec<Delivery>>;

pub(super) fn by_item(deliveries: Vec<Delivery>) -> ByItem {
    let mut found = ByItem::new();
    for delivery in deliveries {
        if let Some(receipt) = delivery.receipt {
            found.entry(receipt).or_default().push(delivery);
        }
    }
    found
}

/// Which page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: i64,
}

struct Row {
    number: i64,
    item: Html,
    webhook: i64,
    line: Line,
    attempts: u32,
    next: Option<Html>,
    delivered: Option<Html>,
    confirmed: Option<Html>,
    by: Option<Html>,
}

#[derive(Template)]
#[template(path = "console/told.html")]
struct DeliveriesPage {
    seen: Seen,
    title: String,
    case: i64,
    decision: i64,
    sums: Vec<Line>,
    rows: Vec<Row>,
    /// The number of the last one, where there are more.
    more: Option<i64>,
}

/// Everything that was told of a decision, in its order.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Answer {
    let id = DecisionId(id);
    let missing = || Problem::not_found("there is no such decision");
    let (decision, told, untold, deliveries) = app
        .apart(move |app| -> Result<_, StoreError> {
            let store = app.intake.store();
            Ok((
                store.case_decision(id)?,
                store.told_of(id)?,
                store.untold(id)?,
                store.deliveries_of(id, asked.after, MOST)?,
            ))
        })
        .await
        .map_err(|problem| match problem.status() {
            axum::http::StatusCode::NOT_FOUND => missing(),
            _ => problem,
        })?;
    let case = find(&app, &seen, decision.case.0, Right::SeeCases).await?;
    let asks = decision.action.as_ref().is_some_and(store::CaseAction::asks);
    let is_full = deliveries.len() >= MOST as usize;
    let time = |at: Option<jiff::Timestamp>| at.map(|at| seen.time(&at));
    let rows = deliveries.iter().map(|delivery| Row {
        number: delivery.number,
        item: Html::code(&delivery.receipt.map(|it| it.to_string()).unwrap_or_default()),
        webhook: delivery.webhook.0,
        line: line(&seen, delivery),
        attempts: delivery.attempts,
        next: time((delivery.state == DeliveryState::Waiting).then_some(delivery.next_at)),
        delivered: time(delivery.delivered_at),
        confirmed: time(delivery.confirmed_at),
        by: delivery.confirmed_by.as_deref().map(Html::foreign),
    });
    page(&DeliveriesPage {
        title: seen.count("told-of", id.0),
        case: case.id.0,
        decision: id.0,
        sums: sums(&seen, &told, untold, asks),
        rows: rows.collect(),
        more: deliveries.last().filter(|_| is_full).map(|last| last.number),
        seen,
    })
}
