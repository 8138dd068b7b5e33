//! Drafts without handing them in: checked, and tried on one item; and how an item was decided, in words.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use jiff::Timestamp;
use jiff::tz::Offset;
use pipeline::policies::{Desk, DeskError, Recorded, RecordedError, attempt};
use policy::{
    Diagnostic, ExplainFor, Explanation, Language, Policy, PolicySet, Snapshot, SourceFile, explain, lint,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{FileBody, READERS};
use crate::api::{Refusals, items};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

/// Policies of which changes are made in one request, to see whether their tests notice.
const MOST_MUTATED: usize = 50;

/// Files that are checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCheck {
    /// The files; clauses and grounds are the newest ones where none are among them.
    files: Vec<FileBody>,
    /// Whether each policy is changed in one thing after another, to see which changes its tests notice; of 50 policies at
    /// most.
    #[serde(default)]
    mutate: bool,
}

/// What a check says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checked {
    /// Whether the set can be used: types, signals, limits, and all tests in the files.
    right: bool,
    /// What is wrong; of a set that is right, what is worth a second look. Each with code, place and remedy.
    #[schema(value_type = Vec<Object>)]
    found: Vec<Diagnostic>,
    /// The hash of a set that is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<String>,
    /// Its policies.
    policies: Vec<CheckedPolicy>,
    /// Files that have not their usual form, in that form; comments stay.
    formatted: Vec<Formatted>,
}

/// A policy that is right.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckedPolicy {
    /// Its id.
    policy: String,
    /// Its version.
    version: String,
    /// How many tests it has; all pass.
    tests: usize,
    /// How many changes were made, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<usize>,
    /// The changes that no test notices.
    unnoticed: Vec<Change>,
}

/// A change of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Change {
    /// What was changed.
    change: String,
    /// Where.
    clause: String,
}

/// A file in its usual form.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Formatted {
    /// Its name.
    name: String,
    /// Its text.
    text: String,
}

fn checked_policy(policy: &Policy, mutate: bool) -> CheckedPolicy {
    let mutants = if mutate { policy.mutants() } else { Vec::new() };
    let unnoticed = mutants.iter().filter(|mutant| !mutant.killed);
    CheckedPolicy {
        policy: policy.id().to_string(),
        version: policy.version().to_string(),
        tests: policy.test_count(),
        changes: mutate.then_some(mutants.len()),
        unnoticed: unnoticed
            .map(|mutant| Change {
                change: mutant.change.clone(),
                clause: mutant.clause.clone(),
            })
            .collect(),
    }
}

/// Checks a set, as `basira policy check`, `lint`, `fmt` and `test` do; nothing is handed in.
#[utoipa::path(
    post, path = "/v1/policy-checks", tag = "policies", request_body = NewCheck,
    responses((status = 200, body = Checked), Refusals)
)]
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewCheck>,
) -> Result<Answer<Checked>, Problem> {
    caller.may_any(&READERS)?;
    let checked = app.apart(move |app| -> Result<Checked, Problem> {
        let files: Vec<SourceFile> = new.files.into_iter().map(SourceFile::from).collect();
        let usual = files.iter().filter_map(|file| {
            let text = policy::format(file).ok()?;
            let name = file.name.clone();
            (text != file.text).then_some(Formatted { name, text })
        });
        let formatted = usual.collect();
        let set = match Desk::new(app.intake.store()).check(&files) {
            Ok(set) => set,
            Err(DeskError::Check(found)) => {
                return Ok(Checked {
                    right: false,
                    found,
                    set: None,
                    policies: Vec::new(),
                    formatted,
                });
            }
            Err(error) => return Err(error.into()),
        };
        if new.mutate && set.policies().len() > MOST_MUTATED {
            let why = format!("changes are made in {MOST_MUTATED} policies at most");
            return Err(Problem::field("mutate", why));
        }
        let today = Offset::UTC.to_datetime(Timestamp::now()).date();
        let policies = set.policies().iter();
        Ok(Checked {
            right: true,
            found: lint(&set, &files, today),
            set: Some(set.hash().to_string()),
            policies: policies
                .map(|policy| checked_policy(policy, new.mutate))
                .collect(),
            formatted,
        })
    });
    Ok(Answer(checked.await?))
}

/// What is tried on one item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTry {
    /// The files that are tried; what is enforced now without them.
    #[serde(default)]
    files: Vec<FileBody>,
    /// The receipt of an item: what was known of it when it was decided last.
    #[serde(default)]
    item: Option<String>,
    /// A snapshot, and no item.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    snapshot: Option<Value>,
    /// As if two people had approved that policies act by themselves.
    #[serde(default)]
    approved: bool,
    /// For whom it is explained: `reviewer`, `author` or `auditor`.
    #[serde(default = "reviewer", rename = "for")]
    #[schema(value_type = String, default = "reviewer")]
    reader: ExplainFor,
    /// In which language: `en` or `ar`.
    #[serde(default = "english")]
    #[schema(value_type = String, default = "en")]
    lang: Language,
}

