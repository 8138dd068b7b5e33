//! `cargo xtask fuzz`: arbitrary bytes for every parser, with libFuzzer, on the stable toolchain.
//!
//! The targets are in `fuzz/fuzz_targets`, a workspace of its own. What is built, learned and found lies below
//! `target/fuzz`: the corpus of a target grows from run to run. A finding is repeated with `cargo xtask fuzz TARGET FILE`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::shell::{cargo, program, read, root, run as execute, target};

/// The manifest of the targets.
pub(crate) const MANIFEST: &str = "fuzz/Cargo.toml";
/// Seconds of all targets together where nothing else is said.
pub(crate) const SECONDS: u64 = 300;

/// What cargo-fuzz sets too, without its sanitizers, which only nightly compilers have: counters of edges and
/// comparisons.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Seconds that one input may take, and memory in MB: a process of the sandbox has no more either.
const LIMITS: [&str; 2] = ["-timeout=30", "-rss_limit_mb=2048"];

/// What came of a target.
struct Outcome {
    name: String,
    runs: u64,
    took: Duration,
    corpus: usize,
    /// What its log says of it, where it found something.
    found: Option<String>,
}

/// Where the numbers come from that the fuzzer changes its inputs by.
#[derive(Clone, Copy)]
pub(crate) enum Start {
    /// Always the same: a commit that passed passes again. Without the targets that take long to build.
    Fixed,
    /// The clock: every run finds its own way.
    Fresh,
}

/// Targets of the feature `lists`.
const LISTS: [&str; 1] = ["list"];

/// Runs every target; `seconds` are shared among them.
pub(crate) fn run(seconds: u64, start: Start) -> Result<()> {
    let programs = build(start)?;
    let mut names = targets()?;
    if matches!(start, Start::Fixed) {
        names.retain(|name| !LISTS.contains(&name.as_str()));
        println!("without {}, which `cargo xtask fuzz` runs", LISTS.join(", "));
    }
    let each = (seconds / names.len() as u64).max(1);
    let jobs = thread::available_parallelism().map_or(1, |cores| cores.get().min(2));
    println!("{} targets, {each} s each, {jobs} at a time", names.len());
    let waiting = Mutex::new(names.into_iter());
    let work = || -> Result<Vec<Outcome>> {
        let mut done = Vec::new();
        loop {
            // A thread that panicked has taken its target with it; the others go on.
            let next = waiting.lock().unwrap_or_else(|error| error.into_inner()).next();
            let Some(name) = next else { return Ok(done) };
            done.push(fuzz(&programs, name, each, start)?);
        }
    };
    let mut outcomes = Vec::new();
    thread::scope(|scope| -> Result<()> {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            outcomes.extend(thread.join().ok().context("a thread panicked")??);
        }
        Ok(())
    })?;
    outcomes.sort_by(|one, other| one.name.cmp(&other.name));
    report(&outcomes)
}

/// Gives one input to a target once more.
pub(crate) fn again(name: &str, file: &str) -> Result<()> {
    let programs = build(Start::Fresh)?;
    execute(program(programs.join(name)).args(LIMITS).arg(file))
}

