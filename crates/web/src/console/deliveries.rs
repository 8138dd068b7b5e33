//! What webhooks are told: how far the telling has come, and once more.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{DeliveryState, EventId, Right};
use serde::Deserialize;
use store::{Delivery, Listed};

use super::page::{Answer, Seen, page, see_other};
use super::sheet::{Cell, Sheet};
use crate::app::App;
use crate::extract::{Path, Query};
use crate::problem::Problem;

/// Deliveries of one page, and of a file.
const MOST: u32 = 50;
const MOST_IN_FILE: u32 = 1_000;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    before: String,
}

impl Asked {
    fn listed(&self) -> Listed {
        match self.state.as_str() {
            "red" => Listed::Red,
            state => state.parse().map_or(Listed::All, Listed::In),
        }
    }

    /// The state, if it is one.
    fn word(&self) -> &'static str {
        match self.listed() {
            Listed::Red => "red",
            Listed::In(state) => state.name(),
            Listed::All | Listed::Of(_) => "",
        }
    }
}

struct Choice {
    value: &'static str,
    words: String,
    is_chosen: bool,
}

struct Again {
    event: String,
    number: i64,
}

#[derive(Template)]
#[template(path = "console/deliveries.html")]
struct DeliveriesPage {
    seen: Seen,
    title: String,
    states: Vec<Choice>,
    sheet: Sheet,
    /// What can be sent once more.
    again: Vec<Again>,
    older: Option<String>,
}

/// A table of deliveries.
pub(super) fn sheet(seen: &Seen, deliveries: &[Delivery], csv: String) -> Sheet {
    let row = |it: &Delivery| {
        let state = seen.word("delivery-", it.state.name());
        let state = match it.is_red() {
            true => format!("⚑ {state}"),
            false => state,
        };
        let status = it.last_status.map(|status| Cell::number(seen, status.into()));
        let why = it.last_error.as_deref().map(Cell::foreign);
        vec![
            Cell::number(seen, it.number.unsigned_abs()),
            Cell::number(seen, it.webhook.0.unsigned_abs()),
            Cell::code(it.kind.name()),
            Cell::word(&state),
            Cell::time(seen, it.created_at),
            Cell::number(seen, it.attempts.into()),
            status.unwrap_or_else(Cell::none),
            why.unwrap_or_else(Cell::none),
        ]
    };
    Sheet {
        name: "deliveries",
        title: seen.say("deliveries"),
        about: seen.say("deliveries-about"),
        head: vec![
            seen.say("number"),
            seen.say("webhook"),
            seen.say("what"),
            seen.say("state"),
            seen.say("created"),
            seen.say("attempts"),
            seen.say("answer"),
            seen.say("failure"),
        ],
        rows: deliveries.iter().map(row).collect(),
        chart: None,
        csv,
        empty: seen.say("deliveries-empty"),
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let (listed, before) = (asked.listed(), asked.before.parse().ok());
    let found = app
        .apart(move |app| app.intake.store().deliveries(listed, before, MOST))
        .await?;
    let word = asked.word();
    let states = [
        ("red", seen.say("delivery-red")),
        ("waiting", seen.say("delivery-waiting")),
        ("delivered", seen.say("delivery-delivered")),
        ("confirmed", seen.say("delivery-confirmed")),
        ("aside", seen.say("delivery-aside")),
    ];
    let states = states.into_iter().map(|(value, words)| Choice {
        value,
        words,
        is_chosen: value == word,
    });
    let can_again = |it: &&Delivery| matches!(it.state, DeliveryState::Aside | DeliveryState::Delivered);
    let again = found.iter().filter(can_again).map(|it| Again {
        event: it.event.to_string(),
        number: it.number,
    });
    let last = found.last().filter(|_| found.len() >= MOST as usize);
    page(&DeliveriesPage {
        title: seen.say("deliveries"),
        states: states.collect(),
        again: again.collect(),
        older: last.map(|it| format!("/console/deliveries?state={word}&before={}", it.number)),
        sheet: sheet(&seen, &found, format!("/console/deliveries.csv?state={word}")),
        seen,
    })
}

pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let listed = asked.listed();
    let found = app
        .apart(move |app| app.intake.store().deliveries(listed, None, MOST_IN_FILE))
        .await?;
    Ok(sheet(&seen, &found, String::new()).download())
}

/// Sends something once more.
pub(super) async fn replay(State(app): State<Arc<App>>, seen: Seen, Path(event): Path<String>) -> Answer {
    let event: EventId = event
        .parse()
        .map_err(|_| Problem::not_found("there is no such delivery"))?;
    let (by, now) = (seen.actor()?, seen.now);
    app.apart(move |app| app.intake.store().replay_delivery(event, &by, now))
        .await?;
    app.intake.outbox().ring();
    Ok(see_other("/console/deliveries"))
}
