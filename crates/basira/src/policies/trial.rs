//! `basira policy try` and `explain`: one snapshot, one set, every policy acting.

use std::io::Write;

use anyhow::Result;
use policy::{
    Caps, ExplainFor, Language, Outcome as Decision, Policy, PolicySet, Schema, Snapshot, Stage, Standing,
    Type, decide, explain as put_into_words,
};
use serde_json::json;

use super::files::{set, snapshot};
use super::{ExplainOptions, Reader, TryOptions};
use crate::exit::Outcome;
use crate::print;

/// Every policy acts; with or without the approval of two people that it acts by itself.
fn decision(set: &PolicySet, snapshot: &Snapshot, approved: bool) -> Decision {
    let people = ["try-1", "try-2"].map(str::to_owned);
    let standing = |policy: &Policy| Standing {
        version: policy.version(),
        stage: Stage::Enforce,
        author: "try".to_owned(),
        approved_by: people.iter().cloned().collect(),
        automation_by: if approved {
            people.iter().cloned().collect()
        } else {
            [].into()
        },
        emergency: None,
    };
    decide(set, &set.stages(standing), snapshot, &Caps::default())
}

pub(super) fn attempt(options: &TryOptions) -> Result<Outcome> {
    let set = set(&options.set.paths)?;
    let snapshot = snapshot(&options.snapshot)?;
    let decision = decision(&set, &snapshot, options.approved);
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

pub(super) fn explain(options: &ExplainOptions) -> Result<Outcome> {
    let Some(path) = &options.snapshot else {
        schema(options.json)?;
        return Ok(Outcome::Clean);
    };
    let set = set(&options.set.paths)?;
    let snapshot = snapshot(path)?;
    let decision = decision(&set, &snapshot, options.approved);
    let reader = match options.reader {
        Reader::Reviewer => ExplainFor::Reviewer,
        Reader::Author => ExplainFor::Author,
        Reader::Auditor => ExplainFor::Auditor,
    };
    let language = match options.lang {
        super::Tongue::En => Language::En,
        super::Tongue::Ar => Language::Ar,
    };
    let words = put_into_words(&set, &decision, &snapshot, reader, language);
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
