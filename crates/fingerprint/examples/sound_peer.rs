//! Compares our words with those of `fpcalc -raw` (Debian: libchromaprint-tools) on generated sounds.
//!
//! ```text
//! cargo run --release -p basira-fingerprint --example sound_peer -- [COUNT]
//! ```
#![expect(clippy::disallowed_methods, reason = "it runs a peer, which reads a file")]

use std::process::Command;

use basira_fingerprint::sound::{Printer, RATE};
use testkit::sound::{Sound, pcm};

type Failure = Box<dyn std::error::Error>;

/// A WAV file of mono 16-bit samples.
fn wav(samples: &[i16]) -> Vec<u8> {
    let bytes = samples.len() as u32 * 2;
    let mut out = b"RIFF".to_vec();
    out.extend((36 + bytes).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(RATE.to_le_bytes());
    out.extend((RATE * 2).to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend(bytes.to_le_bytes());
    out.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    out
}

fn main() -> Result<(), Failure> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(40), |n| n.parse())?;
    let path = std::env::temp_dir().join(format!("sound_peer_{}.wav", std::process::id()));
    let (mut words, mut equal, mut bits) = (0, 0, 0);
    for seed in 0..count {
        let kind = Sound::ALL[(seed % 5) as usize];
        let samples = pcm(&kind.make(seed, 60.0));
        std::fs::write(&path, wav(&samples))?;
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
