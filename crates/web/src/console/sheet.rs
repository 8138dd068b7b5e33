//! Tables: shown on a page, and as CSV (RFC 4180) for whoever goes on with them elsewhere.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use pipeline::report::Html;

use super::page::Seen;
use crate::problem::Problem;

/// One field of a table: as a page shows it, and as it is for machines.
pub(super) struct Cell {
    pub(super) shown: Html,
    pub(super) raw: String,
    pub(super) link: Option<String>,
}

impl Cell {
    /// Our own words.
    pub(super) fn word(text: &str) -> Self {
        Self::of(Html::words(text), text.to_owned())
    }

    /// What strangers have written.
    pub(super) fn foreign(text: &str) -> Self {
        Self::of(Html::foreign(text), text.to_owned())
    }

    /// A code, from left to right.
    pub(super) fn code(text: &str) -> Self {
        Self::of(Html::code(text), text.to_owned())
    }

    pub(super) fn number(seen: &Seen, number: u64) -> Self {
        Self::of(seen.number(number), number.to_string())
    }

    /// A time; in the file it is UTC, as ISO 8601 has it.
    pub(super) fn time(seen: &Seen, time: Timestamp) -> Self {
        Self::of(seen.time(&time), time.to_string())
    }

    pub(super) fn none() -> Self {
        Self::of(Html::default(), String::new())
    }

    /// A share of 1, in hundredths.
    pub(super) fn share(seen: &Seen, share: f64) -> Self {
        let text = format!("{:.1} %", share * 100.0);
        Self::of(Html::code(&seen.digits(&text)), format!("{share:.4}"))
    }

    /// The same, leading to a page.
    pub(super) fn to(self, link: String) -> Self {
        Self {
            link: Some(link),
            ..self
        }
    }

    const fn of(shown: Html, raw: String) -> Self {
        Self {
            shown,
            raw,
            link: None,
        }
    }
}

/// A table.
pub(super) struct Sheet {
    /// Its name in addresses.
    pub(super) name: &'static str,
    pub(super) title: String,
    /// What it says, where that is not plain.
    pub(super) about: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// The same as a picture; safe, because [`super::chart`] has made it.
    pub(super) chart: Option<String>,
    /// The address of its file.
    pub(super) csv: String,
    /// What to say where it has no rows: what to do next.
    pub(super) empty: String,
}

/// One of the tables of a page as a file: that of `NAME.csv`.
///
/// # Errors
/// 404 when there is none.
pub(super) fn download(sheets: Vec<Sheet>, file: &str) -> Result<Response, Problem> {
    let name = file.strip_suffix(".csv").unwrap_or_default();
    let found = sheets.into_iter().find(|sheet| sheet.name == name);
    let found = found.ok_or_else(|| Problem::not_found("there is no such table"))?;
    Ok(found.download())
}

impl Sheet {
    /// The whole table as a file.
    pub(super) fn download(&self) -> Response {
        let mut text = line(self.head.iter().map(String::as_str));
        for row in &self.rows {
            text.push_str(&line(row.iter().map(|cell| cell.raw.as_str())));
        }
        let mut response = text.into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
        );
        let name = format!("attachment; filename=\"basira-{}.csv\"", self.name);
        // Names of tables are words of ours.
        if let Ok(value) = HeaderValue::from_str(&name) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

fn line<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let fields: Vec<String> = fields.map(field).collect();
    fields.join(",") + "\r\n"
}

/// A field of a file. What a spreadsheet would take for a formula begins with an apostrophe, which makes it text there.
fn field(text: &str) -> String {
    let visible = text.trim_start_matches(|c: char| c.is_whitespace() || is_hidden(c));
    let is_formula = visible.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// What was typed into a field of one line, without what nobody sees: the field shows it again as it is.
pub(super) fn visible(typed: &str) -> String {
    typed.trim().chars().filter(|c| !is_hidden(*c)).collect()
}

/// What nobody sees, and what a spreadsheet may leave out before it looks for a formula.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula() {
        for (text, expected) in [
            ("forum", "\"forum\""),
            ("12", "\"12\""),
            ("say \"no\", then", "\"say \"\"no\"\", then\""),
            ("=1+1", "\"'=1+1\""),
            ("  =cmd|' /C calc'!A0", "\"'  =cmd|' /C calc'!A0\""),
            ("+49", "\"'+49\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("\u{200b}=1", "\"'\u{200b}=1\""),
            ("＝1", "\"'＝1\""),
            ("", "\"\""),
        ] {
            assert_eq!(field(text), expected, "{text:?}");
        }
    }
}
