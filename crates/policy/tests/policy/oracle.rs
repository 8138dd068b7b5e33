//! Our evaluator against that of the crate `cel`: on inputs without unknowns they agree on every expression of the subset.

use std::collections::HashMap;
use std::sync::Arc;

use basira_policy::{Condition, Facts, FindingFact, MatchFact, Snapshot, Truth, Value};
use cel::{Context, Program, Value as CelValue};
use jiff::Timestamp;
use model::{Sha256, Trust};

use super::support::{Dice, subject};

const TIMES: [&str; 3] = [
    "2026-12-01T00:00:00Z",
    "2026-12-31T22:00:00Z",
    "2026-11-27T03:00:00Z",
];
const TEXTS: [&str; 8] = [
    "ar",
    "en",
    "",
    "news-chess",
    "شطرنج",
    "own-verified",
    "chess.example",
    "sub.chess.example",
];

/// A snapshot without unknowns, by dice.
fn snapshot(dice: &mut Dice) -> Snapshot {
    let mut snapshot = super::support::quiet();
    let by = snapshot.producer("dice", "1", true);
    let text = |dice: &mut Dice| dice.one(&TEXTS).to_owned();
    let time = |dice: &mut Dice| -> Timestamp { dice.one(&TIMES).parse().unwrap() };
    let mut matches = Vec::new();
    for _ in 0..dice.below(4) {
        let exact = dice.often(40);
        matches.push(Value::from(MatchFact {
            bank: text(dice),
            entry: dice.below(5) as i64,
            kind: (if exact {
                "sha256"
            } else {
                dice.one(&["pdq", "url", "text_passages"])
            })
            .to_owned(),
            method: (if exact {
                "equal"
            } else {
                dice.one(&["pdq", "passage"])
            })
            .to_owned(),
            sha256: Some(if exact {
                subject().sha256
            } else {
                Sha256::new([9; 32])
            }),
            whole: dice.often(70),
            distance: Some(dice.below(33) as i64),
            similarity: Some(dice.below(5) as f64 / 4.0),
            human_confirmed: Some(dice.often(50)),
            trust: if dice.often(70) {
                Trust::Active
            } else {
                Trust::Shadow
            },
            suppressed: dice.often(20),
            labels: (0..dice.below(3)).map(|_| text(dice)).collect(),
            source: text(dice),
            added_at: time(dice),
            hash_only: dice.often(20),
            quoted: Some(dice.often(50)),
        }));
    }
    let findings = (0..dice.below(3)).map(|_| {
        Value::from(FindingFact {
            kind: dice.one(&["url", "invite", "handle"]).to_owned(),
            platform: Some(text(dice)),
            host: Some(text(dice)),
            digest: Some(String::new()),
            quoted: Some(dice.often(50)),
        })
    });
    let findings: Vec<Value> = findings.collect();
    let set: Vec<(&str, Value)> = vec![
        ("matches", Value::List(matches)),
        ("findings", Value::List(findings)),
        ("item.kind", dice.one(&["post", "comment", "file"]).into()),
        ("item.language", text(dice).into()),
        ("item.source", text(dice).into()),
        ("item.url_host", text(dice).into()),
        ("item.received_at", time(dice).into()),
        ("item.bytes", (dice.below(4) as i64).into()),
        (
            "item.jurisdictions",
            (0..dice.below(3)).map(|_| text(dice)).collect::<Vec<_>>().into(),
        ),
        ("text.words", (dice.below(4) as i64).into()),
        ("text.terms", (dice.below(4) as i64).into()),
        ("text.quoted", (dice.below(5) as f64 / 4.0).into()),
        (
            "text.context",
            dice.one(&["reporting", "mixed", "unclear"]).into(),
        ),
        ("verdict", dice.one(&["match", "no_match", "incomplete"]).into()),
        ("security.threat", dice.often(50).into()),
    ];
    for (path, value) in set {
        snapshot.set(path, value, by).unwrap();
    }
    snapshot
}

fn cel_time(text: &str) -> CelValue {
    let program = Program::compile(&format!("timestamp('{text}')")).unwrap();
    program.execute(&Context::default()).unwrap()
}

fn cel_value(value: &Value, is_time: bool) -> CelValue {
    match value {
        Value::Bool(value) => CelValue::Bool(*value),
        Value::Int(value) => CelValue::Int(*value),
        Value::Number(value) => CelValue::Float(*value),
        Value::Text(text) if is_time => cel_time(text),
        Value::Text(text) => CelValue::String(Arc::new(text.clone())),
        Value::List(list) => CelValue::List(Arc::new(
            list.iter().map(|value| cel_value(value, false)).collect(),
        )),
        Value::Record(fields) => {
            let mut map: HashMap<String, CelValue> = fields
                .iter()
                .map(|(name, value)| (name.clone(), cel_value(value, name == "added_at")))
                .collect();
            if let Some(Value::Text(kind)) = fields.get("type") {
                let is = |name: &str, wanted: &Value| fields.get(name) == Some(wanted);
                let exact = kind == "sha256"
                    && is("method", &"equal".into())
                    && is("whole", &true.into())
                    && is("trust", &"active".into())
                    && is("suppressed", &false.into())
                    && is("sha256", &subject().sha256.to_string().into());
                map.insert("exact".to_owned(), CelValue::Bool(exact));
            }
            map.into()
        }
    }
}

