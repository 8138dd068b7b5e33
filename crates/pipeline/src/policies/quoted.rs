//! Whether a known text, or what leads somewhere, is quoted where it was found.
//!
//! Two shares say what a match is: how much of the banked text was found, and how much of the text it was found in that
//! makes. Nearly all of it with nothing around it is posted again; a few words in a report are a quotation. What lies
//! between the two is unknown, and comes to a person.

use decode::ReportPart;
use model::{Match, Method, PartName, TextMethod};
use text::context::Label;
use text::report::{Judged, Span};

/// From this share of a text on, in percent, hardly anything else is in it.
const MOST: u8 = 80;
/// Below this share of a text, in percent, it says more than what was found.
const HALF: u8 = 50;
/// Bytes of a stretch, in percent, that stand within quotation marks where it is quoted: what was found may begin or end a
/// word beside them.
const WITHIN: u64 = 80;
/// Quotations that a report lists at most.
const LISTED: usize = 200;

/// Whether what was found is quoted; `None` where that cannot be told.
pub(super) fn quoted(found: &Match, reports: &[ReportPart]) -> Option<bool> {
    let stretches = || found.spans.iter().map(|it| it.span);
    match found.method {
        // It is the whole text.
        Method::Text(TextMethod::Raw) => Some(false),
        Method::Text(TextMethod::Passage { banked, text }) => {
            if text >= MOST || (text >= HALF && banked >= MOST) {
                return Some(false);
            }
            let context = context(&found.part, reports)?;
            let reported = context.label == Label::Reporting;
            let marked = stretches().all(|it| stands_within(it, context) == Some(true));
            (text < HALF && (reported || (marked && !found.spans.is_empty()))).then_some(true)
        }
        // A link, a handle, an address.
        Method::Equal(_) => {
            let context = context(&found.part, reports)?;
            stretches().next().and_then(|it| stands_within(it, context))
        }
        // Likeness has no place.
        Method::Text(TextMethod::Tlsh(_)) | Method::Pdq(_) | Method::Track(_) => None,
    }
}

/// The same of what was read.
pub(super) fn is_quoted(span: Span, context: &Judged) -> Option<bool> {
    stands_within((span.0 as u64, span.1 as u64), context)
}

fn context<'a>(part: &PartName, reports: &'a [ReportPart]) -> Option<&'a Judged> {
    let found = reports.iter().find(|it| it.name == *part)?;
    Some(&found.report.context)
}

/// Whether a stretch stands between quotation marks.
fn stands_within((from, to): (u64, u64), context: &Judged) -> Option<bool> {
    let shared = |it: &Span| {
        let (begin, end) = (from.max(it.0 as u64), to.min(it.1 as u64));
        end.saturating_sub(begin)
    };
    let covered: u64 = context.quotations.iter().map(shared).sum();
    if to > from && 100 * covered >= WITHIN * (to - from) {
        return Some(true);
    }
    // It may stand in one that is not listed.
    (context.quotations.len() < LISTED).then_some(false)
}

#[cfg(test)]
mod tests {
    use model::{EntryId, SignalType, TextSpan, Trust};
    use text::report::Report;

    use super::*;

    const STATEMENT: &str = "The league will hold every square of this town and never give back a pawn";

    fn found(method: TextMethod, text: &str, words: &str) -> Match {
        let from = text.find(words).unwrap() as u64;
        Match {
            bank: "known".parse().unwrap(),
            entry: EntryId(1),
            kind: SignalType::TextPassages,
            method: Method::Text(method),
            distance: 0,
            segment: None,
            spans: vec![TextSpan {
                span: (from, from + words.len() as u64),
                banked_words: None,
            }],
            covered: None,
            quality: None,
            part: PartName::file(),
            trust: Trust::Active,
            human_confirmed: true,
            suppressed_by: None,
        }
    }

    fn of(banked: u8, share: u8, text: &str, words: &str) -> Option<bool> {
        let reports = [ReportPart {
            name: PartName::file(),
            report: Report::of(text.as_bytes()),
        }];
        let method = TextMethod::Passage { banked, text: share };
        quoted(&found(method, text, words), &reports)
    }

    #[test]
    fn two_shares_and_the_context_tell_a_quotation_from_what_is_posted_again() {
        let marked =
            format!("The hall was full, and one read: \"{STATEMENT}.\" Then there was tea for everybody.");
        let bare = marked.replace('"', "");
        let report = format!(
            "According to the Marlow Post, Ada Brook of the council said on Monday that the league is broke. A study of its \
             debts will follow in May. She read its last words: {STATEMENT}. Experts warned of it before."
        );
        for (banked, share, text, wanted) in [
            (90, 95, &*bare, Some(false)),
            (90, 60, &*marked, Some(false)),
            (40, 60, &*marked, None),
            (90, 30, &*marked, Some(true)),
            (90, 30, &*bare, None),
            (90, 30, &*report, Some(true)),
        ] {
            assert_eq!(
                of(banked, share, text, STATEMENT),
                wanted,
                "{banked} {share} {text}"
            );
        }
        assert_eq!(
            quoted(&found(TextMethod::Raw, &marked, STATEMENT), &[]),
            Some(false)
        );
        assert_eq!(quoted(&found(TextMethod::Tlsh(3), &marked, STATEMENT), &[]), None);
    }

    #[test]
    fn what_leads_somewhere_is_quoted_between_marks() {
        let link = "https://chess.example/join";
        let text = format!("She read: \"come to {link} and bring a board\". See {link} too.");
        let context = Report::of(text.as_bytes()).context;
        let first = text.find(link).unwrap();
        let last = text.rfind(link).unwrap();
        assert_eq!(is_quoted(Span(first, first + link.len()), &context), Some(true));
        assert_eq!(is_quoted(Span(last, last + link.len()), &context), Some(false));
    }
}
