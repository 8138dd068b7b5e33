//! What would turn a policy's answer around: the fewest clauses that would have to be otherwise.

use crate::expr::{Node, Run, What};
use crate::outcome::Truth;
use crate::set::Policy;
use crate::snapshot::Facts;

/// The fewest clauses of `when` that would make it fail where it holds, or tell where it cannot be told.
pub(super) fn smallest(policy: &Policy, facts: &Facts) -> Vec<String> {
    let lets = &policy.conditions.lets;
    let now = Run::new(facts, lets, policy.conditions.clauses.len()).truth(&policy.conditions.when);
    let wanted = match now {
        Truth::True => Truth::False,
        // What is unknown would have to be known and speak for the policy.
        Truth::False | Truth::Unknown => Truth::True,
    };
    let finder = Finder { policy, facts };
    let nodes = finder
        .flips(&policy.conditions.when, wanted, 0)
        .unwrap_or_default();
    let clauses = &policy.conditions.clauses;
    nodes
        .into_iter()
        .filter_map(|node| clauses.get(usize::from(node.clause.0)))
        .map(|clause| clause.text.clone())
        .collect()
}

struct Finder<'a> {
    policy: &'a Policy,
    facts: &'a Facts,
}

impl<'a> Finder<'a> {
    fn truth(&self, node: &'a Node) -> Truth {
        let conditions = &self.policy.conditions;
        Run::new(self.facts, &conditions.lets, conditions.clauses.len()).truth(node)
    }

    /// The fewest clauses that must change so that a condition becomes what is wanted; `None` if nothing can.
    fn flips(&self, node: &'a Node, wanted: Truth, depth: usize) -> Option<Vec<&'a Node>> {
        if self.truth(node) == wanted {
            return Some(Vec::new());
        }
        if depth > crate::expr::limits::DEPTH * 2 {
            return Some(vec![node]);
        }
        let all = |nodes: &'a [Node]| {
            let parts = nodes.iter().map(|node| self.flips(node, wanted, depth + 1));
            parts.collect::<Option<Vec<_>>>().map(|parts| parts.concat())
        };
        let any = |nodes: &'a [Node]| {
            nodes
                .iter()
                .filter_map(|node| self.flips(node, wanted, depth + 1))
                .min_by_key(Vec::len)
        };
        match &node.what {
            What::And(nodes) if wanted == Truth::True => all(nodes),
            What::And(nodes) => any(nodes),
            What::Or(nodes) if wanted == Truth::True => any(nodes),
            What::Or(nodes) => all(nodes),
            What::Not(inner) => self.flips(inner, !wanted, depth + 1),
            What::Let(place) => self
                .policy
                .conditions
                .lets
                .get(*place)
                .and_then(|node| self.flips(node, wanted, depth + 1)),
            What::Const(_) => None,
            _ => Some(vec![node]),
        }
    }
}
