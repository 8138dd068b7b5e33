//! From the bytes of a file to its hash.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Bench, Outcome, Row, json_lines, no_example, number, word};

pub(crate) const ROW: Row = Row {
    name: "hash",
    title: "JPEG and PNG to hash, one core",
    target: "JPEG at 1 / 4 / 12 MP >= 8x / 16x / 18x (stretch 20x / 25x at 4 / 12 MP); exact >= 10x at 12 MP; PNG >= 6x; \
             beside threatexchange 1.2.17",
    measure,
};

/// Both sides are measured so often, in turn; the middle one counts.
const ROUNDS: usize = 3;

fn measure(bench: &Bench) -> Result<Outcome> {
    let Some(ours) = bench.example("decode", "hash_bench")? else {
        return Ok(no_example("decode", "hash_bench"));
    };
    let folder = bench.folder("hash")?;
    let sizes: &[&str] = if bench.quick { &["1"] } else { &["1", "4", "12"] };
    let mut write = bench.script("pdq_speed.py");
    write
        .arg("--pictures")
        .arg(bench.pictures())
        .arg("--write")
        .arg(&folder)
        .args(sizes);
    json_lines(&mut write)?;
    let program = ours.get_program().to_owned();
    let mut table = String::from(
        "| file | n | bytes | threatexchange ms | pdqhash alone ms | fast ms | exact ms | fast | exact | fast with digests |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for size in sizes {
        let here = folder.join(size);
        let (mut theirs, mut mine) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            theirs.extend(json_lines(
                bench.script("pdq_speed.py").arg("--measure").arg(&here),
            )?);
            let mut command = crate::shell::program(&program);
            mine.extend(json_lines(command.args(["--repeat", "3"]).arg(&here))?);
        }
        for kind in ["jpeg", "png"] {
            let of = |all: &[Value], name: &str| {
                let same = all.iter().filter(|one| one["kind"] == kind);
                middle(same.map(|one| number(one, name)).collect::<Result<_>>()?)
            };
            let first = theirs
                .iter()
                .find(|one| one["kind"] == kind)
                .context("the peer measured nothing")?;
            let (peer, alone) = (of(&theirs, "bytes_to_hash_ms")?, of(&theirs, "pdqhash_ms")?);
            // The digests are for identity; the peer makes none.
            let (fast, exact) = (
                of(&mine, "fast_without_digests_ms")?,
                of(&mine, "exact_without_digests_ms")?,
            );
            let whole = of(&mine, "fast_ms")?;
            table += &format!(
                "| {kind} {} | {} | {:.0}k | {peer:.1} | {alone:.1} | {fast:.2} | {exact:.2} | **{:.1}x** | **{:.1}x** | {:.1}x |\n",
                word(first, "size")?,
                first["files"],
                number(first, "bytes")? / 1e3,
                peer / fast,
                peer / exact,
                peer / whole,
            );
        }
    }
    table += &format!(
        "\nMedian CPU time a file over {ROUNDS} rounds of 3 runs each, the sides in turn. Real pictures (Debian's \
         wallpapers), resized; JPEG of quality 87, 4:2:0. Ours decodes, hashes (with all dihedral forms), and makes the \
         grey thumbnail; the three digests are left out except in the last column, since the peer makes none. Memory is allocated as in \
         the sandbox's workers. \
         threatexchange 1.2.17, pdqhash 0.2.8, Pillow 13.0.0."
    );
    Ok(Outcome::Measured(table))
}

fn middle(mut times: Vec<f64>) -> Result<f64> {
    times.sort_by(f64::total_cmp);
    times
        .get(times.len() / 2)
        .copied()
        .context("nothing was measured")
}
