//! What is connected, and how it stands: who sends items, which webhooks are told of them, which exchanges are configured; and
//! webhooks made, tried out and removed.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::Timestamp;
use model::{EventKind, Right, SourceName, WebhookId};
use pipeline::report::Html;
use store::{Exchange, StoreError, Webhook, WebhookState};

use super::fields::Fields;
use super::page::{Answer, Seen, page, page_with, see_other};
use super::sheet::{Cell, Sheet, download};
use crate::api::webhooks::{self, WebhookBody};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// The longest address of a webhook in bytes.
const MOST_URL: usize = 2_048;

/// A webhook that was made: where it is, and its secret, which is shown this once.
struct Made {
    url: Html,
    secret: String,
}

/// A webhook in use, with its buttons.
struct Row {
    id: i64,
    url: Html,
}

struct Event {
    name: &'static str,
    words: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console/connectors.html")]
struct ConnectorsPage {
    seen: Seen,
    title: String,
    made: Option<Made>,
    /// Why none was made.
    problem: Option<Html>,
    url: String,
    source: String,
    events: Vec<Event>,
    rows: Vec<Row>,
    sheets: Vec<Sheet>,
}

/// All that the page is made of.
struct Loaded {
    sources: Vec<(SourceName, Option<Timestamp>)>,
    webhooks: Vec<(Webhook, Option<WebhookState>)>,
    exchanges: Vec<Exchange>,
}

async fn load(app: &Arc<App>) -> Result<Loaded, Problem> {
    app.apart(|app| -> Result<Loaded, StoreError> {
        let store = app.intake.store();
        let mut states = store.webhook_states()?;
        let webhooks = store.webhooks()?.into_iter();
        let webhooks = webhooks.map(|it| {
            let state = states.remove(&it.id);
            (it, state)
        });
        Ok(Loaded {
            sources: store.sources_seen()?.into_iter().collect(),
            webhooks: webhooks.collect(),
            exchanges: store.exchanges()?,
        })
    })
    .await
}

fn sheets(seen: &Seen, loaded: &Loaded) -> Vec<Sheet> {
    vec![
        sources(seen, &loaded.sources),
        hooks(seen, &loaded.webhooks),
        exchanges(seen, &loaded.exchanges),
    ]
}

fn csv_path(name: &str) -> String {
    format!("/console/connectors/{name}.csv")
}

fn sources(seen: &Seen, sources: &[(SourceName, Option<Timestamp>)]) -> Sheet {
    let row = |(source, last): &(SourceName, Option<Timestamp>)| {
        let (at, words) = match last {
            Some(last) => (Cell::time(seen, *last), seen.age(last)),
            None => (Cell::none(), seen.say("source-silent")),
        };
        vec![Cell::foreign(source.as_str()), at, Cell::word(&words)]
    };
    Sheet {
        name: "sources",
        title: seen.say("connectors-sources"),
        about: seen.say("connectors-sources-about"),
        head: vec![seen.say("fact-source"), seen.say("last-seen"), seen.say("state")],
        rows: sources.iter().map(row).collect(),
        chart: None,
        csv: csv_path("sources"),
        empty: seen.say("none-yet"),
    }
}

/// How it stands with a webhook, in words; with a flag where somebody should look.
fn stands(seen: &Seen, webhook: &Webhook, state: Option<&WebhookState>) -> String {
    let Some(state) = state.filter(|_| webhook.disabled_at.is_none()) else {
        return seen.say("removed");
    };
    let mut words = Vec::new();
    if let Some(since) = &state.failing_since {
        words.push(format!("{} {}", seen.say("webhook-failing"), seen.age(since)));
    }
    if state.aside > 0 {
        words.push(seen.count("webhook-aside", state.aside));
    }
    match words.is_empty() {
        true => seen.say("webhook-well"),
        false => format!("⚑ {}", words.join(&seen.say("list-separator"))),
    }
}

fn hooks(seen: &Seen, webhooks: &[(Webhook, Option<WebhookState>)]) -> Sheet {
    let row = |(it, state): &(Webhook, Option<WebhookState>)| {
        let events: Vec<&str> = it.events.iter().map(|event| event.name()).collect();
        let source = it.source.as_ref().map(|source| Cell::foreign(source.as_str()));
        let delivered = state.as_ref().and_then(|state| state.delivered_at);
        let waiting = state.as_ref().map(|state| Cell::number(seen, state.waiting));
        let error = state.as_ref().and_then(|state| state.last_error.as_deref());
        vec![
            Cell::number(seen, it.id.0.unsigned_abs()),
            Cell::foreign(&it.url),
            Cell::word(&stands(seen, it, state.as_ref())),
            delivered.map_or_else(Cell::none, |at| Cell::time(seen, at)),
            waiting.unwrap_or_else(Cell::none),
            error.map_or_else(Cell::none, Cell::foreign),
            source.unwrap_or_else(|| Cell::word(&seen.say("all-sources"))),
            Cell::code(&events.join(" ")),
            Cell::time(seen, it.created_at),
        ]
    };
    Sheet {
        name: "webhooks",
        title: seen.say("webhooks"),
        about: seen.count("webhooks-about", store::MOST_DELIVERIES_LOOKED_AT),
        head: vec![
            seen.say("number"),
            seen.say("fact-url"),
            seen.say("state"),
            seen.say("last-delivered"),
            seen.say("deliveries-waiting"),
            seen.say("failure"),
            seen.say("fact-source"),
            seen.say("what"),
            seen.say("created"),
        ],
        rows: webhooks.iter().map(row).collect(),
        chart: None,
        csv: csv_path("webhooks"),
        empty: seen.say("webhooks-empty"),
    }
}

fn exchanges(seen: &Seen, exchanges: &[Exchange]) -> Sheet {
    let row = |it: &Exchange| {
        let state = match it.enabled {
            true => seen.say("exchange-kept"),
            false => seen.say("exchange-off"),
        };
        vec![
            Cell::foreign(&it.name),
            Cell::code(&it.api),
            Cell::word(&state),
            Cell::time(seen, it.created_at),
        ]
    };
    Sheet {
        name: "exchanges",
        title: seen.say("exchanges"),
        about: seen.say("exchanges-about"),
        head: vec![
            seen.say("name"),
            seen.say("exchange-api"),
            seen.say("state"),
            seen.say("created"),
        ],
        rows: exchanges.iter().map(row).collect(),
        chart: None,
        csv: csv_path("exchanges"),
        empty: seen.say("none-yet"),
    }
}

fn page_of(
    seen: Seen,
    loaded: &Loaded,
    fields: &Fields,
    outcome: Option<Result<Made, Html>>,
) -> ConnectorsPage {
    let (made, problem) = match outcome {
        None => (None, None),
        Some(Ok(made)) => (Some(made), None),
        Some(Err(problem)) => (None, Some(problem)),
    };
    // What was typed stays where nothing was made of it.
    let kept = |name: &str| match problem {
        Some(_) => fields.get(name).to_owned(),
        None => String::new(),
    };
    let chosen: Vec<&str> = fields.all("event").collect();
    let events = webhooks::events().map(|event| Event {
        name: event.name(),
        words: seen.word("event-", &event.name().replace('.', "_")),
        is_chosen: problem.is_none() || chosen.contains(&event.name()),
    });
    let in_use = loaded.webhooks.iter().filter(|(it, _)| it.disabled_at.is_none());
    let rows = in_use.map(|(it, _)| Row {
        id: it.id.0,
        url: Html::foreign(&it.url),
    });
    ConnectorsPage {
        title: seen.say("connectors"),
        url: kept("url"),
        source: kept("source"),
        events: events.collect(),
        rows: rows.collect(),
        sheets: sheets(&seen, loaded),
        made,
        problem,
        seen,
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let loaded = load(&app).await?;
    page(&page_of(seen, &loaded, &Fields::default(), None))
}

/// A table of the page as a file.
pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Path(table): Path<String>) -> Answer {
    let loaded = load(&app).await?;
    download(sheets(&seen, &loaded), &table)
}

/// What a form asks for.
fn body(fields: &Fields) -> Result<WebhookBody, Problem> {
    let events = fields.all("event").map(|word| {
        let event: Result<EventKind, _> = word.parse();
        event.map_err(|error| Problem::field("event", error.to_string()))
    });
    let url = fields.text("url", MOST_URL)?;
    Ok(WebhookBody {
        url: url.ok_or_else(|| Problem::field("url", "say where it is"))?,
        source: fields.optional("source")?,
        events: Some(events.collect::<Result<_, _>>()?),
    })
}

/// Makes a webhook; the page shows its secret, this once.
pub(super) async fn make(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let by = seen.actor()?;
    let made = match body(&fields) {
        Ok(body) => app.apart(move |app| webhooks::make(app, body, &by)).await,
        Err(problem) => Err(problem),
    };
    let (status, outcome) = match made {
        Ok((webhook, secret)) => {
            let made = Made {
                url: Html::foreign(&webhook.url),
                secret: secret.reveal().to_owned(),
            };
            (axum::http::StatusCode::OK, Ok(made))
        }
        Err(problem) => (problem.status(), Err(Html::foreign(problem.detail()))),
    };
    let loaded = load(&app).await?;
    page_with(status, &page_of(seen, &loaded, &fields, Some(outcome)))
}

/// Sends a webhook an event that tells nothing; what became of it stands among the deliveries.
pub(super) async fn test(State(app): State<Arc<App>>, Path(id): Path<i64>) -> Answer {
    webhooks::try_out(&app, WebhookId(id)).await?;
    Ok(see_other("/console/deliveries"))
}

/// Takes a webhook out of use for good. What it has not got is put aside.
pub(super) async fn remove(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let (by, now) = (seen.actor()?, seen.now);
    app.apart(move |app| app.intake.store().remove_webhook(WebhookId(id), &by, now))
        .await?;
    Ok(see_other("/console/connectors"))
}
