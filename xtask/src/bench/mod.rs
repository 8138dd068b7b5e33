//! `cargo xtask bench`: every promise beside its peers, in the same run; the results go to `benches/RESULTS.md`.
//!
//! To add a row, write a module with a `pub(crate) const ROW: Row` and name it in [`ROWS`].

mod interval;
mod machine;
mod report;

mod added;
mod bad;
mod console;
mod decisions;
mod exact;
mod fairness;
mod false_matches;
mod film_speed;
mod films;
mod hash;
mod own;
mod recall;
mod sandbox;
mod scan;
mod search;
mod serve;
mod skew;
mod sounds;
mod text;
mod wide;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::peers::{self, Peers};
use crate::shell::{cargo, program, read, root, run as execute, target};

/// One line of the comparison.
pub(crate) struct Row {
    /// The word for it on the command line.
    pub(crate) name: &'static str,
    /// Its heading.
    pub(crate) title: &'static str,
    /// What it must show.
    pub(crate) target: &'static str,
    /// Measures it.
    pub(crate) measure: fn(&Bench) -> Result<Outcome>,
}

/// What came of a row.
pub(crate) enum Outcome {
    /// Markdown: a table, then remarks.
    Measured(String),
    /// Why there is nothing to show.
    NotMeasured(String),
}

const ROWS: [Row; 26] = [
    exact::ROW,
    hash::ROW,
    search::ROW,
    skew::ROW,
    added::ROW,
    recall::ROW,
    false_matches::ROW,
    wide::ROW,
    films::ROW,
    film_speed::ROW,
    sounds::ROW,
    scan::ROW,
    sandbox::ROW,
    bad::ROW,
    serve::ROW,
    console::ROW,
    decisions::ROW,
    fairness::ROW,
    text::articles::ROW,
    text::obfuscation::ROW,
    text::clitics::ROW,
    text::passages::ROW,
    text::context::ROW,
    text::addresses::ROW,
    text::speed::ROW,
    text::size::ROW,
];

/// What every row has at hand.
pub(crate) struct Bench {
    peers: Peers,
    /// Small sizes, to try a row out.
    pub(crate) quick: bool,
}

/// Measures the rows that are named, or all.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    if words.contains(&"--list") {
        ROWS.iter()
            .for_each(|row| println!("{:<17} {}", row.name, row.title));
        return Ok(());
    }
    let wanted: Vec<&str> = words.iter().copied().filter(|word| *word != "--quick").collect();
    if let Some(unknown) = wanted
        .iter()
        .find(|word| !ROWS.iter().any(|row| row.name == **word))
    {
        bail!("no row {unknown:?}; `cargo xtask bench --list` names them");
    }
    crate::tools::media::install()?;
    let bench = Bench {
        peers: peers::install()?,
        quick: words.contains(&"--quick"),
    };
    let mut report = report::Report::open()?;
    for row in ROWS
        .iter()
        .filter(|row| wanted.is_empty() || wanted.contains(&row.name))
    {
        println!("\n=== {}: {}", row.name, row.title);
        let load = machine::load();
        let outcome = (row.measure)(&bench).with_context(|| format!("row {}", row.name))?;
        report.put(row, &outcome, &machine::state(&load, bench.quick)?);
        // After every row, so that hours of measuring are not lost with the last one.
        report.write(&ROWS)?;
    }
    Ok(())
}

impl Bench {
    /// A scratch folder of a row.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = target().join("peers-work").join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }

    /// The folder of real pictures.
    pub(crate) fn pictures(&self) -> &std::path::Path {
        &self.peers.pictures
    }

    /// The interpreter with the peers.
    pub(crate) fn python(&self) -> &std::path::Path {
        &self.peers.python
    }

    /// A script of `benches/peers`, on one core.
    pub(crate) fn script(&self, name: &str) -> Command {
        let mut command = program(&self.peers.python);
        command
            .arg(root().join("benches/peers").join(name))
            .env("OMP_NUM_THREADS", "1");
        command
    }

    /// An example of a crate, built as a release; `None` where there is no such example yet.
    pub(crate) fn example(&self, room: &str, name: &str) -> Result<Option<Command>> {
        let source = root().join(format!("crates/{room}/examples/{name}"));
        if !source.with_extension("rs").exists() && !source.join("main.rs").exists() {
            return Ok(None);
        }
        let package = format!("basira-{room}");
        execute(cargo().args(["build", "--quiet", "--release", "-p", &package, "--example", name]))?;
        Ok(Some(program(target().join("release/examples").join(name))))
    }
}

/// Runs a program that prints one JSON object a line; other lines go to the log.
pub(crate) fn json_lines(command: &mut Command) -> Result<Vec<Value>> {
    let text = read(command)?;
    let mut found = Vec::new();
    for line in text.lines() {
        println!("{line}");
        if line.starts_with('{') {
            found.push(serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))?);
        }
    }
    Ok(found)
}

/// A number of a JSON object.
pub(crate) fn number(value: &Value, name: &str) -> Result<f64> {
    value[name]
        .as_f64()
        .with_context(|| format!("{name} is missing in {value}"))
}

/// A word of a JSON object.
pub(crate) fn word<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name]
        .as_str()
        .with_context(|| format!("{name} is missing in {value}"))
}

/// What is said where the example that measures a row does not exist.
pub(crate) fn no_example(room: &str, name: &str) -> Outcome {
    Outcome::NotMeasured(format!("crates/{room}/examples/{name}.rs does not exist yet"))
}
