//! Search over the texts of items: by words, whatever their spelling. A question is sent by a form and not in an address, so that
//! it is in no history and in no log on the way.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{ItemId, Right};
use pipeline::search::question;

use super::fields::Fields;
use super::items::{head, may_see, row};
use super::page::{Answer, Seen, page};
use super::sheet::Sheet;
use crate::app::App;

/// Items of one page.
const MOST: u32 = 50;
/// The longest question in bytes.
const LONGEST: usize = 1_000;

#[derive(Template)]
#[template(path = "console/search.html")]
struct SearchPage {
    seen: Seen,
    title: String,
    question: String,
    /// What was found; nothing before something was asked.
    sheet: Option<Sheet>,
    /// After which item the next page begins.
    before: Option<i64>,
}

/// The form, before anything was asked.
pub(super) async fn show(seen: Seen) -> Answer {
    page(&SearchPage {
        title: seen.say("search"),
        seen,
        question: String::new(),
        sheet: None,
        before: None,
    })
}

/// What has all words of a question.
pub(super) async fn find(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let text = fields.text("question", LONGEST)?.unwrap_or_default();
    let before: Option<i64> = fields.optional("before")?;
    let asked = text.clone();
    let (found, next) = app
        .apart(move |app| {
            let store = app.intake.store();
            store.items_with_words(&question(store, &asked), before.map(ItemId), MOST)
        })
        .await?;
    let rows = found.iter().filter(|it| may_see(&seen, it));
    let sheet = Sheet {
        name: "found",
        title: seen.say("search-found"),
        about: String::new(),
        head: head(&seen),
        rows: rows.map(|it| row(&seen, it)).collect(),
        chart: None,
        csv: String::new(),
        empty: match next {
            Some(_) => seen.say("search-further"),
            None => seen.say("search-nothing"),
        },
    };
    page(&SearchPage {
        title: seen.say("search"),
        question: text,
        sheet: Some(sheet),
        before: next.map(|id| id.0),
        seen,
    })
}
