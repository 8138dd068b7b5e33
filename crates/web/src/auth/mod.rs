//! Keys: who asks, and what they may do.

mod bucket;
pub(crate) mod oidc;
pub(crate) mod passkey;
pub(crate) mod password;
mod site;
pub(crate) mod totp;
pub(crate) mod tries;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use jiff::Timestamp;
use model::{KeyId, KeyTrust, Provenance, Scope, Sha256, SourceName};
use store::{ApiKey, Personal, Store, StoreError, secret_digest};

use crate::app::App;
use crate::observe;
use crate::problem::Problem;
use bucket::Bucket;
pub use oidc::Provider;
pub use site::{Site, SiteError};

/// A key in use.
#[derive(Debug)]
struct Held {
    key: Arc<ApiKey>,
    networks: Option<Vec<IpNet>>,
    bucket: Option<Bucket>,
}

/// All keys, by the digests of their secrets. Looking a digest up takes no longer for one that is nearly right.
#[derive(Debug)]
pub(crate) struct Keys {
    held: RwLock<HashMap<Sha256, Arc<Held>>>,
}

impl Keys {
    pub(crate) fn read(store: &Store) -> Result<Self, StoreError> {
        let keys = Self {
            held: RwLock::default(),
        };
        keys.refresh(store)?;
        Ok(keys)
    }

    /// Takes up what was changed; what has not changed keeps its bucket.
    pub(crate) fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        // Held while the store is read: of two that refresh at once, the later one must not bring back what it read before
        // the other.
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let keys = store.keys()?;
        let before = std::mem::take(&mut *held);
        for key in keys.into_iter().filter(|key| key.revoked_at.is_none()) {
            let digest = key.digest;
            let same = before.get(&digest).filter(|held| *held.key == key);
            held.insert(digest, same.map_or_else(|| Arc::new(Held::new(key)), Arc::clone));
        }
        Ok(())
    }

    fn find(&self, secret: &str) -> Option<Arc<Held>> {
        let digest = secret_digest(secret);
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(&digest).cloned()
    }
}

impl Held {
    fn new(key: ApiKey) -> Self {
        let networks = key.addresses.as_ref().map(|texts| {
            // A network that does not parse lets nobody in.
            texts.iter().filter_map(|text| network(text)).collect()
        });
        Self {
            networks,
            bucket: key.rate.map(Bucket::new),
            key: Arc::new(key),
        }
    }
}

/// A network as `10.0.0.0/8`, or one address.
pub(crate) fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Who asks. Every route beside the anonymous ones has one.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    key: Arc<ApiKey>,
}

impl Caller {
    /// One that needs no key, where the operator trusts the network.
    pub(crate) fn trusted(name: &'static str, scopes: Vec<Scope>) -> Self {
        let Ok(source) = name.parse() else {
            unreachable!("{name:?} is written in the program, and is the name of a source")
        };
        Self {
            key: Arc::new(ApiKey {
                id: KeyId(0),
                name: name.to_owned(),
                person: None,
                digest: Sha256::new([0; 32]),
                source,
                scopes,
                trust: KeyTrust::Full,
                banks: None,
                addresses: None,
                rate: None,
                created_at: Timestamp::UNIX_EPOCH,
                expires: None,
                revoked_at: None,
            }),
        }
    }

    /// Refuses unless the key has this scope.
    pub(crate) fn may(&self, scope: Scope) -> Result<&Self, Problem> {
        if self.key.scopes.contains(&scope) {
            return Ok(self);
        }
        Err(Problem::forbidden(format!(
            "the key has not the scope {scope:?}; ask the administrator for one that has",
            scope = scope.name()
        )))
    }

    /// Refuses keys of low trust, which get nothing but receipts.
    pub(crate) fn may_see(&self) -> Result<&Self, Problem> {
        if self.key.trust == KeyTrust::Low {
            return Err(Problem::forbidden(
                "keys of low trust get receipts only; results go to the operator's webhook",
            ));
        }
        Ok(self)
    }

    /// How much of an answer it gets.
    pub(crate) fn trust(&self) -> KeyTrust {
        self.key.trust
    }

