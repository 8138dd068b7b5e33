//! The table of what reading must show: each row prints its targets and what came of them.

pub(super) mod addresses;
pub(super) mod articles;
pub(super) mod clitics;
pub(super) mod context;
pub(super) mod obfuscation;
pub(super) mod passages;
pub(super) mod size;
pub(super) mod speed;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, json_lines, word};
use crate::shell::program;
use crate::tools::texts;

/// The example that measures, and the texts that it reads.
struct Measure {
    example: Command,
    texts: PathBuf,
}

impl Measure {
    fn new(bench: &Bench) -> Result<Self> {
        let example = bench.example("text", "measure")?;
        Ok(Self {
            example: example.context("crates/text/examples/measure is not there")?,
            texts: texts::install(bench.python())?,
        })
    }

    /// `measure WHAT`, with the ordinary texts.
    fn command(&self, what: &str) -> Command {
        let mut command = program(self.example.get_program());
        command.arg(what).arg("--texts").arg(&self.texts);
        command
    }

    /// The same with the treebank beside the project.
    fn with_treebank(&self, what: &str) -> Result<Command> {
        let corpora = texts::beside("BASIRA_CORPORA", "corpora")?;
        let mut command = self.command(what);
        command
            .arg("--conllu")
            .arg(corpora.join("ud-arabic-pud/ar_pud-ud-test.conllu"));
        Ok(command)
    }
}

/// Why there is nothing to show, where what is beside the project is not there.
fn missing(variable: &str, name: &str) -> Option<super::Outcome> {
    texts::beside(variable, name)
        .err()
        .map(|error| super::Outcome::NotMeasured(error.to_string()))
}

fn whole(value: &Value, name: &str) -> Result<u64> {
    value[name]
        .as_u64()
        .with_context(|| format!("{name} is missing in {value}"))
}

/// The lines that say what they are.
fn of<'a>(lines: &'a [Value], what: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["what"] == what).collect()
}

/// Words that were given as examples, for a remark.
fn shown(value: &Value) -> String {
    let words = value["shown"].as_array().map_or(&[][..], Vec::as_slice);
    let words: Vec<String> = words
        .iter()
        .filter_map(|word| Some(format!("`{}`", word.as_str()?.replace('|', "¦"))))
        .collect();
    words.join(", ")
}

/// Met or not.
fn met(holds: bool) -> &'static str {
    if holds { "yes" } else { "**no**" }
}

/// With a comma between thousands.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Runs it and gives its lines.
fn lines(mut command: Command) -> Result<Vec<Value>> {
    json_lines(&mut command)
}

/// A word of a line, or nothing.
fn said<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    word(value, name)
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_are_told_apart() {
        for (number, written) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), written);
        }
    }
}
