//! Passkeys: made on one's account page, shown in the place of password and code.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use model::{PasskeyId, Right};

use super::account::is_own_password;
use super::fields::Fields;
use super::gate::Peer;
use super::page::{Answer, Seen, page, page_with, see_other};
use super::sign_in::{agent_of, begin, try_from_address};
use crate::app::App;
use crate::auth::passkey::{PasskeyError, Passkeys};
use crate::extract::Path;
use crate::problem::Problem;

/// The longest name of a passkey in bytes.
const NAME: usize = 64;

#[derive(Template)]
#[template(path = "console/passkey.html")]
struct PasskeyPage {
    seen: Seen,
    title: String,
    /// `create` or `get`, as the script has it.
    what: &'static str,
    question: String,
    /// Where the answer goes.
    action: &'static str,
    /// What goes with it.
    name: String,
    /// Where the page leads that does without.
    back: &'static str,
}

impl From<PasskeyError> for Problem {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Busy => Self::unavailable(error.to_string()),
            PasskeyError::NoSite => Self::not_found(error.to_string()),
            PasskeyError::Unasked | PasskeyError::Wrong(_) => Self::bad_request(error.to_string()),
        }
    }
}

/// Asks the browser for a passkey that it has.
pub(super) async fn ask(State(app): State<Arc<App>>, peer: Peer, seen: Seen) -> Answer {
    try_from_address(&app, peer)?;
    page(&PasskeyPage {
        title: seen.say("sign-in-passkey"),
        what: "get",
        question: app.passkeys.ask_to_show(app.settings.site.as_ref())?,
        action: "/console/passkey/shown",
        name: String::new(),
        back: "/console/sign-in",
        seen,
    })
}

/// Takes what the browser has shown.
pub(super) async fn shown(
    State(app): State<Arc<App>>,
    peer: Peer,
    seen: Seen,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    try_from_address(&app, peer)?;
    let shown = Passkeys::read(fields.get("answer"))?;
    let credential = shown.credential().to_vec();
    let known = app
        .apart(move |app| app.intake.store().passkey_proof(&credential))
        .await?;
    // One that is known to nobody and one that does not hold look the same.
    let refused =
        || Problem::forbidden("this passkey opens nothing here; use another one, or sign in with a password");
    let known = known.ok_or_else(refused)?;
    let person = known.person;
    let site = app.settings.site.as_ref();
    let moving = app
        .passkeys
        .holds(site, &shown, &known)
        .map_err(|error| match error {
            PasskeyError::Wrong(_) => refused(),
            PasskeyError::Unasked => Problem::forbidden(error.to_string()),
            other => other.into(),
        })?;
    let now = seen.now;
    let is_first = app
        .apart(move |app| {
            app.intake
                .store()
                .use_passkey(known.id, &known.moving, &moving, now)
        })
        .await?;
    if !is_first {
        return Err(refused());
    }
    begin(&app, &seen, person, agent_of(&headers)).await
}

/// Asks the browser to make one.
pub(super) async fn make(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let reader = seen.reader()?.clone();
    let name = fields.text("name", NAME)?;
    let name = name.ok_or_else(|| Problem::field("name", "give it a name by which you know the device"))?;
    if !is_own_password(&app, &reader, fields.get("password").to_owned()).await? {
        return wrong_password(seen);
    }
    let person = reader.person.id;
    let known = app.apart(move |app| app.intake.store().passkeys(person)).await?;
    let known = known.into_iter().map(|passkey| passkey.credential).collect();
    let question = app.passkeys.ask_to_make(
        app.settings.site.as_ref(),
        person,
        reader.person.name.as_str(),
        known,
    )?;
    page(&PasskeyPage {
        title: seen.say("passkey-add"),
        what: "create",
        question,
        action: "/console/account/passkey/made",
        name,
        back: "/console/account",
        seen,
    })
}

/// Takes what the browser has made.
pub(super) async fn made(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let person = seen.person()?;
    let name = fields.text("name", NAME)?.unwrap_or_default();
    let site = app.settings.site.as_ref();
    let passkey = app.passkeys.made(site, person, fields.get("answer"), name)?;
    let now = seen.now;
    app.apart(move |app| app.intake.store().add_passkey(person, &passkey, now))
        .await?;
    Ok(see_other("/console/account"))
}

/// Takes one away.
pub(super) async fn remove(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let (person, now) = (seen.person()?, seen.now);
    let is_gone = app
        .apart(move |app| app.intake.store().remove_passkey(person, PasskeyId(id), now))
        .await?;
    match is_gone {
        true => Ok(see_other("/console/account")),
        false => Err(Problem::not_found(format!("you have no passkey {id}"))),
    }
}

#[derive(Template)]
#[template(path = "console/wrong.html")]
struct WrongPage {
    seen: Seen,
    title: String,
}

/// The page of a password that was not the reader's.
pub(super) fn wrong_password(seen: Seen) -> Answer {
    let title = seen.say("account");
    page_with(StatusCode::BAD_REQUEST, &WrongPage { seen, title })
}
