//! Payment addresses.

use anyhow::Result;

use super::super::{Bench, Outcome, Row, number};
use super::{Measure, lines, met, said, shown, thousands, whole};

pub(crate) const ROW: Row = Row {
    name: "text-addresses",
    title: "Payment addresses in noise",
    target: ">= 1 GB of random base64, hex, base58 and ordinary words: every valid address that is put in is found, 0 false; vectors \
             of every kind from their specifications",
    measure,
};

fn measure(bench: &Bench) -> Result<Outcome> {
    let mut command = Measure::new(bench)?.command("addresses");
    command.args(["--megabytes", if bench.quick { "48" } else { "1200" }]);
    let lines = lines(command)?;
    let mut table = String::from(
        "| text | bytes | valid ones put in | **found** | **false** | other findings | MB/s | met |\n|---|---|---|---|---|---|---|---|\n",
    );
    let (mut bytes, mut false_ones) = (0, String::new());
    for line in lines.iter().filter(|line| line["text"].is_string()) {
        let (planted, found, wrong) = (
            whole(line, "planted")?,
            whole(line, "found")?,
            whole(line, "wrong")?,
        );
        bytes += whole(line, "bytes")?;
        false_ones += &shown(line);
        table += &format!(
            "| {} | {} | {planted} | {found} | {wrong} | {} | {:.1} | {} |\n",
            said(line, "text")?,
            thousands(whole(line, "bytes")?),
            thousands(whole(line, "others")?),
            number(line, "mb_s")?,
            met(planted == found && wrong == 0),
        );
    }
    let vectors: Vec<_> = lines.iter().filter(|line| line["vector"].is_string()).collect();
    let right = vectors.iter().filter(|line| line["found"] == true).count();
    let (mut broken, mut taken) = (0, 0);
    for line in &vectors {
        broken += whole(line, "broken")?;
        taken += whole(line, "broken_found")?;
    }
    table += &format!(
        "\n{} bytes in all. Vectors of Bitcoin (base58, bech32, bech32m), Ethereum, Monero, TRON, Litecoin and IBAN: {right} of {} \
         found; with one letter of their second half changed, {taken} of {broken} are still taken for addresses.{}",
        thousands(bytes),
        vectors.len(),
        if false_ones.is_empty() {
            String::new()
        } else {
            format!(" False: {false_ones}.")
        },
    );
    Ok(Outcome::Measured(table))
}
