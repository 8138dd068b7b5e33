//! A base policy, and ways to change it.

use basira_policy::{
    Caps, Diagnostic, Outcome, Policy, PolicySet, Snapshot, SourceFile, Stage, Standing, Subject, decide,
};
use model::Sha256;

pub(crate) const CLAUSES: &str = r#"[clause."rules#1"]
en = "No chess before noon."
ar = "لا شطرنج قبل الظهر."
"#;

pub(crate) const GROUNDS: &str = r#"[ground."terms"]
en = "The terms."
ar = "الشروط."
"#;

/// A policy that is right. Every key of the first level stands on a line of its own.
pub(crate) const BASE: &str = r#"schema = 1
id = "chess.copy"
title = { en = "Copy", ar = "نسخة" }
owner = "team"
clause = "rules#1"
legal = ["terms"]
on_unknown = "review"
automation = "none"
review_by = 2027-05-01
when = "matches.exists(m, m.exact)"
then = [{ do = "enqueue", queue = "review" }]
test = [{ name = "a", given = { matches = [{ exact = true }] }, expect = ["enqueue"] }, { name = "b", expect = [] }, { name = "c", given = { matches = { unknown = "timeout" } }, expect = ["enqueue"] }]
"#;

pub(crate) fn files(policy: &str) -> Vec<SourceFile> {
    let file = |name: &str, text: &str| SourceFile {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    vec![
        file("clauses.toml", CLAUSES),
        file("grounds.toml", GROUNDS),
        file("chess/copy.toml", policy),
    ]
}

pub(crate) fn check(policy: &str) -> Result<PolicySet, Vec<Diagnostic>> {
    PolicySet::check(&files(policy))
}

/// The base with some of its lines replaced: a line `key = …` takes the place of the one with that key, `-key` takes it
/// away, everything else comes at the end.
pub(crate) fn patched(lines: &str) -> String {
    let mut base: Vec<String> = BASE.lines().map(str::to_owned).collect();
    let mut tail = String::new();
    for line in lines.lines() {
        let key = line.split('=').next().unwrap_or_default().trim();
        let at = |key: &str| {
            base.iter()
                .position(|old| old.split('=').next().unwrap_or_default().trim() == key)
        };
        if let Some(gone) = line.strip_prefix('-').and_then(&at) {
            base.remove(gone);
        } else if let Some(place) = at(key).filter(|_| tail.is_empty()) {
            base[place] = line.to_owned();
        } else {
            tail.push_str(line);
            tail.push('\n');
        }
    }
    format!("{}\n{tail}", base.join("\n"))
}

/// The base with another condition, as a literal of TOML that needs no escapes, and no test that could fail.
pub(crate) fn with_condition(condition: &str) -> String {
    patched(&format!("when = '''{condition}'''"))
}

pub(crate) fn subject() -> Subject {
    Subject {
        item: "r-1".to_owned(),
        sha256: Sha256::new([7; 32]),
    }
}

pub(crate) fn quiet() -> Snapshot {
    Snapshot::quiet(subject(), "2027-01-01T00:00:00Z".parse().unwrap())
}

pub(crate) fn standing(policy: &Policy) -> Standing {
    let people = ["p-1", "p-2"].map(str::to_owned);
    Standing {
        version: policy.version(),
        stage: Stage::Enforce,
        author: "p-0".to_owned(),
        approved_by: people.iter().cloned().collect(),
        automation_by: people.into_iter().collect(),
        emergency: None,
    }
}

pub(crate) fn decided(set: &PolicySet, snapshot: &Snapshot) -> Outcome {
    decide(set, &set.stages(standing), snapshot, &Caps::default())
}

/// Small numbers from a seed, the same on every machine (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }

    pub(crate) fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }

    pub(crate) fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
