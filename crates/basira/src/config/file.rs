//! Reading the file of settings: every fault in it is named, with its line, its key and what is wrong.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::table::{Form, SETTINGS, Setting};

/// A setting that the file gives, in the form of values of its option.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) key: &'static str,
    pub(super) line: usize,
    pub(super) values: Vec<String>,
}

/// What is wrong at one place of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    /// The setting; none where the file cannot be read as TOML.
    pub(super) key: Option<String>,
    pub(super) what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "line {}: {key}: {}", self.line, self.what),
            None => write!(f, "line {}: {}", self.line, self.what),
        }
    }
}

/// A file of settings that was read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) given: Vec<Given>,
    pub(super) faults: Vec<Fault>,
}

impl File {
    /// Reads a file for a program with these options.
    pub(super) fn read(path: &Path, program: &Command) -> Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the settings in {}", path.display()))?;
        Ok(Self::parse(path, &text, program))
    }

    fn parse(path: &Path, text: &str, program: &Command) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader {
            folder: path.parent().unwrap_or(Path::new("")),
            text,
            program,
            given: Vec::new(),
            faults: Vec::new(),
        };
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            reader.fault(at, None, error.message());
        }
        // What TOML itself is unsure of would only be reported twice.
        if errors.is_empty() {
            reader.table(table.get_ref(), "");
        }
        reader.faults.sort_by_key(|fault| fault.line);
        Self {
            path: path.to_owned(),
            given: reader.given,
            faults: reader.faults,
        }
    }
}

struct Reader<'a> {
    folder: &'a Path,
    text: &'a str,
    program: &'a Command,
    given: Vec<Given>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }

    fn fault(&mut self, at: usize, key: Option<&str>, what: impl Into<String>) {
        self.faults.push(Fault {
            line: self.line(at),
            key: key.map(str::to_owned),
            what: what.into(),
        });
    }

    fn table(&mut self, table: &DeTable<'_>, section: &str) {
        for (name, value) in table {
            let key = match section {
                "" => name.get_ref().to_string(),
                _ => format!("{section}.{}", name.get_ref()),
            };
            let at = name.span().start;
            let is_section = SETTINGS.iter().any(|setting| {
                setting
                    .key
                    .strip_prefix(&key)
                    .is_some_and(|rest| rest.starts_with('.'))
            });
            match (value.get_ref(), Setting::find(&key)) {
                (DeValue::Table(inner), None) if is_section => self.table(inner, &key),
                (_, None) if is_section => {
                    self.fault(at, Some(&key), format!("is a section, written as [{key}]"));
                }
                (_, None) => self.fault(at, Some(&key), unknown(&key)),
                (_, Some(setting)) => self.setting(setting, at, value),
            }
        }
    }

    fn setting(&mut self, setting: &'static Setting, at: usize, value: &Spanned<DeValue<'_>>) {
        let Some(values) = values(setting.form, value.get_ref(), self.folder) else {
            let kind = value.get_ref().type_str();
            let what = format!("is of the type {kind}, and has to be {}", setting.form.words());
            return self.fault(at, Some(setting.key), what);
        };
        match values
            .iter()
            .find_map(|value| refused(setting, value, self.program))
        {
            Some(what) => self.fault(at, Some(setting.key), what),
            None => self.given.push(Given {
                key: setting.key,
                line: self.line(at),
                values,
            }),
        }
    }
}

/// A value in the form of values of its option, if it is of the right type.
fn values(form: Form, value: &DeValue<'_>, folder: &Path) -> Option<Vec<String>> {
    let one = match form {
        Form::Text => value.as_str()?.to_owned(),
        Form::Path => folder.join(value.as_str()?).to_str()?.to_owned(),
        Form::Number => {
            let digits = value.as_integer()?;
            i64::from_str_radix(digits.as_str(), digits.radix())
                .ok()?
                .to_string()
        }
        Form::Fraction => match value {
            DeValue::Float(float) => float.as_str().to_owned(),
            _ => value.as_integer()?.as_str().to_owned(),
        },
        Form::Flag => value.as_bool()?.to_string(),
        Form::List => {
            let all = value.as_array()?.iter();
            return all
                .map(|value| value.get_ref().as_str().map(str::to_owned))
                .collect();
        }
    };
    Some(vec![one])
}

