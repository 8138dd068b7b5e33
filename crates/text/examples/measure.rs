//! Measures the room on texts that are not in the project.
//!
//! `measure words FILE.conllu`: whole words against gold segments. `measure dress FILE`: dressed words in the sentences of
//! a file, one a line. `measure false FILE…`: repairs and gates in ordinary texts. `measure passages FILE…`: excerpts of
//! texts, and unrelated pairs. `measure speed FILE`: megabytes a second.
#![expect(
    clippy::disallowed_methods,
    reason = "an example reads files and clocks; the room does not"
)]

#[path = "../tests/obfuscate/mod.rs"]
mod obfuscate;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use basira_text::Reading;
use basira_text::known::{PassageIndex, Passages, Probe, Tlsh};
use basira_text::terms::{Registry, TermMatcher};
use obfuscate::{CLASSES, Numbers, dotless, interval};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((what, files)) = arguments.split_first() else {
        return Err("say what to measure: words, dress, false, passages or speed".into());
    };
    let texts: Vec<String> = files
        .iter()
        .map(|file| Ok(String::from_utf8_lossy(&std::fs::read(file)?).into_owned()))
        .collect::<Result<_, Failure>>()?;
    match what.as_str() {
        "words" => words(&texts[0]),
        "dress" => dress(&texts[0]),
        "false" => {
            repairs(&texts);
            Ok(())
        }
        "passages" => passages(&texts),
        "speed" => speed(&texts[0]),
        other => Err(format!("cannot measure {other}").into()),
    }
}

fn registry(words: impl Iterator<Item = String>, pronouns: bool) -> Result<Registry, Failure> {
    let terms: String = words
        .enumerate()
        .map(|(index, word)| {
            format!("[[term]]\nid = \"w{index}\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [\"{word}\"]\npronouns = {pronouns}\n")
        })
        .collect();
    Ok(format!(
        "version = \"m\"\n[defaults]\nadded = \"2026-01-01\"\nby = \"m\"\nreview = \"2027-01-01\"\n{terms}"
    )
    .parse()?)
}

fn share(name: &str, right: usize, all: usize) {
    let (low, high) = interval(right, all);
    println!(
        "{name:28} {right} of {all}: {:.4} [{low:.4}, {high:.4}]",
        right as f64 / all.max(1) as f64
    );
}

fn folded(text: &str) -> String {
    Reading::of(text)
        .map(|reading| reading.folded().text().to_owned())
        .unwrap_or_default()
}

fn bare(word: &str) -> &str {
    word.strip_prefix("ال").unwrap_or(word)
}

/// Nouns seen three times and more are terms; a written word has a term if a gold segment of it is that noun.
fn words(text: &str) -> Result<(), Failure> {
    // Written words with the K2 of their segments; tokens without a space between are one word, as far as they are letters.
    let mut words: Vec<(String, BTreeSet<String>)> = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut joined, mut before) = (false, String::new());
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields.len() < 10 {
            joined = false;
            continue;
        }
        let letters = fields[1].chars().all(char::is_alphabetic);
        if !letters {
            joined = false;
            continue;
        }
        let form = folded(fields[1]);
        // After ل the article has lost its alef.
        let form = if joined && before == "ل" && form.starts_with('ل') && fields[5].contains("Definite=Def")
        {
            form['ل'.len_utf8()..].to_owned()
        } else {
            bare(&form).to_owned()
        };
        if !joined {
            words.push((String::new(), BTreeSet::new()));
        }
        if let Some((word, segments)) = words.last_mut() {
            word.push_str(fields[1]);
            segments.insert(form.clone());
        }
        if fields[3] == "NOUN" && form.chars().count() >= 3 {
            *counts.entry(form.clone()).or_default() += 1;
        }
        joined = fields[9].contains("SpaceAfter=No");
        before = form;
    }
    println!(
        "{} written words, {} with more than one segment",
        words.len(),
        words.iter().filter(|(_, segments)| segments.len() > 1).count()
    );
    let terms: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count >= 3)
        .map(|(form, _)| form)
        .collect();
    for pronouns in [false, true] {
        let matcher = TermMatcher::new(&registry(terms.iter().cloned(), pronouns)?)?;
        let (mut right, mut wrong, mut missed) = (0, 0, 0);
        for (word, segments) in &words {
            let reading = Reading::of(word)?;
            let found: BTreeSet<usize> = matcher.find(&reading).into_iter().map(|hit| hit.term).collect();
            let gold: BTreeSet<usize> = segments
                .iter()
                .filter_map(|segment| terms.binary_search(segment).ok())
                .collect();
            right += found.intersection(&gold).count();
            wrong += found.difference(&gold).count();
            missed += gold.difference(&found).count();
        }
        println!("{} terms, pronouns {pronouns}", terms.len());
        share("precision", right, right + wrong);
        share("recall", right, right + missed);
    }
    Ok(())
}

