//! Changes of banks, whoever makes them: a route, the command line, or a service that the command line asks. Each is one
//! transaction with its record in the log, which says who made it: neither is there without the other.

use std::fmt;

use jiff::Timestamp;
use model::{BankId, BankKind, BankName, EntryId, Label, SignalType, Trust};
use serde::{Deserialize, Serialize};
use store::{BankChange, Edits, LogKind, NewEntry, NewExchange, Store, StoreError};

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
    /// Removes a bank with all of its entries, and its exchange.
    RemoveBank {
        /// The bank.
        bank: BankId,
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
    /// Changes an entry: all of it or nothing.
    ChangeEntry {
        /// The entry.
        entry: EntryId,
        /// What of it, in order.
        changes: Vec<EntryChange>,
    },
    /// Removes an entry for good.
    RemoveEntry {
        /// The entry.
        entry: EntryId,
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
    /// Switches an exchange on or off.
    SwitchExchange {
        /// Its name.
        name: String,
        /// Its bank.
        bank: BankId,
        /// Whether it is to be used.
        enabled: bool,
    },
    /// Keeps the credentials of an exchange's API in place of those before, sealed.
    SetCredentials {
        /// The API.
        api: String,
        /// The credentials; `None` forgets them.
        credentials: Option<Credentials>,
    },
    /// Sets how often a signal type is used for HMA's clients.
    SetSignalRatio {
        /// The type.
        kind: SignalType,
        /// In which part of lookups, 0 to 1.
        ratio: f64,
    },
}

/// What can be changed of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EntryChange {
    /// How far it is trusted.
    Trust(Trust),
    /// Whether a person has confirmed it.
    Confirmed(bool),
    /// The remark for people; `None` takes it away.
    Note(Option<String>),
    /// Labels to add, and labels to take away.
    Labels {
        /// To add.
        add: Vec<Label>,
        /// To take away.
        remove: Vec<Label>,
    },
    /// When it stops to be matched; `None` is never.
    Expires(Option<Timestamp>),
    /// Until when it is switched off; `None` switches it on, [`Timestamp::MAX`] off for ever.
    DisabledUntil(Option<Timestamp>),
}

/// What opens an API, as a JSON object. It is not shown where the rest is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credentials(pub String);

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Credentials(..)")
    }
}

/// What an edit has made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The bank that was made.
    pub bank: Option<BankId>,
    /// The entries that were added, in order.
    pub entries: Vec<EntryId>,
    /// The labels that an entry has now, where they were changed.
    pub labels: Vec<Label>,
}

