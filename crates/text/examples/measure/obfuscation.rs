//! A word of each sentence is dressed in each class; and what is repaired in ordinary texts, where nothing is to repair.

use std::collections::{BTreeMap, BTreeSet};

use basira_text::Reading;
use basira_text::terms::TermMatcher;
use serde_json::json;

use crate::obfuscate::{CLASSES, Numbers, dotless_modern};
use crate::{Failure, Options, corpus, folded, registry};

/// Words that are shown of what was repaired.
const SHOWN: usize = 12;
/// Letters without dots from which such a text is read.
const DOTLESS: usize = 40;

/// A word of a sentence.
struct Chosen {
    line: String,
    word: String,
    at: usize,
}

pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let treebank = std::fs::read_to_string(options.path("--conllu")?)?;
    let sentences = corpus::sentences(&treebank);
    let folder = options.path("--texts")?;
    let paragraphs = |name: &str| -> Result<Vec<String>, Failure> {
        let texts = corpus::texts(&folder, Some(name))?;
        Ok(texts.into_iter().flat_map(|text| text.paragraphs).collect())
    };
    recall(&sentences)?;
    ordinary("UD Arabic-PUD", &sentences);
    ordinary("Debian's handbook, Arabic", &paragraphs("ar")?);
    ordinary("LibreOffice's messages, Arabic", &paragraphs("ar-messages")?);
    ordinary("Debian's handbook, English", &paragraphs("en")?);
    Ok(())
}

fn choose(sentences: &[String], numbers: &mut Numbers) -> Vec<Chosen> {
    let plain = |word: &str| word.chars().count() >= 4 && word.chars().all(|c| ('ء'..='ي').contains(&c));
    let choose = |line: &String| {
        let mut at = 0;
        let mut words = Vec::new();
        for word in line.split(' ') {
            if plain(word) {
                words.push((at, word));
            }
            at += word.len() + 1;
        }
        if words.is_empty() {
            return None;
        }
        let (at, word) = words[numbers.below(words.len())];
        Some(Chosen {
            line: line.clone(),
            word: word.to_owned(),
            at,
        })
    };
    sentences.iter().filter_map(choose).collect()
}

fn recall(sentences: &[String]) -> Result<(), Failure> {
    let mut numbers = Numbers(3);
    let chosen = choose(sentences, &mut numbers);
    let terms: BTreeSet<String> = chosen.iter().map(|chosen| folded(&chosen.word)).collect();
    let terms: Vec<String> = terms.into_iter().collect();
    let matcher = TermMatcher::new(&registry(terms.iter().cloned(), false)?)?;
    let found = |text: &str, place: std::ops::Range<usize>, word: &str| -> Result<bool, Failure> {
        let reading = Reading::of(text)?;
        let index = terms.binary_search(&folded(word)).ok();
        let hits = matcher.find(&reading);
        Ok(hits
            .iter()
            .any(|hit| Some(hit.term) == index && hit.span.start < place.end && hit.span.end > place.start))
    };
    for class in &CLASSES {
        let (mut right, mut n) = (0, 0);
        for Chosen { line, word, at } in &chosen {
            let Some(dressed) = (class.dress)(word, &mut numbers) else {
                continue;
            };
            let text = format!("{}{dressed}{}", &line[..*at], &line[at + word.len()..]);
            n += 1;
            right += usize::from(found(&text, *at..at + dressed.len(), word)?);
        }
        println!(
            "{}",
            json!({"what": "recall", "class": class.name, "target": class.target, "n": n, "found": right})
        );
    }
    // Without dots and without archaic letters: only a stretch of forty letters and more can be told from ordinary writing. ف
    // and ق have no letter without dots then; a stretch has one of them at most.
    let bare = |text: &str| -> String { text.chars().map(|c| dotless_modern(c).unwrap_or(c)).collect() };
    let (mut right, mut n, mut short, mut abstained) = (0, 0, 0, 0);
    for Chosen { line, word, at } in &chosen {
        if let Some(stretch) = stretch(line, *at..at + word.len()) {
            let before = bare(&line[stretch.start..*at]).len();
            n += 1;
            right += usize::from(found(
                &bare(&line[stretch]),
                before..before + bare(word).len(),
                word,
            )?);
        }
        let dressed = bare(word);
        if dressed != *word {
            let text = format!("{}{dressed}{}", &line[..*at], &line[at + word.len()..]);
            short += 1;
            abstained += usize::from(Reading::of(&text)?.dotless().is_empty());
        }
    }
    println!(
        "{}",
        json!({"what": "recall", "class": "dotless, modern letters, 40 letters and more in a row", "target": 0.99, "n": n,
            "found": right})
    );
    println!(
        "{}",
        json!({"what": "recall", "class": "one word without dots, no archaic letter: not guessed at", "target": 0.99,
            "n": short, "found": abstained})
    );
    Ok(())
}

/// Words around a place with forty letters and more, of which one is ف or ق.
fn stretch(line: &str, place: std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
    let borders: Vec<usize> = std::iter::once(0)
        .chain(line.match_indices(' ').flat_map(|(at, _)| [at, at + 1]))
        .chain([line.len()])
        .collect();
    let fits = |range: &std::ops::Range<usize>| {
        let part = &line[range.clone()];
        let letters = part.chars().filter(|c| ('ء'..='ي').contains(c)).count();
        (letters >= DOTLESS).then_some(part.matches(['ف', 'ق']).count() <= 1)
    };
    let starts = borders.iter().rev().filter(|at| **at <= place.start).take(16);
    starts
        .flat_map(|start| {
            let ends = borders.iter().filter(|at| **at >= place.end);
            ends.map(|end| *start..*end)
                .find_map(|range| fits(&range).map(|is| (range, is)))
        })
        .find_map(|(range, is)| is.then_some(range))
}

/// Repairs and gates where nothing was dressed up.
fn ordinary(name: &str, paragraphs: &[String]) {
    let mut repaired: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let (mut bytes, mut words, mut dotless) = (0, 0, Vec::new());
    for text in paragraphs {
        let Ok(reading) = Reading::of(text) else { continue };
        bytes += text.len();
        words += text.split_whitespace().count();
        dotless.extend(reading.dotless().iter().map(|span| text[span.clone()].to_owned()));
        for repair in reading.repairs() {
            let shown = text[repair.span.clone()].to_owned();
            repaired.entry(repair.kind.name()).or_default().push(shown);
        }
    }
    let shown = |words: &Vec<String>| words.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    for kind in ["separators", "look_alikes", "digits", "repeats"] {
        let words = repaired.remove(kind).unwrap_or_default();
        println!(
            "{}",
            json!({"what": "repairs", "texts": name, "kind": kind, "count": words.len(), "shown": shown(&words)})
        );
    }
    println!(
        "{}",
        json!({"what": "ordinary", "texts": name, "paragraphs": paragraphs.len(), "words": words, "bytes": bytes,
            "dotless": dotless.len(), "shown": shown(&dotless)})
    );
}
