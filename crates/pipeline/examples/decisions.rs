//! Measures decisions by the thousand: made and recorded, made again, verified, and a draft tried on them.
//!
//! `cargo run --release -p basira-pipeline --example decisions -- --decisions 100000`

#![expect(
    clippy::unwrap_used,
    reason = "a bench that panics has failed, which is what is wanted"
)]

#[path = "../tests/policies/made.rs"]
mod made;

use std::ops::ControlFlow;
use std::time::Instant;

use basira_pipeline::policies::{Desk, Effect, backtest, replay_all};
use jiff::Timestamp;
use serde_json::json;
use testkit::policies::queueing;

use made::{decide, file, with_policies};

/// Seconds that something takes, and what it gives.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let made = work();
    (begun.elapsed().as_secs_f64(), made)
}

fn main() {
    let decisions: u64 = std::env::args()
        .nth(2)
        .map_or(10_000, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let store = with_policies(folder.path());
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
