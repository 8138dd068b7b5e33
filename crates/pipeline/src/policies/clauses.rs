//! The clauses of the platform's rules and the legal grounds, for people who decide by them and write policies.

use std::collections::BTreeMap;

use policy::{ClauseId, GroundId, PolicySet, SourceFile};
use serde::Deserialize;
use store::{Store, StoreError};

use super::desk::REFERENCES;
use super::lanes::file;

/// The file of clauses or of grounds, as far as it is read here. It was checked when it was handed in.
#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(default)]
    clause: BTreeMap<ClauseId, Text>,
    #[serde(default)]
    ground: BTreeMap<GroundId, Text>,
}

#[derive(Debug, Deserialize)]
struct Text {
    en: String,
    ar: String,
}

/// A clause of the rules, or a legal ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<I> {
    /// Its name.
    pub id: I,
    /// Its text in English.
    pub en: String,
    /// Its text in Arabic.
    pub ar: String,
}

/// A clause of the rules.
pub type Clause = Reference<ClauseId>;
/// A legal ground.
pub type Ground = Reference<GroundId>;

/// The clauses of the newest rules that were handed in; those that are shipped while there are none.
///
/// # Errors
/// [`StoreError`]; what was handed in was checked, so that it parses.
pub fn clauses(store: &Store) -> Result<Vec<Clause>, StoreError> {
    Ok(references(newest(store, REFERENCES[0])?.clause))
}

/// The legal grounds, of the same kind.
///
/// # Errors
/// As of [`clauses`].
pub fn grounds(store: &Store) -> Result<Vec<Ground>, StoreError> {
    Ok(references(newest(store, REFERENCES[1])?.ground))
}

fn newest(store: &Store, name: &str) -> Result<File, StoreError> {
    let known = store.policies(Some(name))?;
    let newest = known.into_iter().find(|it| it.newest).map(|it| file(&it.file));
    Ok(newest.or_else(|| shipped(name)).map(read).unwrap_or_default())
}

fn shipped(name: &str) -> Option<SourceFile> {
    let mut files = PolicySet::shipped_files().into_iter();
    files.find(|file| file.name == name)
}

fn read(file: SourceFile) -> File {
    // What does not parse any more was altered, and nothing of it can be chosen.
    toml::from_str(&file.text).unwrap_or_default()
}

fn references<I>(texts: BTreeMap<I, Text>) -> Vec<Reference<I>> {
    let texts = texts.into_iter();
    texts
        .map(|(id, text)| Reference {
            id,
            en: text.en,
            ar: text.ar,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_whole<I>(found: &[Reference<I>]) -> bool {
        found.iter().all(|it| !it.en.is_empty() && !it.ar.is_empty())
    }

    #[test]
    fn the_shipped_clauses_and_grounds_are_in_both_languages() {
        let clauses = references(read(shipped(REFERENCES[0]).unwrap()).clause);
        let grounds = references(read(shipped(REFERENCES[1]).unwrap()).ground);
        assert!(clauses.len() >= 6 && grounds.len() >= 4, "{grounds:?}");
        assert!(are_whole(&clauses) && are_whole(&grounds));
    }
}
