//! What is allowed, and worth a second look.

use jiff::civil::Date;

use crate::action::Automation;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Choice, Node, Operand, TextTest, What};
use crate::set::{OnUnknown, Policy, PolicySet, SourceFile};

/// Warnings on a checked set and its files, by file and place. The date is that of the look.
pub fn lint(set: &PolicySet, files: &[SourceFile], today: Date) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for policy in &set.policies {
        let mut lint = Lint {
            policy,
            out: &mut out,
        };
        lint.dates(today);
        lint.intent();
        lint.conditions();
    }
    for file in files {
        if let Ok(formatted) = crate::fmt::format(file)
            && formatted != file.text
        {
            let same = file
                .text
                .bytes()
                .zip(formatted.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            out.push(Diagnostic::new(
                Code::NotFormatted,
                &file.name,
                &file.text,
                same..same + 1,
                "the file is not formatted",
                "run `basira policy fmt`",
            ));
        }
        catalog(set, file, &mut out);
    }
    out.sort_by(|a, b| (&a.file, a.span.start, a.code).cmp(&(&b.file, b.span.start, b.code)));
    out
}

/// Clauses and grounds that nobody names.
fn catalog(set: &PolicySet, file: &SourceFile, out: &mut Vec<Diagnostic>) {
    let mut report = |name: &str, what: &str| {
        let quoted = format!("\"{name}\"");
        let at = file.text.find(&quoted).map_or(0..0, |at| at..at + quoted.len());
        out.push(Diagnostic::new(
            Code::UnusedClause,
            &file.name,
            &file.text,
            at,
            format!("no policy names the {what} {name:?}"),
            "take it away, or write the policy that enforces it",
        ));
    };
    if file.name.ends_with("clauses.toml") {
        for id in set
            .clauses
            .keys()
            .filter(|id| set.policies.iter().all(|policy| policy.clause != **id))
        {
            report(id.as_str(), "clause");
        }
    } else if file.name.ends_with("grounds.toml") {
        for id in set
            .grounds
            .keys()
            .filter(|id| set.policies.iter().all(|policy| !policy.legal.contains(id)))
        {
            report(id.as_str(), "legal ground");
        }
    }
}

struct Lint<'p> {
    policy: &'p Policy,
    out: &'p mut Vec<Diagnostic>,
}

