//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use model::{PersonName, Right};
use store::Proof;

use super::fields::Fields;
use super::gate::{LONGEST, Peer, keep_session};
use super::page::{Answer, Seen, page, page_with, see_other};
use crate::app::App;
use crate::auth::{password, totp};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage {
    seen: Seen,
    title: String,
    /// What went wrong before.
    wrong: Option<String>,
    name: String,
    /// Whether passkeys are possible.
    passkeys: bool,
    /// What the provider is called, where there is one.
    provider: Option<String>,
}

fn form(app: &App, seen: Seen, wrong: Option<String>, name: &str) -> SignInPage {
    let site = app.settings.site.as_ref();
    SignInPage {
        title: seen.say("sign-in"),
        passkeys: site.is_some_and(|site| site.domain().is_some()),
        provider: site.and(app.oidc.as_ref()).map(|oidc| oidc.name().to_owned()),
        seen,
        wrong,
        name: name.chars().take(64).collect(),
    }
}

/// The form.
pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    if seen.reader.is_some() {
        return Ok(see_other("/console"));
    }
    page(&form(&app, seen, None, ""))
}

/// Refuses an address that tries too often.
pub(super) fn try_from_address(app: &App, peer: Peer) -> Result<(), Problem> {
    app.console.addresses.take(peer.0).map_err(Problem::too_many)
}

/// Takes name, password and code. What was wrong is not said, nor whether there is such a name.
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    peer: Peer,
    seen: Seen,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    try_from_address(&app, peer)?;
    let typed = fields.get("name").to_owned();
    let name: Option<PersonName> = typed.parse().ok();
    let key = typed.trim().chars().take(64).collect::<String>();
    app.console.names.take(key.clone()).map_err(Problem::too_many)?;
    let known: Option<Proof> = match name {
        Some(name) => app.apart(move |app| app.intake.store().proof(&name)).await?,
        None => None,
    };
    let hash = known.as_ref().map(|known| known.password.clone());
    let fits = password::fits(fields.get("password").to_owned(), hash).await?;
    let known = known.filter(|_| fits);
    let proven = match known {
        Some(known) => second_factor(&app, &seen, known, fields.get("code")).await?,
        None => None,
    };
    let Some(known) = proven else {
        let wrong = seen.say("sign-in-wrong");
        return page_with(StatusCode::FORBIDDEN, &form(&app, seen, Some(wrong), &typed));
    };
    app.console.names.forget(&key);
    begin(&app, &seen, known.person.id, agent_of(&headers)).await
}

/// What a browser calls itself.
pub(super) fn agent_of(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    agent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

/// Whether the second factor is there, where one is needed. Each code is good once.
async fn second_factor(
    app: &Arc<App>,
    seen: &Seen,
    known: Proof,
    code: &str,
) -> Result<Option<Proof>, Problem> {
    let Some(secret) = &known.totp else {
        return Ok(Some(known));
    };
    let person = known.person.id;
    let fits = match totp::step_of(secret, code, seen.now) {
        Some(step) => {
            app.apart(move |app| app.intake.store().use_totp_step(person, step))
                .await?
        }
        None => {
            let digest = totp::recovery_digest(code);
            app.apart(move |app| app.intake.store().use_recovery_code(person, &digest))
                .await?
        }
    };
    Ok(fits.then_some(known))
}

/// Begins a session, and leads to the first page.
pub(super) async fn begin(app: &Arc<App>, seen: &Seen, person: model::PersonId, agent: String) -> Answer {
    let now = seen.now;
    let secret = app
        .apart(move |app| {
            app.intake
                .store()
                .begin_session(person, &agent, now, now + LONGEST)
        })
        .await?;
    let mut response = see_other("/console");
    keep_session(app, &mut response, secret.reveal());
    Ok(response)
}

/// Ends the session.
pub(super) async fn sign_out(State(app): State<Arc<App>>, seen: Seen) -> Result<Response, Problem> {
    let (session, by, now) = (seen.reader()?.session.id, seen.actor()?, seen.now);
    app.apart(move |app| app.intake.store().end_session(session, None, &by, now))
        .await?;
    let mut response = see_other("/console/sign-in");
    keep_session(&app, &mut response, "");
    Ok(response)
}
