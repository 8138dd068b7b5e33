//! Variants of banked texts, and pairs of texts that have nothing in common. What is compared is written to a folder, so
//! that the peers are given the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write as _};

use basira_text::Reading;
use basira_text::known::{PassageIndex, Passages, Probe};
use serde_json::json;

use crate::corpus::{self, Text};
use crate::obfuscate::{CLASSES, Numbers, Vocabulary, dotless};
use crate::{Failure, Options};

/// Words of a piece, at least.
const LENGTHS: [usize; 8] = [100, 100, 100, 150, 150, 250, 400, 2000];
/// Words of an excerpt: from here, and so many more at most.
const EXCERPT: (usize, usize) = (30, 30);
/// Words of another text before and after one that is embedded.
const AROUND: usize = 150;
/// Texts that were generated.
const GENERATED: usize = 1100;
const KINDS: [&str; 7] = [
    "excerpt",
    "reordered",
    "tenth changed",
    "dressed",
    "no dots",
    "embedded",
    "all of it",
];

/// A text as its words.
struct Piece {
    language: String,
    /// The documents that it was cut from: pieces of one document and of its translations are related.
    documents: BTreeSet<String>,
    words: Vec<String>,
}

impl Piece {
    fn text(&self) -> String {
        self.words.join(" ")
    }
}

pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let each = options.number("--n", 1000)?;
    let mut numbers = Numbers(9);
    let mut texts = corpus::texts(&options.path("--texts")?, None)?;
    let mut real: Vec<Piece> = Vec::new();
    texts.sort_by(|one, other| one.language.cmp(&other.language));
    for language in texts.chunk_by(|one, other| one.language == other.language) {
        real.extend(cut(language, &mut numbers));
    }
    let treebank = std::fs::read_to_string(options.path("--conllu")?)?;
    real.extend(cut(&corpus::treebank(&treebank), &mut numbers));
    let vocabulary = Vocabulary::new(&mut numbers);
    let generated: Vec<Piece> = (0..GENERATED)
        .map(|number| {
            let length = numbers.one(&LENGTHS);
            Piece {
                language: "invented".to_owned(),
                documents: BTreeSet::from([format!("invented-{number}")]),
                words: vocabulary.text(length, &mut numbers),
            }
        })
        .collect();
    let work = options.path("--work")?;
    std::fs::create_dir_all(&work)?;
    let mut queries = BufWriter::new(File::create(work.join("queries.jsonl"))?);
    for (name, pieces) in [("real", &real), ("generated", &generated)] {
        let index = bank(pieces)?;
        let mut file = BufWriter::new(File::create(work.join(format!("{name}.jsonl")))?);
        for piece in pieces {
            writeln!(
                file,
                "{}",
                json!({"language": piece.language, "text": piece.text()})
            )?;
        }
        file.flush()?;
        for language in ["ar", "en", "invented"] {
            let of: Vec<usize> = (0..pieces.len())
                .filter(|key| pieces[*key].language == language)
                .collect();
            if of.is_empty() {
                continue;
            }
            for kind in KINDS {
                if language == "en" && matches!(kind, "dressed" | "no dots") {
                    continue;
                }
                let mut found = 0;
                for _ in 0..each {
                    let key = numbers.one(&of);
                    let text = variant(kind, pieces, &of, key, &mut numbers);
                    let hits = index.search(&Probe::of(&Reading::of(&text)?));
                    found += usize::from(hits.found.iter().any(|(other, _)| *other == key as u64));
                    writeln!(
                        queries,
                        "{}",
                        json!({"texts": name, "language": language, "kind": kind, "key": key, "text": text})
                    )?;
                }
                println!(
                    "{}",
                    json!({"what": "recall", "texts": name, "language": language, "banked": of.len(), "kind": kind,
                        "n": each, "found": found})
                );
            }
        }
        unrelated(name, pieces, &index)?;
    }
    queries.flush()?;
    Ok(())
}

/// Pieces of whole paragraphs of texts in one language. Short texts stand together in one piece; what is left over and too short
/// is not used.
fn cut(texts: &[Text], numbers: &mut Numbers) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = |language: &str, words: &mut Vec<String>, documents: &mut BTreeSet<String>| {
        pieces.push(Piece {
            language: language.to_owned(),
            documents: std::mem::take(documents),
            words: std::mem::take(words),
        });
    };
    let (mut words, mut documents): (Vec<String>, BTreeSet<String>) = Default::default();
    let mut wanted = numbers.one(&LENGTHS);
    for text in texts {
        for paragraph in &text.paragraphs {
            documents.insert(text.document.clone());
            words.extend(paragraph.split_whitespace().map(str::to_owned));
            if words.len() >= wanted {
                piece(&text.language, &mut words, &mut documents);
                wanted = numbers.one(&LENGTHS);
            }
        }
        if words.len() >= LENGTHS[0] {
            piece(&text.language, &mut words, &mut documents);
        }
    }
    pieces
}

