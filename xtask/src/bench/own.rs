//! Basira itself, as its users run it: the program, with a data folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::peers;
use crate::shell::{program, text};

/// The program, and a data folder that begins empty.
pub(crate) struct Own {
    program: PathBuf,
    data: PathBuf,
}

impl Own {
    /// Builds the program and empties the folder's `data`.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let data = folder.join("data");
        if data.exists() {
            std::fs::remove_dir_all(&data).with_context(|| format!("cannot empty {}", data.display()))?;
        }
        Ok(Self {
            program: peers::basira(peers::Build::Release)?,
            data,
        })
    }

    /// The program with words, to be run by the caller.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = program(&self.program);
        command
            .env("BASIRA_DATA", &self.data)
            .env("BASIRA_KEY", self.data.with_extension("key"))
            .args(words)
            .stdin(Stdio::null());
        command
    }

    /// Runs the program with `--json` and gives the rows that it printed. A match, or an item that was not read whole, is
    /// no failure; the statuses are those of the README.
    pub(crate) fn rows(&self, words: &[&str]) -> Result<Vec<Value>> {
        let mut command = self.command(words);
        command.arg("--json").stderr(Stdio::inherit());
        let line = text(&command);
        let output = command
            .output()
            .with_context(|| format!("cannot start `{line}`"))?;
        if !matches!(output.status.code(), Some(0..=2)) {
            bail!("`{line}` ended with {}", output.status);
        }
        let rows = output.stdout.split(|byte| *byte == b'\n');
        let rows = rows.filter(|row| row.starts_with(b"{"));
        rows.map(|row| serde_json::from_slice(row).with_context(|| format!("`{line}` printed no JSON")))
            .collect()
    }
}
