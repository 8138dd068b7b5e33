//! The pages of the console, at the size of years of work.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, number, word};
use crate::shell::{cargo, read};

pub(crate) const ROW: Row = Row {
    name: "console",
    title: "Pages of the console at 1M items, 100,000 cases and 1M entries",
    target: "<= 50 ms at p99 for queue, case and search, whole without script; a case page <= 150 kB without media",
    measure,
};

/// Pages that have the target; the others are shown beside them.
const PROMISED: [&str; 4] = ["queue", "case", "case of 400 contents", "search"];

/// The test of the command line, at full size; it prints a line for each page:
/// `{"page", "requests", "p50_ms", "p99_ms", "kb"}`, and one `{"items", "cases", "entries", "ready_s"}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let (items, requests) = match bench.quick {
        true => ("20000", "100"),
        false => ("1000000", "1000"),
    };
    let mut test = cargo();
    test.args([
        "test",
        "--release",
        "-p",
        "basira",
        "--test",
        "cli",
        "console_speed::",
        "--",
        "--nocapture",
    ])
    .env("BASIRA_CONSOLE_ITEMS", items)
    .env("BASIRA_CONSOLE_REQUESTS", requests);
    let said = read(&mut test)?;
    let lines = said
        .lines()
        .filter_map(|line| line.find("{\"").map(|at| &line[at..]))
        .map(|line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}")))
        .collect::<Result<Vec<Value>>>()?;
    let mut table = String::from(
        "| page | requests | p50, ms | p99, ms | largest, kB | met |\n|---|---|---|---|---|---|\n",
    );
    for line in lines.iter().filter(|line| line["page"].is_string()) {
        let (page, p99, kb) = (word(line, "page")?, number(line, "p99_ms")?, number(line, "kb")?);
        let holds = p99 <= 50.0 && kb <= 150.0;
        let met = match (PROMISED.contains(&page), holds) {
            (true, true) => "yes",
            (true, false) => "**no**",
            (false, _) => "",
        };
        writeln!(
            table,
            "| {page} | {} | {:.1} | {p99:.1} | {kb:.0} | {met} |",
            line["requests"],
            number(line, "p50_ms")?,
        )?;
    }
    let size = lines
        .iter()
        .find(|line| line["items"].is_u64())
        .context("the test did not come to its end")?;
    write!(
        table,
        "\n{} items, {} cases, {} entries; ready {:.1} s after its start. The real program, signed in, one request at a time over a \
         new connection each, as a browser without script would: the time is that of the whole answer. Filters, places in \
         the lists and words of the searches change with every request.",
        size["items"],
        size["cases"],
        size["entries"],
        number(size, "ready_s")?,
    )?;
    Ok(Outcome::Measured(table))
}
