//! Sessions: one's own, and for administrators everybody's; each can be ended.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{Right, SessionId};
use pipeline::report::Html;

use super::page::{Answer, Seen, page, see_other};
use crate::app::App;
use crate::extract::Path;

struct Row {
    id: i64,
    name: Html,
    agent: Html,
    begun: Html,
    seen: String,
    is_this: bool,
    /// Whether it is good.
    is_open: bool,
}

#[derive(Template)]
#[template(path = "console/sessions.html")]
struct SessionsPage {
    seen: Seen,
    title: String,
    rows: Vec<Row>,
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let person = seen.person()?;
    let of = (!seen.may(Right::ManagePeople)).then_some(person);
    let (sessions, people) = app
        .apart(move |app| {
            let store = app.intake.store();
            Ok::<_, store::StoreError>((store.sessions(of)?, store.people()?))
        })
        .await?;
    let names: HashMap<_, _> = people.iter().map(|person| (person.id, &person.name)).collect();
    let this = seen.reader()?.session.id;
    let rows = sessions.iter().map(|session| Row {
        id: session.id.0,
        name: Html::foreign(names.get(&session.person).map_or("", |name| name.as_str())),
        agent: Html::foreign(&session.agent),
        begun: seen.time(&session.begun_at),
        seen: seen.age(&session.seen_at),
        is_this: session.id == this,
        is_open: session.ended_at.is_none() && session.expires > seen.now,
    });
    let rows = rows.collect();
    page(&SessionsPage {
        title: seen.say("sessions"),
        rows,
        seen,
    })
}

/// Ends a session: one's own, or for administrators anybody's.
pub(super) async fn end(State(app): State<Arc<App>>, seen: Seen, Path(session): Path<i64>) -> Answer {
    let owner = match seen.may(Right::ManagePeople) {
        true => None,
        false => Some(seen.person()?),
    };
    let (by, now) = (seen.actor()?, seen.now);
    app.apart(move |app| {
        app.intake
            .store()
            .end_session(SessionId(session), owner, &by, now)
    })
    .await?;
    Ok(see_other("/console/sessions"))
}
