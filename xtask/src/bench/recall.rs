//! How many edited copies are found, by tier.

use anyhow::Result;
use serde_json::Value;

use super::{Bench, Outcome, Row, interval, json_lines, no_example, number, word};

pub(crate) const ROW: Row = Row {
    name: "recall",
    title: "Recall over edits, per tier",
    target: "full tier: mean >= 90 % over the 14 hard edits, none < 60 %; plain edits >= 98 % in every tier",
    measure,
};

/// The example prints one line an edit and tier: `{"tier", "class", "edit", "source", "n", "hits", "other_entries",
/// "cpu_ms"}`.
fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(ours) = bench.example("pipeline", "recall")? else {
        return Ok(no_example("pipeline", "recall"));
    };
    let (n, fill) = if bench.quick {
        ("20", "2000")
    } else {
        ("100", "100000")
    };
    let mut text = String::new();
    for real in [true, false] {
        let mut command = crate::shell::program(ours.get_program());
        command.args(["--n", n, "--fill", fill, "--media", "2000"]);
        if real {
            command.arg("--real").arg(bench.pictures());
        }
        let lines = json_lines(&mut command)?;
        text += &format!(
            "### {} pictures\n\n{}\n",
            if real { "Real" } else { "Generated" },
            table(&lines)?
        );
    }
    text += &format!(
        "Bank of {fill} other entries, 2,000 of them with their pictures. Recall in percent with its interval. *PDQ at \
         31* is what whole-picture hashes of usable quality find, mirrored and turned forms included."
    );
    Ok(Outcome::Measured(text))
}

fn table(lines: &[Value]) -> Result<String> {
    let mut tiers: Vec<&str> = Vec::new();
    let mut edits: Vec<(&str, &str)> = Vec::new();
    for line in lines {
        let (tier, edit) = (word(line, "tier")?, (word(line, "class")?, word(line, "edit")?));
        if !tiers.contains(&tier) {
            tiers.push(tier);
        }
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    let mut text = format!(
        "| edit | n | {} |\n|---|---|{}\n",
        tiers.join(" | "),
        "---|".repeat(tiers.len())
    );
    for (class, edit) in &edits {
        let of = |tier: &&str| {
            lines
                .iter()
                .find(|it| it["tier"] == **tier && it["edit"] == *edit && it["class"] == *class)
        };
        let mut cells = Vec::new();
        for tier in &tiers {
            let cell = of(tier).map(|it| anyhow::Ok(interval::percent(whole(it, "hits")?, whole(it, "n")?)));
            cells.push(cell.transpose()?.unwrap_or_else(|| "not measured".to_owned()));
        }
        let n = lines
            .iter()
            .find(|it| it["edit"] == *edit)
            .map_or(0, |it| it["n"].as_u64().unwrap_or(0));
        text += &format!("| {edit} ({class}) | {n} | {} |\n", cells.join(" | "));
    }
    for class in ["hard", "plain"] {
        let mut cells = Vec::new();
        for tier in &tiers {
            let same = lines
                .iter()
                .filter(|it| it["tier"] == *tier && it["class"] == class);
            let rates = same
                .map(|it| Ok(number(it, "hits")? / number(it, "n")?))
                .collect::<Result<Vec<_>>>()?;
            let mean = rates.iter().sum::<f64>() / rates.len() as f64;
            let least = rates.iter().copied().fold(1.0, f64::min);
            cells.push(format!("**{:.1} %**, least {:.1} %", 100.0 * mean, 100.0 * least));
        }
        text += &format!("| mean of the {class} ones | | {} |\n", cells.join(" | "));
    }
    let mut others = Vec::new();
    for tier in &tiers {
        let wrong = lines
            .iter()
            .filter(|it| it["tier"] == *tier)
            .map(|it| whole(it, "other_entries"));
        others.push(wrong.sum::<Result<u64>>()?.to_string());
    }
    text += &format!(
        "| queries that (also) found another entry | | {} |\n",
        others.join(" | ")
    );
    let mut costs = Vec::new();
    for tier in &tiers {
        let times = lines
            .iter()
            .filter(|it| it["tier"] == *tier)
            .map(|it| number(it, "cpu_ms"));
        let times = times.collect::<Result<Vec<_>>>()?;
        costs.push(format!("{:.2}", times.iter().sum::<f64>() / times.len() as f64));
    }
    Ok(text + &format!("| CPU ms a query, decoding apart | | {} |\n", costs.join(" | ")))
}

/// A count of a JSON object.
pub(crate) fn whole(line: &Value, name: &str) -> Result<u64> {
    Ok(number(line, name)? as u64)
}
