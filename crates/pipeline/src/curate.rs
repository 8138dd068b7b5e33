//! Edits of banks as the command line makes them, by itself or through a service that has the data folder: each is one
//! durable change, noted in the log with who made it.

use jiff::Timestamp;
use model::{BankId, BankKind, BankName, EntryId, Label, Trust};
use serde::{Deserialize, Serialize};
use store::{BankChange, LogKind, NewEntry, NewExchange, Store, StoreError};

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
        /// In which part of the lookups of HMA's clients it is matched, 0 to 1.
        enabled_ratio: f64,
    },
    /// Renames a bank, or changes in which part of lookups it is matched; what is `None` stays.
    ChangeBank {
        /// The bank.
        bank: BankId,
        /// Its name.
        name: Option<BankName>,
        /// The part.
        enabled_ratio: Option<f64>,
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
    /// Adds entries under ids that they had elsewhere, all or none.
    BringEntries {
        /// Their bank.
        bank: BankId,
        /// The entries.
        entries: Vec<(EntryId, NewEntry)>,
    },
    /// Switches an entry off until a time, and puts another remark in the place of its own.
    SwitchEntry {
        /// The entry.
        entry: EntryId,
        /// Until when; `None` switches it on.
        until: Option<Timestamp>,
        /// The remark.
        note: Option<String>,
    },
    /// Makes an exchange and its bank.
    CreateExchange {
        /// Its name.
        name: BankName,
        /// Its API.
        api: String,
        /// What is configured, as a JSON object.
        settings: String,
        /// Whether it is to be used.
        enabled: bool,
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
        Edit::CreateBank {
            name,
            kind,
            enabled_ratio,
        } => {
            let bank = store.create_bank_with(name, *kind, *enabled_ratio, now)?;
            (LogKind::BankCreated, vec![("bank", bank.id.0.to_string())])
        }
        Edit::ChangeBank {
            bank,
            name,
            enabled_ratio,
        } => {
            let change = BankChange {
                name: name.clone(),
                enabled_ratio: *enabled_ratio,
            };
            store.change_bank(*bank, &change)?;
            (LogKind::BankChanged, vec![("bank", bank.0.to_string())])
        }
        Edit::SwitchBank { bank, enabled } => {
            store.set_bank_enabled(*bank, *enabled)?;
            let about = vec![("bank", bank.0.to_string()), ("enabled", enabled.to_string())];
            (LogKind::BankChanged, about)
        }
        Edit::AddEntries { bank, entries } => {
            done.entries = store.add_entries(*bank, entries)?;
            added(*bank, &done.entries)
        }
        Edit::BringEntries { bank, entries } => {
            done.entries = store.add_entries_as(*bank, entries)?;
            added(*bank, &done.entries)
        }
        Edit::SwitchEntry { entry, until, note } => {
            store.set_disabled_until(*entry, *until)?;
            store.set_note(*entry, note.as_deref())?;
            changed(*entry)
        }
        Edit::CreateExchange {
            name,
            api,
            settings,
            enabled,
        } => {
            let new = NewExchange {
                name: name.clone(),
                api: api.clone(),
                settings: settings.clone(),
            };
            let made = store.create_exchange(&new, now)?;
            if !enabled {
                store.set_exchange_enabled(&made.name, false)?;
            }
            let about = vec![("bank", made.bank.0.to_string()), ("api", made.api)];
            (LogKind::ExchangeChanged, about)
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

/// That entries were added; of many the first and the last are named.
fn added(bank: BankId, entries: &[EntryId]) -> (LogKind, Vec<(&'static str, String)>) {
    let mut about = vec![("bank", bank.0.to_string())];
    about.extend(entries.first().map(|entry| ("entry", entry.0.to_string())));
    about.extend(
        entries
            .last()
            .filter(|_| entries.len() > 1)
            .map(|entry| ("to", entry.0.to_string())),
    );
    (LogKind::EntryAdded, about)
}

fn changed(entry: EntryId) -> (LogKind, Vec<(&'static str, String)>) {
    (LogKind::EntryChanged, vec![("entry", entry.0.to_string())])
}
