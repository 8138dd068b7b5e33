//! False matches, per tier: negatives of many kinds against a large bank that holds none of them.
//!
//! `--queries` how many, `--fill` entries of the bank, `--media` how many of them with their pictures. One JSON object
//! a line for each tier and kind; whatever matched is named on standard error.

mod support;

use std::collections::BTreeMap;

use anyhow::Result;
use basira_pipeline::examine::match_decoded;
use basira_pipeline::robust::Tier;
use jiff::Timestamp;
use model::IncompleteReason;
use support::{Bench, PEER, argument, cpu_seconds, decoded};
use testkit::{derive, negatives, photo};

#[derive(Default)]
struct Sum {
    queries: u32,
    false_matches: u32,
    incomplete: u32,
    candidates: usize,
    cpu: f64,
}

fn main() -> Result<()> {
    let queries: u64 = argument("--queries", 500);
    let bench = Bench::new()?;
    bench.fill(argument("--fill", 100_000), argument("--media", 2_000))?;
    let (rows, windows) = bench.banks.rows();
    let gates = basira_pipeline::gates::gates(rows, windows);
    eprintln!("{rows} rows, {windows} windows, gates {gates:?}");
    let tiers = [
        (PEER, Tier::Plain),
        ("plain", Tier::Plain),
        ("standard", Tier::Standard),
        ("full", Tier::Full),
    ];
    let mut sums: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for seed in 0..queries {
        // Every fourth is a photograph, the others are of the kinds that a forum is full of.
        let (kind, picture) = if seed.is_multiple_of(4) {
            ("photo", photo(derive(seed, 1) | 1 << 40, 512, 384))
        } else {
            negatives::any(seed, 512)
        };
        let query = decoded(&picture);
        for (name, tier) in tiers {
            let start = cpu_seconds();
            let found = match_decoded(query.clone(), &bench.banks, tier, Timestamp::now())?;
            let sum = sums.entry((name, kind)).or_default();
            sum.cpu += cpu_seconds() - start;
            sum.queries += 1;
            let seen = || {
                found
                    .matches
                    .iter()
                    .filter(|m| name != PEER || m.method.is_whole_picture())
            };
            sum.false_matches += u32::from(seen().next().is_some());
            let refinement =
                |reason: &IncompleteReason| matches!(reason, IncompleteReason::Refinement { .. });
            sum.incomplete += u32::from(found.incomplete.iter().any(|gap| refinement(&gap.reason)));
            sum.candidates += found.candidates;
            for m in seen() {
                eprintln!(
                    "  {name} {kind} seed {seed} -> {} {} quality {:?}",
                    m.entry, m.method, m.quality
                );
            }
        }
    }
    for ((tier, kind), sum) in sums {
        let n = f64::from(sum.queries);
        println!(
            "{}",
            serde_json::json!({
                "tier": tier, "kind": kind, "queries": sum.queries, "false_matches": sum.false_matches,
                "incomplete": sum.incomplete, "candidates": sum.candidates as f64 / n, "cpu_ms": sum.cpu * 1e3 / n,
                "rows": rows, "windows": windows,
            })
        );
    }
    Ok(())
}