    /// Whose items it sees.
    pub(crate) fn source(&self) -> &SourceName {
        &self.key.source
    }

    /// The person whose own key it is.
    pub(crate) fn personal(&self) -> Result<Personal, Problem> {
        Ok(self.key.personal().map_err(store::StoreError::from)?)
    }

    /// Refuses unless the key has one of these scopes.
    pub(crate) fn may_any(&self, scopes: &[Scope]) -> Result<&Self, Problem> {
        if scopes.iter().any(|scope| self.key.scopes.contains(scope)) {
            return Ok(self);
        }
        let names: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
        Err(Problem::forbidden(format!(
            "the key has none of the scopes {}; ask the administrator for one that has",
            names.join(", ")
        )))
    }

    /// Its name, for the log.
    pub(crate) fn name(&self) -> &str {
        &self.key.name
    }

    /// That it adds an entry, now; `external_id` is its name at its source.
    pub(crate) fn provenance(&self, external_id: Option<String>) -> Provenance {
        Provenance {
            added_by: self.key.name.clone(),
            source: self.key.source.to_string(),
            external_id,
            added_at: Timestamp::now(),
        }
    }

    /// Whether it may see what is in that bank.
    pub(crate) fn sees_bank(&self, bank: &model::BankName) -> bool {
        self.key.banks.as_ref().is_none_or(|banks| banks.contains(bank))
    }

    /// Whether it sees the items of all sources.
    pub(crate) fn is_administrator(&self) -> bool {
        self.key.scopes.contains(&Scope::Administer)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| Problem::unauthorized("this route needs a key"))
    }
}

/// Lets through who has a valid key, before anything of the body is read.
pub(crate) async fn authenticate(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match identify(&app, &request) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// [`authenticate`] for a page: a browser asks for a name and a password, and the password is the key. Other routes take
/// no passwords, so that what a browser remembers is good for reading pages only.
pub(crate) async fn authenticate_page(state: State<Arc<App>>, mut request: Request, next: Next) -> Response {
    if let Some(bearer) = password(request.headers()) {
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
    }
    let mut response = authenticate(state, request, next).await;
    if response.status() == StatusCode::UNAUTHORIZED {
        let basic = HeaderValue::from_static("Basic realm=\"Basira: any name, and a key as its password\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}

/// The password of `Authorization: Basic` (RFC 7617), as a key is sent.
fn password(headers: &HeaderMap) -> Option<HeaderValue> {
    let (scheme, both) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let both = String::from_utf8(STANDARD.decode(both.trim()).ok()?).ok()?;
    HeaderValue::from_str(&format!("Bearer {}", both.split_once(':')?.1)).ok()
}

/// Who sent a request, by its key.
pub(crate) fn identify(app: &App, request: &Request) -> Result<Caller, Problem> {
    let secret = secret(request.headers()).ok_or_else(|| {
        Problem::unauthorized("send a key as `Authorization: Bearer KEY`, or in the header X-API-Key")
    })?;
    // One answer for all: who tries keys learns nothing from it.
    let refused =
        || Problem::unauthorized("the key is not valid: unknown, ended, revoked, or not for this address");
    let held = app.keys.find(secret).ok_or_else(refused)?;
    if !held.key.is_valid_at(Timestamp::now()) {
        return Err(refused());
    }
    if let Some(networks) = &held.networks {
        let peer = request
            .extensions()
            .get::<SocketAddr>()
            .map(|peer| peer.ip().to_canonical());
        let inside = peer.is_some_and(|peer| networks.iter().any(|net| net.contains(&peer)));
        if !inside {
            return Err(refused());
        }
    }
    if let Some(bucket) = &held.bucket {
        bucket.take().map_err(Problem::too_many)?;
    }
    observe::note_key(held.key.id);
    Ok(Caller {
        key: Arc::clone(&held.key),
    })
}

/// Whether a request claims to have a key, valid or not.
pub(crate) fn sends_key(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key")
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim());
    }
    headers.get("x-api-key")?.to_str().ok()
}
