//! A bank as real ones are: many near-blank and letterboxed pictures.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, json_lines, no_example, number};
use crate::shell::{program, run as execute};

pub(crate) const ROW: Row = Row {
    name: "skew",
    title: "A skewed bank of 1M",
    target: "within 3x of the uniform bank's time",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(ours) = bench.example("index", "search_bench")? else {
        return Ok(no_example("index", "search_bench"));
    };
    let n: u64 = if bench.quick { 100_000 } else { 1_000_000 };
    let folder = bench.folder("skew")?;
    let file = |name: &str, rows: u64, seed: &str| {
        let path = folder.join(format!("{name}-{rows}"));
        if !path.exists() {
            let mut write = bench.script("skewed_bank.py");
            write
                .arg("--pictures")
                .arg(bench.pictures())
                .args(["--rows", &rows.to_string(), "--seed", seed]);
            execute(write.arg("--write").arg(&path))?;
        }
        anyhow::Ok(path)
    };
    let (bank, queries) = (file("bank", n, "1")?, file("queries", 2_048, "2")?);
    let search = || {
        let mut command = program(ours.get_program());
        command.args([&n.to_string(), "--budget", "4"]);
        command
    };
    let uniform = json_lines(&mut search())?;
    let skewed = json_lines(search().arg("--bank").arg(&bank))?;
    let fresh = json_lines(search().arg("--bank").arg(&bank).arg("--queries").arg(&queries))?;
    let uniform_again = json_lines(&mut search())?;

    let mut table = String::from(
        "| queries | uniform us | skewed us | **ratio** | hits a query | recall | p99 us (wall) |\n|---|---|---|---|---|---|---|\n",
    );
    let rows = [
        ("random", &skewed),
        ("near", &skewed),
        ("edge", &skewed),
        ("file", &fresh),
    ];
    for (mix, found) in rows {
        // Fresh queries have no twin for the uniform bank; random ones are what it can be asked.
        let twin = if mix == "file" { "random" } else { mix };
        let base = number(of(&uniform, twin)?, "cpu_us")?.min(number(of(&uniform_again, twin)?, "cpu_us")?);
        let it = of(found, mix)?;
        let us = number(it, "cpu_us")?;
        table += &format!(
            "| {} | {base:.2} | {us:.2} | **{:.2}x** | {:.1} | {:.4} | {:.0} |\n",
            if mix == "file" {
                "new pictures of the same kinds"
            } else {
                mix
            },
            us / base,
            number(it, "hits_per_query")?,
            number(it, "recall")?,
            number(it, "wall_p99_us")?,
        );
    }
    let build = skewed
        .iter()
        .find(|one| one["bench"] == "build")
        .context("no build was reported")?;
    table += &format!(
        "\n{n} entries, {} of them distinct; radius 31, one query at a time; uniform is the faster of two runs. Half of \
         the bank are crops of real pictures, three tenths near-blank (a tenth exactly flat), two tenths letterboxed. \
         Near and edge queries are made from entries, so many find thousands; their time includes delivering them.",
        build["distinct"]
    );
    Ok(Outcome::Measured(table))
}

fn of<'a>(lines: &'a [Value], mix: &str) -> Result<&'a Value> {
    let mut searches = lines.iter().filter(|one| one["bench"] == "search");
    searches
        .find(|one| one["mix"] == mix)
        .with_context(|| format!("no search of {mix} queries"))
}
