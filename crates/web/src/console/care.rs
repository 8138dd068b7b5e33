//! Care: what somebody was shown, for themselves; what all were shown together, for leads; caps, breaks and what somebody has
//! asked not to be shown. There is no list of who was shown how much.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use model::{CareRules, Exposure, Label, PersonId, Rest, Right, Severity};
use store::{Case, Exposed, ExposureId, Store, StoreError};

use super::fields::Fields;
use super::page::{Answer, Seen, page, page_with, see_other};
use super::sheet::{Cell, Sheet, download};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Sums are of at least so many people, so that they are nobody's.
const FEWEST: u64 = 5;
/// Days of the tables.
const DAYS: i64 = 7;
/// The longest list of labels in bytes.
const LABELS: usize = 8_000;

/// What is uncovered just now, by who sees it. It is covered by whatever page they open next.
#[derive(Debug, Default)]
pub(super) struct Uncovered(Mutex<HashMap<PersonId, ExposureId>>);

impl Uncovered {
    /// Remembers that somebody sees something, in the place of what they saw before, which is given.
    pub(super) fn begin(&self, person: PersonId, exposure: ExposureId) -> Option<ExposureId> {
        self.lock().insert(person, exposure)
    }

    /// What somebody saw until now.
    pub(super) fn end(&self, person: PersonId) -> Option<ExposureId> {
        self.lock().remove(&person)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PersonId, ExposureId>> {
        // A map of numbers is whole, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The beginning of the day (UTC).
fn midnight(now: Timestamp) -> Timestamp {
    let seconds = now.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(86_400)).unwrap_or(now)
}

/// Why somebody is shown nothing of a case now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Caps and breaks.
    Rest(Rest),
    /// They have asked not to be shown what this is about.
    OptedOut,
}

/// Why somebody is shown nothing of a case at `now`; `None` when they are.
pub(super) fn refusal(
    store: &Store,
    person: PersonId,
    case: &Case,
    now: Timestamp,
) -> Result<Option<Refusal>, StoreError> {
    if is_opted_out(store, &store.opt_outs(person)?, case)? {
        return Ok(Some(Refusal::OptedOut));
    }
    let rules = store.care_rules()?;
    if rules == CareRules::default() {
        return Ok(None);
    }
    let today = store.exposures(person, midnight(now))?;
    let today: Vec<Exposure> = today.into_iter().map(|(exposure, _)| exposure).collect();
    Ok(rules.rest(&today, now).map(Refusal::Rest))
}

/// Whether a case is about something of these labels: its entry has one of them.
pub(super) fn is_opted_out(store: &Store, labels: &[Label], case: &Case) -> Result<bool, StoreError> {
    let Some(entry) = case.entry.filter(|_| !labels.is_empty()) else {
        return Ok(false);
    };
    let entry = store.entry(entry)?;
    Ok(entry.is_some_and(|entry| entry.labels.iter().any(|label| labels.contains(label))))
}

#[derive(Template)]
#[template(path = "console/rest.html")]
struct RestPage {
    seen: Seen,
    title: String,
    words: String,
    case: i64,
    /// Whether what they hold can be handed over.
    may_hand_over: bool,
}

/// The page of somebody who is shown nothing now: the queue stays, and others take over.
pub(super) fn rest(seen: Seen, case: i64, refusal: Refusal) -> Answer {
    let (title, words) = match refusal {
        Refusal::Rest(Rest::Day) => (seen.say("rest-day"), seen.say("rest-day-about")),
        Refusal::Rest(Rest::Break { until }) => {
            let minutes = until.duration_since(seen.now).as_mins() + 1;
            (
                seen.say("rest-break"),
                seen.count("rest-break-about", minutes.max(1)),
            )
        }
        Refusal::OptedOut => (seen.say("rest-label"), seen.say("rest-label-about")),
    };
    let may_hand_over = seen.may(Right::Decide);
    page_with(
        StatusCode::CONFLICT,
        &RestPage {
            seen,
            title,
            words,
            case,
            may_hand_over,
        },
    )
}

struct Rule {
    name: &'static str,
    words: String,
    about: String,
    value: u32,
}

#[derive(Template)]
#[template(path = "console/care.html")]
struct CarePage {
    seen: Seen,
    title: String,
    sheets: Vec<Sheet>,
    /// How much is left of this day, where there is a cap.
    left: Option<String>,
    labels: String,
    rules: Vec<Rule>,
    may_hand_over: bool,
}

/// All that the page is made of.
struct Loaded {
    own: Vec<(Exposure, Severity)>,
    all: Option<Exposed>,
    rules: CareRules,
    labels: Vec<Label>,
}

fn load(app: &App, person: PersonId, is_lead: bool, now: Timestamp) -> Result<Loaded, StoreError> {
    let store = app.intake.store();
    let since = midnight(now) - SignedDuration::from_hours(24 * (DAYS - 1));
    let all = match is_lead {
        true => Some(store.exposed(since)?),
        false => None,
    };
    Ok(Loaded {
        own: store.exposures(person, since)?,
        all,
        rules: store.care_rules()?,
        labels: store.opt_outs(person)?,
    })
}

async fn loaded(app: &Arc<App>, seen: &Seen) -> Result<Loaded, Problem> {
    let (person, now, is_lead) = (seen.person()?, seen.now, seen.may(Right::Reverse));
    app.apart(move |app| load(app, person, is_lead, now)).await
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let loaded = loaded(&app, &seen).await?;
    let rules = match seen.may(Right::ManageService) {
        true => rules(&seen, &loaded.rules),
        false => Vec::new(),
    };
    let labels: Vec<&str> = loaded.labels.iter().map(Label::as_str).collect();
    page(&CarePage {
        title: seen.say("care"),
        sheets: sheets(&seen, &loaded),
        left: left(&seen, &loaded),
        labels: labels.join("\n"),
        rules,
        may_hand_over: seen.may(Right::Decide),
        seen,
    })
}

/// A table of the page as a file.
pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Path(name): Path<String>) -> Answer {
    let loaded = loaded(&app, &seen).await?;
    download(sheets(&seen, &loaded), &name)
}

