//! The first page, and the totals: numbers of now, and tables by the hour that are kept as things happen.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use model::{Queue, Right};
use pipeline::report::Lang;
use store::{ACTION_TIMES, Backlog, CaseCount, Outstanding, StoreError, Tallied, Tally};

use super::chart::{Label, bars, lanes};
use super::page::{Answer, Seen, page, see_other};
use super::sheet::{Cell, Sheet, download};
use crate::app::App;
use crate::extract::Path;

/// Hours of the short stretch of time, and of the long one.
const DAY: i64 = 24;
const WEEK: i64 = 7 * 24;
/// Sources and reasons that a table lists.
const MOST: usize = 50;

struct Figure {
    name: String,
    value: String,
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
    sheets: Vec<Sheet>,
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
    for (right, path) in [
        (Right::Decide, "/console/queue"),
        (Right::SeeOverview, "/console/overview"),
    ] {
        if seen.may(right) {
            return Ok(see_other(path));
        }
    }
    page(&NothingPage {
        title: seen.say("nothing"),
        seen,
    })
}

/// All that the page is made of.
struct Loaded {
    backlog: Backlog,
    counts: Vec<CaseCount>,
    outstanding: Outstanding,
    has_banks: bool,
    records: i64,
    checkpoint: Option<(i64, Timestamp)>,
    backup: Option<Timestamp>,
    /// Appeals that wait, and the oldest of them.
    appeals: (u64, Option<Timestamp>),
    reports_not_held: u64,
    tallies: BTreeMap<&'static str, Vec<Tallied>>,
}

/// What is counted, with the name under which it is looked for below.
const TALLIES: [(&str, Tally); 8] = [
    ("arrived", Tally::Arrived),
    ("finished", Tally::Finished),
    ("gaps", Tally::Gap),
    ("settled", Tally::Settled),
    ("action", Tally::ActionTime),
    ("reversed", Tally::Reversed),
    ("reported", Tally::Reported),
    ("appealed", Tally::Appealed),
];

fn load(app: &App, now: Timestamp) -> Result<Loaded, StoreError> {
    let store = app.intake.store();
    let since = now - SignedDuration::from_hours(WEEK - 1);
    let tallies = TALLIES
        .iter()
        .map(|(name, what)| Ok((*name, store.tallies(*what, since)?)));
    Ok(Loaded {
        backlog: store.backlog()?,
        counts: store.case_counts()?,
        outstanding: store.outstanding()?,
        has_banks: !store.banks()?.is_empty(),
        records: store.log_length()?,
        checkpoint: store.last_checkpoint()?,
        backup: store.last_backup()?,
        appeals: store.open_appeals()?,
        reports_not_held: store.reports_not_held()?,
        tallies: tallies.collect::<Result<_, StoreError>>()?,
    })
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let now = seen.now;
    let loaded = app.apart(move |app| load(app, now)).await?;
    page(&OverviewPage {
        title: seen.say("overview"),
        groups: groups(&seen, &loaded),
        is_empty: !loaded.has_banks,
        sheets: sheets(&seen, &loaded),
        seen,
    })
}

/// A table of the page as a file.
pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Path(name): Path<String>) -> Answer {
    let now = seen.now;
    let loaded = app.apart(move |app| load(app, now)).await?;
    download(sheets(&seen, &loaded), &name)
}

fn groups(seen: &Seen, loaded: &Loaded) -> Vec<Group> {
    let figure = |name: &str, value: u64, is_red: bool| Figure {
        name: seen.say(name),
        value: seen.digits(&value.to_string()),
        since: None,
        is_red: is_red && value > 0,
        link: None,
    };
    let may_list = seen.may(Right::ManageService);
    let listed = |figure: Figure, state: &str| Figure {
        link: may_list.then(|| format!("/console/deliveries?state={state}")),
        ..figure
    };
    let queues = seen.queues_of(Right::SeeCases);
    let may_see = |queue: Queue| queues.iter().any(|(it, _)| *it == queue);
    let cases = loaded.counts.iter().map(|count| Figure {
        name: seen.queue(count.queue),
        value: seen.digits(&count.open.to_string()),
        since: count.oldest.map(|oldest| seen.age(&oldest)),
        is_red: false,
        link: may_see(count.queue).then(|| format!("/console/queue?queue={}", count.queue)),
    });
    let Loaded {
        backlog, outstanding, ..
    } = loaded;
    vec![
        Group {
            name: seen.say("overview-cases"),
            figures: cases.collect(),
        },
        Group {
            name: seen.say("overview-items"),
            figures: vec![
                Figure {
                    since: backlog.oldest.map(|oldest| seen.age(&oldest)),
                    ..figure("items-queued", backlog.queued, false)
                },
                figure("items-working", backlog.working, false),
                figure("items-aside", backlog.aside, true),
            ],
        },
        Group {
            name: seen.say("overview-voices"),
            figures: vec![
                Figure {
                    since: loaded.appeals.1.map(|oldest| seen.age(&oldest)),
                    link: seen.may(Right::SeeCases).then(|| "/console/appeals".to_owned()),
                    ..figure("appeals-open", loaded.appeals.0, false)
                },
                Figure {
                    link: seen.may(Right::SeeCases).then(|| "/console/reports".to_owned()),
                    ..figure("reports-not-held-count", loaded.reports_not_held, false)
                },
            ],
        },
        Group {
            name: seen.say("overview-deliveries"),
            figures: vec![
                listed(
                    figure("deliveries-waiting", outstanding.waiting, false),
                    "waiting",
                ),
                listed(
                    figure("deliveries-unconfirmed", outstanding.unconfirmed, true),
                    "red",
                ),
                listed(figure("deliveries-aside", outstanding.aside, true), "aside"),
            ],
        },
    ]
}

