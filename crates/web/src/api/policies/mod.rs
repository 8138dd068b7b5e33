//! Policies: handed in, approved, moved from stage to stage, rolled back.

pub(crate) mod decisions;
pub(crate) mod drafts;
pub(crate) mod follow_ups;
pub(crate) mod tries;
mod view;

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{LifeError, Scope, Share, Stage};
use pipeline::policies::{Desk, DeskError};
use policy::SourceFile;
use serde::{Deserialize, Serialize};
use store::{PolicySummary, Step, StoreError};
use utoipa::ToSchema;

pub use follow_ups::FollowUpView;
pub use view::{PolicyView, StepView};

use super::Refusals;
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;

/// Whoever may see policies.
const READERS: [Scope; 4] = [
    Scope::WritePolicies,
    Scope::ApprovePolicies,
    Scope::Review,
    Scope::Administer,
];

/// A file of a policy set.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileBody {
    /// Its name within the set: `clauses.toml`, `grounds.toml`, or that of a policy.
    name: String,
    /// Its text.
    text: String,
}

impl From<FileBody> for SourceFile {
    fn from(it: FileBody) -> Self {
        Self {
            name: it.name,
            text: it.text,
        }
    }
}

/// Files that are handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTexts {
    /// The files.
    files: Vec<FileBody>,
}

/// Which text of a policy.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WhichText {
    /// The SHA-256 of the text, or the first digits of it; the newest text without it.
    text: Option<String>,
}

/// A step from stage to stage, or an emergency.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStep {
    /// The SHA-256 of the text, or the first digits of it; the newest text without it.
    text: Option<String>,
    /// `shadow`, `canary`, `enforce` or `retired`; not with `emergency_until`.
    #[schema(value_type = Option<String>)]
    to: Option<Stage>,
    /// Of a canary: the share of contents, of a thousand.
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 999)]
    per_mille: Option<Share>,
    /// Puts it into effect until then without anybody's approval: 24 hours at most, and only what enqueues or restricts.
    #[schema(value_type = Option<String>, format = DateTime)]
    emergency_until: Option<Timestamp>,
    /// Why, for those who read it later.
    reason: Option<String>,
}

/// Why a policy is rolled back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WhyBack {
    /// Why, for those who read it later.
    reason: Option<String>,
}

/// A policy with its texts, and its steps.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Whole {
    /// Its texts, the newest first.
    texts: Vec<PolicyView>,
    /// Its newest text, as it was written.
    source: String,
    /// Its steps, the newest first.
    steps: Vec<StepView>,
}

/// Does something at the desk, and shows the text as it stands then.
async fn at_desk(
    app: &Arc<App>,
    work: impl FnOnce(Desk<'_>) -> Result<PolicySummary, DeskError> + Send + 'static,
) -> Result<Answer<PolicyView>, Problem> {
    let done = app.apart(move |app| work(Desk::new(app.intake.store())));
    Ok(Answer(done.await?.into()))
}

/// All texts of all policies.
#[utoipa::path(
    get, path = "/v1/policies", tag = "policies", responses((status = 200, body = Vec<PolicyView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Answer<Vec<PolicyView>>, Problem> {
    caller.may_any(&READERS)?;
    let found = app.apart(|app| app.intake.store().policies(None)).await?;
    Ok(Answer(found.into_iter().map(PolicyView::from).collect()))
}

/// A policy: its texts, who wrote and approved them, and its steps.
#[utoipa::path(
    get, path = "/v1/policies/{policy}", tag = "policies", params(("policy" = String, Path, description = "Its id")),
    responses((status = 200, body = Whole), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(policy): Path<String>,
) -> Result<Answer<Whole>, Problem> {
    caller.may_any(&READERS)?;
    let whole = app.apart(move |app| -> Result<Whole, Problem> {
        let store = app.intake.store();
        let texts = store.policies(Some(&policy))?;
        let newest = texts.iter().find(|it| it.newest);
        let source = newest.map(|it| it.file.text.clone());
        let source = source.ok_or_else(|| StoreError::NoPolicy(policy.clone()))?;
        let steps = store.policy_deployments(&policy)?;
        Ok(Whole {
            texts: texts.into_iter().map(PolicyView::from).collect(),
            source,
            steps: steps.into_iter().map(StepView::from).collect(),
        })
    });
    Ok(Answer(whole.await?))
}

/// Hands texts in as the newest of their policies, all or none, by a personal key. They are checked together, and have
/// no approvals: those of older texts do not count for them.
#[utoipa::path(
    post, path = "/v1/policies", tag = "policies", request_body = NewTexts,
    responses((status = 201, body = Vec<PolicyView>), Refusals)
)]
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewTexts>,
) -> Result<(StatusCode, Answer<Vec<PolicyView>>), Problem> {
    let by = caller.may(Scope::WritePolicies)?.personal()?;
    let views = app.apart(move |app| -> Result<Vec<PolicyView>, Problem> {
        let desk = Desk::new(app.intake.store());
        let files: Vec<SourceFile> = new.files.into_iter().map(SourceFile::from).collect();
        let mut views = Vec::new();
        for handed in desk.put(&files, &by, Timestamp::now())? {
            let hash = handed.hash.to_string();
            views.push(desk.find(&handed.policy, Some(&hash))?.into());
        }
        Ok(views)
    });
    Ok((StatusCode::CREATED, Answer(views.await?)))
}

