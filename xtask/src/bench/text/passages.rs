//! Banked texts in other texts.

use anyhow::Result;
use serde_json::Value;

use super::super::{Bench, Outcome, Row, interval, json_lines};
use super::{Measure, lines, met, missing, of, said, shown, thousands, whole};

pub(crate) const ROW: Row = Row {
    name: "text-passages",
    title: "Passages of banked texts",
    target: "texts of 100 to 2,000 words; excerpts (>= 30 words), reordered, a tenth of the words changed, dressed up, embedded: \
             recall >= 0.98; 0 false among >= 1,000,000 pairs of unrelated ordinary texts; TLSH and MinHash beside it",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    if let Some(missing) = missing("BASIRA_CORPORA", "corpora") {
        return Ok(missing);
    }
    let work = bench.folder("text-passages")?;
    let mut command = Measure::new(bench)?.with_treebank("passages")?;
    command.arg("--work").arg(&work);
    command.args(["--n", if bench.quick { "200" } else { "2000" }]);
    let ours = lines(command)?;
    let mut peers = bench.script("text_passages.py");
    peers.arg("--work").arg(&work);
    let theirs = json_lines(peers.args(["--most", "200"]))?;
    let beside = |line: &Value| {
        theirs.iter().find(|other| {
            ["what", "texts", "language", "kind"]
                .iter()
                .all(|name| other[*name] == line[*name])
        })
    };
    let mut table = String::from(
        "| texts | language | banked | variant | n | **found** | met | TLSH at 30 | MinHash at 0.5 |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for line in of(&ours, "recall") {
        let (n, found) = (whole(line, "n")?, whole(line, "found")?);
        let kind = said(line, "kind")?;
        let peer = match beside(line) {
            Some(other) => {
                let n = whole(other, "n")?;
                let share = |name: &str| anyhow::Ok(interval::percent(whole(other, name)?, n));
                format!("{} | {}", share("tlsh")?, share("minhash")?)
            }
            None => "– | –".to_owned(),
        };
        table += &format!(
            "| {} | {} | {} | {kind} | {n} | {} | {} | {peer} |\n",
            said(line, "texts")?,
            said(line, "language")?,
            whole(line, "banked")?,
            interval::percent(found, n),
            // All of it at once is more than was asked for.
            if kind == "all of it" {
                "–"
            } else {
                met(found * 100 >= n * 98)
            },
        );
    }
    table += "\n| texts | n | pairs | related by gold, left out | of them found | **unrelated pairs** | of these in one language | **taken for known** | met | TLSH, all pairs | MinHash, all pairs |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
    let mut remark = String::new();
    for line in of(&ours, "unrelated") {
        let other = of(&theirs, "unrelated")
            .into_iter()
            .find(|other| other["texts"] == line["texts"]);
        let peer = |name: &str| {
            other
                .and_then(|other| other[name].as_u64())
                .map_or("–".to_owned(), thousands)
        };
        let (pairs, wrong) = (whole(line, "unrelated")?, whole(line, "wrong")?);
        table += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {wrong}, below {:.1e} | {} | {} | {} |\n",
            said(line, "texts")?,
            thousands(whole(line, "n")?),
            thousands(whole(line, "pairs")?),
            thousands(whole(line, "related")?),
            thousands(whole(line, "related_found")?),
            thousands(pairs),
            thousands(whole(line, "same_language")?),
            interval::upper(wrong, pairs, 0.95),
            met(wrong == 0 && pairs >= 1_000_000),
            peer("tlsh"),
            peer("minhash"),
        );
        if wrong > 0 {
            remark += &format!(" Taken for known: {}.", shown(line));
        }
    }
    table += &format!(
        "\nReal texts are pieces of Debian's handbook in 23 languages and of UD Arabic-PUD, in which no \
         eight words in a row come twice, and no four in two languages. Pairs (each way) are related by gold if both were cut from one \
         document (a page of the book, a story of the treebank) or from translations of it; exactly these are left out. Generated ones are of an invented language with the letters of Arabic and Zipf's law. \
         Excerpts have 30 to 59 words; what they are embedded in is 150 words of another text before and after. *All of it* is \
         reordered, changed, dressed up and embedded at once, and no target. The peers were given the first 200 of each kind: TLSH as \
         python-threatexchange 1.2.17 compares (py-tlsh 5.0.0, distance 30), MinHash of datasketch 2.0.0 (128 permutations, three words, \
         LSH at a Jaccard of 0.5).{remark}"
    );
    Ok(Outcome::Measured(table))
}
