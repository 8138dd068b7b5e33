//! Bad files through the sandbox.

use std::cmp::Reverse;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, json_lines, no_example, number, word};
use crate::tools;

pub(crate) const ROW: Row = Row {
    name: "bad",
    title: "Bad files and bombs",
    target: ">= 20,000 files (2,000 in CI): 0 crashes or hangs of the parent, every verdict within its limits, memory of \
             the parent flat, neighbours unaffected",
    measure,
};

/// The example prints a table and `{"files", "families", "endings", "wrong", "slowest_ms", "memory_kb", …}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut ours) = bench.example("decode", "bad_inputs")? else {
        return Ok(no_example("decode", "bad_inputs"));
    };
    let files = if bench.quick { "2000" } else { "40000" };
    ours.args(["--files", files]);
    for folder in tools::suites::install()? {
        ours.arg("--also").arg(folder);
    }
    let lines = json_lines(&mut ours)?;
    let line = lines.first().context("nothing was measured")?;
    let counts = |name: &str| -> Result<Vec<(String, u64)>> {
        let counts = line[name].as_object().with_context(|| format!("no {name}"))?;
        let count = |(name, count): (&String, &Value)| Some((name.clone(), count.as_u64()?));
        Ok(counts.iter().filter_map(count).collect())
    };
    let families: Vec<String> = counts("families")?
        .iter()
        .map(|(family, count)| format!("{count} {family}"))
        .collect();
    let mut endings = counts("endings")?;
    endings.sort_by_key(|(_, count)| Reverse(*count));
    let endings: Vec<String> = endings
        .iter()
        .map(|(ending, count)| format!("| {ending} | {count} |"))
        .collect();
    let pair = |name: &str| format!("{} → {}", line[name][0], line[name][1]);
    Ok(Outcome::Measured(format!(
        "| files | not as they must be | slowest, ms | memory of the parent, kB | its descriptors | good files between, all read rightly |\n\
         |---|---|---|---|---|---|\n\
         | {} | **{}** | {} ({}) | {} | {} | {} |\n\n{}. From generated benign content: bits, digits and words \
         changed, pieces cut, doubled and mixed; archives, documents, PDFs and films that lie about themselves; several \
         formats in one file; bombs of pixels, frames, scans, texts, archives, pages and drawings. `suites` are PngSuite and the damaged files with \
         which Go tests its readers (Debian's golang-1.19-src), and the pictures with which Pillow 9.5.0 does, the BMP \
         Suite and finds of fuzzers among them; those of the crate `image` are in no registry. {} of the films that \
         were damaged are FFmpeg's. Not as it must be is what crashes, is forbidden, takes longer or gives more than its \
         limits, or changes what the good file after it gives. `cargo xtask bad --from N --files 1 --write FOLDER` makes \
         one of them again.\n\n| how they ended | files |\n|---|---|\n{}",
        number(line, "files")?,
        number(line, "wrong")?,
        number(line, "slowest_ms")?,
        word(line, "slowest")?,
        pair("memory_kb"),
        pair("descriptors"),
        number(line, "neighbours")?,
        families.join(", "),
        number(line, "clips")?,
        endings.join("\n"),
    )))
}
