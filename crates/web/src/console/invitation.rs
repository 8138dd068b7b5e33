//! One-time links: whoever opens one chooses a password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use model::Right;
use pipeline::report::Html;

use super::fields::Fields;
use super::gate::Peer;
use super::page::{Answer, Seen, page, page_with};
use super::sign_in::{begin, try_from_address};
use crate::app::App;
use crate::auth::password;
use crate::extract::Path;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/invitation.html")]
struct InvitationPage {
    seen: Seen,
    title: String,
    /// Where the form is sent.
    action: String,
    name: Html,
    /// The name as it is typed, for password managers.
    plain_name: String,
    fewest: usize,
    wrong: Option<String>,
}

fn no_link() -> Problem {
    Problem::not_found(
        "the link was used, has ended, or was replaced by a newer one; ask an administrator for another",
    )
}

async fn form(
    app: &Arc<App>,
    seen: Seen,
    secret: String,
    wrong: Option<String>,
) -> Result<InvitationPage, Problem> {
    let now = seen.now;
    let action = format!("/console/invitation/{secret}");
    let person = app
        .apart(move |app| app.intake.store().invitation(&secret, now))
        .await?;
    let person = person.ok_or_else(no_link)?;
    Ok(InvitationPage {
        title: seen.say("invitation"),
        seen,
        action,
        name: Html::foreign(person.name.as_str()),
        plain_name: person.name.to_string(),
        fewest: password::FEWEST,
        wrong,
    })
}

/// The form.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    peer: Peer,
    seen: Seen,
    Path(secret): Path<String>,
) -> Answer {
    try_from_address(&app, peer)?;
    page(&form(&app, seen, secret, None).await?)
}

/// Takes the password, and signs in.
pub(super) async fn accept(
    State(app): State<Arc<App>>,
    peer: Peer,
    seen: Seen,
    Path(secret): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    try_from_address(&app, peer)?;
    let chosen = fields.get("password").to_owned();
    let wrong = match password::check(&chosen) {
        Err(_) => Some(seen.count("password-short", password::FEWEST as u64)),
        Ok(()) if chosen != fields.get("again") => Some(seen.say("password-differs")),
        Ok(()) => None,
    };
    if wrong.is_some() {
        let again = form(&app, seen, secret, wrong).await?;
        return page_with(StatusCode::BAD_REQUEST, &again);
    }
    // Nothing is computed for a link that is none.
    drop(form(&app, seen.clone(), secret.clone(), None).await?);
    let hash = password::hash(chosen).await?;
    let now = seen.now;
    let person = app
        .apart(move |app| app.intake.store().accept_invitation(&secret, &hash, now))
        .await?
        .ok_or_else(no_link)?;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    begin(&app, &seen, person.id, agent.unwrap_or_default().to_owned()).await
}
