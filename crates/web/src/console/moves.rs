//! Whose a case is, until when it is put off, and to whom it is handed up.

use std::sync::Arc;

use axum::extract::State;
use jiff::SignedDuration;
use model::{PersonId, Right};

use super::case_load::find;
use super::decide::back;
use super::fields::Fields;
use super::page::{Answer, Seen, see_other};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// The longest time for which a case is put off, in hours.
const LONGEST: u32 = 30 * 24;
/// The longest reason in bytes.
const REASON: usize = 500;

/// Gives a case to somebody, or to nobody in particular.
pub(super) async fn assign(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let case = find(&app, &seen, id, Right::Decide).await?;
    let to = fields.optional::<i64>("person")?.map(PersonId);
    let (by, now, id) = (seen.person()?, seen.now, case.id);
    let moved = app
        .apart(move |app| app.intake.store().assign_case(id, to, by, now))
        .await;
    back(&app, seen, &case, moved).await
}

/// Puts a case off for some hours, with the reason; without hours takes it up again.
pub(super) async fn hold(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let case = find(&app, &seen, id, Right::Decide).await?;
    let until = read_hold(&seen, &fields);
    let (by, now, id) = (seen.person()?, seen.now, case.id);
    let held = match until {
        Ok(until) => {
            app.apart(move |app| app.intake.store().hold_case(id, until, by, now))
                .await
        }
        Err(problem) => Err(problem),
    };
    back(&app, seen, &case, held).await
}

fn read_hold(seen: &Seen, fields: &Fields) -> Result<Option<(jiff::Timestamp, String)>, Problem> {
    let Some(hours) = fields.optional::<u32>("hours")? else {
        return Ok(None);
    };
    if !(1..=LONGEST).contains(&hours) {
        return Err(Problem::field("hours", format!("use 1 to {LONGEST} hours")));
    }
    let why = fields.text("reason", REASON)?;
    let why = why.ok_or_else(|| Problem::field("reason", "say what it waits for"))?;
    let hours = SignedDuration::from_hours(i64::from(hours));
    let until = seen.now.saturating_add(hours).map_err(Problem::internal)?;
    Ok(Some((until, why)))
}

/// Hands a case up to those who decide more.
pub(super) async fn escalate(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let case = find(&app, &seen, id, Right::Decide).await?;
    let (by, now, id) = (seen.person()?, seen.now, case.id);
    let moved = app
        .apart(move |app| app.intake.store().escalate_case(id, by, now))
        .await;
    match moved {
        // Whoever hands it up may see it no more.
        Ok(()) => Ok(see_other("/console/queue")),
        Err(problem) => back::<()>(&app, seen, &case, Err(problem)).await,
    }
}
