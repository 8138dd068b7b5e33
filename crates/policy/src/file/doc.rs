//! Reading TOML strictly: every key known, every value of its type, every complaint with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::raw::Located;
use crate::diagnostic::{Code, Diagnostic};
use crate::schema::nearest;
use crate::set::SourceFile;

/// A value with its place.
pub(super) type Item<'a> = Spanned<DeValue<'a>>;

/// A file that is being read, and what is wrong with it.
pub(super) struct Reader<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) out: Vec<Diagnostic>,
}

/// The largest file, in bytes.
const LARGEST: usize = 256 * 1024;

/// Whether a character hides or reorders what stands beside it. The joiners of Persian and the Indic scripts are none.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        | '\u{ad}' | '\u{e0000}'..='\u{e007f}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        Self {
            file,
            out: Vec::new(),
        }
    }

    pub(super) fn report(
        &mut self,
        code: Code,
        at: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.out.push(Diagnostic::new(
            code,
            &self.file.name,
            &self.file.text,
            at,
            message,
            help,
        ));
    }

    /// The file as a table.
    pub(super) fn table(&mut self) -> Option<Spanned<DeTable<'a>>> {
        let text = self.file.text.as_str();
        if text.len() > LARGEST {
            self.report(
                Code::TooLarge,
                0..0,
                format!("a file of {} bytes", text.len()),
                format!("use at most {LARGEST} bytes; split it into several policies"),
            );
            return None;
        }
        if let Some((place, c)) = text.char_indices().find(|(_, c)| is_hidden(*c)) {
            self.report(
                Code::HiddenCharacter,
                place..place + c.len_utf8(),
                format!("the character U+{:04X} hides or reorders text", c as u32),
                "take it away: people must be able to read what a policy says",
            );
            return None;
        }
        match DeTable::parse(text) {
            Ok(table) => Some(table),
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                let message = error.message().replace('\n', "; ");
                self.report(
                    Code::Toml,
                    at,
                    format!("no TOML: {message}"),
                    "see https://toml.io; texts stand in quotes, conditions best in '''",
                );
                None
            }
        }
    }

    /// The fields of a table.
    pub(super) fn fields<'t>(&self, table: &'t DeTable<'a>, at: Range<usize>) -> Fields<'t, 'a> {
        Fields {
            table,
            at,
            known: Vec::new(),
        }
    }

    fn wrong(&mut self, item: &Item<'_>, wanted: &str) {
        let found = item.get_ref().type_str();
        self.report(
            Code::WrongValue,
            item.span(),
            format!("{found} where {wanted} belongs"),
            format!("write {wanted}"),
        );
    }

    pub(super) fn text(&mut self, item: &Item<'a>) -> Option<Located> {
        let DeValue::String(text) = item.get_ref() else {
            self.wrong(item, "a text in quotes");
            return None;
        };
        if let Some(c) = text.chars().find(|c| is_hidden(*c)) {
            self.report(
                Code::HiddenCharacter,
                item.span(),
                format!("the character U+{:04X} hides or reorders text", c as u32),
                "take it away: people must be able to read what a policy says",
            );
            return None;
        }
        Some(Located::new(text, &self.file.text, item.span()))
    }

    pub(super) fn bool(&mut self, item: &Item<'a>) -> Option<bool> {
        match item.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.wrong(item, "true or false");
                None
            }
        }
    }

    pub(super) fn int(&mut self, item: &Item<'a>, range: Range<i64>) -> Option<i64> {
        let DeValue::Integer(value) = item.get_ref() else {
            self.wrong(item, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(value.as_str(), value.radix())
            .ok()
            .filter(|number| range.contains(number));
        if number.is_none() {
            self.report(
                Code::OutOfRange,
                item.span(),
                format!("{value} is out of range"),
                format!("write a number from {} to {}", range.start, range.end - 1),
            );
        }
        number
    }

    /// A share, 0 to 1.
    pub(super) fn ratio(&mut self, item: &Item<'a>) -> Option<f64> {
        let number = match item.get_ref() {
            DeValue::Float(value) => value.as_str().parse::<f64>().ok(),
            DeValue::Integer(value) => value.as_str().parse::<f64>().ok(),
            _ => {
                self.wrong(item, "a share like 0.1");
                return None;
            }
        };
        let number = number.filter(|number| (0.0..=1.0).contains(number));
        if number.is_none() {
            self.report(
                Code::OutOfRange,
                item.span(),
                "this is no share",
                "write a number from 0 to 1: 0.1 for a tenth",
            );
        }
        number
    }

    pub(super) fn table_of<'t>(&mut self, item: &'t Item<'a>) -> Option<Fields<'t, 'a>> {
        match item.get_ref() {
            DeValue::Table(table) => Some(self.fields(table, item.span())),
            _ => {
                self.wrong(item, "a table");
                None
            }
        }
    }

    pub(super) fn array<'t>(&mut self, item: &'t Item<'a>) -> Option<Vec<&'t Item<'a>>> {
        match item.get_ref() {
            DeValue::Array(array) => Some(array.iter().collect()),
            _ => {
                self.wrong(item, "a list");
                None
            }
        }
    }

    /// A text that is parsed: a name, a word.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self, item: &Item<'a>, code: Code) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(item)?;
        match text.text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let said = error.to_string();
                let (message, help) = match said.split_once(": ") {
                    Some((message, help)) => (message.to_owned(), help.to_owned()),
                    None => (
                        format!("{:?} cannot stand here", text.text),
                        format!("write {said}"),
                    ),
                };
                self.report(code, item.span(), message, help);
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, item: &Item<'a>, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(item)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.text) {
            return Some(*value);
        }
        let names = || words.iter().map(|(word, _)| *word);
        let near = nearest(&text.text, names()).map(|near| format!("did you mean {near:?}? "));
        let names: Vec<_> = names().collect();
        self.report(
            Code::UnknownWord,
            item.span(),
            format!("{:?} cannot stand here", text.text),
            format!("{}it is one of: {}", near.unwrap_or_default(), names.join(", ")),
        );
        None
    }
}