/// A word of each sentence is dressed in each class; all such words are terms.
fn dress(text: &str) -> Result<(), Failure> {
    let mut numbers = Numbers(3);
    let chosen: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| {
            let words: Vec<&str> = line
                .split(' ')
                .filter(|word| word.chars().count() >= 4 && word.chars().all(|c| ('ء'..='ي').contains(&c)))
                .collect();
            (!words.is_empty()).then(|| (line, words[numbers.below(words.len())]))
        })
        .collect();
    let terms: BTreeSet<String> = chosen.iter().map(|(_, word)| folded(word)).collect();
    let terms: Vec<String> = terms.into_iter().collect();
    let matcher = TermMatcher::new(&registry(terms.iter().cloned(), false)?)?;
    println!("{} sentences, {} terms", chosen.len(), terms.len());
    for class in &CLASSES {
        let (mut found, mut all, mut keys) = (0, 0, 0);
        for (line, word) in &chosen {
            let Some(dressed) = (class.dress)(word, &mut numbers) else {
                continue;
            };
            let Some(at) = line
                .split(' ')
                .scan(0, |at, part| {
                    let start = *at;
                    *at += part.len() + 1;
                    Some((start, part))
                })
                .find(|(_, part)| part == word)
            else {
                continue;
            };
            let text = format!("{}{dressed}{}", &line[..at.0], &line[at.0 + word.len()..]);
            let reading = Reading::of(&text)?;
            let index = terms.binary_search(&folded(word)).ok();
            let place = at.0..at.0 + dressed.len();
            all += 1;
            found += usize::from(matcher.find(&reading).iter().any(|hit| {
                Some(hit.term) == index && hit.span.start < place.end && hit.span.end > place.start
            }));
            let plain = Reading::of(line)?;
            keys += usize::from(reading.repaired().text() == plain.repaired().text());
        }
        share(class.name, found, all);
        if class.target < 0.99 {
            share("  whole sentence equal", keys, all);
        }
    }
    Ok(())
}

fn repairs(texts: &[String]) {
    let mut counts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let (mut bytes, mut dotless) = (0, 0);
    for text in texts.iter().flat_map(|text| text.lines()) {
        let Ok(reading) = Reading::of(text) else { continue };
        bytes += text.len();
        dotless += reading.dotless().len();
        for repair in reading.repairs() {
            counts
                .entry(repair.kind.name())
                .or_default()
                .push(text[repair.span.clone()].to_owned());
        }
    }
    println!("{bytes} bytes, {dotless} stretches without dots");
    for (kind, words) in counts {
        println!(
            "{kind}: {} {:?}",
            words.len(),
            words.iter().take(40).collect::<Vec<_>>()
        );
    }
}

