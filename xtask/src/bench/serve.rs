//! The service: lookups, submissions, freshness, start and memory.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::own::Own;
use super::{Bench, Outcome, Row, json_lines, no_example, number};
use crate::shell::{program, run};

pub(crate) const ROW: Row = Row {
    name: "serve",
    title: "The service",
    target: "lookup by hash over HTTP at 1M entries, with key and JSON: <= 60 us server CPU, >= 20,000/s on 2 cores with the \
             load generator, p99 <= 5 ms at 10,000/s offered, at saturation <= 2x an empty handler (HMA: 7 to 8.5 ms, 223 \
             to 240/s); submit a 1 MP JPEG, durable, to verdict: >= 150/s, 202 at p99 <= 50 ms (HMA: 28/s); added to \
             matchable <= 20 ms (HMA: 130 s); ready with 1M entries and 1M items <= 2 s; resident <= 400 MB (HMA: 775 MB)",
    measure,
};

/// A service that is running; ended when it is dropped.
struct Running {
    child: Child,
    address: String,
    ready: f64,
}

impl Running {
    fn start(own: &Own, tier: &str, key: &mut String) -> Result<Self> {
        let begun = Instant::now();
        let mut child = own
            .command(&["serve", "--listen", "127.0.0.1:0", "--tier", tier])
            .stdout(Stdio::piped())
            .spawn()
            .context("the service does not start")?;
        let out = child.stdout.take().context("it has an output")?;
        let mut lines = BufReader::new(out).lines();
        loop {
            let line = lines.next().context("the service ended before it was ready")??;
            if line.trim().starts_with("basira_") {
                line.trim().clone_into(key);
            }
            if let Some(address) = line.strip_prefix("basira serves on ") {
                let address = address.to_owned();
                let ready = begun.elapsed().as_secs_f64();
                // What is printed later must not fill the pipe.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self {
                    child,
                    address,
                    ready,
                });
            }
        }
    }

    /// CPU seconds of the process so far, its threads included.
    fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after = stat.rsplit(')').next().context("no name in stat")?;
        let ticks: f64 = after
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|word| word.parse::<f64>().ok())
            .sum();
        // Linux counts in hundredths on every architecture.
        Ok(ticks / 100.0)
    }

    /// Resident memory in MB.
    fn resident(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line
            .and_then(|line| line.split_whitespace().next())
            .context("no VmRSS")?;
        Ok(kib.parse::<f64>()? / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(load) = bench.example("web", "load")? else {
        return Ok(no_example("web", "load"));
    };
    let load = load.get_program().to_owned();
    let folder = bench.folder("serve")?;
    let own = Own::new(&folder)?;
    let _ = fs::remove_file(folder.join("data.key"));
    let entries = if bench.quick { 100_000 } else { 1_000_000 };
    let seconds = if bench.quick { "2" } else { "10" };
    run(own.command(&["bank", "create", "known"]).stdout(Stdio::null()))?;
    let list = folder.join("list.csv");
    write_list(&list, entries)?;
    let list = list.to_str().context("a path that is text")?;
    own.rows(&["bank", "import", "known", list, "--trust", "active"])?;
    let mut key = String::new();
    let mut table = String::new();
    let server = Running::start(&own, "standard", &mut key)?;
    let go = |server: &Running, key: &str, kind: &str, more: &[&str]| -> Result<(Value, f64)> {
        let before = server.cpu()?;
        let mut command = program(&load);
        command
            .args([&server.address, key, kind, "--seconds", seconds])
            .args(more);
        let line = json_lines(&mut command)?
            .pop()
            .context("the load generator printed nothing")?;
        if line["errors"] != 0 {
            bail!("requests failed: {line}");
        }
        let each = (server.cpu()? - before) / number(&line, "requests")?;
        Ok((line, each * 1e6))
    };
    table += "| what | requests | rate /s | server CPU us | p50 ms | p99 ms | max ms |\n|---|---|---|---|---|---|---|\n";
    let mut note = |what: &str, (line, cpu): &(Value, f64)| -> Result<()> {
        writeln!(
            table,
            "| {what} | {} | {:.0} | {cpu:.1} | {:.2} | {:.2} | {:.1} |",
            line["requests"],
            number(line, "rate")?,
            number(line, "p50_ms")?,
            number(line, "p99_ms")?,
            number(line, "max_ms")?,
        )?;
        Ok(())
    };
    let mut rates = (0.0_f64, 0.0_f64);
    for round in 1..=3 {
        let empty = go(&server, &key, "empty", &[])?;
        let lookup = go(&server, &key, "lookup", &[])?;
        rates.0 = rates.0.max(number(&empty.0, "rate")?);
        rates.1 = rates.1.max(number(&lookup.0, "rate")?);
        note(&format!("empty handler, saturated, {round}"), &empty)?;
        note(&format!("lookup, saturated, {round}"), &lookup)?;
    }
    let offered = go(
        &server,
        &key,
        "lookup",
        &["--rate", "10000", "--connections", "32"],
    )?;
    note("lookup, 10,000/s offered", &offered)?;
    let added = go(&server, &key, "added", &["--connections", "1"])?;
    note("entry added, and found by the next request", &added)?;
    let resident = server.resident()?;
    let first = server.ready;
    let picture = picture(bench, &folder)?;
    let file = picture.to_str().context("a path that is text")?;
    let submit = ["--file", file, "--connections", "8"];
    let mut verdicts = String::new();
    drop(server);
    for (tier, rate) in [("plain", "150"), ("standard", "40")] {
        let server = Running::start(&own, tier, &mut key)?;
        let offered = go(
            &server,
            &key,
            "submit",
            &[&submit[..], &["--rate", rate]].concat(),
        )?;
        note(
            &format!("1 MP JPEG submitted, {tier} tier, {rate}/s offered"),
            &offered,
        )?;
        let full = go(&server, &key, "submit", &submit)?;
        note(
            &format!("1 MP JPEG submitted, {tier} tier, as fast as it goes"),
            &full,
        )?;
        writeln!(
            verdicts,
            "- to verdict, {tier} tier, sandboxed: {:.0} items/s where {rate}/s were offered, {:.0} items/s where they were \
             submitted as fast as it goes",
            number(&offered.0, "verdicts_per_second")?,
            number(&full.0, "verdicts_per_second")?,
        )?;
    }
    add_items(bench, &folder.join("data/basira.db"), entries)?;
    let server = Running::start(&own, "standard", &mut key)?;
    write!(
        table,
        "\n- an empty handler answers {:.2}x as many requests as a lookup at saturation (the best of three each)\n\
         {verdicts}\
         - ready {:.2} s after start with {entries} entries, {:.2} s with {entries} items too\n\
         - resident after the lookups: {resident:.0} MB\n\n\
         {entries} entries, hash-only, random. The load generator shares the two cores. The plain tier compares a picture as HMA does; \
         the standard one, which is the default, looks at its parts too. Times at an offered rate count from \
         when a request was due. HMA's numbers are those of an earlier run of it on such a machine; it is not run here.",
        rates.0 / rates.1,
        first,
        server.ready,
    )?;
    Ok(Outcome::Measured(table))
}

/// A list of random hashes, the same in every run.
fn write_list(path: &Path, entries: u64) -> Result<()> {
    let mut out = BufWriter::new(fs::File::create(path)?);
    writeln!(out, "type,value")?;
    let mut state = 1_u64;
    for _ in 0..entries {
        write!(out, "pdq,")?;
        for _ in 0..4 {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            write!(out, "{:016x}", z ^ (z >> 31))?;
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

/// A real picture of 1 MP as JPEG.
fn picture(bench: &Bench, folder: &Path) -> Result<std::path::PathBuf> {
    let (mut pictures, mut folders) = (Vec::new(), vec![bench.pictures().to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(end) if end == "jpg" => pictures.push(path),
                _ => {}
            }
        }
    }
    pictures.sort();
    let path = folder.join("picture.jpg");
    run(Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(pictures.first().context("there is no real picture")?)
        .args(["-vf", "scale=1152:864", "-frames:v", "1", "-q:v", "3"])
        .arg(&path))?;
    Ok(path)
}

/// Items that were finished before, put into the database of a service that is not running.
fn add_items(bench: &Bench, database: &Path, items: u64) -> Result<()> {
    run(bench.script("add_items.py").arg(database).arg(items.to_string()))
}
