//! What policies chose, as it is kept, told, and put before people.

use model::{CaseReason, Queue, Severity};
use policy::{Action, Chosen, Outcome, Priority};
use store::{Alike, NewAction, Review};

use super::lanes::InUse;

/// What is to be done, with the clause, the grounds and how far it was automated. That nothing is done needs no telling.
pub(super) fn actions(in_use: &InUse, outcome: &Outcome) -> Vec<NewAction> {
    let done = outcome
        .chosen
        .iter()
        .filter(|it| !matches!(it.action, Action::Allow {}));
    done.map(|it| NewAction {
        text: in_use.text(it.version),
        restrictive: it.action.kind().is_restrictive(),
        body: told(it).to_string(),
    })
    .collect()
}

fn told(it: &Chosen) -> serde_json::Value {
    // An action is an object of words and numbers, and always has a JSON form.
    let mut told = serde_json::to_value(&it.action).unwrap_or_default();
    if let Some(fields) = told.as_object_mut() {
        fields.extend([
            ("policy".to_owned(), it.policy.as_str().into()),
            ("clause".to_owned(), it.clause.as_str().into()),
            (
                "legal".to_owned(),
                it.legal.iter().map(|ground| ground.as_str()).collect(),
            ),
            ("automation".to_owned(), it.automation.name().into()),
        ]);
    }
    told
}

/// How policies ask for a person: as urgently as the most urgent of them.
pub(super) fn review(outcome: &Outcome) -> Option<Review> {
    let asked = outcome.chosen.iter().filter_map(|it| match it.action {
        Action::Enqueue { priority, .. } => Some(severity(priority)),
        Action::Escalate { .. } => Some(Severity::Critical),
        _ => None,
    });
    Some(Review {
        queue: Queue::Policy,
        entry: None,
        severity: asked.max()?,
        reasons: vec![CaseReason::Policy],
        alike: Alike::default(),
    })
}

const fn severity(priority: Priority) -> Severity {
    match priority {
        Priority::Low => Severity::Low,
        Priority::Normal => Severity::Medium,
        Priority::High => Severity::High,
        Priority::Urgent => Severity::Critical,
    }
}

/// How an item is put before people, that matching finds worth it, or a policy, or both: then in the queue of the match, as
/// urgently as the more urgent of them says.
pub fn joined(found: Option<Review>, asked: Option<Review>) -> Option<Review> {
    match (found, asked) {
        (Some(mut found), Some(asked)) => {
            // A low priority of a policy lowers nothing that was found.
            if asked.severity > found.severity {
                found.severity = asked.severity;
                found.reasons.extend(asked.reasons);
            }
            Some(found)
        }
        (found, asked) => found.or(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_urgent_says_how_soon_and_the_match_where() {
        let review = |queue, severity| {
            Some(Review {
                queue,
                entry: None,
                severity,
                reasons: vec![CaseReason::Near],
                alike: Alike::default(),
            })
        };
        let found = review(Queue::Match, Severity::Medium);
        let both = joined(found.clone(), review(Queue::Policy, Severity::Critical)).unwrap();
        assert_eq!((both.queue, both.severity), (Queue::Match, Severity::Critical));
        let calm = review(Queue::Policy, Severity::Low);
        assert_eq!(joined(found.clone(), calm.clone()), found);
        assert_eq!(joined(None, calm.clone()), calm);
        assert_eq!(joined(None, None), None);
    }
}
