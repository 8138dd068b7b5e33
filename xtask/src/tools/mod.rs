//! Installs what the steps need, once, below `target/`, from crates.io, PyPI and Debian.

pub(crate) mod browser;
pub(crate) mod compiler;
pub(crate) mod deny;
pub(crate) mod media;
pub(crate) mod pictures;
pub(crate) mod postgres;
pub(crate) mod python;
pub(crate) mod suites;
pub(crate) mod texts;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::shell::{program, target, text};

/// An installation that runs beside the steps.
pub(crate) struct Background<T> {
    name: &'static str,
    thread: JoinHandle<Result<T>>,
}

impl<T: Send + 'static> Background<T> {
    /// Starts it.
    pub(crate) fn start(name: &'static str, work: fn() -> Result<T>) -> Self {
        Self {
            name,
            thread: thread::spawn(work),
        }
    }

    /// Waits for it.
    pub(crate) fn finish(self) -> Result<T> {
        let result = self
            .thread
            .join()
            .map_err(|_| anyhow!("the installation of {} panicked", self.name))?;
        result.with_context(|| format!("installing {}", self.name))
    }
}

/// A folder below `target/`, made where it does not exist.
fn folder(name: &str) -> Result<PathBuf> {
    let path = target().join(name);
    fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
    Ok(path)
}

/// Runs a command whose output is only of interest when it fails: it goes to a file, its end into the error.
fn quietly(command: &mut Command, log: &Path) -> Result<()> {
    let line = text(command);
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let errors = file.try_clone()?;
    let status = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .status()
        .with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        let said = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        let end = lines[lines.len().saturating_sub(20)..].join("\n");
        bail!("`{line}` ended with {status}:\n{end}");
    }
    Ok(())
}

/// Installs Debian packages; that needs root, which CI is.
fn debian_packages(names: &[&str]) -> Result<()> {
    let log = folder("tools")?.join("apt-install.log");
    quietly(program("apt-get").arg("update"), &log)?;
    quietly(
        program("apt-get")
            .args(["install", "--yes", "--no-install-recommends"])
            .args(names),
        &log,
    )
}

/// Registries fail now and then: tries three times.
fn retry(mut work: impl FnMut() -> Result<()>) -> Result<()> {
    for pause in [5, 20] {
        match work() {
            Ok(()) => return Ok(()),
            Err(error) => eprintln!("(again in {pause} s: {error:#})"),
        }
        thread::sleep(Duration::from_secs(pause));
    }
    work()
}
