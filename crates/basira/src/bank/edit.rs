//! Changing and removing.

use std::io::Write;

use anyhow::{Context, Result};
use model::{BankName, EntryId, Trust};
use pipeline::curate::{Done, Edit, EntryChange};

use super::check_entry;
use crate::args::BankCommand;
use crate::curator::Curator;
use crate::print;

pub(super) fn run(curator: &Curator, command: &BankCommand) -> Result<()> {
    match command {
        BankCommand::Label {
            name,
            entry,
            add,
            remove,
        } => {
            let labels = EntryChange::Labels {
                add: add.clone(),
                remove: remove.clone(),
            };
            let done = change(curator, name, *entry, labels)?;
            let words: Vec<&str> = done.labels.iter().map(model::Label::as_str).collect();
            writeln!(print::out(), "entry {entry} has labels: {}", words.join(", "))?;
        }
        BankCommand::Trust { name, entry, trust } => {
            change(curator, name, *entry, EntryChange::Trust(*trust))?;
            writeln!(print::out(), "entry {entry} is {trust}")?;
        }
        BankCommand::Revoke { name, entry } => {
            change(curator, name, *entry, EntryChange::Trust(Trust::Revoked))?;
            writeln!(
                print::out(),
                "entry {entry} is revoked: it is kept, and never matched again"
            )?;
        }
        BankCommand::Confirm { name, entry, undo } => {
            change(curator, name, *entry, EntryChange::Confirmed(!undo))?;
            writeln!(
                print::out(),
                "entry {entry} is {}confirmed by a person",
                if *undo { "no longer " } else { "" }
            )?;
        }
        BankCommand::Expire { name, entry, when } => {
            let end = match when.as_str() {
                "never" => None,
                time => Some(
                    time.parse()
                        .context("the time must be like 2027-01-31T00:00:00Z, or \"never\"")?,
                ),
            };
            change(curator, name, *entry, EntryChange::Expires(end))?;
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
            switch(curator, name, false)?;
            writeln!(
                print::out(),
                "bank {name} is switched off: none of its entries is matched"
            )?;
        }
        BankCommand::Enable { name } => {
            switch(curator, name, true)?;
            writeln!(print::out(), "bank {name} is switched on")?;
        }
        BankCommand::Remove { name, entry } => {
            make(curator, name, *entry, &Edit::RemoveEntry { entry: *entry })?;
            writeln!(print::out(), "entry {entry} is removed")?;
        }
        // The other commands are run by the caller.
        BankCommand::Create { .. }
        | BankCommand::List { .. }
        | BankCommand::Show { .. }
        | BankCommand::Add(_)
        | BankCommand::Import(_)
        | BankCommand::Export { .. } => {}
    }
    Ok(())
}

fn change(curator: &Curator, name: &BankName, entry: EntryId, change: EntryChange) -> Result<Done> {
    let changes = vec![change];
    make(curator, name, entry, &Edit::ChangeEntry { entry, changes })
}

/// Makes an edit of an entry that is in the bank that was named with it.
fn make(curator: &Curator, name: &BankName, entry: EntryId, edit: &Edit) -> Result<Done> {
    check_entry(curator.store(), name, entry)?;
    curator.make(edit)
}

fn switch(curator: &Curator, name: &BankName, enabled: bool) -> Result<Done> {
    let bank = curator.store().bank(name)?.id;
    curator.make(&Edit::SwitchBank { bank, enabled })
}
