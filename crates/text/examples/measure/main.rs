//! Measures the room on texts that are not in the project: what `cargo xtask bench text-…` shows, one JSON object a line.
//!
//! `measure WHAT --conllu FILE --texts FOLDER …`: `obfuscation`, `clitics`, `passages`, `context`, `addresses`, `speed`,
//! `size`, `articles`. The folder has a file a language, `ar.txt`: a paragraph a line, a form feed between two texts.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "an example reads files and clocks; the room does not"
)]

#[path = "../../tests/obfuscate/mod.rs"]
mod obfuscate;
#[path = "../../tests/templates/mod.rs"]
mod templates;

mod addresses;
mod articles;
mod clitics;
mod context;
mod corpus;
mod obfuscation;
mod passages;
mod size;
mod speed;

use std::path::PathBuf;
use std::time::Duration;

use basira_text::Reading;
use basira_text::terms::Registry;
use rustix::time::{ClockId, clock_gettime};

pub(crate) type Failure = Box<dyn std::error::Error>;

/// What the command line says.
pub(crate) struct Options(Vec<String>);

impl Options {
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|word| word == name)?;
        self.0.get(at + 1).map(String::as_str)
    }

    pub(crate) fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        Ok(self.find(name).ok_or(format!("{name} is missing"))?.into())
    }

    pub(crate) fn number(&self, name: &str, otherwise: usize) -> Result<usize, Failure> {
        self.find(name).map_or(Ok(otherwise), |word| Ok(word.parse()?))
    }
}

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_default();
    let options = Options(words.collect());
    match what.as_str() {
        "obfuscation" => obfuscation::measure(&options),
        "clitics" => clitics::measure(&options),
        "passages" => passages::measure(&options),
        "context" => context::measure(),
        "addresses" => addresses::measure(&options),
        "speed" => speed::measure(&options),
        "size" => size::measure(&options),
        "articles" => articles::measure(&options),
        other => Err(format!("cannot measure {other:?}").into()),
    }
}

/// A registry of words.
pub(crate) fn registry(words: impl Iterator<Item = String>, pronouns: bool) -> Result<Registry, Failure> {
    let terms: String = words
        .enumerate()
        .map(|(index, word)| {
            format!("[[term]]\nid = \"w{index}\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [\"{word}\"]\npronouns = {pronouns}\n")
        })
        .collect();
    Ok(format!(
        "version = \"m\"\n[defaults]\nadded = \"2026-01-01\"\nby = \"m\"\nreview = \"2027-01-01\"\n{terms}"
    )
    .parse()?)
}

/// K2 of a text.
pub(crate) fn folded(text: &str) -> String {
    Reading::of(text)
        .map(|reading| reading.folded().text().to_owned())
        .unwrap_or_default()
}

/// Time of the processor that this thread took.
pub(crate) fn processor() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// Does something, and says how long the processor took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = processor();
    let made = std::hint::black_box(work());
    (made, (processor() - start).as_secs_f64())
}

/// The most memory that this process had, in kB (Linux).
pub(crate) fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
