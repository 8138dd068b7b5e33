//! Who has sent a report, for whoever must answer them: one at a time, with a reason, and in the log before it is shown. It
//! stands on a page of its own, without the report and without its case, for people who see no case.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use model::{ReportId, Right};
use pipeline::report::Html;
use store::Reporter;

use super::fields::Fields;
use super::page::{Answer, Seen, page, page_with};
use crate::app::App;
use crate::problem::Problem;

/// The longest reason in bytes.
const MOST: usize = 500;

/// Who it was.
struct Shown {
    report: Html,
    /// Their name and their e-mail; nothing of what they have not said.
    name: Option<Html>,
    email: Option<Html>,
}

#[derive(Template)]
#[template(path = "console/reporters.html")]
struct ReportersPage {
    seen: Seen,
    title: String,
    problem: Option<Html>,
    shown: Option<Shown>,
    number: String,
    reason: String,
}

fn page_of(seen: Seen, fields: &Fields) -> ReportersPage {
    ReportersPage {
        title: seen.say("reporters"),
        problem: None,
        shown: None,
        number: fields.get("report").to_owned(),
        reason: fields.get("reason").to_owned(),
        seen,
    }
}

/// The form.
pub(super) async fn ask(seen: Seen) -> Answer {
    page(&page_of(seen, &Fields::default()))
}

async fn find(app: &Arc<App>, seen: &Seen, fields: &Fields) -> Result<(ReportId, Option<Reporter>), Problem> {
    let id = ReportId(fields.required("report")?);
    let reason = fields.text("reason", MOST)?;
    let reason = reason.ok_or_else(|| Problem::field("reason", "say why you must know who it was"))?;
    let (by, now) = (seen.actor()?, seen.now);
    let found = app.apart(move |app| app.intake.store().read_reporter(id, &reason, &by, now));
    Ok((id, found.await?))
}

/// Notes that it is read, and shows it.
pub(super) async fn read(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    match find(&app, &seen, &fields).await {
        Ok((id, reporter)) => {
            let of = |text: Option<String>| text.as_deref().map(Html::foreign);
            let reporter = reporter.unwrap_or_default();
            let shown = Shown {
                report: Html::words(&seen.count("report-number", id.0)),
                name: of(reporter.name),
                email: of(reporter.email),
            };
            page(&ReportersPage {
                shown: Some(shown),
                ..page_of(seen, &Fields::default())
            })
        }
        Err(problem) => {
            let status = match problem.status() {
                status if status.is_client_error() => status,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let asked = ReportersPage {
                problem: Some(Html::foreign(problem.detail())),
                ..page_of(seen, &fields)
            };
            page_with(status, &asked)
        }
    }
}
