//! Mutants: a policy with one thing changed. Tests that let one live do not hold the policy.

use std::ops::Range;

use crate::cases::{alone, run};
use crate::expr::{Choice, Compare, Node, Operand, What};
use crate::set::Policy;

/// One change to a policy, and whether its tests noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// What was changed.
    pub change: String,
    /// The clause, as it is written.
    pub clause: String,
    /// Bytes of the file.
    pub at: Range<usize>,
    /// Whether a test failed because of it.
    pub killed: bool,
}

/// The most mutants of a policy; what is beyond is not tried, and the score says of how many it is.
const MOST: usize = 2000;

impl Policy {
    /// Makes every mutant of the policy and runs its tests on each.
    pub fn mutants(&self) -> Vec<Mutant> {
        let mut out = Vec::new();
        let before = self.run_tests();
        let parts = self.conditions.lets.len() + 2 + self.conditions.then.len();
        for part in 0..parts {
            let Some(node) = self.part(part) else {
                continue;
            };
            let mut changes = Vec::new();
            variants(node, &mut |mutated, change, at| {
                changes.push((mutated, change, at))
            });
            for (mutated, change, at) in changes {
                if out.len() >= MOST {
                    return out;
                }
                let mut policy = self.clone();
                if let Some(place) = policy.part_mut(part) {
                    *place = mutated;
                }
                let alone = alone(&policy);
                let killed = self.tests.iter().zip(&before).any(|(case, before)| {
                    let after = run(&alone, case);
                    // What the policy answers counts, and not only what is done for it.
                    after.found != before.found || after.when != before.when
                });
                let (clause, at) = self.shown(part, at);
                out.push(Mutant {
                    change,
                    clause,
                    at,
                    killed,
                });
            }
        }
        out
    }

    fn part(&self, part: usize) -> Option<&Node> {
        let conditions = &self.conditions;
        let lets = conditions.lets.len();
        match part.checked_sub(lets) {
            None => conditions.lets.get(part),
            Some(0) => Some(&conditions.when),
            Some(1) => conditions.unless.as_ref(),
            Some(then) => conditions.then.get(then - 2).and_then(Option::as_ref),
        }
    }

    fn part_mut(&mut self, part: usize) -> Option<&mut Node> {
        let conditions = &mut self.conditions;
        let lets = conditions.lets.len();
        match part.checked_sub(lets) {
            None => conditions.lets.get_mut(part),
            Some(0) => Some(&mut conditions.when),
            Some(1) => conditions.unless.as_mut(),
            Some(then) => conditions.then.get_mut(then - 2).and_then(Option::as_mut),
        }
    }

    /// The source of a changed clause, and its place in the file, from its place in its condition.
    fn shown(&self, part: usize, at: Range<usize>) -> (String, Range<usize>) {
        let root = self
            .part(part)
            .and_then(|node| self.conditions.clauses.get(usize::from(node.clause.0)));
        let Some(root) = root else {
            return (String::new(), 0..0);
        };
        // The root's text begins where its node does.
        let base = self.part(part).map_or(0, |node| node.at.start);
        let within = at.start.saturating_sub(base)..at.end.saturating_sub(base);
        let text = root.text.get(within.clone()).unwrap_or(&root.text).to_owned();
        let start = root.at.start + within.start;
        (text, start..start + within.len())
    }
}

