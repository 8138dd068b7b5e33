//! A synchronous scan: the item is taken in like any other, and its verdict waited for.

use std::sync::Arc;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use model::{Priority, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use super::submission::{ItemBody, ItemQuery, idempotency_key, read, take_in};
use super::view::{ResultView, result};
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;

/// How long to wait.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Deadline {
    /// Milliseconds to wait for the verdict, 1 to 60000; 10000 without it.
    #[param(minimum = 1, maximum = 60000)]
    deadline_ms: Option<u64>,
}

/// What was found, or that it took too long.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scanned {
    /// The receipt of the item. After a deadline, ask after it by this.
    item: String,
    /// The digest of its bytes.
    sha256: String,
    /// What was found.
    #[serde(flatten)]
    result: ResultView,
}

/// Takes an item in and waits for its verdict. Past the deadline the verdict is `incomplete` with the reason `time`, never
/// `no_match`; the item is worked on further.
#[utoipa::path(
    post, path = "/v1/scan", tag = "items", params(ItemQuery, Deadline),
    request_body(content = ItemBody, description = "or any other type, as raw bytes"),
    responses((status = 200, body = Scanned), Refusals)
)]
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    request: Request,
) -> Result<Answer<Scanned>, Problem> {
    caller.may(Scope::Submit)?.may_see()?;
    let (query, deadline) = split(request.uri().query().unwrap_or_default())?;
    let wait = match deadline {
        None => Duration::from_secs(10),
        Some(wait @ 1..=60_000) => Duration::from_millis(wait),
        Some(other) => {
            let detail = format!("{other} is not between 1 and 60000");
            return Err(Problem::field("deadline_ms", detail));
        }
    };
    let key = idempotency_key(&headers)?;
    let begun = tokio::time::Instant::now();
    let posted = read(&app, query, request).await?;
    let submission = take_in(&app, &caller, posted, Priority::SCAN, key).await?;
    let (sender, finished) = tokio::sync::oneshot::channel();
    let waiting = submission.clone();
    app.apart(move |app| {
        let waiter = Box::new(move || {
            // Nobody waits any more after the deadline.
            let _ = sender.send(());
        });
        app.intake.when_finished(&waiting, waiter)
    })
    .await?;
    let limit = begun + wait.min(app.settings.max_scan);
    let in_time = tokio::time::timeout_at(limit, finished).await.is_ok();
    let receipt = submission.item.receipt;
    let item = app.apart(move |app| app.intake.store().item(receipt)).await?;
    let found = item
        .as_ref()
        .filter(|_| in_time)
        .map(result)
        .transpose()?
        .flatten();
    Ok(Answer(Scanned {
        item: receipt.to_string(),
        sha256: submission.item.sha256.to_string(),
        result: found.map_or_else(ResultView::late, |result| ResultView::of(&result, &caller)),
    }))
}

/// The deadline, and what is said of the item.
fn split(query: &str) -> Result<(ItemQuery, Option<u64>), Problem> {
    let wrong =
        |rejection: axum::extract::rejection::QueryRejection| Problem::field("query", rejection.body_text());
    let uri = |query: &str| {
        format!("/?{query}")
            .parse()
            .map_err(|_| Problem::field("query", "it cannot be read"))
    };
    let only = axum::extract::Query::<Deadline>::try_from_uri(&uri(query)?).map_err(wrong)?;
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| pair.split('=').next() != Some("deadline_ms"))
        .collect();
    let item = axum::extract::Query::<ItemQuery>::try_from_uri(&uri(&rest.join("&"))?).map_err(wrong)?;
    Ok((item.0, only.0.deadline_ms))
}