/// Approves a text, by a personal key. Whoever has written it does not approve it, and only the newest text is approved.
#[utoipa::path(
    post, path = "/v1/policies/{policy}/approve", tag = "policies", request_body = WhichText,
    params(("policy" = String, Path, description = "Its id")),
    responses((status = 200, body = PolicyView), Refusals)
)]
pub(crate) async fn approve(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(policy): Path<String>,
    Json(which): Json<WhichText>,
) -> Result<Answer<PolicyView>, Problem> {
    let by = caller.may(Scope::ApprovePolicies)?.personal()?;
    at_desk(&app, move |desk| {
        let text = desk.find(&policy, which.text.as_deref())?.file.hash;
        desk.approve(&text, &by, Timestamp::now())
    })
    .await
}

/// Moves a text one stage on, back to the shadow or out of use; or puts it into effect in an emergency. By a personal key.
#[utoipa::path(
    post, path = "/v1/policies/{policy}/deploy", tag = "policies", request_body = NewStep,
    params(("policy" = String, Path, description = "Its id")),
    responses((status = 200, body = PolicyView), Refusals)
)]
pub(crate) async fn deploy(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(policy): Path<String>,
    Json(new): Json<NewStep>,
) -> Result<Answer<PolicyView>, Problem> {
    let by = caller.may(Scope::WritePolicies)?.personal()?;
    let step = match (new.to, new.emergency_until) {
        (Some(to), None) => Step::To(to, new.per_mille),
        (None, Some(_)) if new.per_mille.is_some() => return Err(Problem::life(&LifeError::ShareWanted)),
        (None, Some(until)) => Step::Emergency(until),
        _ => {
            return Err(Problem::field(
                "to",
                "say a stage by `to`, or an end by `emergency_until`",
            ));
        }
    };
    at_desk(&app, move |desk| {
        let text = desk.find(&policy, new.text.as_deref())?.file.hash;
        desk.deploy(&text, step, new.reason.as_deref(), &by, Timestamp::now())
    })
    .await
}

/// Goes back to the text that was enforced before, at once; a canary ends first. By a personal key.
#[utoipa::path(
    post, path = "/v1/policies/{policy}/rollback", tag = "policies", request_body = WhyBack,
    params(("policy" = String, Path, description = "Its id")),
    responses((status = 200, body = PolicyView), Refusals)
)]
pub(crate) async fn roll_back(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(policy): Path<String>,
    Json(why): Json<WhyBack>,
) -> Result<Answer<PolicyView>, Problem> {
    let by = caller.may(Scope::WritePolicies)?.personal()?;
    at_desk(&app, move |desk| {
        desk.roll_back(&policy, why.reason.as_deref(), &by, Timestamp::now())
    })
    .await
}