/// Calls back with every version of a condition that differs from it in one thing.
fn variants(node: &Node, found: &mut dyn FnMut(Node, String, Range<usize>)) {
    let with = |what: What| Node { what, ..node.clone() };
    let at = node.at.clone();
    match &node.what {
        What::And(nodes) | What::Or(nodes) => {
            let and = matches!(node.what, What::And(_));
            let join = |nodes: Vec<Node>| if and { What::And(nodes) } else { What::Or(nodes) };
            let swapped = if and {
                What::Or(nodes.clone())
            } else {
                What::And(nodes.clone())
            };
            found(
                with(swapped),
                (if and { "&& becomes ||" } else { "|| becomes &&" }).to_owned(),
                at,
            );
            for place in 0..nodes.len() {
                let mut rest = nodes.clone();
                let gone = rest.remove(place);
                found(with(join(rest)), "the clause goes".to_owned(), gone.at.clone());
                variants(&nodes[place], &mut |mutated, change, at| {
                    let mut all = nodes.clone();
                    all[place] = mutated;
                    found(with(join(all)), change, at);
                });
            }
        }
        What::Not(inner) => {
            found(
                Node {
                    clause: node.clause,
                    ..(**inner).clone()
                },
                "! goes".to_owned(),
                at,
            );
            variants(inner, &mut |mutated, change, at| {
                found(with(What::Not(Box::new(mutated))), change, at)
            });
        }
        What::If(nodes) => {
            for place in 0..3 {
                variants(&nodes[place], &mut |mutated, change, at| {
                    let mut all = nodes.clone();
                    all[place] = mutated;
                    found(with(What::If(all)), change, at);
                });
            }
        }
        What::Const(value) => found(
            with(What::Const(!value)),
            format!("{value} becomes {}", !value),
            at,
        ),
        What::Flag(_) | What::Has(_) | What::Let(_) | What::InTexts(..) | What::Text(..) => {
            negate(node, found)
        }
        What::OlderThan(operand, age) => {
            negate(node, found);
            let longer = age.saturating_add(*age);
            found(
                with(What::OlderThan(operand.clone(), longer)),
                "the length of time doubles".to_owned(),
                at,
            );
        }
        What::OneOf(operand, choice) => {
            negate(node, found);
            for (choice, change) in shorter(choice) {
                found(with(What::OneOf(operand.clone(), choice)), change, at.clone());
            }
        }
        What::Compare(compare, a, b) => comparisons(node, *compare, a, b, found),
        What::Loop { list, every, body } => {
            let list = *list;
            let swapped = What::Loop {
                list,
                every: !every,
                body: body.clone(),
            };
            let change = if *every {
                "all becomes exists"
            } else {
                "exists becomes all"
            };
            found(with(swapped), change.to_owned(), at);
            variants(body, &mut |mutated, change, at| {
                let body = Box::new(mutated);
                found(
                    with(What::Loop {
                        list,
                        every: *every,
                        body,
                    }),
                    change,
                    at,
                );
            });
        }
    }
}

fn negate(node: &Node, found: &mut dyn FnMut(Node, String, Range<usize>)) {
    let inner = Node {
        clause: crate::expr::ClauseNo::NONE,
        ..node.clone()
    };
    let not = Node {
        what: What::Not(Box::new(inner)),
        ..node.clone()
    };
    found(not, "the clause is turned around".to_owned(), node.at.clone());
}

/// A list with one value less.
fn shorter(choice: &Choice) -> Vec<(Choice, String)> {
    let change = || "a value of the list goes".to_owned();
    match choice {
        Choice::Words(words) => (0..64)
            .filter(|bit| words >> bit & 1 == 1)
            .map(|bit| (Choice::Words(words & !(1 << bit)), change()))
            .collect(),
        Choice::Ints(list) => (0..list.len())
            .map(|place| (Choice::Ints(without(list, place)), change()))
            .collect(),
        Choice::Numbers(list) => (0..list.len())
            .map(|place| (Choice::Numbers(without(list, place)), change()))
            .collect(),
        Choice::Texts(list) => (0..list.len())
            .map(|place| (Choice::Texts(without(list, place)), change()))
            .collect(),
    }
}

fn without<T: Clone>(list: &[T], place: usize) -> Box<[T]> {
    let kept = list.iter().enumerate().filter(|(at, _)| *at != place);
    kept.map(|(_, value)| value.clone()).collect()
}

fn comparisons(
    node: &Node,
    compare: Compare,
    a: &Operand,
    b: &Operand,
    found: &mut dyn FnMut(Node, String, Range<usize>),
) {
    let mut put = |compare, a: &Operand, b: &Operand, change: &str| {
        let what = What::Compare(compare, a.clone(), b.clone());
        found(Node { what, ..node.clone() }, change.to_owned(), node.at.clone());
    };
    // The border moves by nothing: < becomes <=. Then the comparison turns around.
    let (border, turned) = match compare {
        Compare::Eq => (None, Compare::Ne),
        Compare::Ne => (None, Compare::Eq),
        Compare::Lt => (Some(Compare::Le), Compare::Ge),
        Compare::Le => (Some(Compare::Lt), Compare::Gt),
        Compare::Gt => (Some(Compare::Ge), Compare::Le),
        Compare::Ge => (Some(Compare::Gt), Compare::Lt),
    };
    if let Some(border) = border {
        put(border, a, b, "the border moves by one");
    }
    put(turned, a, b, "the comparison turns around");
    if border.is_some() {
        for (nudged, change) in [
            (nudge(b, 1), "the number grows"),
            (nudge(b, -1), "the number shrinks"),
        ] {
            if let Some(nudged) = nudged {
                put(compare, a, &nudged, change);
            }
        }
        for (nudged, change) in [
            (nudge(a, 1), "the number grows"),
            (nudge(a, -1), "the number shrinks"),
        ] {
            if let Some(nudged) = nudged {
                put(compare, &nudged, b, change);
            }
        }
    }
}

fn nudge(operand: &Operand, by: i64) -> Option<Operand> {
    match operand {
        Operand::Int(value) => Some(Operand::Int(value.saturating_add(by))),
        Operand::Number(value) => Some(Operand::Number(value + by as f64 * 0.05)),
        _ => None,
    }
}
