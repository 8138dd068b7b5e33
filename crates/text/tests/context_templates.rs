//! The template suite of the context: mechanics, tested without anything harmful.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod templates;

use basira_text::Reading;
use basira_text::context::{Address, AddressKind, Context, Label};
use basira_text::terms::{Registry, TermMatcher};
use templates::{SUITES, Suite};

/// The league, as a registry would have it.
fn registry() -> Registry {
    let league: Registry = r#"
        version = "league"
        [[term]]
        id = "league"
        class = "organisation"
        languages = ["ar", "en"]
        forms = ["Rook League", "Grand Pawn League", "League of Bishops", "Castle League",
                 "دوري القلعة", "دوري البيدق الكبير", "رابطة الفيلة", "دوري الحصن"]
        added = "2026-11-27"
        by = "tests"
        review = "2027-11-27"
        "#
    .parse()
    .unwrap();
    Registry::shipped().with(league)
}

/// Addresses, as the finder of links would give them.
fn addresses(text: &str) -> Vec<Address> {
    let kinds = [
        ("https://t.me/", AddressKind::Invite),
        ("https://chess.", AddressKind::Link),
        ("bc1q", AddressKind::Payment),
    ];
    kinds
        .iter()
        .flat_map(|(begin, kind)| {
            text.match_indices(begin).map(|(at, _)| {
                let end = text[at..].find(' ').map_or(text.len(), |space| at + space);
                Address {
                    span: at..end,
                    kind: *kind,
                }
            })
        })
        .collect()
}

struct Tally {
    cases: usize,
    right: usize,
    wrong: Vec<String>,
}

fn run(suite: &Suite, registry: &Registry, matcher: &TermMatcher) -> Tally {
    let mut tally = Tally {
        cases: 0,
        right: 0,
        wrong: Vec::new(),
    };
    for pair in suite.pairs {
        for (filler, (expected, template)) in suite
            .fillers
            .iter()
            .flat_map(|filler| [(filler, pair.base), (filler, pair.twin)])
        {
            let text = template
                .replace("{b}", suite.body)
                .replace("{l}", filler.league)
                .replace("{c}", filler.city)
                .replace("{p}", filler.person)
                .replace("{o}", filler.paper);
            let reading = Reading::of(&text).unwrap();
            let hits = matcher.find(&reading);
            let context = Context::of(&reading, registry, &hits, &addresses(&text));
            tally.cases += 1;
            if context.label.name() == expected {
                tally.right += 1;
            } else {
                tally.wrong.push(format!(
                    "{} {} expected {expected}: {} {:?}\n  {text}",
                    suite.language,
                    pair.name,
                    context.why.en,
                    context
                        .cues
                        .iter()
                        .map(|cue| &text[cue.span.clone()])
                        .collect::<Vec<_>>()
                ));
            }
            // Forged bylines and contra-cues are never reporting.
            let contra = matches!(expected, "mixed")
                || ["supportive first person", "call to join", "appeal for donations"].contains(&pair.name);
            assert!(
                !contra || context.label != Label::Reporting,
                "{}: {text}",
                pair.name
            );
            for cue in context
                .cues
                .iter()
                .map(|cue| &cue.span)
                .chain(context.contra.iter().map(|cue| &cue.span))
            {
                assert!(
                    text.get(cue.clone()).is_some_and(|place| !place.is_empty()),
                    "{text}"
                );
            }
        }
    }
    tally
}

#[test]
fn labels_are_as_expected() {
    let registry = registry();
    let matcher = TermMatcher::new(&registry).unwrap();
    let mut cases = 0;
    for suite in &SUITES {
        let tally = run(suite, &registry, &matcher);
        println!("{}: {} of {}", suite.language, tally.right, tally.cases);
        let first: Vec<&String> = tally.wrong.iter().step_by(10).collect();
        assert!(
            tally.right * 100 >= tally.cases * 95,
            "{}\n{first:#?}",
            tally.right
        );
        cases += tally.cases;
    }
    assert!(cases >= 400);
}

/// Without the name in the registry the answers that matter are the same.
#[test]
fn contra_cues_need_no_name() {
    let registry = Registry::shipped();
    let matcher = TermMatcher::new(&registry).unwrap();
    for text in [
        "According to a study of the harbour, experts said that tea is dear and winter long. We love our rooks more than \
         anything that was ever made of wood. Our glorious club will win, whatever is brought against it in spring.",
        "وفي دراسة عن المرفأ قال خبراء إن الشاي غال والشتاء طويل على الجميع هنا. نحن نحب القلاع أكثر من كل شيء صنع من خشب. \
         والنصر لنا ولكل من معنا، فنادينا المجيد يفوز دائما مهما جاء الربيع.",
    ] {
        let reading = Reading::of(text).unwrap();
        let context = Context::of(&reading, &registry, &matcher.find(&reading), &[]);
        assert_eq!(context.label, Label::Mixed, "{}", context.why.en);
    }
}

/// Short posts are not judged, whatever words they have.
#[test]
fn short_texts_are_unclear() {
    let registry = registry();
    let matcher = TermMatcher::new(&registry).unwrap();
    for text in [
        "",
        "…",
        "said",
        "According to a study, experts said so in court.",
        "قال المتحدث بحسب دراسة في المحكمة",
    ] {
        let reading = Reading::of(text).unwrap();
        let context = Context::of(&reading, &registry, &matcher.find(&reading), &[]);
        assert_eq!(context.label, Label::Unclear, "{text}");
        assert!(context.why.en.contains("too few"), "{}", context.why.en);
    }
}
