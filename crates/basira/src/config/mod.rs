//! Settings: from options, the environment, one TOML file and defaults, in this order. `basira config` shows and checks
//! them.
//!
//! The file gives new defaults to the options of the command line, and the command line is read again: so there is one
//! parser for all sources, and one place where a setting is described.

mod example;
mod file;
mod table;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches, Subcommand};
use serde_json::{Value, json};

use crate::args::{Arguments, PlaceArguments};
use crate::exit::Outcome;
use crate::print;
use crate::serve::ServeOptions;
use file::File;
use table::{Form, SETTINGS, Setting, with_defaults, with_variables, without_password};

/// The file's name in the data folder.
const NAME: &str = "basira.toml";

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check a file of settings; names the line, the setting and what is wrong with it
    Check {
        /// File of settings [default: the one that serve would read]
        file: Option<PathBuf>,
    },
    /// Show the settings that are in force, and where each comes from; passwords are left out
    Show(Box<ShowOptions>),
    /// Print a file of settings with every setting, its description and its default
    Example,
}

#[derive(Debug, Args)]
pub(crate) struct ShowOptions {
    // The same options as serve has, so that one can try what they would do.
    #[command(flatten)]
    serve: ServeOptions,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The command line, read together with the file of settings.
struct Read {
    matches: ArgMatches,
    file: Option<File>,
}

/// Reads the command line, the environment and the file of settings. Ends the program where the command line is wrong, or
/// asks for help.
///
/// # Errors
/// What is wrong in the file.
pub(crate) fn arguments() -> Result<Arguments> {
    // What was matched by the same command line has the same form.
    Ok(Arguments::from_arg_matches(&read()?.matches)?)
}

fn program() -> Command {
    with_variables(Arguments::command())
}

fn read() -> Result<Read> {
    let program = program();
    let matches = program.clone().get_matches();
    let takes_all = match matches.subcommand() {
        Some(("serve", _)) => true,
        Some(("config", inner)) if inner.subcommand_name() == Some("show") => true,
        // These do not open the data.
        Some(("config" | "hash" | "doctor" | "demo", _)) => return Ok(Read { matches, file: None }),
        _ => false,
    };
    let takes = |setting: &Setting| takes_all || setting.is_of_place();
    let place = PlaceArguments::from_arg_matches(&matches)?;
    let Some((path, named)) = find(&place) else {
        return Ok(Read { matches, file: None });
    };
    let mut file = File::read(&path, &program)?;
    // A fault in what a command does not use is no reason to refuse it.
    file.faults.retain(|fault| match &fault.key {
        None => true,
        Some(key) => takes_all || Setting::find(key).is_some_and(Setting::is_of_place),
    });
    if !named && let Some(data) = file.given.iter().find(|given| given.key == "data") {
        bail!(
            "{}: line {}: data: this file was found in the data folder, which it can therefore not name; name the file by \
             --config, or leave the line out",
            path.display(),
            data.line
        );
    }
    complain(&file)?;
    let given: Vec<_> = file
        .given
        .iter()
        .filter_map(|given| Some((Setting::find(given.key)?, given.values.clone())))
        .filter(|(setting, _)| takes(setting))
        .collect();
    let matches = with_defaults(program, &given).get_matches();
    Ok(Read {
        matches,
        file: Some(file),
    })
}

/// The file of settings, and whether somebody named it.
fn find(place: &PlaceArguments) -> Option<(PathBuf, bool)> {
    if let Some(named) = &place.config {
        return Some((named.clone(), true));
    }
    // Without a home there is no data folder, which is said by whoever needs one.
    let (data, _) = place.resolve().ok()?;
    let path = data.join(NAME);
    path.exists().then_some((path, false))
}

/// Says all that is wrong in a file, if anything is.
fn complain(file: &File) -> Result<()> {
    if file.faults.is_empty() {
        return Ok(());
    }
    let path = file.path.display();
    let lines: Vec<_> = file
        .faults
        .iter()
        .map(|fault| format!("{path}: {fault}"))
        .collect();
    bail!("the settings cannot be used\n{}", lines.join("\n"));
}

pub(crate) fn run(place: &PlaceArguments, command: &ConfigCommand) -> Result<Outcome> {
    match command {
        ConfigCommand::Check { file } => check(place, file.as_deref()),
        ConfigCommand::Show(options) => show(options),
        ConfigCommand::Example => {
            print::out().write_all(example::example(&program()).as_bytes())?;
            Ok(Outcome::Clean)
        }
    }
}

fn check(place: &PlaceArguments, named: Option<&Path>) -> Result<Outcome> {
    let path = match (named, find(place)) {
        (Some(path), _) => path.to_owned(),
        (None, Some((path, _))) => path,
        (None, None) => bail!(
            "there is no file of settings to check: name one, or write {NAME} in the data folder, beginning with that of \
             basira config example"
        ),
    };
    let program = program();
    let file = File::read(&path, &program)?;
    let mut out = print::out();
    for fault in &file.faults {
        writeln!(out, "{}: {fault}", path.display())?;
    }
    if !file.faults.is_empty() {
        return Ok(Outcome::Incomplete);
    }
    let given: Vec<_> = file
        .given
        .iter()
        .filter_map(|given| Some((Setting::find(given.key)?, given.values.clone())))
        .collect();
    // What fits alone may not fit together.
    let matches = with_defaults(program, &given).try_get_matches_from(["basira", "serve"])?;
    let (_, serve) = matches.subcommand().context("serve is a command")?;
    if let Err(error) = ServeOptions::from_arg_matches(serve)?.check() {
        writeln!(out, "{}: {}", path.display(), print::explain(&error))?;
        return Ok(Outcome::Incomplete);
    }
    let count = file.given.len();
    writeln!(out, "{}: nothing wrong; settings: {count}", path.display())?;
    Ok(Outcome::Clean)
}

fn show(options: &ShowOptions) -> Result<Outcome> {
    let Read { matches, file } = read()?;
    let inner = matches
        .subcommand_matches("config")
        .and_then(|config| config.subcommand_matches("show"))
        .context("this is config show")?;
    let mut out = print::out();
    let shown = SETTINGS.iter().map(|setting| {
        let (value, from) = in_force(setting, inner, file.as_ref());
        (setting, value, from)
    });
    if options.json {
        let all: BTreeMap<_, _> = shown
            .map(|(setting, value, from)| (setting.key, json!({"value": value, "from": from})))
            .collect();
        print::json_line(&mut out, &all)?;
    } else {
        let mut table = print::table(&["setting", "value", "from"]);
        for (setting, value, from) in shown {
            let value = match value {
                Value::Null => String::new(),
                Value::String(text) => text,
                other => other.to_string(),
            };
            table.add_row([setting.key.to_owned(), print::plain(&value), from]);
        }
        writeln!(out, "{table}")?;
    }
    // It shows what is wrong together, and says so.
    options.serve.check()?;
    Ok(Outcome::Clean)
}

/// The value of a setting, and where it comes from.
fn in_force(setting: &Setting, matches: &ArgMatches, file: Option<&File>) -> (Value, String) {
    let id = setting.id();
    let raw = matches.get_raw(&id).into_iter().flatten();
    let mut values: Vec<String> = raw.map(|value| value.to_string_lossy().into_owned()).collect();
    if setting.may_hold_password {
        values = values.iter().map(|value| without_password(value)).collect();
    }
    let given = file.and_then(|file| {
        let given = file.given.iter().find(|given| given.key == setting.key)?;
        Some(format!("{}, line {}", file.path.display(), given.line))
    });
    let from = match matches.value_source(&id) {
        Some(ValueSource::CommandLine) => setting.option(),
        Some(ValueSource::EnvVariable) => setting.variable(),
        _ => given.unwrap_or_else(|| "default".to_owned()),
    };
    let first = values.first().cloned();
    let value = match (setting.form, first) {
        (Form::List, _) => json!(values),
        (Form::Flag, _) => json!(matches.get_flag(&id)),
        (_, None) => Value::Null,
        (Form::Number | Form::Fraction, Some(value)) => value.parse().unwrap_or(Value::String(value)),
        (Form::Text | Form::Path, Some(value)) => Value::String(value),
    };
    (value, from)
}
