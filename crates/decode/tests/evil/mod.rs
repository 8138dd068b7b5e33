//! Runs the attempts and judges them.

pub(crate) mod attempts;
pub(crate) mod container;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use basira_decode::Request;
use basira_decode::sandbox::{Protection, Sandbox, SandboxError, Settings};
use model::{HashMode, IncompleteReason};

use attempts::{ATTEMPTS, Attempt, Must};

/// The argument under which this program plays a container first.
pub(crate) const IN_CONTAINER: &str = "in-container";

const WALL: Duration = Duration::from_secs(3);

fn settings(required: Protection) -> Settings {
    Settings {
        required,
        memory: 512 << 20,
        cpu: Duration::from_secs(1),
        wall: WALL,
        ready: 4,
        tool: Default::default(),
    }
}

/// What became of an attempt.
fn outcome(sandbox: &Sandbox, item: &[u8]) -> (IncompleteReason, Duration) {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(item).unwrap();
    let request = Request::new(HashMode::Fast);
    let start = Instant::now();
    let contents = sandbox
        .begin(&file, item.len() as u64, &request)
        .unwrap()
        .finish();
    let took = start.elapsed();
    (contents.incomplete.into_iter().next().unwrap().reason, took)
}

fn is_as_it_must(attempt: &Attempt, reason: &IncompleteReason) -> bool {
    match attempt.must {
        // Ended by the kernel, or refused by it; the handler says "refused" only when it saw an error.
        Must::Fail => {
            *reason == IncompleteReason::Forbidden
                || matches!(reason, IncompleteReason::Malformed { why } if why.starts_with("refused"))
        }
        Must::BeEnded(expected) => expected().contains(reason),
    }
}

/// Runs all attempts, several at a time, and honest items between them.
pub(crate) fn suite(title: &str, levels: &[Protection]) {
    let sandbox = Sandbox::start(settings(Protection::Filter)).unwrap();
    let found = sandbox.posture();
    println!("{title}: {found:?}");
    assert!(levels.contains(&found.protection()), "{found:?}");
    let before = open_descriptors();
    let left = Mutex::new((0..ATTEMPTS.len()).rev().collect::<Vec<_>>());
    let seen: Mutex<BTreeMap<usize, (IncompleteReason, Duration)>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(number) = { left.lock().unwrap().pop() } {
                    let result = outcome(&sandbox, &[number as u8]);
                    seen.lock().unwrap().insert(number, result);
                    // A neighbour is not affected.
                    let (honest, _) = outcome(&sandbox, &[attempts::HONEST]);
                    assert_eq!(honest, IncompleteReason::Truncated);
                }
            });
        }
    });
    let seen = seen.into_inner().unwrap();
    let mut escaped = Vec::new();
    for (attempt, (reason, took)) in ATTEMPTS.iter().zip(seen.values()) {
        println!("  {:40} {reason} ({} ms)", attempt.name, took.as_millis());
        if !is_as_it_must(attempt, reason) || *took > WALL + Duration::from_secs(2) {
            escaped.push(format!("{}: {reason:?} after {took:?}", attempt.name));
        }
    }
    println!("{} attempts, {} escaped", ATTEMPTS.len(), escaped.len());
    assert!(escaped.is_empty(), "{escaped:#?}");
    assert!(ATTEMPTS.len() >= 40);
    assert_eq!(open_descriptors(), before, "descriptors are left open");
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

pub(crate) fn the_supervisor_goes_on_after_its_server_was_ended() {
    let sandbox = Sandbox::start(settings(Protection::Filter)).unwrap();
    let own = std::process::id().to_string();
    let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap();
    for child in children.split_whitespace() {
        let child: i32 = child.parse().unwrap();
        assert_eq!(attempts::kill(child), 0);
    }
    for _ in 0..10 {
        let (honest, _) = outcome(&sandbox, &[attempts::HONEST]);
        assert_eq!(honest, IncompleteReason::Truncated);
    }
    println!("the server was ended and started again");
}

/// In the container all layers are not to be had; and what is no fork server gives none.
pub(crate) fn less_protection_than_required_is_refused() {
    let full = Sandbox::start(settings(Protection::Full));
    assert!(matches!(
        full,
        Err(SandboxError::Weak {
            required: Protection::Full,
            ..
        })
    ));
    let sandbox = Sandbox::start_program(std::path::Path::new("/bin/true"), settings(Protection::None));
    assert!(matches!(sandbox, Err(SandboxError::Broken(_))), "{sandbox:?}");
}
