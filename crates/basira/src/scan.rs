//! `basira scan`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use fingerprint::digest::Digests;
use jiff::Timestamp;
use pipeline::banks::Banks;
use pipeline::scan::{Ending, ScanOptions, path_bytes, run as run_scan};
use store::Scan;

use crate::args::{PlaceArguments, ScanOptions as Options};
use crate::claim::Claim;
use crate::exit::Outcome;
use crate::progress::ScanBar;
use crate::scan_output::{self, Facts};

pub(crate) fn run(place: &PlaceArguments, options: &Options) -> Result<Outcome> {
    let banks = place.banks_to_match()?;
    let stop = stop_on_interrupt()?;
    scan(&banks, options, &stop)
}

/// Ends a scan at the first interrupt; a second one ends the process at once.
fn stop_on_interrupt() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .context("interrupts cannot be caught")?;
    Ok(stop)
}

/// Scans, prints and writes the reports.
pub(crate) fn scan(banks: &Banks, options: &Options, stop: &AtomicBool) -> Result<Outcome> {
    let started_at = Timestamp::now();
    // A path that does not exist is reported as a file.
    let roots: Vec<PathBuf> = options.paths.clone();
    let name = name(options);
    let _claim = Claim::take(banks.store().folder(), &name)?;
    let session = session(banks, options, &name, started_at)?;
    let threads = options
        .threads
        .map(usize::from)
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let decoder = options.decoding.decoder(threads)?;
    let settings = ScanOptions {
        decoder: &decoder,
        request: options.decoding.request().with_texts(),
        tier: options.tier.tier(),
        threads,
        now: started_at,
    };
    let bar = ScanBar::new(options.quiet);
    let ending = run_scan(banks, &session, &roots, &settings, stop, &|progress| {
        bar.take(progress)
    })?;
    bar.finish();
    if ending == Ending::Interrupted {
        let counts = banks.store().scan_counts(session.id)?;
        let done = counts.matched + counts.no_match + counts.incomplete;
        eprintln!(
            "basira: interrupted; {done} files are done and recorded, and the same command goes on from there"
        );
        return Ok(Outcome::Incomplete);
    }
    if bar.resumed() > 0 {
        eprintln!("basira: resumed; {} files were done before", bar.resumed());
    }
    let facts = Facts {
        session: &session,
        started_at,
        finished_at: Timestamp::now(),
        request: settings.request,
        decoder: &decoder,
    };
    let outcome = scan_output::write(banks, options, &facts).context(
        "the scan is done and recorded, and the same command gives its results without doing it again",
    )?;
    // The results are with the caller now; names of files need not stay behind.
    banks.store().delete_scan(session.id)?;
    Ok(outcome)
}

/// The name of a scan: a digest of its paths, as they are given and as they are.
fn name(options: &Options) -> String {
    let mut identity = Vec::new();
    for path in &options.paths {
        let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
        identity.extend(path_bytes(&whole));
        identity.extend(path_bytes(path));
        identity.push(0);
    }
    Digests::of(&identity).sha256.to_string()
}

/// The recorded scan to go on with: one of the same paths whose results the caller never got, if the banks are the
/// same; else a new one.
fn session(banks: &Banks, options: &Options, name: &str, now: Timestamp) -> Result<Scan> {
    let store = banks.store();
    let switched_on: Vec<_> = store
        .banks()?
        .into_iter()
        .filter(|b| b.bank.is_matched())
        .map(|b| b.bank.name.to_string())
        .collect();
    let settings = format!(
        "{}; tier {}; {:?}; banks {} at {}",
        env!("CARGO_PKG_VERSION"),
        options.tier.name(),
        options.decoding.request().with_texts(),
        switched_on.join(" "),
        banks.seq()
    );
    if let Some(known) = store.scan(name)? {
        // One that has looked at everything is still there only if its results could not be printed or written.
        if known.settings == settings && !options.fresh {
            return Ok(known);
        }
        if !options.fresh {
            eprintln!(
                "basira: the interrupted scan of these paths had other banks or options; beginning again"
            );
        }
        store.delete_scan(known.id)?;
    }
    Ok(store.begin_scan(name, &settings, now)?)
}
