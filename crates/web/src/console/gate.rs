//! The gate in front of every page: who reads it, whether they may, whether a form is forged; and what goes with every
//! answer.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Form, FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use model::Queue;
use pipeline::report::Lang;
use sha2::{Digest, Sha256};
use store::{Incident, StoreError};
use subtle::ConstantTimeEq;

use super::choices::Choices;
use super::fields::{Fields, LIMIT, LIMIT_OF_TEXT, TOKEN};
use super::page::{InlinePictures, ProblemPage, Reader, Seen, page_with, see_other};
use super::table::Need;
use super::upload;
use crate::app::App;
use crate::problem::Problem;

/// The cookie of a session.
const SESSION: &str = "basira_session";
/// The cookie of the language, for whoever has not signed in.
const LANG: &str = "basira_lang";
/// The cookie of whoever is with a provider.
const STATE: &str = "basira_oidc";
/// Where the cookies go.
const PATH: &str = "/console";

/// The end of the paths to which a form may send a file.
const UPLOAD: &str = "/media";
/// The path to which a form sends a text of a policy.
const TEXT: &str = "/console/draft";

/// How long a session lasts at most.
pub(super) const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How long a session lasts that is not used.
const IDLE: SignedDuration = SignedDuration::from_hours(2);

/// What stands in front of a route.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pub(super) app: Arc<App>,
    pub(super) need: Need,
}

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let seen = parts.extensions.get::<Self>().cloned();
        seen.ok_or_else(|| Problem::internal("a page of the console has no gate in front of it"))
    }
}

/// The address that a request comes from; where none is known, the same for all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<SocketAddr>();
        Ok(Self(
            peer.map_or(IpAddr::from([0; 4]), |peer| peer.ip().to_canonical()),
        ))
    }
}

/// Lets a request through to its page if it may pass.
pub(super) async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    // Not the request itself: its body is not for two threads.
    let (headers, path) = (request.headers().clone(), request.uri().path().to_owned());
    let seen = match see(&gate.app, &headers, &path).await {
        Ok(seen) => seen,
        Err(problem) => return problem.into_response(),
    };
    let response = match pass(&gate, &seen, request).await {
        Ok(request) => match cover(&gate, &seen).await {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        },
        Err(refusal) => *refusal,
    };
    finish(response, seen)
}

/// Whoever opens another page sees no more what was uncovered. A sign of life opens none.
async fn cover(gate: &Gate, seen: &Seen) -> Result<(), Problem> {
    if gate.need == Need::Anybody || seen.path.ends_with("/alive") {
        return Ok(());
    }
    let uncovered = seen
        .reader
        .as_ref()
        .and_then(|reader| gate.app.console.uncovered.end(reader.person.id));
    let (Some(exposure), now) = (uncovered, seen.now) else {
        return Ok(());
    };
    gate.app
        .apart(move |app| app.intake.store().cover(exposure, now))
        .await
}

/// Who asks, and what their page is told.
async fn see(app: &Arc<App>, headers: &HeaderMap, path: &str) -> Result<Seen, Problem> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    let now = Timestamp::now();
    let mut reader = None;
    let mut choices = Choices::default();
    let (mut queues, mut incidents): (Arc<[Queue]>, Arc<[Incident]>) = (Queue::ALL.into(), Arc::default());
    if let Some(secret) = cookie(headers, SESSION).map(str::to_owned) {
        let token = token(&secret);
        let (found, kept, told) = app
            .apart(move |app| {
                let store = app.intake.store();
                let found = store.session(&secret, now, now - IDLE)?;
                let kept = match &found {
                    Some((_, person)) => store.choices(person.id)?,
                    None => BTreeMap::new(),
                };
                let told = match &found {
                    Some(_) => Some((store.queues()?, store.incidents_on(now)?)),
                    None => None,
                };
                Ok::<_, StoreError>((found, kept, told))
            })
            .await?;
        choices = Choices::of(&kept);
        if let Some((known, on)) = told {
            (queues, incidents) = (known.into(), on.into());
        }
        reader = found.map(|(session, person)| Reader {
            session,
            person,
            token,
        });
    }
    let chosen = reader.as_ref().and_then(|reader| reader.person.lang.clone());
    let chosen = chosen.or_else(|| cookie(headers, LANG).map(str::to_owned));
    let lang = chosen.and_then(|lang| lang.parse().ok());
    Ok(Seen {
        lang: lang.unwrap_or_else(|| preferred(headers)),
        nonce: hex(&random),
        now,
        path: path.to_owned(),
        reader,
        choices,
        queues,
        incidents,
    })
}

