//! What was decided of items, and what people say of them.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{DecisionOutcome, Exemption, Ruling, Scope};
use pipeline::policies::{Again, replay};
use serde::{Deserialize, Serialize};
use store::Decision;
use utoipa::ToSchema;

use super::READERS;
use crate::api::{Refusals, items};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;

/// A decision, as it was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecisionView {
    /// Its number, from 1.
    decision: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `policy` or `person`.
    actor: &'static str,
    /// The person.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// What the person decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruling: Option<&'static str>,
    /// What the person found it to be exempt for.
    #[serde(skip_serializing_if = "Option::is_none")]
    exemption: Option<&'static str>,
    /// The SHA-256 of the list of policies that were in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<String>,
    /// The version of the engine.
    #[serde(skip_serializing_if = "String::is_empty")]
    engine: String,
    /// What the chain holds of what it rested on, also when that was erased; SHA-256.
    commitment: String,
    /// The chain up to it.
    chain: String,
    /// Whether the record was erased.
    erased: bool,
    /// What was given: signals and counters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    given: Option<serde_json::Value>,
    /// What followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    outcome: Option<serde_json::Value>,
    /// What would have followed by policies in the shadow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    shadow: Option<serde_json::Value>,
    /// Whether the same comes out again: `same`, `nothing`, `erased`, `person`, `other_engine` or `differs`.
    again: &'static str,
}

fn view(app: &App, it: Decision) -> DecisionView {
    let again = match replay(app.intake.store(), &it) {
        Again::Same => "same",
        Again::Nothing => "nothing",
        Again::Erased => "erased",
        Again::Person => "person",
        Again::OtherEngine => "other_engine",
        Again::Differs(_) => "differs",
    };
    let read = |text: &str| serde_json::from_str(text).ok();
    let record = it.record.as_ref();
    DecisionView {
        decision: it.seq,
        at: it.at,
        actor: it.actor.name(),
        erased: again == "erased",
        commitment: it.commitment.to_string(),
        chain: it.chain.to_string(),
        given: record.and_then(|it| read(&it.given)),
        outcome: record.and_then(|it| read(&it.outcome)),
        shadow: record.and_then(|it| read(&it.shadow.as_ref()?.1)),
        person: it.person,
        ruling: it.ruling.map(|ruling| ruling.outcome().name()),
        exemption: it
            .ruling
            .and_then(|ruling| ruling.exemption())
            .map(Exemption::name),
        policies: it.policies.map(|hash| hash.to_string()),
        engine: it.engine,
        again,
    }
}

/// What was decided of an item, the newest first, with all that it rested on.
#[utoipa::path(
    get, path = "/v1/items/{item}/decisions", tag = "policies",
    params(("item" = String, Path, description = "Its receipt")),
    responses((status = 200, body = Vec<DecisionView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(receipt): Path<String>,
) -> Result<Answer<Vec<DecisionView>>, Problem> {
    caller.may_any(&READERS)?.may_see()?;
    let item = items::find(&app, &caller, &receipt).await?;
    let views = app.apart(move |app| -> Result<Vec<DecisionView>, Problem> {
        let found = app.intake.store().decisions_of(item.id)?;
        Ok(found.into_iter().map(|it| view(app, it)).collect())
    });
    Ok(Answer(views.await?))
}

/// What a person decides of an item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRuling {
    /// `violating`, `not_violating`, `exempt`, `unsure` or `cannot_tell`.
    #[schema(value_type = String)]
    outcome: DecisionOutcome,
    /// What it is exempt for, and only then: `news`, `research`, `counter_speech` or `documentation`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    exemption: Option<Exemption>,
}

/// A decision that was noted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Noted {
    /// The number of its record.
    decision: i64,
}

/// Notes what a person decides of an item, by a personal key, as a decision in the console does: policies are held against
/// it, and those that act by themselves respect it for all copies of the item that come later. Where it finds nothing wrong,
/// what policies did to copies is reversed. A case that waits for a decision about these bytes has it then; who is unsure
/// leaves it open. What is sealed or takes two people is decided in the console. The last one counts.
#[utoipa::path(
    post, path = "/v1/items/{item}/decisions", tag = "policies", request_body = NewRuling,
    params(("item" = String, Path, description = "Its receipt")),
    responses((status = 201, body = Noted), Refusals)
)]
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(receipt): Path<String>,
    Json(new): Json<NewRuling>,
) -> Result<(StatusCode, Answer<Noted>), Problem> {
    let by = caller.may(Scope::Review)?.may_see()?.personal()?;
    let ruling = Ruling::new(new.outcome, new.exemption, None)
        .map_err(|error| Problem::field("outcome", error.to_string()))?;
    if new.outcome.seals() || new.outcome.needs_two() {
        let why = "decide that in the console: it takes a second person, or is sealed at once";
        return Err(Problem::field("outcome", why));
    }
    let item = items::find(&app, &caller, &receipt).await?;
    let noted = app.apart(move |app| {
        let noted = app.intake.store().rule(item.id, ruling, &by, Timestamp::now());
        app.intake.outbox().ring();
        noted
    });
    let decision = noted.await?;
    Ok((StatusCode::CREATED, Answer(Noted { decision })))
}
