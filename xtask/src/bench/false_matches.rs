//! Pictures that are in no bank and must not be found there.

use std::collections::BTreeMap;

use anyhow::Result;

use super::recall::whole;
use super::{Bench, Outcome, Row, interval, json_lines, no_example, number, word};

pub(crate) const ROW: Row = Row {
    name: "false",
    title: "False matches, per tier",
    target: "against >= 100,000 entries, >= 10,000 negative queries: <= 1 in 3,000 at the 95 % upper bound; <= 64 \
             refinements a picture, more is incomplete; candidates and CPU a query reported",
    measure,
};

#[derive(Default)]
struct Sum {
    queries: u64,
    found: u64,
    incomplete: u64,
    candidates: f64,
    cpu_ms: f64,
}

/// The example prints one line a tier and kind:
/// `{"tier", "kind", "queries", "false_matches", "incomplete", "candidates", "cpu_ms"}`, the last two a query.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut ours) = bench.example("pipeline", "false_matches")? else {
        return Ok(no_example("pipeline", "false_matches"));
    };
    let (queries, fill) = if bench.quick {
        ("500", "20000")
    } else {
        ("10000", "100000")
    };
    let lines = json_lines(ours.args(["--queries", queries, "--fill", fill, "--media", "2000"]))?;
    let mut tiers: Vec<&str> = Vec::new();
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    let mut kinds: Vec<String> = Vec::new();
    for line in &lines {
        let (tier, n) = (word(line, "tier")?, number(line, "queries")?);
        if !tiers.contains(&tier) {
            tiers.push(tier);
        }
        let sum = sums.entry(tier).or_default();
        sum.queries += whole(line, "queries")?;
        sum.found += whole(line, "false_matches")?;
        sum.incomplete += whole(line, "incomplete")?;
        sum.candidates += n * number(line, "candidates")?;
        sum.cpu_ms += n * number(line, "cpu_ms")?;
        let kind = format!("{} ({n})", word(line, "kind")?);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut table = String::from(
        "| tier | queries | false matches | rate at most (95 %) | incomplete (refinement) | candidates a query | CPU ms a query |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for tier in ["PDQ at 31", "plain", "standard", "full"]
        .iter()
        .filter(|tier| tiers.contains(tier))
    {
        let sum = &sums[tier];
        let (n, bound) = (sum.queries as f64, interval::upper(sum.found, sum.queries, 0.95));
        table += &format!(
            "| {tier} | {} | {} | **1 in {:.0}** | {} | {:.2} | {:.2} |\n",
            sum.queries,
            sum.found,
            1.0 / bound,
            sum.incomplete,
            sum.candidates / n,
            sum.cpu_ms / n,
        );
    }
    table += &format!(
        "\nBank of {fill} entries, 2,000 of them with their pictures. One-sided bound. *PDQ at 31* is what whole-picture hashes of usable \
         quality find, mirrored and turned forms included. Kinds of queries (n each): {}.",
        kinds.join(", ")
    );
    Ok(Outcome::Measured(table))
}
