//! How many edited clips of banked recordings are found, beside plain Chromaprint; and that our words are Chromaprint's.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::recall::whole;
use super::{Bench, Outcome, Row, interval, json_lines, no_example, number, word};
use crate::shell::{program, read};
use crate::tools;

pub(crate) const ROW: Row = Row {
    name: "sounds",
    title: "Clips of banked recordings",
    target: "clips of 10 s: >= 95 % found over all edits, 0 false matches over >= 1,000 unrelated pairs; words equal to \
             those of fpcalc",
    measure,
};

/// Edits that the target names; others are shown, and do not count.
const NAMED: [&str; 9] = [
    "mp3",
    "opus",
    "low-pass",
    "echo",
    "compressor",
    "noise 10",
    "speed",
    "tempo",
    "pitch",
];

fn measure(bench: &Bench) -> Result<Outcome> {
    let (Some(mut ours), Some(peer)) = (
        bench.example("fingerprint", "sound_recall")?,
        bench.example("fingerprint", "sound_peer")?,
    ) else {
        return Ok(no_example("fingerprint", "sound_recall"));
    };
    tools::media::install_fpcalc()?;
    let n = if bench.quick { "10" } else { "100" };
    let lines = json_lines(ours.args(["--n", n, "--seconds", "10"]))?;
    let mut text = String::from(
        "| edit | n | **found** | times within 2 s | plain Chromaprint, told where |\n|---|---|---|---|---|\n",
    );
    let mut all = [0; 4];
    for line in lines.iter().filter(|line| line["edit"].is_string()) {
        let edit = word(line, "edit")?;
        let [n, found, placed, plain] = ["n", "found", "placed", "plain"].map(|name| whole(line, name));
        let counts = [n?, found?, placed?, plain?];
        text += &row(edit, counts);
        if NAMED.iter().any(|name| edit.starts_with(name)) {
            all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    text += &row("**all that the target names**", all);
    let negatives = lines.iter().find(|line| line["negatives"].is_u64());
    let negatives: &Value = negatives.context("nothing unrelated was tried")?;
    let (pairs, wrong) = (whole(negatives, "negatives")?, whole(negatives, "false")?);
    text += &format!(
        "\n{pairs} unrelated pairs: **{wrong} false**, below {:.3} %; the most evidence of any was {} of {} that are \
         enough. Plain: {} false. A query of 30 s costs {} ms to print in all its variants, {} ms to find.\n\n{}\n\n\
         Generated melodies, chants, speech, bands and crowds; a clip of 10 s stands between two others, 8 s each. *Plain* \
         slides the words of the clip, of which it is told where they are, over the recording, and takes a bit error \
         rate of 0.15.",
        100.0 * interval::upper(wrong, pairs, 0.95),
        number(negatives, "most_evidence")?,
        number(negatives, "enough")?,
        whole(negatives, "plain_false")?,
        number(negatives, "print_ms")?,
        number(negatives, "find_ms")?,
        read(&mut program(peer.get_program()))?.trim(),
    );
    Ok(Outcome::Measured(text))
}

fn row(edit: &str, [n, found, placed, plain]: [u64; 4]) -> String {
    format!(
        "| {edit} | {n} | {} | {} | {} |\n",
        interval::percent(found, n),
        interval::percent(placed, n),
        interval::percent(plain, n)
    )
}
