//! `basira verify`, `backup` and `restore`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use store::{Access, StoreError, Verified};

use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::print;
use crate::progress::counting;

#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
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
}

/// Shows how many kept files are done.
fn watched<T>(work: impl FnOnce(&dyn Fn()) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let bar = counting("kept files");
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
    let mut out = print::out();
    if options.json {
        print::json_line(
            &mut out,
            &Row {
                records,
                chain,
                blobs,
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
    writeln!(out, "{blobs} kept files are what was stored")?;
    Ok(Outcome::Clean)
}

pub(crate) fn backup(place: &PlaceArguments, options: &BackupOptions) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    let blobs = watched(|each| store.backup(&options.to, each))?;
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
