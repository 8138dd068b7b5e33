use proptest::prelude::*;

use super::*;
use crate::{KeyLevel, Reading};

fn registry(terms: &str) -> Registry {
    format!(
        "version = \"t\"\n[defaults]\nadded = \"2026-01-01\"\nby = \"test\"\nreview = \"2027-01-01\"\n{terms}"
    )
    .parse()
    .unwrap()
}

fn one(forms: &str, more: &str) -> (Registry, TermMatcher) {
    let more = if more.is_empty() { "pronouns = false" } else { more };
    let registry = registry(&format!(
        "[[term]]\nid = \"t\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [{forms}]\n{more}"
    ));
    let matcher = TermMatcher::new(&registry).unwrap();
    (registry, matcher)
}

fn found(matcher: &TermMatcher, text: &str) -> Vec<(String, KeyLevel)> {
    let reading = Reading::of(text).unwrap();
    matcher
        .find(&reading)
        .into_iter()
        .map(|hit| (text[hit.span].to_owned(), hit.key))
        .collect()
}

#[test]
fn whole_words_with_what_is_joined_before() {
    let (_, matcher) = one("\"قلعة\"", "");
    for text in [
        "قلعة",
        "القلعة",
        "والقلعة",
        "بالقلعة",
        "للقلعة",
        "وللقلعة",
        "فبالقلعة",
        "اوالقلعة",
        "لـ«قلعة»",
        "30قلعة",
        "chessقلعة",
    ] {
        assert_eq!(
            found(&matcher, text),
            [("قلعة".to_owned(), KeyLevel::Folded)],
            "{text}"
        );
    }
    for text in ["قلعتنا", "مقلعة", "قلعةب", "القلع", "الالقلعة", "قلعات"] {
        assert_eq!(found(&matcher, text), [], "{text}");
    }
}

#[test]
fn the_article_of_a_form_is_asked_for() {
    let (_, matcher) = one("\"البيادق\"", "");
    for text in ["البيادق", "والبيادق", "للبيادق", "كالبيادق"] {
        assert_eq!(found(&matcher, text).len(), 1, "{text}");
    }
    assert_eq!(found(&matcher, "بيادق وبيادق"), []);
    let (_, matcher) = one("\"ألبانيا\"", "");
    for text in ["البانيا", "وألبانيا", "لألبانيا"] {
        assert_eq!(found(&matcher, text).len(), 1, "{text}");
    }
}

#[test]
fn pronouns_only_where_asked_for() {
    let (_, plain) = one("\"قلعة\"", "");
    let (_, open) = one("\"قلعة\", \"حصان\"", "pronouns = true");
    for text in ["قلعتنا", "حصانهم", "وبحصانه", "قلعتي"] {
        assert_eq!(found(&plain, text), [], "{text}");
        assert_eq!(found(&open, text).len(), 1, "{text}");
    }
    for text in ["الحصانهم", "قلعت", "القلعتنا"] {
        assert_eq!(found(&open, text), [], "{text}");
    }
}

#[test]
fn names_of_several_words() {
    let (_, matcher) = one("\"دوري القلعة الكبير\", \"Grand Rook League\"", "");
    for text in [
        "في دوري القلعة الكبير",
        "لدوري «القلعة» الكبير",
        "دوري القلعة هذا الكبير",
        "ودوري قلعة الكبير",
        "the Grand Rook League.",
        "grand-rook_league",
        "GRAND “ROOK” LEAGUE’s",
    ] {
        assert_eq!(found(&matcher, text).len(), 1, "{text}");
    }
    for text in [
        "دوري القلعة",
        "دوري القلعة! الكبير",
        "دوري القلعة جدا جدا الكبير",
        "grand rook leagues",
    ] {
        assert_eq!(found(&matcher, text), [], "{text}");
    }
}

