//! The language of the pages.

use std::sync::Arc;

use axum::extract::State;
use pipeline::report::Lang;

use super::fields::Fields;
use super::gate::keep_lang;
use super::page::{Answer, Seen, see_other};
use crate::app::App;

/// Chooses a language, and goes back to the page, if that is one of the console.
pub(super) async fn choose(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let lang: Lang = fields.required("lang")?;
    if let Some(reader) = &seen.reader {
        let person = reader.person.id;
        app.apart(move |app| app.intake.store().set_lang(person, lang.code()))
            .await?;
    }
    let mut response = see_other(back_to(fields.get("back")));
    keep_lang(&app, &mut response, lang);
    Ok(response)
}

/// A page of the console; what leads elsewhere, or may, leads to its first page.
fn back_to(path: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let is_ours = path == "/console" || path.starts_with("/console/");
    match is_ours && path.chars().all(is_plain) && !path.contains("..") {
        true => path,
        false => "/console",
    }
}

#[cfg(test)]
mod tests {
    use super::back_to;

    #[test]
    fn no_form_leads_out_of_the_console() {
        assert_eq!(back_to("/console/cases/3"), "/console/cases/3");
        for path in [
            "",
            "//evil.example",
            "/console//evil\\x",
            "https://evil.example/console/",
            "/consoles",
            "/console/../v1/keys",
            "/console/\r\nset-cookie: a=b",
        ] {
            assert_eq!(back_to(path), "/console", "{path}");
        }
    }
}