/// The numbers of one tally, of the last day and of the whole week, by name.
fn sums(loaded: &Loaded, tally: &str, now: Timestamp) -> BTreeMap<String, (u64, u64)> {
    let day = now - SignedDuration::from_hours(DAY);
    let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for it in loaded.tallies.get(tally).into_iter().flatten() {
        let sum = sums.entry(it.name.clone()).or_default();
        sum.1 += it.number;
        // The hour that the day begins in is not of it.
        if it.hour > day {
            sum.0 += it.number;
        }
    }
    sums
}

/// A table of what happened by name, with a chart of the week.
struct ByName<'a> {
    seen: &'a Seen,
    name: &'static str,
    title: String,
    about: String,
    /// Names in words, with their numbers, in order.
    rows: Vec<(Cell, String, (u64, u64))>,
    has_chart: bool,
}

impl ByName<'_> {
    fn sheet(self) -> Sheet {
        let seen = self.seen;
        let label = Label {
            name: self.name,
            title: &self.title,
            about: &seen.say("chart-lanes"),
        };
        let points: Vec<(String, u64)> = self
            .rows
            .iter()
            .map(|(_, words, (_, week))| (words.clone(), *week))
            .collect();
        let chart =
            (self.has_chart && !points.is_empty()).then(|| lanes(&label, &points, seen.lang == Lang::Ar));
        let row = |(cell, _, (day, week)): (Cell, String, (u64, u64))| {
            vec![cell, Cell::number(seen, day), Cell::number(seen, week)]
        };
        Sheet {
            name: self.name,
            head: vec![seen.say("what"), seen.say("last-day"), seen.say("last-week")],
            chart,
            rows: self.rows.into_iter().map(row).collect(),
            csv: csv_path(self.name),
            empty: seen.say("none-yet"),
            title: self.title,
            about: self.about,
        }
    }
}

fn csv_path(name: &str) -> String {
    format!("/console/overview/{name}.csv")
}

/// Rows of a tally, the most frequent first; `say` gives the words of a name.
fn by_number(
    say: impl Fn(&str) -> String,
    sums: BTreeMap<String, (u64, u64)>,
) -> Vec<(Cell, String, (u64, u64))> {
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, (_, week))| std::cmp::Reverse(*week));
    let row = |(name, numbers): (String, (u64, u64))| {
        let words = say(&name);
        (Cell::word(&words), words, numbers)
    };
    sums.into_iter().take(MOST).map(row).collect()
}

