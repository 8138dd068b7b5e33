//! Recall over edits, per tier: how many edited copies of banked pictures are found.
//!
//! `--real FOLDER` takes real pictures (else generated ones), `--n` how many, `--fill` and `--media` the other entries
//! of the bank. One JSON object a line.

mod support;

use std::path::PathBuf;

use anyhow::Result;
use basira_pipeline::examine::match_decoded;
use basira_pipeline::robust::Tier;
use decode::Decoded;
use jiff::Timestamp;
use model::EntryId;
use support::{Bench, PEER, argument, decoded, distinct_pictures, on_all_cores, thread_cpu_seconds};
use testkit::Edit;

/// The peers' way, then our tiers.
const TIERS: [(&str, Option<Tier>); 4] = [
    (PEER, None),
    ("plain", Some(Tier::Plain)),
    ("standard", Some(Tier::Standard)),
    ("full", Some(Tier::Full)),
];

/// What looking an edited copy up gave, and what it cost.
struct LookedUp {
    /// The entry that it is a copy of.
    entry: EntryId,
    found: Vec<EntryId>,
    candidates: usize,
    cpu: f64,
}

fn look_up(bench: &Bench, tier: Option<Tier>, query: Decoded, entry: EntryId) -> Result<LookedUp> {
    let start = thread_cpu_seconds();
    let (found, candidates) = match tier {
        None => (bench.peer_finds(&query)?, 0),
        Some(tier) => {
            let examined = match_decoded(query, &bench.banks, tier, Timestamp::now())?;
            let found = examined.matches.iter().map(|m| m.entry).collect();
            (found, examined.candidates)
        }
    };
    let cpu = thread_cpu_seconds() - start;
    Ok(LookedUp {
        entry,
        found,
        candidates,
        cpu,
    })
}

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
            for (name, tier) in TIERS {
                let looked_up = on_all_cores(
                    (0u64..).zip(pictures.iter().zip(&entries)),
                    |(seed, (picture, entry))| {
                        look_up(&bench, tier, decoded(&edit.apply(picture, seed)), *entry)
                    },
                );
                let (mut hits, mut wrong, mut candidates, mut spent) = (0, 0, 0, 0.0);
                for seen in looked_up {
                    let seen = seen?;
                    hits += usize::from(seen.found.contains(&seen.entry));
                    wrong += usize::from(seen.found.iter().any(|found| *found != seen.entry));
                    candidates += seen.candidates;
                    spent += seen.cpu;
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
