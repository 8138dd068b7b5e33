//! What the head of a page says for machines: facts, JSON-LD and the title.

use std::ops::Range;

use super::encoding::Source;
use super::{Date, Words, date, html};

/// What the head of a page says for machines.
pub(super) struct Head<'a> {
    pub(super) page: &'a html::Page,
    pub(super) file: &'a Source,
}

impl Head<'_> {
    fn made(&self, text: &str, place: &Range<usize>) -> Option<Words> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| Words {
            text,
            span: self.file.span(place),
        })
    }

    /// The first of some facts.
    pub(super) fn words(&self, names: &[&str], data: Option<&str>) -> Option<Words> {
        let fact = names
            .iter()
            .find_map(|name| self.page.facts.iter().find(|(known, ..)| known == name));
        let fact = fact.and_then(|(_, value, place)| self.made(value, place));
        fact.or_else(|| self.data(data?))
    }

    /// A value of JSON-LD: text, or the `name` of a thing.
    fn data(&self, key: &str) -> Option<Words> {
        self.page.data.iter().find_map(|(json, place)| {
            let quoted = format!("\"{key}\"");
            let at = json.find(&quoted)? + quoted.len();
            let mut rest = json[at..].trim_start().strip_prefix(':')?.trim_start();
            if rest.starts_with(['{', '[']) {
                let name = rest.find("\"name\"")?;
                rest = rest[name + 6..].trim_start().strip_prefix(':')?.trim_start();
            }
            let value = string(rest.strip_prefix('"')?)?;
            self.made(&value, place)
        })
    }

    pub(super) fn title(&self) -> Option<Words> {
        let (title, place) = self.page.title.as_ref()?;
        // The name of the site stands after the title.
        let end = [" | ", " – ", " - ", " » ", " :: "]
            .iter()
            .filter_map(|sign| title.rfind(sign))
            .max()
            .filter(|end| *end > 0);
        self.made(&title[..end.unwrap_or(title.len())], place)
    }

    pub(super) fn authors(&self) -> Vec<Words> {
        let names = [
            "author",
            "article:author",
            "citation_author",
            "dc.creator",
            "parsely-author",
            "sailthru.author",
        ];
        let facts = self
            .page
            .facts
            .iter()
            .filter(|(name, value, _)| names.contains(&name.as_str()) && !value.contains("://"));
        let mut found: Vec<Words> = Vec::new();
        for word in facts
            .filter_map(|(_, value, place)| self.made(value, place))
            .chain(self.data("author"))
        {
            if found.len() < 16 && !found.iter().any(|known| known.text == word.text) {
                found.push(word);
            }
        }
        found
    }

    pub(super) fn date(&self) -> Option<Date> {
        let names = [
            "article:published_time",
            "datepublished",
            "citation_publication_date",
            "dc.date",
            "dc.date.issued",
            "pubdate",
            "publishdate",
            "date",
            "time",
        ];
        let fact = names
            .iter()
            .find_map(|name| self.page.facts.iter().find(|(known, ..)| known == name));
        let fact = fact.and_then(|(_, value, place)| self.made(value, place));
        let words = fact.or_else(|| self.data("datePublished"))?;
        let mut date = date::dates(&words.text).into_iter().next()?;
        date.span = words.span;
        Some(date)
    }
}

/// A string of JSON up to its closing mark.
fn string(rest: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = rest.chars().take(2000);
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Some(out),
            '\\' => match letters.next()? {
                'u' => {
                    let code: String = letters.by_ref().take(4).collect();
                    out.push(
                        u32::from_str_radix(&code, 16)
                            .ok()
                            .and_then(char::from_u32)
                            .unwrap_or('\u{fffd}'),
                    );
                }
                'n' | 't' | 'r' => out.push(' '),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    None
}
