//! `basira policy backtest`, `diff` and `replay`.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use pipeline::policies::{Backtest, Compared, Desk, Effect, Interval, Marginal, backtest, replay_all};
use policy::SourceFile;
use store::{Access, Store};

use super::{BacktestOptions, DiffOptions, ReplayOptions, files, follow_up};
use crate::args::PlaceArguments;
use crate::exit::Outcome;
use crate::print::{self, Out};

/// The word for what is enforced now.
const LIVE: &str = "live";
/// Languages and sources that are printed.
const MOST_SLICES: usize = 8;

/// How many decisions are done, and for how long it goes on.
fn bar(of: u64) -> ProgressBar {
    let bar = ProgressBar::new(of);
    let template = "{bar:32} {pos}/{len} decisions, {per_sec}, {eta} left";
    // The template is a constant and is tried by every backtest.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

fn step(bar: &ProgressBar) -> ControlFlow<()> {
    bar.inc(1);
    ControlFlow::Continue(())
}

pub(super) fn backtest_of(place: &PlaceArguments, options: &BacktestOptions) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    let desk = Desk::new(&store);
    let mut sources = Vec::new();
    for argument in &options.policies {
        match files::named(argument) {
            Some(path) => sources.extend(files::read(&[path])?),
            None => sources.push(desk.newest(argument)?),
        }
    }
    let (set, about) = desk.with_in_use(&sources)?;
    let since = options.days.since();
    let bar = bar(store.count_decisions(since)?);
    let effect = Effect::of(&set, about);
    let found = backtest(&store, &effect, None, since, || step(&bar))?;
    bar.finish_and_clear();
    drop(store);
    let title = format!("{} against what was decided", options.policies.join(", "));
    shown(&found, &title, options.days.days, options.json)?;
    match &options.follow_up {
        Some(reason) => follow_up::ask(place, &options.who, &found.first_added, reason, options.json),
        None => Ok(Outcome::Clean),
    }
}

/// A set by its name: a folder, a file, or what is enforced now.
fn set_of(store: &Store, argument: &str) -> Result<Vec<SourceFile>> {
    match argument {
        LIVE => Ok(Desk::new(store).in_use()?),
        path => files::read(&[PathBuf::from(path)]),
    }
}

pub(super) fn diff(place: &PlaceArguments, options: &DiffOptions) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    let desk = Desk::new(&store);
    let old = desk.check(&set_of(&store, &options.old)?)?;
    let new = desk.check(&set_of(&store, &options.new)?)?;
    let since = options.days.since();
    let bar = bar(store.count_decisions(since)?);
    let (effect, other) = (Effect::of(&new, []), Effect::of(&old, []));
    let found = backtest(&store, &effect, Some(&other), since, || step(&bar))?;
    bar.finish_and_clear();
    let title = format!("{} against {}", options.new, options.old);
    shown(&found, &title, options.days.days, options.json)
}

pub(super) fn replay_of(place: &PlaceArguments, options: &ReplayOptions) -> Result<Outcome> {
    let store = place.store(Access::Reader)?;
    let since = options.days.since();
    let sample = (!options.all).then_some(options.sample);
    let all = store.count_decisions(since)?;
    let bar = bar(sample.map_or(all, |sample| all.min(sample.into())));
    let it = replay_all(&store, since, sample, || step(&bar))?;
    bar.finish_and_clear();
    let mut out = print::out();
    if options.json {
        print::json_line(&mut out, &it)?;
    } else {
        writeln!(
            out,
            "{} decisions: {} came out the same, {} with nothing in use, {} erased, {} by people, {} by another version of the \
             engine, {} different",
            it.decisions, it.same, it.nothing, it.erased, it.by_people, it.other_engine, it.different
        )?;
        for (decision, why) in &it.first_different {
            writeln!(out, "decision {decision}: {}", print::plain(why))?;
        }
    }
    if it.different > 0 {
        bail!(
            "{} decisions come out otherwise than they were recorded; basira verify tells whether they were altered",
            it.different
        );
    }
    Ok(Outcome::Clean)
}

fn shown(found: &Backtest, title: &str, days: u16, json: bool) -> Result<Outcome> {
    let mut out = print::out();
    if json {
        print::json_line(&mut out, found)?;
    } else {
        told(&mut out, found, title, days)?;
    }
    Ok(Outcome::Clean)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn interval(it: Option<Interval>) -> String {
    match it {
        None => "too few to say".to_owned(),
        Some(it) => format!("{} ({}–{})", percent(it.share), percent(it.low), percent(it.high)),
    }
}

fn compared(it: Compared) -> String {
    format!("{} (+{}, −{})", it.both + it.added, it.added, it.removed)
}

fn told(out: &mut Out, it: &Backtest, title: &str, days: u16) -> std::io::Result<()> {
    writeln!(
        out,
        "{}: {} days, {} items, coverage {}",
        print::plain(title),
        days,
        it.items,
        percent(it.coverage)
    )?;
    if it.unreadable > 0 {
        writeln!(
            out,
            "of {} more decisions nothing is known any more",
            it.unreadable
        )?;
    }
    writeln!(out, "would act on        {}", compared(it.compared))?;
    for (kind, by_kind) in &it.compared_actions {
        writeln!(out, "  {kind:<18}{}", compared(*by_kind))?;
    }
    writeln!(
        out,
        "decided by people   {}: violating {}, not violating {}, unclear {}; precision {}",
        it.decided,
        it.violating,
        it.not_violating,
        it.unclear,
        interval(it.precision)
    )?;
    writeln!(
        out,
        "missed              {} that people found violating; {} of them the other acts on",
        it.missed, it.missed_that_other_caught
    )?;
    writeln!(out, "only this           {}", it.alone)?;
    writeln!(
        out,
        "for people          {:.1} items a day",
        it.enqueued as f64 / f64::from(days)
    )?;
    slices(out, "by language", &it.by_language)?;
    slices(out, "by source", &it.by_source)?;
    for (signal, items) in it.missing.iter().take(MOST_SLICES) {
        writeln!(out, "needs {signal}, which was unknown at {items} items")?;
    }
    Ok(())
}

fn slices(out: &mut Out, title: &str, by: &BTreeMap<String, Marginal>) -> std::io::Result<()> {
    let mut largest: Vec<_> = by.iter().filter(|(_, it)| it.acted > 0).collect();
    largest.sort_by_key(|(_, it)| std::cmp::Reverse(it.acted));
    for (name, it) in largest.into_iter().take(MOST_SLICES) {
        writeln!(
            out,
            "{title:<20}{}: {} of {}, precision {}",
            print::plain(name),
            it.acted,
            it.items,
            interval(it.precision)
        )?;
    }
    Ok(())
}
