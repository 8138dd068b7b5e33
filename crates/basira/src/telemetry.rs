//! Traces for a collector of OpenTelemetry, by OTLP over HTTP.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use opentelemetry::global;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use ureq::http::{Request, Response};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

use crate::operations::TelemetryOptions;

/// How long a collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of the program waits for it.
const LAST: Duration = Duration::from_secs(3);

/// Sends spans while it exists, and what is left when it is dropped.
pub(crate) struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// Begins, if an endpoint is set.
    pub(crate) fn start(options: &TelemetryOptions) -> Result<Option<Self>> {
        let Some(endpoint) = &options.telemetry_endpoint else {
            return Ok(None);
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(of_traces(endpoint))
            .with_timeout(PATIENCE)
            .build()
            .context("traces cannot be sent to the endpoint of --telemetry-endpoint")?;
        // The client's decision holds; who sent none is drawn.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(options.telemetry_sample)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(Resource::builder().with_service_name("basira").build())
            .build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        global::set_tracer_provider(provider.clone());
        pipeline::traces::start();
        Ok(Some(Self(provider)))
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Where traces go: an endpoint without a path is that of all signals.
fn of_traces(endpoint: &str) -> String {
    let bare = endpoint.trim_end_matches('/');
    match bare.split_once("://") {
        Some((_, host)) if !host.contains('/') => format!("{bare}/v1/traces"),
        _ => endpoint.to_owned(),
    }
}

/// Posts what is to be sent, on the thread that gathers it.
struct Client(ureq::Agent);

impl Client {
    fn new() -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::WebPki)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .tls_config(tls)
            .build();
        Self(agent.into())
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let mut answer = self.0.run(Request::from_parts(parts, &body[..]))?;
        let status = answer.status();
        if !status.is_success() {
            tracing::warn!(status = status.as_u16(), "the collector does not take traces");
        }
        let mut response = Response::new(Bytes::from(answer.body_mut().read_to_vec()?));
        *response.status_mut() = status;
        Ok(response)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl HttpClient for Client {
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            self.send(request).inspect_err(|error| {
                tracing::warn!(%error, "traces could not be sent");
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_without_a_path_gets_that_of_traces() {
        for (endpoint, used) in [
            ("http://localhost:4318", "http://localhost:4318/v1/traces"),
            ("http://localhost:4318/", "http://localhost:4318/v1/traces"),
            (
                "https://a.example/otlp/v1/traces",
                "https://a.example/otlp/v1/traces",
            ),
        ] {
            assert_eq!(of_traces(endpoint), used);
        }
    }
}
