//! False matches, per tier: negatives of many kinds against a large bank that holds none of them.
//!
//! `--queries` how many, from seed `--from` on, `--fill` entries of the bank, `--media` how many of them with their pictures. One JSON object
//! a line for each tier and kind; whatever matched is named on standard error.

mod support;

use std::collections::BTreeMap;

use anyhow::Result;
use basira_pipeline::examine::match_decoded;
use basira_pipeline::robust::Tier;
use jiff::Timestamp;
use model::{Incomplete, IncompleteReason};
use support::{Bench, PEER, argument, decoded, on_all_cores, thread_cpu_seconds};
use testkit::{derive, negatives, photo};

#[derive(Default)]
struct Sum {
    queries: u32,
    false_matches: u32,
    incomplete: u32,
    candidates: usize,
    cpu: f64,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.queries += other.queries;
        self.false_matches += other.false_matches;
        self.incomplete += other.incomplete;
        self.candidates += other.candidates;
        self.cpu += other.cpu;
    }
}

fn main() -> Result<()> {
    let queries: u64 = argument("--queries", 500);
    let bench = Bench::new()?;
    bench.fill(argument("--fill", 100_000), argument("--media", 2_000))?;
    let (rows, windows) = bench.banks.rows();
    let gates = basira_pipeline::gates::gates(rows, windows);
    eprintln!("{rows} rows, {windows} windows, gates {gates:?}");
    let from: u64 = argument("--from", 0);
    let looked_up = on_all_cores(from..from + queries, |seed| look_up(&bench, seed));
    let mut sums: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for query in looked_up {
        for (tier, kind, one) in query? {
            sums.entry((tier, kind)).or_default().add(&one);
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

/// Looks one negative up in the peers' way and in every tier.
fn look_up(bench: &Bench, seed: u64) -> Result<Vec<(&'static str, &'static str, Sum)>> {
    // Every fourth is a photograph, the others are of the kinds that a forum is full of.
    let (kind, picture) = if seed.is_multiple_of(4) {
        ("photo", photo(derive(seed, 1) | 1 << 40, 512, 384))
    } else {
        negatives::any(seed, 512)
    };
    let query = decoded(&picture);
    let start = thread_cpu_seconds();
    let found = bench.peer_finds(&query)?;
    let mut all = vec![(
        PEER,
        kind,
        Sum {
            queries: 1,
            false_matches: u32::from(!found.is_empty()),
            cpu: thread_cpu_seconds() - start,
            ..Sum::default()
        },
    )];
    for (name, tier) in [
        ("plain", Tier::Plain),
        ("standard", Tier::Standard),
        ("full", Tier::Full),
    ] {
        let start = thread_cpu_seconds();
        let found = match_decoded(query.clone(), &bench.banks, tier, Timestamp::now())?;
        let refinement = |gap: &Incomplete| matches!(gap.reason, IncompleteReason::Refinement { .. });
        all.push((
            name,
            kind,
            Sum {
                queries: 1,
                false_matches: u32::from(!found.matches.is_empty()),
                incomplete: u32::from(found.incomplete.iter().any(refinement)),
                candidates: found.candidates,
                cpu: thread_cpu_seconds() - start,
            },
        ));
        for m in &found.matches {
            eprintln!(
                "  {name} {kind} seed {seed} -> {} {} quality {:?}",
                m.entry, m.method, m.quality
            );
        }
    }
    Ok(all)
}
