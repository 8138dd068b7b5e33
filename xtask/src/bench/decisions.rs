//! Decisions by the hundred thousand: recorded, made again, verified, and a draft tried on them; fifty policies on millions;
//! and how fast the engine is.

use std::fmt::Write as _;

use anyhow::Result;

use super::{Bench, Outcome, Row, json_lines, no_example, number, word};

pub(crate) const ROW: Row = Row {
    name: "decisions",
    title: "Decisions recorded, made again, and policies tried on them",
    target: "a typical policy <= 2 us on one core, 500 policies on an item <= 1 ms at p99; 50 policies on 3 million snapshots <= 8 \
             core-minutes with reading, memory flat; 100 % of 100,000 recorded decisions come out the same again",
    measure,
};

fn met(holds: bool) -> &'static str {
    if holds { "yes" } else { "**no**" }
}

/// The example of the pipeline prints `{"decisions", "same", "made_s", "again_s", "verified_s", "tried_s"}` and
/// `{"snapshots", "policies", "recorded_s", "wall_s", "cpu_s", "acted", "mb_before", "mb_after", "database_mb"}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut speed) = bench.example("policy", "speed")? else {
        return Ok(no_example("policy", "speed"));
    };
    let mut table = String::from("| engine, one core | mean, us | p99, us | met |\n|---|---|---|---|\n");
    for line in json_lines(speed.arg("3000"))? {
        let what = word(&line, "what")?;
        if let Some(each) = line["ns"].as_f64() {
            writeln!(
                table,
                "| {what} | {:.2} | | {} |",
                each / 1e3,
                met(each <= 2_000.0)
            )?;
        } else if let Some(p99) = line["p99_ns"].as_f64() {
            // A policy of the shipped set is a typical one.
            let a_policy = number(&line, "a_policy_ns")?;
            let holds = a_policy <= 2_000.0 && p99 <= 1e6;
            let mean = number(&line, "mean_ns")? / 1e3;
            writeln!(
                table,
                "| {what}, {:.2} a policy | {mean:.1} | {:.1} | {} |",
                a_policy / 1e3,
                p99 / 1e3,
                met(holds)
            )?;
        }
    }
    let Some(mut ours) = bench.example("pipeline", "decisions")? else {
        return Ok(no_example("pipeline", "decisions"));
    };
    let (decisions, snapshots) = match bench.quick {
        true => ("10000", "30000"),
        false => ("100000", "3000000"),
    };
    let lines = json_lines(ours.args(["--decisions", decisions, "--snapshots", snapshots]))?;
    table += "\n| decisions | came out the same | recorded, s | made again, s | verified, s | a draft tried, s | met |\n\
              |---|---|---|---|---|---|---|\n";
    for line in lines.iter().filter(|line| line["same"].is_u64()) {
        writeln!(
            table,
            "| {} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {} |",
            line["decisions"],
            line["same"],
            number(line, "made_s")?,
            number(line, "again_s")?,
            number(line, "verified_s")?,
            number(line, "tried_s")?,
            met(line["decisions"] == line["same"]),
        )?;
    }
    table += "\n| snapshots, from the store | policies | core-minutes | of 3 million | us a snapshot | peak memory before, MB | \
              and after | database, MB | recorded, s | met |\n|---|---|---|---|---|---|---|---|---|---|\n";
    for line in lines.iter().filter(|line| line["snapshots"].is_u64()) {
        let (snapshots, cpu) = (number(line, "snapshots")?, number(line, "cpu_s")?);
        let (before, after) = (number(line, "mb_before")?, number(line, "mb_after")?);
        let all = cpu / snapshots * 3e6 / 60.0;
        writeln!(
            table,
            "| {} | {} | {:.2} | {all:.2} | {:.1} | {before:.0} | {after:.0} | {:.0} | {:.1} | {} |",
            line["snapshots"],
            line["policies"],
            cpu / 60.0,
            cpu / snapshots * 1e6,
            number(line, "database_mb")?,
            number(line, "recorded_s")?,
            // Lists of what was found grow to their limits; snapshots do not stay.
            met(all <= 8.0 && after <= before + 64.0),
        )?;
    }
    table += "\nOne thread. Decisions: wall time, three texts of two policies in use, recorded in transactions of a thousand. \
              Snapshots: four thousand that were made, recorded again and again; CPU time of reading them and what was \
              decided then, and of deciding by fifty policies like those that are shipped.";
    Ok(Outcome::Measured(table))
}
