//! The sandbox with honest decoders: what it answers is what decoding here would give.
//!
//! Started by hand and not by the test harness, for the sandbox starts this program once more.
#![allow(clippy::unwrap_used, reason = "a test")]

#[cfg(target_os = "linux")]
use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

#[cfg(target_os = "linux")]
use basira_decode::{
    Contents, Request, decode,
    sandbox::{Sandbox, Settings, serve_if_asked},
};
#[cfg(target_os = "linux")]
use model::{HashMode, IncompleteReason};

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("there is a sandbox on Linux only");
}

#[cfg(target_os = "linux")]
fn main() {
    serve_if_asked();
    let sandbox = Sandbox::start(Settings::default()).unwrap();
    println!("{:?}", sandbox.posture());
    answers_are_those_of_decoding_here(&sandbox);
    limits_are_named(&sandbox);
    a_file_that_shrinks_is_incomplete(&sandbox);
    many_at_once(&sandbox);
    the_server_goes_with_its_sandbox(sandbox);
}

#[cfg(target_os = "linux")]
fn file(bytes: &[u8]) -> File {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

#[cfg(target_os = "linux")]
fn answer(sandbox: &Sandbox, bytes: &[u8], request: &Request) -> Contents {
    let item = file(bytes);
    let pending = sandbox.begin(&item, bytes.len() as u64, request);
    pending.unwrap().finish()
}

/// Files of every kind, whole and broken.
#[cfg(target_os = "linux")]
fn files() -> Vec<Vec<u8>> {
    let picture = testkit::photo(3, 900, 600);
    let whole = [
        testkit::encode::jpeg(&picture, 85),
        testkit::encode::png(&picture),
        testkit::encode::bmp(&picture),
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec(),
    ];
    let mut files = vec![Vec::new(), b"a text".to_vec(), b"%PDF-1.7".to_vec()];
    for bytes in whole {
        files.push(bytes[..bytes.len() / 2].to_vec());
        files.push(bytes);
    }
    files
}

#[cfg(target_os = "linux")]
fn answers_are_those_of_decoding_here(sandbox: &Sandbox) {
    for mode in [HashMode::Fast, HashMode::Exact] {
        let request = Request::new(mode);
        for bytes in files() {
            let found = answer(sandbox, &bytes, &request);
            let want = decode(&bytes, &request);
            assert_eq!(
                (found.kind, &found.pictures, &found.incomplete),
                (want.kind, &want.pictures, &want.incomplete)
            );
        }
    }
}

#[cfg(target_os = "linux")]
fn limits_are_named(sandbox: &Sandbox) {
    let picture = testkit::encode::jpeg(&testkit::photo(3, 400, 300), 85);
    let mut request = Request::new(HashMode::Fast);
    request.limits.max_pixels = 1_000;
    let reason = answer(sandbox, &picture, &request).incomplete.remove(0).reason;
    assert_eq!(
        reason,
        IncompleteReason::Pixels {
            found: 120_000,
            limit: 1_000
        }
    );
    request.limits.max_bytes = 100;
    let reason = answer(sandbox, &picture, &request).incomplete.remove(0).reason;
    let found = picture.len() as u64;
    assert_eq!(reason, IncompleteReason::Bytes { found, limit: 100 });

    let no_time = Settings {
        wall: Duration::ZERO,
        ..Settings::default()
    };
    let hurried = Sandbox::start(no_time).unwrap();
    let reason = answer(&hurried, &picture, &Request::new(HashMode::Fast))
        .incomplete
        .remove(0)
        .reason;
    assert_eq!(reason, IncompleteReason::Time);
}

/// Its end is not there any more when the worker reads it.
#[cfg(target_os = "linux")]
fn a_file_that_shrinks_is_incomplete(sandbox: &Sandbox) {
    let item = file(&testkit::encode::bmp(&testkit::photo(3, 400, 300)));
    let size = item.metadata().unwrap().len();
    item.set_len(100).unwrap();
    let contents = sandbox
        .begin(&item, size, &Request::new(HashMode::Fast))
        .unwrap()
        .finish();
    assert_eq!(contents.incomplete.len(), 1, "{contents:?}");
}

#[cfg(target_os = "linux")]
fn many_at_once(sandbox: &Sandbox) {
    let bytes = testkit::encode::jpeg(&testkit::photo(5, 300, 200), 85);
    let request = Request::new(HashMode::Fast);
    let want = decode(&bytes, &request).contents.pictures;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let found = answer(sandbox, &bytes, &request);
                    assert!(found.pictures == want, "{:?}", found.incomplete);
                }
            });
        }
    });
}

/// Neither the server nor a worker is left behind.
#[cfg(target_os = "linux")]
fn the_server_goes_with_its_sandbox(sandbox: Sandbox) {
    let own = std::process::id();
    let children = || std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap();
    let server = children().split_whitespace().last().unwrap().to_owned();
    let workers = format!("/proc/{server}/task/{server}/children");
    let workers: Vec<String> = std::fs::read_to_string(workers)
        .unwrap()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert!(!workers.is_empty());
    drop(sandbox);
    assert!(!children().contains(&server));
    let start = Instant::now();
    while workers.iter().any(|pid| Path::new("/proc").join(pid).exists()) {
        assert!(start.elapsed() < Duration::from_secs(20), "{workers:?} are left");
        std::thread::sleep(Duration::from_millis(5));
    }
}
