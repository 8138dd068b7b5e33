//! Items: submitted, and asked after.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use model::{Receipt, Scope};
use serde::Serialize;
use store::Submission;
use utoipa::ToSchema;

use super::submission::{ItemBody, ItemQuery, idempotency_key, posted, read, take_in};
use super::view::{ActionView, ItemView};
use super::{Page, PageQuery, Refusals};
use crate::app::App;
use crate::auth::Caller;
use crate::body::Pieces;
use crate::extract::{Path, Query, from_json};
use crate::problem::Problem;

/// Items of one batch.
const MOST_BATCH: usize = 100;

/// The receipt of an item: it is on the disk.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipted {
    /// What to ask after it by.
    item: String,
    /// The digest of its bytes.
    sha256: String,
    /// How many bytes it has.
    bytes: u64,
}

impl From<Submission> for Receipted {
    fn from(submission: Submission) -> Self {
        Self {
            item: submission.item.receipt.to_string(),
            sha256: submission.item.sha256.to_string(),
            bytes: submission.item.size,
        }
    }
}

/// Takes an item in. The answer comes when it is on the disk, and is the same whatever is found in it.
///
/// The body is the item itself, with what is said of it in the query; or multipart with the fields `item` (JSON) and
/// `file`; or JSON with `content` as base64. The same `Idempotency-Key`, or the same source, `external_id` and bytes, give
/// the same item again.
#[utoipa::path(
    post, path = "/v1/items", tag = "items", params(ItemQuery),
    request_body(content = ItemBody, description = "or any other type, as raw bytes"),
    responses((status = 202, body = Receipted), Refusals)
)]
pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<ItemQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, Answer<Receipted>), Problem> {
    caller.may(Scope::Submit)?;
    let key = idempotency_key(&headers)?;
    let posted = read(&app, query, request).await?;
    let priority = posted.about.priority;
    let submission = take_in(&app, &caller, posted, priority, key).await?;
    Ok((StatusCode::ACCEPTED, Answer(submission.into())))
}

/// What became of one item of a batch: its receipt, or the problem with it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Batched {
    /// It was taken in.
    Taken(Receipted),
    /// It was not.
    Refused {
        /// Why.
        problem: Problem,
    },
}

/// Takes up to 100 items in. Each has its own outcome, in the order of the request.
#[utoipa::path(
    post, path = "/v1/items/batch", tag = "items", request_body = Vec<ItemBody>,
    responses((status = 202, body = Vec<Batched>), Refusals)
)]
pub(crate) async fn submit_batch(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<(StatusCode, Answer<Vec<Batched>>), Problem> {
    caller.may(Scope::Submit)?;
    if !crate::extract::is_json(request.headers()) {
        return Err(Problem::unsupported(
            "send JSON, with Content-Type: application/json",
        ));
    }
    let limit = app.settings.max_item / 3 * 4 + (64 << 10);
    let bytes = Pieces::new(request.into_body(), limit).all().await?;
    let bodies: Vec<ItemBody> = from_json(&bytes)?;
    if bodies.len() > MOST_BATCH {
        let detail = format!("{} items, over the limit of {MOST_BATCH}", bodies.len());
        return Err(Problem::field(".", detail));
    }
    let mut outcomes = Vec::with_capacity(bodies.len());
    for body in bodies {
        let taken = async {
            let posted = posted(&app, body).await?;
            let priority = posted.about.priority;
            take_in(&app, &caller, posted, priority, None).await
        };
        outcomes.push(match taken.await {
            Ok(submission) => Batched::Taken(submission.into()),
            Err(problem) => Batched::Refused { problem },
        });
    }
    Ok((StatusCode::ACCEPTED, Answer(outcomes)))
}

/// The item of a receipt, if the caller may see it. That it is another's is not said.
pub(crate) async fn find(app: &Arc<App>, caller: &Caller, receipt: &str) -> Result<store::Item, Problem> {
    let missing = || Problem::not_found("there is no such item");
    let receipt: Receipt = receipt.parse().map_err(|_| missing())?;
    let item = app.apart(move |app| app.intake.store().item(receipt)).await?;
    item.filter(|item| caller.is_administrator() || item.source == *caller.source())
        .ok_or_else(missing)
}

/// How far an item has come, and what was found in it.
#[utoipa::path(
    get, path = "/v1/items/{item}", tag = "items",
    params(("item" = String, Path, description = "Its receipt")),
    responses((status = 200, body = ItemView), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(receipt): Path<String>,
) -> Result<Answer<ItemView>, Problem> {
    caller.may(Scope::Submit)?.may_see()?;
    let item = find(&app, &caller, &receipt).await?;
    let id = item.id;
    let mut view = ItemView::of(item, &caller)?;
    let known = app.apart(move |app| -> Result<_, Problem> {
        let store = app.intake.store();
        Ok((store.reversal(id)?, store.actions_of(id)?))
    });
    let (reversal, actions) = known.await?;
    view.reversed_at = reversal.map(|(_, at)| at);
    view.actions = actions.into_iter().map(ActionView::from).collect();
    Ok(Answer(view))
}

/// The caller's items, newest first.
#[utoipa::path(
    get, path = "/v1/items", tag = "items", params(PageQuery),
    responses((status = 200, body = Page<ItemView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<ItemView>>, Problem> {
    caller.may(Scope::Submit)?.may_see()?;
    let limit = query.limit()?;
    let before = match &query.cursor {
        Some(cursor) => Some(
            find(&app, &caller, cursor)
                .await
                .map_err(|_| Problem::field("cursor", "it is no cursor: use `next` of the page before"))?,
        ),
        None => None,
    };
    let source = (!caller.is_administrator()).then(|| caller.source().clone());
    let before = before.map(|item| item.id);
    let items = app
        .apart(move |app| app.intake.store().items(source.as_ref(), before, limit))
        .await?;
    let next = items.last().map(|item| item.receipt.to_string());
    let views = items
        .into_iter()
        .map(|item| ItemView::of(item, &caller))
        .collect::<Result<Vec<_>, Problem>>()?;
    Ok(Answer(Page::of(views, limit, |_| {
        next.clone().unwrap_or_default()
    })))
}