impl Lint<'_> {
    fn report(
        &mut self,
        code: Code,
        at: std::ops::Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let file = &self.policy.file;
        self.out
            .push(Diagnostic::new(code, &file.name, &file.text, at, message, help));
    }

    /// Where a key stands.
    fn key(&self, key: &str) -> std::ops::Range<usize> {
        let text = &self.policy.file.text;
        let lines = text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        });
        let found = lines.into_iter().find(|(_, line)| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        });
        found.map_or(0..0, |(start, line)| start..start + line.trim_end().len())
    }

    fn dates(&mut self, today: Date) {
        let by = self.policy.review_by;
        let at = self.key("review_by");
        if by < today {
            self.report(
                Code::ReviewOverdue,
                at,
                format!("somebody should have looked at this policy by {by}"),
                "look at its effects and its errors, then set a new date; overdue policies go back to shadow",
            );
        } else if today.saturating_add(jiff::Span::new().years(1)) < by {
            self.report(
                Code::ReviewFar,
                at,
                format!("nobody looks at this policy until {by}"),
                "set a date within a year",
            );
        }
    }

    fn intent(&mut self) {
        let restrictive = self
            .policy
            .then
            .iter()
            .find(|then| then.action.kind().is_restrictive());
        if let Some(then) = restrictive
            && self.policy.automation == Automation::None
        {
            let message = format!("{} with automation = \"none\" is never done", then.action.kind());
            self.report(
                Code::NeverByItself,
                then.at.clone(),
                message,
                "set automation = \"assist\" to carry out what a person decided, or take the action away",
            );
        }
        if self.policy.on_unknown == OnUnknown::Skip {
            let at = self.key("on_unknown");
            self.report(
                Code::UnknownSkipped,
                at,
                "what cannot be told is left alone",
                "write \"review\", unless another policy asks a person about the same",
            );
        }
    }

    fn conditions(&mut self) {
        let conditions = &self.policy.conditions;
        for (place, used) in conditions.let_used.iter().enumerate() {
            if !used {
                let message = format!("{} is never used", conditions.let_names[place]);
                self.report(
                    Code::UnusedLet,
                    conditions.let_spans[place].clone(),
                    message,
                    "take it away, or use it in when",
                );
            }
        }
        let policy = self.policy;
        for root in policy.nodes() {
            let Some(clause) = policy.conditions.clauses.get(usize::from(root.clause.0)) else {
                continue;
            };
            // Within a loop there are no clauses of their own; there the loop is shown.
            let mut at = clause.at.clone();
            root.each(&mut |node| {
                if let Some(clause) = policy.conditions.clauses.get(usize::from(node.clause.0)) {
                    at = clause.at.clone();
                }
                self.node(node, at.clone());
            });
        }
        // The parser takes !! away; in the file it still stands before its clause.
        let text = &policy.file.text;
        let mut seen = None;
        for clause in &conditions.clauses {
            let start = clause.at.start;
            let twice = text.get(..start).is_some_and(|before| before.ends_with("!!"));
            if twice && seen != Some(start) {
                seen = Some(start);
                self.report(
                    Code::DoubleNot,
                    start - 2..clause.at.end,
                    "twice not",
                    "take both ! away",
                );
            }
        }
    }

    fn node(&mut self, node: &Node, at: std::ops::Range<usize>) {
        match &node.what {
            What::Const(value) => {
                self.report(
                    Code::Constant,
                    at,
                    format!("this is always {value}"),
                    "take it away, or write a condition",
                );
            }
            What::Not(inner) if matches!(inner.what, What::Not(_)) => {
                self.report(Code::DoubleNot, at, "twice not", "take both ! away");
            }
            What::Compare(_, a, b) if is_fixed(a) && is_fixed(b) => {
                self.report(
                    Code::Constant,
                    at,
                    "both sides are written out",
                    "compare a signal with a value",
                );
            }
            What::And(nodes) | What::Or(nodes) => {
                let clauses = &self.policy.conditions.clauses;
                let text = |node: &Node| {
                    clauses
                        .get(usize::from(node.clause.0))
                        .map(|clause| clause.text.as_str())
                };
                for (place, node) in nodes.iter().enumerate() {
                    let twin =
                        text(node).is_some() && nodes[..place].iter().any(|other| text(other) == text(node));
                    if let Some(clause) = clauses.get(usize::from(node.clause.0))
                        && twin
                    {
                        self.report(
                            Code::DuplicateClause,
                            clause.at.clone(),
                            "the same clause stands twice",
                            "leave one of them",
                        );
                    }
                }
            }
            What::Text(TextTest::Matches(pattern), _) => {
                let text = pattern.as_str();
                if text.starts_with(".*")
                    || text.ends_with(".*")
                    || text.starts_with("^.*")
                    || text.is_empty()
                {
                    self.report(
                        Code::LoosePattern,
                        at,
                        "the pattern begins or ends with what matches anything",
                        "a pattern is looked for anywhere in the text: leave .* out",
                    );
                }
            }
            What::OneOf(_, Choice::Texts(list)) => {
                let folded: Vec<String> = list.iter().map(|text| text.trim().to_lowercase()).collect();
                if let Some(place) = (1..list.len()).find(|place| folded[..*place].contains(&folded[*place]))
                {
                    self.report(
                        Code::DuplicateText,
                        at,
                        format!("the list has {:?} twice", list[place]),
                        "leave one of them",
                    );
                }
            }
            _ => {}
        }
    }
}

fn is_fixed(operand: &Operand) -> bool {
    match operand {
        Operand::Place(_) | Operand::Size(_) => false,
        Operand::Truth(node) => matches!(node.what, What::Const(_)),
        Operand::If(..) => false,
        _ => true,
    }
}
