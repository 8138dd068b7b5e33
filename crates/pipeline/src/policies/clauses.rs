//! The clauses of the platform's rules, for people who decide by them.

use policy::{ClauseId, PolicySet, SourceFile};
use store::{Store, StoreError};

use super::desk::LIBRARY;
use super::lanes::file;

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
    let [name, _] = LIBRARY;
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
    // It was checked when it was handed in; by an engine that reads less of it nobody would be served.
    let Ok(set) = PolicySet::check_draft(&[file]) else {
        return Vec::new();
    };
    let clauses = set.clauses().map(|(id, text)| Clause {
        id: id.clone(),
        en: text.en.clone(),
        ar: text.ar.clone(),
    });
    clauses.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_clauses_are_in_both_languages() {
        let file = PolicySet::shipped_files()
            .into_iter()
            .find(|file| file.name == LIBRARY[0]);
        let clauses = read(file.unwrap());
        assert!(clauses.len() >= 6, "{clauses:?}");
        assert!(
            clauses
                .iter()
                .all(|clause| !clause.en.is_empty() && !clause.ar.is_empty())
        );
    }
}
