//! `basira import`: what another system has.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use anyhow::Result;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use model::{BankEntry, BankId, BankKind, BankName, EntryId};
use pipeline::curate::{Done, Edit, EntryChange};
use pipeline::hma;
use serde::Serialize;
use store::{Access, HmaBank, HmaContent, HmaDatabase, HmaExchange, NewEntry, Store, StoreError};

use crate::args::PlaceArguments;
use crate::curator::Curator;
use crate::exit::Outcome;
use crate::print;
use crate::progress::counting;

/// Content that is read at a time.
const PAGE: u32 = 1_000;
/// What was left out that is named one by one.
const NAMED: u64 = 20;

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Bring banks, content, exchanges and their credentials over from the PostgreSQL database of an HMA; content keeps its
    /// ids. Another run brings what is new there, and what was switched on or off
    Hma(HmaOptions),
}

#[derive(Debug, Args)]
pub(crate) struct HmaOptions {
    /// The database, as HMA names it in DATABASE_URI: postgresql://USER:PASSWORD@HOST/DATABASE
    #[arg(long, env = "BASIRA_HMA_DATABASE", value_name = "URL", hide_env_values = true)]
    database: String,
    /// Say what would be brought, and bring nothing
    #[arg(long)]
    dry_run: bool,
    /// Who brings it
    #[arg(long, value_name = "NAME", env = "USER", default_value = "unknown")]
    by: String,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
    /// Print the totals and what was left out as JSON, one object a line
    #[arg(long)]
    json: bool,
}

/// What became of things of one sort.
#[derive(Debug, Default, Serialize)]
struct Counts {
    /// That were not here.
    brought: u64,
    /// That are here as they are there, or were removed here since.
    there: u64,
    /// That were here and are now as they are there.
    changed: u64,
    /// That could not be brought.
    left_out: u64,
}

/// The last line of `basira import hma --json`.
#[derive(Debug, Default, Serialize)]
struct Totals {
    dry_run: bool,
    /// That are switched off or down there.
    signal_types: Counts,
    exchanges: Counts,
    banks: Counts,
    contents: Counts,
    /// Signals that could not be brought, of content that was.
    signals_left_out: u64,
    /// Of the APIs of exchanges.
    credentials: Counts,
}

/// The line of something that was left out.
#[derive(Serialize)]
struct LeftOut<'a> {
    left_out: &'a str,
    error: &'a str,
}

pub(crate) fn run(place: &PlaceArguments, command: &ImportCommand) -> Result<Outcome> {
    let ImportCommand::Hma(options) = command;
    let mut there = HmaDatabase::connect(&options.database)?;
    let curator = match options.dry_run {
        false => place.curator()?,
        true => Curator::reading(place.store(Access::Reader)?),
    };
    let mut import = Import {
        options,
        removed: curator.store().removed_entries()?,
        curator,
        now: Timestamp::now(),
        banks: HashMap::new(),
        made: HashSet::new(),
        totals: Totals {
            dry_run: options.dry_run,
            ..Totals::default()
        },
        named: 0,
    };
    import.signal_types(&there.signal_types()?)?;
    let exchanges = import.exchanges(&there.exchanges()?)?;
    for bank in there.banks()? {
        import.bank(&bank, &exchanges)?;
    }
    import.contents(&mut there)?;
    import.credentials(&there.credentials()?)?;
    import.report()
}

/// An import that is under way.
struct Import<'a> {
    options: &'a HmaOptions,
    curator: Curator,
    now: Timestamp,
    /// Entries that were removed here; what a person has removed is not brought back.
    removed: HashSet<EntryId>,
    /// Our bank for each of theirs; `None` is one that a dry run did not make.
    banks: HashMap<i32, Option<BankId>>,
    /// Banks that were made with their exchanges.
    made: HashSet<BankId>,
    totals: Totals,
    named: u64,
}

