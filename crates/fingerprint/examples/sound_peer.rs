//! Compares our words with those of `fpcalc -raw` (Debian: libchromaprint-tools) on generated sounds.
//!
//! ```text
//! cargo run --release -p basira-fingerprint --example sound_peer -- [COUNT]
//! ```
#![expect(clippy::disallowed_methods, reason = "it runs a peer, which reads a file")]

use std::process::Command;

use basira_fingerprint::sound::Printer;
use testkit::sound::{Sound, pcm, wav_of};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(40), |n| n.parse())?;
    let path = std::env::temp_dir().join(format!("sound_peer_{}.wav", std::process::id()));
    let (mut words, mut equal, mut bits) = (0, 0, 0);
    for seed in 0..count {
        let kind = Sound::ALL[(seed % 5) as usize];
        let samples = pcm(&kind.make(seed, 60.0));
        std::fs::write(&path, wav_of(&samples))?;
        let out = Command::new("fpcalc")
            .args(["-raw", "-plain", "-length", "0"])
            .arg(&path)
            .output()?;
        let theirs: Vec<u32> = String::from_utf8(out.stdout)?
            .trim()
            .split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        let mut printer = Printer::plain();
        printer.push(&samples);
        let ours = &printer.finish()[0].words;
        if ours.len() != theirs.len() {
            return Err(format!("{kind:?} {seed}: {} words, fpcalc {}", ours.len(), theirs.len()).into());
        }
        words += ours.len();
        equal += ours.iter().zip(&theirs).filter(|(a, b)| a == b).count();
        bits += ours
            .iter()
            .zip(&theirs)
            .map(|(a, b)| (a ^ b).count_ones())
            .sum::<u32>();
    }
    std::fs::remove_file(&path)?;
    println!(
        "{count} sounds of 60 s, {words} words: {equal} equal, {bits} bits differ, bit error rate {:.2e}",
        f64::from(bits) / (words * 32) as f64
    );
    Ok(())
}
