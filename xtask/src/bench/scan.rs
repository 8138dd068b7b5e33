//! The rate of a scan and its memory.

use anyhow::Result;

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
    let mut alone = f64::NAN;
    for line in &lines {
        let (what, cpu) = (word(line, "what")?, number(line, "cpu_ms_per_file")?);
        if what == "decode" {
            alone = cpu;
        }
        table += &format!(
            "| {what} | {} | {} | {} | {} | {:.1} | {cpu:.2} | **{:.0} %** | {:.0} |\n",
            line["files"],
            line["megapixels"],
            line["entries"],
            line["threads"],
            number(line, "files_per_s")?,
            100.0 * alone / cpu,
            number(line, "peak_mib")?,
        );
    }
    table += "\nThe share is of CPU time a file, which other programs on the machine do not change.";
    Ok(Outcome::Measured(table))
}
