//! From an added entry to its first match, and the opening of a snapshot.

use anyhow::Result;

use super::{Bench, Outcome, Row, json_lines, no_example, number};

pub(crate) const ROW: Row = Row {
    name: "added",
    title: "Added to matchable, and a snapshot opened",
    target: "at 1M entries: durable and found by the next query in <= 10 ms; snapshot opened in <= 0.5 s",
    measure,
};

/// The example prints one line: `{"entries", "adds", "added_ms_p50", "added_ms_p99", "open_ms", "open_runs"}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut ours) = bench.example("pipeline", "added")? else {
        return Ok(no_example("pipeline", "added"));
    };
    let entries = if bench.quick { "100000" } else { "1000000" };
    let mut table = String::from(
        "| entries | adds | added, p50 ms | p99 ms | openings | snapshot opened, ms |\n|---|---|---|---|---|---|\n",
    );
    for line in json_lines(ours.args(["--entries", entries]))? {
        table += &format!(
            "| {} | {} | {:.2} | {:.2} | {} | {:.1} |\n",
            line["entries"],
            line["adds"],
            number(&line, "added_ms_p50")?,
            number(&line, "added_ms_p99")?,
            line["open_runs"],
            number(&line, "open_ms")?,
        );
    }
    table += "\nWall time. Added: from the call that adds one signal, through its durable commit, to the query that finds it.";
    Ok(Outcome::Measured(table))
}
