//! What a film costs: to hash, beside vpdq; to look up, beside python-threatexchange's index.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use super::own::Own;
use super::{Bench, Outcome, Row, json_lines, no_example, number};
use crate::shell::{run as execute, text};

pub(crate) const ROW: Row = Row {
    name: "film-speed",
    title: "Hashing and looking up films",
    target: "720p, one hash a second: >= 1.0 times vpdq's rate, >= 5 times where keyframes lie close; 60 frames against \
             120,000 banked ones: >= 50 times",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(mut ours) = bench.example("pipeline", "film_match")? else {
        return Ok(no_example("pipeline", "film_match"));
    };
    let folder = bench.folder("film-speed")?;
    let (seconds, rounds, films) = if bench.quick {
        (10, 1, "200")
    } else {
        (60, 5, "2000")
    };
    let made = folder.join(format!("made-{seconds}"));
    if !made.join("close.mp4").exists() {
        let mut make = bench.script("film_speed.py");
        execute(make.arg("make").arg(&made).arg(seconds.to_string()))?;
    }
    let own = Own::new(&folder)?;
    let mut table = String::from(
        "| 720p film, one hash a second | Basira, seconds of film in a CPU second | vpdq 0.2.5 | **times** |\n|---|---|---|---|\n",
    );
    for (name, what) in [
        ("rare", "keyframes 10 s apart: all frames are decoded"),
        ("close", "keyframes 1 s apart: they stand for a frame a second"),
    ] {
        let path = made.join(format!("{name}.mp4"));
        let path = path.to_str().context("the folder's name is no UTF-8")?;
        let mine = (0..rounds)
            .map(|_| hash(&own, path))
            .collect::<Result<Vec<_>>>()?;
        let mut peer = bench.script("film_speed.py");
        let peer = json_lines(peer.args(["hash", path, &rounds.to_string()]))?;
        let peer = number(peer.first().context("vpdq hashed nothing")?, "cpu_s")?;
        let rate = |cpu: f64| f64::from(seconds) / cpu;
        let mine = middle(mine);
        table += &format!(
            "| {what} | {:.1} | {:.1} | **{:.1}** |\n",
            rate(mine),
            rate(peer),
            peer / mine
        );
    }
    let mut peer = bench.script("film_speed.py");
    let peer = json_lines(peer.args(["match", films, "60"]))?;
    let peer = number(peer.first().context("the index found nothing")?, "cpu_ms")?;
    table += "\n| 60 frames looked up among banked films | Basira, CPU ms | VPDQIndex | **times** |\n|---|---|---|---|\n";
    for line in json_lines(ours.args(["--films", films]))? {
        let mine = number(&line, "cpu_ms")?;
        table += &format!(
            "| {films} films of 60 random frames, {} | {mine:.3} | {peer:.2} | **{:.0}** |\n",
            super::word(&line, "kind")?,
            peer / mine
        );
    }
    table += "\nFilms of moving patterns with noise, H.264, 30 frames a second. Basira's time is of the whole program, `basira \
              hash`, with its start, sandbox, digests and every process; vpdq's of one call within Python. CPU time, the \
              middle of the rounds. *Plain frames alone* is what the peer does: which banked \
              films have frames like those of the query, none of which is mirrored. *All of it* is the whole way of an item \
              at hand: its digests are looked up, every frame as it is and mirrored, and what may be shown is aligned in \
              time. The peer's queries are unrelated ones.";
    Ok(Outcome::Measured(table))
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// CPU seconds of `basira hash` on a file, with all its processes, as the shell counts them.
fn hash(own: &Own, path: &str) -> Result<f64> {
    let command = own.command(&["hash", "--json", path]);
    let mut timed = crate::shell::program("sh");
    timed
        .args(["-c", "\"$@\" > /dev/null; status=$?; times; exit $status", "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    timed.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = timed.output()?;
    if !output.status.success() {
        bail!("`{}` ended with {}", text(&command), output.status);
    }
    // The second line is of the children: `0m1.230000s 0m0.040000s`.
    let times = String::from_utf8_lossy(&output.stdout);
    let children = times.lines().nth(1).context("no times of children")?;
    let parts = children.split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').context("no time")?;
        Ok(60.0 * minutes.parse::<f64>()? + seconds.parse::<f64>()?)
    });
    parts.sum()
}
