//! `basira policy try` and `explain`: an item or a snapshot, and one set.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use model::Receipt;
use pipeline::policies::{Recorded, attempt as every_policy_acting};
use policy::{ExplainFor, Language, Schema, Snapshot, Type, explain as put_into_words};
use serde_json::json;
use store::{Access, Store};

use super::files::{self, set};
use super::{ExplainOptions, Reader, TryOptions};
use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::print;

/// The decision of an item, as it was recorded.
fn recorded(store: &Store, receipt: &str) -> Result<Recorded> {
    let receipt: Receipt = receipt.parse().context("this is no receipt of an item")?;
    let item = store.item(receipt)?.context("there is no such item")?;
    Ok(Recorded::of(store, item.id)?)
}

/// The snapshot of a file, or that of an item.
fn snapshot(place: &PlaceArguments, file: Option<&Path>, item: Option<&str>) -> Result<Snapshot> {
    match (file, item) {
        (Some(path), _) => files::snapshot(path),
        (None, Some(receipt)) => {
            let store = place.store(Access::Reader)?;
            Ok(recorded(&store, receipt)?.snapshot().clone())
        }
        (None, None) => bail!("give a snapshot or an item"),
    }
}

pub(super) fn attempt(place: &PlaceArguments, options: &TryOptions) -> Result<Outcome> {
    let set = set(&options.set.paths)?;
    let snapshot = snapshot(place, options.snapshot.as_deref(), options.item.as_deref())?;
    let decision = every_policy_acting(&set, &snapshot, options.approved);
    let mut out = print::out();
    if options.json {
        print::json_line(&mut out, &decision)?;
    } else {
        write!(
            out,
            "{}",
            put_into_words(&set, &decision, &snapshot, ExplainFor::Reviewer, Language::En)
        )?;
    }
    Ok(if decision.chosen.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Matched
    })
}

pub(super) fn explain(place: &PlaceArguments, options: &ExplainOptions) -> Result<Outcome> {
    if options.schema {
        schema(options.json)?;
        return Ok(Outcome::Clean);
    }
    let reader = match options.reader {
        Reader::Reviewer => ExplainFor::Reviewer,
        Reader::Author => ExplainFor::Author,
        Reader::Auditor => ExplainFor::Auditor,
    };
    let language = match options.lang {
        super::Tongue::En => Language::En,
        super::Tongue::Ar => Language::Ar,
    };
    let words = match &options.item {
        // As it was decided then.
        Some(receipt) if options.set.paths.is_empty() => {
            let store = place.store(Access::Reader)?;
            recorded(&store, receipt)?.explain(&store, reader, language)?
        }
        item => {
            let set = set(&options.set.paths)?;
            let snapshot = snapshot(place, options.snapshot.as_deref(), item.as_deref())?;
            let decision = every_policy_acting(&set, &snapshot, options.approved);
            put_into_words(&set, &decision, &snapshot, reader, language)
        }
    };
    let mut out = print::out();
    if options.json {
        print::json_line(&mut out, &words)?;
    } else {
        write!(out, "{words}")?;
    }
    Ok(Outcome::Clean)
}

fn type_text(ty: Type) -> String {
    match ty {
        Type::Int(unit) | Type::Number(unit) => format!("{}, {}", ty.name(), unit.name()),
        Type::Enum(words) => format!("one of {}", words.join(", ")),
        _ => ty.name().to_owned(),
    }
}

fn schema(as_json: bool) -> Result<()> {
    let mut out = print::out();
    let mut line = |path: &str, ty: Type, person: bool, doc: [&str; 2]| -> Result<()> {
        let ty = type_text(ty);
        if as_json {
            let row = json!({ "path": path, "type": ty, "person": person, "en": doc[0], "ar": doc[1] });
            print::json_line(&mut out, &row)?;
        } else {
            let person = if person { " (only a person says it)" } else { "" };
            writeln!(out, "{path:<24}  {}{person}\n{:<24}  {ty}", doc[0], "")?;
        }
        Ok(())
    };
    for signal in Schema::signals() {
        line(signal.path, signal.ty, signal.person, signal.doc)?;
        if let Type::Records(record) = signal.ty {
            for field in record.fields.iter().filter(|field| field.readable) {
                line(
                    &format!("  {}.{}", record.name, field.name),
                    field.ty,
                    false,
                    field.doc,
                )?;
            }
        }
    }
    Ok(())
}
