//! Deliveries: what webhooks were told, and how far the telling has come.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{DeliveryState, EventId, Scope};
use serde::{Deserialize, Serialize};
use store::{Delivery, Listed};
use utoipa::{IntoParams, ToSchema};

use super::{Page, PageQuery, Refusals};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Path, Query};
use crate::problem::Problem;

/// One event on its way to one webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryView {
    /// What the receiver knows it by: the header `webhook-id`.
    delivery: String,
    /// Its place in the order of events, for the cursor.
    number: i64,
    /// The webhook.
    webhook: i64,
    /// What it tells.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The receipt of the item; absent for a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// Where the item comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// `waiting`, `delivered`, `confirmed` or `aside`.
    state: &'static str,
    /// Whether somebody should look at it: it was given up, or it is a match or an action of people on which nobody has
    /// confirmed to have acted.
    red: bool,
    /// Attempts since it was made or replayed.
    attempts: u32,
    /// When it is sent next; absent when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// The HTTP status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_status: Option<u16>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the receiver took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
    /// When the platform confirmed that it has acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    confirmed_at: Option<Timestamp>,
    /// The name of the key that confirmed it, or `answer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let waiting = delivery.state == DeliveryState::Waiting;
        Self {
            delivery: delivery.event.to_string(),
            number: delivery.number,
            webhook: delivery.webhook.0,
            kind: delivery.kind.name(),
            item: delivery.receipt.map(|receipt| receipt.to_string()),
            red: delivery.is_red(),
            source: delivery.source.map(|source| source.to_string()),
            state: delivery.state.name(),
            attempts: delivery.attempts,
            next_at: waiting.then_some(delivery.next_at),
            last_status: delivery.last_status,
            last_error: delivery.last_error,
            created_at: delivery.created_at,
            delivered_at: delivery.delivered_at,
            confirmed_at: delivery.confirmed_at,
            confirmed_by: delivery.confirmed_by,
        }
    }
}

/// Which deliveries.
// `PageQuery` is not flattened into it: a number would not be read any more.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// Only those in this state: `waiting`, `delivered`, `confirmed`, `aside`; or `red` for those that somebody should
    /// look at.
    state: Option<String>,
    /// `next` of the page before; the first page without it.
    cursor: Option<String>,
    /// How many at most: 1 to 1000.
    #[serde(default = "super::default_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: u32,
}

impl DeliveryQuery {
    fn listed(&self) -> Result<Listed, Problem> {
        match self.state.as_deref() {
            None => Ok(Listed::All),
            Some("red") => Ok(Listed::Red),
            Some(text) => text
                .parse()
                .map(Listed::In)
                .map_err(|_| Problem::field("state", "use waiting, delivered, confirmed, aside or red")),
        }
    }
}

/// Deliveries, newest first.
#[utoipa::path(
    get, path = "/v1/deliveries", tag = "webhooks", params(DeliveryQuery),
    responses((status = 200, body = Page<DeliveryView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<DeliveryQuery>,
) -> Result<Answer<Page<DeliveryView>>, Problem> {
    caller.may(Scope::Administer)?;
    let listed = query.listed()?;
    let page = PageQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let (limit, before) = (page.limit()?, page.after()?);
    let deliveries = app
        .apart(move |app| app.intake.store().deliveries(listed, before, limit))
        .await?;
    let views = deliveries.into_iter().map(DeliveryView::from).collect();
    Ok(Answer(Page::of(views, limit, |view: &DeliveryView| {
        view.number.to_string()
    })))
}

/// Sends a delivery again, with the same `webhook-id`, and goes on trying for as long as with a new one.
#[utoipa::path(
    post, path = "/v1/deliveries/{delivery}/replay", tag = "webhooks",
    params(("delivery" = String, Path, description = "Its `webhook-id`")),
    responses((status = 202, body = DeliveryView), Refusals)
)]
pub(crate) async fn replay(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(event): Path<String>,
) -> Result<(StatusCode, Answer<DeliveryView>), Problem> {
    caller.may(Scope::Administer)?;
    let event = event_id(&event)?;
    let delivery = app
        .apart(move |app| {
            let store = app.intake.store();
            store.replay_delivery(event, caller.name(), Timestamp::now())
        })
        .await?;
    app.intake.outbox().ring();
    Ok((StatusCode::ACCEPTED, Answer(delivery.into())))
}

/// Says that the platform has acted on what it was told. The first confirmation counts; a key that may only submit
/// confirms what is about its own items.
#[utoipa::path(
    post, path = "/v1/deliveries/{delivery}/confirm", tag = "webhooks",
    params(("delivery" = String, Path, description = "Its `webhook-id`")),
    responses((status = 204), Refusals)
)]
pub(crate) async fn confirm(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(event): Path<String>,
) -> Result<StatusCode, Problem> {
    if !caller.is_administrator() {
        caller.may(Scope::Submit)?;
    }
    let event = event_id(&event)?;
    let source = (!caller.is_administrator()).then(|| caller.source().clone());
    app.apart(move |app| {
        let store = app.intake.store();
        store.confirm_delivery(event, source, caller.name(), Timestamp::now())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn event_id(text: &str) -> Result<EventId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("there is no such delivery"))
}