/// Whether a request may pass; it has been given what its page is told then.
async fn pass(gate: &Gate, seen: &Seen, request: Request) -> Result<Request, Box<Response>> {
    let refuse = |problem: Problem| Box::new(problem.into_response());
    let is_form = !matches!(*request.method(), Method::GET | Method::HEAD);
    if is_form && !is_of_this_origin(request.headers(), request.uri()) {
        return Err(refuse(Problem::forbidden(
            "the form was sent from another site, or by a browser that does not say from where; open the console itself",
        )));
    }
    match (gate.need, &seen.reader) {
        (Need::Anybody, _) => {}
        (_, None) if is_form => {
            return Err(refuse(Problem::forbidden("the session has ended; sign in again")));
        }
        (_, None) => return Err(Box::new(see_other("/console/sign-in"))),
        (Need::SignedIn, Some(_)) => {}
        (Need::Right(right), Some(_)) if seen.may(right) => {}
        (Need::Right(right), Some(_)) => {
            return Err(refuse(Problem::forbidden(format!(
                "this needs the right {right}; ask an administrator for a role that has it"
            ))));
        }
    }
    let (mut parts, body) = request.into_parts();
    if is_form && parts.uri.path().ends_with(UPLOAD) && upload::is_multipart(&parts.headers) {
        let form = Request::from_parts(parts.clone(), body);
        let most = gate.app.settings.max_item;
        let (fields, file) = upload::read(form, most).await.map_err(refuse)?;
        check_token(gate, seen, &fields).map_err(refuse)?;
        parts.extensions.insert(fields);
        parts.extensions.insert(file);
        parts.extensions.insert(seen.clone());
        return Ok(Request::from_parts(parts, axum::body::Body::empty()));
    }
    if is_form {
        let most = match parts.uri.path() {
            TEXT => LIMIT_OF_TEXT,
            _ => LIMIT,
        };
        let form = Request::from_parts(
            parts.clone(),
            axum::body::Body::new(http_body_util::Limited::new(body, most)),
        );
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(form, &())
            .await
            .map_err(|error| refuse(Problem::bad_request(error.body_text())))?;
        let fields = Fields(fields);
        check_token(gate, seen, &fields).map_err(refuse)?;
        parts.extensions.insert(fields);
        parts.extensions.insert(seen.clone());
        return Ok(Request::from_parts(parts, axum::body::Body::empty()));
    }
    parts.extensions.insert(seen.clone());
    Ok(Request::from_parts(parts, body))
}

/// Whether a form has sent back what a page of this session has given it, where a session is needed.
fn check_token(gate: &Gate, seen: &Seen, fields: &Fields) -> Result<(), Problem> {
    let is_same = fields.get(TOKEN).as_bytes().ct_eq(seen.token().as_bytes());
    if gate.need == Need::Anybody || (!seen.token().is_empty() && bool::from(is_same)) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "the form has not the token of this session; open the page again and send it once more",
    ))
}

/// Puts what went wrong into a page, and gives every answer its headers.
fn finish(response: Response, seen: Seen) -> Response {
    let nonce = seen.nonce.clone();
    let lang = seen.lang;
    let response = match response.extensions().get::<Problem>().cloned() {
        Some(problem) => {
            let headers = response.headers().get(header::RETRY_AFTER).cloned();
            let page = ProblemPage::new(seen, problem.status(), problem.detail());
            let mut page = page_with(problem.status(), &page).unwrap_or_else(IntoResponse::into_response);
            if let Some(value) = headers {
                page.headers_mut().insert(header::RETRY_AFTER, value);
            }
            page
        }
        None => response,
    };
    with_headers(response, &nonce, lang)
}

/// Gives an answer its headers: what a browser may do with it, and that nothing of it stays there.
pub(super) fn with_headers(mut response: Response, nonce: &str, lang: Lang) -> Response {
    let pictures = match response.extensions().get::<InlinePictures>() {
        Some(InlinePictures) => "data:",
        None => "'none'",
    };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src {pictures}; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    );
    let headers = response.headers_mut();
    // Hex digits and words are always a value.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: with it a browser says of a form that it comes from nowhere.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CONTENT_LANGUAGE, lang.code()),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Nothing of a page stays in a browser, but what is the same for everybody.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Whether a form was sent from a page of ours. A browser says so by `Sec-Fetch-Site`, and an older one by `Origin`.
