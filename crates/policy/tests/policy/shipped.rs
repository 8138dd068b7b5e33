//! The set that is shipped.

use basira_policy::{
    Action, ActionKind, Caps, Degree, ExplainFor, Language, PolicySet, Snapshot, SourceFile, Stage, Standing,
    Value, decide, explain, format, lint,
};

use super::support::{Dice, decided, quiet, standing, subject};

fn record(exact: bool) -> Value {
    let mut record = serde_json::json!({
        "bank": "own-verified", "entry": 7, "type": "pdq", "method": "pdq", "whole": true, "trust": "active",
        "suppressed": false, "human_confirmed": true, "distance": 4, "similarity": 1.0, "labels": [], "source": "local",
        "added_at": "2026-01-01T00:00:00Z", "hash_only": false, "quoted": false,
    });
    if exact {
        record["type"] = "sha256".into();
        record["method"] = "equal".into();
        record["distance"] = 0.into();
        record["sha256"] = subject().sha256.to_string().into();
    }
    serde_json::from_value(record).unwrap()
}

fn with_match(record: Value) -> Snapshot {
    let mut snapshot = quiet();
    let by = snapshot.producer("banks", "12", false);
    snapshot.set("matches", Value::List(vec![record]), by).unwrap();
    snapshot.set("verdict", "match", by).unwrap();
    snapshot
}

#[test]
fn it_is_right_formatted_and_without_a_warning() {
    let files = PolicySet::shipped_files();
    let found = PolicySet::check(&files).err().unwrap_or_default();
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", shown.join("\n\n"));
    let set = PolicySet::shipped();
    assert!(set.policies().len() >= 12);
    let warnings = lint(&set, &files, "2026-11-27".parse().unwrap());
    let warnings: Vec<String> = warnings
        .iter()
        .filter(|found| found.code.name() != "P411")
        .map(ToString::to_string)
        .collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n\n"));
    for file in files {
        let formatted = format(&file).unwrap();
        assert_eq!(formatted, file.text, "{}", file.name);
        let again = SourceFile {
            text: formatted.clone(),
            ..file
        };
        assert_eq!(format(&again).unwrap(), formatted);
    }
}

/// What is in the program is what lies in the folder, and nothing of the folder is left out.
#[test]
fn every_file_of_the_folder_is_in_the_program() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                found.push(path.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    let mut shipped: Vec<String> = PolicySet::shipped_files()
        .into_iter()
        .map(|file| file.name)
        .collect();
    shipped.sort();
    assert_eq!(found, shipped);
}

#[test]
fn its_tests_notice_nine_of_ten_changes() {
    let (mut made, mut killed) = (0, 0);
    let mut missed = Vec::new();
    for policy in PolicySet::shipped().policies() {
        for mutant in policy.mutants() {
            made += 1;
            if mutant.killed {
                killed += 1;
            } else {
                missed.push(format!("{}: {} in {}", policy.id(), mutant.change, mutant.clause));
            }
        }
    }
    assert!(
        made > 100 && killed * 10 >= made * 9,
        "{killed} of {made}\n{}",
        missed.join("\n")
    );
}

/// Until two people say so, nothing acts by itself; an exact copy comes to a person.
#[test]
fn nothing_acts_by_itself_until_two_people_switch_it_on() {
    let set = PolicySet::shipped();
    let alone = |policy: &basira_policy::Policy| Standing {
        automation_by: ["p-1".to_owned()].into(),
        ..standing(policy)
    };
    let snapshot = with_match(record(true));
    let outcome = decide(&set, &set.stages(alone), &snapshot, &Caps::default());
    assert_eq!(outcome.restrictive().count(), 0);
    assert!(
        outcome
            .chosen
            .iter()
            .any(|chosen| chosen.action.kind() == ActionKind::Enqueue)
    );

    let outcome = decided(&set, &snapshot);
    let done: Vec<_> = outcome.restrictive().collect();
    assert_eq!(done.len(), 1);
    assert_eq!(
        (done[0].action.kind(), done[0].automation),
        (ActionKind::Remove, Degree::Full)
    );
}

