//! The first page, and the totals.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::SignedDuration;
use model::Right;
use store::StoreError;

use super::page::{Answer, Seen, page, see_other};
use crate::app::App;

struct Figure {
    name: String,
    value: u64,
    /// Since when, where something waits.
    since: Option<String>,
    /// Whether somebody should look at it.
    is_red: bool,
    link: Option<String>,
}

struct Group {
    name: String,
    figures: Vec<Figure>,
}

#[derive(Template)]
#[template(path = "console/overview.html")]
struct OverviewPage {
    seen: Seen,
    title: String,
    groups: Vec<Group>,
    /// Whether there is nothing yet, and the next step is to be explained.
    is_empty: bool,
}

#[derive(Template)]
#[template(path = "console/nothing.html")]
struct NothingPage {
    seen: Seen,
    title: String,
}

/// Leads everybody to the first page that they may see.
pub(super) async fn home(seen: Seen) -> Answer {
    if seen.may(Right::Decide) {
        return Ok(see_other("/console/queue"));
    }
    if seen.may(Right::SeeOverview) {
        return Ok(see_other("/console/overview"));
    }
    page(&NothingPage {
        title: seen.say("nothing"),
        seen,
    })
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let day = seen.now - SignedDuration::from_hours(24);
    let (backlog, counts, outstanding, decided, banks) = app
        .apart(move |app| {
            let store = app.intake.store();
            Ok::<_, StoreError>((
                store.backlog()?,
                store.case_counts()?,
                store.outstanding()?,
                store.decided_since(day)?,
                store.banks()?,
            ))
        })
        .await?;
    let figure = |name: &str, value: u64, is_red: bool| Figure {
        name: seen.say(name),
        value,
        since: None,
        is_red: is_red && value > 0,
        link: None,
    };
    let queues = seen.queues(Right::SeeCases);
    let cases = counts.iter().map(|count| Figure {
        name: seen.word("queue-", count.queue.name()),
        value: count.open,
        since: count.oldest.map(|oldest| seen.age(&oldest)),
        is_red: false,
        link: queues
            .iter()
            .any(|(queue, _)| *queue == count.queue)
            .then(|| format!("/console/queue?queue={}", count.queue)),
    });
    let decisions = decided.iter().map(|(outcome, count)| Figure {
        name: seen.word("outcome-", outcome),
        value: *count,
        since: None,
        is_red: false,
        link: None,
    });
    let oldest = backlog.oldest.map(|oldest| seen.age(&oldest));
    let groups = vec![
        Group {
            name: seen.say("overview-cases"),
            figures: cases.collect(),
        },
        Group {
            name: seen.say("overview-decided"),
            figures: decisions.collect(),
        },
        Group {
            name: seen.say("overview-items"),
            figures: vec![
                Figure {
                    since: oldest,
                    ..figure("items-queued", backlog.queued, false)
                },
                figure("items-working", backlog.working, false),
                figure("items-aside", backlog.aside, true),
            ],
        },
        Group {
            name: seen.say("overview-deliveries"),
            figures: vec![
                figure("deliveries-waiting", outstanding.waiting, false),
                figure("deliveries-unconfirmed", outstanding.unconfirmed, true),
                figure("deliveries-aside", outstanding.aside, true),
            ],
        },
    ];
    page(&OverviewPage {
        title: seen.say("overview"),
        groups,
        is_empty: banks.is_empty(),
        seen,
    })
}