fn sheets(seen: &Seen, loaded: &Loaded) -> Vec<Sheet> {
    let sums = |tally: &str| sums(loaded, tally, seen.now);
    let named = |name: &'static str, title: String, about: String, rows, has_chart| {
        let table = ByName {
            seen,
            name,
            title,
            about,
            rows,
            has_chart,
        };
        table.sheet()
    };
    let mut times = sums("action");
    let times = ACTION_TIMES.iter().map(|(name, _)| {
        let words = seen.word("action-", name);
        (Cell::word(&words), words, times.remove(*name).unwrap_or_default())
    });
    let mut sources: Vec<_> = sums("arrived").into_iter().collect();
    sources.sort_by_key(|(_, (_, week))| std::cmp::Reverse(*week));
    let sources = sources.into_iter().take(MOST);
    let sources = sources.map(|(name, numbers)| (Cell::foreign(&name), String::new(), numbers));
    vec![
        hours(seen, loaded),
        named(
            "found",
            seen.say("overview-found"),
            String::new(),
            by_number(|name| seen.word("verdict-", name), sums("finished")),
            true,
        ),
        named(
            "gaps",
            seen.say("overview-gaps"),
            seen.say("overview-gaps-about"),
            by_number(|name| seen.word("gap-", name), sums("gaps")),
            true,
        ),
        named(
            "decided",
            seen.say("overview-decided"),
            String::new(),
            by_number(|name| seen.word("outcome-", name), sums("settled")),
            true,
        ),
        named(
            "reversed",
            seen.say("overview-reversed"),
            String::new(),
            by_number(|name| seen.word("outcome-", name), sums("reversed")),
            false,
        ),
        named(
            "reported",
            seen.say("overview-reported"),
            String::new(),
            by_number(|name| seen.word("category-", name), sums("reported")),
            false,
        ),
        named(
            "appealed",
            seen.say("overview-appealed"),
            String::new(),
            by_number(|name| seen.word("appealed-", name), sums("appealed")),
            false,
        ),
        named(
            "action",
            seen.say("overview-action"),
            seen.say("overview-action-about"),
            times.filter(|(_, _, numbers)| *numbers != (0, 0)).collect(),
            true,
        ),
        named(
            "sources",
            seen.say("overview-sources"),
            String::new(),
            sources.collect(),
            false,
        ),
        state(seen, loaded),
    ]
}

/// The last day, hour by hour.
fn hours(seen: &Seen, loaded: &Loaded) -> Sheet {
    let hour = SignedDuration::from_hours(1);
    let now = seen.now.as_second();
    let this = Timestamp::from_second(now - now.rem_euclid(3_600)).unwrap_or(seen.now);
    // By tally, hour and name; the empty name is all of them.
    let mut sums: BTreeMap<(&str, Timestamp, &str), u64> = BTreeMap::new();
    for (tally, found) in &loaded.tallies {
        for it in found.iter().filter(|it| it.hour > this - hour * 24) {
            *sums.entry((*tally, it.hour, it.name.as_str())).or_default() += it.number;
            *sums.entry((*tally, it.hour, "")).or_default() += it.number;
        }
    }
    let at = |tally: &'static str, hour: Timestamp, name: &'static str| {
        sums.get(&(tally, hour, name)).copied().unwrap_or(0)
    };
    let mut points = Vec::new();
    let mut rows = Vec::new();
    for back in (0..24).rev() {
        let begun = this - hour * back;
        let came = at("arrived", begun, "");
        points.push((begun.strftime("%H").to_string(), came));
        let mut row = vec![Cell::time(seen, begun), Cell::number(seen, came)];
        for verdict in ["match", "no_match", "incomplete"] {
            row.push(Cell::number(seen, at("finished", begun, verdict)));
        }
        row.push(Cell::number(seen, at("settled", begun, "")));
        rows.push(row);
    }
    let title = seen.say("overview-hours");
    let label = Label {
        name: "hours",
        title: &title,
        about: &seen.say("chart-hours"),
    };
    // The newest hour stands first in the table, where people look first.
    rows.reverse();
    Sheet {
        name: "hours",
        about: String::new(),
        head: vec![
            seen.say("hour"),
            seen.say("arrived"),
            seen.say("verdict-match"),
            seen.say("verdict-no_match"),
            seen.say("verdict-incomplete"),
            seen.say("decided"),
        ],
        chart: Some(bars(&label, &points, 6)),
        rows,
        csv: csv_path("hours"),
        empty: String::new(),
        title,
    }
}

/// The state of the log, and of backups.
fn state(seen: &Seen, loaded: &Loaded) -> Sheet {
    let mut rows = vec![vec![
        Cell::word(&seen.say("state-records")),
        Cell::number(seen, loaded.records.unsigned_abs()),
    ]];
    let (size, at) = match loaded.checkpoint {
        Some((size, at)) => (Cell::number(seen, size.unsigned_abs()), Cell::time(seen, at)),
        None => (Cell::word(&seen.say("never")), Cell::word(&seen.say("never"))),
    };
    rows.push(vec![Cell::word(&seen.say("state-signed")), size]);
    rows.push(vec![Cell::word(&seen.say("state-signed-at")), at]);
    let backup = loaded.backup.map(|at| Cell::time(seen, at));
    let backup = backup.unwrap_or_else(|| Cell::word(&seen.say("never")));
    rows.push(vec![Cell::word(&seen.say("state-backup")), backup]);
    Sheet {
        name: "state",
        title: seen.say("overview-state"),
        about: seen.say("overview-state-about"),
        head: vec![seen.say("what"), seen.say("number")],
        rows,
        chart: None,
        csv: csv_path("state"),
        empty: String::new(),
    }
}
