//! Retrieval at a wide radius, for robust matching.

use anyhow::{Context as _, Result};

use super::{Bench, Outcome, Row, json_lines, no_example, number};
use crate::shell::program;

pub(crate) const ROW: Row = Row {
    name: "wide",
    title: "Wide retrieval, radius 84, batched",
    target: "<= 450 us a window at 1M entries, exact (or staged, with its recall >= 0.99 stated); beside flat FAISS",
    measure,
};

/// Windows of a batch: two pictures in the full tier, about.
const WINDOWS: usize = 512;

fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(ours) = bench.example("index", "search_bench")? else {
        return Ok(no_example("index", "search_bench"));
    };
    let n = if bench.quick { "100000" } else { "1000000" };
    let folder = bench.folder("wide")?;
    let (bank, queries) = (folder.join("bank"), folder.join("queries"));
    let windows = WINDOWS.to_string();
    let search = || {
        let mut command = program(ours.get_program());
        command.args([n, "--budget", "2", "--wide", &windows]);
        command
    };
    let mut mine = json_lines(
        search()
            .arg("--write-bank")
            .arg(&bank)
            .arg("--write-queries")
            .arg(&queries),
    )?;
    let mut peer = bench.script("search_speed.py");
    peer.args([
        "--peer",
        "flat",
        "--radius",
        "84",
        "--batches",
        "64",
        "512",
        "--bank",
    ])
    .arg(&bank);
    let theirs = json_lines(peer.arg("--queries").arg(&queries))?;
    mine.extend(json_lines(&mut search())?);
    for path in [&bank, &queries] {
        std::fs::remove_file(path).context("cannot remove a scratch file")?;
    }
    let wide = mine
        .iter()
        .filter(|one| one["bench"] == "wide")
        .map(|one| number(one, "cpu_us_per_window"));
    let us = wide.collect::<Result<Vec<_>>>()?.into_iter().fold(0.0, f64::max);
    let flat = theirs
        .iter()
        .filter(|one| one["mix"] == "random")
        .map(|one| number(one, "cpu_us"));
    let flat = flat
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .fold(f64::INFINITY, f64::min);
    Ok(Outcome::Measured(format!(
        "| entries | windows a batch | ours us a window | FAISS flat us a window | **ratio** |\n|---|---|---|---|---|\n\
         | {n} | {WINDOWS} | {us:.0} | {flat:.0} | **{:.1}x** |\n\n\
         CPU time, one core, random windows on a uniform bank; ours the slower of a run before and a run after the peer, \
         FAISS 1.15.1 in batches of 64 and 512, the better counts. Both are exact.",
        flat / us
    )))
}
