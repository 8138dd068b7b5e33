//! From what the policies bring to what is done: caps, the strongest content action, the rest without doubles.

use super::{Candidate, Pile};
use crate::action::{Action, ActionKind, Audience, Degree};
use crate::deploy::Caps;
use crate::outcome::{Chosen, Origin, Suppressed, Suppression};
use crate::set::Policy;

pub(super) fn choose(mut pile: Pile<'_>, caps: &Caps) -> (Vec<Chosen>, Vec<Suppressed>) {
    cap(&mut pile, caps);
    content(&mut pile);
    notices(&mut pile);
    let Pile {
        mut candidates,
        mut suppressed,
    } = pile;
    hide(&mut candidates);
    let kept = without_doubles(candidates, &mut suppressed);
    let mut chosen: Vec<Chosen> = kept.into_iter().map(Candidate::into_chosen).collect();
    // Stable: within a kind the order of policies stays.
    chosen.sort_by_key(|chosen| order(chosen.action.kind()));
    (chosen, suppressed)
}

fn order(kind: ActionKind) -> usize {
    const ORDER: [ActionKind; 10] = [
        ActionKind::Remove,
        ActionKind::Restrict,
        ActionKind::Label,
        ActionKind::Allow,
        ActionKind::Preserve,
        ActionKind::Enqueue,
        ActionKind::Share,
        ActionKind::Escalate,
        ActionKind::Notify,
        ActionKind::Suspend,
    ];
    ORDER
        .iter()
        .position(|known| *known == kind)
        .unwrap_or(ORDER.len())
}

/// Holds back what automation may not do any more in this hour. What a person decided is not counted against it.
fn cap(pile: &mut Pile<'_>, caps: &Caps) {
    let mut asked: Vec<&Policy> = Vec::new();
    let mut kept = Vec::with_capacity(pile.candidates.len());
    for candidate in std::mem::take(&mut pile.candidates) {
        let counted = candidate.action.kind().is_restrictive() && candidate.degree == Degree::Full;
        let why = if !counted {
            None
        } else if caps.all >= caps.brake {
            Some(Suppression::Brake {})
        } else if is_over(candidate.policy, caps) {
            Some(Suppression::Cap {})
        } else {
            None
        };
        match why {
            None => kept.push(candidate),
            Some(why) => {
                pile.suppress(candidate.policy, &candidate.action, why);
                if !asked.iter().any(|policy| policy.id == candidate.policy.id) {
                    asked.push(candidate.policy);
                }
            }
        }
    }
    pile.candidates = kept;
    for policy in asked {
        pile.ask(policy);
    }
}

fn is_over(policy: &Policy, caps: &Caps) -> bool {
    let done = caps.by_policy.get(&policy.id).copied().unwrap_or(0);
    // One is always allowed: of a few items every one is a large share.
    let share = ((policy.limits.of_traffic * caps.items as f64) as u64).max(1);
    done >= policy.limits.per_hour.min(share)
}

/// Of removals, restrictions and `allow` one wins: the strongest, then the widest and longest restriction, then the first
/// policy by id. Labels add up.
fn content(pile: &mut Pile<'_>) {
    let takes_part = |candidate: &Candidate<'_>| {
        matches!(
            candidate.action.kind(),
            ActionKind::Remove | ActionKind::Restrict | ActionKind::Allow
        )
    };
    let winner = pile
        .candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| takes_part(candidate))
        .min_by_key(|(_, candidate)| rank(&candidate.action))
        .map(|(place, candidate)| (place, candidate.policy, candidate.action.clone()));
    let Some((winner, by, action)) = winner else {
        return;
    };
    // `allow` loses to a label too.
    let label = pile
        .candidates
        .iter()
        .position(|candidate| candidate.action.kind() == ActionKind::Label);
    let (winner, by) = match label {
        Some(label) if action.kind() == ActionKind::Allow => (label, pile.candidates[label].policy),
        _ => (winner, by),
    };
    let mut kept = Vec::with_capacity(pile.candidates.len());
    for (place, candidate) in std::mem::take(&mut pile.candidates).into_iter().enumerate() {
        if place == winner || !takes_part(&candidate) {
            kept.push(candidate);
            continue;
        }
        let why = if candidate.action == action {
            Suppression::Same { by: by.id.clone() }
        } else {
            Suppression::Weaker { than: by.id.clone() }
        };
        pile.suppress(candidate.policy, &candidate.action, why);
    }
    pile.candidates = kept;
}

