//! Spans of requests for OpenTelemetry. Like the log they name the route, and nothing of what a request is about.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue};
use model::KeyId;
use opentelemetry::global::{self, BoxedSpan};
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::{Span, SpanBuilder, SpanContext, SpanKind, Status, Tracer};
use opentelemetry::{Context, KeyValue};

/// A request that has a span.
pub(crate) struct Traced {
    span: BoxedSpan,
    begun: SystemTime,
}

impl Traced {
    /// Begins, if there is anybody to tell: within the span of the client, where it sent one (W3C Trace Context).
    pub(crate) fn begin(headers: &HeaderMap, method: &'static str, route: &str) -> Option<Self> {
        let tracer = pipeline::traces::tracer()?;
        let parent = global::get_text_map_propagator(|propagator| {
            propagator.extract_with_context(&Context::new(), &Headers(headers))
        });
        let begun = SystemTime::now();
        let attributes = [
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route.to_owned()),
        ];
        let builder = SpanBuilder::from_name(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_start_time(begun)
            .with_attributes(attributes);
        let span = tracer.build_with_context(builder, &parent);
        Some(Self { span, begun })
    }

    /// What is done for the request belongs to this.
    pub(crate) fn context(&self) -> SpanContext {
        self.span.span_context().clone()
    }

    /// Ends it.
    pub(crate) fn end(mut self, id: &HeaderValue, status: u16, took: Duration, key: Option<KeyId>) {
        let span = &mut self.span;
        let id = id.to_str().unwrap_or_default().to_owned();
        span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
        span.set_attribute(KeyValue::new("basira.request", id));
        if let Some(key) = key {
            span.set_attribute(KeyValue::new("basira.key", key.0));
        }
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
