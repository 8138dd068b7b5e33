//! Whether the service lives, and whether it is ready. Anonymous: an orchestrator has no key.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// What the service says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or `unavailable`.
    status: &'static str,
    /// Why it is not ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<&'static str>,
    /// What somebody should look at, though it is ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<&'static str>,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/health/live", tag = "health", security(()), responses((status = 200, body = Health)))]
pub(crate) async fn live() -> Json<Health> {
    Json(Health {
        status: "ok",
        reasons: Vec::new(),
        warnings: Vec::new(),
    })
}

/// Whether the service can take items and answer lookups.
#[utoipa::path(
    get, path = "/health/ready", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
pub(crate) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    let mut reasons = Vec::new();
    if app.apart(|app| app.intake.store().backlog()).await.is_err() {
        reasons.push("the store cannot be read");
    }
    let mut warnings = Vec::new();
    let demoted = app.apart(|app| app.intake.store().demoted_policies()).await;
    if matches!(demoted, Ok(1..)) {
        warnings.push("a policy was taken out of effect because of what it did");
    }
    let hours = app
        .apart(|app| app.intake.store().policy_hours(Timestamp::now()))
        .await;
    if hours.is_ok_and(|hours| hours.iter().any(|it| it.rates.held > 0)) {
        warnings.push("a policy met its cap, or the brake of all, in this hour: people are asked instead");
    }
    let (code, status) = match reasons.is_empty() {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let health = Health {
        status,
        reasons,
        warnings,
    };
    (code, Json(health))
}
