//! `basira policy`: what needs files only. Deploying, approving and rolling back are records: see `policy_life`.

mod check;
pub(crate) mod files;
mod trial;

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

use anyhow::Result;

use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::policy_life::{self, LifeCommand};

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check a set of policies: types, signals, limits, and the tests in each file
    Check(CheckOptions),
    /// Bring files into their usual form; comments stay
    Fmt(FmtOptions),
    /// Point out what is allowed and worth a second look
    Lint(CheckOptions),
    /// Run the tests in the files
    Test(TestOptions),
    /// Decide about one item or snapshot, with every policy acting, and show how each came to its answer
    Try(TryOptions),
    /// Explain the decision of an item, or what a set says about a snapshot, for one of three readers; or list what
    /// conditions can ask for
    Explain(ExplainOptions),
    #[command(flatten)]
    Life(LifeCommand),
}

/// Which set.
#[derive(Debug, Args)]
pub(crate) struct SetArguments {
    /// Files and folders of a set, with clauses.toml and grounds.toml [default: the set that is shipped]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    #[command(flatten)]
    pub(crate) set: SetArguments,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FmtOptions {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Change nothing; say which files would change
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    #[command(flatten)]
    pub(crate) set: SetArguments,
    /// Change each policy in one thing after another, and say which changes no test notices
    #[arg(long)]
    pub(crate) mutate: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TryOptions {
    #[command(flatten)]
    pub(crate) set: SetArguments,
    /// A snapshot as JSON; - for standard input
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "item",
        conflicts_with = "item"
    )]
    pub(crate) snapshot: Option<PathBuf>,
    /// An item by its receipt: what was known of it when it was decided last
    #[arg(long, value_name = "RECEIPT")]
    pub(crate) item: Option<String>,
    /// As if two people had approved that policies act by themselves
    #[arg(long)]
    pub(crate) approved: bool,
    /// Print the outcome as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainOptions {
    #[command(flatten)]
    pub(crate) set: SetArguments,
    /// List the signals that conditions can ask for, with types and units
    #[arg(long, conflicts_with_all = ["snapshot", "item", "approved"])]
    pub(crate) schema: bool,
    /// A snapshot as JSON; - for standard input
    #[arg(long, value_name = "FILE", required_unless_present_any = ["schema", "item"], conflicts_with = "item")]
    pub(crate) snapshot: Option<PathBuf>,
    /// An item by its receipt: how it was decided, or, with paths, what they say of what was known of it then
    #[arg(long, value_name = "RECEIPT")]
    pub(crate) item: Option<String>,
    /// As if two people had approved that policies act by themselves
    #[arg(long)]
    pub(crate) approved: bool,
    /// For whom
    #[arg(long = "for", value_enum, default_value_t = Reader::Reviewer)]
    pub(crate) reader: Reader,
    /// The language
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    pub(crate) lang: Tongue,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// For whom an explanation is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Reader {
    Reviewer,
    Author,
    Auditor,
}

/// The language of an explanation.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Tongue {
    En,
    Ar,
}

pub(crate) fn run(place: &PlaceArguments, command: &PolicyCommand) -> Result<Outcome> {
    match command {
        PolicyCommand::Check(options) => check::check(options),
        PolicyCommand::Fmt(options) => check::fmt(options),
        PolicyCommand::Lint(options) => check::lint(options),
        PolicyCommand::Test(options) => check::test(options),
        PolicyCommand::Try(options) => trial::attempt(place, options),
        PolicyCommand::Explain(options) => trial::explain(place, options),
        PolicyCommand::Life(command) => policy_life::run(place, command),
    }
}
