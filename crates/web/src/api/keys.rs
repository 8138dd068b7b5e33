//! Keys.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{BankName, KeyId, KeyTrust, PersonName, Scope, SourceName};
use serde::{Deserialize, Serialize};
use store::{ApiKey, NewApiKey, Secret};
use utoipa::ToSchema;

use super::{Page, PageQuery, Refusals};
use crate::app::App;
use crate::auth::{Caller, network};
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    /// Its id.
    key: i64,
    /// Its name.
    name: String,
    /// Whose own it is, where it is a person's.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// Whose items it submits and sees.
    source: String,
    /// What it may do.
    scopes: Vec<&'static str>,
    /// How much of an answer it gets.
    trust: &'static str,
    /// The banks that it may see; all without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    banks: Option<Vec<String>>,
    /// From where it may be used; from everywhere without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<Vec<String>>,
    /// Requests a second; without a limit without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<u32>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            key: key.id.0,
            name: key.name,
            person: key.person.map(String::from),
            source: key.source.to_string(),
            scopes: key.scopes.iter().map(|scope| scope.name()).collect(),
            trust: key.trust.name(),
            banks: key
                .banks
                .map(|banks| banks.iter().map(ToString::to_string).collect()),
            addresses: key.addresses,
            rate: key.rate,
            created_at: key.created_at,
            expires: key.expires,
            revoked_at: key.revoked_at,
        }
    }
}

/// A key that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// A name for people, 1 to 64 characters.
    #[schema(value_type = String)]
    name: SourceName,
    /// Whose own it is: what takes a person (writing, approving and deploying policies) is done with such a key. Two keys
    /// of one person are one person.
    #[schema(value_type = Option<String>)]
    person: Option<PersonName>,
    /// Whose items it submits and sees; its name without it.
    #[schema(value_type = Option<String>)]
    source: Option<SourceName>,
    /// What it may do: `submit`, `look_up`, `curate`, `review`, `write_policies`,
    /// `approve_policies`, `administer`, `metrics`.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// How much of an answer it gets: `low`, `middle` or `full`; `full` without it.
    #[schema(value_type = Option<String>)]
    trust: Option<KeyTrust>,
    /// The banks that it may see.
    #[schema(value_type = Option<Vec<String>>)]
    banks: Option<Vec<BankName>>,
    /// Addresses, or networks as `10.0.0.0/8`, from which it may be used.
    addresses: Option<Vec<String>>,
    /// Requests a second.
    #[schema(minimum = 1)]
    rate: Option<u32>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
}

/// A key that was made, with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeKey {
    #[serde(flatten)]
    #[schema(inline)]
    key: KeyView,
    /// The secret. It is not kept, and cannot be shown again.
    secret: String,
}

/// All keys.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys", params(PageQuery),
    responses((status = 200, body = Page<KeyView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<KeyView>>, Problem> {
    caller.may(Scope::Administer)?;
    let (limit, after) = (query.limit()?, query.after()?.unwrap_or(0));
    let keys = app.apart(|app| app.intake.store().keys()).await?;
    let views = keys
        .into_iter()
        .filter(|key| key.id.0 > after)
        .take(limit as usize);
    Ok(Answer(Page::of(
        views.map(KeyView::from).collect(),
        limit,
        |view: &KeyView| view.key.to_string(),
    )))
}

/// Makes a key. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys", request_body = NewKey,
    responses((status = 201, body = MadeKey), Refusals)
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewKey>,
) -> Result<(StatusCode, Answer<MadeKey>), Problem> {
    caller.may(Scope::Administer)?;
    let made = app
        .apart(move |app| -> Result<MadeKey, Problem> {
            let new = NewApiKey {
                source: new.source.unwrap_or_else(|| new.name.clone()),
                name: new.name.to_string(),
                person: new.person,
                scopes: new.scopes,
                trust: new.trust.unwrap_or(KeyTrust::Full),
                banks: new.banks,
                addresses: new.addresses,
                rate: new.rate,
                expires: new.expires,
            };
            let (key, secret) = make(app, &new, caller.name())?;
            Ok(MadeKey {
                key: key.into(),
                secret: secret.reveal().to_owned(),
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Makes a key, wherever it was asked for, if it is one that can do something.
pub(crate) fn make(app: &App, new: &NewApiKey, by: &str) -> Result<(ApiKey, Secret), Problem> {
    if new.scopes.is_empty() {
        return Err(Problem::field("scopes", "a key without a scope can do nothing"));
    }
    for (number, text) in new.addresses.iter().flatten().enumerate() {
        network(text).ok_or_else(|| {
            Problem::field(
                format!("addresses[{number}]"),
                "it is neither an address nor a network as 10.0.0.0/8",
            )
        })?;
    }
    if new.rate == Some(0) {
        return Err(Problem::field("rate", "a key without requests can do nothing"));
    }
    let store = app.intake.store();
    let made = store.create_key(new, by, Timestamp::now())?;
    app.keys.refresh(store)?;
    Ok(made)
}

/// Revokes a key for good, at once.
#[utoipa::path(
    delete, path = "/v1/keys/{key}", tag = "keys", params(("key" = String, Path, description = "Its id")),
    responses((status = 204), Refusals)
)]
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Scope::Administer)?;
    let id = id
        .parse()
        .map_err(|_| Problem::not_found("there is no such key"))?;
    app.apart(move |app| -> Result<(), Problem> {
        let store = app.intake.store();
        store.revoke_key(KeyId(id), caller.name(), Timestamp::now())?;
        Ok(app.keys.refresh(store)?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