/// Builds the targets; the folder of the programs.
fn build(start: Start) -> Result<PathBuf> {
    let version = read(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say what it runs on")?;
    // The same versions as everywhere; cargo adds the few that only the fuzzer needs.
    fs::copy(root().join("Cargo.lock"), root().join("fuzz/Cargo.lock")).context("cannot copy Cargo.lock")?;
    let place = target().join("fuzz");
    let mut build = cargo();
    build
        .args([
            "build",
            "--quiet",
            "--release",
            "--bins",
            "--manifest-path",
            MANIFEST,
        ])
        // A target is named, so that the flags are not those of build scripts.
        .args(["--target", host, "--target-dir"])
        .arg(&place)
        .env("RUSTFLAGS", FLAGS);
    if matches!(start, Start::Fresh) {
        build.args(["--features", "lists"]);
    }
    execute(&mut build)?;
    Ok(place.join(host).join("release"))
}

/// The names of all targets.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// Runs one target for so many seconds.
fn fuzz(programs: &Path, name: String, seconds: u64, start: Start) -> Result<Outcome> {
    let place = target().join("fuzz");
    let (corpus, found) = (place.join("corpus").join(&name), place.join("found"));
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let log = place.join(format!("{name}.log"));
    let began = Instant::now();
    let status = program(programs.join(&name))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/{name}-", found.display()))
        .arg("-print_final_stats=1")
        // libFuzzer takes 0 for the clock.
        .arg(format!("-seed={}", matches!(start, Start::Fixed) as u8))
        .args(LIMITS)
        .arg(&corpus)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&log).with_context(|| format!("cannot write {}", log.display()))?)
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    let took = began.elapsed();
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(Outcome {
        runs: runs(&said).unwrap_or(0),
        took,
        corpus: fs::read_dir(&corpus)?.count(),
        found: (!status.success()).then(|| finding(&said)),
        name,
    })
}

/// Where a log begins to speak of a finding: a panic, or what libFuzzer itself does not allow.
fn finding(said: &str) -> String {
    let is_start = |line: &str| line.contains("panicked at") || line.contains("ERROR: libFuzzer");
    let lines: Vec<&str> = said.lines().collect();
    let start = lines.iter().position(|line| is_start(line)).unwrap_or(0);
    let unit = lines.iter().find(|line| line.contains("Test unit written to"));
    lines[start..]
        .iter()
        .take(20)
        .chain(unit)
        .copied()
        .collect::<Vec<_>>()
        .join("\n")
}

/// The count in libFuzzer's `stat::number_of_executed_units: 1234`.
fn runs(said: &str) -> Option<u64> {
    let stat = |line: &str| {
        line.strip_prefix("stat::number_of_executed_units:")?
            .trim()
            .parse()
            .ok()
    };
    said.lines().find_map(stat)
}

fn report(outcomes: &[Outcome]) -> Result<()> {
    println!(
        "{:<12}{:>12}{:>10}{:>10}  finding",
        "target", "runs", "seconds", "corpus"
    );
    for outcome in outcomes {
        let finding = if outcome.found.is_some() { "YES" } else { "none" };
        println!(
            "{:<12}{:>12}{:>10.1}{:>10}  {finding}",
            outcome.name,
            outcome.runs,
            outcome.took.as_secs_f64(),
            outcome.corpus
        );
    }
    // A target that was built without coverage, or dies at once, runs next to nothing.
    let idle = |outcome: &&Outcome| outcome.found.is_none() && outcome.runs < 10;
    if let Some(Outcome { name, runs, .. }) = outcomes.iter().find(idle) {
        bail!("{name} ran {runs} inputs only; see target/fuzz/{name}.log");
    }
    let found: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| Some(format!("{}:\n{}", outcome.name, outcome.found.as_ref()?)))
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    bail!(
        "{}\n\nthe inputs are in target/fuzz/found; `cargo xtask fuzz TARGET FILE` gives one once more",
        found.join("\n\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_read() {
        let said = "INFO: Seed: 1\nDone 12 runs\nstat::number_of_executed_units: 1234\nstat::x: 5\n";
        assert_eq!(runs(said), Some(1234));
        assert_eq!(runs("INFO"), None);
    }

    #[test]
    fn findings_begin_with_their_panic() {
        let said = "#1 NEW\nthread panicked at src/x.rs:1:1:\nwhy\nTest unit written to a\n";
        assert!(finding(said).starts_with("thread panicked at"));
        assert!(finding("==1== ERROR: libFuzzer: timeout\n").contains("timeout"));
    }

    #[test]
    fn every_target_is_built() {
        let manifest = fs::read_to_string(root().join(MANIFEST)).unwrap();
        for name in targets().unwrap() {
            assert!(
                manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
                "{name}"
            );
        }
    }
}
