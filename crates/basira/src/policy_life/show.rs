//! Policies and where their texts stand, for people.

use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use store::{Access, StoreError};
use web::{PolicyView, StepView};

use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::print;

/// The first digits of a digest: enough for people, and for `--text`.
const DIGITS: usize = 12;

fn short(digest: &str) -> &str {
    digest.get(..DIGITS).unwrap_or(digest)
}

/// Where a text stands, in a few words.
fn stage(view: &PolicyView) -> String {
    match (view.per_mille, view.until) {
        (Some(share), _) => format!("{} {share}\u{2030}", view.stage),
        (None, Some(until)) => format!("emergency until {until}"),
        (None, None) => view.stage.clone(),
    }
}

/// One line about a text.
pub(super) fn line(view: &PolicyView) -> String {
    let approved = match view.approvals.as_slice() {
        [] => "approved by nobody".to_owned(),
        names => format!("approved by {}", names.join(", ")),
    };
    let line = format!(
        "{} {}: {}, written by {}, {approved} ({} needed)",
        view.policy,
        short(&view.text),
        stage(view),
        view.authors.join(", "),
        view.needs
    );
    print::plain(&line)
}

/// `basira policy list`.
pub(super) fn list(place: &PlaceArguments, json: bool) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    let views = store.policies(None)?.into_iter().map(PolicyView::from);
    let mut out = print::out();
    if json {
        for view in views {
            print::json_line(&mut out, &view)?;
        }
        return Ok(Outcome::Clean);
    }
    let mut table = print::table(&["policy", "text", "stage", "written by", "approved by", "needs"]);
    for view in views {
        table.add_row([
            print::plain(&view.policy),
            short(&view.text).to_owned(),
            stage(&view),
            print::plain(&view.authors.join(", ")),
            print::plain(&view.approvals.join(", ")),
            view.needs.to_string(),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(Outcome::Clean)
}

/// The line of `basira policy show --json`.
#[derive(Serialize)]
struct Row {
    texts: Vec<PolicyView>,
    source: String,
    steps: Vec<StepView>,
}

/// `basira policy show`.
pub(super) fn one(place: &PlaceArguments, policy: &str, json: bool) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    let texts = store.policies(Some(policy))?;
    let newest = texts.iter().find(|it| it.newest);
    let source = newest.map(|it| it.file.text.clone());
    let row = Row {
        source: source.ok_or_else(|| StoreError::NoPolicy(policy.to_owned()))?,
        texts: texts.into_iter().map(PolicyView::from).collect(),
        steps: store
            .policy_deployments(policy)?
            .into_iter()
            .map(StepView::from)
            .collect(),
    };
    let mut out = print::out();
    if json {
        print::json_line(&mut out, &row)?;
        return Ok(Outcome::Clean);
    }
    for view in &row.texts {
        writeln!(out, "{}", line(view))?;
    }
    writeln!(out)?;
    for it in &row.steps {
        let why = it
            .reason
            .as_deref()
            .map(|why| format!(": {why}"))
            .unwrap_or_default();
        let step = format!("{} {} → {} by {}{why}", it.at, short(&it.text), it.stage, it.by);
        writeln!(out, "{}", print::plain(&step))?;
    }
    writeln!(out)?;
    for text in row.source.lines() {
        writeln!(out, "  {}", print::plain(text))?;
    }
    Ok(Outcome::Clean)
}
