//! How one reads: digits, calendar, colours and keys.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::Right;

use super::choices::{Calendar, Digits, KEYS, Theme, is_key};
use super::fields::Fields;
use super::page::{Answer, Seen, page, see_other};
use crate::app::App;
use crate::problem::Problem;

struct Choice {
    value: &'static str,
    words: String,
    is_chosen: bool,
}

struct Key {
    name: &'static str,
    words: String,
    letter: String,
}

#[derive(Template)]
#[template(path = "console/reading.html")]
struct ReadingPage {
    seen: Seen,
    title: String,
    digits: Vec<Choice>,
    calendars: Vec<Choice>,
    themes: Vec<Choice>,
    keys: Vec<Key>,
}

pub(super) async fn show(seen: Seen) -> Answer {
    let choice = |family: &str, value: &'static str, is_chosen: bool| Choice {
        value,
        words: seen.word(family, value),
        is_chosen,
    };
    let digits = Digits::ALL
        .iter()
        .map(|it| choice("digits-", it.name(), seen.choices.digits == *it));
    let calendars = Calendar::ALL
        .iter()
        .map(|it| choice("calendar-", it.name(), seen.choices.calendar == *it));
    let themes = Theme::ALL
        .iter()
        .map(|it| choice("theme-", it.name(), seen.choices.theme == *it));
    let keys = KEYS.iter().map(|(key, words)| Key {
        name: key,
        words: seen.word("key-", words),
        letter: seen.choices.letter(key).to_owned(),
    });
    page(&ReadingPage {
        title: seen.say("reading"),
        digits: digits.collect(),
        calendars: calendars.collect(),
        themes: themes.collect(),
        keys: keys.collect(),
        seen,
    })
}

/// Keeps what one has chosen. A key does one thing.
pub(super) async fn keep(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let mut kept: Vec<(&'static str, Option<String>)> = Vec::new();
    let digits: Option<Digits> = fields.optional("digits")?;
    let calendar: Option<Calendar> = fields.optional("calendar")?;
    let theme: Option<Theme> = fields.optional("theme")?;
    kept.push(("digits", digits.map(|it| it.name().to_owned())));
    kept.push(("calendar", calendar.map(|it| it.name().to_owned())));
    kept.push(("theme", theme.map(|it| it.name().to_owned())));
    let mut used = Vec::new();
    for (key, _) in KEYS {
        let letter = fields.get(key).trim().to_ascii_uppercase();
        let chosen = match letter.as_str() {
            "" => key.to_owned(),
            letter => format!("Key{letter}"),
        };
        if !is_key(&chosen) {
            return Err(Problem::field(
                key,
                "a key is one letter from A to Z, by its position",
            ));
        }
        if used.contains(&chosen) {
            return Err(Problem::field(
                key,
                format!("{letter} does something else already"),
            ));
        }
        kept.push((key, (chosen != key).then(|| chosen.clone())));
        used.push(chosen);
    }
    let person = seen.person()?;
    app.apart(move |app| app.intake.store().set_choices(person, kept))
        .await?;
    Ok(see_other("/console/reading"))
}