impl Import<'_> {
    fn store(&self) -> &Store {
        self.curator.store()
    }

    /// Makes an edit, unless nothing is to be changed.
    fn make(&self, edit: &Edit) -> Result<Option<Done>> {
        match self.options.dry_run {
            true => Ok(None),
            false => self.curator.make(edit).map(Some),
        }
    }

    fn leave_out(&mut self, what: &str, why: &str) {
        self.named += 1;
        if self.options.json {
            // A reader that is gone is noticed when the totals are printed.
            let _ = print::json_line(
                &mut print::out(),
                &LeftOut {
                    left_out: what,
                    error: why,
                },
            );
        } else if self.named <= NAMED {
            eprintln!(
                "basira: {}: not brought: {}",
                print::plain(what),
                print::plain(why)
            );
        }
    }

    fn known_bank(&self, name: &BankName) -> Result<Option<model::Bank>> {
        match self.store().bank(name) {
            Ok(bank) => Ok(Some(bank)),
            Err(StoreError::NoBank(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Brings how often signal types are used.
    fn signal_types(&mut self, there: &[(String, f64)]) -> Result<()> {
        let here = self.store().signal_ratios()?;
        for (name, ratio) in there {
            let Some(kind) = hma::kind(name) else {
                self.totals.signal_types.left_out += 1;
                self.leave_out(&format!("signal type {name}"), "Basira does not know it");
                continue;
            };
            let ratio = hma::ratio(*ratio);
            match here.get(&kind) {
                Some(known) if (known - ratio).abs() < 1e-9 => {
                    self.totals.signal_types.there += 1;
                    continue;
                }
                Some(_) => self.totals.signal_types.changed += 1,
                None => self.totals.signal_types.brought += 1,
            }
            self.make(&Edit::SetSignalRatio { kind, ratio })?;
        }
        Ok(())
    }

    /// Brings exchanges, and gives our bank for each that is here now.
    fn exchanges(&mut self, there: &[HmaExchange]) -> Result<HashMap<i32, Option<BankId>>> {
        let mut banks = HashMap::new();
        let here = self.store().exchanges()?;
        for exchange in there {
            if let Some(known) = here.iter().find(|known| known.name == exchange.name) {
                self.totals.exchanges.there += 1;
                banks.insert(exchange.id, Some(known.bank));
                continue;
            }
            let new = match hma::exchange(exchange) {
                Ok(new) => match self.known_bank(&new.name)? {
                    None => Ok(new),
                    Some(_) => Err(
                        "there is a bank of its name here that is no exchange's; rename that first"
                            .to_owned(),
                    ),
                },
                Err(why) => Err(why),
            };
            match new {
                Ok(new) => {
                    self.make(&Edit::CreateExchange {
                        name: new.name,
                        api: new.api,
                        settings: new.settings,
                        enabled: exchange.enabled,
                    })?;
                    self.totals.exchanges.brought += 1;
                    let made = self.store().exchanges()?;
                    let made = made.iter().find(|made| made.name == exchange.name);
                    let bank = made.map(|made| made.bank);
                    self.made.extend(bank);
                    banks.insert(exchange.id, bank);
                }
                Err(why) => {
                    self.totals.exchanges.left_out += 1;
                    self.leave_out(&format!("exchange {}", exchange.name), &why);
                }
            }
        }
        Ok(banks)
    }

    /// Brings the credentials of APIs, which are sealed here. Those that were set here since stay.
    fn credentials(&mut self, there: &[(String, String)]) -> Result<()> {
        for (api, credentials) in there {
            if self.store().has_credentials(api)? {
                self.totals.credentials.there += 1;
                continue;
            }
            match hma::credentials(credentials) {
                Ok(credentials) => {
                    self.make(&Edit::SetCredentials {
                        api: api.clone(),
                        credentials: Some(credentials),
                    })?;
                    self.totals.credentials.brought += 1;
                }
                Err(why) => {
                    self.totals.credentials.left_out += 1;
                    self.leave_out(&format!("credentials of {api}"), &why);
                }
            }
        }
        Ok(())
    }

    fn bank(&mut self, there: &HmaBank, exchanges: &HashMap<i32, Option<BankId>>) -> Result<()> {
        let enabled_ratio = hma::ratio(there.enabled_ratio);
        let name: BankName = match there.name.parse() {
            Ok(name) => name,
            Err(error) => {
                self.totals.banks.left_out += 1;
                self.leave_out(&format!("bank {}", there.name), &format!("{error}"));
                return Ok(());
            }
        };
        // The bank of an exchange was made with it, under the name of that.
        let of_exchange = there.exchange.and_then(|exchange| exchanges.get(&exchange));
        let known = match of_exchange {
            Some(None) => {
                self.totals.banks.brought += 1;
                self.banks.insert(there.id, None);
                return Ok(());
            }
            Some(Some(id)) => self
                .store()
                .banks()?
                .into_iter()
                .map(|known| known.bank)
                .find(|bank| bank.id == *id),
            None => self.known_bank(&name)?,
        };
        let Some(known) = known else {
            self.make(&Edit::CreateBank {
                name: name.clone(),
                kind: BankKind::Known,
                enabled_ratio,
            })?;
            let made = self.known_bank(&name)?.map(|bank| bank.id);
            self.banks.insert(there.id, made);
            self.totals.banks.brought += 1;
            return Ok(());
        };
        if known.kind != BankKind::Known {
            self.totals.banks.left_out += 1;
            self.leave_out(
                &format!("bank {name}"),
                "a bank of its name here is for content that only looks like it",
            );
            return Ok(());
        }
        self.banks.insert(there.id, Some(known.id));
        let is_same = known.name == name && (known.enabled_ratio - enabled_ratio).abs() < 1e-9;
        match (self.made.contains(&known.id), is_same) {
            (true, _) => self.totals.banks.brought += 1,
            (false, true) => self.totals.banks.there += 1,
            (false, false) => self.totals.banks.changed += 1,
        }
        if is_same {
            return Ok(());
        }
        self.make(&Edit::ChangeBank {
            bank: known.id,
            name: (known.name != name).then_some(name),
            enabled_ratio: Some(enabled_ratio),
        })?;
        Ok(())
    }

    fn contents(&mut self, there: &mut HmaDatabase) -> Result<()> {
        let bar = counting("pieces of content");
        if self.options.quiet {
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        bar.set_length(there.count()?);
        let mut after = 0;
        loop {
            let page = there.contents(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            let mut batches: HashMap<BankId, Vec<(EntryId, NewEntry)>> = HashMap::new();
            for content in &page {
                if let Some((bank, entry)) = bar.suspend(|| self.content(content))? {
                    batches.entry(bank).or_default().push((hma::id(content), entry));
                }
            }
            for (bank, entries) in batches {
                self.make(&Edit::BringEntries { bank, entries })?;
            }
            bar.inc(page.len() as u64);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Looks at one piece of content; gives the entry that is to be made of it.
    fn content(&mut self, there: &HmaContent) -> Result<Option<(BankId, NewEntry)>> {
        let what = format!("content {}", there.id);
        let Some(bank) = self.banks.get(&there.bank).copied() else {
            self.totals.contents.left_out += 1;
            self.leave_out(&what, "its bank was not brought");
            return Ok(None);
        };
        let id = hma::id(there);
        if let Some(known) = self.store().entry(id)? {
            self.again(there, &known)?;
            return Ok(None);
        }
        if self.removed.contains(&id) {
            self.totals.contents.there += 1;
            return Ok(None);
        }
        let brought = hma::entry(there, &self.options.by, self.now);
        for why in &brought.left_out {
            self.leave_out(&what, why);
        }
        let checked = brought.entry.map(|entry| entry.check().map(|()| entry));
        let entry = match checked {
            Some(Ok(entry)) => entry,
            Some(Err(error)) => {
                self.totals.contents.left_out += 1;
                self.leave_out(&what, &error.to_string());
                return Ok(None);
            }
            None => {
                self.totals.contents.left_out += 1;
                return Ok(None);
            }
        };
        self.totals.contents.brought += 1;
        self.totals.signals_left_out += brought.left_out.len() as u64;
        Ok(bank.map(|bank| (bank, entry)))
    }

    /// Content whose id is that of an entry here.
    fn again(&mut self, there: &HmaContent, known: &BankEntry) -> Result<()> {
        let is_same = known.provenance.source == hma::SOURCE
            && known.provenance.external_id.as_deref() == Some(&hma::external_id(there));
        if !is_same {
            self.totals.contents.left_out += 1;
            let why = "another entry here has its id; bring it into a new data folder, so that clients find it again";
            self.leave_out(&format!("content {}", there.id), why);
            return Ok(());
        }
        let until = hma::disabled_until(there);
        if known.disabled_until == until && known.note == there.note {
            self.totals.contents.there += 1;
            return Ok(());
        }
        let until = EntryChange::DisabledUntil(until);
        self.make(&Edit::ChangeEntry {
            entry: known.id,
            changes: vec![until, EntryChange::Note(there.note.clone())],
        })?;
        self.totals.contents.changed += 1;
        Ok(())
    }

    fn report(self) -> Result<Outcome> {
        let totals = &self.totals;
        let mut out = print::out();
        if self.options.json {
            print::json_line(&mut out, totals)?;
        } else {
            if self.named > NAMED {
                eprintln!("basira: … and {} more; --json names them all", self.named - NAMED);
            }
            let brought = if totals.dry_run {
                "would be brought"
            } else {
                "brought"
            };
            let changed = if totals.dry_run {
                "would be changed"
            } else {
                "changed"
            };
            for (what, counts) in [
                ("signal types", &totals.signal_types),
                ("exchanges", &totals.exchanges),
                ("banks", &totals.banks),
                ("pieces of content", &totals.contents),
                ("credentials of APIs", &totals.credentials),
            ] {
                writeln!(
                    out,
                    "{what}: {} {brought}, {} {changed}, {} here already, {} left out",
                    counts.brought, counts.changed, counts.there, counts.left_out
                )?;
            }
        }
        Ok(match self.named {
            0 => Outcome::Clean,
            _ => Outcome::Incomplete,
        })
    }
}