#[test]
fn the_key_that_was_needed_is_named() {
    let (_, matcher) = one("\"شطرنج\", \"عدد\", \"chess\"", "");
    for (text, key) in [
        ("الشّـطـرنج", KeyLevel::Folded),
        ("CHÉSS", KeyLevel::Folded),
        ("لعبة ش ط ر ن ج", KeyLevel::Repaired),
        ("شطرررنج", KeyLevel::Repaired),
        ("عدددد", KeyLevel::Repaired),
        ("сhess", KeyLevel::Repaired),
        ("ch3ss", KeyLevel::Repaired),
        ("السطرٮح", KeyLevel::Rasm),
    ] {
        let found = found(&matcher, text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].1, key, "{text}");
    }
    assert_eq!(
        found(&matcher, "عد"),
        [],
        "a doubled letter is undone only in a word that was repaired"
    );
    assert_eq!(found(&matcher, "سطرىح"), [], "no dots by accident");
}

#[test]
fn a_registry_that_cannot_be_used_says_why() {
    let dated = "added = \"2026-01-01\"\nby = \"x\"\nreview = \"2027-01-01\"\n";
    for (terms, why) in [
        (
            format!(
                "[[term]]\nid = \"A B\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [\"شطرنج\"]\n{dated}"
            ),
            "lower-case",
        ),
        (
            format!("[[term]]\nid = \"a\"\nclass = \"other\"\nlanguages = []\nforms = [\"شطرنج\"]\n{dated}"),
            "languages",
        ),
        (
            format!(
                "[[term]]\nid = \"a\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [\"…\"]\n{dated}"
            ),
            "letter",
        ),
        (
            format!("[[term]]\nid = \"a\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = []\n{dated}"),
            "letter",
        ),
        (
            "[[term]]\nid = \"a\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [\"شطرنج\"]\n".to_owned(),
            "when it was added",
        ),
        (
            format!(
                "[[term]]\nid = \"a\"\nclass = \"slogan\"\nlanguages = [\"ar\"]\nforms = [\"x\"]\n{dated}"
            ),
            "slogan",
        ),
        (format!("[[term]]\nid = \"a\"\nkind = \"other\"\n{dated}"), "kind"),
    ] {
        let error = format!("version = \"t\"\n{terms}")
            .parse::<Registry>()
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn keepers_are_warned() {
    let registry = registry(
        r#"
        [[term]]
        id = "a"
        class = "other"
        languages = ["ar"]
        forms = ["أسرة", "من", "قط"]
        [[term]]
        id = "b"
        class = "other"
        languages = ["ar"]
        forms = ["اسره", "خلافة"]
        [[term]]
        id = "c"
        class = "other"
        languages = ["ar"]
        forms = ["حلاقة"]
        "#,
    );
    let warnings: Vec<String> = registry.warnings().iter().map(ToString::to_string).collect();
    let has = |parts: &[&str]| {
        warnings
            .iter()
            .any(|warning| parts.iter().all(|part| warning.contains(part)))
    };
    assert!(has(&["أسرة", "اسره", "under k2"]), "{warnings:?}");
    assert!(has(&["خلافة", "حلاقة", "under k4"]), "{warnings:?}");
    assert!(has(&["قط", "three letters"]), "{warnings:?}");
    assert!(has(&["من", "grammar"]), "{warnings:?}");
    assert!(!has(&["خلافة", "under k2"]), "{warnings:?}");
}

#[test]
fn the_shipped_registry_is_in_order() {
    let shipped = Registry::shipped();
    assert!(shipped.terms().len() > 30);
    TermMatcher::new(&shipped).unwrap();
    let lossless: Vec<String> = shipped
        .warnings()
        .iter()
        .filter(|warning| {
            !matches!(
                warning,
                Warning::FoldTogether {
                    key: KeyLevel::Rasm,
                    ..
                }
            )
        })
        .filter(|warning| !matches!(warning, Warning::Frequent { .. }))
        .map(ToString::to_string)
        .collect();
    let short = ["us (we)", "we (we)", "by (document-en)"];
    let others: Vec<&String> = lossless
        .iter()
        .filter(|warning| !short.iter().any(|form| warning.starts_with(form)))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(shipped.due("2030-01-01".parse().unwrap()).count() > 30);
    assert_eq!(shipped.due("2026-11-28".parse().unwrap()).count(), 0);
}

/// The whole word by a plain reading of the same rules: cut a text into words, and try every cut of each.
#[test]
fn the_automaton_agrees_with_a_plain_search() {
    let forms = ["قلعة", "بيدق", "لعب", "وزير", "القلعة", "ملك"];
    let (_, matcher) = one(&forms.map(|form| format!("\"{form}\"")).join(","), "");
    let pieces = [
        "و", "ال", "لل", "ب", "قلعة", "بيدق", "لعب", "وزير", "ملك", "ة", "س", " ", " ", "،",
    ];
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    let proclitics = [
        "", "و", "ف", "ب", "ك", "ل", "س", "ال", "لل", "وب", "وك", "ول", "وس", "وال", "ولل", "بال", "كال",
        "وبال", "وكال",
    ];
    let (mut hits, mut texts) = (0, 0);
    for _ in 0..3000 {
        let text: String = (0..12).map(|_| pieces[next(pieces.len())]).collect();
        let folded = crate::keys::folded_text(&text);
        let expected = crate::words::words(&folded)
            .filter(|word| {
                let word = &folded[word.clone()];
                proclitics.iter().any(|before| {
                    word.strip_prefix(before).is_some_and(|rest| {
                        forms.iter().any(|form| {
                            let form = crate::keys::folded_text(form);
                            let article = before.ends_with("ال") || before.ends_with("لل");
                            rest == form || (article && form.strip_prefix("ال") == Some(rest))
                        })
                    })
                })
            })
            .count();
        let whole = found(&matcher, &text)
            .into_iter()
            .filter(|(_, key)| *key == KeyLevel::Folded)
            .count();
        assert_eq!(whole, expected, "{text}");
        hits += expected;
        texts += usize::from(expected > 0);
    }
    assert!(hits > 500 && texts > 400, "{hits} in {texts}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    /// Later keys are looked at where they differ from the first, and nothing is missed.
    #[test]
    fn stretches_that_differ_are_read_as_the_whole_is(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..40),
        signs in prop::collection::vec(prop::sample::select(&[" ", " ", " ", "، ", "\n"][..]), 40),
    ) {
        // Each a term of its own: where one is found under an earlier key, no other place of it is told.
        let forms = [("a", "قلعة"), ("b", "بيت قديم"), ("c", "نادي الشطرنج في المدينة"), ("d", "old book club"), ("e", "rook")];
        let terms = forms.map(|(id, form)| {
            format!("[[term]]\nid = \"{id}\"\nclass = \"other\"\nlanguages = [\"ar\"]\nforms = [\"{form}\"]\n")
        });
        let matcher = TermMatcher::new(&registry(&terms.concat())).unwrap();
        let text: String = words.iter().zip(&signs).flat_map(|(word, sign)| [*word, *sign]).collect();
        let reading = Reading::of(&text).unwrap();
        prop_assert_eq!(matcher.find(&reading), matcher.find_plainly(&reading));
    }
}

/// Words of terms as they are, without dots, pulled apart, with look-alikes and with repeats; and others.
const WORDS: &[&str] = &[
    "قلعة",
    "ٯلعه",
    "ق ل ع ة",
    "قلععععة",
    "بيت",
    "ٮىٮ",
    "ب.ي.ت",
    "قديم",
    "ٯدىم",
    "قديييم",
    "في",
    "ڡى",
    "نادي",
    "ٮادى",
    "ن ا د ي",
    "الشطرنج",
    "السطرٮح",
    "المدينة",
    "المدىٮه",
    "وبيت",
    "دار",
    "book",
    "b\u{43e}ok",
    "old",
    "o l d",
    "0ld",
    "club",
    "cluuub",
    "rook",
    "r-o-o-k",
    "r\u{43e}\u{43e}k",
    "roook",
    "گلعة",
];
