//! The templates of the invented chess league.

use basira_text::Reading;
use basira_text::context::{Context, Label};
use basira_text::terms::TermMatcher;
use serde_json::json;

use crate::Failure;
use crate::templates::{SUITES, addresses, cases, registry};

pub(crate) fn measure() -> Result<(), Failure> {
    let registry = registry();
    let matcher = TermMatcher::new(&registry)?;
    for suite in &SUITES {
        let (mut n, mut right, mut contra, mut held) = (0, 0, 0, 0);
        let mut wrong: Vec<String> = Vec::new();
        for case in cases(suite) {
            let reading = Reading::of(&case.text)?;
            let context = Context::of(
                &reading,
                &registry,
                &matcher.find(&reading),
                &addresses(&case.text),
            );
            n += 1;
            contra += usize::from(case.is_contra());
            held += usize::from(case.is_contra() && context.label != Label::Reporting);
            if context.label.name() == case.expected {
                right += 1;
            } else {
                wrong.push(format!(
                    "{}: {} for {}",
                    case.name,
                    context.label.name(),
                    case.expected
                ));
            }
        }
        wrong.sort();
        wrong.dedup();
        println!(
            "{}",
            json!({"language": suite.language, "pairs": suite.pairs.len(), "cases": n, "right": right, "contra": contra,
                "never_reporting": held, "wrong": wrong})
        );
    }
    Ok(())
}
