//! The form by which anybody reports content, and the one that asks what has become of a report or an appeal.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{Channel, ReportCategory};
use pipeline::report::Html;
use store::{NewReport, Reporter, StoreError};

use super::fields::Fields;
use super::hosted::CodePage;
use super::page::{Answer, Seen, page, page_with};
use crate::api::reports::keep;
use crate::app::App;
use crate::reports::{MOST_NAME, MOST_URL, MOST_WORDS, email, line, lines};

struct Choice {
    value: &'static str,
    words: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console/hosted_report.html")]
struct ReportPage {
    seen: Seen,
    title: String,
    wrong: Option<String>,
    categories: Vec<Choice>,
    url: String,
    words: String,
    name: String,
    email: String,
}

/// What of a form does not fit, as the ending of its message.
type Wrong = &'static str;

fn form(seen: Seen, fields: &Fields, wrong: Option<Wrong>) -> ReportPage {
    let kept = |name: &str, most: usize| fields.get(name).chars().take(most).collect::<String>();
    let chosen = fields.get("category");
    let categories = ReportCategory::ALL.iter().map(|category| Choice {
        value: category.name(),
        words: seen.word("category-", category.name()),
        is_chosen: category.name() == chosen,
    });
    ReportPage {
        title: seen.say("hosted-report"),
        wrong: wrong.map(|wrong| seen.word("hosted-wrong-", wrong)),
        categories: categories.collect(),
        url: kept("url", MOST_URL),
        words: kept("words", MOST_WORDS),
        name: kept("name", MOST_NAME),
        email: kept("email", MOST_NAME),
        seen,
    }
}

pub(super) async fn show(seen: Seen) -> Answer {
    page(&form(seen, &Fields::default(), None))
}

/// What a form reports.
fn checked(seen: &Seen, fields: &Fields) -> Result<NewReport, Wrong> {
    let url = line("url", fields.get("url"), MOST_URL).map_err(|_| "what")?;
    let words = lines("words", fields.get("words"), MOST_WORDS).map_err(|_| "long")?;
    let new = NewReport {
        channel: Channel::Form,
        source: None,
        category: fields.get("category").parse().map_err(|_| "category")?,
        words: words.ok_or("words")?,
        lang: Some(seen.lang.code().to_owned()),
        receipt: None,
        external_id: None,
        url: Some(url.ok_or("what")?),
        reporter: Some(Reporter {
            name: line("name", fields.get("name"), MOST_NAME).map_err(|_| "name")?,
            email: email("email", fields.get("email")).map_err(|_| "email")?,
        }),
    };
    match fields.get("good") {
        "yes" => Ok(new),
        _ => Err("good"),
    }
}

/// Keeps a report, and shows its code. Whether what it is about is held is not said.
pub(super) async fn send(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let new = match checked(&seen, &fields) {
        Ok(new) => new,
        Err(wrong) => return page_with(StatusCode::BAD_REQUEST, &form(seen, &fields, Some(wrong))),
    };
    let (_, code) = keep(&app, new).await?;
    page(&CodePage {
        title: seen.say("hosted-report-sent"),
        lead: seen.say("hosted-report-next"),
        code: code.reveal().to_owned(),
        seen,
    })
}

/// What has become of a report or an appeal.
struct Found {
    name: String,
    at: Html,
    state: String,
    answer: Option<Html>,
}

#[derive(Template)]
#[template(path = "console/hosted_status.html")]
struct StatusPage {
    seen: Seen,
    title: String,
    wrong: Option<String>,
    found: Option<Found>,
}

fn status_page(seen: Seen, found: Option<Found>, wrong: Option<Wrong>) -> StatusPage {
    StatusPage {
        title: seen.say("hosted-status"),
        wrong: wrong.map(|wrong| seen.word("hosted-wrong-", wrong)),
        found,
        seen,
    }
}

/// The form that asks for a code.
pub(super) async fn ask(seen: Seen) -> Answer {
    page(&status_page(seen, None, None))
}

/// What has become of what a code stands for: of a report whether people have decided, of an appeal how.
pub(super) async fn tell(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let code = fields.get("code").to_owned();
    let (report, appeal) = app
        .apart(move |app| {
            let store = app.intake.store();
            Ok::<_, StoreError>((store.report_by_code(&code)?, store.appeal_by_code(&code)?))
        })
        .await?;
    let time = |at: &Timestamp| seen.time(at);
    let of_report = report.map(|(report, status)| Found {
        name: seen.say("hosted-your-report"),
        at: time(&report.received_at),
        state: seen.word("report-status-", status.name()),
        answer: None,
    });
    let of_appeal = appeal.map(|appeal| Found {
        name: seen.say("hosted-your-appeal"),
        at: time(&appeal.received_at),
        state: seen.word("hosted-appeal-", appeal.state.name()),
        answer: appeal.answer.as_deref().map(Html::lines),
    });
    match of_report.or(of_appeal) {
        Some(found) => page(&status_page(seen, Some(found), None)),
        None => page_with(StatusCode::NOT_FOUND, &status_page(seen, None, Some("code"))),
    }
}
