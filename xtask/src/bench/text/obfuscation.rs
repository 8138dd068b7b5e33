//! Words dressed up, and repairs where there is nothing to repair.

use anyhow::Result;

use super::super::{Bench, Outcome, Row, interval, number};
use super::{Measure, lines, met, missing, of, said, shown, thousands, whole};

pub(crate) const ROW: Row = Row {
    name: "text-obfuscation",
    title: "Words dressed up, in running text",
    target: "one word of a sentence dressed up, >= 1,000 sentences: recall >= 0.99 for the lossless classes, >= 0.95 for the \
             lossy (Arabizi digits >= 0.60), dotless >= 0.99 with archaic letters or over >= 40 letters, else not guessed at; \
             <= 3 false repairs of a kind in the largest ordinary Arabic text that can be had",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    if let Some(missing) = missing("BASIRA_CORPORA", "corpora") {
        return Ok(missing);
    }
    let lines = lines(Measure::new(bench)?.with_treebank("obfuscation")?)?;
    let mut table = String::from("| class | target | n | **recall** | met |\n|---|---|---|---|---|\n");
    for line in of(&lines, "recall") {
        let (n, found, target) = (whole(line, "n")?, whole(line, "found")?, number(line, "target")?);
        table += &format!(
            "| {} | {target} | {n} | {} | {} |\n",
            said(line, "class")?,
            interval::percent(found, n),
            met(found as f64 >= target * n as f64),
        );
    }
    table += "\n| ordinary text | paragraphs | words | kind of repair | repaired | which (the first) |\n|---|---|---|---|---|---|\n";
    for text in of(&lines, "ordinary") {
        let name = said(text, "texts")?;
        let (paragraphs, words) = (whole(text, "paragraphs")?, whole(text, "words")?);
        let row = |kind: &str, count: u64, which: &str| {
            format!(
                "| {name} | {} | {} | {kind} | {count} | {which} |\n",
                thousands(paragraphs),
                thousands(words)
            )
        };
        for line in of(&lines, "repairs")
            .into_iter()
            .filter(|line| line["texts"] == name)
        {
            table += &row(said(line, "kind")?, whole(line, "count")?, &shown(line));
        }
        table += &row("taken for dotless", whole(text, "dotless")?, &shown(text));
    }
    table += "\nThe sentences are those of UD Arabic-PUD with a word of four letters and more; each class is done to one such \
              word of each sentence that it can be done to, and all words so chosen are terms at the same time. A find counts \
              at the place of the word. Ordinary texts are those sentences, the Arabic of Debian's handbook and of \
              LibreOffice's messages, and the English handbook: no news corpus of 10,000 articles can be had here. A repair of \
              a real typing error is counted too; the words are shown.";
    Ok(Outcome::Measured(table))
}
