//! Bad files through the sandbox.

use anyhow::{Context as _, Result};

use super::{Bench, Outcome, Row, json_lines, no_example, number};

pub(crate) const ROW: Row = Row {
    name: "bad",
    title: "Bad files and bombs",
    target: ">= 20,000 files (2,000 in CI): 0 crashes or hangs of the parent, every verdict within its limits, memory of \
             the parent flat, neighbours unaffected",
    measure,
};

/// The example prints `{"files", "endings", "wrong", "slowest_ms", "growth_kb"}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut ours) = bench.example("decode", "bad_inputs")? else {
        return Ok(no_example("decode", "bad_inputs"));
    };
    let files = if bench.quick { "2000" } else { "40000" };
    let lines = json_lines(ours.args(["--files", files]))?;
    let line = lines.first().context("nothing was measured")?;
    let endings = line["endings"].as_object().context("no endings")?;
    let endings: Vec<String> = endings.iter().map(|(name, n)| format!("{name} {n}")).collect();
    Ok(Outcome::Measured(format!(
        "| files | not as they must be | slowest, ms | more memory of the parent, kB |\n|---|---|---|---|\n\
         | {} | **{}** | {} | {} |\n\nFrom generated benign pictures: bits and words changed, pieces cut, doubled and \
         mixed, two files in one; every fortieth is a bomb (pixels, frames, scans, texts and profiles that inflate). Not \
         as it must be is what crashes, is forbidden, takes longer than its limits, or changes what the good file after \
         it gives. How they ended: {}.",
        number(line, "files")?,
        number(line, "wrong")?,
        number(line, "slowest_ms")?,
        number(line, "growth_kb")?,
        endings.join(", "),
    )))
}
