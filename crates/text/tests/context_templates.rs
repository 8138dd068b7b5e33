//! The template suite of the context: mechanics, tested without anything harmful.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod templates;

use basira_text::Reading;
use basira_text::context::{Context, Label};
use basira_text::terms::{Registry, TermMatcher};
use templates::{SUITES, Suite, addresses, cases, registry};

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
    for case in cases(suite) {
        let text = &case.text;
        let reading = Reading::of(text).unwrap();
        let hits = matcher.find(&reading);
        let context = Context::of(&reading, registry, &hits, &addresses(text));
        tally.cases += 1;
        if context.label.name() == case.expected {
            tally.right += 1;
        } else {
            tally.wrong.push(format!(
                "{} {} expected {}: {} {:?}\n  {text}",
                suite.language,
                case.name,
                case.expected,
                context.why.en,
                context
                    .cues
                    .iter()
                    .map(|cue| &text[cue.span.clone()])
                    .collect::<Vec<_>>()
            ));
        }
        assert!(
            !case.is_contra() || context.label != Label::Reporting,
            "{}: {text}",
            case.name
        );
        let spans = context.cues.iter().map(|cue| &cue.span);
        for cue in spans.chain(context.contra.iter().map(|cue| &cue.span)) {
            assert!(
                text.get(cue.clone()).is_some_and(|place| !place.is_empty()),
                "{text}"
            );
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