/// The same snapshot as variables of cel: paths become maps within maps.
fn context(snapshot: &Snapshot) -> Context<'static, 'static> {
    #[derive(Default)]
    struct Tree(HashMap<String, Tree>, Option<CelValue>);
    impl Tree {
        fn value(self) -> CelValue {
            self.1.unwrap_or_else(|| {
                self.0
                    .into_iter()
                    .map(|(name, tree)| (name, tree.value()))
                    .collect::<HashMap<_, _>>()
                    .into()
            })
        }
    }
    let mut root = Tree::default();
    for (path, reading) in &snapshot.signals {
        let mut at = &mut root;
        for name in path.split('.') {
            at = at.0.entry(name.to_owned()).or_default();
        }
        let value = reading.value.as_ref().unwrap();
        at.1 = Some(cel_value(value, path == "item.received_at"));
    }
    let mut context = Context::default();
    for (name, tree) in root.0 {
        context.add_variable_from_value(name, tree.value());
    }
    let now = cel_time(&snapshot.at.to_string());
    context
        .add_function("olderThan", move |time: CelValue, age: CelValue| {
            match (&now, &time, &age) {
                (CelValue::Timestamp(now), CelValue::Timestamp(time), CelValue::Duration(age)) => {
                    *now - *time > *age
                }
                _ => false,
            }
        })
        .unwrap();
    context
        .add_function("domainIn", |host: Arc<String>, names: Arc<Vec<CelValue>>| {
            names.iter().any(|name| match name {
                CelValue::String(name) => *host == **name || host.ends_with(&format!(".{name}")),
                _ => false,
            })
        })
        .unwrap();
    context
}

/// An expression of the subset, by dice. `var` is the variable of the loop that it stands in.
pub(crate) fn expression(dice: &mut Dice, depth: usize, var: Option<&str>) -> String {
    if depth == 0 || dice.often(25) {
        return leaf(dice, depth, var);
    }
    let inner = |dice: &mut Dice| expression(dice, depth - 1, var);
    match dice.below(7) {
        0 | 1 => (0..2 + dice.below(3))
            .map(|_| format!("({})", inner(dice)))
            .collect::<Vec<_>>()
            .join(" && "),
        2 | 3 => (0..2 + dice.below(3))
            .map(|_| format!("({})", inner(dice)))
            .collect::<Vec<_>>()
            .join(" || "),
        4 => format!("!({})", inner(dice)),
        5 => format!("({}) ? ({}) : ({})", inner(dice), inner(dice), inner(dice)),
        _ => format!("({}) {} ({})", inner(dice), dice.one(&["==", "!="]), inner(dice)),
    }
}

