//! `basira policy put`, `approve`, `deploy`, `rollback`, `list`, `show`, `backtest`, `diff`, `replay`, `follow-up`: the life of
//! a policy.

mod files;
mod follow_up;
mod keeping;
mod office;
mod show;
mod tries;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use model::{Share, Stage};

pub(crate) use keeping::{look, replay_sample};

use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::print;
use office::Move;

/// What people do with policies by keys of their own, and what they ask beforehand.
#[derive(Debug, Subcommand)]
pub(crate) enum LifeCommand {
    /// Hand texts in as drafts, all or none; they are checked together. Takes your personal key
    Put(PutOptions),
    /// Approve the newest text of a policy that somebody else has written. Takes your personal key
    Approve(ApproveOptions),
    /// Move a text to shadow, canary, enforce or retired, or put it into effect in an emergency. Takes your personal key
    Deploy(DeployOptions),
    /// Go back to the text that was enforced before, at once. Takes your personal key
    Rollback(RollbackOptions),
    /// List the policies and where their texts stand
    List(ListOptions),
    /// Show a policy: its text, who wrote and approved it, its steps
    Show(ShowOptions),
    /// Say what policies would have done in the last days
    Backtest(BacktestOptions),
    /// Hold two sets of policies against each other in the last days
    Diff(DiffOptions),
    /// Decide again what was decided: the same must come out
    Replay(ReplayOptions),
    /// List what was asked to be put before people, or approve, cancel or undo one of it, which takes your personal key
    FollowUp(FollowUpOptions),
}

/// Who does it. The owner of the file system is no person.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// File with your personal key, `-` for standard input; the key itself may stand in the variable BASIRA_PERSONAL_KEY
    #[arg(long, value_name = "FILE")]
    personal_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PutOptions {
    /// Files, or folders of them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    who: Who,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ApproveOptions {
    /// Policy
    policy: String,
    /// The text that you have read, by the first digits of its SHA-256 [default: the newest one]
    #[arg(long, value_name = "DIGITS")]
    text: Option<String>,
    #[command(flatten)]
    who: Who,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DeployOptions {
    /// Policy, or a file, which is handed in first
    policy: String,
    /// Stage: shadow, canary, enforce or retired
    #[arg(
        long,
        value_name = "STAGE",
        required_unless_present = "emergency",
        conflicts_with = "emergency"
    )]
    to: Option<Stage>,
    /// Of a canary: the share of contents, of a thousand
    #[arg(long, value_name = "N")]
    per_mille: Option<Share>,
    /// Put it into effect for so many hours, 24 at most, without anybody's approval; only what enqueues or restricts
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=1000))]
    emergency: Option<u32>,
    /// The text, by the first digits of its SHA-256 [default: the newest one]
    #[arg(long, value_name = "DIGITS")]
    text: Option<String>,
    /// Why, for those who read it later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    who: Who,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RollbackOptions {
    /// Policy
    policy: String,
    /// Why, for those who read it later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    who: Who,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowOptions {
    /// Policy
    policy: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BacktestOptions {
    /// Files or folders of policies, or policies of which the newest texts are meant; beside them is what is enforced now
    #[arg(required = true, value_name = "FILE")]
    policies: Vec<String>,
    #[command(flatten)]
    days: Days,
    /// Ask that the items on which it acts, and nothing did then, be put before people, for this reason; somebody else
    /// approves that by `basira policy follow-up`. Takes your personal key
    #[arg(long, value_name = "REASON")]
    follow_up: Option<String>,
    #[command(flatten)]
    who: Who,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FollowUpOptions {
    /// The follow-up; all are listed without it
    id: Option<i64>,
    /// Approve what somebody else asks for: its items are put before people while the service runs
    #[arg(long, requires = "id", conflicts_with_all = ["cancel", "undo"])]
    approve: bool,
    /// What was not put before people will not be
    #[arg(long, requires = "id", conflicts_with = "undo")]
    cancel: bool,
    /// Take back what nobody has decided
    #[arg(long, requires = "id")]
    undo: bool,
    #[command(flatten)]
    who: Who,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffOptions {
    /// The old set: a folder or a file, or `live` for what is enforced now
    old: String,
    /// The new set, as the old one
    new: String,
    #[command(flatten)]
    days: Days,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayOptions {
    /// All decisions of the last days, and not some of all at random
    #[arg(long)]
    all: bool,
    /// How many at random
    #[arg(long, value_name = "N", default_value_t = 1000, conflicts_with = "all")]
    sample: u32,
    #[command(flatten)]
    days: Days,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Days {
    /// Days back from now
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
}

impl Days {
    fn since(&self) -> Timestamp {
        Timestamp::now() - SignedDuration::from_hours(24 * i64::from(self.days))
    }
}

pub(crate) fn run(place: &PlaceArguments, command: &LifeCommand) -> Result<Outcome> {
    match command {
        LifeCommand::Put(options) => put(place, options),
        LifeCommand::Approve(options) => approve(place, options),
        LifeCommand::Deploy(options) => deploy(place, options),
        LifeCommand::Rollback(options) => roll_back(place, options),
        LifeCommand::List(options) => show::list(place, options.json),
        LifeCommand::Show(options) => show::one(place, &options.policy, options.json),
        LifeCommand::Backtest(options) => tries::backtest_of(place, options),
        LifeCommand::Diff(options) => tries::diff(place, options),
        LifeCommand::Replay(options) => tries::replay_of(place, options),
        LifeCommand::FollowUp(options) => follow_up::run(place, options),
    }
}

fn put(place: &PlaceArguments, options: &PutOptions) -> Result<Outcome> {
    let files = files::read(&options.files)?;
    let office = place.office(&options.who)?;
    let mut out = print::out();
    for view in office.put(files)? {
        if options.json {
            print::json_line(&mut out, &view)?;
        } else {
            writeln!(out, "{}", show::line(&view))?;
        }
    }
    Ok(Outcome::Clean)
}

fn shown(view: &web::PolicyView, json: bool) -> Result<Outcome> {
    let mut out = print::out();
    if json {
        print::json_line(&mut out, view)?;
    } else {
        writeln!(out, "{}", show::line(view))?;
    }
    Ok(Outcome::Clean)
}

fn approve(place: &PlaceArguments, options: &ApproveOptions) -> Result<Outcome> {
    let office = place.office(&options.who)?;
    let view = office.approve(&options.policy, options.text.as_deref())?;
    shown(&view, options.json)
}

fn deploy(place: &PlaceArguments, options: &DeployOptions) -> Result<Outcome> {
    let office = place.office(&options.who)?;
    let (mut policy, mut text) = (options.policy.clone(), options.text.clone());
    if let Some(file) = files::named(&options.policy) {
        let views = office.put(files::read(&[file])?)?;
        if let Some(view) = views.first() {
            (policy, text) = (view.policy.clone(), Some(view.text.clone()));
        }
    }
    let hours = options
        .emergency
        .map(|hours| SignedDuration::from_hours(hours.into()));
    let step = Move {
        to: options.to,
        share: options.per_mille,
        until: hours.map(|hours| Timestamp::now() + hours),
        reason: options.reason.clone(),
    };
    let view = office.deploy(&policy, text.as_deref(), &step)?;
    shown(&view, options.json)
}

fn roll_back(place: &PlaceArguments, options: &RollbackOptions) -> Result<Outcome> {
    let office = place.office(&options.who)?;
    let view = office.roll_back(&options.policy, options.reason.as_deref())?;
    shown(&view, options.json)
}
