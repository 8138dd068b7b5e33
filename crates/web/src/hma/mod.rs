//! The drop-in for HMA (Hasher-Matcher-Actioner): its routes, parameters, codes and bodies, over our banks, keys and log.
//!
//! It has a listener of its own. Clients of HMA send no key; where the operator trusts the network they need none, else
//! they send ours. What was not computed is never an empty answer: a file at fault gets 400, a fault of ours 503.

mod banks;
mod coin;
mod content;
mod errors;
mod exchange_api;
mod exchanges;
mod files;
mod hasher;
mod input;
mod kind;
mod matcher;
mod signal_types;
mod status;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use model::{KeyTrust, Scope};
use pipeline::banks::BanksError;
use pipeline::curate::{Done, Edit};
use serde_json::Value;
use store::{Seq, Store, StoreError};

use crate::app::App;
use crate::auth::{Caller, identify, sends_key};
use crate::observe::{self, observe};
use errors::Error;
use kind::Kind;

/// What the routes work with.
#[derive(Debug)]
struct Hma {
    app: Arc<App>,
    /// Who asks without a key; `None` where a key is needed.
    trusted: Option<Caller>,
    /// How many digests there were after a change.
    digests: Mutex<Option<(Seq, u64)>>,
}

impl Hma {
    fn store(&self) -> &Store {
        self.app.intake.store()
    }

    fn ratio(&self, kind: Kind) -> f64 {
        self.app.signal_ratio(kind.signal_type())
    }

    fn uses(&self, kind: Kind) -> bool {
        self.ratio(kind) > 0.0
    }

    /// As [`App::edit`].
    fn edit(&self, caller: &Caller, edit: &Edit) -> Result<Done, BanksError> {
        self.app.edit(caller.name(), edit)
    }

    /// Runs what waits for the disk or a decoder where waiting disturbs nobody.
    async fn apart<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (hma, id) = (Arc::clone(self), observe::current());
        tokio::task::spawn_blocking(move || observe::within(id, || work(&hma))).await?
    }
}

/// All routes of the drop-in. `trusted`: who sends no key may look up and curate.
///
/// # Errors
/// [`StoreError`] when the configuration cannot be read.
pub fn hma_router(app: Arc<App>, trusted: bool) -> Result<Router, StoreError> {
    let hma = Arc::new(Hma {
        trusted: trusted.then(|| Caller::trusted("hma", vec![Scope::LookUp, Scope::Curate])),
        digests: Mutex::default(),
        app,
    });
    let keyed = Router::new()
        .route("/site-map", get(status::site_map))
        .route("/openapi", get(status::document_page))
        .route("/openapi/", get(status::document_page))
        .route("/openapi/swagger", get(status::document_page))
        .route("/openapi/openapi.json", get(status::document))
        .route("/h/hash", get(hasher::hash_url).post(hasher::hash))
        .route("/m/raw_lookup", get(matcher::raw_lookup))
        .route("/m/lookup", get(matcher::lookup).post(matcher::lookup_file))
        .route("/m/index/status", get(signal_types::index_status))
        .route("/m/compare", post(matcher::compare))
        .route("/c/banks", get(banks::list).post(banks::create))
        .route(
            "/c/bank/{bank}",
            get(banks::get).put(banks::change).delete(banks::remove),
        )
        .route("/c/bank/{bank}/content", post(content::add))
        .route("/c/bank/{bank}/signal", post(content::add_signals))
        .route(
            "/c/bank/{bank}/content/{content}",
            get(content::get).put(content::change).delete(content::remove),
        )
        .route("/c/exchanges", get(exchanges::list).post(exchanges::create))
        .route("/c/exchanges/apis", get(exchanges::apis))
        .route(
            "/c/exchanges/api/{api}",
            get(exchanges::api).post(exchanges::set_credentials),
        )
        .route("/c/exchanges/api/{api}/schema", get(exchanges::schema))
        .route(
            "/c/exchange/{exchange}",
            get(exchanges::get)
                .put(exchanges::change)
                .delete(exchanges::remove),
        )
        .route("/c/exchange/{exchange}/status", get(exchanges::status))
        .route("/c/signal_type", get(signal_types::list))
        .route("/c/signal_type/index", get(signal_types::indexes))
        .route("/c/signal_type/{kind}", put(signal_types::change))
        .route("/c/content_type", get(signal_types::content_types))
        // Every body is read in pieces, with a limit of its own.
        .layer(DefaultBodyLimit::disable())
        .route_layer(from_fn_with_state(Arc::clone(&hma), authenticate));
    Ok(Router::new()
        .route("/", get(status::home))
        .route("/status", get(status::ready))
        .route("/status/live", get(status::live))
        .merge(keyed)
        .fallback(|| async { Error::Nowhere })
        .method_not_allowed_fallback(|| async { Error::Method })
        .layer(from_fn(observe))
        .with_state(hma))
}

/// Lets through who has a valid key, or needs none.
async fn authenticate(State(hma): State<Arc<Hma>>, mut request: Request, next: Next) -> Response {
    let caller = match &hma.trusted {
        Some(trusted) if !sends_key(request.headers()) => match is_of_page(&request) {
            false => Ok(trusted.clone()),
            true => Err(Error::forbidden(
                "pages in a browser may not use this without a key: any page that is open there could",
            )),
        },
        _ => identify(&hma.app, &request).map_err(Error::from),
    };
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

/// Whether a script of a page in a browser sent it. Clients of HMA are programs; a page that somebody in the trusted network
/// has open is not trusted.
fn is_of_page(request: &Request) -> bool {
    let headers = request.headers();
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
    headers.contains_key(header::ORIGIN) || !matches!(site, None | Some(b"none"))
}

/// Refuses who may not look up.
fn may_look_up(caller: &Caller) -> Result<(), Error> {
    caller.may(Scope::LookUp)?.may_see()?;
    Ok(())
}

/// Refuses who may not have names of banks and distances, of which HMA's answers consist.
fn may_match(caller: &Caller) -> Result<(), Error> {
    may_look_up(caller)?;
    if caller.trust() != KeyTrust::Full {
        return Err(Error::forbidden(
            "keys of middle trust get no names of banks and no distances, of which these answers consist; use /v1/lookup",
        ));
    }
    Ok(())
}

/// Refuses who may not curate.
fn may_curate(caller: &Caller) -> Result<(), Error> {
    caller.may(Scope::Curate)?;
    Ok(())
}

/// JSON as HMA writes it: compact, names in their order, and a line break.
fn answer(status: StatusCode, value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, format!("{value}\n")).into_response()
}

/// [`answer`] with 200.
fn fine(value: &Value) -> Response {
    answer(StatusCode::OK, value)
}
