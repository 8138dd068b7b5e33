//! The conditions of a policy together: named ones, `when`, `unless`, and those of single actions.

use std::ops::Range;

use super::doc::{Item, Reader};
use super::raw::Located;
use crate::diagnostic::Code;
use crate::expr::{Checked, ClauseNo, Node, Scope, What, check, limits};

/// One clause of a policy, in the order of its trace.
#[derive(Debug, Clone)]
pub(crate) struct ClauseAt {
    /// Bytes of the file.
    pub(crate) at: Range<usize>,
    /// The clause's source.
    pub(crate) text: String,
    /// How deep it stands within its condition.
    pub(crate) depth: usize,
}

/// All conditions of a policy.
#[derive(Debug, Clone)]
pub(crate) struct Conditions {
    pub(crate) let_names: Vec<String>,
    pub(crate) lets: Vec<Node>,
    pub(crate) let_spans: Vec<Range<usize>>,
    pub(crate) let_used: Vec<bool>,
    pub(crate) when: Node,
    pub(crate) unless: Option<Node>,
    /// One for each action; `None` where it has none.
    pub(crate) then: Vec<Option<Node>>,
    pub(crate) clauses: Vec<ClauseAt>,
    /// Slots of the signals that any of them asks for.
    pub(crate) signals: Vec<usize>,
    /// Slots of the signals that `when` alone asks for, named conditions included.
    pub(crate) when_signals: Vec<usize>,
    pub(crate) steps: u32,
}

const MOST_LETS: usize = 32;

/// A condition that was read and not yet checked.
pub(super) struct Source<'t, 'a> {
    pub(super) item: &'t Item<'a>,
    pub(super) text: Located,
}

impl<'t, 'a> Source<'t, 'a> {
    pub(super) fn read(reader: &mut Reader<'a>, item: &'t Item<'a>) -> Option<Self> {
        let text = reader.text(item)?;
        Some(Self { item, text })
    }
}

fn checked(reader: &mut Reader<'_>, source: &Source<'_, '_>, lets: &[String]) -> Option<Checked> {
    match check(&source.text.text, Scope { lets }) {
        Ok(checked) => Some(checked),
        Err(problem) => {
            let at = if problem.at.is_empty() {
                source.item.span()
            } else {
                source.text.place(problem.at)
            };
            reader.report(problem.code, at, problem.message, problem.help);
            None
        }
    }
}

/// Checks all conditions of a policy.
pub(super) fn read<'a>(
    reader: &mut Reader<'a>,
    lets: Vec<(String, Range<usize>, Source<'_, 'a>)>,
    when: Option<Source<'_, 'a>>,
    unless: Option<Source<'_, 'a>>,
    then: Vec<Option<Source<'_, 'a>>>,
) -> Option<Conditions> {
    if lets.len() > MOST_LETS {
        reader.report(
            Code::TooLarge,
            lets[MOST_LETS].1.clone(),
            "too many named conditions",
            format!("use at most {MOST_LETS}"),
        );
        return None;
    }
    let names: Vec<String> = lets.iter().map(|(name, ..)| name.clone()).collect();
    let checked_lets: Vec<Option<Checked>> = lets
        .iter()
        .map(|(.., source)| checked(reader, source, &names))
        .collect();
    let when_checked = when.as_ref().and_then(|source| checked(reader, source, &names));
    let unless_checked = unless.as_ref().map(|source| checked(reader, source, &names));
    let then_checked: Vec<Option<Option<Checked>>> = then
        .iter()
        .map(|source| source.as_ref().map(|source| checked(reader, source, &names)))
        .collect();
    let checked_lets: Vec<Checked> = checked_lets.into_iter().collect::<Option<_>>()?;
    if let Some(place) = cycle(&checked_lets) {
        let (name, at, _) = &lets[place];
        reader.report(
            Code::LetCycle,
            at.clone(),
            format!("{name} needs itself"),
            "take one of the named conditions out of the circle",
        );
        return None;
    }
    let when_checked = when_checked?;
    let unless_checked = match unless_checked {
        Some(checked) => Some(checked?),
        None => None,
    };
    let mut then_nodes = Vec::with_capacity(then_checked.len());
    for checked in then_checked {
        then_nodes.push(match checked {
            Some(checked) => Some(checked?),
            None => None,
        });
    }
    let all = || {
        let then = then_nodes.iter().flatten();
        checked_lets
            .iter()
            .chain([&when_checked])
            .chain(&unless_checked)
            .chain(then)
    };
    let steps = all().map(|checked| checked.steps).fold(0, u32::saturating_add);
    if steps > limits::STEPS {
        let at = when.as_ref().map_or(0..0, |source| source.item.span());
        reader.report(
            Code::TooManySteps,
            at,
            format!("up to {steps} steps on one item in all conditions together"),
            format!(
                "use at most {}: fewer loops, shorter lists, or two policies",
                limits::STEPS
            ),
        );
        return None;
    }
    let mut signals: Vec<usize> = all()
        .flat_map(|checked| checked.signals.iter().copied())
        .collect();
    signals.sort_unstable();
    signals.dedup();
    let when_signals = reach(&checked_lets, &when_checked);
    let used = used(&checked_lets, all().skip(checked_lets.len()));

    let mut clauses = Vec::new();
    let mut number = |mut node: Node, source: &Source<'_, '_>| {
        enumerate(&mut node, source, 0, &mut clauses);
        node
    };
    let mut let_nodes = Vec::with_capacity(lets.len());
    for (checked, (.., source)) in checked_lets.into_iter().zip(&lets) {
        let_nodes.push(number(checked.root, source));
    }
    let when = number(when_checked.root, when.as_ref()?);
    let unless = match (unless_checked, &unless) {
        (Some(checked), Some(source)) => Some(number(checked.root, source)),
        _ => None,
    };
    let then = then_nodes
        .into_iter()
        .zip(&then)
        .map(|(checked, source)| Some(number(checked?.root, source.as_ref()?)))
        .collect();
    Some(Conditions {
        let_names: names,
        lets: let_nodes,
        let_spans: lets.iter().map(|(_, at, _)| at.clone()).collect(),
        let_used: used,
        when,
        unless,
        then,
        clauses,
        signals,
        when_signals,
        steps,
    })
}

