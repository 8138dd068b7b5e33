//! Hashing a file, without keeping anything of it.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Request, State};
use model::Scope;
use pipeline::wire::HashRow;
use serde::Serialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::app::App;
use crate::auth::Caller;
use crate::body::Pieces;
use crate::problem::Problem;

/// The signals of a file, as `basira hash --json` prints them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(crate) struct Hashed(HashRow);

/// The signals of a file: digests, and what was decoded from it. Nothing of it is kept.
#[utoipa::path(
    post, path = "/v1/hash", tag = "lookup",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Hashed), Refusals)
)]
pub(crate) async fn hash(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<Answer<Hashed>, Problem> {
    caller.may(Scope::LookUp)?.may_see()?;
    let bytes = Pieces::new(request.into_body(), app.settings.max_item)
        .all()
        .await?;
    let row = app
        .apart(move |app| {
            app.decode(&bytes, &app.settings.request)
                .map(|decoded| HashRow::of(String::new(), &decoded))
        })
        .await?;
    Ok(Answer(Hashed(row)))
}
