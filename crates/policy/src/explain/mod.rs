//! Why: for those who review, for the author of an item, for those who audit; in Arabic and in English.

mod flip;
mod words;

use model::words;
use serde::Serialize;

use crate::expr::{Place, Run, What};
use crate::outcome::{Outcome, PolicyResult, Truth};
use crate::schema::{Schema, Type};
use crate::set::{Policy, PolicySet};
use crate::snapshot::{Facts, Snapshot, Value};
use words::{action, degree, kind, name, origin, pick, reason, suppression, truth};

words! {
    /// The language of an explanation.
    Language {
        /// English.
        En = "en",
        /// Arabic.
        Ar = "ar",
    } known "en, ar"
}

words! {
    /// For whom an explanation is.
    Audience {
        /// Who looks at the item and decides.
        Reviewer = "reviewer",
        /// Who wrote the item: no thresholds, no names of banks, queues or policies.
        Author = "author",
        /// Who checks that decisions were right and can be made again.
        Auditor = "auditor",
    } known "reviewer, author, auditor"
}

/// An explanation: paragraphs, the first line of each a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The language.
    pub language: Language,
    /// For whom.
    pub audience: Audience,
    /// The paragraphs.
    pub paragraphs: Vec<Vec<String>>,
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, paragraph) in self.paragraphs.iter().enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            for line in paragraph {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }
}

/// Explains an outcome. The set must be the one that made it, and the snapshot the one that it was made from; for the
/// author the snapshot is not read.
pub fn explain(
    set: &PolicySet,
    outcome: &Outcome,
    snapshot: &Snapshot,
    audience: Audience,
    language: Language,
) -> Explanation {
    let paragraphs = match audience {
        Audience::Author => author(set, outcome, language),
        Audience::Reviewer => reviewer(set, outcome, snapshot, language),
        Audience::Auditor => auditor(outcome, snapshot, language),
    };
    Explanation {
        language,
        audience,
        paragraphs,
    }
}

/// Clause, ground, automated or not, how to appeal. It takes its words from the clauses, the grounds and this program
/// alone, so that nothing of a policy's inside can come out.
fn author(set: &PolicySet, outcome: &Outcome, language: Language) -> Vec<Vec<String>> {
    let mut paragraphs = Vec::new();
    for chosen in outcome.restrictive() {
        let texts = |text: &crate::Bilingual| match language {
            Language::En => text.en.clone(),
            Language::Ar => text.ar.clone(),
        };
        let mut lines = vec![format!(
            "{}: {}",
            pick(language, "What was done", "ما الذي جرى"),
            kind(language, chosen.action.kind())
        )];
        if let Some(clause) = set.clause(&chosen.clause) {
            lines.push(format!(
                "{}: {}",
                pick(language, "The rule", "القاعدة"),
                texts(clause)
            ));
        }
        for ground in chosen.legal.iter().filter_map(|ground| set.ground(ground)) {
            lines.push(format!(
                "{}: {}",
                pick(language, "The legal ground", "الأساس القانوني"),
                texts(ground)
            ));
        }
        lines.push(format!(
            "{}: {}",
            pick(language, "How it was decided", "كيف تقرر ذلك"),
            degree(language, chosen.automation)
        ));
        lines.push(
            pick(
                language,
                "You can appeal free of charge for at least six months; another person decides and gives reasons.",
                "يمكنك الاعتراض مجانا خلال ستة أشهر على الأقل، ويبت في اعتراضك شخص آخر مع ذكر الأسباب.",
            )
            .to_owned(),
        );
        paragraphs.push(lines);
    }
    if paragraphs.is_empty() {
        let nothing = pick(
            language,
            "Nothing was done to this item.",
            "لم يُتخذ أي إجراء بحق هذا العنصر.",
        );
        paragraphs.push(vec![nothing.to_owned()]);
    }
    paragraphs
}

