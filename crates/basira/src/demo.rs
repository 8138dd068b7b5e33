//! `basira demo`: the main job on generated pictures, by a scan and by the service; and a console with a case of every kind.

mod console;
mod media;
mod platform;
mod service;

use std::fs;
use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use model::{BankKind, BankName, EntryId, Match, Provenance, Signal, Tlp, Trust, Verdict};
use pipeline::banks::Banks;
use pipeline::curate::{Edit, apply};
use pipeline::entry::{EntryDetails, from_media};
use pipeline::robust::Tier;
use pipeline::scan::{ScanOptions as PathOptions, examine_file};
use store::Access;
use testkit::{DemoFile, Expect, demo_bank, demo_folder, encode};

use crate::args::{Decoding, DemoOptions, PlaceArguments, ScanOptions, TierName};
use crate::exit::Outcome;
use crate::print;
use crate::scan;
use console::{People, Submitted};
use service::{Looked, Service};

const SEED: u64 = 64;
/// Who fills the bank of the demonstration, for the log.
const ACTOR: &str = "demo";
/// A file by which a folder is known to be a demonstration's, and may be replaced.
const MARK: &str = ".basira-demo";

pub(crate) fn run(options: &DemoOptions) -> Result<Outcome> {
    let folder = prepare(&options.into)?;
    let place = PlaceArguments {
        data: Some(folder.join("data")),
        key: Some(folder.join("key")),
        postgres: None,
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
    by_whole_hashes(&banks, &pictures, &files, &scan_options)?;
    let hash = banked_hash(&banks)?;
    let key = crate::first::make_key(banks.store())?.context("there is a key already")?;
    let people = console::invite(banks.store())?;
    // The service has the data folder for itself.
    drop(banks);
    eprintln!("Starting the service with the same bank, and submitting the same files …");
    let service = Service::start(&folder, key.reveal(), options)?;
    let begun = Instant::now();
    let looked = service.judge(files.iter().map(|file| (&*file.path, &*file.bytes)))?;
    by_service(&files, &looked, begun.elapsed())?;
    eprintln!("Filling the console: a case of every kind …");
    let unmatched = looked.iter().find(|it| it.verdict == Verdict::NoMatch);
    let unmatched = &unmatched.context("every file matched")?.item;
    let submitted = console::submit(&service, &folder, unmatched)?;
    // It ends with this: what was decided before is written where nobody else writes.
    drop(service);
    console::past(place.banks(Access::Writer)?.store(), &people, &submitted)?;
    let mut service = Service::start(&folder, key.reveal(), options)?;
    let report = folder.join("report.html");
    writeln!(
        print::out(),
        "\nThe report: {}\n\nNext, with your own files:\n  basira bank create known\n  basira bank add known PICTURE…\n  \
         basira scan FOLDER --html report.html\n(from this checkout: cargo run --release -- bank create known, and so on)",
        report.canonicalize().unwrap_or(report).display()
    )?;
    let stays = !options.once && stdout().is_terminal();
    let when = match stays {
        true => "in another terminal",
        false => "while it runs, which is on a terminal and without --once",
    };
    welcome(&service, &people, &submitted)?;
    invite(&service, &pictures, &files, &hash, when)?;
    if stays {
        writeln!(print::out(), "\nThe service runs until Ctrl-C.")?;
        service.stay()?;
    }
    Ok(Outcome::Clean)
}

/// Says how to come into the console, and as whom.
fn welcome(service: &Service, people: &People, submitted: &Submitted) -> Result<()> {
    let mut out = print::out();
    writeln!(
        out,
        "\nThe console, with a case of every kind. Each link signs one person in, once: choose a password there."
    )?;
    for guest in &people.guests {
        let (role, address) = (format!("{}:", guest.role), &service.address);
        writeln!(out, "  {role:<14} {address}/console/invitation/{}", guest.secret)?;
    }
    writeln!(out, "  {:<14} {}", "administrator:", service.link)?;
    for missing in &submitted.missing {
        writeln!(out, "Not among them: {missing}.")?;
    }
    Ok(())
}

/// The hash of a picture in the bank.
fn banked_hash(banks: &Banks) -> Result<String> {
    let entry = banks.store().entry(EntryId(1))?.context("the bank is empty")?;
    let hash = entry.signals.iter().find_map(|held| match held.signal {
        Signal::Pdq(hash) => Some(hash.to_string()),
        _ => None,
    });
    hash.context("the bank has no hash")
}

/// Says where the service is, and what to try.
fn invite(service: &Service, pictures: &Path, files: &[DemoFile], hash: &str, when: &str) -> Result<()> {
    let path = |is: fn(&Expect) -> bool| {
        let file = files.iter().find(|file| is(&file.expect));
        file.map(|file| quoted(&format!("@{}", pictures.join(&file.path).display())))
    };
    let edited = path(|expect| matches!(expect, Expect::Match { edit: Some(_), .. }));
    let other = path(|expect| matches!(expect, Expect::NoMatch));
    let Service {
        address, hma, key, ..
    } = service;
    let auth = quoted(&format!("X-API-Key: {key}"));
    writeln!(
        print::out(),
        "\nThe service: {address}, for clients of HMA: {hma}\nThe administrator's key: {key}\n\nTry, {when}:\n  \
         curl -H {auth} --data-binary {} {address}/v1/scan\n  \
         curl -H {auth} --data-binary {} {address}/v1/items\n  \
         curl -H {auth} '{hma}/m/lookup?signal_type=pdq&signal={hash}'\n\
         for a verdict, a receipt, and what HMA would answer; all routes: {address}/v1/openapi.json",
        edited.context("no file was edited")?,
        other.context("no file is unrelated")?,
    )?;
    Ok(())
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
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
    let make = |edit: &Edit| apply(banks.store(), edit, ACTOR, now);
    make(&Edit::CreateBank {
        name: name.clone(),
        kind: BankKind::Known,
        enabled_ratio: 1.0,
    })?;
    let bank = banks.store().bank(&name)?.id;
    let mut entries = Vec::new();
    for (title, picture) in demo_bank(SEED) {
        let details = EntryDetails {
            labels: vec![title.parse()?],
            note: None,
            provenance: Provenance {
                added_by: ACTOR.into(),
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
        entries.push(entry);
    }
    make(&Edit::AddEntries { bank, entries })?;
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

/// Whether a file is to match.
fn is_copy(file: &DemoFile) -> bool {
    matches!(file.expect, Expect::Match { .. })
}

/// Compares what is found by hashes of whole pictures alone with what was made.
fn by_whole_hashes(banks: &Banks, folder: &Path, files: &[DemoFile], scan: &ScanOptions) -> Result<()> {
    let mut buffer = Vec::new();
    let decoder = scan.decoding.decoder(1)?;
    // Of the plain tier without its near misses, at which peers do not look again.
    let settings = PathOptions {
        decoder: &decoder,
        request: scan.decoding.request(),
        tier: Tier::Plain,
        threads: 1,
        now: Timestamp::now(),
    };
    let mut matched = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let result = examine_file(&path, &mut buffer, banks, &settings, &mut |_| ())?;
        let whole = |m: &Match| m.counts() && m.method.is_whole_picture();
        matched.push(result.matches.iter().any(whole));
    }
    tell("whole-picture hashes, as peers do", files, &matched)
}

/// Compares what the service says with what was made.
fn by_service(files: &[DemoFile], looked: &[Looked], took: Duration) -> Result<()> {
    let count = |wanted| looked.iter().filter(|it| it.verdict == wanted).count();
    writeln!(
        print::out(),
        "{} files by the service in {:.1} s: {} match, {} no match, {} incomplete",
        files.len(),
        took.as_secs_f64(),
        count(Verdict::Match),
        count(Verdict::NoMatch),
        count(Verdict::Incomplete)
    )?;
    let matched: Vec<bool> = looked.iter().map(|it| it.verdict == Verdict::Match).collect();
    tell("all of Basira", files, &matched)
}

fn tell(words: &str, files: &[DemoFile], matched: &[bool]) -> Result<()> {
    let copies = files.iter().filter(|file| is_copy(file)).count();
    let matches = |copy: bool| {
        let both = files.iter().zip(matched);
        both.filter(|(file, matched)| **matched && is_copy(file) == copy)
            .count()
    };
    writeln!(
        print::out(),
        "{words}: {} of {copies} copies found, {} of {} other files matched",
        matches(true),
        matches(false),
        files.len() - copies
    )?;
    Ok(())
}
