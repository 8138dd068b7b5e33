//! Routing: which queue a new case goes to. What is put into effect was shown beside what is in force before.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use model::{CaseReason, MOST_ROUTES, Queue, ReportCategory, Right, Route, RouteWhen, Routing, Severity};
use pipeline::report::Html;
use sha2::{Digest, Sha256};
use store::{InForce, Tried};

use super::fields::Fields;
use super::gate::hex;
use super::page::{Answer, Seen, page_with, see_other};
use super::sheet::{Cell, Sheet};
use crate::api::routing::{MOST_LISTED, MOST_TRIED};
use crate::app::App;
use crate::problem::Problem;

struct Choice {
    value: String,
    words: String,
    is_chosen: bool,
}

/// A condition that is chosen from a list.
struct Chosen {
    name: &'static str,
    words: String,
    choices: Vec<Choice>,
}

/// A condition that is written.
struct Written {
    name: &'static str,
    words: String,
    value: String,
}

struct Row {
    number: usize,
    title: String,
    place: String,
    to: String,
    chosen: Vec<Chosen>,
    written: Vec<Written>,
}

#[derive(Template)]
#[template(path = "console/routing.html")]
struct RoutingPage {
    seen: Seen,
    title: String,
    /// What is in force, and since when.
    state: String,
    put: Option<(Html, Html)>,
    after: i64,
    rows: Vec<Row>,
    otherwise: String,
    queues: Vec<Choice>,
    /// What rules were tried, to be put into effect; none where none were.
    tried: Option<String>,
    told: Vec<String>,
    sheets: Vec<Sheet>,
    wrong: Option<Html>,
}

/// The rules are those of all queues: whoever sets them has the right in all.
fn allowed(seen: &Seen) -> Result<(), Problem> {
    match seen.may_everywhere(Right::Route) {
        true => Ok(()),
        false => Err(Problem::forbidden(
            "this needs the right route in every queue; ask an administrator for a role that has it",
        )),
    }
}

/// Binds what is put into effect to what was tried.
fn digest(routing: &Routing) -> String {
    // Rules are words, and always have a JSON form.
    hex(&Sha256::digest(serde_json::to_vec(routing).unwrap_or_default()))
}

fn row(seen: &Seen, number: usize, rule: Option<&Route>) -> Row {
    let when = rule.map(|rule| rule.when.clone()).unwrap_or_default();
    let choices = |family: &str, all: Vec<&str>, chosen: Option<&str>| -> Vec<Choice> {
        all.into_iter()
            .map(|value| Choice {
                words: seen.word(family, value),
                is_chosen: chosen == Some(value),
                value: value.to_owned(),
            })
            .collect()
    };
    let found_as = ["match", "incomplete", "reported", "policy"];
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Row {
        number,
        title: seen.count("route-rule", number as u64),
        place: number.to_string(),
        to: rule.map_or_else(String::new, |rule| rule.to.to_string()),
        chosen: vec![
            Chosen {
                name: "found_as",
                words: seen.say("route-found-as"),
                choices: choices(
                    "queue-",
                    found_as.to_vec(),
                    when.found_as.as_ref().map(Queue::name),
                ),
            },
            Chosen {
                name: "least",
                words: seen.say("least"),
                choices: choices(
                    "severity-",
                    Severity::ALL.iter().map(|it| it.name()).collect(),
                    when.least.map(Severity::name),
                ),
            },
            Chosen {
                name: "reason",
                words: seen.say("route-reason"),
                choices: choices(
                    "reason-",
                    CaseReason::ALL.iter().map(|it| it.name()).collect(),
                    when.reason.map(CaseReason::name),
                ),
            },
            Chosen {
                name: "category",
                words: seen.say("route-category"),
                choices: choices(
                    "category-",
                    ReportCategory::ALL.iter().map(|it| it.name()).collect(),
                    when.category.map(ReportCategory::name),
                ),
            },
        ],
        written: vec![
            Written {
                name: "bank",
                words: seen.say("bank"),
                value: text(when.bank.as_ref().map(|it| it.as_str())),
            },
            Written {
                name: "label",
                words: seen.say("route-label"),
                value: text(when.label.as_ref().map(|it| it.as_str())),
            },
            Written {
                name: "source",
                words: seen.say("route-source"),
                value: text(when.source.as_ref().map(|it| it.as_str())),
            },
            Written {
                name: "language",
                words: seen.say("route-language"),
                value: text(when.language.as_deref()),
            },
            Written {
                name: "policy",
                words: seen.say("policy"),
                value: text(when.policy.as_deref()),
            },
            Written {
                name: "asked",
                words: seen.say("route-asked"),
                value: text(when.asked.as_deref()),
            },
        ],
    }
}

