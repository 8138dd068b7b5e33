//! What people do with a case: take it, decide it, undo that, reverse it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use model::{BankId, BankKind, CaseId, DecisionId, DecisionOutcome, Right, Ruling, Sha256};
use pipeline::policies::{Clause, clauses};
use store::{Case, NewCaseDecision};

use super::action;
use super::case_load::find;
use super::case_page::show_with;
use super::fields::Fields;
use super::page::{Answer, Seen, see_other};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// For how long a case is somebody's who is not heard of.
const LEASE: SignedDuration = SignedDuration::from_mins(10);
/// The longest note in bytes.
const NOTE: usize = 4_000;

fn lease(now: Timestamp) -> Timestamp {
    now.saturating_add(LEASE).unwrap_or(Timestamp::MAX)
}

fn case_path(case: CaseId) -> String {
    format!("/console/cases/{}", case.0)
}

async fn take_it(app: &Arc<App>, seen: &Seen, case: &Case) -> Result<(), Problem> {
    let (id, person, now) = (case.id, seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().take_case(id, person, now, lease(now)))
        .await
}

/// Takes a case.
pub(super) async fn take(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let case = find(&app, &seen, id, Right::Decide).await?;
    match take_it(&app, &seen, &case).await {
        Ok(()) => Ok(see_other(&case_path(case.id))),
        Err(problem) => show_with(&app, seen, id, Some(&problem)).await,
    }
}

/// A sign of life of whoever has the case.
pub(super) async fn alive(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let case = find(&app, &seen, id, Right::Decide).await?;
    take_it(&app, &seen, &case).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Lets go of a case.
pub(super) async fn release(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let case = find(&app, &seen, id, Right::Decide).await?;
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().release_case(case.id, person, now))
        .await?;
    Ok(see_other("/console/queue"))
}

/// What a form decides. What it says of an action is left out where there is none: a form sends all that it has.
fn case_decision(
    app: &App,
    seen: &Seen,
    case: &Case,
    fields: &Fields,
    clauses: &[Clause],
) -> Result<NewCaseDecision, Problem> {
    let outcome: DecisionOutcome = fields.required("outcome")?;
    let exemption = fields.optional("exemption")?;
    let duplicate_of = fields.optional::<i64>("duplicate_of")?.map(CaseId);
    let ruling = Ruling::new(outcome, exemption, duplicate_of)
        .map_err(|error| Problem::field("outcome", error.to_string()))?;
    let breaks = outcome.has_action();
    let action = breaks.then(|| action::read(seen, fields, clauses)).transpose()?;
    let bank = fields.optional::<i64>("bank")?.filter(|_| breaks).map(BankId);
    if bank.is_some() && !seen.may_on(Right::Curate, case) {
        return Err(Problem::forbidden(
            "to put it into a bank needs the right curate; choose no bank, or have a curator do it",
        ));
    }
    let undo = SignedDuration::try_from(app.settings.undo).unwrap_or(SignedDuration::ZERO);
    Ok(NewCaseDecision {
        case: case.id,
        sha256: Sha256::from_hex(fields.get("sha256"))
            .map_err(|error| Problem::field("sha256", error.to_string()))?,
        ruling,
        note: fields.text("note", NOTE)?,
        person: seen.person()?,
        settles_at: seen.now.saturating_add(undo).unwrap_or(Timestamp::MAX),
        action,
        bank,
    })
}

/// Refuses a bank that is no more, or that nothing is added to.
fn check_bank(app: &App, new: &NewCaseDecision) -> Result<(), Problem> {
    let Some(bank) = new.bank else { return Ok(()) };
    let banks = app.intake.store().banks()?;
    let mut known = banks.iter().map(|summary| &summary.bank);
    match known.any(|known| known.id == bank && known.kind == BankKind::Known && known.enabled) {
        true => Ok(()),
        false => Err(Problem::field(
            "bank",
            "there is no such bank (any more); open the case again",
        )),
    }
}

/// Decides about a group.
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let case = find(&app, &seen, id, Right::Decide).await?;
    let known = app.apart(|app| clauses(app.intake.store())).await?;
    let made = match case_decision(&app, &seen, &case, &fields, &known) {
        Ok(new) => {
            let now = seen.now;
            app.apart(move |app| -> Result<_, Problem> {
                check_bank(app, &new)?;
                Ok(app.intake.store().decide(&new, now)?)
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    // What seals is told at once.
    app.intake.outbox().ring();
    match made {
        Ok(_) => Ok(see_other(&format!("{}#decided", case_path(case.id)))),
        Err(problem) => show_with(&app, seen, id, Some(&problem)).await,
    }
}

/// Undoes a draft: one's own, or with the right to reverse anybody's.
pub(super) async fn undo(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let decision = found(&app, id).await?;
    let case = find(&app, &seen, decision.case.0, Right::Decide).await?;
    if decision.person != seen.person()? && !seen.may_on(Right::Reverse, &case) {
        return Err(Problem::forbidden(
            "another has decided this; who may reverse decisions can undo it",
        ));
    }
    let (by, now) = (seen.actor()?, seen.now);
    let undone = app
        .apart(move |app| app.intake.store().undo_decision(DecisionId(id), &by, now))
        .await;
    back(&app, seen, &case, undone).await
}

/// Reverses a decision that has taken effect.
pub(super) async fn reverse(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let decision = found(&app, id).await?;
    let case = find(&app, &seen, decision.case.0, Right::Reverse).await?;
    let (by, now) = (seen.actor()?, seen.now);
    let reversed = app
        .apart(move |app| app.intake.store().reverse_decision(DecisionId(id), &by, now))
        .await;
    app.intake.outbox().ring();
    back(&app, seen, &case, reversed).await
}

pub(super) async fn found(app: &Arc<App>, id: i64) -> Result<store::CaseDecision, Problem> {
    app.apart(move |app| app.intake.store().case_decision(DecisionId(id)))
        .await
}

pub(super) async fn back<T>(app: &Arc<App>, seen: Seen, case: &Case, outcome: Result<T, Problem>) -> Answer {
    match outcome {
        Ok(_) => Ok(see_other(&case_path(case.id))),
        Err(problem) => show_with(app, seen, case.id.0, Some(&problem)).await,
    }
}
