//! The form by which the author of what was held to be violating appeals.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use model::Channel;
use store::{Appeal, AppealAbout, NewAppeal, ReviewError, Secret, StoreError};

use super::fields::Fields;
use super::hosted::CodePage;
use super::page::{Answer, Seen, page, page_with};
use crate::app::App;
use crate::reports::{MOST_WORDS, lines};

/// Characters of a code that are shown again.
const CODE: usize = 100;

#[derive(Template)]
#[template(path = "console/hosted_appeal.html")]
struct AppealPage {
    seen: Seen,
    title: String,
    wrong: Option<String>,
    code: String,
    words: String,
}

fn form(seen: Seen, fields: &Fields, wrong: Option<&'static str>) -> AppealPage {
    let kept = |name: &str, most: usize| fields.get(name).chars().take(most).collect::<String>();
    AppealPage {
        title: seen.say("hosted-appeal"),
        wrong: wrong.map(|wrong| seen.word("hosted-wrong-", wrong)),
        code: kept("code", CODE),
        words: kept("words", MOST_WORDS),
        seen,
    }
}

pub(super) async fn show(seen: Seen) -> Answer {
    page(&form(seen, &Fields::default(), None))
}

/// Keeps an appeal, and shows the code by which its author asks after it.
pub(super) async fn send(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let words = match lines("words", fields.get("words"), MOST_WORDS) {
        Ok(Some(words)) => words,
        Ok(None) => return page_with(StatusCode::BAD_REQUEST, &form(seen, &fields, Some("words"))),
        Err(_) => return page_with(StatusCode::BAD_REQUEST, &form(seen, &fields, Some("long"))),
    };
    let new = NewAppeal {
        about: AppealAbout::Code(fields.get("code").to_owned()),
        channel: Channel::Form,
        words,
        lang: Some(seen.lang.code().to_owned()),
    };
    let now = seen.now;
    type Kept = Result<(Appeal, Secret), ReviewError>;
    let kept = app.apart(move |app| -> Result<Kept, StoreError> {
        match app.intake.store().appeal(&new, now) {
            Ok(kept) => Ok(Ok(kept)),
            Err(StoreError::Review(error)) => Ok(Err(error)),
            Err(error) => Err(error),
        }
    });
    match kept.await? {
        Ok((_, code)) => page(&CodePage {
            title: seen.say("hosted-appeal-sent"),
            lead: seen.say("hosted-appeal-next"),
            code: code.reveal().to_owned(),
            seen,
        }),
        Err(ReviewError::AppealExists) => {
            page_with(StatusCode::CONFLICT, &form(seen, &fields, Some("twice")))
        }
        Err(_) => page_with(StatusCode::NOT_FOUND, &form(seen, &fields, Some("decision"))),
    }
}
