//! Routing against a brute-force oracle that reads rules and facts as JSON, and knows nothing of their types.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

use basira_model::{
    CaseFacts, CaseReason, Queue, ReportCategory, Route, RouteWhen, Routing, RoutingError, Severity,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn queue(word: &str) -> Queue {
    word.parse().unwrap()
}

/// One of few values, so that rules and facts meet.
fn one_of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(values.to_vec())
}

fn maybe<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = Option<T>> + use<T> {
    let value = one_of(values);
    prop_oneof![3 => Just(None), 1 => value.prop_map(Some)]
}

const FOUND_AS: [Queue; 4] = [Queue::Match, Queue::Incomplete, Queue::Reported, Queue::Policy];
const LANGUAGES: [&str; 5] = ["ar", "AR", "ar-EG", "arc", "en"];

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|text| (*text).to_owned()).collect()
}

fn facts() -> impl Strategy<Value = CaseFacts> {
    let reasons = prop::collection::vec(one_of(CaseReason::ALL), 0..3);
    let labels = prop::collection::vec(one_of(&["film", "flag"].map(|it| it.parse().unwrap())), 0..3);
    let policies = prop::collection::vec(one_of(&texts(&["chess", "draughts"])), 0..2);
    let asked = prop::collection::vec(one_of(&texts(&["now", "later"])), 0..2);
    (
        (one_of(&FOUND_AS), one_of(Severity::ALL), reasons, labels),
        (
            maybe(&["league", "cup"].map(|it| it.parse().unwrap())),
            one_of(&["forum", "chat"].map(|it| it.parse().unwrap())),
            maybe(&texts(&LANGUAGES)),
        ),
        (maybe(ReportCategory::ALL), policies, asked),
    )
        .prop_map(
            |(
                (found_as, severity, reasons, labels),
                (bank, source, language),
                (category, policies, asked),
            )| {
                CaseFacts {
                    found_as,
                    severity,
                    reasons,
                    bank,
                    labels,
                    source,
                    language,
                    category,
                    policies,
                    asked,
                }
            },
        )
}

fn when() -> impl Strategy<Value = RouteWhen> {
    (
        (maybe(&FOUND_AS), maybe(Severity::ALL), maybe(CaseReason::ALL)),
        (
            maybe(&["league", "cup"].map(|it| it.parse().unwrap())),
            maybe(&["film", "flag"].map(|it| it.parse().unwrap())),
            maybe(&["forum", "chat"].map(|it| it.parse().unwrap())),
            maybe(&texts(&LANGUAGES)),
        ),
        (
            maybe(ReportCategory::ALL),
            maybe(&texts(&["chess", "draughts"])),
            maybe(&texts(&["now", "later"])),
        ),
    )
        .prop_map(
            |((found_as, least, reason), (bank, label, source, language), (category, policy, asked))| {
                RouteWhen {
                    found_as,
                    least,
                    reason,
                    bank,
                    label,
                    source,
                    language,
                    category,
                    policy,
                    asked,
                }
            },
        )
}

/// Where a case goes, from the JSON of everything.
fn oracle(routing: &Value, facts: &Value) -> (String, Option<usize>) {
    let has = |list: &str, value: &Value| {
        let list = facts[list].as_array().cloned().unwrap_or_default();
        list.iter().any(|it| it == value)
    };
    let level = |word: &Value| {
        let words = ["low", "medium", "high", "critical"];
        words.iter().position(|it| word == it).unwrap()
    };
    for (number, rule) in routing["rules"].as_array().unwrap().iter().enumerate() {
        let mut all = true;
        for (key, value) in rule["when"].as_object().unwrap() {
            all &= match key.as_str() {
                "least" => level(&facts["severity"]) >= level(value),
                "reason" => has("reasons", value),
                "label" => has("labels", value),
                "policy" => has("policies", value),
                "asked" => has("asked", value),
                "language" => {
                    let wanted = format!("{}-", value.as_str().unwrap()).to_lowercase();
                    let found = facts["language"].as_str();
                    found.is_some_and(|found| format!("{found}-").to_lowercase().starts_with(&wanted))
                }
                other => facts[other] == *value,
            };
        }
        if all {
            return (rule["to"].as_str().unwrap().to_owned(), Some(number + 1));
        }
    }
    let stays = match &routing["otherwise"] {
        Value::Null => &facts["found_as"],
        other => other,
    };
    (stays.as_str().unwrap().to_owned(), None)
}

proptest! {
    #[test]
    fn a_case_goes_where_the_first_rule_that_holds_says(
        facts in facts(),
        rules in prop::collection::vec((when(), one_of(&["arabic", "cup", "escalated"])), 0..8),
        otherwise in maybe(&["rest", "match"]),
    ) {
        let rules = rules.into_iter().map(|(when, to)| Route { when, to: queue(to) });
        // What the constructor refuses is for the test below.
        if let Ok(routing) = Routing::new(rules.collect(), otherwise.map(queue)) {
            let written = serde_json::to_value(&routing).unwrap();
            let (to, rule) = routing.route(&facts);
            let expected = oracle(&written, &serde_json::to_value(&facts).unwrap());
            prop_assert_eq!((to.name().to_owned(), rule), expected);
            let read: Routing = serde_json::from_value(written).unwrap();
            prop_assert_eq!(read, routing);
            let kept: CaseFacts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
            prop_assert_eq!(kept, facts);
        }
    }
}

#[test]
fn rules_that_are_none_are_refused_with_what_to_do() {
    let read = |value: Value| serde_json::from_value::<Routing>(value).unwrap_err().to_string();
    let rule = |when: Value, to: &str| json!({"when": when, "to": to});
    for (value, expected) in [
        (json!({"rules": [rule(json!({}), "arabic")]}), "asks for nothing"),
        (
            json!({"rules": [rule(json!({"bank": "a"}), "x"), rule(json!({"bank": "a"}), "y")]}),
            "rule 2 asks for the same as rule 1",
        ),
        (
            json!({"rules": [rule(json!({"bank": "a"}), "second_look")]}),
            "choose another queue",
        ),
        (
            json!({"rules": [], "otherwise": "second_look"}),
            "choose another queue",
        ),
        (
            json!({"rules": [rule(json!({"found_as": "escalated"}), "x")]}),
            "found for escalated",
        ),
        (
            json!({"rules": [rule(json!({"language": ""}), "x")]}),
            "language has 1 to 64",
        ),
        (
            json!({"rules": [rule(json!({"bank": "a"}), "No Queue")]}),
            "small letters",
        ),
        (
            json!({"rules": [rule(json!({"score": "9"}), "x")]}),
            "unknown field",
        ),
    ] {
        let error = read(value.clone());
        assert!(error.contains(expected), "{value}: {error}");
    }
    let many = (0..51).map(|number| rule(json!({"source": format!("s{number}")}), "x"));
    assert!(read(json!({"rules": many.collect::<Vec<_>>()})).contains("over the limit of 50"));
    assert_eq!(
        Routing::new(Vec::new(), Some(Queue::SecondLook)),
        Err(RoutingError::SecondLook)
    );
}
