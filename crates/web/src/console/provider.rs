//! Signing in by way of an OpenID provider, and linking one's account there.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use model::Right;
use serde::Deserialize;

use super::account::is_own_password;
use super::fields::Fields;
use super::gate::{Peer, keep_state, state_of};
use super::page::{Answer, Seen, page, see_other};
use super::passkey::wrong_password;
use super::sign_in::{agent_of, begin, try_from_address};
use crate::app::App;
use crate::auth::Site;
use crate::auth::oidc::{Intent, Journey, Oidc, OidcError};
use crate::extract::Query;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/provider.html")]
struct ProviderPage {
    seen: Seen,
    title: String,
    /// Where it leads on.
    address: String,
    words: String,
}

impl From<OidcError> for Problem {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::None => Self::not_found(error.to_string()),
            OidcError::Busy | OidcError::Provider(_) => Self::unavailable(error.to_string()),
            OidcError::Unasked | OidcError::Refused(_) => Self::forbidden(error.to_string()),
        }
    }
}

/// The provider, and where it sends people back to.
fn configured(app: &App) -> Result<(&Oidc, &Site), OidcError> {
    let oidc = app.oidc.as_ref().ok_or(OidcError::None)?;
    Ok((oidc, app.settings.site.as_ref().ok_or(OidcError::None)?))
}

async fn send(app: &Arc<App>, intent: Intent) -> Result<Journey, Problem> {
    app.apart(move |app| {
        let (oidc, site) = configured(app)?;
        oidc.send(site, intent)
    })
    .await
}

/// Sends whoever wants to sign in to the provider.
pub(super) async fn sign_in(State(app): State<Arc<App>>, peer: Peer) -> Answer {
    try_from_address(&app, peer)?;
    let journey = send(&app, Intent::SignIn).await?;
    let mut response = see_other(&journey.address);
    keep_state(&app, &mut response, &journey.state);
    Ok(response)
}

/// Has whoever wants to link their account follow a link to the provider: a form must not lead to another site.
pub(super) async fn link(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let reader = seen.reader()?.clone();
    if !is_own_password(&app, &reader, fields.get("password").to_owned()).await? {
        return wrong_password(seen);
    }
    let journey = send(&app, Intent::Link(reader.person.id)).await?;
    let mut response = page(&ProviderPage {
        title: seen.say("identity"),
        address: journey.address,
        words: seen.say("identity-go"),
        seen,
    })?;
    keep_state(&app, &mut response, &journey.state);
    Ok(response)
}

/// Takes the link away.
pub(super) async fn unlink(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| -> Result<_, Problem> {
        let (oidc, _) = configured(app)?;
        Ok(app.intake.store().unlink_identity(person, oidc.issuer(), now)?)
    })
    .await?;
    Ok(see_other("/console/account"))
}

/// With what a provider sends somebody back.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    error: Option<String>,
}

/// Takes somebody back from the provider.
pub(super) async fn back(
    State(app): State<Arc<App>>,
    peer: Peer,
    seen: Seen,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Answer {
    try_from_address(&app, peer)?;
    if state_of(&headers) != Some(&back.state) || back.state.is_empty() {
        return Err(OidcError::Unasked.into());
    }
    if let Some(error) = back.error {
        let error = error.chars().filter(char::is_ascii_graphic).take(64).collect();
        return Err(OidcError::Refused(error).into());
    }
    let now = seen.now;
    let person = app
        .apart(move |app| -> Result<_, Problem> {
            let (oidc, site) = configured(app)?;
            let (intent, subject) = oidc.take_back(site, &back.state, &back.code)?;
            let store = app.intake.store();
            match intent {
                Intent::SignIn => {
                    let person = store.person_of_identity(oidc.issuer(), &subject)?;
                    let refused = || {
                        Problem::forbidden(
                            "this account at the provider is nobody's here; sign in with your password and link it on the \
                             page of your account, or ask an administrator for an invitation",
                        )
                    };
                    person.map(Some).ok_or_else(refused)
                }
                Intent::Link(person) => {
                    store.link_identity(person, oidc.issuer(), &subject, now)?;
                    Ok(None)
                }
            }
        })
        .await?;
    let mut response = match person {
        Some(person) => {
            let signed_in = begin(&app, &seen, person, agent_of(&headers)).await?;
            let mut response = onward(seen, "/console")?;
            for cookie in signed_in.headers().get_all(header::SET_COOKIE) {
                response.headers_mut().append(header::SET_COOKIE, cookie.clone());
            }
            response
        }
        None => onward(seen, "/console/account")?,
    };
    keep_state(&app, &mut response, "");
    Ok(response)
}

/// A page that leads on by itself: a redirect would be part of the way from the other site, on which a browser does not show
/// the cookie of a session.
fn onward(seen: Seen, address: &'static str) -> Result<Response, Problem> {
    let mut response = page(&ProviderPage {
        title: seen.say("welcome-back"),
        address: address.to_owned(),
        words: seen.say("arrived-go"),
        seen,
    })?;
    let value = format!("0; url={address}");
    if let Ok(value) = HeaderValue::from_str(&value) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("refresh"), value);
    }
    Ok(response)
}
