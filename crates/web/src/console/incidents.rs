//! Incidents: declared by one form, shown on every page while they last, ended by hand or by their time.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::SignedDuration;
use model::{BankId, BankKind, BankName, IncidentId, Right};
use pipeline::curate::Edit;
use pipeline::report::Html;
use store::{Incident, NewIncident, Person, StoreError};

use super::fields::Fields;
use super::page::{Answer, Seen, page, see_other};
use super::people::name_of;
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Banks to choose from at most.
const BANKS: usize = 200;
/// The longest name and reason in bytes.
const WORDS: usize = 2_000;

struct Bank {
    id: i64,
    name: Html,
}

struct Row {
    id: i64,
    name: Html,
    reason: Html,
    banks: Vec<Html>,
    begun: Html,
    ends: Html,
    ended: Option<Html>,
    declared_by: Html,
    ended_by: Option<Html>,
    is_on: bool,
    longer_holds: bool,
}

#[derive(Template)]
#[template(path = "console/incidents.html")]
struct IncidentsPage {
    seen: Seen,
    title: String,
    rows: Vec<Row>,
    banks: Vec<Bank>,
}

fn row(seen: &Seen, it: &Incident, banks: &[(BankId, Html)], people: &[Person]) -> Row {
    let name = |person| name_of(people, person);
    let known = it.banks.iter().filter_map(|bank| {
        let found = banks.iter().find(|(id, _)| id == bank);
        found.map(|(_, name)| name.clone())
    });
    Row {
        id: it.id.0,
        name: Html::foreign(&it.name),
        reason: Html::foreign(&it.reason),
        banks: known.collect(),
        begun: seen.time(&it.begun_at),
        ends: seen.time(&it.ends_at),
        ended: it.ended_at.map(|at| seen.time(&at)),
        declared_by: name(it.declared_by),
        ended_by: it.ended_by.map(name),
        is_on: it.is_on(seen.now),
        longer_holds: it.longer_holds,
    }
}

/// All incidents, and the form that declares one.
pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let (incidents, banks, people) = app
        .apart(|app| {
            let store = app.intake.store();
            Ok::<_, StoreError>((store.incidents()?, store.banks()?, store.people()?))
        })
        .await?;
    // Whoever may see no banks is told of none; they can have one made.
    let banks: Vec<(BankId, Html)> = banks
        .iter()
        .filter(|_| seen.may(Right::SeeBanks))
        .map(|it| (it.bank.id, Html::foreign(it.bank.name.as_str())))
        .collect();
    let rows = incidents.iter().map(|it| row(&seen, it, &banks, &people));
    page(&IncidentsPage {
        title: seen.say("incidents"),
        rows: rows.collect(),
        banks: banks
            .into_iter()
            .take(BANKS)
            .map(|(id, name)| Bank { id: id.0, name })
            .collect(),
        seen,
    })
}

/// Declares an incident, with a bank of its own where one is wanted.
pub(super) async fn declare(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let text = |name: &str| fields.text(name, WORDS).map(Option::unwrap_or_default);
    let hours: i64 = fields.required("hours")?;
    let hours = SignedDuration::from_hours(hours.clamp(0, 1_000));
    let mut banks = Vec::new();
    for bank in fields.all("bank") {
        let id = bank
            .parse()
            .map_err(|_| Problem::field("bank", "it is no bank"))?;
        banks.push(BankId(id));
    }
    let own: Option<BankName> = fields.optional("new_bank")?;
    let mut new = NewIncident {
        name: text("name")?,
        reason: text("reason")?,
        banks,
        longer_holds: fields.get("longer_holds") == "yes",
        declared_by: seen.person()?,
        ends_at: seen.now + hours,
    };
    let (by, now, may_see) = (seen.actor()?, seen.now, seen.may(Right::SeeBanks));
    app.apart(move |app| -> Result<(), Problem> {
        let store = app.intake.store();
        let known: Vec<BankId> = store.banks()?.iter().map(|it| it.bank.id).collect();
        if new.banks.iter().any(|bank| !may_see || !known.contains(bank)) {
            return Err(Problem::field("bank", "there is no such bank"));
        }
        // What is wrong with the rest is said before a bank is made for it.
        let count = new.banks.len() + usize::from(own.is_some());
        model::check_incident([&new.name, &new.reason], count, now, new.ends_at)
            .map_err(|error| Problem::bad_request(error.to_string()))?;
        if let Some(name) = own {
            let edit = Edit::CreateBank {
                name: name.clone(),
                kind: BankKind::Known,
                enabled_ratio: 1.0,
            };
            app.edit(&by, &edit)?;
            new.banks.push(store.bank(&name)?.id);
        }
        store.declare_incident(&new, now)?;
        Ok(())
    })
    .await?;
    Ok(see_other("/console/incidents"))
}

/// Ends an incident before its time.
pub(super) async fn end(State(app): State<Arc<App>>, seen: Seen, Path(incident): Path<i64>) -> Answer {
    let (by, now) = (seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().end_incident(IncidentId(incident), by, now))
        .await?;
    Ok(see_other("/console/incidents"))
}