fn left(seen: &Seen, loaded: &Loaded) -> Option<String> {
    let today = midnight(seen.now);
    let used = loaded.own.iter().filter(|(it, _)| it.begun_at >= today).count();
    let cap = loaded.rules.day_reveals;
    let left = u64::from(cap).saturating_sub(used as u64);
    (cap > 0).then(|| seen.count("care-left", left))
}

fn rules(seen: &Seen, rules: &CareRules) -> Vec<Rule> {
    let rule = |name: &'static str, value: u32| Rule {
        name,
        words: seen.word("rule-", name),
        about: seen.word("rule-about-", name),
        value,
    };
    vec![
        rule("day_reveals", rules.day_reveals),
        rule("day_minutes", rules.day_minutes),
        rule("break_after", rules.break_after),
        rule("break_minutes", rules.break_minutes),
        rule("sample", rules.sample),
    ]
}

fn sheets(seen: &Seen, loaded: &Loaded) -> Vec<Sheet> {
    let mut sheets = vec![own_days(seen, loaded), own_severities(seen, loaded)];
    if let Some(all) = &loaded.all {
        sheets.push(all_severities(seen, all));
    }
    sheets
}

fn minutes(seen: &Seen, length: SignedDuration) -> Cell {
    Cell::number(seen, (length.as_secs().unsigned_abs() + 30) / 60)
}

