//! From an added entry to its first match, and the opening of a snapshot, at `--entries` entries.

mod support;

use std::time::Instant;

use anyhow::{Result, ensure};
use basira_pipeline::banks::Banks;
use model::PdqHash;
use support::{Bench, argument, random_hash};

const ADDS: usize = 200;
const OPENINGS: usize = 5;

fn main() -> Result<()> {
    let entries: u64 = argument("--entries", 1_000_000);
    let bench = Bench::new()?;
    let mut batch: Vec<PdqHash> = Vec::new();
    for seed in 0..entries {
        batch.push(random_hash(seed));
        if batch.len() == 20_000 {
            bench.add_hashes(&batch)?;
            batch.clear();
        }
    }
    bench.add_hashes(&batch)?;
    // A first opening builds the snapshot; the others find it.
    drop(Banks::open(bench.banks.store().clone())?);
    let mut openings = Vec::new();
    for _ in 0..OPENINGS {
        let start = Instant::now();
        let banks = Banks::open(bench.banks.store().clone())?;
        openings.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(
            banks.rows().0 as u64 == entries,
            "the snapshot has {} rows",
            banks.rows().0
        );
    }
    let banks = Banks::open(bench.banks.store().clone())?;
    let mut times = Vec::new();
    for k in 0..ADDS as u64 {
        let hash = random_hash(u64::MAX - k);
        let start = Instant::now();
        bench.add_hashes(&[hash])?;
        banks.refresh()?;
        let found = banks.near_hash(&hash.with_flipped(9), 31);
        times.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(
            found.first().is_some_and(|(_, distance)| *distance == 1),
            "an added entry is not found"
        );
    }
    times.sort_by(f64::total_cmp);
    openings.sort_by(f64::total_cmp);
    println!(
        "{}",
        serde_json::json!({
            "entries": entries, "adds": ADDS, "added_ms_p50": times[ADDS / 2], "added_ms_p99": times[ADDS * 99 / 100],
            "open_ms": openings[OPENINGS / 2], "open_runs": OPENINGS,
        })
    );
    Ok(())
}