/// The rules of a form, in the order of their places. A row in which nothing stands is none.
fn read(fields: &Fields) -> Result<Routing, Problem> {
    let mut rules: Vec<(u32, Route)> = Vec::new();
    let count = fields.all("to").count().min(MOST_ROUTES + 1);
    for number in 0..count {
        let text = |name: &str| fields.all(name).nth(number).unwrap_or_default().trim().to_owned();
        let when = RouteWhen {
            found_as: one(number, "found_as", &text("found_as"))?,
            least: one(number, "least", &text("least"))?,
            reason: one(number, "reason", &text("reason"))?,
            bank: one(number, "bank", &text("bank"))?,
            label: one(number, "label", &text("label"))?,
            source: one(number, "source", &text("source"))?,
            language: one(number, "language", &text("language"))?,
            category: one(number, "category", &text("category"))?,
            policy: one(number, "policy", &text("policy"))?,
            asked: one(number, "asked", &text("asked"))?,
        };
        match one::<Queue>(number, "to", &text("to"))? {
            Some(to) => {
                let place = one(number, "place", &text("place"))?.unwrap_or(u32::MAX);
                rules.push((place, Route { when, to }));
            }
            None if when == RouteWhen::default() => {}
            None => {
                let detail = format!("rule {} has no queue; say where its cases go", number + 1);
                return Err(Problem::field("to", detail));
            }
        }
    }
    rules.sort_by_key(|(place, _)| *place);
    let rules = rules.into_iter().map(|(_, rule)| rule).collect();
    Routing::new(rules, fields.optional("otherwise")?)
        .map_err(|error| Problem::field("rules", error.to_string()))
}

/// A field of a rule that may be left empty.
fn one<T: FromStr<Err: Display>>(number: usize, name: &str, text: &str) -> Result<Option<T>, Problem> {
    match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|error: T::Err| Problem::field(name, format!("{name} of rule {}: {error}", number + 1))),
    }
}

fn show_page(
    seen: Seen,
    status: StatusCode,
    now: &InForce,
    routing: &Routing,
    tried: Option<&Tried>,
    wrong: Option<&str>,
) -> Answer {
    let rules = routing.rules().iter().map(Some);
    let empty = if routing.rules().len() < MOST_ROUTES { 1 } else { 0 };
    let rows = rules.chain((0..empty).map(|_| None));
    let queues = seen.queues.iter().map(|queue| Choice {
        value: queue.to_string(),
        words: seen.queue(*queue),
        is_chosen: false,
    });
    page_with(
        status,
        &RoutingPage {
            title: seen.say("routing"),
            state: match now.version {
                0 => seen.say("routing-none"),
                version => seen.count("routing-version", version),
            },
            put: now
                .put
                .as_ref()
                .map(|(by, at)| (Html::foreign(by), seen.time(at))),
            after: now.version,
            rows: (1..)
                .zip(rows)
                .map(|(number, rule)| row(&seen, number, rule))
                .collect(),
            otherwise: routing
                .otherwise()
                .map_or_else(String::new, |queue| queue.to_string()),
            queues: queues.filter(|it| it.value != Queue::SecondLook.name()).collect(),
            tried: tried.map(|_| digest(routing)),
            told: tried.map(|tried| told(&seen, tried)).unwrap_or_default(),
            sheets: tried.map(|tried| sheets(&seen, tried)).unwrap_or_default(),
            wrong: wrong.map(Html::foreign),
            seen,
        },
    )
}