/// With automation on: reports that quote are found, shown and left alone; exact copies are acted on.
#[test]
fn reports_that_quote_are_left_alone_and_copies_are_not() {
    let set = PolicySet::shipped();
    let mut dice = Dice(1000);
    for _ in 0..1000 {
        let mut snapshot = with_match(serde_json::from_value(serde_json::json!({
            "bank": "texts", "entry": 3, "type": dice.one(&["text_passages", "raw_text", "text_tlsh", "term", "url"]),
            "method": "passage", "whole": dice.often(20), "trust": "active", "suppressed": false, "human_confirmed": true,
            "similarity": dice.below(101) as f64 / 100.0, "labels": [], "source": "local",
            "added_at": "2026-01-01T00:00:00Z", "hash_only": false, "quoted": dice.often(70),
        })).unwrap());
        let by = snapshot.producer("text", "3", false);
        snapshot
            .set(
                "text.context",
                dice.one(&["reporting", "reporting", "mixed", "unclear"]),
                by,
            )
            .unwrap();
        snapshot
            .set("text.quoted", dice.below(101) as f64 / 100.0, by)
            .unwrap();
        snapshot
            .set("text.words", 40 + dice.below(900) as i64, by)
            .unwrap();
        snapshot
            .set("text.severe_terms", dice.below(3) as i64, by)
            .unwrap();
        snapshot
            .set("seen.same_content.hour", dice.below(200) as i64, by)
            .unwrap();
        let outcome = decided(&set, &snapshot);
        assert_eq!(outcome.restrictive().count(), 0);
    }
    for number in 0..100u8 {
        let mut quoted = record(false);
        if let Value::Record(fields) = &mut quoted {
            fields.insert("type".to_owned(), "text_passages".into());
            fields.insert("method".to_owned(), "passage".into());
            fields.insert("quoted".to_owned(), true.into());
            fields.insert("similarity".to_owned(), (f64::from(number) / 100.0).into());
        }
        let outcome = decided(&set, &with_match(quoted));
        assert_eq!(outcome.restrictive().count(), 0);
        let shown = outcome.chosen.iter().any(|chosen| matches!(&chosen.action, Action::Enqueue { queue, .. } if queue.as_str() == "quotations"));
        assert!(shown, "a quotation that nobody sees");
        let mut copy = with_match(record(true));
        copy.subject.item = format!("r-{number}");
        assert_eq!(decided(&set, &copy).restrictive().count(), 1);
    }
}

/// What nobody has asked for is shown to nobody, whichever queue it comes into.
#[test]
fn instructional_material_is_never_previewed() {
    let set = PolicySet::shipped();
    let mut entry = record(false);
    if let Value::Record(fields) = &mut entry {
        fields.insert("labels".to_owned(), vec!["instructional"].into());
    }
    let outcome = decided(&set, &with_match(entry));
    let queues: Vec<_> = outcome
        .chosen
        .iter()
        .filter_map(|chosen| match &chosen.action {
            Action::Enqueue { queue, preview, .. } => Some((queue.as_str(), *preview)),
            _ => None,
        })
        .collect();
    assert!(
        queues.len() >= 2 && queues.iter().all(|(_, preview)| !preview),
        "{queues:?}"
    );
}

#[test]
fn shadow_sees_all_and_does_nothing() {
    let set = PolicySet::shipped();
    let shadow = |policy: &basira_policy::Policy| Standing {
        stage: Stage::Shadow,
        ..standing(policy)
    };
    let snapshot = with_match(record(true));
    let outcome = decide(&set, &set.stages(shadow), &snapshot, &Caps::default());
    assert!(outcome.chosen.is_empty());
    assert_eq!(outcome.results.len(), set.policies().len());
    let live = decided(&set, &snapshot);
    let truths = |outcome: &basira_policy::Outcome| -> Vec<_> {
        outcome
            .results
            .iter()
            .map(|result| (result.when, result.steps))
            .collect()
    };
    assert_eq!(truths(&outcome), truths(&live), "the same pass, the same budget");
}

/// An author reads the clause and the ground, and nothing of how a policy works.
#[test]
fn explanations_for_three_readers_in_two_languages() {
    let set = PolicySet::shipped();
    let snapshot = with_match(record(true));
    let outcome = decided(&set, &snapshot);
    for language in [Language::En, Language::Ar] {
        let text = |reader| explain(&set, &outcome, &snapshot, reader, language).to_string();
        let author = text(ExplainFor::Author);
        for inside in [
            "own-verified",
            "exact",
            "human_confirmed",
            "sha256",
            "tvec.media",
            "second-look",
            "0.1",
            "bank",
        ] {
            assert!(!author.contains(inside), "{inside} in {author}");
        }
        let (clause, appeal) = match language {
            Language::En => ("The rule: Copies of material", "You can appeal"),
            Language::Ar => ("القاعدة: لا يُسمح", "يمكنك الاعتراض"),
        };
        assert!(author.contains(clause) && author.contains(appeal), "{author}");
        let reviewer = text(ExplainFor::Reviewer);
        for inside in [
            "own-verified",
            "m.exact && m.human_confirmed",
            "banks 12",
            "tvec.media.exact-copy",
        ] {
            assert!(reviewer.contains(inside), "{inside} not in {reviewer}");
        }
        let auditor = text(ExplainFor::Auditor);
        for inside in [
            set.hash().to_string(),
            subject().sha256.to_string(),
            "banks 12".to_owned(),
        ] {
            assert!(auditor.contains(&inside), "{inside} not in {auditor}");
        }
    }
    // What would turn it around is named.
    let reviewer = explain(&set, &outcome, &snapshot, ExplainFor::Reviewer, Language::En).to_string();
    assert!(
        reviewer.contains("It would turn around if this were otherwise"),
        "{reviewer}"
    );
    // An author of an untouched item reads that.
    let calm = decided(&set, &quiet());
    let text = explain(&set, &calm, &quiet(), ExplainFor::Author, Language::En).to_string();
    assert_eq!(text, "Nothing was done to this item.\n");
}
