//! Routing: which queue a new case goes to. Rules are tried on the last cases before they are put into effect.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use jiff::Timestamp;
use model::{Routing, Scope};
use serde::{Deserialize, Serialize};
use store::{InForce, Tried, TriedCase};
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::auth::Caller;
use crate::extract::Json;
use crate::problem::Problem;

/// Cases that rules are tried on at most.
pub(crate) const MOST_TRIED: u32 = 1_000;
/// Cases that would go elsewhere and are listed at most.
pub(crate) const MOST_LISTED: usize = 200;

/// What must hold of a case; what is not there is not asked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(crate) struct RouteWhen {
    /// The queue that it was found for: `match`, `incomplete`, `reported` or `policy`.
    found_as: Option<String>,
    /// It is at least so severe: `low`, `medium`, `high` or `critical`.
    least: Option<String>,
    /// One of its reasons: `exact`, `confirmed`, `same_bytes`, `near`, `not_looked_at`, `urgent`, `reported`, `policy`.
    reason: Option<String>,
    /// The bank of the entry that it is nearest to.
    bank: Option<String>,
    /// A label of that entry.
    label: Option<String>,
    /// Where its item comes from.
    source: Option<String>,
    /// The language of its item; `ar` is `ar-EG`, too.
    language: Option<String>,
    /// What it was reported for.
    category: Option<String>,
    /// A policy that chose an action.
    policy: Option<String>,
    /// A queue that a policy names for it.
    asked: Option<String>,
}

/// One rule.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(crate) struct Route {
    /// What must hold; something.
    when: RouteWhen,
    /// The queue that the case goes to: one that is always there, or a name of 1 to 24 small letters, digits and `-`.
    to: String,
}

/// Rules, of which the first that holds sends a case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(crate) struct RoutingRules {
    /// At most 50.
    #[schema(max_items = 50)]
    rules: Vec<Route>,
    /// The queue of a case for which no rule holds; without it the case stays where it was found.
    otherwise: Option<String>,
}

/// The routing in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutingView {
    /// Its number; 0 where none was ever put into effect.
    version: i64,
    /// Its rules.
    #[schema(value_type = RoutingRules)]
    routing: Routing,
    /// Who has put it into effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    put_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    put_at: Option<Timestamp>,
}

impl From<InForce> for RoutingView {
    fn from(it: InForce) -> Self {
        let (put_by, put_at) = it.put.unzip();
        Self {
            version: it.version,
            routing: it.routing,
            put_by,
            put_at,
        }
    }
}

/// A routing that is to be in force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRouting {
    /// The number of the one that it was made from: when another was put into effect meanwhile, nothing is changed.
    after: i64,
    /// Its rules.
    #[schema(value_type = RoutingRules)]
    routing: Routing,
}

/// A routing that is to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoutingTry {
    /// Its rules.
    #[schema(value_type = RoutingRules)]
    routing: Routing,
    /// On how many of the last cases; 1,000 without it.
    #[schema(minimum = 1, maximum = 1000)]
    last: Option<u32>,
}

/// How many cases go from one queue to another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutedCount {
    /// Where the routing in force sends them.
    from: String,
    /// Where the one that was tried would.
    to: String,
    /// How many.
    cases: u64,
}

/// A case that would go elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoutedCase {
    /// The case.
    case: i64,
    /// `open` or `decided`.
    state: &'static str,
    /// Where it waits, or was decided.
    queue: String,
    /// How severe it is.
    severity: &'static str,
    /// Where the routing in force sends it.
    from: String,
    /// Where the one that was tried would.
    to: String,
    /// By which of its rules, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<usize>,
}

impl From<&TriedCase> for RoutedCase {
    fn from(it: &TriedCase) -> Self {
        Self {
            case: it.id.0,
            state: it.state.name(),
            queue: it.queue.to_string(),
            severity: it.severity.name(),
            from: it.old.to_string(),
            to: it.new.to_string(),
            rule: it.rule,
        }
    }
}

/// What a routing would have done with the last cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TriedView {
    /// The routing that it was compared with.
    version: i64,
    /// Cases that were compared.
    compared: u64,
    /// Cases of which it is not known what they were when they were opened.
    unknown: u64,
    /// Cases that would go elsewhere.
    moved: u64,
    /// All of them, by where they go now and where they would.
    counts: Vec<RoutedCount>,
    /// Those that would go elsewhere, the newest first; at most 200.
    cases: Vec<RoutedCase>,
}

impl From<Tried> for TriedView {
    fn from(it: Tried) -> Self {
        let counts = it.counts().into_iter().map(|((from, to), cases)| RoutedCount {
            from: from.to_string(),
            to: to.to_string(),
            cases,
        });
        Self {
            version: it.version,
            compared: it.cases.len() as u64,
            unknown: it.unknown,
            moved: it.moved().count() as u64,
            counts: counts.collect(),
            cases: it.moved().take(MOST_LISTED).map(RoutedCase::from).collect(),
        }
    }
}

/// The routing in force.
#[utoipa::path(
    get, path = "/v1/routing", tag = "operations", responses((status = 200, body = RoutingView), Refusals)
)]
pub(crate) async fn get(State(app): State<Arc<App>>, caller: Caller) -> Result<Answer<RoutingView>, Problem> {
    caller.may(Scope::Administer)?;
    let found = app.apart(|app| app.intake.store().routing()).await?;
    Ok(Answer(found.into()))
}

/// Puts a routing into effect, for cases that are opened from now on. Cases that wait stay where they are.
#[utoipa::path(
    put, path = "/v1/routing", tag = "operations", request_body = NewRouting,
    responses((status = 200, body = RoutingView), Refusals)
)]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewRouting>,
) -> Result<Answer<RoutingView>, Problem> {
    caller.may(Scope::Administer)?;
    let put = app.apart(move |app| {
        let store = app.intake.store();
        store.put_routing(&new.routing, new.after, caller.name(), Timestamp::now())?;
        store.routing()
    });
    Ok(Answer(put.await?.into()))
}

/// Says where a routing would have sent the last cases, beside where the one in force does. Nothing is changed by it.
#[utoipa::path(
    post, path = "/v1/routing/try", tag = "operations", request_body = RoutingTry,
    responses((status = 200, body = TriedView), Refusals)
)]
pub(crate) async fn try_out(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<RoutingTry>,
) -> Result<Answer<TriedView>, Problem> {
    caller.may(Scope::Administer)?;
    let last = new.last.unwrap_or(MOST_TRIED);
    if !(1..=MOST_TRIED).contains(&last) {
        return Err(Problem::field(
            "last",
            format!("{last} is not between 1 and {MOST_TRIED}"),
        ));
    }
    let tried = app.apart(move |app| app.intake.store().try_routing(&new.routing, last));
    Ok(Answer(tried.await?.into()))
}
