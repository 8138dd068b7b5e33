//! Excerpts, changed texts and quotations are found; unrelated texts are not.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod obfuscate;

use basira_text::Reading;
use basira_text::known::{PassageIndex, Passages, Probe, SHORTEST, raw_text};
use obfuscate::{CLASSES, Numbers, Vocabulary, dotless};
use proptest::prelude::*;

fn probe(text: &str) -> Probe {
    Probe::of(&Reading::of(text).unwrap())
}

#[test]
fn a_banked_text_is_found_in_every_dress_and_nothing_else_is() {
    let mut numbers = Numbers(11);
    let vocabulary = Vocabulary::new(&mut numbers);
    let lengths = [100, 120, 200, 300, 2000];
    let texts: Vec<Vec<String>> = (0..1100)
        .map(|index| {
            vocabulary.text(
                if index % 100 == 0 {
                    2000
                } else {
                    lengths[index % 4]
                },
                &mut numbers,
            )
        })
        .collect();
    let mut index = PassageIndex::default();
    for (key, text) in texts.iter().enumerate() {
        let passages = Passages::of(&Reading::of(&text.join(" ")).unwrap()).unwrap();
        index.insert(key as u64, &Passages::from_bytes(&passages.to_bytes()).unwrap());
    }

    // Each with all others: more than a million pairs of unrelated texts.
    let mut pairs = 0;
    for (key, text) in texts.iter().enumerate() {
        let found = index.search(&probe(&text.join(" "))).found;
        assert_eq!(found.len(), 1, "an unrelated text is found: {found:?}");
        assert_eq!(found[0].0, key as u64);
        assert_eq!((found[0].1.of_banked(), found[0].1.of_text()), (1.0, 1.0));
        pairs += texts.len() - 1;
    }
    assert!(pairs >= 1_000_000);

    for kind in [
        "excerpt",
        "reordered",
        "changed",
        "dressed",
        "no dots",
        "embedded",
    ] {
        let mut found = 0;
        for _ in 0..500 {
            let key = numbers.below(texts.len());
            let length = 30 + numbers.below(40);
            let start = numbers.below(texts[key].len() - length);
            let mut words = texts[key][start..start + length].to_vec();
            match kind {
                "reordered" => words.rotate_left(length / 2),
                "changed" => {
                    for word in &mut words {
                        if numbers.below(10) == 0 {
                            *word = vocabulary.word(&mut numbers).to_owned();
                        }
                    }
                }
                "dressed" => {
                    for word in &mut words {
                        let class = &CLASSES[numbers.below(10)];
                        *word = (class.dress)(word, &mut numbers).unwrap_or_else(|| word.clone());
                    }
                }
                "no dots" => {
                    for word in &mut words {
                        *word = word.chars().map(|c| dotless(c).unwrap_or(c)).collect();
                    }
                }
                "embedded" => {
                    words.splice(0..0, vocabulary.text(300, &mut numbers));
                    words.extend(vocabulary.text(300, &mut numbers));
                }
                _ => {}
            }
            let hits = index.search(&probe(&words.join(" "))).found;
            let this = hits.iter().find(|(other, _)| *other == key as u64);
            found += usize::from(this.is_some());
            if let Some((_, found)) = this {
                assert!(
                    found.of_banked() <= (length + 4) as f64 / texts[key].len() as f64 + 1e-9,
                    "{kind}"
                );
            }
        }
        println!("{kind}: {found} of 500");
        assert!(found >= 490, "{kind}: {found} of 500");
    }
}

#[test]
fn both_shares_and_the_places_are_told() {
    let statement = "سوف يجتمع نادي القلعة يوم الثلاثاء عند الظهر في قاعة المطالعة القديمة من مكتبة المدينة ويشرب أعضاؤه الشاي";
    let words = statement.split(' ').count() as f64;
    let banked = Passages::of(&Reading::of(statement).unwrap()).unwrap();
    let quoted = statement.split(' ').take(12).collect::<Vec<_>>().join(" ");
    let around = (0..100)
        .map(|number| format!("كلمة{number} وأخرى"))
        .collect::<Vec<_>>()
        .join(" ");
    let article = format!("{around} وقال: «{quoted}»، {around}");
    let found = banked.compare(&probe(&article)).unwrap();
    assert!(quoted.contains(&article[found.passages[0].span.clone()]));
    assert!((9.0..=12.0).contains(&(found.of_banked() * words)), "{found:?}");
    assert!(found.of_text() < 0.06, "{}", found.of_text());
    let repost = format!("{statement}!");
    let found = banked.compare(&probe(&repost)).unwrap();
    assert_eq!((found.of_banked(), found.of_text()), (1.0, 1.0));
}

#[test]
fn what_is_too_short_has_no_passages() {
    for (words, some) in [(0, false), (2, false), (SHORTEST - 1, false), (SHORTEST, true)] {
        let text = (0..words)
            .map(|word| format!("w{}", (b'a' + word as u8) as char))
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!(
            Passages::of(&Reading::of(&text).unwrap()).is_some(),
            some,
            "{words}"
        );
    }
}

