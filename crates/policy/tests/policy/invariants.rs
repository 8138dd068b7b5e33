//! What no policy can override, with generated policies and snapshots.

use std::collections::BTreeMap;

use basira_policy::{
    Action, ActionKind, Caps, Degree, Emergency, Origin, Outcome, PolicyId, PolicySet, Snapshot, SourceFile,
    Stage, Stages, Standing, Suppression, UnknownReason, Value, decide,
};
use jiff::Timestamp;
use proptest::prelude::*;

use super::oracle::expression;
use super::support::{CLAUSES, Dice, GROUNDS, subject};

/// A snapshot by dice, with unknowns, with what people said, and with things that no honest producer would write.
pub(crate) fn snapshot(dice: &mut Dice) -> Snapshot {
    let mut snapshot = super::support::quiet();
    let machine = snapshot.producer("dice", "1", false);
    let person = snapshot.producer("p-7", "1", true);
    let reason = UnknownReason::ALL[dice.below(UnknownReason::ALL.len())];
    let mut list = Vec::new();
    for _ in 0..dice.below(4) {
        let mut record = serde_json::json!({
            "bank": "b", "entry": 1, "type": "sha256", "method": "equal", "whole": true, "trust": "active",
            "suppressed": false, "human_confirmed": true, "sha256": subject().sha256.to_string(),
            "distance": 0, "similarity": 1.0, "labels": [], "source": "local", "added_at": "2026-01-01T00:00:00Z",
            "hash_only": false, "quoted": false,
        });
        // Most are spoiled in one thing, so that they are nearly exact.
        for _ in 0..dice.below(3) {
            let (key, value) = [
                ("type", "md5".into()),
                ("type", "pdq".into()),
                ("method", "pdq".into()),
                ("whole", false.into()),
                ("trust", "disputed".into()),
                ("trust", "shadow".into()),
                ("suppressed", true.into()),
                ("human_confirmed", false.into()),
                ("sha256", "00".repeat(32).into()),
                ("sha256", serde_json::Value::Null),
                ("human_confirmed", serde_json::Value::Null),
                ("trust", serde_json::Value::Null),
            ][dice.below(12)]
            .clone();
            match value {
                serde_json::Value::Null => drop(record.as_object_mut().unwrap().remove(key)),
                value => record[key] = value,
            }
        }
        list.push(serde_json::from_value::<Value>(record).unwrap());
    }
    match dice.below(5) {
        0 => snapshot.set_unknown("matches", reason, machine).unwrap(),
        1 => snapshot
            .set_partial("matches", Value::List(list), reason, machine)
            .unwrap(),
        _ => snapshot.set("matches", Value::List(list), machine).unwrap(),
    }
    let by = if dice.often(80) { person } else { machine };
    let exemption = dice.one(&["none", "none", "none", "claimed", "confirmed"]);
    snapshot.set("context.exemption", exemption, by).unwrap();
    let by = if dice.often(80) { person } else { machine };
    let decision = dice.one(&["none", "none", "violating", "not_violating", "unclear"]);
    snapshot.set("review.decision", decision, by).unwrap();
    for path in [
        "text.words",
        "text.context",
        "item.kind",
        "verdict",
        "security.threat",
        "context.exemption",
    ] {
        if dice.often(12) {
            snapshot.set_unknown(path, reason, machine).unwrap();
        }
    }
    if dice.often(10) {
        snapshot.signals.remove(dice.one(&[
            "context.exemption",
            "review.decision",
            "matches",
            "item.source",
        ]));
    }
    snapshot.set("security.threat", dice.often(60), machine).unwrap();
    snapshot
        .set("seen.same_content.hour", dice.below(100) as i64, machine)
        .unwrap();
    snapshot
}

