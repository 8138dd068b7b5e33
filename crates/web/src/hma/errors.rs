//! What is no success, in HMA's shapes: `{"message":…}`, a list of fields that are wrong (422), or a page (404, 405).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::answer;
use crate::problem::Problem;

/// What HMA says of a fault of its own.
const FAULT: &str = "The server encountered an internal error and was unable to complete your request. Either the server \
    is overloaded or there is an error in the application.";

/// What is shown of a name that a client made up.
pub(super) fn told(text: &str) -> String {
    text.chars().take(255).collect()
}

/// A field that is wrong, in the words of HMA's validation.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FieldError {
    #[serde(rename = "type")]
    kind: &'static str,
    loc: Vec<&'static str>,
    msg: &'static str,
    input: Value,
    url: String,
}

impl FieldError {
    pub(crate) fn new(
        kind: &'static str,
        field: Option<&'static str>,
        msg: &'static str,
        input: Value,
    ) -> Self {
        Self {
            kind,
            loc: field.into_iter().collect(),
            msg,
            input,
            url: format!("https://errors.pydantic.dev/2.14/v/{kind}"),
        }
    }
}

/// An answer that is no success.
#[derive(Debug)]
pub(crate) enum Error {
    /// A text.
    Message {
        status: StatusCode,
        message: String,
        retry_after: Option<u64>,
    },
    /// Fields that are wrong.
    Fields(Vec<FieldError>),
    /// There is no such address.
    Nowhere,
    /// The address takes other methods.
    Method,
}

impl Error {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Message {
            status,
            message: message.into(),
            retry_after: None,
        }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// We could not; the file is not at fault.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::Message {
            status: StatusCode::SERVICE_UNAVAILABLE,
            message: message.into(),
            retry_after: Some(5),
        }
    }
}

impl<E: Into<Problem>> From<E> for Error {
    fn from(error: E) -> Self {
        let problem = error.into();
        let status = problem.status();
        let message = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "Content too large",
            StatusCode::INTERNAL_SERVER_ERROR => FAULT,
            _ => problem.detail(),
        };
        Self::Message {
            status,
            message: message.to_owned(),
            retry_after: problem.retry_after(),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Message {
                status,
                message,
                retry_after,
            } => {
                let mut response = answer(status, &json!({ "message": message }));
                if let Some(seconds) = retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                }
                if status == StatusCode::UNAUTHORIZED {
                    let bearer = HeaderValue::from_static("Bearer");
                    response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
                }
                response
            }
            Self::Fields(errors) => {
                // Texts and what was sent as JSON have a JSON form. Unlike all other bodies this one does not end its line.
                let body = serde_json::to_string(&errors).unwrap_or_default();
                let kind = [(header::CONTENT_TYPE, "application/json")];
                (StatusCode::UNPROCESSABLE_ENTITY, kind, body).into_response()
            }
            Self::Nowhere => page(
                StatusCode::NOT_FOUND,
                "There is nothing at this address; /site-map lists what there is.",
            ),
            Self::Method => page(
                StatusCode::METHOD_NOT_ALLOWED,
                "The method is not allowed for the requested URL.",
            ),
        }
    }
}

fn page(status: StatusCode, text: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let code = status.as_u16();
    let body = format!(
        "<!doctype html>\n<html lang=en>\n<title>{code} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n"
    );
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}