/// Excerpts of 30 words and more, sentences reordered, a tenth of the words changed, dressed, within other texts.
fn passages(texts: &[String]) -> Result<(), Failure> {
    let mut numbers = Numbers(9);
    let sentences: Vec<&str> = texts
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.len() > 40)
        .collect();
    let all_words: Vec<&str> = sentences
        .iter()
        .flat_map(|line| line.split_whitespace())
        .collect();
    // Texts of 100 to 2,000 words, each of sentences of its own as far as they go.
    let mut documents: Vec<Vec<&str>> = Vec::new();
    let mut at = 0;
    while at < sentences.len() {
        let wanted = [100, 150, 250, 400, 2000][numbers.below(5)];
        let mut document: Vec<&str> = Vec::new();
        while at < sentences.len() && document.len() < wanted {
            document.extend(sentences[at].split_whitespace());
            at += 1;
        }
        if document.len() >= 100 {
            documents.push(document);
        }
    }
    let mut index = PassageIndex::default();
    for (key, document) in documents.iter().enumerate() {
        let text = document.join(" ");
        if let Some(passages) = Passages::of(&Reading::of(&text)?) {
            index.insert(key as u64, &passages);
        }
    }
    println!("{} texts", documents.len());
    for kind in [
        "excerpt",
        "reordered",
        "tenth changed",
        "dressed",
        "no dots",
        "embedded",
        "all of it",
    ] {
        let (mut found, mut tlsh, mut all, mut others) = (0, 0, 0, 0);
        for round in 0..2000 {
            let key = numbers.below(documents.len());
            let document = &documents[key];
            let length = 30 + numbers.below(30);
            let start = numbers.below(document.len() - length);
            let mut excerpt: Vec<String> = document[start..start + length]
                .iter()
                .map(|word| (*word).to_owned())
                .collect();
            let everything = kind == "all of it";
            if kind == "reordered" || everything {
                let cut = length / 2;
                excerpt.rotate_left(cut);
            }
            if kind == "tenth changed" || everything {
                for word in &mut excerpt {
                    if numbers.below(10) == 0 {
                        *word = numbers.one(&all_words).to_owned();
                    }
                }
            }
            if kind == "dressed" || everything {
                for word in &mut excerpt {
                    let class = &CLASSES[numbers.below(10)];
                    if let Some(dressed) =
                        (class.dress)(word, &mut numbers).filter(|_| word.chars().all(char::is_alphabetic))
                    {
                        *word = dressed;
                    }
                }
            }
            if kind == "no dots" {
                excerpt = excerpt
                    .iter()
                    .map(|word| word.chars().map(|c| dotless(c).unwrap_or(c)).collect())
                    .collect();
            }
            let mut text = excerpt.join(" ");
            if kind == "embedded" || everything {
                let around = |numbers: &mut Numbers| {
                    (0..150)
                        .map(|_| numbers.one(&all_words))
                        .collect::<Vec<_>>()
                        .join(" ")
                };
                text = format!("{} {text} {}", around(&mut numbers), around(&mut numbers));
            }
            let hits = index.search(&Probe::of(&Reading::of(&text)?)).found;
            all += 1;
            found += usize::from(hits.iter().any(|(other, _)| *other == key as u64));
            for (_, found) in hits.iter().filter(|(other, _)| *other != key as u64) {
                others += 1;
                if others <= 2 {
                    println!("    other: {}", &text[found.passages[0].span.clone()]);
                }
            }
            if round % 10 == 0 {
                let near = Tlsh::of(&text).zip(Tlsh::of(&document.join(" ")));
                tlsh += usize::from(near.is_some_and(|(one, other)| one.distance(&other) <= Tlsh::MATCH));
            }
        }
        share(kind, found, all);
        println!("    other texts {others}; TLSH alone {tlsh} of {}", all / 10);
    }
    // Unrelated: every sentence against every other text.
    let (mut pairs, mut wrong) = (0, Vec::new());
    for (key, document) in documents.iter().enumerate() {
        let text = document.join(" ");
        let hits = index.search(&Probe::of(&Reading::of(&text)?)).found;
        pairs += documents.len() - 1;
        for (other, found) in hits.into_iter().filter(|(other, _)| *other != key as u64) {
            wrong.push((key, other, text[found.passages[0].span.clone()].to_owned()));
        }
    }
    println!("unrelated: {} of {pairs}", wrong.len());
    for (_, _, text) in wrong.iter().take(10) {
        println!("    {text}");
    }
    Ok(())
}

fn speed(text: &str) -> Result<(), Failure> {
    let text = text.repeat((20 << 20) / text.len().max(1) + 1);
    let megabytes = text.len() as f64 / 1e6;
    let mut numbers = Numbers(4);
    let vocabulary: BTreeSet<String> = folded(&text[..])
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_owned)
        .collect();
    let vocabulary: Vec<String> = vocabulary.into_iter().collect();
    let mut terms: BTreeSet<String> = BTreeSet::new();
    while terms.len() < 10_000 {
        let words = 1 + numbers.below(3);
        let phrase: Vec<&str> = (0..words)
            .map(|_| vocabulary[numbers.below(vocabulary.len())].as_str())
            .collect();
        terms.insert(phrase.join(" "));
        if terms.len() < 500 {
            continue;
        }
    }
    let clock = Instant::now();
    let matcher = TermMatcher::new(&registry(terms.into_iter(), false)?)?;
    println!("automata of 10,000 terms: {:.2} s", clock.elapsed().as_secs_f64());
    let lap = |name: &str, clock: Instant| {
        let seconds = clock.elapsed().as_secs_f64();
        println!("{name:20} {:.1} MB/s", megabytes / seconds);
    };
    for _ in 0..3 {
        let clock = Instant::now();
        let reading = Reading::of(&text)?;
        lap("keys", clock);
        let matching = Instant::now();
        let hits = matcher.find(&reading).len();
        lap("terms", matching);
        lap("keys and terms", clock);
        let clock = Instant::now();
        let passages = Passages::of(&reading).map(|passages| passages.words());
        lap("passages", clock);
        let clock = Instant::now();
        let hash = Tlsh::of(&text);
        lap("tlsh", clock);
        println!("{hits} hits, {passages:?} words, {}", hash.is_some());
    }
    Ok(())
}