fn leaf(dice: &mut Dice, depth: usize, var: Option<&str>) -> String {
    let order = |dice: &mut Dice| dice.one(&["==", "!=", "<", "<=", ">", ">="]).to_owned();
    let equal = |dice: &mut Dice| dice.one(&["==", "!="]).to_owned();
    let text = |dice: &mut Dice| format!("'{}'", dice.one(&TEXTS));
    let texts = |dice: &mut Dice| {
        let list: Vec<_> = (0..1 + dice.below(3)).map(|_| text(dice)).collect();
        format!("[{}]", list.join(", "))
    };
    let string = |dice: &mut Dice| match var {
        Some("m") if dice.often(70) => format!("m.{}", dice.one(&["bank", "source"])),
        Some("f") if dice.often(70) => format!("f.{}", dice.one(&["platform", "host"])),
        Some("j") if dice.often(70) => "j".to_owned(),
        _ => dice
            .one(&["item.language", "item.source", "item.url_host"])
            .to_owned(),
    };
    let function = |dice: &mut Dice| dice.one(&["contains", "startsWith", "endsWith"]).to_owned();
    match (var, dice.below(16)) {
        (None, 0) if depth > 0 => {
            let (list, var) =
                [("matches", "m"), ("findings", "f"), ("item.jurisdictions", "j")][dice.below(3)];
            format!(
                "{list}.{}({var}, {})",
                dice.one(&["exists", "all"]),
                expression(dice, depth.min(2), Some(var))
            )
        }
        (Some("m"), 0 | 1) => {
            format!(
                "m.{}",
                dice.one(&[
                    "exact",
                    "whole",
                    "human_confirmed",
                    "suppressed",
                    "quoted",
                    "hash_only"
                ])
            )
        }
        (Some("m"), 2) => format!("m.distance {} {}", order(dice), dice.below(33)),
        (Some("m"), 3) => format!(
            "m.similarity {} {}",
            order(dice),
            dice.one(&["0.25", "0.5", "1", "0"])
        ),
        (Some("m"), 4) => format!("m.type {} '{}'", equal(dice), dice.one(&["pdq", "sha256", "url"])),
        (Some("m"), 5) => format!("{} in m.labels", text(dice)),
        (Some("m"), 6) => format!(
            "olderThan(m.added_at, duration('{}'))",
            dice.one(&["2h", "72h", "1h30m", "0s"])
        ),
        (Some("f"), 0) => "f.quoted".to_owned(),
        (Some("f"), 1) => format!(
            "domainIn(f.host, {})",
            dice.one(&["['chess.example']", "['a.example', 'sub.chess.example']"])
        ),
        (Some("j"), 0) => format!("j {} {}", equal(dice), text(dice)),
        (_, 1) => format!("text.words {} {}", order(dice), dice.below(4)),
        (_, 2) => format!(
            "{} {} text.quoted",
            dice.one(&["0.25", "0.5", "0", "1"]),
            order(dice)
        ),
        (_, 3) => format!(
            "text.context {} '{}'",
            equal(dice),
            dice.one(&["reporting", "mixed"])
        ),
        (_, 4) => format!(
            "item.kind in {}",
            dice.one(&["['post']", "['post', 'file']", "['comment', 'file', 'page']"])
        ),
        (_, 5) => format!("{} in {}", string(dice), texts(dice)),
        (_, 6) => format!("{} {} {}", string(dice), equal(dice), text(dice)),
        (_, 7) => format!("{}.{}({})", string(dice), function(dice), text(dice)),
        (_, 8) => format!(
            "{}.matches('{}')",
            string(dice),
            dice.one(&["^news-", "ch[aeiou]ss", "شطر", "^$", "[a-z]+\\\\.example$"])
        ),
        (_, 9) => format!("size(matches) {} {}", order(dice), dice.below(4)),
        (_, 10) => format!(
            "has({})",
            dice.one(&["text.words", "item.kind", "seen.same_link.day"])
        ),
        (_, 11) => format!(
            "item.received_at {} timestamp('{}')",
            order(dice),
            dice.one(&TIMES)
        ),
        (_, 12) => format!("text.words {} text.terms", order(dice)),
        (_, 13) => format!("{} in item.jurisdictions", string(dice)),
        (_, 14) => format!(
            "text.words {} (security.threat ? 1 : {})",
            order(dice),
            dice.below(4)
        ),
        (_, 15) => format!("text.words in [{}, {}]", dice.below(4), dice.below(4)),
        _ => dice
            .one(&["security.threat", "true", "false", "verdict == 'match'"])
            .to_owned(),
    }
}

#[test]
fn on_inputs_without_unknowns_the_crate_cel_says_the_same() {
    const SNAPSHOTS: usize = 40;
    const EACH: usize = 300;
    let mut dice = Dice(6);
    let (mut held, mut agreed) = (0, 0);
    for _ in 0..SNAPSHOTS {
        let snapshot = snapshot(&mut dice);
        snapshot.check().unwrap();
        let facts = Facts::of(&snapshot);
        let context = context(&snapshot);
        for _ in 0..EACH {
            let source = expression(&mut dice, 3, None);
            let ours = match Condition::check(&source) {
                Ok(condition) => {
                    let (truth, steps) = condition.truth_in_steps(&facts);
                    assert!(
                        steps <= condition.most_steps(),
                        "{source}: {steps} steps of {}",
                        condition.most_steps()
                    );
                    truth
                }
                // The only limits that a generated expression can reach.
                Err(found) => {
                    assert!(
                        ["P110", "P111", "P112"].contains(&found.code.name()),
                        "{source}\n{found}"
                    );
                    continue;
                }
            };
            let theirs = Program::compile(&source).unwrap().execute(&context);
            let theirs = theirs.unwrap_or_else(|error| panic!("{source}: cel says {error}"));
            let CelValue::Bool(theirs) = theirs else {
                panic!("{source}: cel says {theirs:?}")
            };
            let ours_is = match ours {
                Truth::True => true,
                Truth::False => false,
                Truth::Unknown => panic!("{source}: unknown without unknowns"),
            };
            assert_eq!(
                ours_is,
                theirs,
                "{source}\n{}",
                serde_json::to_string(&snapshot).unwrap()
            );
            agreed += 1;
            held += usize::from(theirs);
        }
    }
    assert!(agreed >= 10_000, "{agreed}");
    // The dice are worth something: both answers are common.
    assert!(
        held * 4 > agreed && held * 4 < agreed * 3,
        "{held} of {agreed} hold"
    );
}
