//! Runs bad files through the sandbox and watches the supervisor: what the test, the bench and whoever wants to see one
//! of them again share.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use basira_decode::sandbox::{Sandbox, Settings};
use basira_decode::{Contents, Request, decode};
use model::{HashMode, IncompleteReason};
use testkit::special::BadFiles;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Files that were tried.
    pub(crate) files: u64,
    /// How many ended how: `complete`, or the reason's name.
    pub(crate) endings: BTreeMap<String, u64>,
    /// What must not be: number, how it was made, what happened.
    pub(crate) wrong: Vec<String>,
    /// The longest that one took.
    pub(crate) slowest: Duration,
    /// Memory of this process that was added after the first two hundred files, in kB.
    pub(crate) growth_kb: i64,
}

fn settings() -> Settings {
    Settings {
        memory: 1 << 30,
        cpu: Duration::from_secs(4),
        wall: Duration::from_secs(8),
        ..Settings::default()
    }
}

/// Tries the bad files with these numbers, and after every fiftieth a good one.
pub(crate) fn run(numbers: std::ops::Range<u64>) -> Result<Seen, Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(settings())?;
    let bad = BadFiles::default();
    let request = Request::new(HashMode::Fast);
    let good = testkit::encode::jpeg(&testkit::photo(1, 200, 150), 85);
    let want = decode(&good, &request).contents.pictures;
    let mut seen = Seen::default();
    let mut memory = None;
    for number in numbers {
        let file = bad.get(number);
        let start = Instant::now();
        let found = examine(&sandbox, &file.bytes, &request)?;
        let took = start.elapsed();
        let mut complain = |what: String| seen.wrong.push(format!("{number} ({}): {what}", file.how));
        if took > settings().wall + Duration::from_secs(4) {
            complain(format!("took {took:?}"));
        }
        let ending = ending(&found);
        if ["crashed", "forbidden"].contains(&ending.as_str()) {
            complain(ending.clone());
        }
        if file.bytes.is_empty() != (ending == "empty") {
            complain(ending.clone());
        }
        if number % 50 == 0 && examine(&sandbox, &good, &request)?.pictures != want {
            complain("a good file was read wrongly after it".to_owned());
        }
        *seen.endings.entry(ending).or_default() += 1;
        seen.slowest = seen.slowest.max(took);
        seen.files += 1;
        if seen.files == 200 {
            memory = resident_kb();
        }
    }
    seen.growth_kb = memory
        .zip(resident_kb())
        .map_or(0, |(before, after)| after - before);
    Ok(seen)
}

fn examine(
    sandbox: &Sandbox,
    bytes: &[u8],
    request: &Request,
) -> Result<Contents, Box<dyn std::error::Error>> {
    let mut item: File = tempfile::tempfile()?;
    item.write_all(bytes)?;
    item.seek(SeekFrom::Start(0))?;
    Ok(sandbox.begin(&item, bytes.len() as u64, request)?.finish())
}

fn ending(contents: &Contents) -> String {
    contents.incomplete.first().map_or_else(
        || "complete".to_owned(),
        |gap| match &gap.reason {
            IncompleteReason::Malformed { .. } => "malformed".to_owned(),
            IncompleteReason::Unsupported { .. } => "unsupported".to_owned(),
            reason => reason
                .to_string()
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned(),
        },
    )
}

/// Memory of this process, in kB.
fn resident_kb() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
