//! People: inviting them, and what they may do.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use model::{Grant, PersonId, PersonName, Queue, Right, Role, Severity};
use pipeline::report::Html;
use store::Person;

use super::fields::Fields;
use super::page::{Answer, Seen, page, see_other};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// For how long a link is good.
pub(crate) const LINK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Grants of one person at most.
const MOST_GRANTS: usize = 50;

struct GrantRow {
    /// What the form sends to remove it.
    number: usize,
    words: String,
}

struct Row {
    id: i64,
    name: Html,
    state: String,
    has_factor: bool,
    is_disabled: bool,
    grants: Vec<GrantRow>,
}

/// What somebody is called; nothing where they are not known.
pub(super) fn name_of(people: &[Person], id: PersonId) -> Html {
    let known = people.iter().find(|known| known.id == id);
    Html::foreign(known.map_or("", |known| known.name.as_str()))
}

/// A choice of a form: its value and its words.
struct Choice {
    value: String,
    words: String,
}

#[derive(Template)]
#[template(path = "console/people.html")]
struct PeoplePage {
    seen: Seen,
    title: String,
    rows: Vec<Row>,
    roles: Vec<Choice>,
    queues: Vec<Choice>,
    severities: Vec<Choice>,
    /// The one-time link that was just made.
    link: Option<String>,
}

fn grant_words(seen: &Seen, grant: &Grant) -> String {
    let role = seen.word("role-", grant.role.name());
    let queue = match grant.queue {
        Some(queue) => seen.queue(queue),
        None => seen.say("all-queues"),
    };
    let most = seen.word("severity-", grant.most.name());
    format!("{role} · {queue} · ≤ {most}")
}

fn row(seen: &Seen, person: &Person) -> Row {
    let state = match (person.disabled_at, person.has_password) {
        (Some(_), _) => seen.say("person-off"),
        (None, true) => seen.say("person-on"),
        (None, false) => seen.say("person-invited"),
    };
    let grants = person.grants.iter().enumerate().map(|(number, grant)| GrantRow {
        number,
        words: grant_words(seen, grant),
    });
    Row {
        id: person.id.0,
        name: Html::foreign(person.name.as_str()),
        state,
        has_factor: person.has_totp,
        is_disabled: person.disabled_at.is_some(),
        grants: grants.collect(),
    }
}

async fn people(app: &Arc<App>, seen: Seen, link: Option<String>) -> Answer {
    let people = app.apart(|app| app.intake.store().people()).await?;
    let choices = |family: &str, words: Vec<&'static str>| -> Vec<Choice> {
        let words = words.into_iter();
        words
            .map(|value| Choice {
                value: value.to_owned(),
                words: seen.word(family, value),
            })
            .collect()
    };
    let queues = seen.queues.iter().map(|queue| Choice {
        value: queue.to_string(),
        words: seen.queue(*queue),
    });
    let page_of = PeoplePage {
        title: seen.say("people"),
        rows: people.iter().map(|person| row(&seen, person)).collect(),
        roles: choices("role-", Role::ALL.iter().map(|role| role.name()).collect()),
        queues: queues.collect(),
        severities: choices(
            "severity-",
            Severity::ALL
                .iter()
                .rev()
                .map(|severity| severity.name())
                .collect(),
        ),
        link,
        seen,
    };
    page(&page_of)
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    people(&app, seen, None).await
}

/// The grant that a form describes.
fn grant(seen: &Seen, fields: &Fields) -> Result<Grant, Problem> {
    let queue: Option<Queue> = fields.optional("queue")?;
    if queue.is_some_and(|queue| !seen.queues.contains(&queue)) {
        return Err(Problem::field(
            "queue",
            "there is no such queue; a routing makes it",
        ));
    }
    Ok(Grant {
        role: fields.required("role")?,
        queue,
        most: fields.optional("most")?.unwrap_or(Severity::Critical),
    })
}

/// The whole address of a link, as the browser that asked for it reaches the service.
fn address(app: &App, headers: &HeaderMap, secret: &str) -> String {
    let scheme = if app.settings.secure { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    format!(
        "{scheme}://{}/console/invitation/{secret}",
        host.unwrap_or_default()
    )
}

fn until(now: Timestamp) -> Timestamp {
    now.saturating_add(LINK).unwrap_or(Timestamp::MAX)
}

/// Invites somebody; the page shows their link, this once.
pub(super) async fn invite(
    State(app): State<Arc<App>>,
    seen: Seen,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let name: PersonName = fields.required("name")?;
    let grant = grant(&seen, &fields)?;
    let (by, now) = (seen.actor()?, seen.now);
    let (_, secret) = app
        .apart(move |app| {
            app.intake
                .store()
                .create_person(&name, &[grant], &by, now, until(now))
        })
        .await?;
    let link = address(&app, &headers, secret.reveal());
    people(&app, seen, Some(link)).await
}

/// A new link for somebody: also for whoever has lost their password or their second factor.
pub(super) async fn invite_again(
    State(app): State<Arc<App>>,
    seen: Seen,
    headers: HeaderMap,
    Path(person): Path<i64>,
) -> Answer {
    let (by, now) = (seen.actor()?, seen.now);
    let secret = app
        .apart(move |app| app.intake.store().invite(PersonId(person), &by, now, until(now)))
        .await?;
    let link = address(&app, &headers, secret.reveal());
    people(&app, seen, Some(link)).await
}

/// Gives somebody a grant more, or takes one away.
pub(super) async fn change_grants(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(person): Path<i64>,
    fields: Fields,
) -> Answer {
    let id = PersonId(person);
    let (by, now) = (seen.actor()?, seen.now);
    let removed: Option<usize> = fields.optional("remove")?;
    let added = match removed {
        Some(_) => None,
        None => Some(grant(&seen, &fields)?),
    };
    app.apart(move |app| {
        let store = app.intake.store();
        let mut grants = store.person(id)?.grants;
        if let Some(number) = removed.filter(|number| *number < grants.len()) {
            grants.remove(number);
        }
        if let Some(added) = added.filter(|_| grants.len() < MOST_GRANTS) {
            grants.retain(|grant| (grant.role, grant.queue) != (added.role, added.queue));
            grants.push(added);
        }
        store.set_grants(id, &grants, &by, now)
    })
    .await?;
    Ok(see_other("/console/people"))
}

/// Switches somebody's account off.
pub(super) async fn disable(State(app): State<Arc<App>>, seen: Seen, Path(person): Path<i64>) -> Answer {
    let (by, now) = (seen.actor()?, seen.now);
    app.apart(move |app| app.intake.store().disable_person(PersonId(person), &by, now))
        .await?;
    Ok(see_other("/console/people"))
}
