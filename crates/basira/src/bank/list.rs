//! Listing banks and entries.

use std::io::{BufWriter, Write};

use anyhow::Result;
use jiff::Timestamp;
use model::{BankEntry, BankKind, BankName, EntryId, Label, Quality, Sha256, SignalType, Tlp, Trust};
use serde::Serialize;
use store::{EntryText, Store};

use crate::args::ListForm;
use crate::print;

/// Entries read at a time.
const PAGE: u32 = 1_000;
/// Entries of a table, if no number is given.
const TABLE_PAGE: u32 = 50;

#[derive(Serialize)]
struct BankRow<'a> {
    bank: &'a BankName,
    kind: BankKind,
    enabled: bool,
    entries: u64,
    created_at: Timestamp,
}

#[derive(Serialize)]
struct SignalRow {
    #[serde(rename = "type")]
    kind: SignalType,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<Quality>,
}

#[derive(Serialize)]
struct EntryRow<'a> {
    bank: &'a BankName,
    entry: EntryId,
    signals: Vec<SignalRow>,
    labels: &'a [Label],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    trust: Trust,
    human_confirmed: bool,
    added_by: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    added_at: Timestamp,
    tlp: Tlp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Sha256>,
    hash_only: bool,
}

/// A row of an exported list; import reads it again.
#[derive(Serialize)]
struct ExportRow<'a> {
    #[serde(rename = "type")]
    kind: SignalType,
    value: String,
    label: &'a str,
    note: &'a str,
    external_id: &'a str,
    expires: String,
    quality: Option<Quality>,
}

