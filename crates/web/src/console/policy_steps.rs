//! Steps of a policy: approving a text, which steps it could make, and making them as the person who has signed in.

use std::sync::Arc;

use axum::extract::State;
use jiff::SignedDuration;
use model::{Life, Sha256, Share, Stage};
use pipeline::policies::Desk;
use store::{Personal, Step};

use super::fields::Fields;
use super::page::{Answer, Seen, see_other};
use super::policies::{SESSION, encoded, stage};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Bytes of a reason.
const REASON: usize = 2_000;
/// Hours of an emergency, where nobody asks for others.
const EMERGENCY: i64 = 4;

/// What a text could do next.
pub(super) struct Ways {
    /// Stages that need nothing but the wish: their names and how they are called here.
    pub(super) stages: Vec<(&'static str, String)>,
    /// Whether it could be in effect for a share.
    pub(super) canary: bool,
    /// For how many hours one person would put it into effect, if they could.
    pub(super) emergency: Option<i64>,
}

impl Ways {
    /// Those that nothing stands against; none if there is none.
    pub(super) fn of(seen: &Seen, life: &Life) -> Option<Self> {
        let stages = Stage::ALL.iter().filter(|to| life.may_move(**to, None).is_ok());
        let one = Share::try_from(1).ok();
        let ways = Self {
            stages: stages.map(|to| (to.name(), stage(seen, *to))).collect(),
            canary: life.may_move(Stage::Canary, one).is_ok(),
            emergency: life
                .may_emergency(seen.now + SignedDuration::from_hours(EMERGENCY), seen.now)
                .is_ok()
                .then_some(EMERGENCY),
        };
        (!ways.stages.is_empty() || ways.canary || ways.emergency.is_some()).then_some(ways)
    }
}

fn by(seen: &Seen) -> Result<Personal, Problem> {
    Ok(Personal {
        person: seen.reader()?.person.name.clone(),
        key: SESSION,
    })
}

/// The text that a form is about.
fn text(fields: &Fields) -> Result<Sha256, Problem> {
    Sha256::from_hex(fields.get("text")).map_err(|error| Problem::field("text", error.to_string()))
}

/// Approves a text. Whoever has written it does not.
pub(super) async fn approve(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(policy): Path<String>,
    fields: Fields,
) -> Answer {
    let (hash, by, now) = (text(&fields)?, by(&seen)?, seen.now);
    let back = address(&policy);
    app.apart(move |app| -> Result<(), Problem> {
        let desk = Desk::new(app.intake.store());
        let text = desk.find(&policy, Some(&hash.to_string()))?;
        desk.approve(&text.file.hash, &by, now)?;
        Ok(())
    })
    .await?;
    Ok(see_other(&back))
}

/// Moves a text to a stage, or puts it into effect in an emergency.
pub(super) async fn deploy(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(policy): Path<String>,
    fields: Fields,
) -> Answer {
    let hash = text(&fields)?;
    let step = match fields.get("to") {
        "emergency" => {
            let hours: u8 = fields.required("hours")?;
            Step::Emergency(seen.now + SignedDuration::from_hours(i64::from(hours)))
        }
        _ => {
            let to: Stage = fields.required("to")?;
            let share = (to == Stage::Canary).then(|| fields.required("per_mille"));
            Step::To(to, share.transpose()?)
        }
    };
    let (reason, by, now) = (fields.text("reason", REASON)?, by(&seen)?, seen.now);
    let back = address(&policy);
    app.apart(move |app| -> Result<(), Problem> {
        let desk = Desk::new(app.intake.store());
        let text = desk.find(&policy, Some(&hash.to_string()))?;
        desk.deploy(&text.file.hash, step, reason.as_deref(), &by, now)?;
        Ok(())
    })
    .await?;
    Ok(see_other(&back))
}

/// Goes back to the text that was enforced before, at once; a canary ends first.
pub(super) async fn roll_back(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(policy): Path<String>,
    fields: Fields,
) -> Answer {
    let (reason, by, now) = (fields.text("reason", REASON)?, by(&seen)?, seen.now);
    let back = address(&policy);
    app.apart(move |app| -> Result<(), Problem> {
        Desk::new(app.intake.store()).roll_back(&policy, reason.as_deref(), &by, now)?;
        Ok(())
    })
    .await?;
    Ok(see_other(&back))
}

fn address(policy: &str) -> String {
    format!("/console/policies/{}", encoded(policy))
}
