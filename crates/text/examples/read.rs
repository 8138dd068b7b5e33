//! Reads text files and prints what is seen in them: `cargo run --release -p basira-text --example read FILE…`
#![expect(
    clippy::disallowed_methods,
    reason = "an example reads files; the room does not"
)]

use basira_text::Reading;
use basira_text::context::Context;
use basira_text::known::{Passages, Probe, Tlsh, raw_text};
use basira_text::language::{Language, segments};
use basira_text::terms::{Registry, TermMatcher};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let registry = Registry::shipped();
    let matcher = TermMatcher::new(&registry)?;
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut banked = Vec::new();
    for file in &files {
        let text = String::from_utf8_lossy(&std::fs::read(file)?).into_owned();
        let reading = Reading::of(&text)?;
        let hits = matcher.find(&reading);
        let context = Context::of(&reading, &registry, &hits, &[]);
        println!("{file}");
        println!(
            "  language {}, {} segments, {} words",
            Language::of(&reading),
            segments(&reading).len(),
            context.words
        );
        println!("  {}", context.why.en);
        println!("  {}", context.why.ar);
        for cue in &context.contra {
            println!("  against: {} {:?}", cue.kind.name(), &text[cue.span.clone()]);
        }
        for repair in reading.repairs() {
            println!(
                "  repair: {} {:?}",
                repair.kind.name(),
                &text[repair.span.clone()]
            );
        }
        for span in reading.dotless() {
            println!("  without dots: {:?}", &text[span.clone()]);
        }
        for hit in hits.iter().filter(|hit| hit.key > basira_text::KeyLevel::Folded) {
            println!(
                "  {} {} {:?}",
                hit.key.name(),
                registry.terms()[hit.term].id,
                &text[hit.span.clone()]
            );
        }
        println!(
            "  raw_text {:?}",
            raw_text(&reading).map(|digest| digest.to_string())
        );
        println!("  text_tlsh {:?}", Tlsh::of(&text).map(|hash| hash.to_string()));
        banked.push((Passages::of(&reading), Probe::of(&reading)));
    }
    for (one, (passages, _)) in banked.iter().enumerate() {
        for (other, (_, probe)) in banked.iter().enumerate().filter(|(other, _)| *other != one) {
            if let Some(found) = passages.as_ref().and_then(|passages| passages.compare(probe)) {
                println!(
                    "{} in {}: {:.0} %",
                    files[one],
                    files[other],
                    found.of_banked() * 100.0
                );
            }
        }
    }
    Ok(())
}
