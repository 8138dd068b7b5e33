//! The templates of an invented league.

use anyhow::Result;

use super::super::{Bench, Outcome, Row, interval};
use super::{Measure, lines, met, said, whole};

pub(crate) const ROW: Row = Row {
    name: "text-context",
    title: "Context: minimal pairs",
    target: ">= 400 cases in two languages on an invented chess league: forged bylines and contra-cues never `reporting` (100 %); \
             the expected label >= 95 %",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    let lines = lines(Measure::new(bench)?.command("context"))?;
    let mut table = String::from(
        "| language | pairs of templates | cases | **expected label** | contra-cues and forged bylines | **never reporting** | met | \
         not as expected |\n|---|---|---|---|---|---|---|---|\n",
    );
    let mut all = 0;
    for line in &lines {
        let (n, right) = (whole(line, "cases")?, whole(line, "right")?);
        let (contra, held) = (whole(line, "contra")?, whole(line, "never_reporting")?);
        all += n;
        let wrong = line["wrong"].as_array().map_or(&[][..], Vec::as_slice);
        let wrong: Vec<&str> = wrong.iter().filter_map(|word| word.as_str()).collect();
        table += &format!(
            "| {} | {} | {n} | {} | {contra} | {} | {} | {} |\n",
            said(line, "language")?,
            whole(line, "pairs")?,
            interval::percent(right, n),
            interval::percent(held, contra),
            met(held == contra && right * 100 >= n * 95),
            wrong.join("; "),
        );
    }
    table += &format!(
        "\n{all} cases; each template has a twin that differs in one cue, and ten fillers. They were written with the cues, so \
         that they test the mechanics and not the world: `text-articles` reads what others wrote."
    );
    Ok(Outcome::Measured(table))
}
