//! `cargo xtask soak`: the property tests again and again with fresh seeds, and the fuzz targets from where they were,
//! until the time is up.
//!
//! proptest draws a new seed in every process and writes what fails to `proptest-regressions`, which belongs into the
//! next commit. `PROPTEST_CASES` lengthens the tests that set no number themselves. Tests with a generator of their own
//! take `BASIRA_SEED`, which every round sets anew and prints.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::fuzz;
use crate::shell::cargo;

/// The rooms whose properties are held against an oracle or against arbitrary bytes.
const ROOMS: [&str; 7] = [
    "basira-model",
    "basira-fingerprint",
    "basira-index",
    "basira-text",
    "basira-decode",
    "basira-store",
    "basira-pipeline",
];

/// Cases of a property in a round; 256 is proptest's own number.
const CASES: &str = "2048";

/// Runs rounds until `duration` (like `4h`, `30m`, `90s`) has passed; a round that has begun is finished.
pub(crate) fn run(duration: &str) -> Result<()> {
    let duration = parse(duration)?;
    let began = Instant::now();
    let (mut rounds, mut tests) = (0u32, 0u64);
    while rounds == 0 || began.elapsed() < duration {
        // Nanoseconds of the clock are as good as any seed; it is printed so that a failure can be repeated.
        let seed = u64::from(jiff::Timestamp::now().subsec_nanosecond().unsigned_abs());
        for room in ROOMS {
            tests += round(room, seed)
                .with_context(|| format!("round {}, BASIRA_SEED={seed}, {room}", rounds + 1))?;
        }
        tests += long_texts(seed).with_context(|| format!("round {}, BASIRA_SEED={seed}", rounds + 1))?;
        tests += crowds(seed).with_context(|| format!("round {}", rounds + 1))?;
        tests += power_loss(seed).with_context(|| format!("round {}, BASIRA_SEED={seed}", rounds + 1))?;
        fuzz::run(fuzz::SECONDS, fuzz::Start::Fresh)?;
        rounds += 1;
        println!(
            "round {rounds}, BASIRA_SEED={seed}: {tests} tests so far, {:.0} s of {:.0}",
            began.elapsed().as_secs_f64(),
            duration.as_secs_f64()
        );
    }
    println!("soaked: {rounds} rounds, {tests} tests passed, none failed");
    Ok(())
}

/// One round of a room; returns how many tests passed.
fn round(room: &str, seed: u64) -> Result<u64> {
    let mut test = cargo();
    test.args(["test", "--quiet", "-p", room, "--lib", "--tests"])
        .env("PROPTEST_CASES", CASES);
    run_test(test, seed)
}

/// Power that goes at every flush of a recording; in CI at a few only.
fn power_loss(seed: u64) -> Result<u64> {
    let mut test = cargo();
    test.args(["test", "--quiet", "-p", "basira", "--test", "cli", "power_loss"])
        .env("BASIRA_POINTS", "100000");
    run_test(test, seed % 1_000_000)
}

/// Texts of up to 100 MB; in CI they are short.
fn long_texts(seed: u64) -> Result<u64> {
    let mut test = cargo();
    test.args([
        "test",
        "--quiet",
        "-p",
        "basira-text",
        "--test",
        "hostile",
        "spans_are_right",
    ])
    .env("BASIRA_LONGEST", "100000000");
    run_test(test, seed)
}

/// Ten thousand slow connections, and how long others wait beside them.
fn crowds(seed: u64) -> Result<u64> {
    let mut test = cargo();
    test.args(["test", "--quiet", "-p", "basira", "--test", "cli", "slow_clients"])
        .env("BASIRA_SLOW", "10000");
    run_test(test, seed)
}

fn run_test(mut test: std::process::Command, seed: u64) -> Result<u64> {
    test.env("BASIRA_SEED", seed.to_string());
    let output = test.output().context("cannot start cargo")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!(
            "a test failed:\n{said}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(said.lines().filter_map(passed).sum())
}

/// The count in `test result: ok. 12 passed; 0 failed; …`.
pub(crate) fn passed(line: &str) -> Option<u64> {
    line.strip_prefix("test result: ok. ")?
        .split_once(" passed")?
        .0
        .parse()
        .ok()
}

fn parse(text: &str) -> Result<Duration> {
    let unit = text.chars().last().unwrap_or(' ');
    let scale = match unit {
        'h' => 3600,
        'm' => 60,
        's' => 1,
        _ => bail!("{text:?} is no duration; write 4h, 30m or 90s"),
    };
    let count: u64 = text
        .trim_end_matches(unit)
        .parse()
        .with_context(|| format!("{text:?} is no duration"))?;
    Ok(Duration::from_secs(count * scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        assert_eq!(parse("4h").unwrap(), Duration::from_secs(14_400));
        assert_eq!(parse("30m").unwrap(), Duration::from_secs(1_800));
        assert_eq!(parse("90s").unwrap(), Duration::from_secs(90));
        for wrong in ["", "4", "h", "-1h", "4 hours"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn passed_tests_are_counted() {
        assert_eq!(
            passed("test result: ok. 12 passed; 0 failed; 0 ignored"),
            Some(12)
        );
        assert_eq!(passed("running 12 tests"), None);
    }
}