fn reviewer(set: &PolicySet, outcome: &Outcome, snapshot: &Snapshot, language: Language) -> Vec<Vec<String>> {
    let facts = Facts::of(snapshot);
    let mut paragraphs = Vec::new();
    for result in &outcome.results {
        let Some(policy) = set.policy(&result.policy) else {
            continue;
        };
        if result.when == Truth::False {
            continue;
        }
        paragraphs.push(policy_lines(policy, result, snapshot, &facts, language));
    }
    if paragraphs.is_empty() {
        let nothing = pick(language, "No policy's condition holds.", "لا يتحقق شرط أي سياسة.");
        paragraphs.push(vec![nothing.to_owned()]);
    }
    paragraphs.push(actions(outcome, language));
    paragraphs
}

/// What is done and what is not.
fn actions(outcome: &Outcome, language: Language) -> Vec<String> {
    let mut lines = vec![pick(language, "What follows", "ما يترتب على ذلك").to_owned()];
    for chosen in &outcome.chosen {
        lines.push(format!(
            "  + {}: {}; {}; {}",
            action(language, &chosen.action),
            name(&chosen.policy),
            degree(language, chosen.automation),
            origin(language, chosen.origin)
        ));
    }
    for held in &outcome.suppressed {
        lines.push(format!(
            "  - {}: {}; {}",
            action(language, &held.action),
            name(&held.policy),
            suppression(language, &held.why)
        ));
    }
    if lines.len() == 1 {
        lines.push(format!("  {}", pick(language, "nothing", "لا شيء")));
    }
    lines
}

fn policy_lines(
    policy: &Policy,
    result: &PolicyResult,
    snapshot: &Snapshot,
    facts: &Facts,
    language: Language,
) -> Vec<String> {
    let title = match language {
        Language::En => &policy.title.en,
        Language::Ar => &policy.title.ar,
    };
    let mut lines = vec![format!(
        "{} ({}): {}",
        name(title),
        name(&policy.id),
        truth(language, result.when)
    )];
    for (clause, mark) in policy.conditions.clauses.iter().zip(result.trace.0.bytes()) {
        if let Some(value) = Truth::of_mark(mark) {
            let text = clause.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let indent = "  ".repeat(clause.depth + 1);
            lines.push(format!(
                "{indent}{}: {}",
                name(crate::isolate(&text)),
                truth(language, value)
            ));
        }
    }
    for path in policy.signals() {
        lines.push(format!("  {}", provenance(path, snapshot, language)));
    }
    records(policy, facts, snapshot, language, &mut lines);
    for missing in &result.missing {
        lines.push(format!(
            "  {} {}: {}",
            pick(language, "Unknown:", "غير معلوم:"),
            name(&missing.signal),
            reason(language, missing.reason)
        ));
    }
    let flips = flip::smallest(policy, facts);
    if !flips.is_empty() {
        let clauses: Vec<String> = flips
            .iter()
            .map(|text| {
                name(crate::isolate(
                    &text.split_whitespace().collect::<Vec<_>>().join(" "),
                ))
            })
            .collect();
        lines.push(format!(
            "  {} {}",
            pick(
                language,
                "It would turn around if this were otherwise:",
                "تنقلب النتيجة لو تغير:"
            ),
            clauses.join(pick(language, ", ", "، "))
        ));
    }
    lines
}

/// A signal with its value and who says so.
fn provenance(path: &str, snapshot: &Snapshot, language: Language) -> String {
    let doc = Schema::signal(path).map_or("", |signal| pick(language, signal.doc[0], signal.doc[1]));
    let reading = snapshot.signals.get(path);
    let value = match reading {
        None => reason(language, crate::UnknownReason::NotComputed).to_owned(),
        Some(reading) => match (&reading.value, reading.unknown) {
            (Some(Value::List(list)), None) => name(list.len()),
            (Some(Value::List(list)), Some(why)) => {
                format!(
                    "{} ({}: {})",
                    name(list.len()),
                    pick(language, "perhaps more", "وربما أكثر"),
                    words::reason(language, why)
                )
            }
            (Some(value), None) => name(crate::isolate(&value.to_string())),
            (_, why) => words::reason(language, why.unwrap_or(crate::UnknownReason::NotComputed)).to_owned(),
        },
    };
    let by = reading
        .and_then(|reading| reading.by)
        .and_then(|by| snapshot.producers.get(usize::from(by)));
    let by = by
        .map(|by| format!(" — {}", name(format_args!("{} {}", by.name, by.version))))
        .unwrap_or_default();
    format!("{doc} ({}): {value}{by}", name(path))
}

