//! Spans for OpenTelemetry of what is done for an item when its request has long been answered: the work on it, and each
//! attempt to tell a webhook of it. Like the log they have nothing of what it is about.
//!
//! They belong to the trace of the request that brought the item, which this process remembers for the newest items. The
//! store knows nothing of traces: what a process before has left begins a trace of its own.

use std::collections::{HashMap, VecDeque};
use std::sync::{LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

use model::Receipt;
use opentelemetry::global::{self, BoxedSpan, BoxedTracer};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt as _, Tracer as _,
};
use opentelemetry::{Context, KeyValue, Value};

static TRACER: OnceLock<BoxedTracer> = OnceLock::new();

static RECENT: LazyLock<Mutex<Recent>> = LazyLock::new(Mutex::default);

/// Items whose trace is remembered.
const MOST: usize = 16_384;

/// Begins to give spans of the global tracer provider, which is set before.
pub fn start() {
    // Who asks twice gets what is there already.
    let _ = TRACER.set(global::tracer("basira"));
}

/// What makes spans, if there is anybody to tell.
pub fn tracer() -> Option<&'static BoxedTracer> {
    TRACER.get()
}

/// The span to which what is done next for an item belongs.
#[derive(Default)]
struct Recent {
    spans: HashMap<Receipt, SpanContext>,
    order: VecDeque<Receipt>,
}

impl Recent {
    fn put(&mut self, item: Receipt, span: SpanContext) {
        if self.spans.insert(item, span).is_none() {
            self.order.push_back(item);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.spans.remove(&oldest);
        }
    }
}

fn recent() -> MutexGuard<'static, Recent> {
    // What a panic could leave half done is one item's trace.
    RECENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers that the request that is worked on has brought the item.
pub(crate) fn brought(item: Receipt) {
    if tracer().is_none() {
        return;
    }
    let request = Context::current().span().span_context().clone();
    if request.is_valid() {
        recent().put(item, request);
    }
}

/// Something that is done for an item. It ends when it is dropped.
pub(crate) struct Span(Option<BoxedSpan>);

impl Span {
    /// Begins it, if there is anybody to tell.
    pub(crate) fn begin(name: &'static str, kind: SpanKind, item: Option<Receipt>) -> Self {
        let Some(tracer) = tracer() else {
            return Self(None);
        };
        let before = item.and_then(|item| recent().spans.get(&item).cloned());
        let parent = before.map_or_else(Context::new, |span| Context::new().with_remote_span_context(span));
        let builder = SpanBuilder::from_name(name).with_kind(kind);
        Self(Some(tracer.build_with_context(builder, &parent)))
    }

    /// What is done next for the item belongs to this.
    pub(crate) fn leads(&self, item: Receipt) {
        if let Some(span) = self.0.as_ref().filter(|span| span.span_context().is_valid()) {
            recent().put(item, span.span_context().clone());
        }
    }

    /// Says something of it.
    pub(crate) fn note(&mut self, name: &'static str, value: impl Into<Value>) {
        if let Some(span) = &mut self.0 {
            span.set_attribute(KeyValue::new(name, value));
        }
    }

    /// Says that it failed. Why stands in the log.
    pub(crate) fn failed(&mut self) {
        if let Some(span) = &mut self.0 {
            span.set_status(Status::error(""));
        }
    }

    /// The header that tells another program of it (W3C Trace Context, 3.2).
    pub(crate) fn header(&self) -> Option<(&'static str, String)> {
        let span = self.0.as_ref()?.span_context();
        let value = format!(
            "00-{}-{}-{:02x}",
            span.trace_id(),
            span.span_id(),
            span.trace_flags().to_u8()
        );
        span.is_valid().then_some(("traceparent", value))
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{SpanId, TraceFlags, TraceId, TraceState};

    use super::*;

    #[test]
    fn the_newest_items_are_remembered_and_no_more() {
        let span = |number: u64| {
            SpanContext::new(
                TraceId::from(1_u128),
                SpanId::from(number),
                TraceFlags::SAMPLED,
                true,
                TraceState::NONE,
            )
        };
        let mut kept = Recent::default();
        let item = |number: usize| Receipt((number as u128).to_le_bytes());
        for number in 0..MOST + 10 {
            kept.put(item(number), span(1));
            kept.put(item(number), span(2));
        }
        assert_eq!((kept.spans.len(), kept.order.len()), (MOST, MOST));
        assert!(!kept.spans.contains_key(&item(9)));
        assert_eq!(kept.spans[&item(10)].span_id(), SpanId::from(2));
    }
}
