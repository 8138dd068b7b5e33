//! Whether the service lives, and which routes there are.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::Hma;
use super::fine;

const ALIVE: &str = "I-AM-ALIVE";

/// The routes as HMA writes them, with their methods and what they do.
const ROUTES: [(&str, &[&str], &str); 26] = [
    ("/", &["get"], "To the status"),
    ("/c/bank/<bank_name>", &["get", "put", "delete"], "A bank"),
    (
        "/c/bank/<bank_name>/content",
        &["post"],
        "Add content from a file",
    ),
    (
        "/c/bank/<bank_name>/content/<int:content_id>",
        &["get", "put", "delete"],
        "Content of a bank",
    ),
    (
        "/c/bank/<bank_name>/signal",
        &["post"],
        "Add content by its signals",
    ),
    ("/c/banks", &["get", "post"], "Banks"),
    ("/c/content_type", &["get"], "Types of content"),
    (
        "/c/exchange/<exchange_name>",
        &["get", "put", "delete"],
        "An exchange",
    ),
    ("/c/exchange/<exchange_name>/status", &["get"], "What was fetched"),
    ("/c/exchanges", &["get", "post"], "Exchanges"),
    (
        "/c/exchanges/api/<api_name>",
        &["get", "post"],
        "Credentials of an API",
    ),
    (
        "/c/exchanges/api/<api_name>/schema",
        &["get"],
        "What an API needs to know",
    ),
    ("/c/exchanges/apis", &["get"], "APIs of exchanges"),
    ("/c/signal_type", &["get"], "Signal types"),
    ("/c/signal_type/<signal_type_name>", &["put"], "A signal type"),
    ("/c/signal_type/index", &["get"], "Indexes of signal types"),
    ("/h/hash", &["get", "post"], "The signals of a file"),
    ("/m/compare", &["post"], "Two signals beside each other"),
    ("/m/index/status", &["get"], "Whether indexes are built"),
    ("/m/lookup", &["get", "post"], "Content near a signal or a file"),
    (
        "/m/raw_lookup",
        &["get"],
        "Content near a signal, also of disabled banks",
    ),
    ("/openapi/", &["get"], "This document"),
    ("/openapi/openapi.json", &["get"], "This document"),
    ("/site-map", &["get"], "All routes"),
    ("/status", &["get"], "Whether it is ready"),
    ("/status/live", &["get"], "Whether it lives"),
];

pub(super) async fn home() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "/status")]).into_response()
}

fn text(status: StatusCode, text: &'static str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, text).into_response()
}

pub(super) async fn live() -> Response {
    text(StatusCode::OK, ALIVE)
}

/// The index is there, and up to date, from the first request on: it is open before the listener is. What may fail is the
/// store.
pub(super) async fn ready(State(hma): State<Arc<Hma>>) -> Response {
    match hma.apart(|hma| Ok(hma.store().last_seq()?)).await {
        Ok(_) => text(StatusCode::OK, ALIVE),
        Err(_) => text(StatusCode::SERVICE_UNAVAILABLE, "INDEX-NOT-LOADED"),
    }
}

pub(super) async fn site_map() -> Response {
    fine(&ROUTES.map(|(rule, ..)| rule).as_slice().into())
}

pub(super) async fn document() -> Response {
    let paths: Map<String, Value> = ROUTES
        .iter()
        .map(|(rule, methods, summary)| {
            let operations: Map<String, Value> = methods
                .iter()
                .map(|method| ((*method).to_owned(), operation(rule, summary)))
                .collect();
            (address(rule), operations.into())
        })
        .collect();
    fine(&json!({
        "info": { "title": "Open Media Match API", "version": "1" },
        "openapi": "3.1.0",
        "paths": paths,
    }))
}

/// `/c/bank/<bank_name>` as OpenAPI writes it.
fn address(rule: &str) -> String {
    rule.replace("int:", "").replace('<', "{").replace('>', "}")
}

fn operation(rule: &str, summary: &str) -> Value {
    let parameters: Vec<Value> = address(rule)
        .split('/')
        .filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "in": "path", "name": name, "required": true, "schema": { "type": "string" } }))
        .collect();
    json!({
        "parameters": parameters,
        "responses": { "default": { "description": "as HMA answers" } },
        "summary": summary,
    })
}

pub(super) async fn document_page() -> Response {
    text(
        StatusCode::OK,
        "<!doctype html>\n<title>Open Media Match API</title>\n<a href=\"/openapi/openapi.json\">openapi.json</a>\n",
    )
}
