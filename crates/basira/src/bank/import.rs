//! Adding lists of signals.

use std::fs::File;
use std::io::{BufReader, Write};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use model::BankId;
use pipeline::curate::Edit;
use pipeline::entry::{EntryDetails, from_given};
use pipeline::import::{Form, ImportRow, read};
use serde::Serialize;
use store::NewEntry;

use crate::args::{ImportOptions, PlaceArguments};
use crate::curator::Curator;
use crate::exit::Outcome;
use crate::print;

/// Bad rows that are named one by one.
const NAMED: u64 = 20;

/// The last line of `basira bank import --json`.
#[derive(Serialize)]
struct Totals<'a> {
    bank: &'a str,
    added: u64,
    bad_rows: u64,
    trust: model::Trust,
}

/// The line of a bad row.
#[derive(Serialize)]
struct Bad<'a> {
    line: u64,
    error: &'a str,
}

pub(super) fn run(place: &PlaceArguments, options: &ImportOptions) -> Result<Outcome> {
    let ending = options.file.extension().unwrap_or_default().to_ascii_lowercase();
    let form = match ending.to_str() {
        Some("csv") => Form::Csv,
        Some("ndjson" | "jsonl") => Form::Ndjson,
        _ => bail!(
            "{} must end in .csv or .ndjson, so that its form is known",
            options.file.display()
        ),
    };
    let curator = place.curator()?;
    let bank = curator.store().bank(&options.name)?.id;
    let file =
        File::open(&options.file).with_context(|| format!("cannot read {}", options.file.display()))?;
    let bar = bar(
        options.quiet,
        file.metadata().map_or(0, |metadata| metadata.len()),
    );
    let source = options
        .file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let details = options.details.entry(options.trust, &source, Timestamp::now());
    let mut batch = Batch {
        curator: &curator,
        bank,
        waiting: Vec::new(),
        added: 0,
        failure: None,
    };
    let mut bad_rows = 0;
    read(
        BufReader::with_capacity(1 << 16, bar.wrap_read(file)),
        form,
        |row| match row {
            Ok(row) => batch.push(entry(row, &details)),
            Err(bad) => {
                bad_rows += 1;
                if options.json {
                    // A reader that is gone is noticed when the totals are printed.
                    let _ = print::json_line(
                        &mut print::out(),
                        &Bad {
                            line: bad.line,
                            error: &bad.why,
                        },
                    );
                } else if bad_rows <= NAMED {
                    bar.suspend(|| eprintln!("basira: {bad}; the row is left out"));
                }
            }
        },
    )
    .with_context(|| format!("{}", options.file.display()))?;
    let added = batch.finish()?;
    bar.finish_and_clear();
    if bad_rows > NAMED && !options.json {
        eprintln!(
            "basira: … and {} more bad rows; --json names them all",
            bad_rows - NAMED
        );
    }
    let totals = Totals {
        bank: options.name.as_str(),
        added,
        bad_rows,
        trust: options.trust,
    };
    let mut out = print::out();
    if options.json {
        print::json_line(&mut out, &totals)?;
    } else {
        writeln!(
            out,
            "{added} entries added to {} as {}, {bad_rows} bad rows left out",
            options.name, options.trust
        )?;
        if options.trust == model::Trust::Shadow && added > 0 {
            writeln!(
                out,
                "shadow entries are listed in matches and make no verdict; watch them, then: basira bank trust"
            )?;
        }
    }
    Ok(if bad_rows > 0 {
        Outcome::Incomplete
    } else {
        Outcome::Clean
    })
}

fn bar(quiet: bool, bytes: u64) -> ProgressBar {
    let bar = if quiet {
        ProgressBar::hidden()
    } else {
        ProgressBar::new(bytes)
    };
    if let Ok(style) =
        ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left")
    {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

fn entry(row: ImportRow, details: &EntryDetails) -> NewEntry {
    let mut details = details.clone();
    details.labels.extend(row.label);
    details.note = row.note.or(details.note);
    details.expires = row.expires.or(details.expires);
    details.provenance.external_id = row.external_id;
    from_given(vec![row.signal], row.quality, details)
}

/// Rows that wait for their transaction.
struct Batch<'a> {
    curator: &'a Curator,
    bank: BankId,
    waiting: Vec<NewEntry>,
    added: u64,
    failure: Option<anyhow::Error>,
}

impl Batch<'_> {
    fn push(&mut self, entry: NewEntry) {
        self.waiting.push(entry);
        if self.waiting.len() >= self.curator.batch() {
            self.flush();
        }
    }

    /// After a failure nothing more is added: what is in stays, and the failure is told.
    fn flush(&mut self) {
        if self.failure.is_none() && !self.waiting.is_empty() {
            let edit = Edit::AddEntries {
                bank: self.bank,
                entries: std::mem::take(&mut self.waiting),
            };
            match self.curator.make(&edit) {
                Ok(done) => self.added += done.entries.len() as u64,
                Err(error) => {
                    let context = format!("{} entries were added before this", self.added);
                    self.failure = Some(error.context(context));
                }
            }
        }
        self.waiting.clear();
    }

    fn finish(mut self) -> Result<u64> {
        self.flush();
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.added),
        }
    }
}