const fn reviewer() -> ExplainFor {
    ExplainFor::Reviewer
}

const fn english() -> Language {
    Language::En
}

/// What policies say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tried {
    /// What follows, with the result and the trace of every policy.
    #[schema(value_type = Object)]
    outcome: policy::Outcome,
    /// The same in words, in paragraphs.
    explanation: Vec<Vec<String>>,
}

/// Tries policies on one item or one snapshot, with every policy acting and nothing done, as `basira policy try`.
#[utoipa::path(
    post, path = "/v1/policy-tries", tag = "policies", request_body = NewTry,
    responses((status = 200, body = Tried), Refusals)
)]
pub(crate) async fn try_one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewTry>,
) -> Result<Answer<Tried>, Problem> {
    caller.may_any(&READERS)?.may_see()?;
    let wrong = |why: String| Problem::field("snapshot", why);
    let (item, snapshot) = match (&new.item, new.snapshot) {
        (Some(receipt), None) => (Some(items::find(&app, &caller, receipt).await?.id), None),
        (None, Some(snapshot)) => {
            let snapshot: Snapshot =
                serde_json::from_value(snapshot).map_err(|error| wrong(error.to_string()))?;
            snapshot.check().map_err(|error| wrong(error.to_string()))?;
            (None, Some(snapshot))
        }
        _ => return Err(wrong("give an item or a snapshot".to_owned())),
    };
    let files: Vec<SourceFile> = new.files.into_iter().map(SourceFile::from).collect();
    let (approved, reader, lang) = (new.approved, new.reader, new.lang);
    let tried = app.apart(move |app| -> Result<Tried, Problem> {
        let store = app.intake.store();
        let desk = Desk::new(store);
        let files = if files.is_empty() { desk.in_use()? } else { files };
        let set: PolicySet = desk.check(&files)?;
        let snapshot = match (snapshot, item) {
            (Some(snapshot), _) => snapshot,
            (None, Some(item)) => Recorded::of(store, item)?.snapshot().clone(),
            (None, None) => return Err(Problem::not_found("there is no such item")),
        };
        let outcome = attempt(&set, &snapshot, approved);
        let explanation = explain(&set, &outcome, &snapshot, reader, lang).paragraphs;
        Ok(Tried { outcome, explanation })
    });
    Ok(Answer(tried.await?))
}

/// For whom, and in which language.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplanationQuery {
    /// `reviewer`, `author` or `auditor`.
    #[serde(default = "reviewer", rename = "for")]
    #[param(value_type = String, default = "reviewer")]
    reader: ExplainFor,
    /// `en` or `ar`.
    #[serde(default = "english")]
    #[param(value_type = String, default = "en")]
    lang: Language,
}

/// An explanation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplanationView {
    /// The language.
    #[schema(value_type = String)]
    lang: Language,
    /// For whom.
    #[serde(rename = "for")]
    #[schema(value_type = String)]
    reader: ExplainFor,
    /// The paragraphs, the first line of each a heading.
    paragraphs: Vec<Vec<String>>,
}

impl From<Explanation> for ExplanationView {
    fn from(it: Explanation) -> Self {
        Self {
            lang: it.language,
            reader: it.audience,
            paragraphs: it.paragraphs,
        }
    }
}

/// How policies decided an item, in words: for the reviewer with values and what would turn it around, for the author with
/// clause, ground and how to appeal, for the auditor with the record and its place in the chain.
#[utoipa::path(
    get, path = "/v1/items/{item}/explanation", tag = "policies",
    params(("item" = String, Path, description = "Its receipt"), ExplanationQuery),
    responses((status = 200, body = ExplanationView), Refusals)
)]
pub(crate) async fn explain_item(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(receipt): Path<String>,
    Query(query): Query<ExplanationQuery>,
) -> Result<Answer<ExplanationView>, Problem> {
    caller.may_any(&READERS)?.may_see()?;
    let item = items::find(&app, &caller, &receipt).await?;
    let explained = app.apart(move |app| -> Result<Explanation, Problem> {
        let store = app.intake.store();
        Ok(Recorded::of(store, item.id)?.explain(store, query.reader, query.lang)?)
    });
    Ok(Answer(explained.await?.into()))
}

impl From<RecordedError> for Problem {
    fn from(error: RecordedError) -> Self {
        match error {
            RecordedError::Store(error) => error.into(),
            RecordedError::Unreadable(_) => Self::internal(error),
            RecordedError::Undecided | RecordedError::Erased | RecordedError::NothingInUse => {
                Self::not_found(error.to_string())
            }
        }
    }
}
