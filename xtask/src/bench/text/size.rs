//! Inputs of every size and shape.

use anyhow::{Context as _, Result};

use super::super::{Bench, Outcome, Row, number};
use super::{Measure, lines, met, thousands, whole};

pub(crate) const ROW: Row = Row {
    name: "text-size",
    title: "Any input, from 1 byte to 100 MB",
    target: "every span on borders of characters and inside of the input, no panic, time and memory linear in the length: from 10 to \
             100 MB at most 15 times as long, at most 13 times the memory",
    measure,
};

const SHAPES: [&str; 19] = [
    "one line",
    "lines",
    "no space",
    "marks on one letter",
    "accents on one letter",
    "links",
    "links among sentences",
    "links in one line",
    "clickable",
    "deep html",
    "unclosed html",
    "code",
    "pulled apart",
    "without dots",
    "quotes",
    "broken UTF-8",
    "windows-1256",
    "UTF-16",
    "random bytes",
];

/// How much longer ten times as much may take: caches are left behind on the way, and other work on a shared machine makes one in
/// ten of a difference either way. In quadratic time it were a hundred times as long.
const LONGER: f64 = 15.0;
/// How much more memory.
const MORE: f64 = 13.0;

fn measure(bench: &Bench) -> Result<Outcome> {
    let measure = Measure::new(bench)?;
    let most: u64 = if bench.quick { 10_000_000 } else { 100_000_000 };
    let mut table = format!(
        "| shape | spans checked | wrong | MB/s at {} | **MB/s at {}** | memory at {} | met |\n|---|---|---|---|---|---|---|\n",
        size(most / 10),
        size(most),
        size(most),
    );
    for shape in SHAPES {
        let (mut spans, mut wrong) = (0, 0);
        let mut last: Vec<(f64, f64, u64)> = Vec::new();
        for bytes in [1, 10, 1000, 100_000, most / 10, most] {
            // What the bound is held against is measured thrice: it is short, and other work disturbs it most.
            let times = if bytes == most / 10 { 3 } else { 1 };
            let (mut seconds, mut known, mut kb) = (Vec::new(), Vec::new(), 0);
            for _ in 0..times {
                let mut command = measure.command("size");
                command.args(["--shape", shape, "--bytes", &bytes.to_string()]);
                let lines = lines(command)?;
                let line = lines.first().context("nothing was measured")?;
                spans += whole(line, "spans")?;
                wrong += whole(line, "wrong")? + u64::from(line["possible"] != true);
                seconds.push(number(line, "seconds")?);
                known.push(line["known_seconds"].as_f64().unwrap_or(0.0));
                kb = whole(line, "peak_kb")?;
            }
            last.push((median(seconds), median(known), kb));
        }
        let [.., (short, short_known, short_kb), (long, long_known, kb)] = last[..] else {
            continue;
        };
        let linear = long <= LONGER * short
            && long_known <= LONGER * short_known.max(0.001)
            && (kb as f64) <= MORE * short_kb as f64;
        table += &format!(
            "| {shape} | {} | {wrong} | {:.1} | **{:.1}** | {} MB | {} |\n",
            thousands(spans),
            most as f64 / 1e7 / short,
            most as f64 / 1e6 / long,
            thousands(kb / 1000),
            met(linear && wrong == 0),
        );
    }
    table += &format!(
        "\nOne process for each shape and size (1 B, 10 B, 1 kB, 100 kB, {}, {}), CPU time of one whole reading (the median of three at {}): encoding, page, body, \
         findings, keys, terms, language and context. The digest, TLSH and passages of what is UTF-8 are made and compared too, \
         and held to the same bound.",
        size(most / 10),
        size(most),
        size(most / 10)
    );
    Ok(Outcome::Measured(table))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn size(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
