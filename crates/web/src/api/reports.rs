//! Reports: what institutions and platforms say should be looked at.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{Channel, ReportCategory, ReportId, ReportStatus, Scope, check_external_id};
use serde::{Deserialize, Serialize};
use store::{NewReport, Report, Reporter, Reports};
use utoipa::ToSchema;

use super::{Page, PageQuery, Refusals, items};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::reports::{MOST_NAME, MOST_URL, MOST_WORDS, email, language, line, lines};

/// Who reports. It is sealed, kept apart, and shown with no report and no case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReporterBody {
    /// Their name.
    #[schema(max_length = 512)]
    name: Option<String>,
    /// Their e-mail address.
    #[schema(max_length = 320)]
    email: Option<String>,
}

impl std::fmt::Debug for ReporterBody {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ReporterBody(..)")
    }
}

/// A report. It names what it is about by at least one of `item`, `external_id` and `url`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportBody {
    /// The receipt of the item.
    item: Option<String>,
    /// The name of the item at the source of the key.
    #[schema(max_length = 512)]
    external_id: Option<String>,
    /// Where it can be seen.
    #[schema(max_length = 4096)]
    url: Option<String>,
    /// `terrorism`, `threat_to_life`, `graphic_violence`, `hatred` or `other`.
    #[schema(value_type = String)]
    category: ReportCategory,
    /// Why. People who decide read it: it must not say who reports.
    #[schema(max_length = 10000)]
    words: String,
    /// The language of the words, as a BCP 47 tag.
    language: Option<String>,
    /// Who reports, where they want to be known.
    reporter: Option<ReporterBody>,
}

impl ReportBody {
    async fn checked(self, app: &Arc<App>, caller: &Caller) -> Result<NewReport, Problem> {
        let url = line("url", self.url.as_deref().unwrap_or_default(), MOST_URL)?;
        if let Some(id) = &self.external_id {
            check_external_id(id)?;
        }
        let receipt = match &self.item {
            Some(text) => Some(items::find(app, caller, text).await?.receipt),
            None => None,
        };
        if receipt.is_none() && self.external_id.is_none() && url.is_none() {
            return Err(Problem::field(
                "url",
                "say what the report is about: by item, external_id or url",
            ));
        }
        let reporter = match &self.reporter {
            Some(by) => Some(Reporter {
                name: line("reporter.name", by.name.as_deref().unwrap_or_default(), MOST_NAME)?,
                email: email("reporter.email", by.email.as_deref().unwrap_or_default())?,
            }),
            None => None,
        };
        Ok(NewReport {
            channel: Channel::Api,
            source: Some(caller.source().clone()),
            category: self.category,
            words: lines("words", &self.words, MOST_WORDS)?
                .ok_or_else(|| Problem::field("words", "say why it is reported"))?,
            lang: language(self.language)?,
            receipt,
            external_id: self.external_id,
            url,
            reporter,
        })
    }
}

/// A report, as it was sent, and what has become of it. Who sent it is not there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    /// Its id.
    report: i64,
    /// `api` or `form`.
    channel: &'static str,
    /// The institution whose key sent it; absent of a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// What it says that the content is.
    category: &'static str,
    /// Why.
    words: String,
    /// The language of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// The name of what it is about, at its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// Where that can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// `received`, `violating` or `not_violating`; in one report, not in a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// The case of the item, for administrators; absent while it is not held.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<i64>,
}

impl ReportView {
    fn of(report: Report, status: Option<ReportStatus>, caller: &Caller) -> Self {
        let case = report.case.filter(|_| caller.is_administrator());
        Self {
            report: report.id.0,
            channel: report.channel.name(),
            source: report.source.map(|source| source.to_string()),
            category: report.category.name(),
            words: report.words,
            language: report.lang,
            external_id: report.external_id,
            url: report.url,
            received_at: report.received_at,
            status: status.map(ReportStatus::name),
            case: case.map(|(case, _)| case.0),
        }
    }
}

/// A report that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeReport {
    /// Its id.
    report: i64,
    /// The code by which whoever reports asks after it, without a key, at `/report/status`. It cannot be shown again.
    code: String,
}

/// Keeps a report, and has the item that it is about put before people. What is not held is kept too, and taken up when it
/// comes. The answer is the same for both.
#[utoipa::path(
    post, path = "/v1/reports", tag = "reports", request_body = ReportBody,
    responses((status = 201, body = MadeReport), Refusals)
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(body): Json<ReportBody>,
) -> Result<(StatusCode, Answer<MadeReport>), Problem> {
    caller.may(Scope::Submit)?;
    let new = body.checked(&app, &caller).await?;
    let (report, code) = keep(&app, new).await?;
    let made = MadeReport {
        report: report.id.0,
        code: code.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Answer(made)))
}

/// Keeps a report; what it has people or platforms told is on its way then.
pub(crate) async fn keep(app: &Arc<App>, new: NewReport) -> Result<(Report, store::Secret), Problem> {
    let kept = app
        .apart(move |app| app.intake.store().report(&new, Timestamp::now()))
        .await?;
    // Of the same bytes it may be decided already.
    app.intake.outbox().ring();
    Ok(kept)
}

/// A report that the key's source has sent; of all sources, for administrators.
#[utoipa::path(
    get, path = "/v1/reports/{report}", tag = "reports",
    params(("report" = String, Path, description = "Its id")),
    responses((status = 200, body = ReportView), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<ReportView>, Problem> {
    caller.may(Scope::Submit)?.may_see()?;
    let missing = || Problem::not_found("there is no such report");
    let id = ReportId(id.parse().map_err(|_| missing())?);
    let (report, status) = app
        .apart(move |app| app.intake.store().report_by_id(id))
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::NOT_FOUND => missing(),
            _ => problem,
        })?;
    let is_own = report.source.as_ref() == Some(caller.source());
    if !is_own && !caller.is_administrator() {
        return Err(missing());
    }
    Ok(Answer(ReportView::of(report, Some(status), &caller)))
}

/// Reports that the key's source has sent, the newest first; of all sources and forms, for administrators.
#[utoipa::path(
    get, path = "/v1/reports", tag = "reports", params(PageQuery),
    responses((status = 200, body = Page<ReportView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<ReportView>>, Problem> {
    caller.may(Scope::Submit)?.may_see()?;
    let (limit, before) = (query.limit()?, query.after()?.map(ReportId));
    let which = match caller.is_administrator() {
        true => Reports::All,
        false => Reports::Of(caller.source().clone()),
    };
    let found = app
        .apart(move |app| app.intake.store().reports(&which, before, limit))
        .await?;
    let views = found.into_iter();
    let views = views.map(|report| ReportView::of(report, None, &caller));
    Ok(Answer(Page::of(views.collect(), limit, |view: &ReportView| {
        view.report.to_string()
    })))
}
