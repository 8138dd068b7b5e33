//! Recall over edits, per tier: how many edited copies of banked pictures are found.
//!
//! `--real FOLDER` takes real pictures (else generated ones), `--n` how many, `--fill` and `--media` the other entries
//! of the bank. One JSON object a line.

mod support;

use std::path::PathBuf;

use anyhow::Result;
use basira_pipeline::examine::match_decoded;
use basira_pipeline::robust::Tier;
use jiff::Timestamp;
use support::{Bench, PEER, argument, cpu_seconds, decoded, distinct_pictures};
use testkit::Edit;

fn main() -> Result<()> {
    let folder: String = argument("--real", String::new());
    let folder = (!folder.is_empty()).then(|| PathBuf::from(folder));
    let n = argument("--n", 60);
    let bench = Bench::new()?;
    let pictures = distinct_pictures(folder.as_deref(), n, 640)?;
    let hash_only = argument("--hash-only", 0) == 1;
    let entries = bench.add(&pictures, hash_only)?;
    bench.fill(argument("--fill", 0), argument("--media", 0))?;
    let source = if folder.is_some() { "real" } else { "generated" };
    let (rows, windows) = bench.banks.rows();
    let gates = basira_pipeline::gates::gates(rows, windows);
    eprintln!(
        "{} {source} pictures banked, {rows} rows, {windows} windows, gates {gates:?}",
        pictures.len()
    );
    for (class, edits) in [("hard", &Edit::ALL_HARD[..]), ("plain", &Edit::PLAIN[..])] {
        for edit in edits {
            for (name, tier) in [
                (PEER, Tier::Plain),
                ("plain", Tier::Plain),
                ("standard", Tier::Standard),
                ("full", Tier::Full),
            ] {
                let (mut hits, mut wrong, mut candidates) = (0, 0, 0);
                let mut spent = 0.0;
                for (seed, (picture, entry)) in (0u64..).zip(pictures.iter().zip(&entries)) {
                    let query = decoded(&edit.apply(picture, seed));
                    let start = cpu_seconds();
                    let found = match_decoded(query, &bench.banks, tier, Timestamp::now())?;
                    spent += cpu_seconds() - start;
                    let seen = || {
                        found
                            .matches
                            .iter()
                            .filter(|m| name != PEER || m.method.is_whole_picture())
                    };
                    hits += usize::from(seen().any(|m| m.entry == *entry));
                    wrong += usize::from(seen().any(|m| m.entry != *entry));
                    candidates += found.candidates;
                    for m in seen().filter(|m| m.entry != *entry) {
                        eprintln!(
                            "  other entry: {} {} picture {seed} -> {} {}",
                            edit.name(),
                            name,
                            m.entry,
                            m.method
                        );
                    }
                }
                let n = pictures.len();
                println!(
                    "{}",
                    serde_json::json!({
                        "tier": name, "class": class, "edit": edit.name(), "source": source, "n": n, "hits": hits,
                        "other_entries": wrong, "cpu_ms": spent * 1e3 / n as f64,
                        "candidates": candidates as f64 / n as f64, "rows": rows, "windows": windows,
                    })
                );
            }
        }
    }
    Ok(())
}