/// The records that make a loop of the policy hold.
fn records(policy: &Policy, facts: &Facts, snapshot: &Snapshot, language: Language, lines: &mut Vec<String>) {
    const MOST: usize = 5;
    let mut shown: Vec<(usize, usize)> = Vec::new();
    for root in policy.nodes() {
        root.each(&mut |node| {
            let What::Loop {
                list: Place::Signal(slot),
                every: false,
                body,
            } = &node.what
            else {
                return;
            };
            let signal = &Schema::signals()[*slot];
            let (Type::Records(record), Some(Value::List(list))) = (
                signal.ty,
                snapshot
                    .signals
                    .get(signal.path)
                    .and_then(|reading| reading.value.as_ref()),
            ) else {
                return;
            };
            for (at, value) in list.iter().enumerate() {
                let Value::Record(fields) = value else {
                    continue;
                };
                let mut run = Run::new(facts, &policy.conditions.lets, 0);
                if shown.contains(&(*slot, at))
                    || shown.len() >= MOST
                    || run.at_record(*slot, at, body) != Truth::True
                {
                    continue;
                }
                shown.push((*slot, at));
                let fields: Vec<String> = record
                    .fields
                    .iter()
                    .filter(|field| field.readable)
                    .filter_map(|field| Some((field, fields.get(field.name)?)))
                    .filter(|(_, value)| {
                        !matches!(value, Value::Bool(false)) && **value != Value::Text(String::new())
                    })
                    .map(|(field, value)| {
                        format!(
                            "{} {}",
                            pick(language, field.doc[0], field.doc[1]),
                            name(crate::isolate(&value.to_string()))
                        )
                    })
                    .collect();
                lines.push(format!(
                    "    {}[{at}]: {}",
                    name(signal.path),
                    fields.join(pick(language, "; ", "؛ "))
                ));
            }
        });
    }
}

fn auditor(outcome: &Outcome, snapshot: &Snapshot, language: Language) -> Vec<Vec<String>> {
    let line = |en, ar, value: &dyn std::fmt::Display| format!("{}: {}", pick(language, en, ar), name(value));
    let head = vec![
        pick(language, "The decision", "القرار").to_owned(),
        line("Item", "العنصر", &snapshot.subject.item),
        line("SHA-256 of the item", "بصمة العنصر", &snapshot.subject.sha256),
        line("Time", "الوقت", &outcome.at),
        line("Set of policies", "مجموعة السياسات", &outcome.set),
        line("Version of the engine", "إصدار المحرك", &outcome.engine),
        line("Version of the schema", "إصدار المخطط", &snapshot.schema),
    ];
    let mut results = vec![pick(language, "Every policy that was asked", "كل سياسة سُئلت").to_owned()];
    for result in &outcome.results {
        results.push(format!(
            "  {} {}: {}; {} {}",
            name(&result.policy),
            name(result.version),
            truth(language, result.when),
            pick(language, "clauses", "البنود"),
            name(&result.trace.0)
        ));
        for missing in &result.missing {
            results.push(format!(
                "    {}: {}",
                name(&missing.signal),
                reason(language, missing.reason)
            ));
        }
    }
    let mut producers = vec![pick(language, "Who produced the signals", "من أنتج الإشارات").to_owned()];
    for by in &snapshot.producers {
        let who = if by.person {
            pick(language, "a person", "شخص")
        } else {
            pick(language, "a program", "برنامج")
        };
        producers.push(format!(
            "  {} ({who})",
            name(format_args!("{} {}", by.name, by.version))
        ));
    }
    vec![head, results, actions(outcome, language), producers]
}
