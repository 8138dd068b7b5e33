//! Keys of the API: whose they are, what they may do, and taking them out of use. Their secrets are nowhere.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{KeyId, Right};
use store::ApiKey;

use super::page::{Answer, Seen, page, see_other};
use super::sheet::{Cell, Sheet};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    seen: Seen,
    title: String,
    sheet: Sheet,
    /// Those that can be revoked: their numbers and names.
    valid: Vec<(i64, pipeline::report::Html)>,
}

fn sheet(seen: &Seen, keys: &[ApiKey]) -> Sheet {
    let row = |key: &ApiKey| {
        let state = match (key.revoked_at, key.is_valid_at(seen.now)) {
            (Some(_), _) => seen.say("key-revoked"),
            (None, true) => seen.say("in-use"),
            (None, false) => seen.say("key-expired"),
        };
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.name()).collect();
        let person = key.person.as_ref().map(|person| Cell::foreign(person.as_str()));
        let expires = key.expires.map(|expires| Cell::time(seen, expires));
        vec![
            Cell::foreign(&key.name),
            person.unwrap_or_else(Cell::none),
            Cell::foreign(key.source.as_str()),
            Cell::code(&scopes.join(" ")),
            Cell::word(&state),
            Cell::time(seen, key.created_at),
            expires.unwrap_or_else(Cell::none),
        ]
    };
    Sheet {
        name: "keys",
        title: seen.say("keys"),
        about: seen.say("keys-about"),
        head: vec![
            seen.say("name"),
            seen.say("key-person"),
            seen.say("fact-source"),
            seen.say("scopes"),
            seen.say("state"),
            seen.say("created"),
            seen.say("expires"),
        ],
        rows: keys.iter().map(row).collect(),
        chart: None,
        csv: "/console/keys.csv".to_owned(),
        empty: seen.say("none-yet"),
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let keys = app.apart(|app| app.intake.store().keys()).await?;
    let valid = keys.iter().filter(|key| key.is_valid_at(seen.now));
    let valid = valid.map(|key| (key.id.0, pipeline::report::Html::foreign(&key.name)));
    page(&KeysPage {
        title: seen.say("keys"),
        valid: valid.collect(),
        sheet: sheet(&seen, &keys),
        seen,
    })
}

pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let keys = app.apart(|app| app.intake.store().keys()).await?;
    Ok(sheet(&seen, &keys).download())
}

/// Takes a key out of use for good, at once.
pub(super) async fn revoke(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let (by, now) = (seen.actor()?, seen.now);
    app.apart(move |app| -> Result<(), Problem> {
        let store = app.intake.store();
        store.revoke_key(KeyId(id), &by, now)?;
        Ok(app.keys.refresh(store)?)
    })
    .await?;
    Ok(see_other("/console/keys"))
}
