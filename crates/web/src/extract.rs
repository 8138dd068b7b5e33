//! What requests carry, read once, at the edge, with the name of the field that is wrong.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A JSON body. Unlike axum's it says which field is wrong.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported(
                "send JSON, with Content-Type: application/json",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            match rejection.status().as_u16() {
                413 => Problem::too_large(JSON_LIMIT as u64),
                _ => Problem::bad_request(rejection.body_text()),
            }
        })?;
        from_json(&bytes).map(Self)
    }
}

/// The longest JSON body in bytes, beside those that carry items.
pub(crate) const JSON_LIMIT: usize = 2 << 20;

/// Whether a body says that it is JSON.
pub(crate) fn is_json(headers: &axum::http::HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = kind
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default()
        .trim();
    kind.eq_ignore_ascii_case("application/json")
        || (kind.len() > 5 && kind[kind.len() - 5..].eq_ignore_ascii_case("+json"))
}

/// Reads JSON; the problem names the field.
pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let why = error.into_inner();
        // What is no JSON at all is not about a field.
        match path.as_str() {
            "." => Problem::bad_request(why.to_string()),
            _ if why.is_syntax() || why.is_eof() => Problem::bad_request(why.to_string()),
            _ => Problem::field(path, why.to_string()),
        }
    })?;
    reader
        .end()
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    Ok(value)
}

/// The query of the address.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| Problem::field("query", rejection.body_text()))
    }
}

/// A part of the path.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            // What cannot be the name of a thing names nothing.
            .map_err(|rejection| Problem::not_found(rejection.body_text()))
    }
}
