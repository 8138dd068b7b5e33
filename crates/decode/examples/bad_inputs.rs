//! Bad files through the sandbox: how they end, how long the worst one takes, and what the supervisor feels of it.
//!
//! `cargo run --release -p basira-decode --example bad_inputs -- [--from N] [--files N] [--write FOLDER]
//! [--also FOLDER]…`. A table and one JSON object. `--write` keeps the files, to look at one of them; `--also` tries the
//! files of a folder after them; with `--strict` it fails if something is not as it must be.

#[path = "support/bad.rs"]
mod bad;
#[path = "support/clips.rs"]
mod clips;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use basira_decode::sandbox::serve_if_asked;

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

fn number(name: &str, default: u64) -> u64 {
    argument(name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// The files in a folder and below it.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => below(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    serve_if_asked();
    let from = number("--from", 0);
    let numbers = from..from + number("--files", 20_000);
    if let Some(folder) = argument("--write") {
        let (made, _) = bad::files();
        for number in numbers.clone() {
            let file = made.get(number);
            let name = format!("{number:06} {}", file.how.replace('/', " "));
            std::fs::write(Path::new(&folder).join(name), file.bytes)?;
        }
    }
    let mut also = Vec::new();
    let arguments: Vec<String> = std::env::args().collect();
    for pair in arguments.windows(2).filter(|pair| pair[0] == "--also") {
        below(Path::new(&pair[1]), &mut also)?;
    }
    let seen = bad::run(numbers, &also)?;
    for wrong in &seen.wrong {
        eprintln!("{wrong}");
    }
    println!("{}\n", seen.table());
    let families: BTreeMap<&str, u64> = seen.counts().into_iter().collect();
    let endings: BTreeMap<&String, u64> = seen
        .endings
        .iter()
        .map(|(ending, families)| (ending, families.values().sum()))
        .collect();
    println!(
        "{}",
        serde_json::json!({
            "files": seen.files, "families": families, "endings": endings, "wrong": seen.wrong.len(),
            "slowest_ms": seen.slowest.0.as_millis() as u64, "slowest": seen.slowest.1,
            "memory_kb": seen.memory_kb, "growth_kb": seen.growth_kb(), "descriptors": seen.descriptors,
            "neighbours": seen.neighbours, "clips": seen.clips,
        })
    );
    if arguments.iter().any(|argument| argument == "--strict") && !seen.wrong.is_empty() {
        return Err(format!("{} files are not as they must be", seen.wrong.len()).into());
    }
    Ok(())
}