pub(super) fn is_of_this_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site"))
        && site != "same-origin"
    {
        return false;
    }
    let host = text(header::HOST).or_else(|| uri.host());
    match (text(header::ORIGIN), host) {
        (Some(origin), Some(host)) => {
            let authority = origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"));
            authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
        }
        // Nobody but a browser sends the one, and no browser that sends it lets a page alter it.
        (None, _) => headers.contains_key("sec-fetch-site"),
        (Some(_), None) => false,
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The language that a browser asks for.
pub(super) fn preferred(headers: &HeaderMap) -> Lang {
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let mut tags = wanted.unwrap_or_default().split(',').map(str::trim);
    let known = tags.find_map(|tag| tag.get(..2)?.to_ascii_lowercase().parse().ok());
    known.unwrap_or(Lang::En)
}

/// What the forms of a session must send back. It follows from its secret, and not the other way round.
fn token(secret: &str) -> String {
    hex(&Sha256::digest(["basira form\n", secret].concat()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn set_cookie(name: &str, value: &str, seconds: i64, same_site: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}");
    // Only hex digits, base64 for URLs and the codes of languages are put into it.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("basira_session="))
}

/// Gives a browser its session; or takes it away, with an empty secret.
pub(super) fn keep_session(app: &App, response: &mut Response, secret: &str) {
    let seconds = match secret {
        "" => 0,
        _ => LONGEST.as_secs(),
    };
    let cookie = set_cookie(SESSION, secret, seconds, "Strict", app.settings.secure);
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

/// Has a browser remember for what it was sent to a provider; or forget it, with an empty state. Unlike a session it is shown
/// when the browser comes from there.
pub(super) fn keep_state(app: &App, response: &mut Response, state: &str) {
    let seconds = match state {
        "" => 0,
        _ => i64::try_from(crate::auth::oidc::LONGEST.as_secs()).unwrap_or(i64::MAX),
    };
    let cookie = set_cookie(STATE, state, seconds, "Lax", app.settings.secure);
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

/// For what a browser was sent to a provider.
pub(super) fn state_of(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, STATE)
}

/// Has a browser remember a language.
pub(super) fn keep_lang(app: &App, response: &mut Response, lang: Lang) {
    let cookie = set_cookie(LANG, lang.code(), 365 * 86_400, "Strict", app.settings.secure);
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_a_form_of_this_site_is_of_this_origin() {
        let uri = Uri::from_static("/console/sign-in");
        let ours = |pairs: &[_]| is_of_this_origin(&headers(pairs), &uri);
        let host = ("host", "console.example:8080");
        assert!(ours(&[host, ("origin", "http://console.example:8080")]));
        assert!(ours(&[
            host,
            ("origin", "https://Console.example:8080"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(ours(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(!ours(&[host]), "nothing says from where");
        assert!(!ours(&[host, ("origin", "null")]));
        assert!(!ours(&[host, ("origin", "http://console.example")]));
        assert!(!ours(&[
            host,
            ("origin", "http://console.example:8080.evil.example")
        ]));
        assert!(!ours(&[
            host,
            ("sec-fetch-site", "same-site"),
            ("origin", "http://console.example:8080")
        ]));
        assert!(!ours(&[("origin", "http://console.example:8080")]), "no host");
    }

    #[test]
    fn a_language_is_chosen_in_the_order_of_the_browser() {
        let lang = |text| preferred(&headers(&[("accept-language", text)]));
        assert_eq!(lang("ar-EG,ar;q=0.9,en;q=0.8"), Lang::Ar);
        assert_eq!(lang("fr, en;q=0.5, ar;q=0.3"), Lang::En);
        assert_eq!(lang("*"), Lang::En);
        assert_eq!(preferred(&HeaderMap::new()), Lang::En);
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = headers(&[("cookie", "a=b; basira_session=abc; basira_sessions=x")]);
        assert_eq!(cookie(&headers, SESSION), Some("abc"));
        assert_eq!(cookie(&headers, "c"), None);
    }

    #[test]
    fn a_token_is_not_the_secret_and_differs_by_session() {
        assert_ne!(token("a"), token("b"));
        assert!(!token("abc").contains("abc"));
    }
}
