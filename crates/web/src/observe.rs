//! What is noted of each request: an id, how long it took, a line in the log. Of what it is about, nothing: no content, no
//! hash, no name, not the path but the route.

use std::cell::Cell;
use std::fmt::Display;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use model::KeyId;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};

use crate::meters;
use crate::traces::Traced;

/// The header with the id of a request, in the question and in the answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a request: that of a UUID with its dashes. A PDQ hash, SHA-1 or SHA-256 is longer, and
/// does not come into the log this way.
const LONGEST_ID: usize = 36;

/// Routes that are asked so often, and tell so little when all is well, that the log has them from debug on.
const FREQUENT: [&str; 8] = [
    "/v1/lookup",
    "/m/lookup",
    "/m/raw_lookup",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/status",
    "/status/live",
];

/// A request, for whoever works on it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Here {
    id: HeaderValue,
    /// Its span, if it has one.
    span: Option<SpanContext>,
}

/// The request that is worked on.
struct Current {
    here: Here,
    key: Cell<Option<KeyId>>,
}

tokio::task_local! {
    static CURRENT: Current;
}

/// The request that is worked on, to be taken to another thread.
pub(crate) fn current() -> Option<Here> {
    CURRENT.try_with(|current| current.here.clone()).ok()
}

/// Does a part of the work of a request on this thread.
pub(crate) fn within<T>(here: Option<Here>, work: impl FnOnce() -> T) -> T {
    match here {
        Some(here) => {
            let span = here.span.clone();
            let _attached = span.map(|span| Context::new().with_remote_span_context(span).attach());
            let key = Cell::new(None);
            CURRENT.sync_scope(Current { here, key }, work)
        }
        None => work(),
    }
}

/// Notes with which key the request came.
pub(crate) fn note_key(id: KeyId) {
    // Outside of a request nobody asks for it.
    let _ = CURRENT.try_with(|current| current.key.set(Some(id)));
}

/// Says in the log why a request failed that should not have.
pub(crate) fn failed(error: &dyn Display) {
    let here = current();
    let request = here.as_ref().and_then(|here| here.id.to_str().ok());
    tracing::error!(request, error = %error, "a request failed");
}

/// Gives every request its id, times it by its route, and writes it into the log.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let method = name(request.method());
    let traced = Traced::begin(request.headers(), method, route);
    let begun = Instant::now();
    let current = Current {
        here: Here {
            id: id.clone(),
            span: traced.as_ref().map(Traced::context),
        },
        key: Cell::new(None),
    };
    let (mut response, key) = CURRENT
        .scope(current, async {
            let response = next.run(request).await;
            (response, CURRENT.with(|current| current.key.get()))
        })
        .await;
    let took = begun.elapsed();
    let status = response.status().as_u16();
    meters::record(method, route, status, took);
    log(&id, method, route, status, took, key);
    if let Some(traced) = traced {
        traced.end(&id, status, took, key);
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn log(id: &HeaderValue, method: &str, route: &str, status: u16, took: Duration, key: Option<KeyId>) {
    macro_rules! line {
        ($level:ident) => {
            tracing::event!(
                tracing::Level::$level,
                // Every id is text: it was checked, or made here.
                request = id.to_str().unwrap_or_default(),
                method,
                route,
                status,
                ms = took.as_micros() as f64 / 1_000.0,
                key = key.map(|key| key.0),
                "request"
            )
        };
    }
    match status {
        500 => line!(ERROR),
        501.. => line!(WARN),
        ..400 if FREQUENT.contains(&route) => line!(DEBUG),
        _ => line!(INFO),
    }
}

/// The method, if it is a usual one: others are a stranger's text.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The id that the request brings, if it can be written anywhere; else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    headers
        .get(REQUEST_ID)
        .filter(|id| is_sane(id.as_bytes()))
        .cloned()
        .unwrap_or_else(new_id)
}

fn is_sane(id: &[u8]) -> bool {
    let fits = (1..=LONGEST_ID).contains(&id.len());
    fits && id
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// An id that no other request of this or another process has: a random beginning, and a number.
fn new_id() -> HeaderValue {
    static BEGINNING: OnceLock<u32> = OnceLock::new();
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let beginning = BEGINNING.get_or_init(|| {
        let mut bytes = [0; 4];
        // Without randomness ids differ by their numbers alone, until the next start.
        let _ = getrandom::fill(&mut bytes);
        u32::from_le_bytes(bytes)
    });
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let id = format!("{beginning:08x}-{number}");
    // Hexadecimal digits and a dash are always a value.
    HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(id: &'static str) -> HeaderValue {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static(id));
        request_id(&headers)
    }

    #[test]
    fn an_id_is_taken_if_it_is_sane_and_made_if_not() {
        for id in ["a", "0190aee5-1c5e-7cc3-98cf-0d1c6f4a7a10", "01J.trace_7"] {
            assert_eq!(given(id), id);
        }
        for id in [
            "",
            "two words",
            "line\"quote",
            "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ] {
            assert_ne!(given(id), id);
        }
        let (one, other) = (request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
        assert_ne!(one, other);
        assert!(is_sane(one.as_bytes()), "{one:?}");
    }

    #[tokio::test]
    async fn work_on_another_thread_belongs_to_its_request() {
        let here = Here {
            id: HeaderValue::from_static("one"),
            span: None,
        };
        let (own, key) = (here.clone(), Cell::new(None));
        CURRENT
            .scope(Current { here: own, key }, async {
                let taken = current();
                let there = std::thread::spawn(move || (current(), within(taken, current)));
                assert_eq!(there.join().unwrap(), (None, Some(here)));
            })
            .await;
        assert_eq!(current(), None);
    }
}
