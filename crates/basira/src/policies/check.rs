//! `basira policy check`, `fmt`, `lint`, `test`.

use std::fs;
use std::io::Write;

use anyhow::{Context, Result};
use policy::{Diagnostic, PolicySet, format, lint as look};
use serde_json::json;

use super::files::{all, find, set, set_files};
use super::{CheckOptions, FmtOptions, TestOptions};
use crate::exit::Outcome;
use crate::print;

fn report(found: &[Diagnostic], as_json: bool) -> Result<()> {
    let mut out = print::out();
    if as_json {
        for diagnostic in found {
            print::json_line(&mut out, diagnostic)?;
        }
    } else if !found.is_empty() {
        writeln!(out, "{}\n", all(found))?;
    }
    Ok(())
}

pub(super) fn check(options: &CheckOptions) -> Result<Outcome> {
    let files = set_files(&options.set.paths)?;
    let set = match PolicySet::check(&files) {
        Ok(set) => set,
        Err(found) => {
            report(&found, options.json)?;
            return Ok(Outcome::Incomplete);
        }
    };
    let mut out = print::out();
    let tests: usize = set.policies().iter().map(|policy| policy.run_tests().len()).sum();
    let policies = set.policies().len();
    if options.json {
        print::json_line(
            &mut out,
            &json!({ "set": set.hash(), "policies": policies, "tests": tests }),
        )?;
    } else {
        writeln!(out, "{}  {policies} policies, {tests} tests", set.hash())?;
        for policy in set.policies() {
            writeln!(out, "  {}  {}", policy.version(), policy.id())?;
        }
    }
    Ok(Outcome::Clean)
}

pub(super) fn lint(options: &CheckOptions) -> Result<Outcome> {
    let files = set_files(&options.set.paths)?;
    let found = match PolicySet::check(&files) {
        Ok(set) => look(
            &set,
            &files,
            jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date(),
        ),
        Err(found) => found,
    };
    report(&found, options.json)?;
    Ok(if found.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Incomplete
    })
}

pub(super) fn fmt(options: &FmtOptions) -> Result<Outcome> {
    let mut out = print::out();
    let mut outcome = Outcome::Clean;
    for found in find(&options.paths)? {
        let formatted = match format(&found.file) {
            Ok(formatted) => formatted,
            Err(diagnostic) => {
                writeln!(out, "{diagnostic}\n")?;
                outcome = Outcome::Incomplete;
                continue;
            }
        };
        if formatted == found.file.text {
            continue;
        }
        writeln!(out, "{}", print::plain(&found.path.to_string_lossy()))?;
        if options.check {
            outcome = Outcome::Incomplete;
        } else {
            fs::write(&found.path, formatted)
                .with_context(|| format!("cannot write {}", found.path.display()))?;
        }
    }
    Ok(outcome)
}

pub(super) fn test(options: &TestOptions) -> Result<Outcome> {
    // A test that fails refuses the set, and is told with its place.
    let set = set(&options.set.paths)?;
    let mut out = print::out();
    let (mut made, mut noticed) = (0usize, 0usize);
    for policy in set.policies() {
        let tests = policy.run_tests().len();
        if !options.mutate {
            if options.json {
                print::json_line(&mut out, &json!({ "policy": policy.id(), "tests": tests }))?;
            } else {
                writeln!(out, "{}: {tests} tests pass", policy.id())?;
            }
            continue;
        }
        let mutants = policy.mutants();
        let killed = mutants.iter().filter(|mutant| mutant.killed).count();
        made += mutants.len();
        noticed += killed;
        if options.json {
            let missed: Vec<_> = mutants
                .iter()
                .filter(|mutant| !mutant.killed)
                .map(|mutant| json!({ "change": mutant.change, "clause": mutant.clause, "at": mutant.at.start }))
                .collect();
            print::json_line(
                &mut out,
                &json!({ "policy": policy.id(), "tests": tests, "mutants": mutants.len(), "noticed": killed, "missed": missed }),
            )?;
            continue;
        }
        writeln!(
            out,
            "{}: {tests} tests pass and notice {killed} of {} changes",
            policy.id(),
            mutants.len()
        )?;
        for mutant in mutants.iter().filter(|mutant| !mutant.killed) {
            let clause = mutant.clause.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(
                out,
                "  not noticed: {} in {}",
                mutant.change,
                policy::isolate(&clause)
            )?;
        }
    }
    if options.mutate && !options.json {
        let share = 100.0 * noticed as f64 / made.max(1) as f64;
        writeln!(out, "mutation score {share:.1} % ({noticed} of {made})")?;
    }
    Ok(Outcome::Clean)
}