/// Gives every part of a condition that is no part of a loop its number.
fn enumerate(node: &mut Node, source: &Source<'_, '_>, depth: usize, clauses: &mut Vec<ClauseAt>) {
    let Ok(number) = u16::try_from(clauses.len()) else {
        return;
    };
    node.clause = ClauseNo(number);
    clauses.push(ClauseAt {
        at: source.text.place(node.at.clone()),
        text: source
            .text
            .text
            .get(node.at.clone())
            .unwrap_or_default()
            .to_owned(),
        depth,
    });
    match &mut node.what {
        What::And(nodes) | What::Or(nodes) => {
            for node in nodes {
                enumerate(node, source, depth + 1, clauses);
            }
        }
        What::Not(node) => enumerate(node, source, depth + 1, clauses),
        What::If(nodes) => {
            for node in nodes.iter_mut() {
                enumerate(node, source, depth + 1, clauses);
            }
        }
        _ => {}
    }
}

/// A named condition that needs itself.
fn cycle(lets: &[Checked]) -> Option<usize> {
    (0..lets.len()).find(|start| {
        let mut seen = vec![false; lets.len()];
        let mut open = lets[*start].uses.clone();
        while let Some(place) = open.pop() {
            if place == *start {
                return true;
            }
            if !std::mem::replace(&mut seen[place], true) {
                open.extend(&lets[place].uses);
            }
        }
        false
    })
}

/// Signals that a condition asks for, by itself and by the named conditions that it uses.
fn reach(lets: &[Checked], from: &Checked) -> Vec<usize> {
    let mut signals = from.signals.clone();
    for place in uses(lets, from.uses.clone()) {
        signals.extend(&lets[place].signals);
    }
    signals.sort_unstable();
    signals.dedup();
    signals
}

fn used<'c>(lets: &[Checked], roots: impl Iterator<Item = &'c Checked>) -> Vec<bool> {
    let reached = uses(
        lets,
        roots.flat_map(|checked| checked.uses.iter().copied()).collect(),
    );
    (0..lets.len()).map(|place| reached.contains(&place)).collect()
}

fn uses(lets: &[Checked], mut open: Vec<usize>) -> Vec<usize> {
    let mut seen = Vec::new();
    while let Some(place) = open.pop() {
        if !seen.contains(&place) {
            seen.push(place);
            open.extend(&lets[place].uses);
        }
    }
    seen
}
