//! `basira demo`: the main job on generated pictures.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use model::{BankKind, BankName, Provenance, Tlp, Trust};
use pipeline::banks::Banks;
use pipeline::entry::{EntryDetails, from_media};
use pipeline::robust::Tier;
use pipeline::scan::{ScanOptions as PathOptions, examine_file};
use store::Access;
use testkit::{DemoFile, Expect, demo_bank, demo_folder, encode};

use crate::args::{Decoding, DemoOptions, PlaceArguments, ScanOptions, TierName};
use crate::exit::Outcome;
use crate::print;
use crate::scan;

const SEED: u64 = 64;
/// A file by which a folder is known to be a demonstration's, and may be replaced.
const MARK: &str = ".basira-demo";

pub(crate) fn run(options: &DemoOptions) -> Result<Outcome> {
    let folder = prepare(&options.into)?;
    let place = PlaceArguments {
        data: Some(folder.join("data")),
        key: Some(folder.join("key")),
        database: None,
        config: None,
    };
    let pictures = folder.join("pictures");
    eprintln!("Making a bank of 12 pictures of the Knight League, which does not exist …");
    let banks = place.banks(Access::Writer)?;
    fill(&banks)?;
    let files = demo_folder(SEED);
    eprintln!(
        "Making {} files: copies, edited copies, unrelated pictures, broken ones …",
        files.len()
    );
    write(&pictures, &files)?;
    let scan_options = scan_options(pictures.clone(), folder.join("report.html"), options);
    scan::scan(&banks, &scan_options, &AtomicBool::new(false))?;
    compare(&banks, &pictures, &files, &scan_options)?;
    let report = folder.join("report.html");
    writeln!(
        print::out(),
        "\nThe report: {}\n\nNext, with your own files:\n  basira bank create known\n  basira bank add known PICTURE…\n  \
         basira scan FOLDER --html report.html\n(from this checkout: cargo run --release -- bank create known, and so on)",
        report.canonicalize().unwrap_or(report).display()
    )?;
    Ok(Outcome::Clean)
}

/// Makes the folder anew; one that is not a demonstration's is never touched.
fn prepare(into: &Path) -> Result<PathBuf> {
    let mark = into.join(MARK);
    if into.exists() {
        ensure!(
            mark.exists(),
            "{} exists and was not made by basira demo; choose another folder by --into",
            into.display()
        );
        fs::remove_dir_all(into).with_context(|| format!("cannot replace {}", into.display()))?;
    }
    fs::create_dir_all(into).with_context(|| format!("cannot make {}", into.display()))?;
    fs::write(&mark, "made by basira demo; it may be deleted\n")?;
    Ok(into.to_owned())
}

fn fill(banks: &Banks) -> Result<()> {
    let now = Timestamp::now();
    let name: BankName = "knight-league".parse()?;
    let bank = banks.store().create_bank(&name, BankKind::Known, now)?;
    for (title, picture) in demo_bank(SEED) {
        let details = EntryDetails {
            labels: vec![title.parse()?],
            note: None,
            provenance: Provenance {
                added_by: "demo".into(),
                source: "local".into(),
                external_id: None,
                added_at: now,
            },
            trust: Trust::Active,
            tlp: Tlp::Clear,
            expires: None,
            hash_only: false,
        };
        let request = decode::Request::new(model::HashMode::Fast);
        let (entry, _) = from_media(&encode::png(&picture), &request, details)?;
        banks.store().add_entry(bank.id, &entry)?;
    }
    Ok(banks.refresh()?)
}

fn write(folder: &Path, files: &[DemoFile]) -> Result<()> {
    for file in files {
        let path = folder.join(&file.path);
        // Every path of the demonstration lies within a folder.
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, &file.bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn scan_options(pictures: PathBuf, report: PathBuf, options: &DemoOptions) -> ScanOptions {
    ScanOptions {
        paths: vec![pictures],
        decoding: Decoding {
            exact: false,
            max_megapixels: 100,
            max_mebibytes: 256,
            max_seconds: 30,
            max_film_minutes: 240,
            ocr: false,
            max_pages: 500,
            sandbox: options.sandbox,
        },
        tier: TierName::Full,
        json: false,
        ndjson: None,
        csv: None,
        html: Some(report),
        lang: options.lang,
        threads: None,
        fresh: true,
        quiet: false,
    }
}

/// Compares what is found with what was made, by hashes of whole pictures alone and by the full tier.
fn compare(banks: &Banks, folder: &Path, files: &[DemoFile], scan: &ScanOptions) -> Result<()> {
    let mut buffer = Vec::new();
    let decoder = scan.decoding.decoder(1)?;
    // The plain tier's near misses are left out: peers do not look at them again.
    for (tier, whole_only, words) in [
        (Tier::Plain, true, "whole-picture hashes, as peers do"),
        (Tier::Full, false, "all of Basira"),
    ] {
        let settings = PathOptions {
            decoder: &decoder,
            request: scan.decoding.request(),
            tier,
            threads: 1,
            now: Timestamp::now(),
        };
        let (mut found, mut banked, mut wrong, mut unrelated) = (0, 0, 0, 0);
        for file in files {
            let result = examine_file(
                &folder.join(&file.path),
                &mut buffer,
                banks,
                &settings,
                &mut |_| (),
            )?;
            let matched = result
                .matches
                .iter()
                .any(|m| m.counts() && (!whole_only || m.method.is_whole_picture()));
            match file.expect {
                Expect::Match { .. } => {
                    banked += 1;
                    found += i32::from(matched);
                }
                Expect::NoMatch | Expect::Incomplete => {
                    unrelated += 1;
                    wrong += i32::from(matched);
                }
            }
        }
        writeln!(
            print::out(),
            "{words}: {found} of {banked} copies found, {wrong} of {unrelated} other files matched"
        )?;
    }
    Ok(())
}
