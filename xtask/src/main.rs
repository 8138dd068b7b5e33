//! What developers run: `cargo xtask test`, `bench`, `bad`, `fuzz`, `soak`, `fences`.
//!
//! Three nouns to know. [`shell::Steps`] are run one after the other, each with a header, its time, and its name when it
//! fails. A function of [`tools`] installs something that a step needs, once, below `target/`. A [`bench::Row`] is one
//! section of the comparison in `benches/RESULTS.md`.
#![forbid(unsafe_code)]

mod bench;
mod fences;
mod fuzz;
mod peers;
mod shell;
mod soak;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

const HELP: &str = "\
What developers run.

cargo xtask test [--without-peers]   everything that must pass, as CI runs it; installs what it needs below target/
cargo xtask fences                   only the rules about what may depend on what
cargo xtask browser                  only the console in Chromium, with the program that is built
cargo xtask screenshots              pictures of the console for the README, with the program that is built
cargo xtask postgres                 only the suites that run on PostgreSQL, too
cargo xtask peers                    only the comparisons of hashes with pdqhash and vpdq
cargo xtask bench [ROW…] [--quick]   side by side with the peers; writes benches/RESULTS.md; --list names the rows
cargo xtask bad [--from N] [--files N] [--write FOLDER] [--also FOLDER]
                                     bad files, by number, through the sandbox; --write keeps them, --also adds others
cargo xtask fuzz [SECONDS]           arbitrary bytes for every parser, 300 s in all by default; finds go to target/fuzz
cargo xtask fuzz TARGET FILE         one of them again
cargo xtask soak [4h|30m|90s]        property tests with fresh seeds, and fuzzing, for hours
cargo xtask help                     this text

--without-peers leaves out what needs Python packages and pictures from the network, and says so.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nFAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    match words {
        ["test"] => test::run(true),
        ["test", "--without-peers"] => test::run(false),
        ["fences"] => fences::run(),
        ["browser"] => tools::browser::install().and_then(|()| tools::browser::run()),
        ["screenshots"] => tools::browser::install().and_then(|()| tools::browser::screenshots()),
        ["postgres"] => tools::postgres::install().and_then(|()| tools::postgres::suites()),
        ["peers"] => peers::run(peers::Build::Release),
        ["bench", rest @ ..] => bench::run(rest),
        ["bad", rest @ ..] => shell::run(peers::bad_files(peers::Build::Release)?.args(rest)),
        ["fuzz"] => fuzz::run(fuzz::SECONDS, fuzz::Start::Fresh),
        ["fuzz", seconds] => fuzz::run(
            seconds.parse().context("seconds are a number")?,
            fuzz::Start::Fresh,
        ),
        ["fuzz", target, file] => fuzz::again(target, file),
        ["soak"] => soak::run("4h"),
        ["soak", duration] => soak::run(duration),
        [] | ["help" | "--help" | "-h", ..] => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("unknown: cargo xtask {}\n\n{HELP}", other.join(" ")),
    }
}
