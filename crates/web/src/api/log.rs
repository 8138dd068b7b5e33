//! The log.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use model::Scope;
use serde::Serialize;
use store::LogRecord;
use utoipa::ToSchema;

use super::{Page, PageQuery, Refusals};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::Query;
use crate::problem::Problem;

/// One record of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordView {
    /// Its number, from 1.
    seq: i64,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What it is about.
    kind: String,
    /// The particulars: ids, never content.
    #[schema(value_type = Object)]
    body: serde_json::Value,
    /// The SHA-256 that binds it to all before.
    chain: String,
}

impl From<LogRecord> for RecordView {
    fn from(record: LogRecord) -> Self {
        Self {
            seq: record.seq,
            at: record.at,
            kind: record.kind,
            // What is no JSON was altered; `basira verify` names it.
            body: serde_json::from_str(&record.body).unwrap_or_default(),
            chain: record.chain.to_string(),
        }
    }
}

/// The log, oldest first.
#[utoipa::path(
    get, path = "/v1/log", tag = "operations", params(PageQuery),
    responses((status = 200, body = Page<RecordView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<RecordView>>, Problem> {
    caller.may(Scope::Administer)?;
    let (limit, after) = (query.limit()?, query.after()?.unwrap_or(0));
    let records = app.apart(move |app| app.intake.store().log(after, limit)).await?;
    let views = records.into_iter().map(RecordView::from).collect();
    Ok(Answer(Page::of(views, limit, |view: &RecordView| {
        view.seq.to_string()
    })))
}

/// A signed checkpoint of the log as it is now, as a signed note. Whoever keeps it elsewhere can tell later, by
/// `basira verify --checkpoint`, that nothing before it was altered, removed or cut off.
#[utoipa::path(
    get, path = "/v1/log/checkpoint", tag = "operations",
    responses((status = 200, description = "A signed note (c2sp.org/tlog-checkpoint)", body = String,
        content_type = "text/plain"), Refusals)
)]
pub(crate) async fn checkpoint(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Scope::Administer)?;
    let note = app
        .apart(|app| app.intake.store().checkpoint(Timestamp::now()))
        .await?;
    let note = note.ok_or_else(|| Problem::not_found("the log has no record yet"))?;
    Ok(text(note))
}

/// The key by which checkpoints of the log are checked. Keep it elsewhere, with them.
#[utoipa::path(
    get, path = "/v1/log/public-key", tag = "operations",
    responses((status = 200, description = "A verifier key (c2sp.org/signed-note)", body = String,
        content_type = "text/plain"), Refusals)
)]
pub(crate) async fn public_key(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Scope::Administer)?;
    let signer = app.apart(|app| app.intake.store().signer()).await?;
    let signer = signer.ok_or_else(|| Problem::not_found("there is no key of the log yet"))?;
    Ok(text(format!("{}\n", signer.public())))
}

fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
