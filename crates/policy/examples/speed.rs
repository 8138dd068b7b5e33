//! How fast policies are: one typical policy, 500 policies on an item, 50 policies over many snapshots.
//!
//! `cargo run --release -p basira-policy --example speed -- 30000` prints nanoseconds of one core as JSON lines.

use std::time::Instant;

use basira_policy::{
    Caps, Condition, Facts, Policy, PolicySet, Snapshot, SourceFile, Stage, Standing, Subject, Value, decide,
    decide_facts,
};
use model::Sha256;

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

fn snapshot(number: u64) -> Snapshot {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    let subject = Subject {
        item: format!("r-{number}"),
        sha256: Sha256::new(digest),
    };
    let mut snapshot = Snapshot::quiet(subject, "2027-01-01T00:00:00Z".parse().expect("a time"));
    let by = snapshot.producer("bench", "1", false);
    let record = |n: u64| {
        let json = serde_json::json!({
            "bank": "own-verified", "entry": n, "type": if n.is_multiple_of(3) { "pdq" } else { "text_passages" }, "method": "pdq",
            "whole": true, "trust": "active", "suppressed": false, "human_confirmed": n.is_multiple_of(2), "distance": n % 32,
            "similarity": 0.4, "labels": ["chess", "league"], "source": "local", "added_at": "2026-01-01T00:00:00Z",
            "hash_only": false, "quoted": n.is_multiple_of(5),
        });
        serde_json::from_value::<Value>(json).expect("a record")
    };
    // Most items match nothing.
    let matches = if number.is_multiple_of(10) {
        (0..3).map(|n| record(number + n)).collect()
    } else {
        Vec::new()
    };
    snapshot
        .set("matches", Value::List(matches), by)
        .expect("matches");
    snapshot
        .set("text.words", (number % 400) as i64, by)
        .expect("words");
    snapshot.set("item.source", "news-chess", by).expect("source");
    snapshot
}

/// Sets of any size, of policies like those that are shipped, each with a pattern and numbers of its own.
fn set(size: usize) -> PolicySet {
    let shipped = PolicySet::shipped_files();
    let (mut files, policies): (Vec<SourceFile>, Vec<SourceFile>) =
        shipped.into_iter().partition(|file| !file.name.contains('/'));
    for number in 0..size {
        let file = &policies[number % policies.len()];
        let text: String = file
            .text
            .lines()
            .map(|line| match line.strip_prefix("id = \"") {
                Some(rest) => format!("id = \"n{number}.{rest}\n"),
                None => format!("{line}\n"),
            })
            .collect();
        files.push(SourceFile {
            name: format!("{number}/{}", file.name),
            text,
        });
    }
    PolicySet::check_draft(&files)
        .map_err(|found| found[0].to_string())
        .expect("a right set")
}

fn standing(policy: &Policy) -> Standing {
    Standing {
        version: policy.version(),
        stage: Stage::Enforce,
        author: "a".to_owned(),
        approved_by: ["b".to_owned(), "c".to_owned()].into(),
        automation_by: ["b".to_owned(), "c".to_owned()].into(),
        emergency: None,
    }
}

#[expect(clippy::disallowed_methods, reason = "how many is an argument")]
fn arguments() -> Option<String> {
    std::env::args().nth(1)
}

fn main() {
    let count: u64 = arguments().and_then(|text| text.parse().ok()).unwrap_or(3000);
    let snapshots: Vec<Snapshot> = (0..count.min(3000)).map(snapshot).collect();
    let facts: Vec<Facts> = snapshots.iter().map(Facts::of).collect();

    let typical = "matches.exists(m, m.type in ['pdq', 'vpdq'] && m.trust == 'active' && !m.suppressed && m.distance <= 24) \
         && (text.words > 20 || item.source.matches('^news-')) && text.context != 'reporting'";
    let condition = Condition::check(typical)
        .map_err(|found| found.to_string())
        .expect("a condition");
    let begun = now();
    let mut held = 0;
    for _ in 0..20 {
        held += facts
            .iter()
            .filter(|facts| condition.truth(facts) == basira_policy::Truth::True)
            .count();
    }
    let each = begun.elapsed().as_nanos() as f64 / (20 * facts.len()) as f64;
    println!(
        "{}",
        serde_json::json!({ "what": "a typical condition", "ns": each, "held": held })
    );

    for size in [14, 50, 500] {
        let set = set(size);
        let stages = set.stages(standing);
        let caps = Caps::default();
        let mut times: Vec<u128> = Vec::new();
        let mut chosen = 0;
        for snapshot in &snapshots {
            let begun = now();
            chosen += decide(&set, &stages, snapshot, &caps).chosen.len();
            times.push(begun.elapsed().as_nanos());
        }
        times.sort_unstable();
        let mean = times.iter().sum::<u128>() as f64 / times.len() as f64;
        println!(
            "{}",
            serde_json::json!({
                "what": format!("{size} policies on an item"), "mean_ns": mean, "a_policy_ns": mean / size as f64,
                "p99_ns": times[times.len() * 99 / 100] as u64, "chosen": chosen,
            })
        );
    }

    // A backtest: snapshots as they are stored, read and decided one after the other.
    let set = set(50);
    let stages = set.stages(standing);
    let lines: Vec<String> = snapshots
        .iter()
        .map(|snapshot| serde_json::to_string(snapshot).expect("JSON"))
        .collect();
    let bytes: usize = lines.iter().map(String::len).sum();
    let begun = now();
    let mut read = 0;
    for number in 0..count {
        let line = &lines[(number % lines.len() as u64) as usize];
        let snapshot: Snapshot = serde_json::from_str(line).expect("a snapshot");
        let outcome = decide_facts(&set, &stages, &Facts::of(&snapshot), &Caps::default());
        read += usize::from(!outcome.results.is_empty());
    }
    let spent = begun.elapsed().as_secs_f64();
    println!(
        "{}",
        serde_json::json!({
            "what": format!("50 policies x {count} snapshots, with reading"), "seconds": spent,
            "us_a_snapshot": spent * 1e6 / count as f64, "bytes_a_snapshot": bytes / lines.len(), "decided": read,
            "minutes_for_3_million": spent / count as f64 * 3e6 / 60.0,
        })
    );
}