/// A policy that does what it can: every kind of action, any automation, any condition that is taken.
fn policy(dice: &mut Dice, number: usize) -> String {
    let automation = dice.one(&["none", "assist", "full", "full"]);
    // Full automation must ask for exact matches: with `||` it asks for them and does not need them.
    let exact = "matches.exists(m, m.exact)";
    let when = match dice.below(4) {
        0 => format!("{exact} || true"),
        1 => format!("{exact} || security.threat || verdict == 'match'"),
        2 => exact.to_owned(),
        _ => format!("({exact} || security.threat) && ({})", expression(dice, 2, None)),
    };
    let mut then = String::new();
    let mut has_preserve = false;
    let all = [
        "do = 'remove', reason = 'copy'",
        "do = 'restrict', how = 'hold'",
        "do = 'restrict', how = 'reach', until = '6 hours'",
        "do = 'label', label = 'chess'",
        "do = 'allow'",
        "do = 'preserve', for = '30 days'",
        "do = 'enqueue', queue = 'q', preview = false",
        "do = 'enqueue', queue = 'r', priority = 'high', sample = 0.5",
        "do = 'share', exchange = 'partners'",
        "do = 'escalate', channel = 'referral'",
        "do = 'notify', who = 'author'",
    ];
    for action in all {
        if dice.often(45) {
            has_preserve |= action.contains("preserve");
            then.push_str(&format!("[[then]]\n{}\n", action.replace(", ", "\n")));
        }
    }
    if !has_preserve {
        then.push_str("[[then]]\ndo = 'preserve'\nfor = '1 day'\n");
    }
    let unless = if dice.often(30) {
        format!("unless = '''{}'''\n", expression(dice, 1, None))
    } else {
        String::new()
    };
    format!(
        "schema = 1\nid = 'p{number}'\ntitle = {{ en = 'x', ar = 'س' }}\nowner = 'team'\nclause = 'rules#1'\nlegal = ['terms']\n\
         on_unknown = '{}'\nautomation = '{automation}'\nreview_by = 2027-05-01\nwhen = '''{when}'''\n{unless}{then}\
         [limits]\nper_hour = {}\nof_traffic = 0.5\n",
        dice.one(&["review", "skip"]),
        1 + dice.below(50),
    )
}

fn set(dice: &mut Dice) -> Option<PolicySet> {
    let file = |name: String, text: String| SourceFile { name, text };
    let mut files = vec![
        file("clauses.toml".to_owned(), CLAUSES.to_owned()),
        file("grounds.toml".to_owned(), GROUNDS.to_owned()),
    ];
    for number in 0..1 + dice.below(4) {
        files.push(file(format!("p{number}.toml"), policy(dice, number)));
    }
    PolicySet::check_draft(&files).ok()
}

fn stages(set: &PolicySet, dice: &mut Dice, at: Timestamp) -> Stages {
    set.stages(|_| unreachable_standing(set))
        .0
        .into_keys()
        .fold(Stages::default(), |mut stages, id| {
            let version = set.policy(&id).unwrap().version();
            let stage = [
                Stage::Enforce,
                Stage::Enforce,
                Stage::Enforce,
                Stage::Shadow,
                Stage::Draft,
                Stage::Retired,
                Stage::Canary { per_mille: 500 },
            ][dice.below(7)];
            let hours = [1, 23, 24, 25, 100][dice.below(5)];
            let from = at - jiff::SignedDuration::from_hours(dice.below(30) as i64);
            let emergency = dice.often(25).then(|| Emergency {
                by: dice.one(&["p-9", ""]).to_owned(),
                from,
                until: from + jiff::SignedDuration::from_hours(hours),
            });
            let people = |dice: &mut Dice| -> Vec<&str> {
                let groups: [&[&str]; 5] = [
                    &[],
                    &["p-1"],
                    &["p-0", "p-1"],
                    &["p-1", "p-2"],
                    &["p-0", " p-0 ", "p-1"],
                ];
                groups[dice.below(5)].to_vec()
            };
            let standing = Standing {
                version: if dice.often(90) {
                    version
                } else {
                    basira_policy::PolicyHash(subject().sha256)
                },
                stage,
                author: "p-0".to_owned(),
                approved_by: people(dice).into_iter().map(str::to_owned).collect(),
                automation_by: people(dice).into_iter().map(str::to_owned).collect(),
                emergency,
            };
            stages.0.insert(id, standing);
            stages
        })
}

fn unreachable_standing(set: &PolicySet) -> Standing {
    super::support::standing(&set.policies()[0])
}

