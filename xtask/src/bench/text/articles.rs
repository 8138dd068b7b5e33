//! Real articles, which must not be restricted.

use anyhow::Result;

use super::super::{Bench, Outcome, Row};
use super::{Measure, lines, met, missing, of, said, whole};
use crate::tools::texts;

pub(crate) const ROW: Row = Row {
    name: "text-articles",
    title: "Five real articles on terrorism online",
    target: "all `reporting`, none like another; exactly one security finding, in 003, defanged, and nothing of its code in text, \
             language, links, addresses or context; 0 payment addresses",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    if let Some(missing) = missing("BASIRA_ARTICLES", "articles") {
        return Ok(missing);
    }
    let mut command = Measure::new(bench)?.command("articles");
    command
        .arg("--articles")
        .arg(texts::beside("BASIRA_ARTICLES", "articles")?);
    let lines = lines(command)?;
    let mut table = String::from(
        "| article | words | language | **context** | families, against | **security findings** | of the code elsewhere | \
         **payment addresses** | links | met |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for line in lines.iter().filter(|line| line["article"].is_string()) {
        let name = said(line, "article")?;
        let (label, security) = (said(line, "label")?, whole(line, "security")?);
        let (leaked, paid) = (whole(line, "from_code")?, whole(line, "payment_addresses")?);
        let wanted = u64::from(name.starts_with("003"));
        let right = label == "reporting"
            && security == wanted
            && leaked == 0
            && paid == 0
            && line["defanged"] == true
            && said(line, "language")? == "ar";
        table += &format!(
            "| {} | {} | {} | {label} | {}, {} | {security} | {leaked} | {paid} | {} | {} |\n",
            name.split('_').next().unwrap_or(name),
            whole(line, "words")?,
            said(line, "language")?,
            whole(line, "families")?,
            whole(line, "contra")?,
            whole(line, "links")?,
            met(right),
        );
    }
    for line in of(&lines, "pairs") {
        let alike = whole(line, "alike")?;
        table += &format!(
            "\nPairs of two articles that are alike by digest, TLSH or a passage: {alike} ({}). They are read where they lie; \
             nothing of them is in the project. A keyword rule flags five of five.",
            met(alike == 0)
        );
    }
    Ok(Outcome::Measured(table))
}
