//! The log.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
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
