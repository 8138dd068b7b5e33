//! Uncovering: deliberate, noted in the log before anything leaves, and one item at a time.
//!
//! What leaves is made anew, in the sandbox: small grey pictures and text. The bytes of an item never reach a browser.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use decode::{Decoded, Request};
use model::{Receipt, Right};
use pipeline::intake::decode_blob;
use pipeline::report::{Html, preview_address};
use store::NewExposure;

use super::care;
use super::case_load::{find, is_sealed};
use super::fields::Fields;
use super::page::{Answer, InlinePictures, Seen, page};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;
use crate::translator::{Translator, TranslatorError};

/// Pictures of an item that are shown.
const PICTURES: usize = 12;
/// Texts of an item that are shown, and characters of each.
const TEXTS: usize = 12;
const CHARACTERS: usize = 4_000;

struct Picture {
    part: Html,
    address: String,
    width: u32,
    height: u32,
}

struct Text {
    part: Html,
    text: Html,
    is_cut: bool,
    /// The same in the language of the reader, or why it is not there.
    translated: Option<Result<Html, String>>,
}

/// How the same page is asked for with translations.
struct Translate {
    item: String,
    look: Option<i64>,
}

#[derive(Template)]
#[template(path = "console/reveal.html")]
struct RevealPage {
    seen: Seen,
    title: String,
    /// Where it leads back to.
    back: String,
    pictures: Vec<Picture>,
    texts: Vec<Text>,
    /// Where the texts can be translated, and are not.
    translate: Option<Translate>,
    case: i64,
    left_out: bool,
    /// Why there is nothing to see, where the bytes cannot be shown.
    nothing: Option<String>,
}

/// Shows what an item of the case looks like and says.
pub(super) async fn reveal(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let case = find(&app, &seen, id, Right::Reveal).await?;
    let missing = || Problem::not_found("there is no such item in this case");
    let receipt: Receipt = fields.get("item").parse().map_err(|_| missing())?;
    let (person, now) = (seen.person()?, seen.now);
    let shown = app
        .apart(move |app| {
            let store = app.intake.store();
            let item = store.item(receipt)?.ok_or_else(missing)?;
            if store.case_of(item.id)? != Some(case.id) {
                return Err(missing());
            }
            if is_sealed(&store.decisions(case.id)?) {
                return Err(Problem::forbidden(
                    "this case is sealed: nobody looks at it any more; what is to be done stands on its page",
                ));
            }
            if store.is_shown_to_nobody(&item.sha256)? {
                return Err(Problem::forbidden(
                    "a policy has this shown to nobody (preview = false); decide by what it matched",
                ));
            }
            if let Some(refusal) = care::refusal(store, person, &case, now)? {
                return Ok(Err(refusal));
            }
            // On the disk before anything is shown.
            let new = NewExposure {
                person,
                case: case.id,
                severity: case.severity,
                item: receipt,
            };
            let exposure = store.expose(new, now)?;
            if let Some(before) = app.console.uncovered.begin(person, exposure) {
                store.cover(before, now)?;
            }
            // A plain text is handed over as for a bank, which keeps it for people to see.
            let request = Request {
                banked: true,
                ..app.settings.request
            };
            let decoded = decode_blob(store, &item.sha256, &app.decoder, &request);
            decoded.map(Ok).map_err(Problem::internal)
        })
        .await?;
    let decoded = match shown {
        Ok(decoded) => decoded,
        Err(refusal) => return care::rest(seen, id, refusal),
    };
    let texts = decoded.as_ref().map(texts).unwrap_or_default();
    let translator = app.settings.translator.clone();
    let wished = fields.get("translate") == "yes";
    let can = translator.is_some() && !wished && !texts.is_empty();
    let texts = match translator.filter(|_| wished) {
        Some(translator) => {
            // Others wait, also for one whom nobody waits for any more: such a program may take all of a small machine.
            let turn = Arc::clone(&app.console.translating).lock_owned().await;
            let to = seen.lang.code();
            app.apart(move |_| {
                let _turn = turn;
                Ok::<_, Problem>(translated(texts, &translator, to))
            })
            .await?
        }
        None => texts,
    };
    let translate = can.then(|| Translate {
        item: receipt.to_string(),
        look: back_to(&fields),
    });
    let mut response = page(&view(seen, id, back_to(&fields), decoded, texts, translate))?;
    response.extensions_mut().insert(InlinePictures);
    Ok(response)
}

/// Where the page leads back to: to the second look that it was asked from, or to the case.
fn back_to(fields: &Fields) -> Option<i64> {
    fields.optional("look").ok().flatten()
}

/// A text of an item as it is shown.
struct Part {
    name: String,
    text: String,
    is_cut: bool,
    translated: Option<Result<String, TranslatorError>>,
}

fn texts(decoded: &Decoded) -> Vec<Part> {
    let parts = decoded.texts.iter().take(TEXTS).map(|part| {
        let text: String = part.text.chars().take(CHARACTERS).collect();
        Part {
            name: part.name.to_string(),
            is_cut: text.len() < part.text.len(),
            text,
            translated: None,
        }
    });
    parts.collect()
}

fn translated(mut texts: Vec<Part>, translator: &Translator, to: &str) -> Vec<Part> {
    for part in &mut texts {
        let found = translator.translate(&part.text, to);
        let is_slow = matches!(found, Err(TranslatorError::Slow(_)));
        part.translated = Some(found);
        // The next ones would be as slow, and somebody waits.
        if is_slow {
            break;
        }
    }
    texts
}

fn view(
    seen: Seen,
    case: i64,
    look: Option<i64>,
    decoded: Option<Decoded>,
    texts: Vec<Part>,
    translate: Option<Translate>,
) -> RevealPage {
    let nothing = match &decoded {
        None => Some(seen.say("reveal-forgotten")),
        Some(decoded) if decoded.pictures.is_empty() && decoded.texts.is_empty() => {
            Some(seen.say("reveal-nothing"))
        }
        Some(_) => None,
    };
    let (mut pictures, mut left_out) = (Vec::new(), false);
    if let Some(decoded) = &decoded {
        left_out = decoded.pictures.len() > PICTURES || decoded.texts.len() > TEXTS;
        let shown = decoded.pictures.iter().take(PICTURES).filter_map(|part| {
            Some(Picture {
                part: Html::foreign(part.name.as_str()),
                address: preview_address(&part.grey)?,
                width: part.grey.width,
                height: part.grey.height,
            })
        });
        pictures.extend(shown);
    }
    let texts = texts.into_iter().map(|part| Text {
        part: Html::foreign(&part.name),
        text: Html::lines(&part.text),
        is_cut: part.is_cut,
        translated: part.translated.map(|it| match it {
            Ok(text) => Ok(Html::lines(&text)),
            Err(error) => Err(error.to_string()),
        }),
    });
    RevealPage {
        title: seen.say("reveal-title"),
        back: match look {
            Some(look) => format!("/console/second/{look}"),
            None => format!("/console/cases/{case}"),
        },
        pictures,
        texts: texts.collect(),
        translate,
        case,
        left_out,
        nothing,
        seen,
    }
}
