//! Megabytes a second, on one core. What the peers are to be given is written to a folder.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use basira_text::Reading;
use basira_text::known::{Passages, Probe, Tlsh};
use basira_text::terms::{Automaton, TermMatcher};
use serde_json::json;

use crate::obfuscate::{Numbers, Vocabulary};
use crate::{Failure, Options, corpus, folded, peak_kb, registry, timed};

/// Bytes of invented words, by Zipf's law.
const ZIPF: usize = 8 << 20;
/// Bytes of real text, read end to end.
const REAL: usize = 20 << 20;
/// Bytes of a text whose fingerprints are made, and how many there are.
const SHORT: (usize, usize) = (1100, 4000);
/// Entries of the registry.
const ENTRIES: usize = 10_000;

pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let work = options.path("--work")?;
    std::fs::create_dir_all(&work)?;
    let mut numbers = Numbers(4);
    let vocabulary = Vocabulary::new(&mut numbers);
    let mut zipf = String::with_capacity(ZIPF + 64);
    while zipf.len() < ZIPF {
        zipf.push_str(vocabulary.word(&mut numbers));
        zipf.push(' ');
    }
    std::fs::write(work.join("zipf.txt"), &zipf)?;
    for count in [1000, 10_000, 100_000] {
        let mut terms: BTreeSet<String> = BTreeSet::new();
        while terms.len() < count {
            let length = 1 + numbers.below(3);
            terms.insert(vocabulary.text(length, &mut numbers).join(" "));
        }
        let list: Vec<&str> = terms.iter().map(String::as_str).collect();
        std::fs::write(work.join(format!("terms-{count}.txt")), list.join("\n"))?;
        let (automaton, build) = timed(|| Automaton::new(list.iter().copied().zip(0..)));
        let automaton = automaton?;
        let (matches, seconds) = timed(|| {
            let mut matches = 0;
            automaton.find(&zipf, |_, _| matches += 1);
            matches
        });
        println!(
            "{}",
            json!({"what": "automaton", "terms": count, "matches": matches, "bytes": zipf.len(),
                "mb_s": zipf.len() as f64 / 1e6 / seconds, "build_s": build, "memory": automaton.heap_bytes()})
        );
    }

    let mut real = String::new();
    for text in corpus::texts(&options.path("--texts")?, Some("ar"))? {
        writeln!(real, "{}", text.paragraphs.join("\n"))?;
    }
    let treebank = std::fs::read_to_string(options.path("--conllu")?)?;
    for sentence in corpus::sentences(&treebank) {
        writeln!(real, "{sentence}")?;
    }
    short(&real, &work)?;
    let distinct = real.len();
    let text = real.repeat(REAL / real.len() + 1);
    let words: BTreeSet<String> = folded(&real)
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_owned)
        .collect();
    let words: Vec<String> = words.into_iter().collect();
    let mut terms: BTreeSet<String> = BTreeSet::new();
    while terms.len() < ENTRIES {
        let length = 1 + numbers.below(3);
        let phrase: Vec<&str> = (0..length)
            .map(|_| words[numbers.below(words.len())].as_str())
            .collect();
        terms.insert(phrase.join(" "));
    }
    let registry = registry(terms.into_iter(), false)?;
    let (matcher, build) = timed(|| TermMatcher::new(&registry));
    let matcher = matcher?;
    let (reading, keys) = timed(|| Reading::of(&text));
    let reading = reading?;
    let (hits, find) = timed(|| matcher.find(&reading).len());
    let megabytes = text.len() as f64 / 1e6;
    println!(
        "{}",
        json!({"what": "end to end", "entries": ENTRIES, "bytes": text.len(), "distinct": distinct, "hits": hits,
            "build_s": build, "keys_mb_s": megabytes / keys, "terms_mb_s": megabytes / find,
            "mb_s": megabytes / (keys + find), "peak_kb": peak_kb()})
    );
    Ok(())
}

/// Fingerprints of short texts.
fn short(real: &str, work: &std::path::Path) -> Result<(), Failure> {
    let mut texts: Vec<&str> = Vec::new();
    let mut rest = real;
    while texts.len() < SHORT.1 {
        if rest.len() <= SHORT.0 {
            rest = real;
        }
        let (text, after) = rest.split_at(rest.floor_char_boundary(SHORT.0));
        texts.push(text);
        rest = after;
    }
    let lines: Vec<String> = texts.iter().map(|text| json!(text).to_string()).collect();
    std::fs::write(work.join("short.jsonl"), lines.join("\n"))?;
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let rate = |name: &str, made: usize, seconds: f64| {
        println!(
            "{}",
            json!({"what": "fingerprint", "name": name, "texts": texts.len(), "made": made,
                "texts_s": texts.len() as f64 / seconds, "mb_s": bytes as f64 / 1e6 / seconds})
        );
    };
    let (made, seconds) = timed(|| texts.iter().filter_map(|text| Tlsh::of(text)).count());
    rate("text_tlsh", made, seconds);
    let (made, seconds) = timed(|| {
        let probes = texts.iter().filter_map(|text| Probe::of_text(text).ok());
        probes.filter_map(|probe| probe.passages()).count()
    });
    rate("passages", made, seconds);
    let (made, seconds) = timed(|| {
        let readings = texts.iter().filter_map(|text| Reading::of(text).ok());
        readings.filter_map(|reading| Passages::of(&reading)).count()
    });
    rate("passages, by the keys", made, seconds);
    Ok(())
}
