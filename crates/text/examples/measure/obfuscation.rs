//! A word of each sentence is dressed in each class; and what is repaired in ordinary texts, where nothing is to repair.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use basira_text::Reading;
use basira_text::terms::TermMatcher;
use serde_json::json;

use crate::obfuscate::{CLASSES, Numbers, dotless_modern};
use crate::{Failure, Options, corpus, folded, registry};

/// Words that are shown of what was repaired.
const SHOWN: usize = 12;
/// Letters without dots from which such a text is read.
const DOTLESS: usize = 40;

/// Sentences of a class, at most; there must be a thousand.
const MOST: usize = 2000;

/// A word of a sentence, and how it is written.
struct Chosen<'a> {
    line: &'a str,
    word: &'a str,
    at: usize,
    dressed: String,
}

impl Chosen<'_> {
    /// The sentence with the word as it is written, and where it is.
    fn text(&self) -> (String, Range<usize>) {
        let Self {
            line,
            word,
            at,
            dressed,
        } = self;
        let text = format!("{}{dressed}{}", &line[..*at], &line[at + word.len()..]);
        (text, *at..at + dressed.len())
    }
}

pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let treebank = std::fs::read_to_string(options.path("--conllu")?)?;
    let sentences = corpus::sentences(&treebank);
    let folder = options.path("--texts")?;
    let paragraphs = |name: &str| -> Result<Vec<String>, Failure> {
        let texts = corpus::texts(&folder, Some(name))?;
        Ok(texts.into_iter().flat_map(|text| text.paragraphs).collect())
    };
    let (handbook, messages) = (paragraphs("ar")?, paragraphs("ar-messages")?);
    let all: Vec<&str> = [&sentences, &handbook, &messages]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    recall(&all)?;
    ordinary("UD Arabic-PUD", "ar", &sentences);
    ordinary("Debian's handbook, Arabic", "ar", &handbook);
    ordinary("LibreOffice's messages, Arabic", "ar", &messages);
    ordinary(
        "two collections of traditions",
        "ar",
        &paragraphs("ar-traditions")?,
    );
    ordinary("Debian's handbook, English", "en", &paragraphs("en")?);
    Ok(())
}

/// Of each sentence one word of those that can be written so.
fn choose<'a>(
    lines: &[&'a str],
    numbers: &mut Numbers,
    mut dress: impl FnMut(&'a str, usize, &'a str, &mut Numbers) -> Option<String>,
) -> Vec<Chosen<'a>> {
    let plain = |word: &str| word.chars().count() >= 4 && word.chars().all(|c| ('ء'..='ي').contains(&c));
    let mut chosen = Vec::new();
    for line in lines {
        if chosen.len() == MOST {
            break;
        }
        let (mut at, mut words) = (0, Vec::new());
        for word in line.split(' ') {
            if plain(word)
                && let Some(dressed) = dress(line, at, word, numbers)
            {
                words.push(Chosen {
                    line,
                    word,
                    at,
                    dressed,
                });
            }
            at += word.len() + 1;
        }
        if !words.is_empty() {
            chosen.push(words.swap_remove(numbers.below(words.len())));
        }
    }
    chosen
}

fn recall(lines: &[&str]) -> Result<(), Failure> {
    let mut numbers = Numbers(3);
    let classes: Vec<_> = CLASSES
        .iter()
        .map(|class| {
            (
                class,
                choose(lines, &mut numbers, |_, _, word, numbers| {
                    (class.dress)(word, numbers)
                }),
            )
        })
        .collect();
    // Without dots and without archaic letters: only a stretch of forty letters and more can be told from ordinary writing. ف
    // and ق have no letter without dots then; a stretch has three of them at most.
    let bare = |text: &str| -> String { text.chars().map(|c| dotless_modern(c).unwrap_or(c)).collect() };
    let long = choose(lines, &mut numbers, |line, at, word, _| {
        stretch(line, at..at + word.len()).map(|_| bare(word))
    });
    let short = choose(lines, &mut numbers, |_, _, word, _| {
        Some(bare(word)).filter(|dressed| dressed != word)
    });
    let all = classes.iter().flat_map(|(_, chosen)| chosen).chain(&long);
    let terms: BTreeSet<String> = all.map(|chosen| folded(chosen.word)).collect();
    let terms: Vec<String> = terms.into_iter().collect();
    let matcher = TermMatcher::new(&registry(terms.iter().cloned(), false)?)?;
    let found = |text: &str, place: Range<usize>, word: &str| -> Result<bool, Failure> {
        let reading = Reading::of(text)?;
        let index = terms.binary_search(&folded(word)).ok();
        let hits = matcher.find(&reading);
        Ok(hits
            .iter()
            .any(|hit| Some(hit.term) == index && hit.span.start < place.end && hit.span.end > place.start))
    };
    let say = |class: &str, target: f64, n: usize, found: usize, missed: &[String]| {
        println!(
            "{}",
            json!({"what": "recall", "class": class, "target": target, "n": n, "found": found,
                "shown": missed.iter().take(SHOWN).collect::<Vec<_>>()})
        );
    };
    for (class, chosen) in &classes {
        let (mut right, mut missed) = (0, Vec::new());
        for one in chosen {
            let (text, place) = one.text();
            if found(&text, place, one.word)? {
                right += 1;
            } else {
                missed.push(one.dressed.clone());
            }
        }
        say(class.name, class.target, chosen.len(), right, &missed);
    }
    let (mut right, mut missed) = (0, Vec::new());
    for Chosen { line, word, at, .. } in &long {
        let Some(stretch) = stretch(line, *at..at + word.len()) else {
            continue;
        };
        let before = bare(&line[stretch.start..*at]).len();
        let text = bare(&line[stretch]);
        if found(&text, before..before + bare(word).len(), word)? {
            right += 1;
        } else {
            missed.push(text);
        }
    }
    say(
        "dotless, modern letters, 40 letters and more in a row",
        0.99,
        long.len(),
        right,
        &missed,
    );
    let mut abstained = 0;
    for one in &short {
        abstained += usize::from(Reading::of(&one.text().0)?.dotless().is_empty());
    }
    say(
        "one word without dots, no archaic letter: not guessed at",
        0.99,
        short.len(),
        abstained,
        &[],
    );
    Ok(())
}

/// Words around a place with forty letters and more, of which three are ف or ق at most.
fn stretch(line: &str, place: Range<usize>) -> Option<Range<usize>> {
    let borders: Vec<usize> = std::iter::once(0)
        .chain(line.match_indices(' ').flat_map(|(at, _)| [at, at + 1]))
        .chain([line.len()])
        .collect();
    let fits = |range: &Range<usize>| {
        let part = &line[range.clone()];
        let letters = part.chars().filter(|c| ('ء'..='ي').contains(c)).count();
        (letters >= DOTLESS).then_some(part.matches(['ف', 'ق']).count() <= 3)
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
fn ordinary(name: &str, language: &str, paragraphs: &[String]) {
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
            json!({"what": "repairs", "texts": name, "language": language, "kind": kind, "count": words.len(), "shown": shown(&words)})
        );
    }
    println!(
        "{}",
        json!({"what": "ordinary", "texts": name, "language": language, "paragraphs": paragraphs.len(), "words": words, "bytes": bytes,
            "dotless": dotless.len(), "shown": shown(&dotless)})
    );
}
