//! What comes with an item: as a raw body with a query, as multipart, or as JSON with base64.

use std::sync::Arc;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use model::{Context, Priority, Visibility, check_external_id};
use serde::Deserialize;
use store::{Arrived, NewItem, Submission};
use utoipa::{IntoParams, ToSchema};

use crate::api::words;
use crate::app::App;
use crate::auth::Caller;
use crate::body::{Pieces, keep, receive};
use crate::extract::{from_json, is_json};
use crate::problem::Problem;

/// What is said of an item beside its bytes.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemQuery {
    /// The platform's own name for it.
    #[param(max_length = 512, min_length = 1)]
    external_id: Option<String>,
    /// The author, as an opaque reference of the platform.
    author: Option<String>,
    /// Where it can be seen.
    url: Option<String>,
    /// Its language, as a BCP 47 tag.
    language: Option<String>,
    /// Who could see it: `public`, `unlisted`, `members`. Private messages are not taken.
    #[param(value_type = Option<String>)]
    visibility: Option<Visibility>,
    /// The thread that it belongs to.
    thread: Option<String>,
    /// Countries whose law applies, as ISO 3166 codes separated by commas.
    jurisdictions: Option<String>,
    /// How urgent it is, 0 to 9.
    #[param(value_type = Option<u8>, maximum = 9)]
    priority: Option<u8>,
}

/// An item as JSON.
// No part of it is flattened: a problem could not say which field it is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemBody {
    /// Its bytes, as base64 (RFC 4648 with padding).
    content: String,
    /// The platform's own name for it.
    external_id: Option<String>,
    /// What the platform says of it.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Context,
    /// How urgent it is, 0 to 9.
    #[serde(default)]
    #[schema(value_type = u8, maximum = 9)]
    priority: u8,
}

/// What is said of an item beside its bytes, in the field `item` of a form.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemAbout {
    external_id: Option<String>,
    #[serde(default)]
    context: Context,
    #[serde(default)]
    priority: u8,
}

/// What is said of an item, checked.
#[derive(Debug)]
pub(crate) struct About {
    external_id: Option<String>,
    context: Context,
    pub(crate) priority: Priority,
}

impl TryFrom<ItemQuery> for About {
    type Error = Problem;
    fn try_from(query: ItemQuery) -> Result<Self, Problem> {
        let context = Context {
            author: query.author,
            url: query.url,
            language: query.language,
            visibility: query.visibility,
            thread: query.thread,
            jurisdictions: words(query.jurisdictions.as_deref()).map(str::to_owned).collect(),
        };
        let priority = query.priority.unwrap_or_default();
        About::checked(query.external_id, context, priority)
    }
}

impl About {
    /// Nothing but a name, which was checked.
    pub(crate) fn of_name(external_id: Option<String>) -> Self {
        Self {
            external_id,
            context: Context::default(),
            priority: Priority::default(),
        }
    }

    fn checked(external_id: Option<String>, context: Context, priority: u8) -> Result<Self, Problem> {
        if let Some(id) = &external_id {
            check_external_id(id)?;
        }
        context.check()?;
        Ok(Self {
            external_id,
            context,
            priority: Priority::new(priority)?,
        })
    }
}

/// An item that has arrived, and what is said of it.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) arrived: Arrived,
    pub(crate) about: About,
}

/// Reads an item from a request of any of the three forms.
pub(crate) async fn read(app: &Arc<App>, query: ItemQuery, request: Request) -> Result<Posted, Problem> {
    let headers = request.headers();
    if is_json(headers) {
        // Base64 is a third longer.
        let limit = app.settings.max_item / 3 * 4 + (64 << 10);
        let bytes = Pieces::new(request.into_body(), limit).all().await?;
        return posted(app, from_json(&bytes)?).await;
    }
    if is_multipart(headers) {
        return read_multipart(app, request).await;
    }
    // What is wrong with the query is said before the body is taken.
    let about = query.try_into()?;
    let arrived = receive(app, Pieces::new(request.into_body(), app.settings.max_item)).await?;
    Ok(Posted { arrived, about })
}

/// An item that came as JSON.
pub(crate) async fn posted(app: &Arc<App>, body: ItemBody) -> Result<Posted, Problem> {
    let about = About::checked(body.external_id, body.context, body.priority)?;
    let bytes = STANDARD
        .decode(&body.content)
        .map_err(|error| Problem::field("content", format!("it is no base64: {error}")))?;
    if bytes.len() as u64 > app.settings.max_item {
        return Err(Problem::too_large(app.settings.max_item));
    }
    let arrived = keep(app, bytes).await?;
    Ok(Posted { arrived, about })
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/"))
}

/// The field `item` with JSON may come before the field `file`.
async fn read_multipart(app: &Arc<App>, request: Request) -> Result<Posted, Problem> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|rejection| Problem::bad_request(rejection.body_text()))?;
    let mut about = ItemAbout::default();
    let mut arrived = None;
    let broken = |error: axum::extract::multipart::MultipartError| Problem::bad_request(error.body_text());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("item") => {
                let bytes = Pieces::of_field(field, 64 << 10).all().await?;
                about = from_json(&bytes)?;
            }
            Some("file") if arrived.is_none() => {
                arrived = Some(receive(app, Pieces::of_field(field, app.settings.max_item)).await?);
            }
            Some("file") => {
                return Err(Problem::field(
                    "file",
                    "there are two; send each as an item of its own",
                ));
            }
            other => {
                let name = other.unwrap_or_default().chars().take(64).collect::<String>();
                return Err(Problem::field(
                    name,
                    "there is no such field; send `item` and `file`",
                ));
            }
        }
    }
    let arrived = arrived.ok_or_else(|| Problem::field("file", "it is missing"))?;
    Ok(Posted {
        arrived,
        about: About::checked(about.external_id, about.context, about.priority)?,
    })
}

/// The key under which a request has one effect.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|text| (1..=255).contains(&text.len()));
    text.map(|text| Some(text.to_owned()))
        .ok_or_else(|| Problem::field("Idempotency-Key", "use 1 to 255 visible characters"))
}

/// Takes an item in, durably.
pub(crate) async fn take_in(
    app: &Arc<App>,
    caller: &Caller,
    posted: Posted,
    priority: Priority,
    idempotency_key: Option<String>,
) -> Result<Submission, Problem> {
    let Posted { arrived, about } = posted;
    let new = NewItem {
        source: caller.source().clone(),
        external_id: about.external_id,
        context: about.context,
        priority,
        idempotency_key,
        received_at: Timestamp::now(),
    };
    app.apart(move |app| app.intake.submit(&arrived, new)).await
}
