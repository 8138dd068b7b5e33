//! Items, reports and appeals in the shapes of Coop's clients. Items become items of the intake: their data, as text. Addresses in
//! it are not fetched.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use model::{Channel, ReportCategory, Scope, check_external_id};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use store::{AppealAbout, NewAppeal, NewReport, Reporter, ReviewError, StoreError, Submission};

use crate::api::reports;
use crate::api::submission::{self, About, Posted};
use crate::app::App;
use crate::auth::Caller;
use crate::body::{Pieces, keep};
use crate::extract::{from_json, is_json};
use crate::problem::Problem;
use crate::reports::{MOST_NAME, MOST_WORDS, line, lines};

/// Bytes of a body.
const MOST_BYTES: u64 = 16 << 20;
/// Items of a body.
const MOST_ITEMS: usize = 1_000;

/// Items that are to be looked at.
#[derive(Debug, Deserialize)]
struct Items {
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    type_id: String,
    data: Map<String, Value>,
}

/// A report of an item by somebody.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    reporter: ReportedBy,
    reported_at: String,
    reported_item: Item,
    reported_for_reason: Option<Reason>,
    #[serde(default)]
    reported_item_thread: Vec<Item>,
    #[serde(default)]
    additional_items: Vec<Item>,
}

/// An appeal of somebody against what was done. Who appeals is not kept: the platform knows it by the appeal's own name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Appeal {
    appeal_id: String,
    #[serde(rename = "appealedBy")]
    _by: ReportedBy,
    appealed_at: String,
    actioned_item: Item,
    #[serde(rename = "actionsTaken")]
    _actions: Vec<String>,
    appeal_reason: Option<String>,
    #[serde(default)]
    violating_policies: Vec<Named>,
    #[serde(default)]
    additional_items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportedBy {
    type_id: String,
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reason {
    policy_id: Option<String>,
    reason: Option<String>,
}

/// A problem as Coop tells one.
pub(crate) struct Refusal(Problem);

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.0.status();
        let mut error = json!({
            "detail": self.0.detail(),
            "status": status.as_u16(),
            "title": status.canonical_reason(),
            "type": ["/errors/request"],
        });
        if let Some(field) = self.0.field_name() {
            error["pointer"] = format!("/{}", field.replace('.', "/")).into();
        }
        (status, Answer(json!({ "errors": [error] }))).into_response()
    }
}

