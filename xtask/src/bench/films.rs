//! How many clips of banked films are found, with their times, beside python-threatexchange by its defaults.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;

use super::own::Own;
use super::{Bench, Outcome, Row, interval, json_lines, word};
use crate::shell::run as execute;

pub(crate) const ROW: Row = Row {
    name: "films",
    title: "Clips of banked films",
    target: "clips of >= 5 s: >= 95 % found over all edits, median error of the times <= 1 s, 0 false matches over >= \
             1,000 unrelated pairs",
    measure,
};

/// What `films.py` made.
#[derive(Deserialize)]
struct Truth {
    films: u64,
    shots: u64,
    photographs: [u64; 2],
    clips: BTreeMap<String, Clip>,
}

#[derive(Deserialize)]
struct Clip {
    film: Option<String>,
    edit: String,
    /// Seconds of the clip, and of the film that they show.
    query: Option<[f64; 2]>,
    bank: Option<[f64; 2]>,
}

/// What came of the clips of one edit.
#[derive(Default)]
struct Tally {
    clips: u64,
    found: u64,
    peer: u64,
    /// Pairs of a clip and a film that it shows nothing of, and such that were taken for matches.
    pairs: u64,
    wrong: u64,
    peer_wrong: u64,
    /// Seconds by which the four times of a match are off.
    errors: Vec<f64>,
}

fn measure(bench: &Bench) -> Result<Outcome> {
    let folder = bench.folder("films")?;
    let (films, unrelated) = if bench.quick { ("4", "6") } else { ("20", "60") };
    let made = folder.join(format!("made-{films}"));
    if !made.join("truth.json").exists() {
        let mut make = bench.script("films.py");
        execute(
            make.arg("make")
                .arg(bench.pictures())
                .arg(&made)
                .args([films, unrelated]),
        )?;
    }
    let truth = fs::read(made.join("truth.json")).context("films.py wrote no truth")?;
    let truth: Truth = serde_json::from_slice(&truth).context("the truth of films.py")?;
    let own = Own::new(&folder)?;
    let ours = ours(&own, &made)?;
    let theirs = json_lines(bench.script("films.py").arg("find").arg(&made))?;
    let mut peer: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in &theirs {
        let found = line["found"].as_array().context("films.py names no films")?;
        peer.insert(
            word(line, "clip")?,
            found.iter().filter_map(Value::as_str).collect(),
        );
    }
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (name, clip) in &truth.clips {
        let none = Vec::new();
        let (found, peer) = (
            ours.get(name.as_str()).unwrap_or(&none),
            peer.get(name.as_str())
                .context("a clip that the peer did not see")?,
        );
        let tally = tallies.entry(&clip.edit).or_default();
        let is_it = |film: &str| clip.film.as_deref() == Some(film);
        tally.clips += 1;
        tally.pairs += truth.films - u64::from(clip.film.is_some());
        tally.wrong += found.iter().filter(|hit| !is_it(&hit.film)).count() as u64;
        tally.peer_wrong += peer.iter().filter(|film| !is_it(film)).count() as u64;
        tally.peer += u64::from(peer.iter().any(|film| is_it(film)));
        let Some(hit) = found.iter().find(|hit| is_it(&hit.film)) else {
            if clip.film.is_some() {
                println!("not found: {name}, {}", clip.edit);
            }
            continue;
        };
        tally.found += 1;
        for (there, wanted) in [(hit.query, clip.query), (hit.bank, clip.bank)] {
            let wanted = wanted.context("a clip without times")?;
            tally.errors.extend(
                there
                    .iter()
                    .zip(wanted)
                    .map(|(there, wanted)| (there - wanted).abs()),
            );
        }
    }
    Ok(Outcome::Measured(table(&truth, &tallies)))
}

/// A film that a clip was found to show.
struct Hit {
    film: String,
    query: [f64; 2],
    bank: [f64; 2],
}

