//! The rate of a scan beside that of reading, digests and decoding alone, and its memory.
//!
//! `--folder` takes the files; `--quick` makes fewer. Photographs are generated, with noise as a sensor adds it, for
//! without it their JPEG decodes faster than that of a camera.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use basira_pipeline::robust::Tier;
use basira_pipeline::scan::{ScanOptions, run};
use decode::sandbox::{Settings, serve_if_asked};
use decode::{Decoder, Request};
use fingerprint::digest::Digests;
use jiff::Timestamp;
use model::HashMode;
use support::{Bench, argument, cpu_seconds, random_hash, write_photos};
use testkit::{encode, photo};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

const THREADS: usize = 2;
const ENTRIES: u64 = 100_000;

fn main() -> Result<()> {
    serve_if_asked();
    let folder = PathBuf::from(argument("--folder", "target/scan-rate".to_owned()));
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (photos, copies) = if quick { (4, 5) } else { (10, 12) };
    let large = folder.join("4MP");
    let files = write_photos(&large, (2304, 1728), photos, copies)?;
    let empty = Bench::new()?;
    let full = Bench::new()?;
    for first in (0..ENTRIES).step_by(20_000) {
        let hashes: Vec<_> = (first..first + 20_000).map(random_hash).collect();
        full.add_hashes(&hashes)?;
    }
    full.banks.refresh()?;
    full.banks.fold(true)?;
    // Each in turn, three times, so that whatever else the machine does falls on all.
    for _ in 0..3 {
        measure("decode", &files, 4.0, 0, || decode_alone(&files))?;
        for (word, sandboxed) in [("in process", false), ("sandbox", true)] {
            measure(&format!("plain, {word}"), &files, 4.0, 0, || {
                scan(&empty, &large, Tier::Plain, sandboxed)
            })?;
            measure(&format!("standard, {word}"), &files, 4.0, ENTRIES, || {
                scan(&full, &large, Tier::Standard, sandboxed)
            })?;
        }
    }
    for count in if quick { [1_000, 5_000] } else { [1_000, 100_000] } {
        let small = folder.join(format!("small-{count}"));
        let files = write_small(&small, count)?;
        measure(
            "standard, sandbox, small pictures",
            &files,
            0.003,
            ENTRIES,
            || scan(&full, &small, Tier::Standard, true),
        )?;
    }
    Ok(())
}

fn measure(
    what: &str,
    files: &[PathBuf],
    megapixels: f64,
    entries: u64,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    work()?;
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let n = files.len() as f64;
    println!(
        "{}",
        serde_json::json!({
            "what": what, "files": files.len(), "megapixels": megapixels, "entries": entries, "threads": THREADS,
            "files_per_s": n / wall, "cpu_ms_per_file": cpu * 1e3 / n, "peak_mib": peak_mib(),
        })
    );
    Ok(())
}

/// Starts and ends the sandbox too: its processes' time is known only when they are gone.
fn scan(bench: &Bench, folder: &Path, tier: Tier, sandboxed: bool) -> Result<()> {
    let decoder = if sandboxed {
        Decoder::start(Settings {
            ready: THREADS + 1,
            ..Settings::default()
        })?
    } else {
        Decoder::InProcess
    };
    let store = bench.banks.store();
    let session = store.begin_scan("rate", "", Timestamp::now())?;
    let options = ScanOptions {
        decoder: &decoder,
        request: Request::new(HashMode::Fast),
        tier,
        threads: THREADS,
        now: Timestamp::now(),
    };
    run(
        &bench.banks,
        &session,
        &[folder.to_owned()],
        &options,
        &AtomicBool::new(false),
        &|_| {},
    )?;
    Ok(store.delete_scan(session.id)?)
}

/// Reads, digests and decodes to luma, and does nothing with it.
fn decode_alone(files: &[PathBuf]) -> Result<()> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let worker = || -> Result<()> {
            let mut kept = 0usize;
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let bytes = fs::read(file)?;
                std::hint::black_box(Digests::of(&bytes));
                let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
                let pixels = JpegDecoder::new_with_options(ZCursor::new(&bytes), options).decode();
                kept += std::hint::black_box(pixels.ok().context("no JPEG")?).len();
            }
            std::hint::black_box(kept);
            Ok(())
        };
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|_| anyhow::bail!("a worker failed")))
    })
}

/// Small pictures, each different by a comment behind its end.
fn write_small(folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let samples: Vec<Vec<u8>> = (0..64)
        .map(|seed| encode::jpeg(&photo(seed, 64, 48), 80))
        .collect();
    let mut files = Vec::new();
    for k in 0..count {
        let path = folder.join(format!("{k:06}.jpg"));
        let mut bytes = samples[k % samples.len()].clone();
        bytes.extend(k.to_le_bytes());
        fs::write(&path, &bytes)?;
        files.push(path);
    }
    Ok(files)
}

/// Highest memory of this process so far, in MiB.
fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or_default();
    line.trim()
        .trim_end_matches(" kB")
        .parse::<f64>()
        .unwrap_or(f64::NAN)
        / 1024.0
}
