//! Edits of banks as the command line makes them, by itself or through a service that has the data folder: each is one
//! durable change, noted in the log with who made it.

use jiff::Timestamp;
use model::{BankId, BankKind, BankName, EntryId, Label, Trust};
use serde::{Deserialize, Serialize};
use store::{LogKind, NewEntry, Store, StoreError};

/// One edit. It can be sent to another process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Makes a bank.
    CreateBank {
        /// Its name.
        name: BankName,
        /// What it is for.
        kind: BankKind,
    },
    /// Switches a bank on or off.
    SwitchBank {
        /// The bank.
        bank: BankId,
        /// Whether its entries are matched.
        enabled: bool,
    },
    /// Adds entries, all or none.
    AddEntries {
        /// Their bank.
        bank: BankId,
        /// The entries.
        entries: Vec<NewEntry>,
    },
    /// Says how far an entry is trusted.
    Trust {
        /// The entry.
        entry: EntryId,
        /// How far.
        trust: Trust,
    },
    /// Notes whether a person has confirmed an entry.
    Confirm {
        /// The entry.
        entry: EntryId,
        /// Whether.
        confirmed: bool,
    },
    /// Says when an entry stops to be matched.
    Expire {
        /// The entry.
        entry: EntryId,
        /// When; `None` is never.
        expires: Option<Timestamp>,
    },
    /// Adds labels to an entry and takes others away.
    Label {
        /// The entry.
        entry: EntryId,
        /// Labels to add.
        add: Vec<Label>,
        /// Labels to take away.
        remove: Vec<Label>,
    },
    /// Removes an entry for good.
    Remove {
        /// The entry.
        entry: EntryId,
    },
}

/// What an edit has made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The entries that were added, in order.
    pub entries: Vec<EntryId>,
    /// The labels that an entry has now.
    pub labels: Vec<Label>,
}

/// Makes an edit, durably, and notes it in the log as that of `by`. A search sees it when
/// [`Banks::refresh`](crate::banks::Banks::refresh) was called afterwards.
///
/// # Errors
/// [`StoreError`]; nothing is changed then, unless the disk was full before the note was written.
pub fn apply(store: &Store, edit: &Edit, by: &str, now: Timestamp) -> Result<Done, StoreError> {
    let mut done = Done::default();
    let (kind, about) = match edit {
        Edit::CreateBank { name, kind } => {
            let bank = store.create_bank(name, *kind, now)?;
            (LogKind::BankCreated, vec![("bank", bank.id.0.to_string())])
        }
        Edit::SwitchBank { bank, enabled } => {
            store.set_bank_enabled(*bank, *enabled)?;
            let about = vec![("bank", bank.0.to_string()), ("enabled", enabled.to_string())];
            (LogKind::BankChanged, about)
        }
        Edit::AddEntries { bank, entries } => {
            done.entries = store.add_entries(*bank, entries)?;
            let (Some(first), Some(last)) = (done.entries.first(), done.entries.last()) else {
                return Ok(done);
            };
            let mut about = vec![("bank", bank.0.to_string()), ("entry", first.0.to_string())];
            if last != first {
                about.push(("to", last.0.to_string()));
            }
            (LogKind::EntryAdded, about)
        }
        Edit::Trust { entry, trust } => {
            store.set_trust(*entry, *trust)?;
            changed(*entry)
        }
        Edit::Confirm { entry, confirmed } => {
            store.set_human_confirmed(*entry, *confirmed)?;
            changed(*entry)
        }
        Edit::Expire { entry, expires } => {
            store.set_expires(*entry, *expires)?;
            changed(*entry)
        }
        Edit::Label { entry, add, remove } => {
            done.labels = store.edit_labels(*entry, add, remove)?;
            changed(*entry)
        }
        Edit::Remove { entry } => {
            store.remove_entry(*entry)?;
            (LogKind::EntryRemoved, vec![("entry", entry.0.to_string())])
        }
    };
    let by = [("by", by.to_owned())];
    store.note(now, kind, &[about.as_slice(), by.as_slice()].concat())?;
    Ok(done)
}

fn changed(entry: EntryId) -> (LogKind, Vec<(&'static str, String)>) {
    (LogKind::EntryChanged, vec![("entry", entry.0.to_string())])
}
