//! `basira`: the command line. It reads arguments, opens the data folder, calls the path and prints.
#![forbid(unsafe_code)]

mod args;
mod bank;
mod certificates;
mod claim;
mod climb;
mod config;
mod curator;
mod demo;
mod doctor;
mod exit;
mod first;
mod hash;
mod import;
mod keep;
mod logs;
mod matching;
mod notify;
mod operations;
mod place;
mod policies;
mod policy_life;
mod print;
mod progress;
mod read;
mod scan;
mod scan_output;
mod serve;
mod sign_in_options;
mod steady;
mod telemetry;

use std::process::ExitCode;

use args::{Arguments, Command};
use exit::Outcome;

fn main() -> ExitCode {
    // The program starts itself once more to decode; nothing else may have happened by then.
    decode::sandbox::serve_if_asked();
    let ended = config::arguments().and_then(|arguments| run(&arguments));
    logs::flush();
    match ended {
        Ok(outcome) => outcome.into(),
        // What was not written may have been a match.
        Err(error) if print::is_broken_pipe(&error) => Outcome::Incomplete.into(),
        Err(error) => {
            eprintln!("basira: {}", print::explain(&error));
            Outcome::Incomplete.into()
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let place = &arguments.place;
    match &arguments.command {
        Command::Hash(options) => hash::run(options),
        Command::Read(options) => read::run(place, options),
        Command::Match(options) => matching::run(place, options),
        Command::Scan(options) => scan::run(place, options),
        Command::Bank(command) => bank::run(place, command),
        Command::Import(command) => import::run(place, command),
        Command::Doctor(options) => doctor::run(options),
        Command::Serve(options) => serve::run(place, options),
        Command::Policy(command) => policies::run(place, command),
        Command::Config(command) => config::run(place, command),
        Command::Verify(options) => keep::verify(place, options),
        Command::Backup(options) => keep::backup(place, options),
        Command::Restore(options) => keep::restore(place, options),
        Command::GiveUpEncrypted => keep::give_up(place),
        Command::Demo(options) => demo::run(options),
    }
}
