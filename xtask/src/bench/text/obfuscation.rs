//! Words dressed up, and repairs where there is nothing to repair.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;

use super::super::{Bench, Outcome, Row, interval, number};
use super::{Measure, lines, met, missing, of, said, shown, thousands, whole};

/// Sentences of a class, at least.
const SENTENCES: u64 = 1000;
/// Repairs of a kind where nothing was dressed up, at most.
const FALSE_REPAIRS: u64 = 3;
const KINDS: [&str; 4] = ["separators", "look_alikes", "digits", "repeats"];

pub(crate) const ROW: Row = Row {
    name: "text-obfuscation",
    title: "Words dressed up, in running text",
    target: "one word of a sentence dressed up, >= 1,000 sentences for each class: recall >= 0.99 for the lossless classes, >= 0.95 for the \
             lossy (Arabizi digits >= 0.60), dotless >= 0.99 with archaic letters or over >= 40 letters, else not guessed at; \
             <= 3 false repairs of a kind in the largest ordinary Arabic text that can be had",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    if let Some(missing) = missing("BASIRA_CORPORA", "corpora") {
        return Ok(missing);
    }
    let lines = lines(Measure::new(bench)?.with_treebank("obfuscation")?)?;
    let mut table = String::from(
        "| class | target | n | **recall** | met | missed (the first) |\n|---|---|---|---|---|---|\n",
    );
    for line in of(&lines, "recall") {
        let (n, found, target) = (whole(line, "n")?, whole(line, "found")?, number(line, "target")?);
        table += &format!(
            "| {} | {target} | {n} | {} | {} | {} |\n",
            said(line, "class")?,
            interval::percent(found, n),
            met(n >= SENTENCES && found as f64 >= target * n as f64),
            shown(line),
        );
    }
    table += "\n| ordinary text | paragraphs | words | kind of repair | repaired | met | which (the first) |\n|---|---|---|---|---|---|---|\n";
    let row = |name: &str, (paragraphs, words): (u64, u64), kind: &str, count: u64, which: &str| {
        format!(
            "| {name} | {} | {} | {kind} | {count} | {} | {which} |\n",
            thousands(paragraphs),
            thousands(words),
            met(count <= FALSE_REPAIRS),
        )
    };
    let mut arabic = (0, 0);
    let mut of_kind: BTreeMap<&str, u64> = BTreeMap::new();
    for text in of(&lines, "ordinary") {
        let name = said(text, "texts")?;
        let size = (whole(text, "paragraphs")?, whole(text, "words")?);
        let is_arabic = said(text, "language")? == "ar";
        let mut say = |kind: &'static str, line: &Value, count: u64| {
            if is_arabic {
                *of_kind.entry(kind).or_default() += count;
            }
            table += &row(name, size, kind, count, &shown(line));
        };
        for line in of(&lines, "repairs") {
            let kind = KINDS.into_iter().find(|kind| line["kind"] == *kind);
            if let Some(kind) = kind.filter(|_| line["texts"] == name) {
                say(kind, line, whole(line, "count")?);
            }
        }
        say("taken for dotless", text, whole(text, "dotless")?);
        if is_arabic {
            arabic = (arabic.0 + size.0, arabic.1 + size.1);
        }
    }
    for (kind, count) in of_kind {
        table += &row("**all Arabic**", arabic, kind, count, "");
    }
    table += "\nThe sentences are those of UD Arabic-PUD, then paragraphs of Debian's handbook and LibreOffice's messages in \
              Arabic. Each class is done to one word of four letters and more of each sentence that has a word to which it can be \
              done, up to 2,000 sentences, and all words so chosen are terms at the same time. A find counts at the place of the \
              word. Ordinary texts are the same, whole, two collections of traditions (14,736 texts, about a million words, with all \
              vowels), and the English handbook: no news corpus of 10,000 articles can be had here. A repair of a real typing error is counted too; the words are shown.";
    Ok(Outcome::Measured(table))
}
