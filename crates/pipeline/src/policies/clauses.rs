//! The clauses of the platform's rules, for people who decide by them.

use std::collections::BTreeMap;

use policy::{ClauseId, PolicySet, SourceFile};
use serde::Deserialize;
use store::{Store, StoreError};

use super::desk::REFERENCES;
use super::lanes::file;

/// The file of clauses, as far as it is read here. It was checked when it was handed in.
#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    clause: BTreeMap<ClauseId, Text>,
}

#[derive(Debug, Deserialize)]
struct Text {
    en: String,
    ar: String,
}

/// A clause of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its name.
    pub id: ClauseId,
    /// Its text in English.
    pub en: String,
    /// Its text in Arabic.
    pub ar: String,
}

/// The clauses of the newest rules that were handed in; those that are shipped while there are none.
///
/// # Errors
/// [`StoreError`]; what was handed in was checked, so that it parses.
pub fn clauses(store: &Store) -> Result<Vec<Clause>, StoreError> {
    let [name, _] = REFERENCES;
    let known = store.policies(Some(name))?;
    let newest = known.into_iter().find(|it| it.newest).map(|it| file(&it.file));
    let shipped = || {
        PolicySet::shipped_files()
            .into_iter()
            .find(|file| file.name == name)
    };
    Ok(newest.or_else(shipped).map(read).unwrap_or_default())
}

fn read(file: SourceFile) -> Vec<Clause> {
    // What does not parse any more was altered, and no clause of it can be chosen.
    let read: File = toml::from_str(&file.text).unwrap_or(File {
        clause: BTreeMap::new(),
    });
    let clauses = read.clause.into_iter();
    clauses
        .map(|(id, text)| Clause {
            id,
            en: text.en,
            ar: text.ar,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_clauses_are_in_both_languages() {
        let file = PolicySet::shipped_files()
            .into_iter()
            .find(|file| file.name == REFERENCES[0]);
        let clauses = read(file.unwrap());
        assert!(clauses.len() >= 6, "{clauses:?}");
        assert!(
            clauses
                .iter()
                .all(|clause| !clause.en.is_empty() && !clause.ar.is_empty())
        );
    }
}
