//! Keys of the API: whose they are, what they may do, making them and taking them out of use. Their secrets are shown once, when
//! they are made.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use model::{KeyId, KeyTrust, Right, Scope, SourceName};
use pipeline::report::Html;
use store::{ApiKey, NewApiKey};

use super::fields::Fields;
use super::page::{Answer, Seen, page, page_with, see_other};
use super::sheet::{Cell, Sheet};
use crate::api::keys::make as make_key;
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// The longest list of banks or addresses in bytes.
const MOST: usize = 4_000;
/// The most days for which a key that is made here is valid.
const MOST_DAYS: i64 = 3_660;

/// A word that can be chosen.
struct Choice {
    value: &'static str,
    words: String,
    is_chosen: bool,
}

/// A key that was made, and its secret, which is shown this once.
struct Made {
    name: Html,
    secret: String,
}

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    seen: Seen,
    title: String,
    sheet: Sheet,
    /// Those that can be revoked: their numbers and names.
    valid: Vec<(i64, Html)>,
    made: Option<Made>,
    /// Why none was made.
    problem: Option<Html>,
    scopes: Vec<Choice>,
    trusts: Vec<Choice>,
    /// What was typed in the other fields, by their names; nothing where something was made of it.
    typed: Fields,
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

fn page_of(seen: Seen, keys: &[ApiKey], typed: Fields, outcome: Option<Result<Made, Html>>) -> KeysPage {
    let (made, problem) = match outcome {
        None => (None, None),
        Some(Ok(made)) => (Some(made), None),
        Some(Err(problem)) => (None, Some(problem)),
    };
    let is_chosen = |field: &str, value: &str| typed.all(field).any(|chosen| chosen == value);
    let scopes = Scope::ALL.iter().map(|it| Choice {
        value: it.name(),
        words: seen.word("scope-", it.name()),
        is_chosen: is_chosen("scope", it.name()),
    });
    let trusts = KeyTrust::ALL.iter().rev().map(|it| Choice {
        value: it.name(),
        words: seen.word("key-trust-", it.name()),
        is_chosen: is_chosen("trust", it.name()),
    });
    let valid = keys.iter().filter(|key| key.is_valid_at(seen.now));
    KeysPage {
        title: seen.say("keys"),
        valid: valid.map(|key| (key.id.0, Html::foreign(&key.name))).collect(),
        sheet: sheet(&seen, keys),
        scopes: scopes.collect(),
        trusts: trusts.collect(),
        made,
        problem,
        typed,
        seen,
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let keys = app.apart(|app| app.intake.store().keys()).await?;
    page(&page_of(seen, &keys, Fields::default(), None))
}

/// The words of a field that holds several; `None` when it is empty.
fn words<T: std::str::FromStr<Err: std::fmt::Display>>(
    fields: &Fields,
    name: &'static str,
) -> Result<Option<Vec<T>>, Problem> {
    let Some(text) = fields.text(name, MOST)? else {
        return Ok(None);
    };
    let words = text.split([' ', ',', '\n']).filter(|word| !word.is_empty());
    let parsed = words.map(|word| {
        let parsed: Result<T, _> = word.parse();
        parsed.map_err(|error| Problem::field(name, error.to_string()))
    });
    parsed.collect::<Result<_, _>>().map(Some)
}

/// What a form asks for.
fn asked(seen: &Seen, fields: &Fields) -> Result<NewApiKey, Problem> {
    let name: SourceName = fields.required("name")?;
    let scopes = fields.all("scope").map(|word| {
        let scope: Result<Scope, _> = word.parse();
        scope.map_err(|error| Problem::field("scope", error.to_string()))
    });
    let expires = match fields.optional::<i64>("days")? {
        None => None,
        Some(days @ 1..=MOST_DAYS) => {
            let until = seen.now.saturating_add(SignedDuration::from_hours(24 * days));
            Some(until.unwrap_or(Timestamp::MAX))
        }
        Some(days) => {
            let detail = format!("{days} is not between 1 and {MOST_DAYS}");
            return Err(Problem::field("days", detail));
        }
    };
    Ok(NewApiKey {
        source: fields.optional("source")?.unwrap_or_else(|| name.clone()),
        name: name.to_string(),
        person: fields.optional("person")?,
        scopes: scopes.collect::<Result<_, _>>()?,
        trust: fields.optional("trust")?.unwrap_or(KeyTrust::Full),
        banks: words(fields, "banks")?,
        addresses: words(fields, "addresses")?,
        rate: fields.optional("rate")?,
        expires,
    })
}

/// Makes a key; the page shows its secret, this once.
pub(super) async fn make(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let by = seen.actor()?;
    let made = match asked(&seen, &fields) {
        Ok(new) => app.apart(move |app| make_key(app, &new, &by)).await,
        Err(problem) => Err(problem),
    };
    let keys = app.apart(|app| app.intake.store().keys()).await?;
    match made {
        Ok((key, secret)) => {
            let made = Made {
                name: Html::foreign(&key.name),
                secret: secret.reveal().to_owned(),
            };
            page(&page_of(seen, &keys, Fields::default(), Some(Ok(made))))
        }
        Err(problem) => {
            let said = Html::foreign(problem.detail());
            page_with(problem.status(), &page_of(seen, &keys, fields, Some(Err(said))))
        }
    }
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
