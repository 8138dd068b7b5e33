//! What needs two people and is no decision about a group: purging content, sharing an entry. One asks, another asks too, then
//! it can be withdrawn for a while, then it happens.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use model::{AskedId, AskedKind, CaseId, DecisionState, EntryId, PurgeBlock, Right, Sha256, Tlp};
use pipeline::report::Html;
use store::{Asked, Person, StoreError, Wanted};

use super::case_load::find;
use super::fields::Fields;
use super::page::{Answer, Seen, page, see_other};
use super::people::name_of;
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// The longest reason in bytes.
const REASON: usize = 2_000;

struct Row {
    id: i64,
    title: String,
    link: String,
    reason: Html,
    person: Html,
    asked_at: Html,
    state: String,
    seconded: Option<Html>,
    settles: Option<Html>,
    ended: Option<Html>,
    stopped: Option<String>,
    /// What it would be marked.
    tlp: Option<&'static str>,
    may_second: bool,
    may_withdraw: bool,
}

#[derive(Template)]
#[template(path = "console/two.html")]
struct TwoPage {
    seen: Seen,
    title: String,
    about: String,
    /// The word of its addresses.
    path: &'static str,
    rows: Vec<Row>,
}

/// Why content is not purged, in words.
pub(super) fn block_words(seen: &Seen, block: PurgeBlock) -> String {
    seen.word("purge-block-", block.name())
}

fn row(seen: &Seen, it: &Asked, people: &[Person]) -> Row {
    let name = |person| name_of(people, person);
    let (title, link, tlp) = match it.wanted {
        Wanted::Purge(case, group) => {
            let title = seen.count("case", case.0);
            let title = match group {
                Some(group) => format!("{title} · {}", &group.to_string()[..16]),
                None => title,
            };
            (title, format!("/console/cases/{}", case.0), None)
        }
        Wanted::Share(entry, tlp) => (
            seen.count("entry", entry.0),
            format!("/console/entries/{}", entry.0),
            Some(tlp.name()),
        ),
    };
    let is_draft = it.state == DecisionState::Draft;
    Row {
        id: it.id.0,
        title,
        link,
        reason: Html::foreign(&it.reason),
        person: name(it.person),
        asked_at: seen.time(&it.asked_at),
        state: match it.waits() {
            true => seen.say("two-waits"),
            false => seen.word("two-state-", it.state.name()),
        },
        seconded: it.seconded_by.map(name),
        settles: it.settles_at.filter(|_| is_draft).map(|at| seen.time(&at)),
        ended: it.ended_at.map(|at| seen.time(&at)),
        stopped: it.stopped.as_deref().map(|word| match word.parse() {
            Ok(block) => block_words(seen, block),
            Err(_) => seen.say("two-changed"),
        }),
        tlp,
        may_second: it.waits() && seen.person().ok() != Some(it.person),
        may_withdraw: is_draft,
    }
}

async fn list(app: &Arc<App>, seen: Seen, kind: AskedKind) -> Answer {
    let (asked, cases, people) = app
        .apart(move |app| {
            let store = app.intake.store();
            let asked = store.asked(kind)?;
            let mut cases = Vec::new();
            for it in &asked {
                if let Wanted::Purge(case, _) = it.wanted {
                    cases.push(store.case(case)?);
                }
            }
            Ok::<_, StoreError>((asked, cases, store.people()?))
        })
        .await?;
    // Of a case of which one may see nothing nothing is said here either.
    let sees = |it: &&Asked| match it.wanted {
        Wanted::Purge(case, _) => {
            let mut cases = cases.iter();
            cases.any(|known| known.id == case && seen.may_on(Right::Purge, known))
        }
        Wanted::Share(..) => true,
    };
    let rows = asked.iter().filter(sees).map(|it| row(&seen, it, &people));
    let rows = rows.collect();
    let (title, about, path) = match kind {
        AskedKind::Purge => (seen.say("purges"), seen.say("purges-about"), "purges"),
        AskedKind::Share => (seen.say("shares"), seen.say("shares-about"), "shares"),
    };
    page(&TwoPage {
        seen,
        title,
        about,
        path,
        rows,
    })
}

pub(super) async fn purges(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    list(&app, seen, AskedKind::Purge).await
}

pub(super) async fn shares(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    list(&app, seen, AskedKind::Share).await
}

fn reason(fields: &Fields) -> Result<String, Problem> {
    let reason = fields.text("reason", REASON)?;
    reason.ok_or_else(|| Problem::field("reason", "say why"))
}

/// Asks that the content of a case be purged.
pub(super) async fn ask_purge(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let case = find(&app, &seen, id, Right::Purge).await?;
    let group = match fields.get("sha256") {
        "" => None,
        text => {
            let group = Sha256::from_hex(text);
            Some(group.map_err(|error| Problem::field("sha256", error.to_string()))?)
        }
    };
    let wanted = Wanted::Purge(case.id, group);
    ask(&app, &seen, wanted, reason(&fields)?).await?;
    Ok(see_other("/console/purges"))
}

/// Asks that an entry be shared.
pub(super) async fn ask_share(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let tlp: Tlp = fields.required("tlp")?;
    ask(&app, &seen, Wanted::Share(EntryId(id), tlp), reason(&fields)?).await?;
    Ok(see_other("/console/shares"))
}

async fn ask(app: &Arc<App>, seen: &Seen, wanted: Wanted, reason: String) -> Result<(), Problem> {
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().ask(wanted, &reason, person, now).map(drop))
        .await
}

/// What was asked for, if it is of this kind and the reader has the right on it.
async fn asked(app: &Arc<App>, seen: &Seen, id: i64, kind: AskedKind) -> Result<Asked, Problem> {
    let missing = || Problem::not_found("there is no such request");
    let found = app
        .apart(move |app| app.intake.store().asked_for(AskedId(id)))
        .await?;
    if found.wanted.kind() != kind {
        return Err(missing());
    }
    if let Wanted::Purge(CaseId(case), _) = found.wanted {
        find(app, seen, case, Right::Purge).await?;
    }
    Ok(found)
}

async fn second(app: &Arc<App>, seen: &Seen, id: i64, kind: AskedKind) -> Result<(), Problem> {
    let found = asked(app, seen, id, kind).await?;
    let undo = SignedDuration::try_from(app.settings.undo).unwrap_or(SignedDuration::ZERO);
    let (person, now) = (seen.person()?, seen.now);
    let settles_at = now.saturating_add(undo).unwrap_or(Timestamp::MAX);
    app.apart(move |app| {
        let store = app.intake.store();
        store.second_asked(found.id, person, now, settles_at).map(drop)
    })
    .await
}

async fn withdraw(app: &Arc<App>, seen: &Seen, id: i64, kind: AskedKind) -> Result<(), Problem> {
    let found = asked(app, seen, id, kind).await?;
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().withdraw_asked(found.id, person, now))
        .await
}

/// A second person asks for a purge, too.
pub(super) async fn second_purge(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    second(&app, &seen, id, AskedKind::Purge).await?;
    Ok(see_other("/console/purges"))
}

/// A second person asks that an entry be shared, too.
pub(super) async fn second_share(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    second(&app, &seen, id, AskedKind::Share).await?;
    Ok(see_other("/console/shares"))
}

/// Withdraws a purge that has not happened.
pub(super) async fn withdraw_purge(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    withdraw(&app, &seen, id, AskedKind::Purge).await?;
    Ok(see_other("/console/purges"))
}

/// Withdraws a share that has not happened.
pub(super) async fn withdraw_share(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    withdraw(&app, &seen, id, AskedKind::Share).await?;
    Ok(see_other("/console/shares"))
}
