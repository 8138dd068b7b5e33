//! Changing and removing.

use std::io::Write;

use anyhow::{Context, Result};
use model::Trust;
use store::Store;

use super::check_entry;
use crate::args::BankCommand;
use crate::print;

pub(super) fn run(store: &Store, command: &BankCommand) -> Result<()> {
    match command {
        BankCommand::Label {
            name,
            entry,
            add,
            remove,
        } => {
            check_entry(store, name, *entry)?;
            let labels = store.edit_labels(*entry, add, remove)?;
            let words: Vec<&str> = labels.iter().map(model::Label::as_str).collect();
            writeln!(print::out(), "entry {entry} has labels: {}", words.join(", "))?;
        }
        BankCommand::Trust { name, entry, trust } => {
            check_entry(store, name, *entry)?;
            store.set_trust(*entry, *trust)?;
            writeln!(print::out(), "entry {entry} is {trust}")?;
        }
        BankCommand::Revoke { name, entry } => {
            check_entry(store, name, *entry)?;
            store.set_trust(*entry, Trust::Revoked)?;
            writeln!(
                print::out(),
                "entry {entry} is revoked: it is kept, and never matched again"
            )?;
        }
        BankCommand::Confirm { name, entry, undo } => {
            check_entry(store, name, *entry)?;
            store.set_human_confirmed(*entry, !undo)?;
            writeln!(
                print::out(),
                "entry {entry} is {}confirmed by a person",
                if *undo { "no longer " } else { "" }
            )?;
        }
        BankCommand::Expire { name, entry, when } => {
            check_entry(store, name, *entry)?;
            let end = match when.as_str() {
                "never" => None,
                time => Some(
                    time.parse()
                        .context("the time must be like 2027-01-31T00:00:00Z, or \"never\"")?,
                ),
            };
            store.set_expires(*entry, end)?;
            writeln!(
                print::out(),
                "entry {entry} is matched {}",
                if end.is_some() {
                    format!("until {when}")
                } else {
                    "always".into()
                }
            )?;
        }
        BankCommand::Disable { name } => {
            store.set_bank_enabled(store.bank(name)?.id, false)?;
            writeln!(
                print::out(),
                "bank {name} is switched off: none of its entries is matched"
            )?;
        }
        BankCommand::Enable { name } => {
            store.set_bank_enabled(store.bank(name)?.id, true)?;
            writeln!(print::out(), "bank {name} is switched on")?;
        }
        BankCommand::Remove { name, entry } => {
            check_entry(store, name, *entry)?;
            store.remove_entry(*entry)?;
            writeln!(print::out(), "entry {entry} is removed")?;
        }
        // The other commands are run by the caller.
        BankCommand::Create { .. }
        | BankCommand::List { .. }
        | BankCommand::Show { .. }
        | BankCommand::Add(_)
        | BankCommand::Import(_)
        | BankCommand::Export { .. }
        | BankCommand::GiveUpThumbnails => {}
    }
    Ok(())
}