fn told(seen: &Seen, tried: &Tried) -> Vec<String> {
    let mut told = vec![
        seen.count("routing-compared", tried.cases.len() as u64),
        seen.count("routing-moved", tried.moved().count() as u64),
    ];
    if tried.unknown > 0 {
        told.push(seen.count("routing-unknown", tried.unknown));
    }
    told
}

fn sheets(seen: &Seen, tried: &Tried) -> Vec<Sheet> {
    let counts = tried.counts().into_iter().map(|((old, new), count)| {
        vec![
            Cell::word(&seen.queue(old)),
            Cell::word(&seen.queue(new)),
            Cell::number(seen, count),
        ]
    });
    let moved = tried.moved().take(MOST_LISTED).map(|case| {
        vec![
            Cell::word(&seen.count("case", case.id.0)).to(format!("/console/cases/{}", case.id.0)),
            Cell::word(&seen.word("case-state-", case.state.name())),
            Cell::word(&seen.word("severity-", case.severity.name())),
            Cell::word(&seen.queue(case.old)),
            Cell::word(&seen.queue(case.new)),
            match case.rule {
                Some(rule) => Cell::number(seen, rule as u64),
                None => Cell::word(&seen.say("routing-no-rule")),
            },
        ]
    });
    vec![
        Sheet {
            name: "counts",
            title: seen.say("routing-counts"),
            about: String::new(),
            head: vec![
                seen.say("routing-old"),
                seen.say("routing-new"),
                seen.say("routing-cases"),
            ],
            rows: counts.collect(),
            chart: None,
            csv: String::new(),
            empty: seen.say("routing-no-cases"),
        },
        Sheet {
            name: "moved",
            title: seen.say("routing-list"),
            about: seen.say("routing-list-about"),
            head: vec![
                seen.say("number"),
                seen.say("state"),
                seen.say("severity"),
                seen.say("routing-old"),
                seen.say("routing-new"),
                seen.say("routing-by"),
            ],
            rows: moved.collect(),
            chart: None,
            csv: String::new(),
            empty: seen.say("routing-none-moved"),
        },
    ]
}

/// The rules in force, to be changed.
pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    allowed(&seen)?;
    let now = app.apart(|app| app.intake.store().routing()).await?;
    show_page(seen, StatusCode::OK, &now, &now.routing, None, None)
}

async fn show_tried(app: &Arc<App>, seen: Seen, routing: Routing, wrong: Option<&str>) -> Answer {
    let asked = routing.clone();
    let (now, tried) = app
        .apart(move |app| {
            let store = app.intake.store();
            Ok::<_, store::StoreError>((store.routing()?, store.try_routing(&asked, MOST_TRIED)?))
        })
        .await?;
    let status = wrong.map_or(StatusCode::OK, |_| StatusCode::CONFLICT);
    show_page(seen, status, &now, &routing, Some(&tried), wrong)
}

/// Shows what rules would do with the last cases; nothing is changed.
pub(super) async fn try_out(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    allowed(&seen)?;
    show_tried(&app, seen, read(&fields)?, None).await
}

/// Puts rules into effect that were tried, and only these.
pub(super) async fn put(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    allowed(&seen)?;
    let routing = read(&fields)?;
    let after: i64 = fields.required("after")?;
    if fields.get("tried") != digest(&routing) {
        let wrong = "these are not the rules that were tried; here is what they would do";
        return show_tried(&app, seen, routing, Some(wrong)).await;
    }
    let (by, now) = (seen.actor()?, seen.now);
    app.apart(move |app| app.intake.store().put_routing(&routing, after, &by, now))
        .await?;
    Ok(see_other("/console/routing"))
}
