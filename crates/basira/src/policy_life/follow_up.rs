//! `basira policy follow-up`: what a backtest found, put before people by two of the team.

use std::io::Write;

use anyhow::Result;
use store::Access;
use web::FollowUpView;

use super::office::FollowUpStep;
use super::{FollowUpOptions, Who};
use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::print;

/// Asks that items be put before people; somebody else approves.
pub(super) fn ask(
    place: &PlaceArguments,
    who: &Who,
    items: &[String],
    reason: &str,
    json: bool,
) -> Result<Outcome> {
    if items.is_empty() {
        writeln!(print::out(), "there is nothing to put before people")?;
        return Ok(Outcome::Clean);
    }
    let view = place.office(who)?.ask_follow_up(items, reason)?;
    shown(&[view], json)
}

pub(super) fn run(place: &PlaceArguments, options: &FollowUpOptions) -> Result<Outcome> {
    let step = match (options.approve, options.cancel, options.undo) {
        (true, ..) => Some(FollowUpStep::Approve),
        (_, true, _) => Some(FollowUpStep::Cancel),
        (_, _, true) => Some(FollowUpStep::Undo),
        _ => None,
    };
    let views = match (options.id, step) {
        (Some(id), Some(step)) => vec![place.office(&options.who)?.step_follow_up(id, step)?],
        (Some(id), None) => vec![place.store(Access::Reader)?.follow_up(id)?.into()],
        (None, _) => {
            let found = place.store(Access::Reader)?.follow_ups()?;
            found.into_iter().map(FollowUpView::from).collect()
        }
    };
    shown(&views, options.json)
}

fn shown(views: &[FollowUpView], json: bool) -> Result<Outcome> {
    let mut out = print::out();
    for it in views {
        if json {
            print::json_line(&mut out, it)?;
            continue;
        }
        let approved = match &it.approved_by {
            Some(name) => format!("approved by {name}"),
            None => "approved by nobody".to_owned(),
        };
        let line = format!(
            "follow-up {}: {}, asked by {}, {approved}; {} waiting, {} before people, {} skipped, {} taken back: {}",
            it.id, it.state, it.asked_by, it.waiting, it.enqueued, it.skipped, it.undone, it.reason
        );
        writeln!(out, "{}", print::plain(&line))?;
    }
    Ok(Outcome::Clean)
}
