//! What is counted and timed, for Prometheus.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use metrics::SharedString;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;

/// Seconds of the buckets of a request's time.
const TIMES: [f64; 12] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0, 30.0,
];

/// The recorder; one a process, as the facade has it.
fn handle() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets(&TIMES)
                .ok()?
                .install_recorder()
                .ok()
        })
        .as_ref()
}

/// Counts a request by its route, never by its address: addresses have names in them.
pub(crate) fn record(method: &'static str, route: &str, status: u16, took: Duration) {
    handle();
    let labels = [
        ("method", SharedString::const_str(method)),
        ("route", SharedString::from(route.to_owned())),
        ("status", SharedString::from(status.to_string())),
    ];
    metrics::histogram!("basira_http_seconds", &labels).record(took.as_secs_f64());
}

/// The metrics, in the text form of Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Prometheus' text form", body = String, content_type = "text/plain"),
        crate::api::Refusals)
)]
pub(crate) async fn metrics(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, Problem> {
    caller.may(model::Scope::Metrics)?;
    let (backlog, deliveries) = app
        .apart(|app| {
            let store = app.intake.store();
            Ok::<_, store::StoreError>((store.backlog()?, store.outstanding()?))
        })
        .await?;
    let (rows, windows) = app.banks.rows();
    let age = backlog.oldest.map_or(0.0, |oldest| {
        (jiff::Timestamp::now().duration_since(oldest))
            .as_secs_f64()
            .max(0.0)
    });
    for (name, value) in [
        ("basira_items_queued", backlog.queued as f64),
        ("basira_items_working", backlog.working as f64),
        ("basira_items_aside", backlog.aside as f64),
        ("basira_oldest_queued_seconds", age),
        ("basira_deliveries_waiting", deliveries.waiting as f64),
        ("basira_deliveries_aside", deliveries.aside as f64),
        ("basira_deliveries_unconfirmed", deliveries.unconfirmed as f64),
        ("basira_climbs", pipeline::intake::climbs_seen() as f64),
        ("basira_index_hashes", rows as f64),
        ("basira_index_windows", windows as f64),
        ("basira_index_change", app.banks.seq().0 as f64),
    ] {
        metrics::gauge!(name).set(value);
    }
    let text = handle().map(PrometheusHandle::render).unwrap_or_default();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
