//! What decoding in a process of its own costs.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, json_lines, no_example, number, word};
use crate::shell::program;

pub(crate) const ROW: Row = Row {
    name: "sandbox",
    title: "Cost of the sandbox",
    target: "<= 1 ms CPU a picture above decoding in the calling process (median, paired in one run)",
    measure,
};

/// The example prints one line a size and round: `{"size", "files", "round", "in_process_ms", "sandbox_ms", "start_ms"}`,
/// CPU time a file, without that of starting and ending a sandbox, which is the last.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(ours) = bench.example("pipeline", "sandbox_cost")? else {
        return Ok(no_example("pipeline", "sandbox_cost"));
    };
    let folder = bench.folder("sandbox")?;
    let rounds = if bench.quick { "3" } else { "15" };
    let mut table = String::from(
        "| JPEG | cores | files | rounds | in process, ms | sandbox, ms | **more, ms** | of it |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (cores, held) in [("one", true), ("both", false)] {
        let mut run = if held {
            let mut run = program("taskset");
            run.args(["-c", "0"]).arg(ours.get_program());
            run
        } else {
            program(ours.get_program())
        };
        run.arg("--folder").arg(&folder).args(["--rounds", rounds]);
        add_rows(&mut table, cores, &json_lines(&mut run)?)?;
    }
    table += "\nMedians over rounds of CPU time a file, of this process and all that it started, from the open file to \
              digests, hashes and thumbnail; in turn. Generated photographs with the noise of a sensor, JPEG of \
              quality 87. A sandbox is started once for all files: that is measured beside, without a file, and is not \
              in it. On one core both sides find the same caches warm; with both, the process of an item begins on the \
              other core than the one that asked, as nothing else is to do there.";
    Ok(Outcome::Measured(table))
}

/// A row for each size.
fn add_rows(table: &mut String, cores: &str, lines: &[Value]) -> Result<()> {
    let mut sizes: Vec<&str> = Vec::new();
    for line in lines {
        let size = word(line, "size")?;
        if !sizes.contains(&size) {
            sizes.push(size);
        }
    }
    for size in sizes {
        let rounds: Vec<&Value> = lines.iter().filter(|line| line["size"] == size).collect();
        let values = |of: &dyn Fn(f64, f64) -> f64| -> Result<f64> {
            let mut all = rounds
                .iter()
                .map(|line| Ok(of(number(line, "in_process_ms")?, number(line, "sandbox_ms")?)))
                .collect::<Result<Vec<f64>>>()?;
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().context("nothing was measured")
        };
        *table += &format!(
            "| {size} | {cores} | {} | {} | {:.2} | {:.2} | **{:.2}** | {:.0} % |\n",
            rounds[0]["files"],
            rounds.len(),
            values(&|here, _| here)?,
            values(&|_, apart| apart)?,
            values(&|here, apart| apart - here)?,
            100.0 * values(&|here, apart| apart / here - 1.0)?,
        );
    }
    Ok(())
}
