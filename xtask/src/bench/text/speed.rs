//! Megabytes a second.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::super::{Bench, Outcome, Row, json_lines, number};
use super::{Measure, lines, met, missing, of, said, thousands, whole};

pub(crate) const ROW: Row = Row {
    name: "text-speed",
    title: "Speed of reading, one core",
    target: "keys and terms at 10,000 entries >= 10 MB/s end to end; the automaton >= 3.5x pyahocorasick; fingerprints >= 20x \
             datasketch MinHash",
    measure,
};

/// Rounds, the sides in turn.
const ROUNDS: usize = 3;

fn measure(bench: &Bench) -> Result<Outcome> {
    if let Some(missing) = missing("BASIRA_CORPORA", "corpora") {
        return Ok(missing);
    }
    let work = bench.folder("text-speed")?;
    let measure = Measure::new(bench)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..if bench.quick { 1 } else { ROUNDS } {
        let mut command = measure.with_treebank("speed")?;
        command.arg("--work").arg(&work);
        ours.push(lines(command)?);
        theirs.push(json_lines(
            bench.script("text_speed.py").arg("--work").arg(&work),
        )?);
    }
    let mut table = String::from(
        "| automaton, patterns | matches | ours MB/s | pyahocorasick MB/s | **ratio** | memory, ours | theirs | met |\n|---|---|---|---|---|---|---|---|\n",
    );
    for terms in [1000, 10_000, 100_000] {
        let this = |line: &Value| line["what"] == "automaton" && line["terms"] == terms;
        let (mine, peer) = (middle(&ours, this, "mb_s")?, middle(&theirs, this, "mb_s")?);
        let first = |all: &[Vec<Value>], name: &str| whole(one(all, this)?, name);
        let (matches, same) = (first(&ours, "matches")?, first(&theirs, "matches")?);
        table += &format!(
            "| {} | {}{} | {mine:.0} | {peer:.0} | **{:.1}** | {:.1} MB | {:.1} MB | {} |\n",
            thousands(terms),
            thousands(matches),
            if matches == same {
                ""
            } else {
                ", **theirs differ**"
            },
            mine / peer,
            first(&ours, "memory")? as f64 / 1e6,
            first(&theirs, "memory")? as f64 / 1e6,
            met(mine >= 3.5 * peer),
        );
    }
    let whole_way = |line: &Value| line["what"] == "end to end";
    let end = one(&ours, whole_way)?;
    let rate = |name: &str| middle(&ours, whole_way, name);
    let all = rate("mb_s")?;
    table += &format!(
        "\n| end to end, {} entries | keys MB/s | terms MB/s | **keys and terms MB/s** | met |\n|---|---|---|---|---|\n\
         | {} bytes of real Arabic ({} distinct), {} hits | {:.1} | {:.1} | **{all:.1}** | {} |\n",
        thousands(whole(end, "entries")?),
        thousands(whole(end, "bytes")?),
        thousands(whole(end, "distinct")?),
        thousands(whole(end, "hits")?),
        rate("keys_mb_s")?,
        rate("terms_mb_s")?,
        met(all >= 10.0),
    );
    let minhash = |line: &Value| said(line, "name").is_ok_and(|name| name.contains("MinHash"));
    let base = middle(&theirs, minhash, "texts_s")?;
    table += "\n| fingerprints of texts of 1.1 kB | texts/s | MB/s | **MinHash's times** | met |\n|---|---|---|---|---|\n";
    for (all, of_ours) in [(&ours, true), (&theirs, false)] {
        for line in of(&all[0], "fingerprint") {
            let name = said(line, "name")?;
            let this = |other: &Value| other["name"] == name;
            let texts = middle(all, this, "texts_s")?;
            // The signal that is shared with others, and what a bank keeps, are the fingerprints.
            let counts = of_ours && !name.starts_with("probe");
            table += &format!(
                "| {}{name} | {} | {:.1} | **{:.1}** | {} |\n",
                if of_ours { "ours: " } else { "" },
                thousands(texts as u64),
                middle(all, this, "mb_s")?,
                texts / base,
                if counts { met(texts >= 20.0 * base) } else { "–" },
            );
        }
    }
    table += &format!(
        "\nMedians of CPU time over {ROUNDS} rounds, the sides in turn. The automata search 8 MiB of an invented language by Zipf's \
         law for phrases of one to three of its words, all overlapping matches; pyahocorasick 2.3.1 by `iter`. End to end is from the \
         text to every hit with its place in the original. datasketch 2.0.0, py-tlsh 5.0.0. Memory by size of the input: `text-size`."
    );
    Ok(Outcome::Measured(table))
}

fn one(rounds: &[Vec<Value>], wanted: impl Fn(&Value) -> bool) -> Result<&Value> {
    let first = rounds.first().context("no round")?;
    first
        .iter()
        .find(|line| wanted(line))
        .context("it was not measured")
}

/// The middle of all rounds.
fn middle(rounds: &[Vec<Value>], wanted: impl Fn(&Value) -> bool, name: &str) -> Result<f64> {
    let mut all = Vec::new();
    for round in rounds {
        for line in round.iter().filter(|line| wanted(line)) {
            all.push(number(line, name)?);
        }
    }
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().context("it was not measured")
}
