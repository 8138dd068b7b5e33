//! Second looks: somebody decides once more what another has decided, and is not told what that was.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{CaseId, DecisionId, DecisionOutcome, ItemId, LookId, Right};
use pipeline::report::{Html, gap_html, match_html};
use pipeline::wire::FileResult;
use store::{Member, SecondLook, StoreError};

use super::case_load::find;
use super::fields::Fields;
use super::page::{Answer, Seen, page, see_other};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Looks of one page.
const MOST: u32 = 100;
/// Matches and gaps that a page shows.
const FINDINGS: usize = 20;
/// Members among which the group is looked for.
const MEMBERS: u32 = 200;

#[derive(Template)]
#[template(path = "console/second.html")]
struct ListPage {
    seen: Seen,
    title: String,
    looks: Vec<(i64, String)>,
}

struct Choice {
    value: &'static str,
    words: String,
    about: String,
    key: String,
    number: usize,
}

#[derive(Template)]
#[template(path = "console/look.html")]
struct LookPage {
    seen: Seen,
    title: String,
    id: i64,
    case: i64,
    /// The item of the group that can be uncovered.
    receipt: Option<String>,
    matches: Vec<String>,
    gaps: Vec<String>,
    left_out: bool,
    outcomes: Vec<Choice>,
    may_reveal: bool,
    wrong: Option<Html>,
}

/// What waits for a second look by the reader, in the queues that they see.
pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let person = seen.person()?;
    let found = app
        .apart(move |app| {
            let store = app.intake.store();
            let looks = store.looks_for(person, MOST)?;
            let with_case = looks.into_iter().map(|look| Ok((store.case(look.case)?, look)));
            with_case.collect::<Result<Vec<_>, StoreError>>()
        })
        .await?;
    let visible = found.iter().filter(|(case, _)| seen.may_on(Right::Decide, case));
    // The kind is not said: what is known to be right looks like everything else.
    let looks = visible.map(|(_, look)| (look.id.0, seen.count("second-look", look.id.0)));
    let looks = looks.collect();
    page(&ListPage {
        title: seen.say("second"),
        looks,
        seen,
    })
}

/// A look that is the reader's to take.
async fn look(app: &Arc<App>, seen: &Seen, id: i64) -> Result<SecondLook, Problem> {
    let look = app.apart(move |app| app.intake.store().look(LookId(id))).await?;
    find(app, seen, look.case.0, Right::Decide).await?;
    Ok(look)
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    show_with(&app, seen, id, None).await
}

async fn show_with(app: &Arc<App>, seen: Seen, id: i64, wrong: Option<Html>) -> Answer {
    let look = look(app, &seen, id).await?;
    let case = find(app, &seen, look.case.0, Right::Decide).await?;
    let sha256 = look.sha256;
    let (members, is_hidden) = app
        .apart(move |app| {
            let store = app.intake.store();
            let members = store.members(CaseId(look.case.0), ItemId(0), MEMBERS)?;
            Ok::<_, Problem>((members, store.is_shown_to_nobody(&sha256)?))
        })
        .await?;
    let member = members.iter().find(|member| member.item.sha256 == sha256);
    let (matches, gaps, left_out) = findings(&seen, member);
    let outcomes = DecisionOutcome::ALL
        .iter()
        // What another case says is not looked at here.
        .filter(|it| **it != DecisionOutcome::DuplicateOf)
        .enumerate();
    let outcomes = outcomes.map(|(at, it)| Choice {
        value: it.name(),
        words: seen.word("outcome-", it.name()),
        about: seen.word("about-", it.name()),
        key: format!("Digit{}", at + 1),
        number: at + 1,
    });
    page(&LookPage {
        title: seen.count("second-look", id),
        id,
        case: case.id.0,
        receipt: member.map(|member| member.item.receipt.to_string()),
        matches,
        gaps,
        left_out,
        outcomes: outcomes.collect(),
        may_reveal: !is_hidden && seen.may_on(Right::Reveal, &case),
        wrong,
        seen,
    })
}

/// What was found in the group, in words.
fn findings(seen: &Seen, member: Option<&Member>) -> (Vec<String>, Vec<String>, bool) {
    let result = member
        .and_then(|member| member.item.result.as_deref())
        .unwrap_or_default();
    let Ok(result) = serde_json::from_str::<FileResult>(result) else {
        return (Vec::new(), Vec::new(), false);
    };
    let matches = result.matches.iter().take(FINDINGS);
    let matches = matches.map(|found| match_html(seen.lang, found, None).to_string());
    let gaps = result.gaps().take(FINDINGS);
    let gaps = gaps.map(|gap| gap_html(seen.lang, &gap).to_string());
    let left_out = result.matches.len() > FINDINGS || result.incomplete.len() > FINDINGS;
    (matches.collect(), gaps.collect(), left_out)
}

/// Takes what somebody says of it.
pub(super) async fn give(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let look = look(&app, &seen, id).await?;
    let outcome = match fields.required("outcome") {
        Ok(DecisionOutcome::DuplicateOf) => {
            return Err(Problem::field(
                "outcome",
                "say what it is, not of what it is a duplicate",
            ));
        }
        Ok(outcome) => outcome,
        Err(problem) => {
            let wrong = Html::foreign(problem.detail());
            return show_with(&app, seen, id, Some(wrong)).await;
        }
    };
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().give_opinion(look.id, person, outcome, now))
        .await?;
    Ok(see_other("/console/second"))
}

/// Makes a decision that holds one that everybody else decides once more.
pub(super) async fn make_golden(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let id = DecisionId(id);
    let decision = app.apart(move |app| app.intake.store().case_decision(id)).await?;
    find(&app, &seen, decision.case.0, Right::Reverse).await?;
    let (person, now) = (seen.person()?, seen.now);
    app.apart(move |app| app.intake.store().make_golden(id, person, now))
        .await?;
    Ok(see_other(&format!("/console/cases/{}", decision.case.0)))
}