/// The fields of a table, each asked for by its name; what is left over is not known.
pub(super) struct Fields<'t, 'a> {
    table: &'t DeTable<'a>,
    pub(super) at: Range<usize>,
    known: Vec<&'static str>,
}

impl<'t, 'a> Fields<'t, 'a> {
    pub(super) fn get(&mut self, name: &'static str) -> Option<&'t Item<'a>> {
        self.known.push(name);
        self.table.get(name)
    }

    /// A field that must be there.
    pub(super) fn need(
        &mut self,
        reader: &mut Reader<'a>,
        name: &'static str,
        example: &str,
    ) -> Option<&'t Item<'a>> {
        let item = self.get(name);
        if item.is_none() {
            let line = self.at.start..self.at.start;
            reader.report(
                Code::MissingKey,
                line,
                format!("{name} is missing"),
                format!("write {name} = {example}"),
            );
        }
        item
    }

    /// Every key with its value: for tables whose keys are names of the writer's own.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'t str, Range<usize>, &'t Item<'a>)> + use<'t, 'a> {
        self.table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// Complains of every key that was not asked for.
    pub(super) fn finish(self, reader: &mut Reader<'a>) {
        for (key, at, _) in self.all() {
            if self.known.contains(&key) {
                continue;
            }
            let help = match (key, nearest(key, self.known.iter().copied())) {
                ("mode" | "stage", _) => {
                    "the stage is no matter of the file: `basira policy deploy` sets it".to_owned()
                }
                (_, Some(near)) => format!("did you mean {near:?}?"),
                (_, None) => format!("known are: {}", self.known.join(", ")),
            };
            reader.report(Code::UnknownKey, at, format!("{key:?} is not known here"), help);
        }
    }
}
