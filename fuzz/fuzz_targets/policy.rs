//! Policy files and conditions: refused with a diagnostic, or evaluated within the budget.
#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::{Condition, Facts, PolicySet, Snapshot, SourceFile, Subject, format};

fuzz_target!(
    init: basira_fuzz::plant(|| {
        let files = PolicySet::shipped_files().into_iter().map(|file| file.text.into_bytes());
        let conditions = [
            "matches.exists(m, m.exact && m.human_confirmed)",
            "text.words >= 3 ? item.language in ['ar', 'fa'] : !security.threat",
            "olderThan(item.received_at, duration('72h')) || domainIn(item.url_host, ['chess.example'])",
            "item.source.matches('^news-[a-z]+$') == has(text.quoted)",
        ];
        files.chain(conditions.map(|text| text.as_bytes().to_vec())).collect()
    }),
    |text: &str| {
        if let Ok(condition) = Condition::check(text) {
            let subject = Subject { item: "r".to_owned(), sha256: model::Sha256::new([7; 32]) };
            let snapshot = Snapshot::quiet(subject, "2027-01-01T00:00:00Z".parse().expect("a time"));
            let (_, steps) = condition.truth_in_steps(&Facts::of(&snapshot));
            assert!(steps <= condition.most_steps());
        }
        let file = SourceFile { name: "a/b.toml".to_owned(), text: text.to_owned() };
        if let Ok(formatted) = format(&file) {
            let again = SourceFile { text: formatted, ..file.clone() };
            format(&again).expect("what was written can be read");
        }
        let mut set: Vec<SourceFile> =
            PolicySet::shipped_files().into_iter().filter(|file| !file.name.contains('/')).collect();
        set.push(file);
        if let Err(found) = PolicySet::check(&set) {
            assert!(!found.is_empty() && found.iter().all(|found| !found.to_string().is_empty()));
        }
    }
);
