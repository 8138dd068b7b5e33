//! Running other programs, so that a reader of the log sees what ran, how long it took, and what failed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap_or_else(|_| PathBuf::from("."))
}

/// The folder for everything that is built, downloaded or measured: `target/`, or where the developer puts it.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The same cargo that runs this program, in the root of the repository.
pub(crate) fn cargo() -> Command {
    let mut cargo = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if !built_in_increments() {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// Whether a developer builds here. Elsewhere, as in CI, what the next build could use again is only time and disk lost.
fn built_in_increments() -> bool {
    let Ok(entries) = std::fs::read_dir(root().join("target/debug/incremental")) else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("basira"))
}

/// A program that is run in the root of the repository.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// How a command is written in the log.
pub(crate) fn text(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(name).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a command to its end; what it prints goes to the log.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = text(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs a command to its end and returns what it printed. What it says on standard error goes to the log.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let line = text(command);
    let command = command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command
        .output()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!(
            "`{line}` ended with {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stdout).trim_end()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed something that is no UTF-8"))
}

/// Things that are run one after the other until one fails.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Prints a header, does the work, prints the time it took; a failure carries the name of the step.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n=== {name}");
        flush();
        let began = Instant::now();
        let result = work();
        let took = began.elapsed();
        result.with_context(|| format!("step `{name}`, after {:.1} s", took.as_secs_f64()))?;
        println!("--- {name}: passed in {:.1} s", took.as_secs_f64());
        flush();
        self.done.push((name, took));
        Ok(())
    }

    /// Prints what ran and for how long.
    pub(crate) fn summary(&self, total: Duration) {
        println!("\n=== summary");
        for (name, took) in &self.done {
            println!("{:>8.1} s  {name}", took.as_secs_f64());
        }
        println!(
            "{:>8.1} s  all {} steps passed",
            total.as_secs_f64(),
            self.done.len()
        );
    }
}

/// Shows what was printed so far: the log of CI is a pipe, where whole blocks are kept back.
fn flush() {
    // Nobody may be reading any more; the steps go on all the same.
    let _ = std::io::stdout().flush();
}
