//! Which groups of a case are shown in full, and which are listed to be confirmed together.
//!
//! Groups that are as much like the entry, and stand among the same, are a *kind*. Of a kind one is looked at: the one that
//! was decided, or the first. The others are listed, each with how it was found, and the decision is confirmed for them in
//! one form; whoever doubts one of them opens it and decides it apart.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{DecisionId, DecisionState, ItemId, Likeness};
use store::{CaseAction, CaseDecision, Group};

/// Groups that are shown in full at most.
const FULL: usize = 20;

/// Groups that are listed for one decision.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// How much of them is what they were found by.
    pub(super) likeness: Likeness,
    /// The label of what they stand among.
    pub(super) surroundings: Option<String>,
    /// The decision that can be confirmed for them.
    pub(super) decision: Option<DecisionId>,
    /// Those that nobody has decided, but for those that are shown in full.
    pub(super) open: Vec<Group>,
}

/// What becomes of the groups of a case on its page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arranged {
    /// Those that are shown in full.
    pub(super) full: Vec<Group>,
    /// Those that are listed.
    pub(super) kinds: Vec<Kind>,
}

/// Arranges groups, in their order; `wanted` is the first item of one that is to be shown in full in any case.
pub(super) fn arrange(groups: Vec<Group>, decisions: &[CaseDecision], wanted: Option<ItemId>) -> Arranged {
    let by_id: HashMap<DecisionId, &CaseDecision> = decisions.iter().map(|it| (it.id, it)).collect();
    let mut kinds: BTreeMap<(Likeness, Option<String>), Vec<Group>> = BTreeMap::new();
    for group in groups {
        let key = (group.alike.likeness, group.alike.surroundings.clone());
        kinds.entry(key).or_default().push(group);
    }
    let mut arranged = Arranged::default();
    for ((likeness, surroundings), groups) in kinds {
        let own = |group: &Group| {
            let decision = by_id.get(&group.decision?)?;
            decision.confirms.is_none().then_some(*decision)
        };
        let confirmable = groups
            .iter()
            .filter_map(own)
            .filter(|decision| may_confirm(decision, likeness))
            .max_by_key(|decision| decision.id);
        let mut shown: HashSet<ItemId> = groups
            .iter()
            .filter(|it| own(it).is_some())
            .map(|it| it.first)
            .collect();
        if confirmable.is_none() {
            // One is looked at, whatever was decided about others.
            shown.extend(groups.iter().find(|it| it.is_open()).map(|it| it.first));
        }
        shown.extend(groups.iter().filter(|it| it.ruled.is_some()).map(|it| it.first));
        shown.extend(wanted);
        let mut kind = Kind {
            likeness,
            surroundings,
            decision: confirmable.map(|decision| decision.id),
            open: Vec::new(),
        };
        for group in groups {
            if shown.contains(&group.first) {
                arranged.full.push(group);
            } else if group.is_open() {
                kind.open.push(group);
            }
        }
        if !kind.open.is_empty() {
            arranged.kinds.push(kind);
        }
    }
    // What is to be decided stands first.
    arranged
        .full
        .sort_by_key(|group| (Some(group.first) != wanted, !group.is_open(), group.first));
    arranged.full.truncate(FULL);
    arranged
}

/// Whether a decision can be confirmed for others of its kind, as [`store::Store::confirm_group`] has it.
fn may_confirm(decision: &CaseDecision, likeness: Likeness) -> bool {
    let outcome = decision.ruling.outcome();
    let asks = decision.action.as_ref().is_some_and(CaseAction::asks) || outcome.needs_two();
    matches!(decision.state, DecisionState::Draft | DecisionState::Effective)
        && outcome.settles()
        && !outcome.seals()
        && !(asks && likeness == Likeness::Part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use model::{CaseId, DecisionOutcome, Exemption, PersonId, Ruling, Sha256};
    use store::Alike;

    fn group(first: u8, likeness: Likeness, decision: Option<i64>) -> Group {
        Group {
            sha256: Sha256::new([first; 32]),
            members: 1,
            first: ItemId(i64::from(first)),
            alike: Alike {
                likeness,
                surroundings: None,
            },
            decision: decision.map(DecisionId),
            ruled: None,
        }
    }

    fn decision(id: i64, outcome: DecisionOutcome, confirms: Option<i64>) -> CaseDecision {
        let exemption = (outcome == DecisionOutcome::Exempt).then_some(Exemption::News);
        let action = CaseAction {
            action: "{\"do\":\"remove\",\"reason\":\"rules#1\"}".to_owned(),
            clause: "rules#1".to_owned(),
            scope: Vec::new(),
            until: None,
        };
        CaseDecision {
            id: DecisionId(id),
            case: CaseId(1),
            sha256: Sha256::new([0; 32]),
            ruling: Ruling::new(outcome, exemption, None).unwrap(),
            note: None,
            person: PersonId(1),
            state: DecisionState::Effective,
            decided_at: Timestamp::UNIX_EPOCH,
            settles_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            action: outcome.has_action().then_some(action),
            confirms: confirms.map(DecisionId),
            bank: None,
            entry: None,
            needs_two: false,
            seconded_by: None,
        }
    }

    fn firsts(groups: &[Group]) -> Vec<i64> {
        groups.iter().map(|group| group.first.0).collect()
    }

    #[test]
    fn one_of_a_kind_is_looked_at_and_the_others_are_confirmed() {
        use Likeness::{Part, Whole};
        let groups = || {
            vec![
                group(1, Whole, None),
                group(2, Whole, None),
                group(3, Part, None),
                group(4, Part, None),
            ]
        };
        let arranged = arrange(groups(), &[], None);
        assert_eq!(firsts(&arranged.full), [1, 3]);
        assert!(arranged.kinds.iter().all(|kind| kind.decision.is_none()));
        // Decided: whole copies can be confirmed.
        let decided = vec![
            group(1, Whole, Some(7)),
            group(2, Whole, None),
            group(3, Whole, Some(8)),
        ];
        let decisions = [
            decision(7, DecisionOutcome::Violating, None),
            decision(8, DecisionOutcome::Violating, Some(7)),
        ];
        let arranged = arrange(decided.clone(), &decisions, None);
        assert_eq!(
            firsts(&arranged.full),
            [1],
            "what is confirmed already is not looked at"
        );
        assert_eq!(arranged.kinds[0].decision, Some(DecisionId(7)));
        assert_eq!(firsts(&arranged.kinds[0].open), [2]);
        // Whoever doubts one looks at it.
        let arranged = arrange(decided, &decisions, Some(ItemId(2)));
        assert_eq!(firsts(&arranged.full), [2, 1]);
        assert!(arranged.kinds.is_empty());
    }

    #[test]
    fn an_action_is_not_confirmed_for_parts_and_an_exemption_is() {
        use Likeness::Part;
        for (outcome, confirmed) in [
            (DecisionOutcome::Violating, None),
            (DecisionOutcome::Exempt, Some(7)),
        ] {
            let groups = vec![
                group(1, Part, Some(7)),
                group(2, Part, None),
                group(3, Part, None),
            ];
            let arranged = arrange(groups, &[decision(7, outcome, None)], None);
            assert_eq!(arranged.kinds[0].decision, confirmed.map(DecisionId), "{outcome}");
            assert_eq!(
                firsts(&arranged.full).len(),
                if confirmed.is_some() { 1 } else { 2 }
            );
        }
    }
}
