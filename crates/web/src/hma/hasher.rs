//! `/h`: the signals of a file. Nothing of it is kept.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Map, Value};

use super::errors::Error;
use super::files::{Hashed, hash as hash_file, upload, wanted};
use super::input::Fields;
use super::{Hma, fine, may_look_up};
use crate::auth::Caller;

/// What HMA says of an address that it will not fetch. Nothing is fetched here yet.
pub(super) fn no_fetch() -> Error {
    Error::bad("Invalid or unsafe URL provided")
}

pub(super) async fn hash_url(caller: Caller, mut query: Fields) -> Result<Response, Error> {
    may_look_up(&caller)?;
    query.required_text("url");
    query.check()?;
    Err(no_fetch())
}

pub(super) async fn hash(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    mut query: Fields,
    request: Request,
) -> Result<Response, Error> {
    may_look_up(&caller)?;
    let types = query.text("types");
    query.check()?;
    let upload = upload(&hma, request).await?;
    let kinds = wanted(&hma, upload.content, types.as_deref())?;
    let hashed = hma.apart(move |hma| hash_file(hma, &upload, &kinds)).await?;
    Ok(fine(&texts(&hashed)))
}

/// Signals by their types; one that is none is the empty text.
pub(super) fn texts(hashed: &[Hashed]) -> Value {
    let text = |(kind, signal): &Hashed| {
        let text = signal.map(|signal| signal.to_string()).unwrap_or_default();
        (kind.name().to_owned(), text.into())
    };
    hashed.iter().map(text).collect::<Map<String, Value>>().into()
}
