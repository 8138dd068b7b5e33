//! Adding media files, or signals by hand.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use model::{Bank, BankKind, Provenance, Signal};
use pipeline::banks::Banks;
use pipeline::curate::Edit;
use pipeline::entry::{EntryDetails, Given, Warning, from_given, from_whole, near_allow};
use pipeline::file::decode_file;
use serde::Serialize;
use store::NewEntry;

use crate::args::{AddOptions, Details, PlaceArguments};
use crate::curator::Curator;
use crate::exit::Outcome;
use crate::place::opened;
use crate::print;
use crate::progress::watched;

/// The line of `basira bank add --json`.
#[derive(Serialize)]
struct Row<'a> {
    bank: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<model::EntryId>,
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Details {
    /// What the command line says of an entry; `source` is where it comes from.
    pub(crate) fn entry(&self, trust: model::Trust, source: &str, now: Timestamp) -> EntryDetails {
        EntryDetails {
            labels: self.label.clone(),
            note: self.note.clone(),
            provenance: Provenance {
                added_by: self.by.clone(),
                source: source.to_owned(),
                external_id: None,
                added_at: now,
            },
            trust,
            tlp: self.tlp,
            expires: self.expires,
            hash_only: self.hash_only,
        }
    }
}

pub(super) fn run(place: &PlaceArguments, options: &AddOptions) -> Result<Outcome> {
    let curator = place.curator()?;
    let banks = opened(Arc::clone(curator.store()))?;
    let bank = banks.store().bank(&options.name)?;
    let now = Timestamp::now();
    let mut out = print::out();
    if !options.signal.is_empty() {
        let (entry, warnings) = by_hand(options, now)?;
        let added = add(&curator, &banks, &bank, entry, warnings, now);
        report(&mut out, options, None, added)?;
        return Ok(Outcome::Clean);
    }
    let request = options.decoding.request().with_texts().for_bank();
    let decoder = options.decoding.decoder(1)?;
    let mut outcome = Outcome::Clean;
    let mut buffer = Vec::new();
    for file in &options.files {
        let path = file.to_string_lossy();
        let decoded = watched(file, |watch| {
            decode_file(file, &mut buffer, &decoder, &request, watch)
        });
        let made = decoded.context("cannot be read").and_then(|(decoded, _)| {
            let details = options.details.entry(options.trust, "local", now);
            let (entry, warnings) = from_whole(&decoded, details)?;
            add(&curator, &banks, &bank, entry, warnings, now)
        });
        if made.is_err() {
            outcome = Outcome::Incomplete;
        }
        report(&mut out, options, Some(&path), made)?;
    }
    Ok(outcome)
}

fn by_hand(options: &AddOptions, now: Timestamp) -> Result<(NewEntry, Vec<Warning>)> {
    let mut signals = Vec::new();
    for text in &options.signal {
        let Some((kind, value)) = text.split_once('=') else {
            bail!(
                "{:?} is no signal; write it as TYPE=VALUE, like pdq=HEX64",
                print::plain(text)
            );
        };
        signals.push(Given::parse(kind.parse()?, value)?);
    }
    let is_picture = |given: &Given| matches!(given, Given::Signal(Signal::Pdq(_)));
    let warnings = signals
        .iter()
        .any(is_picture)
        .then_some(Warning::UnknownQuality)
        .into_iter()
        .collect();
    Ok((
        from_given(signals, None, options.details.entry(options.trust, "local", now)),
        warnings,
    ))
}

fn add(
    curator: &Curator,
    banks: &Banks,
    bank: &Bank,
    entry: NewEntry,
    mut warnings: Vec<Warning>,
    now: Timestamp,
) -> Result<(model::EntryId, Vec<Warning>)> {
    if bank.kind == BankKind::Known {
        warnings.extend(near_allow(&entry, banks, now)?);
    }
    let edit = Edit::AddEntries {
        bank: bank.id,
        entries: vec![entry],
    };
    let done = curator.make(&edit)?;
    banks.refresh()?;
    let id = done
        .entries
        .first()
        .context("no entry was added; please report this")?;
    Ok((*id, warnings))
}

fn report(
    out: &mut impl Write,
    options: &AddOptions,
    path: Option<&str>,
    made: Result<(model::EntryId, Vec<Warning>)>,
) -> Result<()> {
    let bank = options.name.as_str();
    let name = path.map_or_else(|| "signals".to_owned(), print::plain);
    let (entry, warnings, error) = match made {
        Ok((entry, warnings)) => (Some(entry), warnings, None),
        // Without a file there is nothing to go on with.
        Err(error) if path.is_none() => return Err(error),
        Err(error) => (None, Vec::new(), Some(print::explain(&error))),
    };
    if options.json {
        let warnings = warnings.iter().map(ToString::to_string).collect();
        print::json_line(
            out,
            &Row {
                bank,
                path,
                entry,
                warnings,
                error,
            },
        )?;
        return Ok(());
    }
    if let Some(entry) = entry {
        writeln!(out, "{bank}/{entry}  {name}")?;
    }
    if let Some(error) = error {
        eprintln!("basira: {name}: not added: {error}");
    }
    for warning in warnings {
        eprintln!("basira: {name}: {warning}");
    }
    Ok(())
}