/// Takes items in. The answer comes when they are on the disk.
pub(crate) async fn items(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<StatusCode, Refusal> {
    caller.may(Scope::Submit)?;
    let body: Items = read(request).await?;
    check(&body.items)?;
    for item in &body.items {
        take_in(&app, &caller, item).await?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// Takes in what a report is about, and keeps the report. Who reports is sealed.
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<(StatusCode, Answer<Value>), Refusal> {
    caller.may(Scope::Submit)?;
    let report: Report = read(request).await?;
    check_time("reportedAt", &report.reported_at)?;
    let reported = std::slice::from_ref(&report.reported_item);
    for items in [reported, &report.reported_item_thread, &report.additional_items] {
        check(items)?;
    }
    let words = report.words()?;
    let reporter = Reporter {
        name: line("reporter", &report.reporter.name(), MOST_NAME)?,
        email: None,
    };
    let submission = take_in(&app, &caller, &report.reported_item).await?;
    for item in report.reported_item_thread.iter().chain(&report.additional_items) {
        take_in(&app, &caller, item).await?;
    }
    let new = NewReport {
        channel: Channel::Api,
        source: Some(caller.source().clone()),
        category: ReportCategory::Other,
        words,
        lang: None,
        receipt: Some(submission.item.receipt),
        external_id: Some(report.reported_item.name()),
        url: None,
        reporter: Some(reporter),
    };
    let (kept, _) = reports::keep(&app, new).await?;
    let answer = json!({ "reportId": kept.id.0.to_string() });
    Ok((StatusCode::CREATED, Answer(answer)))
}

/// Keeps an appeal against the decision that holds about an item. Sent once more it is the same appeal.
pub(crate) async fn appeal(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<StatusCode, Refusal> {
    caller.may(Scope::Submit)?;
    let appeal: Appeal = read(request).await?;
    check_time("appealedAt", &appeal.appealed_at)?;
    check(std::slice::from_ref(&appeal.actioned_item))?;
    check(&appeal.additional_items)?;
    let new = NewAppeal {
        about: AppealAbout::Name(caller.source().clone(), appeal.actioned_item.name()),
        channel: Channel::Api,
        words: appeal.words()?,
        lang: None,
    };
    for item in &appeal.additional_items {
        take_in(&app, &caller, item).await?;
    }
    let kept = app.apart(
        move |app| match app.intake.store().appeal(&new, Timestamp::now()) {
            Ok(_) | Err(StoreError::Review(ReviewError::AppealExists)) => Ok(()),
            Err(error) => Err(error),
        },
    );
    kept.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses what is no time.
fn check_time(field: &'static str, text: &str) -> Result<(), Problem> {
    match text.parse::<Timestamp>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::field(field, "it is no time like 2027-01-31T00:00:00Z")),
    }
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::unsupported(
            "send JSON, with Content-Type: application/json",
        ));
    }
    let bytes = Pieces::new(request.into_body(), MOST_BYTES).all().await?;
    from_json(&bytes)
}

/// Refuses all of them where one cannot be taken, before any is.
fn check(items: &[Item]) -> Result<(), Problem> {
    if items.len() > MOST_ITEMS {
        let detail = format!("{} items, over the limit of {MOST_ITEMS}", items.len());
        return Err(Problem::field("items", detail));
    }
    for (number, item) in items.iter().enumerate() {
        check_external_id(&item.name())
            .map_err(|error| Problem::field(format!("items.{number}.id"), error.to_string()))?;
    }
    Ok(())
}

impl Item {
    /// The platform's own name for it.
    fn name(&self) -> String {
        format!("{}/{}", self.type_id, self.id)
    }
}

impl ReportedBy {
    /// The platform's own name for who reports.
    fn name(&self) -> String {
        format!("{}/{}", self.type_id, self.id)
    }
}

impl Report {
    /// Why, and which of the platform's policies is meant.
    fn words(&self) -> Result<String, Problem> {
        let why = self.reported_for_reason.as_ref();
        let reason = why.and_then(|why| why.reason.as_deref());
        let policy = why.and_then(|why| why.policy_id.as_deref());
        let both: Vec<&str> = reason.into_iter().chain(policy).collect();
        let words = lines("reportedForReason.reason", &both.join("\n"), MOST_WORDS)?;
        Ok(words.unwrap_or_default())
    }
}

impl Appeal {
    /// Why, which of the platform's policies are meant, and by which name the platform finds the appeal.
    fn words(&self) -> Result<String, Problem> {
        let reason = self.appeal_reason.as_deref();
        let policies = self.violating_policies.iter().map(|policy| policy.id.as_str());
        let all: Vec<&str> = reason
            .into_iter()
            .chain(policies)
            .chain([self.appeal_id.as_str()])
            .collect();
        let words = lines("appealReason", &all.join("\n"), MOST_WORDS)?;
        words.ok_or_else(|| Problem::field("appealId", "say by which name you know the appeal"))
    }
}

async fn take_in(app: &Arc<App>, caller: &Caller, item: &Item) -> Result<Submission, Problem> {
    // Names in their order, whatever their order was: the same data is the same item.
    let data = Value::Object(item.data.clone());
    let posted = Posted {
        arrived: keep(app, data.to_string().into_bytes()).await?,
        about: About::of_name(Some(item.name())),
    };
    let priority = posted.about.priority;
    submission::take_in(app, caller, posted, priority, None).await
}
