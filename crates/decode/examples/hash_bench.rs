//! CPU time a file, in milliseconds (median), for every folder named: decoding alone (digests, pixels, hashes and
//! thumbnail apart), the three digests, and from bytes to hashes, per mode and kind. One JSON line each.
//!
//! Memory is allocated as in the workers of the sandbox, by starting this program once more.
//!
//! `cargo run --release -p basira-decode --example hash_bench -- [--repeat N] FOLDER…`

use std::collections::BTreeMap;
use std::path::Path;

use basira_decode::sandbox::ALLOCATOR;
use basira_decode::{FileKind, Request, decode};
use fingerprint::digest::Digests;
use model::HashMode;
use rustix::time::{ClockId, clock_gettime};

/// CPU time of this thread in milliseconds: what other programs do does not count.
fn cpu() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
}

fn took<T>(work: impl FnOnce() -> T) -> f64 {
    let before = cpu();
    std::hint::black_box(work());
    cpu() - before
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn bench(folder: &str, kind: FileKind, files: &[Vec<u8>], repeat: usize) {
    let each = |work: &dyn Fn(&[u8])| {
        let runs = (0..repeat).flat_map(|_| files);
        median(runs.map(|file| took(|| work(file))).collect())
    };
    let digests = each(&|file| {
        std::hint::black_box(Digests::of(file));
    });
    let whole = |mode| {
        each(&|file| {
            std::hint::black_box(decode(file, &Request::new(mode)));
        })
    };
    let (fast, exact) = (whole(HashMode::Fast), whole(HashMode::Exact));
    println!(
        "{{\"folder\":{folder:?},\"kind\":\"{kind}\",\"files\":{},\"bytes\":{},\"digests_ms\":{digests:.2},\
         \"fast_ms\":{fast:.2},\"exact_ms\":{exact:.2},\"fast_without_digests_ms\":{:.2},\
         \"exact_without_digests_ms\":{:.2}}}",
        files.len(),
        files.iter().map(Vec::len).sum::<usize>() / files.len(),
        fast - digests,
        exact - digests,
    );
}

fn main() -> std::io::Result<()> {
    let (variable, value) = ALLOCATOR;
    if std::env::var_os(variable).is_none_or(|set| set != value) {
        let mut again = std::process::Command::new(std::env::current_exe()?);
        let status = again
            .args(std::env::args().skip(1))
            .env(variable, value)
            .status()?;
        std::process::exit(status.code().unwrap_or(1));
    }
    let mut repeat = 5;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--repeat" {
            repeat = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(repeat);
            continue;
        }
        let mut kinds: BTreeMap<&str, (FileKind, Vec<Vec<u8>>)> = BTreeMap::new();
        for entry in std::fs::read_dir(Path::new(&argument))? {
            let bytes = std::fs::read(entry?.path())?;
            let kind = FileKind::of(&bytes);
            kinds
                .entry(kind.name())
                .or_insert_with(|| (kind, Vec::new()))
                .1
                .push(bytes);
        }
        for (kind, files) in kinds.values() {
            bench(&argument, *kind, files, repeat);
        }
    }
    Ok(())
}
