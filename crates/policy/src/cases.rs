//! Running the tests that stand in policy files.

use std::collections::BTreeMap;

use crate::action::ActionKind;
use crate::decide::decide;
use crate::deploy::{Caps, Stage, Stages, Standing};
use crate::diagnostic::{Code, Diagnostic};
use crate::outcome::{Outcome, Truth};
use crate::set::{Case, Policy, PolicySet};

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The test.
    pub name: String,
    /// Kinds of action that it expects, sorted.
    pub expected: Vec<ActionKind>,
    /// Kinds of action that came, sorted.
    pub found: Vec<ActionKind>,
    /// What the policy's condition said.
    pub when: Truth,
}

impl CaseResult {
    /// Whether it came as expected.
    pub fn passed(&self) -> bool {
        self.expected == self.found
    }
}

/// The set of one policy alone.
pub(crate) fn alone(policy: &Policy) -> PolicySet {
    PolicySet {
        hash: crate::SetHash(policy.version.0),
        policies: vec![policy.clone()],
        clauses: BTreeMap::new(),
        grounds: BTreeMap::new(),
    }
}

/// Stages in which a policy acts, with or without the approval of two people to act by itself.
pub(crate) fn acting(policy: &Policy, approved: bool) -> Standing {
    let people = ["test-1", "test-2"].map(str::to_owned);
    Standing {
        version: policy.version,
        stage: Stage::Enforce,
        author: "test-author".to_owned(),
        approved_by: people.iter().cloned().collect(),
        automation_by: if approved {
            people.into_iter().collect()
        } else {
            [].into()
        },
        emergency: None,
    }
}

/// The outcome of one test, of a policy that stands alone.
pub(crate) fn outcome(alone: &PolicySet, case: &Case) -> Outcome {
    let stages: Stages = alone.stages(|policy| acting(policy, case.approved));
    decide(alone, &stages, &case.snapshot, &Caps::default())
}

pub(crate) fn run(alone: &PolicySet, case: &Case) -> CaseResult {
    let outcome = outcome(alone, case);
    let mut expected = case.expect.clone();
    expected.sort_unstable();
    let mut found: Vec<ActionKind> = outcome.chosen.iter().map(|chosen| chosen.action.kind()).collect();
    found.sort_unstable();
    CaseResult {
        name: case.name.clone(),
        expected,
        found,
        when: outcome
            .results
            .first()
            .map_or(Truth::Unknown, |result| match (result.when, result.unless) {
                // An exception that cannot be told is something unknown, too.
                (Truth::True, Truth::Unknown) => Truth::Unknown,
                (when, _) => when,
            }),
    }
}

impl Policy {
    /// How many tests are in its file.
    pub const fn test_count(&self) -> usize {
        self.tests.len()
    }

    /// Runs the tests in its file.
    pub fn run_tests(&self) -> Vec<CaseResult> {
        let alone = alone(self);
        self.tests.iter().map(|case| run(&alone, case)).collect()
    }
}

/// What is wrong with the tests of a set: one fails, or a kind of test is missing.
pub(crate) fn failures(set: &PolicySet) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for policy in &set.policies {
        let alone = alone(policy);
        let file = &policy.file;
        let mut report = |code, at, message: String, help: String| {
            out.push(Diagnostic::new(code, &file.name, &file.text, at, message, help));
        };
        let mut seen = Vec::new();
        for case in &policy.tests {
            let result = run(&alone, case);
            seen.push((result.when, case.unknown));
            if !result.passed() {
                report(
                    Code::TestFailed,
                    case.at.clone(),
                    format!(
                        "the test {:?} gives {}, not {}",
                        case.name,
                        names(&result.found),
                        names(&result.expected)
                    ),
                    why(&alone, case),
                );
            }
        }
        let end = policy.tests.last().map_or(0..0, |case| case.at.clone());
        let has = |wanted: Truth| seen.iter().any(|(truth, _)| *truth == wanted);
        if !has(Truth::True) {
            report(
                Code::NoMatchTest,
                end.clone(),
                "no test in which the policy matches".to_owned(),
                "add a [[test]] whose given makes `when` true".to_owned(),
            );
        }
        if !has(Truth::False) {
            report(
                Code::NoNonMatchTest,
                end.clone(),
                "no test in which the policy does not match".to_owned(),
                "add a [[test]] whose given makes `when` false".to_owned(),
            );
        }
        if !has(Truth::Unknown) {
            report(
                Code::NoUnknownTest,
                end,
                "no test in which the policy cannot tell".to_owned(),
                "add a [[test]] with given = { matches = { unknown = \"timeout\" } } or the like".to_owned(),
            );
        }
    }
    out
}

fn names(kinds: &[ActionKind]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
    format!("[{}]", names.join(", "))
}

/// What the engine held back in a test, in a few words.
fn why(alone: &PolicySet, case: &Case) -> String {
    let outcome = outcome(alone, case);
    let held: Vec<String> = outcome
        .suppressed
        .iter()
        .map(|held| format!("{}: {}", held.action.kind(), held.why.short()))
        .collect();
    let when = outcome
        .results
        .first()
        .map_or("false", |result| result.when.name());
    if held.is_empty() {
        return format!("`when` is {when}; correct the policy or what the test expects");
    }
    format!("`when` is {when}; held back are {}", held.join("; "))
}
