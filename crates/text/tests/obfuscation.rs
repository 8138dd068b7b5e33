//! One word of a sentence is dressed up; its term must be found, at its place.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod obfuscate;

use basira_text::terms::{Registry, TermMatcher};
use basira_text::{KeyLevel, Reading};
use obfuscate::{CLASSES, Numbers, dotless, dotless_modern, interval};

const WORDS: [&str; 48] = [
    "شطرنج",
    "قلعة",
    "بيدق",
    "حصان",
    "وزير",
    "بطولة",
    "مباراة",
    "لاعبين",
    "مسابقة",
    "طاولة",
    "ساعات",
    "افتتاح",
    "نهاية",
    "تعادل",
    "انتصار",
    "خسارة",
    "مدرب",
    "ملعب",
    "جمهور",
    "كؤوس",
    "مسؤول",
    "رئيس",
    "قائمة",
    "جائزة",
    "أوائل",
    "إعلان",
    "آخرون",
    "مستشفى",
    "مقهى",
    "مكتبة",
    "شتاء",
    "ضجيج",
    "ظهيرة",
    "غرفة",
    "ثقافة",
    "ذهبية",
    "صحيفة",
    "طريق",
    "عضوية",
    "فريق",
    "خزانة",
    "جدول",
    "محكمة",
    "تحكيم",
    "مربعات",
    "نقاط",
    "هواية",
    "ممتاز",
];

const BEFORE: [&str; 8] = [
    "رأينا أمس",
    "يتحدث الجميع عن",
    "في المدينة",
    "كتب الولد كلمة",
    "هذا",
    "بعد الغداء",
    "لا أحد يعرف",
    "نشر النادي صورة",
];
const AFTER: [&str; 8] = [
    "قرب النهر القديم",
    "مرة أخرى",
    "في الصيف",
    "كل يوم جمعة",
    "ولم يقل شيئا",
    "أمام البيت",
    "بكل هدوء",
    "منذ سنة",
];

/// Neighbours of the dressed word that are not dressed words themselves, and every word as a term.
fn registry() -> Registry {
    let terms: String = WORDS
        .iter()
        .enumerate()
        .map(|(index, word)| {
            format!(
                "[[term]]\nid = \"w{index}\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [\"{word}\"]\n"
            )
        })
        .collect();
    format!(
        "version = \"t\"\n[defaults]\nadded = \"2026-01-01\"\nby = \"t\"\nreview = \"2027-01-01\"\n{terms}"
    )
    .parse()
    .unwrap()
}

#[test]
fn dressed_words_are_found() {
    let matcher = TermMatcher::new(&registry()).unwrap();
    let mut numbers = Numbers(5);
    let joined = ["", "", "ال", "و", "وال", "بال"];
    for class in &CLASSES {
        let (mut found, mut all) = (0, 0);
        while all < 1000 {
            let index = numbers.below(WORDS.len());
            let Some(word) =
                (class.dress)(&format!("{}{}", numbers.one(&joined), WORDS[index]), &mut numbers)
            else {
                continue;
            };
            let before = numbers.one(&BEFORE);
            let text = format!("{before} {word} {}.", numbers.one(&AFTER));
            let place = before.len() + 1..before.len() + 1 + word.len();
            let reading = Reading::of(&text).unwrap();
            let hit = matcher.find(&reading).into_iter().find(|hit| {
                hit.term == index && hit.span.start >= place.start && hit.span.end <= place.end + 1
            });
            all += 1;
            found += usize::from(hit.is_some());
        }
        let share = found as f64 / all as f64;
        let (low, high) = interval(found, all);
        println!(
            "{:26} {found} of {all}, {share:.3} [{low:.3}, {high:.3}]",
            class.name
        );
        assert!(share >= class.target, "{}: {found} of {all}", class.name);
    }
}

#[test]
fn whole_texts_without_dots_are_read_and_short_ones_left_alone() {
    let matcher = TermMatcher::new(&registry()).unwrap();
    let mut numbers = Numbers(6);
    let (mut found, mut all, mut short) = (0, 0, 0);
    for round in 0..1000 {
        let index = numbers.below(WORDS.len());
        let word = WORDS[index];
        let with = if round % 2 == 0 { dotless } else { dotless_modern };
        let text = format!(
            "{} {} {word} {} {}",
            numbers.one(&BEFORE),
            numbers.one(&AFTER),
            numbers.one(&BEFORE),
            numbers.one(&AFTER)
        );
        let bare: String = text.chars().map(|c| with(c).unwrap_or(c)).collect();
        let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
        let reading = Reading::of(&bare).unwrap();
        if letters >= 40 && bare.matches(['ف', 'ق']).count() <= 1 {
            all += 1;
            found += usize::from(matcher.find(&reading).iter().any(|hit| hit.term == index));
        }
        let modern: String = word.chars().map(|c| dotless_modern(c).unwrap_or(c)).collect();
        let alone = format!("هذه {modern}");
        let reading = Reading::of(&alone).unwrap();
        short += matcher
            .find(&reading)
            .iter()
            .filter(|hit| hit.key == KeyLevel::Rasm)
            .count();
    }
    println!("without dots: {found} of {all}");
    assert!(all >= 200 && found * 100 >= all * 99, "{found} of {all}");
    assert_eq!(short, 0, "a short text without dots is not read");
}

/// Ordinary sentences have nothing to repair.
#[test]
fn ordinary_sentences_are_left_alone() {
    let mut numbers = Numbers(7);
    for _ in 0..2000 {
        let text = format!(
            "{} {} {}، و{} ({} - {}) في 12/3/2024 {}.",
            numbers.one(&BEFORE),
            numbers.one(&WORDS),
            numbers.one(&AFTER),
            numbers.one(&WORDS),
            numbers.one(&WORDS),
            numbers.one(&WORDS),
            numbers.one(&AFTER)
        );
        let reading = Reading::of(&text).unwrap();
        assert!(!reading.is_repaired() && reading.dotless().is_empty(), "{text}");
    }
}
