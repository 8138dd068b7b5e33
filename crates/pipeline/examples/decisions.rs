//! Measures decisions by the thousand: made and recorded, made again, verified, a draft tried on them; and a set of fifty
//! policies tried on many more, read from the store one after the other.
//!
//! `cargo run --release -p basira-pipeline --example decisions -- --decisions 100000 --snapshots 3000000`

#![expect(
    clippy::unwrap_used,
    reason = "a bench that panics has failed, which is what is wanted"
)]

#[path = "../tests/policies/made.rs"]
mod made;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use basira_pipeline::policies::{Desk, Effect, backtest, replay_all};
use jiff::Timestamp;
use policy::{PolicySet, SourceFile};
use serde_json::json;
use testkit::policies::queueing;

use made::{decide, file, record_many, with_policies};

/// Policies of the set that is tried on many snapshots.
const POLICIES: usize = 50;

/// Seconds that something takes, and what it gives.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let made = work();
    (begun.elapsed().as_secs_f64(), made)
}

/// A number after a word of the command line.
fn argument(name: &str, otherwise: u64) -> u64 {
    let words: Vec<String> = std::env::args().collect();
    let found = words.iter().position(|word| word == name);
    found.map_or(otherwise, |at| words[at + 1].parse().unwrap())
}

/// CPU seconds of this process so far, and the most memory it has had, in MB; nothing where there is no `/proc`.
fn spent() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|word| word.parse::<f64>().ok()).sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    // Linux counts in hundredths on every architecture.
    (ticks / 100.0, kib.unwrap_or_default() / 1024.0)
}

/// Tells on standard error how far something has come, twenty times.
fn progress(what: &'static str, of: u64) -> impl FnMut(u64) {
    let mut told = 0;
    move |done| {
        if done * 20 / of.max(1) > told {
            told = done * 20 / of.max(1);
            eprintln!("{what}: {done} of {of}");
        }
    }
}

fn main() {
    let decisions = argument("--decisions", 10_000);
    let snapshots = argument("--snapshots", 30_000);
    let folder = tempfile::tempdir().unwrap();
    few(folder.path(), decisions);
    drop(folder);
    let folder = tempfile::tempdir().unwrap();
    many(folder.path(), snapshots);
}

/// Decisions that are made, made again, verified, and a draft that is tried on them.
fn few(folder: &Path, decisions: u64) {
    let store = with_policies(folder);
    let go_on = || ControlFlow::Continue(());
    let (made_s, ()) = timed(|| decide(&store, decisions));
    let (again_s, again) = timed(|| replay_all(&store, Timestamp::MIN, None, go_on).unwrap());
    let (verified_s, verified) = timed(|| store.verify_decisions(|| ()).unwrap());
    let draft = [file("b.toml", &queueing("draft"))];
    let (set, about) = Desk::new(&store).with_in_use(&draft).unwrap();
    let effect = Effect::of(&set, about);
    let (tried_s, tried) = timed(|| backtest(&store, &effect, None, Timestamp::MIN, go_on).unwrap());
    assert!(again.different == 0 && verified.decisions == decisions && tried.items == decisions);
    println!(
        "{}",
        json!({
            "decisions": decisions, "same": again.same, "made_s": made_s, "again_s": again_s,
            "verified_s": verified_s, "tried_s": tried_s,
        })
    );
}

/// Fifty policies, tried on what is read from the store.
fn many(folder: &Path, snapshots: u64) {
    let store = with_policies(folder);
    let (recorded_s, ()) = timed(|| record_many(&store, snapshots, progress("recorded", snapshots)));
    let set = PolicySet::check_draft(&fifty())
        .map_err(|found| found[0].to_string())
        .unwrap();
    let effect = Effect::of(&set, []);
    let (cpu, before_mb) = spent();
    let mut tell = progress("tried", snapshots);
    let mut done = 0;
    let each = || {
        done += 1;
        tell(done);
        ControlFlow::Continue(())
    };
    let (wall_s, found) = timed(|| backtest(&store, &effect, None, Timestamp::MIN, each).unwrap());
    let (after, after_mb) = spent();
    assert_eq!((found.items, found.unreadable), (snapshots, 0));
    let files = std::fs::read_dir(folder.join("data")).unwrap();
    let bytes: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    println!(
        "{}",
        json!({
            "snapshots": snapshots, "policies": set.policies().len(), "recorded_s": recorded_s, "wall_s": wall_s,
            "cpu_s": after - cpu, "acted": found.acted, "mb_before": before_mb, "mb_after": after_mb,
            "database_mb": bytes as f64 / 1e6,
        })
    );
}

/// Policies like those that are shipped, each under another id.
fn fifty() -> Vec<SourceFile> {
    let shipped = PolicySet::shipped_files();
    let (mut files, policies): (Vec<SourceFile>, Vec<SourceFile>) =
        shipped.into_iter().partition(|file| !file.name.contains('/'));
    for number in 0..POLICIES {
        let file = &policies[number % policies.len()];
        let id = format!("id = \"n{number}.");
        files.push(SourceFile {
            name: format!("{number}/{}", file.name),
            text: file.text.replacen("id = \"", &id, 1),
        });
    }
    files
}
