//! The rate of a scan and its memory.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, json_lines, no_example, number, word};

pub(crate) const ROW: Row = Row {
    name: "scan",
    title: "Scan of a folder, both cores",
    target: "plain tier >= 90 % of the rate of reading, the three digests and decoding alone; standard tier with 100k \
             entries >= 60 % of it on 4 MP photos; memory flat from 1,000 to 100,000 files",
    measure,
};

/// The example prints one line a run: `{"what", "files", "megapixels", "entries", "threads", "files_per_s",
/// "cpu_ms_per_file", "peak_mib"}`, the first of each size with `"what": "decode"`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut ours) = bench.example("pipeline", "scan_rate")? else {
        return Ok(no_example("pipeline", "scan_rate"));
    };
    ours.arg("--folder").arg(bench.folder("scan")?);
    if bench.quick {
        ours.arg("--quick");
    }
    let lines = json_lines(&mut ours)?;
    let mut table = String::from(
        "| run | files | MP | entries | threads | files/s (wall) | CPU ms a file | **of decoding alone** | peak MiB |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for (k, line) in lines.iter().enumerate() {
        let same = |other: &&Value| {
            ["what", "files", "megapixels"]
                .iter()
                .all(|name| other[name] == line[name])
        };
        // The rounds of one run are one row, at the place of the first.
        if lines[..k].iter().any(|other| same(&other)) {
            continue;
        }
        let rounds: Vec<&Value> = lines.iter().filter(same).collect();
        let alone: Vec<&Value> = lines
            .iter()
            .filter(|it| it["what"] == "decode" && it["megapixels"] == line["megapixels"])
            .collect();
        let cpu = middle(&rounds, "cpu_ms_per_file")?;
        let share = if alone.is_empty() {
            "–".to_owned()
        } else {
            format!("**{:.0} %**", 100.0 * middle(&alone, "cpu_ms_per_file")? / cpu)
        };
        let peak = rounds
            .last()
            .map_or(Ok(f64::NAN), |last| number(last, "peak_mib"))?;
        table += &format!(
            "| {} | {} | {} | {} | {} | {:.1} | {cpu:.3} | {share} | {peak:.0} |\n",
            word(line, "what")?,
            line["files"],
            line["megapixels"],
            line["entries"],
            line["threads"],
            middle(&rounds, "files_per_s")?,
        );
    }
    table += "\nGenerated photographs with the noise of a sensor, JPEG of quality 87. The share is of CPU time a file, which \
              other programs change less than wall time; the middle of three rounds, in turn. Memory is the highest of the \
              process up to that run.";
    Ok(Outcome::Measured(table))
}

fn middle(lines: &[&Value], name: &str) -> Result<f64> {
    let mut values = lines
        .iter()
        .map(|line| number(line, name))
        .collect::<Result<Vec<_>>>()?;
    values.sort_by(f64::total_cmp);
    values
        .get(values.len() / 2)
        .copied()
        .context("nothing was measured")
}
