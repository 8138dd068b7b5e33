//! Spans of requests for OpenTelemetry. Like the log they name the route, and nothing of what a request is about.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue};
use model::KeyId;
use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, Tracer};
use opentelemetry::{Context, KeyValue};

static TRACER: OnceLock<BoxedTracer> = OnceLock::new();

/// Gives every request of this process a span of the global tracer provider, which is set before.
pub fn trace_requests() {
    // Who asks twice gets what is there already.
    let _ = TRACER.set(global::tracer("basira"));
}

/// A request that has a span.
pub(crate) struct Traced {
    tracer: &'static BoxedTracer,
    /// The span of the client, where it sent one (W3C Trace Context).
    parent: Context,
    begun: SystemTime,
}

impl Traced {
    /// Begins, if there is anybody to tell.
    pub(crate) fn begin(headers: &HeaderMap) -> Option<Self> {
        let tracer = TRACER.get()?;
        Some(Self {
            tracer,
            parent: global::get_text_map_propagator(|propagator| {
                propagator.extract_with_context(&Context::new(), &Headers(headers))
            }),
            begun: SystemTime::now(),
        })
    }

    /// Ends it.
    pub(crate) fn end(
        self,
        id: &HeaderValue,
        method: &'static str,
        route: &str,
        status: u16,
        took: Duration,
        key: Option<KeyId>,
    ) {
        let id = id.to_str().unwrap_or_default().to_owned();
        let attributes = [
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("basira.request", id),
        ];
        let key = key.map(|key| KeyValue::new("basira.key", key.0));
        let builder = SpanBuilder::from_name(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_start_time(self.begun)
            .with_attributes(attributes.into_iter().chain(key));
        let mut span = self.tracer.build_with_context(builder, &self.parent);
        if status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(self.begun + took);
    }
}

/// Headers that belong to the trace of a request.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}
