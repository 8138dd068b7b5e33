//! Articles that must not be restricted: what is read in each, without a word of it.

use basira_text::Reading;
use basira_text::find::Kind;
use basira_text::known::{Passages, Probe, Tlsh, raw_text};
use basira_text::report::{Report, Span};
use serde_json::json;

use crate::{Failure, Options};

pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let mut files: Vec<_> = std::fs::read_dir(options.path("--articles")?)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "txt"));
    files.sort();
    let mut known = Vec::new();
    for file in &files {
        let bytes = std::fs::read(file)?;
        let report = Report::of(&bytes);
        let code: Vec<&Span> = report
            .findings
            .iter()
            .filter(|found| found.is_code())
            .map(|found| &found.span)
            .collect();
        // What of the report was read within the code.
        let within = |span: &Span| code.iter().any(|code| span.0 >= code.0 && span.1 <= code.1);
        let from_code = report
            .findings
            .iter()
            .filter(|found| !found.is_code() && within(&found.span))
            .count()
            + report
                .context
                .families
                .iter()
                .flat_map(|cues| &cues.spans)
                .filter(|span| within(span))
                .count();
        let page = basira_text::page::read(&bytes);
        let in_text = ["eval(", "function(", "fromCharCode", "document.createElement"]
            .iter()
            .filter(|sign| page.text().contains(**sign))
            .count();
        let defanged = report
            .findings
            .iter()
            .filter(|found| found.is_code())
            .all(|found| found.normal.contains("[.]") && !found.normal.contains("http"));
        let count = |kind: Kind| report.findings.iter().filter(|found| found.kind == kind).count();
        println!(
            "{}",
            json!({"article": file.file_stem().unwrap_or_default().to_string_lossy(), "bytes": bytes.len(),
                "language": report.language, "label": report.context.label.name(), "words": report.context.words,
                "families": report.context.families.len(), "contra": report.context.contra.len(),
                "security": code.len(), "from_code": from_code + in_text, "defanged": defanged,
                "payment_addresses": count(Kind::PaymentAddress), "links": count(Kind::Url) + count(Kind::Host),
                "incomplete": report.incomplete.len()})
        );
        known.push(page.text().to_owned());
    }
    let mut alike = 0;
    for (one, text) in known.iter().enumerate() {
        let reading = Reading::of(text)?;
        for (_, other) in known.iter().enumerate().filter(|(other, _)| *other != one) {
            let probe = Reading::of(other)?;
            let passages = Passages::of(&reading).and_then(|banked| banked.compare(&Probe::of(&probe)));
            let near = Tlsh::of(text).zip(Tlsh::of(other));
            alike += usize::from(
                passages.is_some()
                    || raw_text(&reading) == raw_text(&probe)
                    || near.is_some_and(|(one, other)| one.distance(&other) <= Tlsh::MATCH),
            );
        }
    }
    println!(
        "{}",
        json!({"what": "pairs", "articles": known.len(), "alike": alike})
    );
    Ok(())
}