/// What the log is told beside who it was.
type About = Vec<(&'static str, String)>;

/// Makes an edit, and notes it in the log as that of `by`: both are durable when this returns. A search sees it when
/// [`Banks::refresh`](crate::banks::Banks::refresh) was called afterwards.
///
/// # Errors
/// [`StoreError`]; nothing is changed then, and nothing noted.
pub fn apply(store: &Store, edit: &Edit, by: &str, now: Timestamp) -> Result<Done, StoreError> {
    store.edit(edit.name(), |edits| {
        let mut done = Done::default();
        let (kind, mut about) = edit.make(edits, now, &mut done)?;
        about.push(("by", by.to_owned()));
        edits.note(now, kind, &about)?;
        Ok(done)
    })
}

impl Edit {
    /// The name of its transaction.
    const fn name(&self) -> &'static str {
        match self {
            Self::CreateBank { .. } => "create_bank",
            Self::ChangeBank { .. } => "change_bank",
            Self::SwitchBank { .. } => "switch_bank",
            Self::RemoveBank { .. } => "remove_bank",
            Self::AddEntries { .. } => "add_entries",
            Self::BringEntries { .. } => "bring_entries",
            Self::ChangeEntry { .. } => "change_entry",
            Self::RemoveEntry { .. } => "remove_entry",
            Self::CreateExchange { .. } => "create_exchange",
            Self::SwitchExchange { .. } => "switch_exchange",
            Self::SetCredentials { .. } => "set_credentials",
            Self::SetSignalRatio { .. } => "set_signal_ratio",
        }
    }

    fn make(
        &self,
        edits: &Edits<'_, '_>,
        now: Timestamp,
        done: &mut Done,
    ) -> Result<(LogKind, About), StoreError> {
        Ok(match self {
            Self::CreateBank {
                name,
                kind,
                enabled_ratio,
            } => {
                let bank = edits.create_bank_with(name, *kind, *enabled_ratio, now)?.id;
                done.bank = Some(bank);
                (LogKind::BankCreated, of_bank(bank))
            }
            Self::ChangeBank {
                bank,
                name,
                enabled_ratio,
            } => {
                let change = BankChange {
                    name: name.clone(),
                    enabled_ratio: *enabled_ratio,
                };
                edits.change_bank(*bank, &change)?;
                let mut about = of_bank(*bank);
                about.extend(name.as_ref().map(|_| ("renamed", true.to_string())));
                about.extend(enabled_ratio.map(|ratio| ("ratio", ratio.to_string())));
                (LogKind::BankChanged, about)
            }
            Self::SwitchBank { bank, enabled } => {
                edits.set_bank_enabled(*bank, *enabled)?;
                (
                    LogKind::BankChanged,
                    [of_bank(*bank), switched(*enabled)].concat(),
                )
            }
            Self::RemoveBank { bank } => {
                let entries = edits.remove_bank(*bank)?;
                let more = vec![("removed", true.to_string()), ("entries", entries.to_string())];
                (LogKind::BankChanged, [of_bank(*bank), more].concat())
            }
            Self::AddEntries { bank, entries } => {
                done.entries = edits.add_entries(*bank, entries)?;
                (LogKind::EntryAdded, added(*bank, &done.entries))
            }
            Self::BringEntries { bank, entries } => {
                done.entries = edits.add_entries_as(*bank, entries)?;
                (LogKind::EntryAdded, added(*bank, &done.entries))
            }
            Self::ChangeEntry { entry, changes } => {
                let mut about = of_entry(*entry);
                for change in changes {
                    about.extend(change.make(edits, *entry, done)?);
                }
                (LogKind::EntryChanged, about)
            }
            Self::RemoveEntry { entry } => {
                edits.remove_entry(*entry)?;
                (LogKind::EntryRemoved, of_entry(*entry))
            }
            Self::CreateExchange {
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
                let made = edits.create_exchange(&new, now)?;
                if !enabled {
                    edits.set_exchange_enabled(&made.name, false)?;
                }
                done.bank = Some(made.bank);
                let more = vec![("api", made.api), ("made", true.to_string())];
                (LogKind::ExchangeChanged, [of_bank(made.bank), more].concat())
            }
            Self::SwitchExchange { name, bank, enabled } => {
                edits.set_exchange_enabled(name, *enabled)?;
                (
                    LogKind::ExchangeChanged,
                    [of_bank(*bank), switched(*enabled)].concat(),
                )
            }
            Self::SetCredentials { api, credentials } => {
                let bytes = credentials.as_ref().map(|credentials| credentials.0.as_bytes());
                edits.set_credentials(api, bytes)?;
                let what = if bytes.is_some() { "set" } else { "cleared" };
                (
                    LogKind::ExchangeChanged,
                    vec![("api", api.clone()), ("credentials", what.to_owned())],
                )
            }
            Self::SetSignalRatio { kind, ratio } => {
                edits.set_signal_ratio(*kind, *ratio)?;
                (
                    LogKind::SignalTypeChanged,
                    vec![("type", kind.name().to_owned()), ("ratio", ratio.to_string())],
                )
            }
        })
    }
}

impl EntryChange {
    /// Makes it; gives what the log is told of it, which is never a text that a person wrote.
    fn make(
        &self,
        edits: &Edits<'_, '_>,
        entry: EntryId,
        done: &mut Done,
    ) -> Result<Option<(&'static str, String)>, StoreError> {
        Ok(match self {
            Self::Trust(trust) => {
                edits.set_trust(entry, *trust)?;
                Some(("trust", trust.name().to_owned()))
            }
            Self::Confirmed(confirmed) => {
                edits.set_human_confirmed(entry, *confirmed)?;
                Some(("confirmed", confirmed.to_string()))
            }
            Self::Note(note) => {
                edits.set_note(entry, note.as_deref())?;
                None
            }
            Self::Labels { add, remove } => {
                done.labels = edits.edit_labels(entry, add, remove)?;
                None
            }
            Self::Expires(expires) => {
                edits.set_expires(entry, *expires)?;
                None
            }
            Self::DisabledUntil(until) => {
                edits.set_disabled_until(entry, *until)?;
                None
            }
        })
    }
}

fn of_bank(bank: BankId) -> About {
    vec![("bank", bank.0.to_string())]
}

fn of_entry(entry: EntryId) -> About {
    vec![("entry", entry.0.to_string())]
}

fn switched(enabled: bool) -> About {
    vec![("enabled", enabled.to_string())]
}

/// That entries were added; of many the first and the last are named.
fn added(bank: BankId, entries: &[EntryId]) -> About {
    let mut about = of_bank(bank);
    about.extend(entries.first().map(|entry| ("entry", entry.0.to_string())));
    about.extend(
        entries
            .last()
            .filter(|_| entries.len() > 1)
            .map(|entry| ("to", entry.0.to_string())),
    );
    about
}