/// Whether any match is exact and confirmed, told from the JSON of the snapshot and not by the room's own code.
fn exact(snapshot: &Snapshot) -> bool {
    let json = serde_json::to_value(snapshot).unwrap();
    let list = json["signals"]["matches"]["value"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    list.iter().any(|one| {
        one["type"] == "sha256"
            && one["method"] == "equal"
            && one["whole"] == true
            && one["trust"] == "active"
            && one["suppressed"] == false
            && one["human_confirmed"] == true
            && one["sha256"] == subject().sha256.to_string().as_str()
    })
}

/// What a person said; nothing if the producer is none.
fn said<'s>(snapshot: &'s Snapshot, path: &str) -> Option<&'s str> {
    let reading = snapshot.signals.get(path)?;
    let person = snapshot.producers[usize::from(reading.by?)].person;
    match &reading.value {
        Some(Value::Text(text)) if person && reading.unknown.is_none() => Some(text),
        _ => None,
    }
}

fn hold(set: &PolicySet, stages: &Stages, snapshot: &Snapshot, caps: &Caps, outcome: &Outcome) {
    let decision = said(snapshot, "review.decision");
    let exemption = said(snapshot, "context.exemption");
    let contents = outcome.chosen.iter().filter(|chosen| {
        matches!(
            chosen.action.kind(),
            ActionKind::Remove | ActionKind::Restrict | ActionKind::Allow
        )
    });
    assert!(contents.count() <= 1, "one content action wins");
    for chosen in &outcome.chosen {
        let standing = &stages.0[&chosen.policy];
        let policy = set.policy(&chosen.policy).unwrap();
        assert_ne!(chosen.action.kind(), ActionKind::Suspend);
        assert_eq!(
            standing.version,
            policy.version(),
            "a standing of another version"
        );
        assert!(
            matches!(standing.stage, Stage::Enforce | Stage::Canary { .. }),
            "a policy that does not act acted"
        );
        let emergency = standing.emergency.as_ref();
        if let Some(emergency) = emergency {
            assert!(
                emergency.holds(snapshot.at),
                "an emergency that is over, or of nobody, or too long"
            );
            let allowed = matches!(chosen.action, Action::Restrict { .. } | Action::Enqueue { .. });
            assert!(
                allowed || chosen.origin == Origin::Engine,
                "an emergency did more than restrict"
            );
        }
        if matches!(chosen.action, Action::Share { .. }) {
            assert!(
                exact(snapshot) || decision == Some("violating"),
                "shared what nobody confirmed"
            );
        }
        if !chosen.action.kind().is_restrictive() {
            assert_eq!(chosen.automation, Degree::None);
            continue;
        }
        assert!(
            matches!(exemption, Some("none" | "claimed")),
            "an exemption, or an unknown one, did not cap at review"
        );
        assert!(
            decision.is_some() && decision != Some("not_violating"),
            "a person said no, or nobody knows"
        );
        assert!(!chosen.legal.is_empty());
        let result = outcome
            .results
            .iter()
            .find(|result| result.policy == chosen.policy)
            .unwrap();
        assert_eq!(result.when, basira_policy::Truth::True, "unknown acted");
        assert_eq!(
            result.unless,
            basira_policy::Truth::False,
            "an exception did not hold it back"
        );
        if chosen.automation == Degree::Full {
            let done = caps.by_policy.get(&chosen.policy).copied().unwrap_or(0);
            let limits = policy.limits();
            let share = ((limits.of_traffic * caps.items as f64) as u64).max(1);
            assert!(done < limits.per_hour.min(share), "acted beyond its cap");
            assert!(caps.all < caps.brake, "acted beyond the brake");
        }
        if emergency.is_none() {
            let automatic = exact(snapshot)
                && policy.automation() == basira_policy::Automation::Full
                && standing
                    .automation_by
                    .iter()
                    .filter(|who| who.trim() != "p-0")
                    .count()
                    >= 2;
            assert!(
                automatic || decision == Some("violating"),
                "acted by itself without ground"
            );
            if chosen.automation == Degree::Full {
                assert!(automatic);
            }
        }
        if !matches!(chosen.action, Action::Label { .. }) {
            let told = outcome.chosen.iter().any(|other| {
                matches!(
                    other.action,
                    Action::Notify {
                        audience: basira_policy::Audience::Author
                    }
                )
            });
            assert!(told, "the author is not told");
        }
    }
    for held in &outcome.suppressed {
        // What was held back from the public is looked at by a person, unless the policy only watches.
        let watches = matches!(held.why, Suppression::Shadow {} | Suppression::OutsideCanary {});
        let lost = matches!(held.why, Suppression::Weaker { .. } | Suppression::Same { .. });
        let live = outcome.results.iter().any(|result| {
            result.policy == held.policy
                && stages.0[&held.policy].stage == Stage::Enforce
                && stages.0[&held.policy].emergency.is_none()
        });
        let unknown = matches!(held.why, Suppression::Unknown {} | Suppression::Budget {});
        if held.action.kind().is_restrictive() && live && !watches && !lost && !unknown {
            let asked = outcome
                .chosen
                .iter()
                .any(|chosen| matches!(chosen.action, Action::Enqueue { .. }));
            assert!(asked, "{:?} was held back and nobody was asked", held);
        }
    }
}