fn bank(pieces: &[Piece]) -> Result<PassageIndex, Failure> {
    let mut index = PassageIndex::default();
    for (key, piece) in pieces.iter().enumerate() {
        if let Some(passages) = Passages::of(&Reading::of(&piece.text())?) {
            // As a bank keeps it.
            index.insert(key as u64, &Passages::from_bytes(&passages.to_bytes())?);
        }
    }
    Ok(index)
}

fn variant(kind: &str, pieces: &[Piece], of: &[usize], key: usize, numbers: &mut Numbers) -> String {
    let words = &pieces[key].words;
    let length = EXCERPT.0 + numbers.below(EXCERPT.1);
    let start = numbers.below(words.len() - length);
    let mut excerpt = words[start..start + length].to_vec();
    let all = kind == "all of it";
    let another = |numbers: &mut Numbers| loop {
        let other = numbers.one(of);
        if other != key || of.len() == 1 {
            return &pieces[other].words;
        }
    };
    if kind == "reordered" || all {
        excerpt.rotate_left(length / 2);
    }
    if kind == "tenth changed" || all {
        for word in &mut excerpt {
            if numbers.below(10) == 0 {
                let other = another(numbers);
                *word = other[numbers.below(other.len())].clone();
            }
        }
    }
    if kind == "dressed" || (all && pieces[key].language != "en") {
        for word in excerpt
            .iter_mut()
            .filter(|word| word.chars().all(char::is_alphabetic))
        {
            // The classes that lose nothing: of the others one word in a text is plenty.
            if let Some(dressed) = (CLASSES[numbers.below(10)].dress)(word, numbers) {
                *word = dressed;
            }
        }
    }
    if kind == "no dots" {
        for word in &mut excerpt {
            *word = word.chars().map(|c| dotless(c).unwrap_or(c)).collect();
        }
    }
    if kind == "embedded" || all {
        let around = |numbers: &mut Numbers| {
            let other = another(numbers);
            let start = numbers.below(other.len().saturating_sub(AROUND).max(1));
            other[start..other.len().min(start + AROUND)].to_vec()
        };
        excerpt.splice(0..0, around(numbers));
        excerpt.extend(around(numbers));
    }
    excerpt.join(" ")
}

/// Each text with all others. Pairs that are related by gold are told apart, and no others: pieces of one document, and of its
/// translations.
fn unrelated(name: &str, pieces: &[Piece], index: &PassageIndex) -> Result<(), Failure> {
    let languages: BTreeSet<&str> = pieces.iter().map(|piece| piece.language.as_str()).collect();
    let mut of_document: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (key, piece) in pieces.iter().enumerate() {
        for document in &piece.documents {
            of_document.entry(document).or_default().insert(key);
        }
    }
    let (mut related, mut related_found, mut same_language) = (0, 0, 0);
    let (mut wrong, mut shown) = (0, Vec::new());
    for (key, piece) in pieces.iter().enumerate() {
        let mut family: BTreeSet<usize> = BTreeSet::new();
        for document in &piece.documents {
            family.extend(of_document.get(document.as_str()).into_iter().flatten());
        }
        related += family.len() - 1;
        same_language += pieces
            .iter()
            .enumerate()
            .filter(|(other, of)| !family.contains(other) && of.language == piece.language)
            .count();
        let text = piece.text();
        for (other, found) in index.search(&Probe::of(&Reading::of(&text)?)).found {
            let other = other as usize;
            if family.contains(&other) {
                related_found += usize::from(other != key);
                continue;
            }
            wrong += 1;
            let passage = &found.passages[0];
            let banked = &pieces[other].words;
            let there = banked[(passage.banked.start as usize).min(banked.len())
                ..(passage.banked.end as usize).min(banked.len())]
                .join(" ");
            shown.push(format!(
                "{} ({} shingles, {} words) {} ≈ {} {there}",
                piece.language,
                passage.agree,
                passage.words.len(),
                &text[passage.span.clone()],
                pieces[other].language
            ));
        }
    }
    let pairs = pieces.len() * (pieces.len() - 1);
    shown.truncate(24);
    println!(
        "{}",
        json!({"what": "unrelated", "texts": name, "n": pieces.len(), "languages": languages.len(), "pairs": pairs,
            "related": related, "related_found": related_found, "unrelated": pairs - related, "same_language": same_language,
            "wrong": wrong, "shown": shown})
    );
    Ok(())
}