/// What the parser of the option has against a value.
fn refused(setting: &Setting, value: &str, program: &Command) -> Option<String> {
    let argument = setting.argument(program)?;
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        // Its two values are those of its type.
        return None;
    }
    let alone = Command::new("setting").no_binary_name(true).arg(argument.clone());
    let error = alone
        .try_get_matches_from([format!("{}={value}", setting.option())])
        .err()?;
    let why = match error.kind() {
        ErrorKind::InvalidValue => match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(possible)) if !possible.is_empty() => {
                format!("it has to be one of {}", possible.join(", "))
            }
            _ => "it must not be empty".to_owned(),
        },
        _ => std::error::Error::source(&error).map_or_else(|| error.kind().to_string(), ToString::to_string),
    };
    Some(format!("{value:?} is not possible: {why}"))
}

/// That there is no such setting, and which may have been meant.
fn unknown(key: &str) -> String {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let near = SETTINGS
        .iter()
        .map(|setting| {
            let whole = strsim::damerau_levenshtein(key, setting.key);
            // In the wrong section, or in none.
            let word = 1 + strsim::damerau_levenshtein(&last(key), &last(setting.key));
            (whole.min(word), setting.key)
        })
        .min()
        .filter(|(distance, _)| *distance <= 1 + key.chars().count() / 3);
    match near {
        Some((_, near)) => format!("there is no such setting; {near} is the nearest that there is"),
        None => "there is no such setting; basira config example lists those that there are".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Arguments;

    fn read(text: &str) -> File {
        File::parse(Path::new("/etc/basira/basira.toml"), text, &Arguments::command())
    }

    fn faults(text: &str) -> Vec<String> {
        let file = read(text);
        assert!(!file.faults.is_empty(), "{file:?}");
        file.faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_of_every_form_are_read_with_their_lines() {
        let file = read(
            "listen = \"127.0.0.1:1\"\nexact = true\nthreads = 1_0\nkey = \"key\"\ndata = \"/data\"\n\n[webhook]\nnetwork = \
             [\"10.0.0.0/8\", \"fd00::/8\"]\n[limit]\nconnections = 7\n",
        );
        assert_eq!(file.faults, []);
        let mut given: Vec<_> = file
            .given
            .iter()
            .map(|given| (given.line, given.key, given.values.join(" ")))
            .collect();
        given.sort_unstable();
        let want = [
            (1, "listen", "127.0.0.1:1"),
            (2, "exact", "true"),
            (3, "threads", "10"),
            (4, "key", "/etc/basira/key"),
            (5, "data", "/data"),
            (8, "webhook.network", "10.0.0.0/8 fd00::/8"),
            (10, "limit.connections", "7"),
        ];
        assert_eq!(
            given,
            want.map(|(line, key, value)| (line, key, value.to_owned()))
        );
    }

    #[test]
    fn every_fault_is_named_with_its_line_its_key_and_a_way_out() {
        let found = faults(
            "listen = 8080\nlisen = \"x\"\ntier = \"best\"\n\n[limit]\nconections = 1\nheader_seconds = 0\n[max]\nconnections = 3\n\
             [weather]\nsun = true\n",
        );
        let want = [
            "line 1: listen: is of the type integer, and has to be a text in quotes",
            "line 2: lisen: there is no such setting; listen is the nearest that there is",
            "line 3: tier: \"best\" is not possible: it has to be one of plain, standard, full",
            "line 6: limit.conections: there is no such setting; limit.connections is the nearest that there is",
            "line 7: limit.header_seconds: \"0\" is not possible: 0 is not in 1..=600",
            "line 9: max.connections: there is no such setting; limit.connections is the nearest that there is",
            "line 10: weather: there is no such setting; basira config example lists those that there are",
        ];
        assert_eq!(found, want);
        assert_eq!(
            faults("listen = \"here\"\nlimit = 3\n"),
            [
                "line 1: listen: \"here\" is not possible: invalid socket address syntax",
                "line 2: limit: is a section, written as [limit]",
            ]
        );
    }

    #[test]
    fn what_is_no_toml_is_named_by_its_line() {
        for (text, line) in [
            ("a = 1\nlisten = \n", 2),
            ("listen = \"a\"\nlisten = \"b\"\n", 2),
            ("[limit\n", 1),
        ] {
            let file = read(text);
            assert_eq!(
                file.faults.first().map(|fault| (fault.line, &fault.key)),
                Some((line, &None)),
                "{file:?}"
            );
            assert!(file.given.is_empty());
        }
    }
}