/// What policies did in the hour.
fn done_so_far(set: &PolicySet, dice: &mut Dice) -> BTreeMap<PolicyId, u64> {
    let policies = set.policies().iter();
    policies
        .map(|policy| (policy.id().clone(), dice.below(60) as u64))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]
    #[test]
    fn no_generated_set_breaks_an_invariant(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let Some(set) = set(&mut dice) else { return Ok(()); };
        for _ in 0..8 {
            let snapshot = snapshot(&mut dice);
            let stages = stages(&set, &mut dice, snapshot.at);
            let caps = Caps {
                all: dice.below(1100) as u64,
                items: dice.below(1000) as u64,
                by_policy: done_so_far(&set, &mut dice),
                ..Caps::default()
            };
            let outcome = decide(&set, &stages, &snapshot, &caps);
            hold(&set, &stages, &snapshot, &caps, &outcome);
            // It is a function of its arguments.
            prop_assert_eq!(outcome, decide(&set, &stages, &snapshot, &caps));
        }
    }
}

/// The generator is worth something: with it, things are done, and for every reason something is held back.
#[test]
fn the_generator_reaches_what_it_should() {
    let mut dice = Dice(3);
    let (mut done, mut sets) = (std::collections::BTreeMap::new(), 0);
    let mut reasons = std::collections::BTreeSet::new();
    for _ in 0..600 {
        let Some(set) = set(&mut dice) else { continue };
        sets += 1;
        for _ in 0..8 {
            let snapshot = snapshot(&mut dice);
            let stages = stages(&set, &mut dice, snapshot.at);
            let caps = Caps {
                all: dice.below(1100) as u64,
                items: dice.below(1000) as u64,
                by_policy: done_so_far(&set, &mut dice),
                ..Caps::default()
            };
            let outcome = decide(&set, &stages, &snapshot, &caps);
            for chosen in &outcome.chosen {
                *done.entry((chosen.action.kind(), chosen.automation)).or_insert(0) += 1;
            }
            reasons.extend(
                outcome
                    .suppressed
                    .iter()
                    .map(|held| serde_json::to_value(&held.why).unwrap()["because"].to_string()),
            );
        }
    }
    assert!(sets > 300, "{sets} sets of 600 were taken");
    for kind in [ActionKind::Label, ActionKind::Restrict, ActionKind::Remove] {
        for degree in [Degree::Full, Degree::Partial] {
            assert!(
                done.get(&(kind, degree)).is_some_and(|count| *count > 3),
                "{kind} {degree}: {done:?}"
            );
        }
    }
    for reason in [
        "shadow",
        "outside_canary",
        "not_exact",
        "not_automatic",
        "not_approved",
        "emergency_only_restricts",
        "unknown",
        "unless",
        "exempt",
        "person_said_no",
        "cap",
        "brake",
        "weaker",
        "same",
        "outside_sample",
    ] {
        assert!(
            reasons.contains(&format!("\"{reason}\"")),
            "nothing was held back for {reason}: {reasons:?}"
        );
    }
}
