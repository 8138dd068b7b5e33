//! Decisions by the hundred thousand: recorded, made again, verified, and a draft tried on them.

use anyhow::Result;

use super::{Bench, Outcome, Row, json_lines, no_example, number};

pub(crate) const ROW: Row = Row {
    name: "decisions",
    title: "Decisions recorded, made again, and a draft tried on them",
    target: "100 % of 100,000 recorded decisions come out the same again",
    measure,
};

/// The example prints one line: `{"decisions", "same", "made_s", "again_s", "verified_s", "tried_s"}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut ours) = bench.example("pipeline", "decisions")? else {
        return Ok(no_example("pipeline", "decisions"));
    };
    let decisions = if bench.quick { "10000" } else { "100000" };
    let mut table = String::from(
        "| decisions | came out the same | recorded, s | made again, s | verified, s | a draft tried, s |\n\
         |---|---|---|---|---|---|\n",
    );
    for line in json_lines(ours.args(["--decisions", decisions]))? {
        table += &format!(
            "| {} | {} | {:.2} | {:.2} | {:.2} | {:.2} |\n",
            line["decisions"],
            line["same"],
            number(&line, "made_s")?,
            number(&line, "again_s")?,
            number(&line, "verified_s")?,
            number(&line, "tried_s")?,
        );
    }
    table += "\nWall time, one thread, three texts of two policies in use; recorded in transactions of a thousand.";
    Ok(Outcome::Measured(table))
}