/// A text that repeats itself has many agreements with itself, and they stay in proportion.
#[test]
fn repetition_is_not_quadratic() {
    let text = "rook takes pawn and pawn takes rook again ".repeat(20_000);
    let reading = Reading::of(&text).unwrap();
    let banked = Passages::of(&reading).unwrap();
    let found = banked.compare(&Probe::of(&reading)).unwrap();
    assert!(found.of_text() > 0.9);
    let mut index = PassageIndex::default();
    index.insert(1, &banked);
    assert!(index.search(&Probe::of(&reading)).found.len() <= 1);
    index.remove(1);
    assert!(index.is_empty());
}

/// What is in too many texts is not looked for, and that is said.
#[test]
fn what_every_text_has_is_common_and_said() {
    let greeting = "peace be with you and welcome to the weekly letter of the rook league";
    let mut index = PassageIndex::default();
    for key in 0..5000_u64 {
        let text = format!("{greeting} number {key} of series {}", key * 7919 % 5003);
        index.insert(key, &Passages::of(&Reading::of(&text).unwrap()).unwrap());
    }
    let searched = index.search(&probe(greeting));
    assert!(searched.found.is_empty());
    assert!(searched.common > 0 && searched.common * 4 >= searched.shingles);
    for key in 0..2500 {
        index.remove(key);
    }
    assert_eq!(index.search(&probe(greeting)).found.len(), 2500);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn bytes_come_back(text in "[a-f ]{0,300}") {
        if let Some(passages) = Passages::of(&Reading::of(&text).unwrap()) {
            prop_assert_eq!(Passages::from_bytes(&passages.to_bytes()), Ok(passages));
        }
    }

    /// Whatever was put in and taken out before, a search gives what comparing with each text that is there gives.
    #[test]
    fn an_index_finds_what_comparing_each_finds(
        steps in prop::collection::vec((0_u64..12, any::<bool>(), "([a-d] ?){0,60}"), 1..40),
        probes in prop::collection::vec("([a-d] ?){0,60}", 1..4),
    ) {
        let mut index = PassageIndex::default();
        let mut there = std::collections::BTreeMap::new();
        for (key, goes, text) in &steps {
            if *goes {
                prop_assert_eq!(index.remove(*key), there.remove(key).is_some());
            } else if let Some(passages) = Passages::of(&Reading::of(text).unwrap()) {
                index.insert(*key, &passages);
                there.entry(*key).or_insert(passages);
            }
            prop_assert_eq!(index.len(), there.len());
        }
        let texts = steps.iter().map(|(_, _, text)| text).chain(&probes);
        for text in texts {
            let probe = probe(text);
            let searched = index.search(&probe);
            prop_assert_eq!(searched.common, 0);
            let mut found = searched.found;
            found.sort_by_key(|(key, _)| *key);
            let want: Vec<_> = there
                .iter()
                .filter_map(|(key, passages)| Some((*key, passages.compare(&probe)?)))
                .collect();
            prop_assert_eq!(found, want);
        }
    }

    #[test]
    fn other_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(passages) = Passages::from_bytes(&bytes) {
            prop_assert_eq!(passages.to_bytes(), bytes);
        }
    }

    #[test]
    fn any_text_can_be_compared(one in ".{0,200}", other in ".{0,200}") {
        let reading = Reading::of(&one).unwrap();
        let (joined, probed) = (format!("{other} {one}"), probe(&one));
        let _ = raw_text(&reading);
        if let Some(found) = Passages::of(&Reading::of(&joined).unwrap()).and_then(|banked| banked.compare(&probed)) {
            for passage in &found.passages {
                prop_assert!(one.get(passage.span.clone()).is_some());
                prop_assert!(passage.words.end <= probed.words());
            }
        }
    }
}

/// One phrase again and again, and one link, are no passage.
#[test]
fn phrases_and_links_are_no_passage() {
    let one = "a clock of the hall and a clock of the hall or a clock of the hall see https://example.com/a/long/way/to/the/page/of/the/club";
    let other = "then a clock of the hall fell on a clock of the hall near a clock of the hall at https://example.com/a/long/way/to/the/page/of/the/club";
    let banked = Passages::of(&Reading::of(one).unwrap()).unwrap();
    assert_eq!(banked.compare(&probe(other)), None);
    assert!(banked.compare(&probe(one)).is_some());
}

/// Two tables of contents have the numbers of their sections in common, and are no known text.
#[test]
fn numbers_are_no_passage() {
    let contents = |words: &[&str]| -> String {
        let line = |(number, word): (usize, &&str)| {
            format!("{}.{}.{} {word}", 12 + number / 9, number % 9, number % 4)
        };
        words.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    };
    let one = contents(&[
        "rook", "bishop", "knight", "pawn", "queen", "king", "board", "clock", "table", "chair",
    ]);
    let other = contents(&[
        "قلعة",
        "فيل",
        "حصان",
        "بيدق",
        "وزير",
        "ملك",
        "رقعة",
        "ساعة",
        "طاولة",
        "كرسي",
    ]);
    let banked = Passages::of(&Reading::of(&one).unwrap()).unwrap();
    assert_eq!(banked.words(), 10);
    assert_eq!(banked.compare(&probe(&other)), None);
    assert!(banked.compare(&probe(&one)).is_some());
}
