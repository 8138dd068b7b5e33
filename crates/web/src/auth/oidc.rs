//! Signing in by way of an OpenID provider (<https://openid.net/specs/openid-connect-core-1_0.html>): the authorization code
//! flow, with PKCE (RFC 7636), bound to one browser by a cookie.
//!
//! A provider says who somebody is and nothing else: what they may do is decided here, and whom it names that nobody here has
//! linked comes in by no door.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::PersonId;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse as _,
};
use thiserror::Error;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

use super::Site;

/// Where a provider sends browsers back to.
pub(crate) const CALLBACK: &str = "/console/oidc/callback";
/// For how long somebody may be with the provider.
pub(crate) const LONGEST: Duration = Duration::from_secs(600);
/// For how long what a provider says of itself is kept.
const FRESH: Duration = Duration::from_secs(3_600);
/// How many may be with the provider at once.
const MOST: usize = 4_096;
/// The longest answer of a provider in bytes.
const ANSWER: u64 = 1 << 20;

/// A provider, as an operator names it.
#[derive(Clone)]
pub struct Provider {
    /// Its issuer, as it calls itself.
    pub issuer: String,
    /// What it calls this service.
    pub client: String,
    /// What this service shows it.
    pub secret: String,
    /// What people call it.
    pub name: String,
}

// The secret is nobody's to read.
impl fmt::Debug for Provider {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Provider")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// Why somebody cannot sign in by way of a provider.
#[derive(Debug, Error)]
pub(crate) enum OidcError {
    /// It is not configured.
    #[error("this service knows no provider; its operator sets console.url and oidc.issuer")]
    None,
    /// Too many are with the provider.
    #[error("too many sign in at once; try again in a minute")]
    Busy,
    /// Nobody was sent to the provider from this browser in the last ten minutes.
    #[error("nobody was sent to the provider from this browser in the last ten minutes; begin again")]
    Unasked,
    /// The provider says no.
    #[error("the provider did not let anybody in ({0}); begin again")]
    Refused(String),
    /// The provider cannot be asked, or says what cannot be so.
    #[error("the provider cannot be asked: {0}; try again, or sign in with a password")]
    Provider(String),
}

/// What somebody went to the provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// To sign in.
    SignIn,
    /// To link their account there.
    Link(PersonId),
}

/// A client that knows where to send people, and where they come back to.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Somebody who is with the provider.
#[derive(Debug)]
struct Away {
    intent: Intent,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    until: Instant,
}

/// A provider in use.
#[derive(Debug)]
pub(crate) struct Oidc {
    provider: Provider,
    agent: Agent,
    known: Mutex<Option<(Arc<CoreProviderMetadata>, Instant)>>,
    away: Mutex<HashMap<String, Away>>,
}

/// Where to send somebody, and what their browser keeps until it is back.
#[derive(Debug)]
pub(crate) struct Journey {
    pub(crate) address: String,
    pub(crate) state: String,
}

impl Oidc {
    pub(crate) fn new(provider: Provider) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::WebPki)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(10)))
            .build()
            .into();
        Self {
            provider,
            agent,
            known: Mutex::default(),
            away: Mutex::default(),
        }
    }

    /// What people call it.
    pub(crate) fn name(&self) -> &str {
        &self.provider.name
    }

    /// Its issuer.
    pub(crate) fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (parts, mut body) = self.agent.run(request)?.into_parts();
        let body = body.with_config().limit(ANSWER).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, body))
    }

    fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((metadata, at)) = &*known()
            && at.elapsed() < FRESH
        {
            return Ok(Arc::clone(metadata));
        }
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(provider)?;
        let found =
            CoreProviderMetadata::discover(&issuer, &|request| self.ask(request)).map_err(provider)?;
        let found = Arc::new(found);
        *known() = Some((Arc::clone(&found), Instant::now()));
        Ok(found)
    }

    fn client(&self, site: &Site) -> Result<Client, OidcError> {
        let metadata = self.metadata()?;
        let client = CoreClient::from_provider_metadata(
            (*metadata).clone(),
            ClientId::new(self.provider.client.clone()),
            Some(ClientSecret::new(self.provider.secret.clone())),
        );
        Ok(client.set_redirect_uri(RedirectUrl::new(site.page(CALLBACK)).map_err(provider)?))
    }

    /// Sends somebody to the provider.
    pub(crate) fn send(&self, site: &Site, intent: Intent) -> Result<Journey, OidcError> {
        let client = self.client(site)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("openid".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if away.len() >= MOST {
            away.retain(|_, away| away.until > now);
        }
        if away.len() >= MOST {
            return Err(OidcError::Busy);
        }
        away.insert(
            state.secret().clone(),
            Away {
                intent,
                nonce,
                verifier,
                until: now + LONGEST,
            },
        );
        Ok(Journey {
            address: address.into(),
            state: state.into_secret(),
        })
    }

    /// Takes somebody back, with the state of their browser and the code that the provider gave them; gives what they went
    /// for, and what the provider calls them.
    pub(crate) fn take_back(
        &self,
        site: &Site,
        state: &str,
        code: &str,
    ) -> Result<(Intent, String), OidcError> {
        let away = {
            let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
            away.remove(state).filter(|away| away.until > Instant::now())
        };
        let away = away.ok_or(OidcError::Unasked)?;
        let client = self.client(site)?;
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(provider)?
            .set_pkce_verifier(away.verifier)
            .request(&|request| self.ask(request))
            .map_err(provider)?;
        let token = answer
            .id_token()
            .ok_or_else(|| OidcError::Provider("it gave no ID token".to_owned()))?;
        let claims = token.claims(&client.id_token_verifier(), &away.nonce);
        let claims = claims.map_err(|error| {
            // Its keys may be others since they were read.
            *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
            provider(error)
        })?;
        Ok((away.intent, claims.subject().to_string()))
    }
}

fn provider(error: impl std::error::Error) -> OidcError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        text = format!("{text}: {why}");
        cause = why.source();
    }
    OidcError::Provider(text)
}