/// The less, the stronger.
fn rank(action: &Action) -> (u8, usize, u16) {
    let strength = u8::MAX - action.kind().strength().unwrap_or(0);
    match action {
        Action::Restrict { how, hours } => {
            let how = crate::action::Restriction::ALL
                .iter()
                .position(|known| known == how)
                .unwrap_or(usize::MAX);
            // Until somebody has looked is longer than any number of hours.
            (strength, how, u16::MAX - hours.unwrap_or(u16::MAX))
        }
        _ => (strength, 0, 0),
    }
}

/// Whose item is removed or restricted is told (Regulation (EU) 2022/2065, Art. 17).
fn notices(pile: &mut Pile<'_>) {
    let restricted = pile
        .candidates
        .iter()
        .find(|candidate| matches!(candidate.action.kind(), ActionKind::Remove | ActionKind::Restrict));
    let Some(policy) = restricted.map(|candidate| candidate.policy) else {
        return;
    };
    let notice = Action::Notify {
        audience: Audience::Author,
    };
    if !pile.candidates.iter().any(|candidate| candidate.action == notice) {
        pile.put(policy, notice, Degree::None, Origin::Engine);
    }
}

/// What one policy shows to nobody is shown to nobody, in whichever queue.
fn hide(candidates: &mut [Candidate<'_>]) {
    let hidden = candidates
        .iter()
        .any(|candidate| matches!(candidate.action, Action::Enqueue { preview: false, .. }));
    if !hidden {
        return;
    }
    for candidate in candidates {
        if let Action::Enqueue { preview, .. } = &mut candidate.action {
            *preview = false;
        }
    }
}

/// Whether two actions come to the same, so that one of them is enough.
fn same(a: &Action, b: &Action) -> bool {
    match (a, b) {
        (Action::Enqueue { queue: a, .. }, Action::Enqueue { queue: b, .. }) => a == b,
        (Action::Label { label: a, .. }, Action::Label { label: b, .. }) => a == b,
        (Action::Preserve { .. }, Action::Preserve { .. }) => true,
        (a, b) => a == b,
    }
}

/// Whether the first of two actions that come to the same is the one to keep.
fn stronger(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    match (&a.action, &b.action) {
        (Action::Enqueue { priority: x, .. }, Action::Enqueue { priority: y, .. }) => {
            // At the same priority the policy's own question is kept before the engine's.
            (x, a.origin == Origin::Policy) > (y, b.origin == Origin::Policy)
        }
        (Action::Preserve { days: x }, Action::Preserve { days: y }) => x > y,
        (Action::Label { days: x, .. }, Action::Label { days: y, .. }) => {
            x.unwrap_or(u16::MAX) > y.unwrap_or(u16::MAX)
        }
        _ => false,
    }
}

fn without_doubles<'s>(
    candidates: Vec<Candidate<'s>>,
    suppressed: &mut Vec<Suppressed>,
) -> Vec<Candidate<'s>> {
    let mut kept: Vec<Candidate<'s>> = Vec::with_capacity(candidates.len());
    for mut candidate in candidates {
        match kept
            .iter_mut()
            .find(|other| same(&other.action, &candidate.action))
        {
            None => kept.push(candidate),
            Some(other) => {
                if stronger(&candidate, other) {
                    std::mem::swap(other, &mut candidate);
                }
                // That the engine would have asked as well is no loss worth a line.
                if candidate.origin == Origin::Policy {
                    suppressed.push(Suppressed {
                        action: candidate.action,
                        policy: candidate.policy.id.clone(),
                        why: Suppression::Same {
                            by: other.policy.id.clone(),
                        },
                    });
                }
            }
        }
    }
    kept
}

impl Candidate<'_> {
    fn into_chosen(self) -> Chosen {
        Chosen {
            action: self.action,
            policy: self.policy.id.clone(),
            version: self.policy.version,
            clause: self.policy.clause.clone(),
            legal: self.policy.legal.clone(),
            automation: self.degree,
            origin: self.origin,
        }
    }
}