/// Banks the films, matches the clips; what was found of each, by its name.
fn ours(own: &Own, made: &Path) -> Result<HashMap<String, Vec<Hit>>> {
    let files = |name: &str| -> Result<Vec<String>> {
        let found = fs::read_dir(made.join(name))?.map(|file| Ok(file?.path().display().to_string()));
        let mut found = found.collect::<Result<Vec<_>>>()?;
        found.sort();
        Ok(found)
    };
    execute(&mut own.command(&["bank", "create", "known"]))?;
    let mut films: HashMap<u64, String> = HashMap::new();
    for path in files("bank")? {
        for row in own.rows(&["bank", "add", "known", &path])? {
            let entry = row["entry"].as_u64().context("a banked film without an entry")?;
            films.insert(entry, base(&path));
        }
    }
    let mut found = HashMap::new();
    let clips = files("clips")?;
    let mut words = vec!["match"];
    words.extend(clips.iter().map(String::as_str));
    for row in own.rows(&words)? {
        let matches = row["matches"].as_array().into_iter().flatten();
        let hits = matches.filter(|it| it["type"] == "vpdq").map(|it| {
            let entry = it["entry"].as_u64().context("a match without an entry")?;
            Ok(Hit {
                film: films
                    .get(&entry)
                    .context("a match with an unknown entry")?
                    .clone(),
                query: serde_json::from_value(it["segment"]["query"].clone())?,
                bank: serde_json::from_value(it["segment"]["bank"].clone())?,
            })
        });
        found.insert(base(word(&row, "path")?), hits.collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// A path's last name.
fn base(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

fn table(truth: &Truth, tallies: &BTreeMap<&str, Tally>) -> String {
    let mut text = String::from(
        "| edit | clips | **found** | median error of the times, s | threatexchange 1.2.17, its defaults |\n|---|---|---|---|---|\n",
    );
    let mut all = Tally::default();
    for (edit, tally) in tallies {
        all.pairs += tally.pairs;
        all.wrong += tally.wrong;
        all.peer_wrong += tally.peer_wrong;
        if *edit == "unrelated" {
            continue;
        }
        text += &line(edit, tally);
        all.clips += tally.clips;
        all.found += tally.found;
        all.peer += tally.peer;
        all.errors.extend(&tally.errors);
    }
    text += &line("**all**", &all);
    let none = Tally::default();
    let unrelated = tallies.get("unrelated").unwrap_or(&none);
    text += &format!(
        "\n| pairs of a clip and a film of which it shows nothing | n | taken for a match | threatexchange |\n\
         |---|---|---|---|\n\
         | the same title and black before both, other photographs | {} | {} of n, below {:.2} % | {} of n |\n\
         | all | {} | {} of n, below {:.2} % | {} of n |\n",
        unrelated.pairs,
        unrelated.wrong,
        100.0 * interval::upper(unrelated.wrong, unrelated.pairs, 0.95),
        unrelated.peer_wrong,
        all.pairs,
        all.wrong,
        100.0 * interval::upper(all.wrong, all.pairs, 0.95),
        all.peer_wrong,
    );
    text += &format!(
        "\n{} films of a title, black and {} pans of 7 s over {} photographs, with cuts; clips of 5 to 8 s from any \
         offset, a compilation is 10.5 times as long; what is unrelated is made of {} other photographs, no two of which are alike. Both sides were \
         given the same files. The errors are of the beginning and the end in the clip and in the film; a query has one \
         frame a second.",
        truth.films, truth.shots, truth.photographs[0], truth.photographs[1]
    );
    text
}

fn line(edit: &str, tally: &Tally) -> String {
    let mut errors = tally.errors.clone();
    errors.sort_by(f64::total_cmp);
    let median = errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN);
    format!(
        "| {edit} | {} | {} | {median:.2} | {} |\n",
        tally.clips,
        interval::percent(tally.found, tally.clips),
        interval::percent(tally.peer, tally.clips)
    )
}
