//! `basira bank`.

mod add;
mod edit;
mod import;
mod list;

use std::io::Write;

use anyhow::Result;
use model::{BankKind, BankName, EntryId};
use pipeline::curate::Edit;
use store::{Access, Store};

use crate::args::{BankCommand, PlaceArguments};
use crate::exit::Outcome;
use crate::print;

pub(crate) fn run(place: &PlaceArguments, command: &BankCommand) -> Result<Outcome> {
    match command {
        BankCommand::List { json } => list::banks(&*place.store(Access::Reader)?, *json)?,
        BankCommand::Show {
            name,
            after,
            limit,
            json,
        } => {
            list::show(&*place.store(Access::Reader)?, name, *after, *limit, *json)?;
        }
        BankCommand::Export { name, form } => list::export(&*place.store(Access::Reader)?, name, *form)?,
        BankCommand::Create { name, allow } => {
            let kind = if *allow { BankKind::Allow } else { BankKind::Known };
            place.curator()?.make(&Edit::CreateBank {
                name: name.clone(),
                kind,
                enabled_ratio: 1.0,
            })?;
            writeln!(
                print::out(),
                "bank {name} is made; fill it with: basira bank add {name} FILE…"
            )?;
        }
        BankCommand::Add(options) => return add::run(place, options),
        BankCommand::Import(options) => return import::run(place, options),
        other => edit::run(&place.curator()?, other)?,
    }
    Ok(Outcome::Clean)
}

/// Refuses an entry that is not in the bank that was named with it.
pub(crate) fn check_entry(store: &Store, name: &BankName, entry: EntryId) -> Result<()> {
    let bank = store.bank(name)?;
    let found = store.entry(entry)?;
    anyhow::ensure!(
        found.is_some_and(|found| found.bank == bank.id),
        "bank {name} has no entry {entry}; basira bank show {name} lists them"
    );
    Ok(())
}
