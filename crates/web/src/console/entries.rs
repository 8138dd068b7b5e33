//! A bank with its entries, one of them with what is near it, and adding one from a file.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{Bank, BankEntry, BankKind, BankName, EntryId, Md5, PdqHash, Provenance, Right, Sha1, Sha256};
use model::{Label, Signal, Tlp, Trust};
use pipeline::curate::{Edit, EntryChange};
use pipeline::entry::{EntryDetails, from_whole, near_allow};
use pipeline::report::Html;
use serde::Deserialize;
use store::{ItemMatch, Listing, StoreError};

use super::facts::{Fact, said};
use super::fields::Fields;
use super::items;
use super::page::{Answer, Seen, page, see_other};
use super::policies::encoded;
use super::sheet::{Cell, Sheet, visible};
use super::upload::Upload;
use crate::app::App;
use crate::extract::{Path, Query};
use crate::problem::Problem;

/// Entries of one page, and of a file; items near an entry.
const MOST: u32 = 50;
const MOST_IN_FILE: u32 = 1_000;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The last entry of the page before.
    after: String,
    /// The number of an entry, its name at its source, or the text of a signal.
    question: String,
}

#[derive(Template)]
#[template(path = "console/entries.html")]
struct EntriesPage {
    seen: Seen,
    title: String,
    name: Html,
    path: String,
    question: String,
    sheet: Sheet,
    newer: Option<String>,
    trusts: Vec<(&'static str, String)>,
}

fn missing() -> Problem {
    Problem::not_found("there is no such bank")
}

fn bank(app: &App, name: &str) -> Result<Bank, Problem> {
    let name: BankName = name.parse().map_err(|_| missing())?;
    Ok(app.intake.store().bank(&name)?)
}

/// The signals that a text can be.
fn signals(text: &str) -> Vec<Signal> {
    let sha256 = Sha256::from_hex(text).ok().map(Signal::Sha256);
    let pdq = PdqHash::from_hex(text).ok().map(Signal::Pdq);
    let sha1 = Sha1::from_hex(text).ok().map(Signal::Sha1);
    let md5 = Md5::from_hex(text).ok().map(Signal::Md5);
    [sha256, pdq, sha1, md5].into_iter().flatten().collect()
}

/// The entries of a bank that a question asks for.
fn found(app: &App, bank: &Bank, question: &str) -> Result<Vec<BankEntry>, StoreError> {
    let store = app.intake.store();
    let mut ids = store.entries_with_external_id(bank.id, question)?;
    ids.extend(question.parse::<i64>().ok().map(EntryId));
    for signal in signals(question) {
        ids.extend(store.entries_with_signal(&signal)?);
    }
    ids.sort_unstable();
    ids.dedup();
    let mut entries = Vec::new();
    for id in ids.into_iter().take(MOST as usize) {
        entries.extend(store.entry(id)?.filter(|entry| entry.bank == bank.id));
    }
    Ok(entries)
}

fn listed(app: &App, bank: &Bank, asked: &Asked, limit: u32) -> Result<Vec<BankEntry>, StoreError> {
    match asked.question.trim() {
        "" => {
            let after = asked.after.parse().ok().map(EntryId);
            app.intake.store().entries(bank.id, after, limit)
        }
        question => found(app, bank, question),
    }
}

fn labels(entry: &BankEntry) -> String {
    let labels: Vec<&str> = entry.labels.iter().map(Label::as_str).collect();
    labels.join(", ")
}

fn sheet(seen: &Seen, entries: &[BankEntry], csv: String) -> Sheet {
    let row = |entry: &BankEntry| {
        let id = entry.id.0.unsigned_abs();
        let external = entry.provenance.external_id.as_deref().map(Cell::foreign);
        vec![
            Cell::number(seen, id).to(format!("/console/entries/{id}")),
            Cell::foreign(&labels(entry)),
            Cell::word(&seen.word("trust-", entry.trust.name())),
            Cell::word(&match entry.human_confirmed {
                true => seen.say("yes"),
                false => seen.say("no"),
            }),
            Cell::foreign(&entry.provenance.source),
            external.unwrap_or_else(Cell::none),
            Cell::time(seen, entry.provenance.added_at),
        ]
    };
    Sheet {
        name: "entries",
        title: seen.say("bank-entries"),
        about: String::new(),
        head: vec![
            seen.say("number"),
            seen.say("labels"),
            seen.say("trust"),
            seen.say("confirmed"),
            seen.say("fact-source"),
            seen.say("fact-external"),
            seen.say("created"),
        ],
        rows: entries.iter().map(row).collect(),
        chart: None,
        csv,
        empty: seen.say("entries-empty"),
    }
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let path = format!("/console/banks/{}", encoded(&name));
    let question = asked.question.trim().to_owned();
    let (bank, entries) = app
        .apart(move |app| -> Result<_, Problem> {
            let bank = bank(app, &name)?;
            let entries = listed(app, &bank, &asked, MOST)?;
            Ok((bank, entries))
        })
        .await?;
    let last = entries
        .last()
        .filter(|_| question.is_empty() && entries.len() >= MOST as usize);
    page(&EntriesPage {
        title: seen.say("bank"),
        name: Html::foreign(bank.name.as_str()),
        newer: last.map(|entry| format!("{path}?after={}", entry.id.0)),
        sheet: sheet(&seen, &entries, format!("{path}/entries.csv")),
        trusts: [Trust::Shadow, Trust::Active]
            .map(|trust| (trust.name(), seen.word("trust-", trust.name())))
            .to_vec(),
        path,
        question: visible(&question),
        seen,
    })
}

pub(super) async fn csv(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let entries = app
        .apart(move |app| -> Result<_, Problem> {
            let bank = bank(app, &name)?;
            Ok(listed(app, &bank, &asked, MOST_IN_FILE)?)
        })
        .await?;
    Ok(sheet(&seen, &entries, String::new()).download())
}

#[derive(Template)]
#[template(path = "console/entry.html")]
struct EntryPage {
    seen: Seen,
    title: String,
    id: i64,
    bank: Html,
    bank_path: String,
    facts: Vec<Fact>,
    signals: Sheet,
    near: Sheet,
    trusts: Vec<(&'static str, String)>,
    /// Wider markings that it may be given by two people.
    markings: Vec<&'static str>,
}

/// All that the page of an entry is made of.
struct Loaded {
    entry: BankEntry,
    bank: Option<Bank>,
    near: Vec<(ItemMatch, Option<Listing>)>,
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Path(id): Path<i64>) -> Answer {
    let gone = || Problem::not_found("there is no such entry");
    let loaded = app
        .apart(move |app| -> Result<Loaded, Problem> {
            let store = app.intake.store();
            let entry = store.entry(EntryId(id))?.ok_or_else(gone)?;
            let mut near = Vec::new();
            for found in store.items_near(entry.id, None, MOST)? {
                let listing = store.listed_item(found.item.receipt)?;
                near.push((found, listing));
            }
            let bank = app.banks.bank(entry.bank);
            Ok(Loaded { entry, bank, near })
        })
        .await?;
    let entry = &loaded.entry;
    let name = loaded.bank.as_ref().map_or("", |bank| bank.name.as_str());
    let next = Trust::ALL.iter().filter(|trust| **trust != entry.trust);
    let trusts = next.map(|trust| (trust.name(), seen.word("trust-", trust.name())));
    page(&EntryPage {
        title: seen.count("entry", entry.id.0),
        id: entry.id.0,
        bank: Html::foreign(name),
        bank_path: format!("/console/banks/{}", encoded(name)),
        facts: facts(&seen, entry),
        signals: signal_sheet(&seen, entry),
        near: near_sheet(&seen, &loaded.near),
        trusts: match seen.may(Right::Curate) && entry.trust != Trust::Revoked {
            true => trusts.collect(),
            false => Vec::new(),
        },
        markings: match seen.may(Right::Curate) && entry.trust == Trust::Active {
            true => Tlp::ALL
                .iter()
                .filter(|tlp| **tlp < entry.tlp)
                .map(|tlp| tlp.name())
                .collect(),
            false => Vec::new(),
        },
        seen,
    })
}

fn facts(seen: &Seen, entry: &BankEntry) -> Vec<Fact> {
    let foreign = |text: &str| Some(Html::foreign(text));
    let facts = [
        (
            seen.say("trust"),
            Some(Html::words(&seen.word("trust-", entry.trust.name()))),
        ),
        (
            seen.say("confirmed"),
            Some(Html::words(&match entry.human_confirmed {
                true => seen.say("yes"),
                false => seen.say("no"),
            })),
        ),
        (seen.say("labels"), foreign(&labels(entry))),
        (seen.say("tlp"), Some(Html::code(entry.tlp.name()))),
        (seen.say("fact-source"), foreign(&entry.provenance.source)),
        (seen.say("added-by"), foreign(&entry.provenance.added_by)),
        (
            seen.say("fact-external"),
            entry.provenance.external_id.as_deref().and_then(foreign),
        ),
        (seen.say("created"), Some(seen.time(&entry.provenance.added_at))),
        (seen.say("expires"), entry.expires.map(|at| seen.time(&at))),
        (seen.say("note"), entry.note.as_deref().and_then(foreign)),
    ];
    said(facts)
}

fn signal_sheet(seen: &Seen, entry: &BankEntry) -> Sheet {
    let rows = entry.signals.iter().take(100).map(|held| {
        let quality = held
            .quality
            .map(|quality| Cell::number(seen, quality.get().into()));
        vec![
            Cell::code(held.signal.kind().name()),
            Cell::code(&held.signal.to_string()),
            quality.unwrap_or_else(Cell::none),
        ]
    });
    Sheet {
        name: "signals",
        title: seen.say("signals"),
        about: String::new(),
        head: vec![
            seen.say("bank-kind"),
            seen.say("value"),
            seen.say("signal-quality"),
        ],
        rows: rows.collect(),
        chart: None,
        csv: String::new(),
        empty: seen.say("none-yet"),
    }
}

/// Items near an entry that the reader may see: those that matched, and those that a look-back has found.
fn near_sheet(seen: &Seen, near: &[(ItemMatch, Option<Listing>)]) -> Sheet {
    let row = |(found, listing): &(ItemMatch, Option<Listing>)| {
        let listing = listing.as_ref().filter(|listing| items::may_see(seen, listing))?;
        let mut row = items::row(seen, listing);
        row.push(Cell::word(&seen.word("found-by-", found.found.name())));
        row.push(Cell::number(seen, found.distance.into()));
        Some(row)
    };
    let mut head = items::head(seen);
    head.extend([seen.say("found-by"), seen.say("distance")]);
    Sheet {
        name: "near",
        title: seen.say("near"),
        about: seen.say("near-about"),
        head,
        rows: near.iter().filter_map(row).collect(),
        chart: None,
        csv: String::new(),
        empty: seen.say("near-empty"),
    }
}

#[derive(Template)]
#[template(path = "console/added.html")]
struct AddedPage {
    seen: Seen,
    title: String,
    id: i64,
    words: String,
    warnings: Vec<Html>,
}

/// Adds an entry that is made from a file; the next item is compared with it.
pub(super) async fn add(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(name): Path<String>,
    fields: Fields,
    upload: Upload,
) -> Answer {
    if upload.0.is_empty() {
        return Err(Problem::field("file", "choose a file"));
    }
    let label: Option<Label> = fields.optional("label")?;
    let trust: Trust = fields.optional("trust")?.unwrap_or(Trust::Shadow);
    if !matches!(trust, Trust::Shadow | Trust::Active) {
        return Err(Problem::field("trust", "an entry begins as shadow or active"));
    }
    let (by, now) = (seen.actor()?, seen.now);
    let details = EntryDetails {
        labels: label.into_iter().collect(),
        note: fields.text("note", 1_000)?,
        provenance: Provenance {
            added_by: by.clone(),
            source: "console".to_owned(),
            external_id: None,
            added_at: now,
        },
        trust,
        tlp: Tlp::Amber,
        expires: None,
        hash_only: !fields.get("hash_only").is_empty(),
    };
    let (id, warnings) = app
        .apart(move |app| -> Result<_, Problem> {
            let bank = bank(app, &name)?;
            let decoded = app.decode(&upload.0, &app.settings.request.for_bank())?;
            let (entry, warnings) =
                from_whole(&decoded, details).map_err(|error| Problem::bad_request(error.to_string()))?;
            let mut warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            if bank.kind == BankKind::Known {
                let near = near_allow(&entry, &app.banks, now)?;
                warnings.extend(near.iter().map(ToString::to_string));
            }
            let edit = Edit::AddEntries {
                bank: bank.id,
                entries: vec![entry],
            };
            let done = app.edit(&by, &edit)?;
            let added = done.entries.first().copied();
            let added = added.ok_or_else(|| Problem::internal("an entry was added and has no number"))?;
            Ok((added, warnings))
        })
        .await?;
    page(&AddedPage {
        title: seen.say("entry-added"),
        words: seen.count("entry", id.0),
        id: id.0,
        warnings: warnings.iter().map(|it| Html::foreign(it)).collect(),
        seen,
    })
}

/// Says how far an entry is trusted.
pub(super) async fn set_trust(
    State(app): State<Arc<App>>,
    seen: Seen,
    Path(id): Path<i64>,
    fields: Fields,
) -> Answer {
    let trust: Trust = fields.required("trust")?;
    let by = seen.actor()?;
    app.apart(move |app| {
        let edit = Edit::ChangeEntry {
            entry: EntryId(id),
            changes: vec![EntryChange::Trust(trust)],
        };
        app.edit(&by, &edit)
    })
    .await?;
    Ok(see_other(&format!("/console/entries/{id}")))
}
