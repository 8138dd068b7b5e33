//! What reports and appeals have in common, however they come in: texts of strangers, checked.

use model::{Context, TextError};

use crate::problem::Problem;

/// The longest words of a reporter or an author, in bytes.
pub(crate) const MOST_WORDS: usize = 10_000;
/// The longest name of a reporter, in bytes.
pub(crate) const MOST_NAME: usize = 512;
/// The longest e-mail address, in bytes.
pub(crate) const MOST_EMAIL: usize = 320;
/// The longest address of content, in bytes.
pub(crate) const MOST_URL: usize = 4_096;

/// A text of several lines, without blanks around it; `None` when there is nothing in it.
///
/// # Errors
/// That it is over the limit, or has control characters.
pub(crate) fn lines(field: &'static str, text: &str, most: usize) -> Result<Option<String>, TextError> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let why = if text.len() > most {
        format!("has {} bytes, over the limit of {most}", text.len())
    } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        "has control characters".to_owned()
    } else {
        return Ok((!text.is_empty()).then(|| text.to_owned()));
    };
    Err(TextError { field, why })
}

/// The same of one line.
///
/// # Errors
/// As of [`lines`]; also that it has several.
pub(crate) fn line(field: &'static str, text: &str, most: usize) -> Result<Option<String>, TextError> {
    let found = lines(field, text, most)?;
    match found.as_deref().is_some_and(|text| text.contains(['\n', '\t'])) {
        true => Err(TextError {
            field,
            why: "has several lines".to_owned(),
        }),
        false => Ok(found),
    }
}

/// An e-mail address, as far as its form tells.
///
/// # Errors
/// That it is none.
pub(crate) fn email(field: &'static str, text: &str) -> Result<Option<String>, TextError> {
    let Some(found) = line(field, text, MOST_EMAIL)? else {
        return Ok(None);
    };
    let parts = found.rsplit_once('@');
    let fits = parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    match fits && !found.contains(char::is_whitespace) {
        true => Ok(Some(found)),
        false => Err(TextError {
            field,
            why: "is no e-mail address, like name@example.org".to_owned(),
        }),
    }
}

/// The tag of a language.
///
/// # Errors
/// That it is none.
pub(crate) fn language(tag: Option<String>) -> Result<Option<String>, Problem> {
    let context = Context {
        language: tag,
        ..Context::default()
    };
    context.check()?;
    Ok(context.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_strangers_are_taken_as_they_are_or_refused() {
        let taken = |text: &str| lines("words", text, 20).unwrap();
        assert_eq!(taken(" a\r\nb ").as_deref(), Some("a\nb"));
        assert_eq!(taken(" \n "), None);
        assert!(lines("words", "a\u{7}", 20).is_err());
        assert!(lines("words", "more than twenty bytes", 20).is_err());
        assert!(line("name", "a\nb", 20).is_err());
        assert_eq!(line("name", " a ", 20).unwrap().as_deref(), Some("a"));
    }

    #[test]
    fn an_email_address_has_a_name_and_a_host() {
        assert_eq!(email("email", " a@b ").unwrap().as_deref(), Some("a@b"));
        assert_eq!(email("email", "").unwrap(), None);
        for wrong in ["a", "@b", "a@", "a b@c", "a@b\nc"] {
            assert!(email("email", wrong).is_err(), "{wrong}");
        }
    }
}
