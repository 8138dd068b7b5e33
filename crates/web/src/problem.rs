//! Problem details (RFC 9457): what went wrong, and what to do.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{IncidentError, LifeError};
use serde::Serialize;
use store::{FollowUpError, ReviewError, StoreError};
use utoipa::ToSchema;

use crate::observe;

/// What went wrong, and what to do about it (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is, as a stable name: `urn:basira:problem:not-found`.
    #[serde(rename = "type")]
    kind: String,
    /// The kind in words.
    title: Cow<'static, str>,
    /// The HTTP status.
    status: u16,
    /// What happened here, and what to do.
    detail: String,
    /// The field of the request that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Seconds after which it is worth trying again.
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:basira:problem:{kind}"),
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            field: None,
            retry_after: None,
        }
    }

    /// A field of the request cannot be taken.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "invalid-field",
                "A field is invalid",
                detail,
            )
        }
    }

    /// The request cannot be taken as a whole.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            "The request cannot be read",
            detail,
        )
    }

    /// No key, or one that is not valid (any more, from here).
    pub fn unauthorized(detail: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "no-key", "A key is needed", detail)
    }

    /// The key may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not-allowed",
            "The key may not do this",
            detail,
        )
    }

    /// There is no such thing, or it belongs to somebody else, which is not said.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "There is no such thing",
            detail,
        )
    }

    /// The route takes other methods.
    pub fn method(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "The route takes other methods",
            detail,
        )
    }

    /// It is there already, or was used for something else.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "It is there already", detail)
    }

    /// Something stands against a step of a policy.
    pub fn life(error: &LifeError) -> Self {
        let status = match error {
            LifeError::NotPersonal | LifeError::SelfApproval { .. } => StatusCode::FORBIDDEN,
            LifeError::ShareWanted => StatusCode::BAD_REQUEST,
            _ => StatusCode::CONFLICT,
        };
        Self::new(
            status,
            error.code(),
            "Something stands against it",
            error.to_string(),
        )
    }

    /// Policies do not pass the check.
    pub fn policies(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "policy-check",
            "The policies do not pass the check",
            detail,
        )
    }

    /// The body is too large.
    pub fn too_large(limit: u64) -> Self {
        let detail =
            format!("the body has more than {limit} bytes; send a smaller one, or ask for a higher limit");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The body is too large",
            detail,
        )
    }

    /// The body came too slowly.
    pub fn too_slow() -> Self {
        let detail = "the body came too slowly; send it again over a better connection";
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "The body came too slowly",
            detail,
        )
    }

    /// The body is of a kind that this route does not read.
    pub fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-type",
            "The body is of another type",
            detail,
        )
    }

    /// The key asks too often.
    pub fn too_many(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests",
                "the key may ask less often; wait as long as Retry-After says",
            )
        }
    }

    /// As many of these are in work as may be at once.
    pub fn busy(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            ..Self::too_many(5)
        }
    }

    /// Nothing can be done right now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self {
            retry_after: Some(5),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Not available right now",
                detail,
            )
        }
    }

    /// There is no room.
    pub fn no_room(detail: impl Into<String>) -> Self {
        Self {
            retry_after: Some(60),
            ..Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "no-room",
                "There is no room left",
                detail,
            )
        }
    }

    /// A fault of ours. What it is stands in the log of the operator, not here.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        observe::failed(&error);
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The service failed",
            "this is a fault of the service, not of the request; its operator finds the reason in the log",
        )
    }

    /// The same, about one of several.
    pub(crate) fn at(self, number: usize) -> Self {
        let field = self.field.as_deref().unwrap_or_default();
        Self {
            field: Some(format!("[{number}].{field}")),
            ..self
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        // Every constructor took it from one.
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Seconds after which it is worth trying again.
    pub(crate) const fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The field of the request that it is about.
    pub(crate) fn field_name(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What happened, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull { .. } | StoreError::DatabaseFull { .. } => Self::no_room(
                "the disk of the service is full; nothing of this request was kept; try again when there is room",
            ),
            StoreError::InUse { .. } => Self::unavailable("the store is busy; try again"),
            StoreError::Unreachable { .. } => Self::unavailable("the database does not answer; try again"),
            StoreError::Life(error) => Self::life(&error),
            StoreError::BankExists(_)
            | StoreError::KeyExists(_)
            | StoreError::KeyReused
            | StoreError::NotRevoked(_)
            | StoreError::TooManyWebhooks => Self::conflict(error.to_string()),
            StoreError::NoBank(_)
            | StoreError::NoEntry(_)
            | StoreError::NoItem(_)
            | StoreError::NoKey(_)
            | StoreError::NoPolicy(_)
            | StoreError::NoWebhook(_)
            | StoreError::NoDelivery(_) => Self::not_found(error.to_string()),
            StoreError::Review(error) => match error {
                ReviewError::NoPerson(_)
                | ReviewError::NoSession(_)
                | ReviewError::NoCase(_)
                | ReviewError::NoDecision(_)
                | ReviewError::NoLook(_)
                | ReviewError::NoReport(_)
                | ReviewError::NotAsked(_)
                | ReviewError::Incident(IncidentError::Missing(_))
                | ReviewError::NoAppeal(_)
                | ReviewError::NotAppealable => Self::not_found(error.to_string()),
                ReviewError::OwnDecision => Self::forbidden(error.to_string()),
                _ => Self::conflict(error.to_string()),
            },
            StoreError::FollowUp(FollowUpError::Missing(_)) => Self::not_found(error.to_string()),
            StoreError::FollowUp(_) => Self::conflict(error.to_string()),
            StoreError::Entry(_) => Self::bad_request(error.to_string()),
            StoreError::Trust(_) => Self::field("trust", error.to_string()),
            _ => Self::internal(error),
        }
    }
}

impl From<pipeline::banks::BanksError> for Problem {
    fn from(error: pipeline::banks::BanksError) -> Self {
        match error {
            pipeline::banks::BanksError::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<pipeline::policies::DeskError> for Problem {
    fn from(error: pipeline::policies::DeskError) -> Self {
        use pipeline::policies::DeskError;
        match error {
            DeskError::Store(error) => error.into(),
            DeskError::Ambiguous { .. } => Self::field("text", error.to_string()),
            DeskError::Check(_) | DeskError::Together(_) => Self::policies(error.to_string()),
        }
    }
}

impl From<model::TextError> for Problem {
    fn from(error: model::TextError) -> Self {
        Self::field(error.field, error.to_string())
    }
}

impl From<tokio::task::JoinError> for Problem {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        // Texts and a number always have a JSON form.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let retry_after = self.retry_after;
        // For who shows it to people instead.
        response.extensions_mut().insert(self);
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
