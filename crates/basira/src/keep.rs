//! `basira verify`, `backup` and `restore`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use store::{Access, Checkpoints, PublicKey, StoreError, Verified, VerifiedDecisions};

use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::print;
use crate::progress::counting;

#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    /// Public key of the log, as this command prints it; the default is that of the key beside the data folder's own
    #[arg(long, value_name = "KEY")]
    public_key: Option<PublicKey>,
    /// A checkpoint that was kept elsewhere: the log must begin with what was signed then
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackupOptions {
    /// Folder to copy to; it must be empty, or not there
    #[arg(value_name = "FOLDER")]
    to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    /// The backup; the data folder that it is copied to must be empty, or not there
    #[arg(value_name = "FOLDER")]
    from: PathBuf,
}

/// The line of `basira verify --json`.
#[derive(Serialize)]
struct Row {
    records: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<model::Sha256>,
    blobs: u64,
    decisions: u64,
    erased_decisions: u64,
    checkpoints: u64,
    other_checkpoints: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
}

/// Shows how many kept files are done.
fn watched<T>(work: impl FnOnce(&dyn Fn()) -> Result<T, StoreError>) -> Result<T, StoreError> {
    watched_as("kept files", work)
}

/// Shows how many of something are done.
fn watched_as<T>(
    what: &'static str,
    work: impl FnOnce(&dyn Fn()) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let bar = counting(what);
    let done = work(&|| bar.inc(1));
    bar.finish_and_clear();
    done
}

pub(crate) fn verify(place: &PlaceArguments, options: &VerifyOptions) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    let Verified {
        records,
        chain,
        blobs,
    } = watched(|each| store.verify(each))?;
    let VerifiedDecisions { decisions, erased } =
        watched_as("decisions", |each| store.verify_decisions(each))?;
    let own = store.signer()?.map(|signer| signer.public().clone());
    let key = options.public_key.clone().or(own);
    let Checkpoints { signed, others } = store.verify_checkpoints(key.as_ref())?;
    ensure!(
        options.public_key.is_none() || signed > 0 || others == 0,
        "none of the {others} checkpoints in the data folder is by the key {}; whoever has made them has another",
        key.map_or_else(String::new, |key| key.to_string())
    );
    for file in &options.checkpoint {
        let key = key
            .as_ref()
            .context("there is no key of the log here; name its public key by --public-key")?;
        let note = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let kept = key
            .open(&note)
            .with_context(|| format!("{} does not count", file.display()))?;
        store
            .verify_against(&kept)
            .with_context(|| file.display().to_string())?;
    }
    let mut out = print::out();
    if options.json {
        print::json_line(
            &mut out,
            &Row {
                records,
                chain,
                blobs,
                decisions,
                erased_decisions: erased,
                checkpoints: signed,
                other_checkpoints: others,
                public_key: key.map(|key| key.to_string()),
            },
        )?;
        return Ok(Outcome::Clean);
    }
    writeln!(
        out,
        "the log has {records} records, and each fits those before it"
    )?;
    if let Some(chain) = chain {
        writeln!(
            out,
            "its last chain is {chain}: keep it elsewhere, to tell later that nothing was altered"
        )?;
    }
    if let Some(key) = &key {
        writeln!(out, "{signed} checkpoints are signed by {key}, and fit the log")?;
    }
    if others > 0 {
        writeln!(
            out,
            "{others} checkpoints fit the log, and by whom they are signed is not known"
        )?;
    }
    for file in &options.checkpoint {
        writeln!(out, "the log begins with what was signed in {}", file.display())?;
    }
    writeln!(out, "{blobs} kept files are what was stored")?;
    let gone = match erased {
        0 => String::new(),
        some => format!("; what {some} of them rested on was erased"),
    };
    writeln!(out, "{decisions} decisions are what was written{gone}")?;
    Ok(Outcome::Clean)
}

pub(crate) fn backup(place: &PlaceArguments, options: &BackupOptions) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    store.checkpoint(Timestamp::now())?;
    let blobs = watched(|each| store.backup(&options.to, each))?;
    store.note_backup(Timestamp::now())?;
    let (_, key) = place.resolve()?;
    writeln!(
        print::out(),
        "{} is a backup with {blobs} kept files. The key {} is not in it: without the key, kept files and thumbnails cannot \
         be read. Keep a copy of it in another place",
        options.to.display(),
        key.display()
    )?;
    Ok(Outcome::Clean)
}

pub(crate) fn give_up(place: &PlaceArguments) -> Result<Outcome> {
    let store = place.store_with_new_key()?;
    let files = store.remove_orphans()?;
    writeln!(
        print::out(),
        "the data folder opens with the key; {files} files and all else that was encrypted with a lost key are gone, and \
         everything else is there"
    )?;
    Ok(Outcome::Clean)
}

pub(crate) fn restore(place: &PlaceArguments, options: &RestoreOptions) -> Result<Outcome> {
    let (data, _) = place.resolve()?;
    let database = place.database()?;
    let blobs = watched(|each| store::restore(&options.from, &data, database.as_ref(), each))?;
    let store = place.store(Access::Reader)?;
    let Verified { records, .. } = watched(|each| store.verify(each))?;
    writeln!(
        print::out(),
        "{} was restored: {records} records of the log and {blobs} kept files, all of them as they were written",
        data.display()
    )?;
    Ok(Outcome::Clean)
}
