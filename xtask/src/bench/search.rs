//! Exact range search at radius 31.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, json_lines, no_example, number, word};

pub(crate) const ROW: Row = Row {
    name: "search",
    title: "Search at radius 31, one core",
    target: ">= 30x / 40x / 50x at 100k / 1M / 10M entries, recall 1.0; beside the fastest exact peer of faiss-cpu and \
             threatexchange",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(ours) = bench.example("index", "search_bench")? else {
        return Ok(no_example("index", "search_bench"));
    };
    let program = ours.get_program().to_owned();
    let folder = bench.folder("search")?;
    let sizes: &[u64] = if bench.quick {
        &[100_000]
    } else {
        &[100_000, 1_000_000, 10_000_000]
    };
    let mut table = String::from(
        "| entries | queries | ours us | recall | fastest exact peer | us | **ratio** | all peers, us a query |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for &n in sizes {
        let (bank, queries) = (folder.join("bank"), folder.join("queries"));
        let mut command = crate::shell::program(&program);
        command
            .args([&n.to_string(), "--budget", "4", "--write-bank"])
            .arg(&bank);
        let mut mine = json_lines(command.arg("--write-queries").arg(&queries))?;
        let mut theirs = Vec::new();
        for peer in ["flat", "mih", "threatexchange"] {
            theirs.extend(peer_lines(bench, peer, &bank, &queries)?);
        }
        // Ours again, after the peers: the same machine at another moment. The slower time counts.
        let mut again = crate::shell::program(&program);
        mine.extend(json_lines(again.args([&n.to_string(), "--budget", "4"]))?);
        for mix in ["random", "near", "edge"] {
            table += &line(n, mix, &mine, &theirs)?;
        }
    }
    for name in ["bank", "queries"] {
        std::fs::remove_file(folder.join(name)).context("cannot remove a scratch file")?;
    }
    table += "\nCPU time a query. Uniform banks of a fixed seed, the same for both sides; 2,048 queries of each kind: \
              random, near (5 to 20 bits from an entry), edge (25 to 31 bits). Ours one query at a time, the slower of a \
              run before and a run after the peers. FAISS 1.15.1 flat and MIH (16 tables of 16 bits, nflip 1: exact to \
              radius 31), one query at a time and in batches of 64, the better counts; threatexchange 1.2.17 PDQIndex, \
              which takes one query at a time. Only peers that found every planted entry count.";
    Ok(Outcome::Measured(table))
}

/// One line a mix from a peer.
pub(crate) fn peer_lines(bench: &Bench, peer: &str, bank: &Path, queries: &Path) -> Result<Vec<Value>> {
    let mut command = bench.script("search_speed.py");
    json_lines(
        command
            .args(["--peer", peer, "--bank"])
            .arg(bank)
            .arg("--queries")
            .arg(queries),
    )
}

fn line(n: u64, mix: &str, mine: &[Value], theirs: &[Value]) -> Result<String> {
    let same = |one: &&Value| one["mix"] == mix;
    let searches: Vec<&Value> = mine
        .iter()
        .filter(|one| one["bench"] == "search")
        .filter(same)
        .collect();
    let times = searches
        .iter()
        .map(|one| number(one, "cpu_us"))
        .collect::<Result<Vec<_>>>()?;
    let recalls = searches
        .iter()
        .map(|one| number(one, "recall"))
        .collect::<Result<Vec<_>>>()?;
    let ours = times.into_iter().fold(0.0, f64::max);
    let recall = recalls.into_iter().fold(1.0, f64::min);
    let mut all = Vec::new();
    let mut best: Option<(f64, String)> = None;
    for one in theirs.iter().filter(same) {
        let (us, found) = (number(one, "cpu_us")?, number(one, "recall")?);
        let name = format!("{} batch {}", word(one, "peer")?, one["batch"]);
        all.push(format!("{name} {us:.0}"));
        if found >= 1.0 && best.as_ref().is_none_or(|(least, _)| us < *least) {
            best = Some((us, name));
        }
    }
    let (us, name) = best.context("no peer found everything")?;
    Ok(format!(
        "| {n} | {mix} | {ours:.2} | {recall:.4} | {name} | {us:.0} | **{:.1}x** | {} |\n",
        us / ours,
        all.join(", ")
    ))
}
