//! How the service is operated: its log, TLS, proxies, limits. Options only; each is a setting of the file too.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use web::Networks;

/// How the service is operated.
#[derive(Debug, Args)]
pub(crate) struct Operations {
    #[command(flatten)]
    pub(crate) tls: TlsOptions,
    /// Networks of proxies, as 10.1.0.0/16: the client's address that their Forwarded or X-Forwarded-For says is believed,
    /// and nobody else's
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    trusted_proxies: Vec<String>,
    #[command(flatten)]
    pub(crate) log: LogOptions,
    #[command(flatten)]
    pub(crate) telemetry: TelemetryOptions,
    #[command(flatten)]
    pub(crate) limits: LimitOptions,
}

impl Operations {
    /// The networks of the proxies.
    pub(crate) fn proxies(&self) -> anyhow::Result<Networks> {
        Networks::parse(&self.trusted_proxies).map_err(|text| {
            anyhow::anyhow!("--trusted-proxies: {text:?} is no network, which is written as 10.1.0.0/16")
        })
    }

    /// Whether browsers reach the service by HTTPS: it speaks TLS itself, or a proxy does so for it.
    pub(crate) fn is_secure(&self) -> bool {
        self.tls.tls_cert.is_some() || !self.trusted_proxies.is_empty()
    }
}

/// TLS for those who connect to the service.
#[derive(Debug, Args)]
pub(crate) struct TlsOptions {
    /// Certificate chain, PEM: with it both listeners speak TLS 1.2 and 1.3 only. Read again when it changes, and at SIGHUP
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
}

/// What is logged, and how. The log goes to standard error.
#[derive(Debug, Args)]
pub(crate) struct LogOptions {
    /// How much is logged
    #[arg(
        long,
        visible_alias = "log",
        value_enum,
        value_name = "LEVEL",
        default_value = "info"
    )]
    pub(crate) log_level: LogLevel,
    /// Form of the log, on standard error
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// How important an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// Something failed that should not
    Error,
    /// And what somebody should look at
    Warn,
    /// And requests
    Info,
    /// And successful lookups, health and metrics
    Debug,
    /// And everything else
    Trace,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// Where traces go.
#[derive(Debug, Args)]
pub(crate) struct TelemetryOptions {
    /// Collector of OpenTelemetry that gets traces of requests, of the work on items and of webhooks, by OTLP over HTTP.
    /// Headers for it are taken from the environment, as OTEL_EXPORTER_OTLP_HEADERS
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    pub(crate) telemetry_endpoint: Option<String>,
    /// Which part of the requests is traced, 0 to 1, where the client has not decided it
    #[arg(long, value_name = "PART", default_value_t = 1.0, value_parser = part)]
    pub(crate) telemetry_sample: f64,
}

fn endpoint(text: &str) -> Result<String, String> {
    let url: Option<ureq::http::Uri> = text.parse().ok();
    let is_endpoint =
        url.is_some_and(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some());
    match is_endpoint {
        true => Ok(text.to_owned()),
        false => Err("it has to be a URL that begins with http:// or https://".to_owned()),
    }
}

fn part(text: &str) -> Result<f64, String> {
    let part: Option<f64> = text.parse().ok();
    part.filter(|part| (0.0..=1.0).contains(part))
        .ok_or_else(|| "it has to be a number from 0 to 1".to_owned())
}

/// What clients may take up.
#[derive(Debug, Args)]
pub(crate) struct LimitOptions {
    /// Connections at once, in all
    #[arg(long, value_name = "N", default_value_t = 2_048, value_parser = clap::value_parser!(u32).range(1..))]
    limit_connections: u32,
    /// Connections at once of one address; behind a trusted proxy, requests at once of one client
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    limit_connections_per_address: u32,
    /// Seconds that a TLS handshake may take
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    limit_handshake_seconds: u32,
    /// Seconds that the headers of a request may take
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    limit_header_seconds: u32,
    /// KiB of a request's headers
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(8..=1_024))]
    limit_header_kibibytes: u32,
    /// Seconds that a synchronous scan may wait for its verdict
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=600))]
    limit_scan_seconds: u32,
    /// Seconds that requests may go on after the service was asked to stop
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(..=3_600))]
    limit_grace_seconds: u32,
}

impl LimitOptions {
    /// The limits on connections.
    pub(crate) fn limits(&self) -> web::Limits {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        web::Limits {
            connections: self.limit_connections as usize,
            per_address: self.limit_connections_per_address as usize,
            handshake: seconds(self.limit_handshake_seconds),
            headers: seconds(self.limit_header_seconds),
            header_bytes: (self.limit_header_kibibytes as usize) << 10,
            grace: seconds(self.limit_grace_seconds),
        }
    }

    /// How long a synchronous scan may wait.
    pub(crate) fn scan(&self) -> Duration {
        Duration::from_secs(self.limit_scan_seconds.into())
    }
}
