//! All routes, on one page.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::{Json, Router};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{
    appeals, banks, deliveries, entries, hash, items, jobs, keys, log, lookup, policies, reports, reversals,
    routing, scan, webhooks,
};
use crate::app::App;
use crate::auth::{authenticate, authenticate_page};
use crate::extract::JSON_LIMIT;
use crate::observe::observe;
use crate::problem::Problem;
use crate::{console, coop, health, meters, reference};

/// The API of Basira: items in, verdicts out; banks and their entries; keys; webhooks.
#[derive(OpenApi)]
#[openapi(
    info(title = "Basira", version = "1"),
    security(("bearer" = []), ("header" = [])),
    modifiers(&Keys)
)]
struct Document;

/// The two ways to send a key.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let header = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
        components.add_security_scheme("header", SecurityScheme::ApiKey(header));
    }
}

/// Routes for which nobody needs a key.
fn anonymous() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}

/// Routes that take files: they keep to the limit of an item by themselves, piece by piece.
fn with_files() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(items::submit, items::list))
        .routes(routes!(items::submit_batch))
        .routes(routes!(scan::scan))
        .routes(routes!(hash::hash))
        .routes(routes!(entries::create_from_media))
        .layer(DefaultBodyLimit::disable())
}

/// Routes for which a key is needed; each asks for the scope that it needs.
fn keyed() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(with_files())
        .routes(routes!(items::get))
        .routes(routes!(lookup::one, lookup::many))
        .routes(routes!(banks::list, banks::create))
        .routes(routes!(banks::get, banks::change))
        .routes(routes!(entries::list, entries::create))
        .routes(routes!(entries::get, entries::change, entries::remove))
        .routes(routes!(entries::items))
        .routes(routes!(reversals::begin))
        .routes(routes!(jobs::list))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::remove))
        .routes(routes!(webhooks::test))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::replay))
        .routes(routes!(deliveries::confirm))
        .routes(routes!(policies::list, policies::put))
        .routes(routes!(policies::get))
        .routes(routes!(policies::approve))
        .routes(routes!(policies::deploy))
        .routes(routes!(policies::roll_back))
        .routes(routes!(policies::drafts::check))
        .routes(routes!(policies::drafts::try_one))
        .routes(routes!(policies::drafts::explain_item))
        .routes(routes!(policies::tries::begin))
        .routes(routes!(policies::tries::begin_replay))
        .routes(routes!(policies::tries::get))
        .routes(routes!(policies::decisions::list, policies::decisions::decide))
        .routes(routes!(policies::follow_ups::list, policies::follow_ups::ask))
        .routes(routes!(policies::follow_ups::get))
        .routes(routes!(policies::follow_ups::approve))
        .routes(routes!(policies::follow_ups::cancel))
        .routes(routes!(policies::follow_ups::undo))
        .routes(routes!(reports::list, reports::create))
        .routes(routes!(reports::get))
        .routes(routes!(appeals::list, appeals::create))
        .routes(routes!(appeals::get))
        .routes(routes!(routing::get, routing::put))
        .routes(routes!(routing::try_out))
        .routes(routes!(log::list))
        .routes(routes!(log::checkpoint))
        .routes(routes!(log::public_key))
        .routes(routes!(meters::metrics))
}

fn documented() -> (OpenApiRouter<Arc<App>>, OpenApiRouter<Arc<App>>) {
    (anonymous(), keyed())
}

/// The OpenAPI document, made from the code.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (anonymous, keyed) = documented();
    let mut document = Document::openapi();
    document.merge(anonymous.into_openapi());
    document.merge(keyed.into_openapi());
    document
}

/// Routes for which a key is needed, without what asks for it.
pub(crate) fn keyed_routes() -> Router<Arc<App>> {
    let document = Json(openapi());
    keyed()
        .split_for_parts()
        .0
        // The document is for those who have a key, like the routes that it lists.
        .route("/v1/openapi.json", get(move || async move { document }))
        // The shapes of another program, which its own documentation describes.
        .route("/api/v1/items/async/", post(coop::items))
        .route("/api/v1/items/async", post(coop::items))
        .route("/api/v1/report", post(coop::report))
        .route("/api/v1/report/appeal", post(coop::appeal))
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
}

/// All routes of an app.
pub fn router(app: Arc<App>) -> Router {
    // For people, whose browsers cannot send a header.
    let page = reference::page(&openapi()).map_err(|error| error.to_string());
    let page = Router::new()
        .route(
            "/v1/reference",
            get(move || async move { page.map(reference::answer).map_err(Problem::internal) }),
        )
        .route_layer(from_fn_with_state(Arc::clone(&app), authenticate_page));
    let keyed = keyed_routes().route_layer(from_fn_with_state(Arc::clone(&app), authenticate));
    anonymous()
        .split_for_parts()
        .0
        .merge(keyed)
        .merge(page)
        .merge(console::router(&app))
        .merge(console::hosted_router(&app))
        .fallback(missing)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn(observe))
        .with_state(app)
}

async fn missing(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem::not_found(format!("there is no route {path}; /v1/openapi.json lists them"))
}

async fn other_method(method: Method, uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem::method(format!("{path} does not take {method}"))
}
