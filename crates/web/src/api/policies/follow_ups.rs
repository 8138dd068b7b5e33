//! What a backtest found, put before people: asked for by one, approved by another, cancelled and undone.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{Receipt, Scope};
use serde::{Deserialize, Serialize};
use store::{FollowUp, MOST_FOLLOWED, Personal, Store, StoreError};
use utoipa::ToSchema;

use super::READERS;
use crate::api::Refusals;
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;

/// Bytes of a reason.
const LONGEST_REASON: usize = 1_000;

/// A list of items that is to be put before people.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFollowUp {
    /// The receipts of the items, at most 10,000: `first_added` of a backtest.
    #[schema(max_items = 10_000)]
    items: Vec<String>,
    /// Why, for who approves it.
    #[schema(max_length = 1_000)]
    reason: String,
}

/// A list of items that somebody asks to be put before people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUpView {
    /// Its id.
    pub id: i64,
    /// `asked`, `approved`, `done`, `cancelled` or `undone`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// Who asks for it.
    pub asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// Who has approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub approved_at: Option<Timestamp>,
    /// Who has cancelled or undone it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    /// When it was done, cancelled or undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Items that were not put before people.
    pub waiting: u64,
    /// Items that were, and can be taken back while nobody has decided them.
    pub enqueued: u64,
    /// Items that were before people already, or are forgotten.
    pub skipped: u64,
    /// Items that were taken back.
    pub undone: u64,
}

impl From<FollowUp> for FollowUpView {
    fn from(it: FollowUp) -> Self {
        let count = |state: model::FollowUpItem| {
            let found = it.items.iter().find(|(of, _)| *of == state);
            found.map_or(0, |(_, count)| *count)
        };
        let (waiting, enqueued) = (
            count(model::FollowUpItem::Waiting),
            count(model::FollowUpItem::Enqueued),
        );
        let (skipped, undone) = (
            count(model::FollowUpItem::Skipped),
            count(model::FollowUpItem::Undone),
        );
        let (approved_by, approved_at) = it.approved.unzip();
        Self {
            id: it.id,
            state: it.state.name().to_owned(),
            reason: it.reason,
            asked_by: it.asked_by,
            asked_at: it.asked_at,
            approved_by,
            approved_at,
            ended_by: it.ended_by,
            ended_at: it.ended_at,
            waiting,
            enqueued,
            skipped,
            undone,
        }
    }
}

fn number(id: &str) -> Result<i64, Problem> {
    id.parse()
        .map_err(|_| Problem::not_found("there is no such follow-up: its id is a number"))
}

/// Takes a step with a list, and shows it as it is then.
async fn step(
    app: &Arc<App>,
    id: &str,
    by: Personal,
    take: fn(&Store, i64, &Personal, Timestamp) -> Result<FollowUp, StoreError>,
) -> Result<Answer<FollowUpView>, Problem> {
    let id = number(id)?;
    let taken = app.apart(move |app| take(app.intake.store(), id, &by, Timestamp::now()));
    Ok(Answer(taken.await?.into()))
}

/// All lists, the newest first.
#[utoipa::path(
    get, path = "/v1/follow-ups", tag = "policies", responses((status = 200, body = Vec<FollowUpView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Answer<Vec<FollowUpView>>, Problem> {
    caller.may_any(&READERS)?;
    let found = app.apart(|app| app.intake.store().follow_ups()).await?;
    Ok(Answer(found.into_iter().map(FollowUpView::from).collect()))
}

/// Asks that items be put before people, by a personal key. Nothing happens before somebody else approves it.
#[utoipa::path(
    post, path = "/v1/follow-ups", tag = "policies", request_body = NewFollowUp,
    responses((status = 201, body = FollowUpView), Refusals)
)]
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewFollowUp>,
) -> Result<(StatusCode, Answer<FollowUpView>), Problem> {
    let by = caller.may(Scope::WritePolicies)?.personal()?;
    if new.items.is_empty() || new.items.len() > MOST_FOLLOWED {
        let detail = format!("{} items: name 1 to {MOST_FOLLOWED}", new.items.len());
        return Err(Problem::field("items", detail));
    }
    if new.reason.len() > LONGEST_REASON {
        let detail = format!("{} bytes, over the limit of {LONGEST_REASON}", new.reason.len());
        return Err(Problem::field("reason", detail));
    }
    let items: Result<Vec<Receipt>, _> = new.items.iter().map(|receipt| receipt.parse()).collect();
    let items = items.map_err(|_| Problem::field("items", "one of them is no receipt of an item"))?;
    let asked = app.apart(move |app| {
        let store = app.intake.store();
        store.ask_follow_up(items, &new.reason, &by, Timestamp::now())
    });
    Ok((StatusCode::CREATED, Answer(asked.await?.into())))
}

/// A list, and how far it has come.
#[utoipa::path(
    get, path = "/v1/follow-ups/{id}", tag = "policies", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = FollowUpView), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<FollowUpView>, Problem> {
    caller.may_any(&READERS)?;
    let id = number(&id)?;
    let found = app.apart(move |app| app.intake.store().follow_up(id)).await?;
    Ok(Answer(found.into()))
}

/// Approves a list that somebody else asks for, by a personal key: its items are put before people from then on.
#[utoipa::path(
    post, path = "/v1/follow-ups/{id}/approve", tag = "policies", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = FollowUpView), Refusals)
)]
pub(crate) async fn approve(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<FollowUpView>, Problem> {
    let by = caller.may(Scope::ApprovePolicies)?.personal()?;
    step(&app, &id, by, Store::approve_follow_up).await
}

/// Cancels a list, by a personal key: what was not put before people will not be.
#[utoipa::path(
    post, path = "/v1/follow-ups/{id}/cancel", tag = "policies", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = FollowUpView), Refusals)
)]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<FollowUpView>, Problem> {
    let by = caller.may(Scope::WritePolicies)?.personal()?;
    step(&app, &id, by, Store::cancel_follow_up).await
}

/// Takes back what a list has put before people and nobody has decided, by a personal key.
#[utoipa::path(
    post, path = "/v1/follow-ups/{id}/undo", tag = "policies", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = FollowUpView), Refusals)
)]
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<FollowUpView>, Problem> {
    let by = caller.may(Scope::WritePolicies)?.personal()?;
    step(&app, &id, by, Store::undo_follow_up).await
}