fn own_days(seen: &Seen, loaded: &Loaded) -> Sheet {
    let today = midnight(seen.now);
    let rows = (0..DAYS).map(|back| {
        let begun = today - SignedDuration::from_hours(24 * back);
        let end = begun + SignedDuration::from_hours(24);
        let day = loaded
            .own
            .iter()
            .filter(|(it, _)| it.begun_at >= begun && it.begun_at < end);
        let (count, length) = day.fold((0, SignedDuration::ZERO), |(count, length), (it, _)| {
            (count + 1, length + it.length())
        });
        let date = begun.strftime("%Y-%m-%d").to_string();
        vec![
            Cell::code(&seen.digits(&date)),
            Cell::number(seen, count),
            minutes(seen, length),
        ]
    });
    Sheet {
        name: "days",
        title: seen.say("care-days"),
        about: seen.say("care-days-about"),
        head: vec![seen.say("day"), seen.say("reveals"), seen.say("minutes")],
        rows: rows.collect(),
        chart: None,
        csv: "/console/care/days.csv".to_owned(),
        empty: String::new(),
    }
}

fn own_severities(seen: &Seen, loaded: &Loaded) -> Sheet {
    let rows = Severity::ALL.iter().rev().filter_map(|severity| {
        let own = loaded.own.iter().filter(|(_, it)| it == severity);
        let (count, length) = own.fold((0, SignedDuration::ZERO), |(count, length), (it, _)| {
            (count + 1, length + it.length())
        });
        (count > 0).then(|| {
            vec![
                Cell::word(&seen.word("severity-", severity.name())),
                Cell::number(seen, count),
                minutes(seen, length),
            ]
        })
    });
    Sheet {
        name: "severities",
        title: seen.say("care-severities"),
        about: String::new(),
        head: vec![seen.say("severity"), seen.say("reveals"), seen.say("minutes")],
        rows: rows.collect(),
        chart: None,
        csv: "/console/care/severities.csv".to_owned(),
        empty: seen.say("care-none"),
    }
}

fn all_severities(seen: &Seen, all: &Exposed) -> Sheet {
    let is_hidden = all.people < FEWEST;
    let row = |(severity, count, seconds): &(Severity, u64, u64)| {
        let length = SignedDuration::from_secs(i64::try_from(*seconds).unwrap_or(i64::MAX));
        vec![
            Cell::word(&seen.word("severity-", severity.name())),
            Cell::number(seen, *count),
            minutes(seen, length),
        ]
    };
    Sheet {
        name: "all",
        title: seen.say("care-all"),
        about: seen.count("care-all-about", FEWEST),
        head: vec![seen.say("severity"), seen.say("reveals"), seen.say("minutes")],
        rows: match is_hidden {
            true => Vec::new(),
            false => all.by_severity.iter().map(row).collect(),
        },
        chart: None,
        csv: "/console/care/all.csv".to_owned(),
        empty: seen.say("care-few"),
    }
}

/// Sets the numbers that hold for everybody.
pub(super) async fn set_rules(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let number = |name: &str, most: u32| -> Result<u32, Problem> {
        let number: u32 = fields.optional(name)?.unwrap_or(0);
        match number <= most {
            true => Ok(number),
            false => Err(Problem::field(name, format!("it is over {most}"))),
        }
    };
    let rules = CareRules {
        day_reveals: number("day_reveals", 5_000)?,
        day_minutes: number("day_minutes", 1_440)?,
        break_after: number("break_after", 5_000)?,
        break_minutes: number("break_minutes", 480)?,
        sample: number("sample", 1_000)?,
    };
    let (by, now) = (seen.actor()?, seen.now);
    app.apart(move |app| app.intake.store().set_care_rules(rules, &by, now))
        .await?;
    Ok(see_other("/console/care"))
}

/// Sets what one does not want to be shown: a label a line.
pub(super) async fn set_opt_outs(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let text = fields.text("labels", LABELS)?.unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let labels = lines
        .map(|line| line.parse::<Label>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Problem::field("labels", error.to_string()))?;
    let person = seen.person()?;
    app.apart(move |app| app.intake.store().set_opt_outs(person, &labels))
        .await?;
    Ok(see_other("/console/care"))
}

/// Gives back every case that one holds.
pub(super) async fn hand_over(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().release_all(person, now))
        .await?;
    Ok(see_other("/console/care"))
}