pub(super) fn banks(store: &Store, json: bool) -> Result<()> {
    let banks = store.banks()?;
    let mut out = print::out();
    if json {
        for summary in &banks {
            let bank = &summary.bank;
            let row = BankRow {
                bank: &bank.name,
                kind: bank.kind,
                enabled: bank.is_matched(),
                entries: summary.entries,
                created_at: bank.created_at,
            };
            print::json_line(&mut out, &row)?;
        }
        return Ok(());
    }
    if banks.is_empty() {
        writeln!(out, "no banks yet; make one with: basira bank create NAME")?;
        return Ok(());
    }
    let mut table = print::table(&["bank", "kind", "entries", "state"]);
    for summary in banks {
        let state = if summary.bank.is_matched() {
            "enabled"
        } else {
            "disabled"
        };
        let kind = summary.bank.kind.to_string();
        table.add_row([
            summary.bank.name.to_string(),
            kind,
            summary.entries.to_string(),
            state.to_owned(),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(())
}

/// Gives the entries of a bank in order to `each`, at most `limit` of them.
fn for_each_entry(
    store: &Store,
    name: &BankName,
    mut after: Option<EntryId>,
    limit: Option<u32>,
    mut each: impl FnMut(&BankEntry) -> Result<()>,
) -> Result<()> {
    let bank = store.bank(name)?.id;
    let mut left = limit.unwrap_or(u32::MAX);
    while left > 0 {
        let page = store.entries(bank, after, left.min(PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        left -= page.len() as u32;
        page.iter().try_for_each(&mut each)?;
    }
    Ok(())
}

pub(super) fn show(
    store: &Store,
    name: &BankName,
    after: Option<EntryId>,
    limit: Option<u32>,
    json: bool,
) -> Result<()> {
    let mut out = BufWriter::new(print::out());
    if json {
        for_each_entry(store, name, after, limit, |entry| {
            let texts = store.texts(entry.id)?;
            Ok(print::json_line(&mut out, &entry_row(name, entry, &texts))?)
        })?;
        out.flush()?;
        return Ok(());
    }
    let mut table = print::table(&[
        "entry",
        "trust",
        "confirmed",
        "signals",
        "labels",
        "source",
        "added",
    ]);
    let limit = limit.unwrap_or(TABLE_PAGE);
    let (mut shown, mut last) = (0, None);
    for_each_entry(store, name, after, Some(limit), |entry| {
        shown += 1;
        last = Some(entry.id);
        let mut kinds: Vec<&str> = entry
            .signals
            .iter()
            .map(|signal| signal.signal.kind().name())
            .collect();
        kinds.dedup();
        let labels: Vec<&str> = entry.labels.iter().map(Label::as_str).collect();
        table.add_row([
            entry.id.to_string(),
            entry.trust.to_string(),
            if entry.human_confirmed { "yes" } else { "no" }.to_owned(),
            kinds.join(" "),
            print::plain(&labels.join(", ")),
            print::plain(&entry.provenance.source),
            entry.provenance.added_at.to_string(),
        ]);
        Ok(())
    })?;
    if shown == 0 {
        writeln!(out, "bank {name} has no entries here")?;
    } else {
        writeln!(out, "{table}")?;
    }
    if let Some(last) = last.filter(|_| shown == limit) {
        writeln!(
            out,
            "more, if there are any: basira bank show {name} --after {last}"
        )?;
    }
    out.flush()?;
    Ok(())
}

/// The values of the signals of an entry: of a text, a link, a handle or an address what it was made from, where that is
/// kept.
fn values(entry: &BankEntry, texts: &[EntryText]) -> Vec<String> {
    let value = |(number, held): (usize, &model::EntrySignal)| {
        let kept = texts.iter().find(|text| usize::from(text.ordinal) == number);
        kept.map_or_else(|| held.signal.to_string(), |kept| kept.text.clone())
    };
    entry.signals.iter().enumerate().map(value).collect()
}

fn entry_row<'a>(bank: &'a BankName, entry: &'a BankEntry, texts: &[EntryText]) -> EntryRow<'a> {
    let values = values(entry, texts);
    let signals = entry.signals.iter().zip(values).map(|(signal, value)| SignalRow {
        kind: signal.signal.kind(),
        value,
        quality: signal.quality,
    });
    EntryRow {
        bank,
        entry: entry.id,
        signals: signals.collect(),
        labels: &entry.labels,
        note: entry.note.as_deref(),
        trust: entry.trust,
        human_confirmed: entry.human_confirmed,
        added_by: &entry.provenance.added_by,
        source: &entry.provenance.source,
        external_id: entry.provenance.external_id.as_deref(),
        added_at: entry.provenance.added_at,
        tlp: entry.tlp,
        expires: entry.expires,
        media: entry.media,
        hash_only: entry.hash_only,
    }
}

pub(super) fn export(store: &Store, name: &BankName, form: ListForm) -> Result<()> {
    let mut out = BufWriter::new(print::out());
    let mut revoked = 0;
    let mut rows = |each: &mut dyn FnMut(&ExportRow<'_>) -> Result<()>| {
        for_each_entry(store, name, None, None, |entry| {
            if entry.trust == Trust::Revoked {
                // The list has no column for it, and whoever imports it must not bring the entry back to life.
                revoked += 1;
                return Ok(());
            }
            let values = values(entry, &store.texts(entry.id)?);
            for (signal, value) in entry.signals.iter().zip(values) {
                each(&ExportRow {
                    kind: signal.signal.kind(),
                    value,
                    label: entry.labels.first().map_or("", Label::as_str),
                    note: entry.note.as_deref().unwrap_or_default(),
                    external_id: entry.provenance.external_id.as_deref().unwrap_or_default(),
                    expires: entry.expires.map(|time| time.to_string()).unwrap_or_default(),
                    quality: signal.quality,
                })?;
            }
            Ok(())
        })
    };
    match form {
        ListForm::Csv => {
            let mut table = csv::Writer::from_writer(&mut out);
            rows(&mut |row| Ok(table.serialize(row)?))?;
            table.flush()?;
        }
        ListForm::Ndjson => rows(&mut |row| Ok(print::json_line(&mut out, row)?))?,
    }
    out.flush()?;
    if revoked > 0 {
        eprintln!("basira: {revoked} of the entries are revoked and left out");
    }
    Ok(())
}
