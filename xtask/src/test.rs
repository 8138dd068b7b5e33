//! `cargo xtask test`: everything that must pass.

use std::time::Instant;

use anyhow::Result;

use crate::peers::{self, Build};
use crate::shell::{Steps, cargo, run as execute};
use crate::tools::{self, Background};
use crate::{fences, fuzz};

/// Runs all steps; stops at the first that fails.
pub(crate) fn run(with_peers: bool) -> Result<()> {
    let began = Instant::now();
    // Downloads wait for the network and building cargo-deny takes minutes: both run beside the first steps.
    let deny = Background::start("cargo-deny", tools::deny::install);
    let mut steps = Steps::default();
    // Before the peers, which ask apt-get too: it works for one at a time.
    steps.step("FFmpeg, Tesseract, strace, curl", tools::media::install)?;
    steps.step("C++", tools::compiler::install)?;
    steps.step("PostgreSQL", tools::postgres::install)?;
    steps.step("Chromium", tools::browser::install)?;
    let peers = with_peers.then(|| Background::start("peers", peers::install));

    steps.step("format", || {
        execute(cargo().args(["fmt", "--all", "--check"]))?;
        execute(cargo().args(["fmt", "--check", "--manifest-path", fuzz::MANIFEST]))
    })?;
    steps.step("fences", fences::run)?;
    steps.step("clippy", || {
        execute(cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]))
    })?;
    steps.step("documentation", || {
        let mut doc = cargo();
        doc.args(["doc", "--no-deps", "--workspace", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings");
        execute(&mut doc)
    })?;
    steps.step("unit, property, documentation and end-to-end tests", || {
        execute(cargo().args(["test", "--workspace", "--no-fail-fast"]))
    })?;
    steps.step(
        "the suites of store, pipeline and web on PostgreSQL",
        tools::postgres::suites,
    )?;
    steps.step("the console in Chromium", tools::browser::run)?;
    steps.step("fuzz targets, five minutes in all", || {
        fuzz::run(fuzz::SECONDS, fuzz::Start::Fixed)
    })?;
    steps.step("licences, bans, sources, advisories", || {
        tools::deny::check(&deny.finish()?)
    })?;
    if let Some(peers) = peers {
        steps.step("peers: Python packages and pictures", || peers.finish().map(drop))?;
        steps.step("peers: PDQ beside pdqhash", || peers::fidelity(Build::Tests))?;
        steps.step("bad files with which Go and Pillow test their readers", || {
            peers::suites(Build::Tests)
        })?;
        steps.step("the service beside its document, by schemathesis", || {
            peers::api(Build::Tests)
        })?;
        steps.step("peers: vPDQ beside vpdq and threatexchange", || {
            peers::films(Build::Tests)
        })?;
    }

    steps.summary(began.elapsed());
    if !with_peers {
        println!(
            "\nNOT RUN (--without-peers): THE COMPARISONS OF HASHES WITH PDQHASH AND VPDQ ON REAL PICTURES, THE BAD FILES \
             WITH WHICH GO AND PILLOW TEST THEIR READERS, AND THE SERVICE BESIDE ITS DOCUMENT."
        );
    }
    Ok(())
}
