//! Posting over HTTP: to addresses that were checked, with an end to everything.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::guard::Guard;
use super::target::Target;

/// How long one attempt takes at most, from the name to the end of the answer.
const LONGEST: Duration = Duration::from_secs(15);
/// How much of an answer is read.
const ANSWER: u64 = 4 << 10;
/// How much is kept of what went wrong.
const WHY: usize = 300;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Whether the body is JSON that says `"confirmed": true`.
    pub(super) confirmed: bool,
}

/// Posts to webhooks.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
}

impl Client {
    pub(super) fn new(guard: Guard) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::WebPki)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            // A proxy would resolve names itself, past the guard.
            .proxy(None)
            // Nobody checked where a redirect leads.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(LONGEST))
            .max_response_header_size(16 << 10)
            // Each attempt looks again where the name leads.
            .max_idle_connections(0)
            .user_agent(concat!("basira/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: Agent::with_parts(config, DefaultConnector::new(), Guarded(guard)),
        }
    }

    /// Posts JSON with these headers.
    ///
    /// # Errors
    /// Why there was no answer.
    pub(super) fn post(
        &self,
        target: &Target,
        headers: &[(&str, String)],
        body: &str,
    ) -> Result<Answer, String> {
        let mut request = self
            .agent
            .post(target.uri())
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.send(body).map_err(|error| why(&error))?;
        let status = response.status().as_u16();
        let mut text = Vec::new();
        // The status says that it has arrived; an answer that breaks off or is too long confirms nothing.
        let read = response
            .body_mut()
            .as_reader()
            .take(ANSWER)
            .read_to_end(&mut text);
        let confirmed = read.is_ok()
            && (200..300).contains(&status)
            && serde_json::from_slice::<serde_json::Value>(&text)
                .is_ok_and(|answer| answer.get("confirmed") == Some(&serde_json::Value::Bool(true)));
        Ok(Answer { status, confirmed })
    }
}

fn why(error: &Error) -> String {
    error.to_string().chars().take(WHY).collect()
}

/// Resolves names to addresses that the guard lets through. These are connected to, and no name is resolved twice: a name
/// server that says something else the second time is not asked.
#[derive(Debug)]
struct Guarded(Guard);

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let resolved = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        for address in resolved.iter().filter(|address| self.0.allows(address.ip())) {
            allowed.push(*address);
        }
        if allowed.is_empty() {
            let refused = "not sent: its host leads to no public address; name its network by \
                           `basira serve --webhook-network` to allow it";
            return Err(Error::Other(refused.into()));
        }
        Ok(allowed)
    }
}
