//! What the shipped policies do to reports that quote, and to copies of what was confirmed.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, number};
use crate::shell::{cargo, read};
use crate::tools::texts;

pub(crate) const ROW: Row = Row {
    name: "fairness",
    title: "Reports that quote, and confirmed copies, by the shipped policies with automation switched on by two",
    target: "the five articles and >= 1,000 generated reports with quotations: 0 restrictive actions; in the same run 100 of 100 \
             banked exact copies are acted on, and 100 of 100 texts with a banked quotation are matched and shown",
    measure,
};

/// The test of the command line, at full size; it prints one line:
/// `{"articles", "reports", "restricted", "copies", "acted_on", "quoting", "matched", "shown"}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let articles = match texts::beside("BASIRA_ARTICLES", "articles") {
        Ok(articles) => articles,
        Err(error) => return Ok(Outcome::NotMeasured(error.to_string())),
    };
    // A policy acts on a hundredth of the items of an hour, so that a hundred copies need so many others.
    let (reports, copies, others) = match bench.quick {
        true => ("60", "20", "2000"),
        false => ("1000", "100", "10000"),
    };
    let mut test = cargo();
    test.args([
        "test",
        "--release",
        "-p",
        "basira",
        "--test",
        "cli",
        "fairness::",
        "--",
        "--nocapture",
    ])
    .env("BASIRA_ARTICLES", articles)
    .env("BASIRA_FAIRNESS_TEXTS", reports)
    .env("BASIRA_FAIRNESS_COPIES", copies)
    .env("BASIRA_FAIRNESS_OTHERS", others);
    let said = read(&mut test)?;
    let line = said
        .lines()
        .find_map(|line| line.find("{\"").map(|at| &line[at..]))
        .context("the test printed nothing")?;
    let line: Value = serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))?;
    let all = |name: &str, of: &str| -> Result<bool> { Ok(number(&line, name)? >= number(&line, of)?) };
    let holds = number(&line, "restricted")? == 0.0
        && number(&line, "articles")? == 5.0
        && all("acted_on", "copies")?
        && all("matched", "quoting")?
        && all("shown", "quoting")?;
    Ok(Outcome::Measured(format!(
        "| articles | reports with quotations | **restricted** | exact copies acted on | banked quotations matched | and shown | met |\n\
         |---|---|---|---|---|---|---|\n| {} | {} | {} | {} of {} | {} of {} | {} | {} |\n\n\
         The real program over HTTP, the shipped set as it is; {others} other items came in the same hour. The articles are read \
         where they lie; nothing of them is in the project.",
        line["articles"],
        line["reports"],
        line["restricted"],
        line["acted_on"],
        line["copies"],
        line["matched"],
        line["quoting"],
        line["shown"],
        if holds { "yes" } else { "**no**" },
    )))
}
