//! The service of the demonstration: a process of its own, as it would be started by hand.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use model::Verdict;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::Value;
use ureq::Agent;

use super::console::text;
use crate::args::DemoOptions;

/// How long the service may take with all files.
const LONGEST: Duration = Duration::from_secs(600);
/// How often a verdict is asked for.
const PAUSE: Duration = Duration::from_millis(20);

/// A running service; ended when it is dropped.
pub(super) struct Service {
    child: Child,
    agent: Agent,
    /// Address of the API.
    pub(super) address: String,
    /// Address for clients of HMA.
    pub(super) hma: String,
    /// The administrator's key.
    pub(super) key: String,
    /// The one-time link of the console's first administrator.
    pub(super) link: String,
}

/// An item that was looked at.
pub(super) struct Looked {
    /// Its receipt.
    pub(super) item: String,
    pub(super) verdict: Verdict,
}

/// As much of an item as is needed here.
#[derive(Deserialize)]
struct Item {
    state: String,
    result: Option<Judged>,
}

#[derive(Deserialize)]
struct Judged {
    verdict: Verdict,
}

impl Service {
    /// Starts it on free ports of the loopback address, with the demonstration's bank and the administrator's key.
    pub(super) fn start(folder: &Path, key: &str, options: &DemoOptions) -> Result<Self> {
        let program = std::env::current_exe().context("the program does not find itself")?;
        let mut command = Command::new(program);
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--hma",
                "127.0.0.1:0",
                "--tier",
                "full",
                "--review-forms",
                // The platform of the demonstration is on this machine.
                "--webhook-network",
                "127.0.0.0/8",
                // Some hundred requests would stand between what the demonstration says.
                "--log-level",
                "warn",
            ])
            .arg(format!("--sandbox={}", options.sandbox))
            .arg("--data")
            .arg(folder.join("data"))
            .arg("--key")
            .arg(folder.join("key"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        // It is the demonstration's service, whatever is set for another one.
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_setting(name)) {
            command.env_remove(name);
        }
        let mut child = command.spawn().context("the service does not start")?;
        let said = child.stdout.take().map(read_start);
        let mut service = Self {
            child,
            agent: Agent::config_builder()
                .timeout_global(Some(Duration::from_secs(60)))
                .proxy(None)
                .build()
                .into(),
            address: String::new(),
            hma: String::new(),
            key: key.to_owned(),
            link: String::new(),
        };
        let Some(Some([address, hma, link])) = said else {
            let _ = service.child.wait();
            bail!("the service did not start; what it said stands above");
        };
        (service.address, service.hma, service.link) = (address, hma, link);
        Ok(service)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.key)
    }

    /// Posts JSON.
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let asked = self.agent.post(format!("{}{path}", self.address));
        let answer = asked.header("authorization", self.bearer()).send_json(body);
        Ok(answer
            .with_context(|| format!("{path} refuses"))?
            .into_body()
            .read_json()?)
    }

    /// Posts the bytes of a file.
    pub(super) fn send(&self, path: &str, bytes: &[u8]) -> Result<Value> {
        self.send_named(path, None, bytes)
    }

    fn send_named(&self, path: &str, name: Option<&str>, bytes: &[u8]) -> Result<Value> {
        let mut asked = self.agent.post(format!("{}{path}", self.address));
        if let Some(name) = name {
            asked = asked.query("external_id", name);
        }
        let asked = asked
            .header("authorization", self.bearer())
            .header("content-type", "application/octet-stream");
        let answer = asked.send(bytes);
        let answer = answer.with_context(|| format!("{path} refuses {}", name.unwrap_or("a file")))?;
        Ok(answer.into_body().read_json()?)
    }

    /// Submits files by their names all at once and waits for their verdicts, in order.
    pub(super) fn judge<'a>(
        &self,
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Vec<Looked>> {
        let mut items = Vec::new();
        for (name, bytes) in files {
            items.push(text(&self.send_named("/v1/items", Some(name), bytes)?, "item")?);
        }
        let begun = Instant::now();
        let mut looked = Vec::new();
        for item in items {
            let found = loop {
                let asked = self.agent.get(format!("{}/v1/items/{item}", self.address));
                let answer = asked.header("authorization", self.bearer()).call()?;
                let found: Item = answer.into_body().read_json()?;
                if matches!(found.state.as_str(), "done" | "aside") {
                    break found;
                }
                ensure!(begun.elapsed() < LONGEST, "the service does not finish");
                thread::sleep(PAUSE);
            };
            // What was put aside could not be looked at.
            let verdict = found.result.map_or(Verdict::Incomplete, |found| found.verdict);
            looked.push(Looked { item, verdict });
        }
        Ok(looked)
    }

    /// Waits for an interrupt, or until the service ends by itself.
    pub(super) fn stay(&mut self) -> Result<()> {
        let interrupted = interrupts()?;
        loop {
            if interrupted.recv_timeout(Duration::from_millis(200)).is_ok() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                // A terminal interrupts both at once.
                ensure!(status.success(), "the service has ended by itself: {status}");
                return Ok(());
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            // It finishes what it has; it was not waited for, so that no other process has its number.
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

fn is_setting(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"BASIRA_")
}

/// Reads what a service says when it starts: its two addresses, and the console's link. `None` when it ends before.
fn read_start(out: ChildStdout) -> Option<[String; 3]> {
    let mut lines = BufReader::new(out).lines();
    let mut said = [const { None }; 3];
    while said.iter().any(Option::is_none) {
        let line = lines.next()?.ok()?;
        let line = line.trim();
        if let Some(at) = line.strip_prefix("basira serves on ") {
            said[0] = Some(at.to_owned());
        } else if let Some(at) = line.strip_prefix("basira serves clients of HMA on ") {
            said[1] = Some(at.to_owned());
        } else if line.contains("/console/invitation/") {
            said[2] = Some(line.to_owned());
        }
    }
    // What it may say later must not fill the pipe.
    thread::spawn(move || lines.for_each(drop));
    Some(said.map(Option::unwrap_or_default))
}

fn interrupts() -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    ctrlc::set_handler(move || {
        // Nobody listens any more when the program ends already.
        let _ = sender.send(());
    })
    .context("interrupts cannot be caught")?;
    Ok(receiver)
}
