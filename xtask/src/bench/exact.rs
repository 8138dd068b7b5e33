//! Hashes equal to those of pdqhash, over all real pictures.

use anyhow::Result;

use super::{Bench, Outcome, Row};
use crate::peers;
use crate::shell::read;

pub(crate) const ROW: Row = Row {
    name: "exact",
    title: "Exact and fast mode beside pdqhash",
    target: "hash and quality equal at quality >= 50 on >= 200 pictures from >= 50 real ones; odd files: quality \
             equal, hash equal where not flat, differences listed; fast mode: mean <= 1 bit, p99 <= 6",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    let mut compare = bench.script("pdq_fidelity.py");
    compare
        .arg("--pictures")
        .arg(bench.pictures())
        .arg("--work")
        .arg(bench.folder("fidelity")?);
    compare.arg("--ours").arg(peers::basira(peers::Build::Release)?);
    let text = read(&mut compare)?;
    print!("{text}");
    let lines: Vec<String> = text.lines().map(|line| format!("- {}", line.trim())).collect();
    Ok(Outcome::Measured(lines.join("\n")))
}
