//! Where and when a row was measured.

use std::fs;

use anyhow::Result;

use crate::shell::{program, read};

/// The load of the last minute, which other programs may have made.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

/// Date, processor, cores, memory, load, commit, compiler.
pub(crate) fn state(load_before: &str, quick: bool) -> Result<String> {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_once(':'));
        line.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let commit = read(program("git").args(["rev-parse", "--short", "HEAD"])).unwrap_or_default();
    let changed = read(program("git").args([
        "status",
        "--porcelain",
        "--untracked-files=no",
        "crates",
        "Cargo.lock",
    ]));
    let changed = if changed.is_ok_and(|text| text.is_empty()) {
        ""
    } else {
        ", with changes"
    };
    Ok(format!(
        "{date} · {processor}, {cores} cores, {memory} · load {load_before} before, {load} after · commit {commit}{changed} · {rust}{quick}",
        date = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC"),
        processor = field("/proc/cpuinfo", "model name"),
        memory = field("/proc/meminfo", "MemTotal"),
        load = load(),
        commit = commit.trim(),
        rust = read(program("rustc").arg("--version"))?.trim(),
        quick = if quick { " · **quick: small sizes**" } else { "" },
    ))
}
