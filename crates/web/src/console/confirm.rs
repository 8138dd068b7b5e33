//! What a second look confirms: a decision for near copies, a decision that needs two people, an entry.

use std::sync::Arc;

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use model::{DecisionId, ItemId, Right};
use pipeline::banking::confirmation;
use store::Confirmation;

use super::case_load::find;
use super::decide::{back, found};
use super::fields::Fields;
use super::page::{Answer, Seen};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Confirms a decision for the near copies that the form names.
pub(super) async fn copies(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let decision = found(&app, id).await?;
    let case = find(&app, &seen, decision.case.0, Right::Decide).await?;
    let undo = SignedDuration::try_from(app.settings.undo).unwrap_or(SignedDuration::ZERO);
    let items: Result<Vec<ItemId>, Problem> = fields
        .all("copy")
        .map(|text| {
            let number = text.parse().map(ItemId);
            number.map_err(|_| Problem::field("copy", "name items by their numbers"))
        })
        .collect();
    let confirmed = match (items, fields.get("sure")) {
        (Err(problem), _) => Err(problem),
        (Ok(_), "") => Err(Problem::field(
            "sure",
            "say that you have compared what is listed",
        )),
        (Ok(items), _) => {
            let new = Confirmation {
                decision: DecisionId(id),
                items,
                person: seen.person()?,
                settles_at: seen.now.saturating_add(undo).unwrap_or(Timestamp::MAX),
            };
            let now = seen.now;
            app.apart(move |app| app.intake.store().confirm_group(&new, now))
                .await
        }
    };
    back(&app, seen, &case, confirmed).await
}

/// A second person says so too.
pub(super) async fn second(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let decision = found(&app, id).await?;
    let case = find(&app, &seen, decision.case.0, Right::Decide).await?;
    let (person, now) = (seen.person()?, seen.now);
    let seconded = app
        .apart(move |app| app.intake.store().second_decision(DecisionId(id), person, now))
        .await;
    back(&app, seen, &case, seconded).await
}

/// A second person confirms the entry that was made of a decision.
pub(super) async fn entry(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let decision = found(&app, id).await?;
    let case = find(&app, &seen, decision.case.0, Right::Curate).await?;
    let (person, by) = (seen.person()?, seen.actor()?);
    let confirmed = app
        .apart(move |app| -> Result<_, Problem> {
            let edit = confirmation(&decision, person).map_err(store::StoreError::from)?;
            Ok(app.edit(&by, &edit)?)
        })
        .await;
    back(&app, seen, &case, confirmed).await
}
