//! Webhooks: who is told of items.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{EventKind, Scope, SourceName, WebhookId};
use pipeline::webhook::{Target, shown};
use serde::{Deserialize, Serialize};
use store::{Delivery, NewWebhook, Secret, Webhook};
use utoipa::ToSchema;

use super::deliveries::DeliveryView;
use super::{Page, PageQuery, Refusals};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookView {
    /// Its id.
    webhook: i64,
    /// Whose items it is told of; of all without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// Where it is.
    url: String,
    /// What it is told.
    events: Vec<&'static str>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Timestamp>,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        Self {
            webhook: webhook.id.0,
            source: webhook.source.map(|source| source.to_string()),
            url: webhook.url,
            events: webhook.events.iter().map(|kind| kind.name()).collect(),
            created_at: webhook.created_at,
            disabled_at: webhook.disabled_at,
        }
    }
}

/// A webhook that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookBody {
    /// Where it is: http or https, without credentials. A host that leads to no public address is refused, unless the
    /// operator allows its network.
    #[schema(max_length = 2048)]
    pub(crate) url: String,
    /// Whose items it is told of; of all without it.
    #[schema(value_type = Option<String>)]
    pub(crate) source: Option<SourceName>,
    /// What it is told: `item.match` (and with it `action.reversed`), `item.no_match`, `item.incomplete`; `item.actions`, what
    /// policies chose to be done (and with it `action.reversed`); `item.decided` (and with it `decision.reversed`); `appeal.decided`; and, where
    /// it is told of all sources, `alert.climb` and `alert.policy`. All of them without it.
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) events: Option<Vec<EventKind>>,
}

/// A webhook that was made, with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeWebhook {
    #[serde(flatten)]
    #[schema(inline)]
    webhook: WebhookView,
    /// The secret of its signatures, in the form of Standard Webhooks: `whsec_` and base64. It cannot be shown again.
    secret: String,
}

/// What a webhook can be told, beside the event by which it is tried out.
pub(crate) fn events() -> impl Iterator<Item = EventKind> {
    let all = EventKind::ALL.iter().copied();
    all.filter(|event| *event != EventKind::Test)
}

/// Makes a webhook, wherever it was asked for.
pub(crate) fn make(app: &App, body: WebhookBody, by: &str) -> Result<(Webhook, Secret), Problem> {
    let new = body.checked(app)?;
    Ok(app
        .intake
        .store()
        .create_webhook(&new, by, Timestamp::now(), shown)?)
}

/// Sends a webhook the event that tells nothing.
pub(crate) async fn try_out(app: &Arc<App>, id: WebhookId) -> Result<Delivery, Problem> {
    let delivery = app
        .apart(move |app| app.intake.store().test_webhook(id, Timestamp::now()))
        .await?;
    app.intake.outbox().ring();
    Ok(delivery)
}

impl WebhookBody {
    fn checked(self, app: &App) -> Result<NewWebhook, Problem> {
        let target: Target = self
            .url
            .parse()
            .map_err(|error: pipeline::webhook::TargetError| Problem::field("url", error.to_string()))?;
        target
            .check(&app.settings.guard)
            .map_err(|error| Problem::field("url", error.to_string()))?;
        let mut events = self.events.unwrap_or_else(|| events().collect());
        if events.is_empty() || events.contains(&EventKind::Test) {
            let known: Vec<&str> = self::events().map(EventKind::name).collect();
            let detail = format!("name at least one of {}, or leave it out", known.join(", "));
            return Err(Problem::field("events", detail));
        }
        events.sort_unstable();
        events.dedup();
        Ok(NewWebhook {
            source: self.source,
            url: self.url,
            events,
        })
    }
}

/// All webhooks, also those that were removed.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "webhooks", params(PageQuery),
    responses((status = 200, body = Page<WebhookView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<WebhookView>>, Problem> {
    caller.may(Scope::Administer)?;
    let (limit, after) = (query.limit()?, query.after()?.unwrap_or(0));
    let webhooks = app.apart(|app| app.intake.store().webhooks()).await?;
    let views = webhooks
        .into_iter()
        .filter(|webhook| webhook.id.0 > after)
        .take(limit as usize);
    Ok(Answer(Page::of(
        views.map(WebhookView::from).collect(),
        limit,
        |view: &WebhookView| view.webhook.to_string(),
    )))
}

/// Makes a webhook. It is told of items that are finished from now on; its secret is in this answer and nowhere else.
///
/// What it is sent is signed in the form of Standard Webhooks: the header `webhook-signature` is `v1,` and the base64 of the
/// HMAC-SHA256, by the bytes of the secret, of `webhook-id`, `webhook-timestamp` and the body, joined by dots. A receiver
/// refuses what is not signed so, or is older than a few minutes, and does nothing for a `webhook-id` that it has seen
/// before. An answer 2xx says that it has arrived; with the body `{"confirmed": true}` also that the platform has acted.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "webhooks", request_body = WebhookBody,
    responses((status = 201, body = MadeWebhook), Refusals)
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(body): Json<WebhookBody>,
) -> Result<(StatusCode, Answer<MadeWebhook>), Problem> {
    caller.may(Scope::Administer)?;
    let made = app
        .apart(move |app| -> Result<MadeWebhook, Problem> {
            let (webhook, secret) = make(app, body, caller.name())?;
            Ok(MadeWebhook {
                webhook: webhook.into(),
                secret: secret.reveal().to_owned(),
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Removes a webhook for good, at once. What it has not got is put aside.
#[utoipa::path(
    delete, path = "/v1/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = String, Path, description = "Its id")),
    responses((status = 204), Refusals)
)]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Scope::Administer)?;
    let id = webhook_id(&id)?;
    app.apart(move |app| {
        let store = app.intake.store();
        store.remove_webhook(id, caller.name(), Timestamp::now())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a webhook the event `webhook.test`. What became of it is seen among the deliveries.
#[utoipa::path(
    post, path = "/v1/webhooks/{webhook}/test", tag = "webhooks",
    params(("webhook" = String, Path, description = "Its id")),
    responses((status = 202, body = DeliveryView), Refusals)
)]
pub(crate) async fn test(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Answer<DeliveryView>), Problem> {
    caller.may(Scope::Administer)?;
    let id = webhook_id(&id)?;
    let delivery = try_out(&app, id).await?;
    Ok((StatusCode::ACCEPTED, Answer(delivery.into())))
}

fn webhook_id(text: &str) -> Result<WebhookId, Problem> {
    text.parse()
        .map(WebhookId)
        .map_err(|_| Problem::not_found("there is no such webhook"))
}
