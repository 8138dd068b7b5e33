//! Taking back what rested on a revoked entry.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::Scope;
use serde::Serialize;
use store::Reversing;
use utoipa::ToSchema;

use super::Refusals;
use super::entries::find;
use crate::app::App;
use crate::auth::Caller;
use crate::extract::Path;
use crate::problem::Problem;

/// How far the matches of a revoked entry have been taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReversalView {
    /// The entry.
    entry: i64,
    /// `running` or `done`.
    state: &'static str,
    /// Who asked for it.
    asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    begun_at: Timestamp,
    /// Items whose match was taken back.
    reversed: u64,
    /// Items whose match stands, for another entry that counts has made it too.
    standing: u64,
    /// When all were looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

impl From<Reversing> for ReversalView {
    fn from(work: Reversing) -> Self {
        Self {
            entry: work.entry.0,
            state: work.finished_at.map_or("running", |_| "done"),
            asked_by: work.asked_by,
            begun_at: work.begun_at,
            reversed: work.reversed,
            standing: work.standing,
            finished_at: work.finished_at,
        }
    }
}

/// Takes back every match that rests on a revoked entry alone. Each item is noted in the log, and who is told of matches is
/// told by `action.reversed`. It is done beside requests; `/v1/jobs` shows how far it has come.
#[utoipa::path(
    post, path = "/v1/entries/{entry}/reverse", tag = "banks", params(("entry" = String, Path, description = "Its id")),
    responses((status = 202, body = ReversalView), Refusals)
)]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Answer<ReversalView>), Problem> {
    caller.may(Scope::Curate)?.may_see()?;
    let begun = app
        .apart(move |app| -> Result<Reversing, Problem> {
            let entry = find(app, &caller, &id)?.id;
            let store = app.intake.store();
            Ok(store.begin_reversing(entry, caller.name(), Timestamp::now())?)
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Answer(begun.into())))
}
