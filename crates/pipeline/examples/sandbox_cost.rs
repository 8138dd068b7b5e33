//! CPU time of reading, digesting and decoding pictures in the calling process and in the sandbox, in turn.
//!
//! `--folder` takes the files, `--rounds` how often. One JSON object a line for each size and round.

mod support;

use std::path::{Path, PathBuf};

use anyhow::Result;
use basira_pipeline::file::decode_file;
use decode::sandbox::{Settings, serve_if_asked};
use decode::{Decoder, Request};
use model::HashMode;
use support::{argument, cpu_seconds, write_photos};

fn main() -> Result<()> {
    serve_if_asked();
    let folder = PathBuf::from(argument("--folder", "target/sandbox-cost".to_owned()));
    let rounds: u32 = argument("--rounds", 7);
    for (name, size, copies) in [
        ("0.2 MP", (512, 384), 80),
        ("1 MP", (1152, 864), 50),
        ("4 MP", (2304, 1728), 25),
    ] {
        let files = write_photos(&folder.join(name), size, 8, copies)?;
        for round in 0..rounds {
            // A sandbox is started once, and not for each file; and time is told in hundredths of a second.
            let start = cpu_ms(&[], true)?;
            let each = files.len() as f64;
            let here = cpu_ms(&files, false)? / each;
            let apart = (cpu_ms(&files, true)? - start) / each;
            println!(
                "{}",
                serde_json::json!({
                    "size": name, "files": files.len(), "round": round, "in_process_ms": here, "sandbox_ms": apart,
                    "start_ms": start,
                })
            );
        }
    }
    Ok(())
}

/// CPU time of all files, in milliseconds. The sandbox is started and ended here, for the time of its processes is known
/// only when they are gone.
fn cpu_ms(files: &[PathBuf], sandboxed: bool) -> Result<f64> {
    let start = cpu_seconds();
    let decoder = if sandboxed {
        Decoder::start(Settings::default())?
    } else {
        Decoder::InProcess
    };
    let mut buffer = Vec::new();
    for file in files {
        let file: &Path = file;
        let (decoded, _) = decode_file(
            file,
            &mut buffer,
            &decoder,
            &Request::new(HashMode::Fast),
            &mut |_| (),
        )?;
        anyhow::ensure!(decoded.incomplete.is_empty(), "{:?}", decoded.incomplete);
        std::hint::black_box(decoded);
    }
    drop(decoder);
    Ok((cpu_seconds() - start) * 1e3)
}
