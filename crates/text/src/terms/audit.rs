//! What the keepers of a registry should look at.

use std::collections::BTreeMap;
use std::fmt;

use super::clitics::FUNCTION_WORDS;
use super::registry::Registry;
use crate::keys::{KeyLevel, folded_text, rasm};
use crate::words::words;

/// Something in a registry that will make it find too much, or not tell apart what it finds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Forms of two entries are the same under a key.
    FoldTogether {
        /// The key.
        key: KeyLevel,
        /// The entry that comes first, and its form.
        first: (String, String),
        /// The other.
        second: (String, String),
    },
    /// A form has fewer than three letters.
    TooShort {
        /// The entry.
        id: String,
        /// The form.
        form: String,
    },
    /// A form is a word of grammar, found everywhere.
    Frequent {
        /// The entry.
        id: String,
        /// The form.
        form: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FoldTogether { key, first, second } => write!(
                out,
                "{} ({}) and {} ({}) are the same under {}: put them together, or expect both",
                first.1,
                first.0,
                second.1,
                second.0,
                key.name()
            ),
            Self::TooShort { id, form } => {
                write!(
                    out,
                    "{form} ({id}) has fewer than three letters: write a longer form"
                )
            }
            Self::Frequent { id, form } => {
                write!(
                    out,
                    "{form} ({id}) is a word of grammar: it will be found everywhere"
                )
            }
        }
    }
}

impl Registry {
    /// What to look at: forms that fold together under K2 and under K4, short forms, words of grammar.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let mut seen: BTreeMap<(KeyLevel, String), (String, String)> = BTreeMap::new();
        for term in self.terms() {
            for form in term.spellings() {
                let folded = folded_text(form);
                let words: Vec<&str> = words(&folded).map(|word| &folded[word]).collect();
                let letters: usize = words.iter().map(|word| word.chars().count()).sum();
                if letters < 3 {
                    warnings.push(Warning::TooShort {
                        id: term.id.clone(),
                        form: form.to_owned(),
                    });
                }
                if words.len() == 1 && FUNCTION_WORDS.contains(&words[0]) {
                    warnings.push(Warning::Frequent {
                        id: term.id.clone(),
                        form: form.to_owned(),
                    });
                }
                let phrase = words.join(" ");
                let dotless: String = phrase.chars().map(rasm).collect();
                for (key, phrase) in [(KeyLevel::Folded, phrase), (KeyLevel::Rasm, dotless)] {
                    let this = (term.id.clone(), form.to_owned());
                    let first = seen.entry((key, phrase)).or_insert_with(|| this.clone());
                    let known = |warning: &Warning| {
                        matches!(warning, Warning::FoldTogether { first: one, second: two, .. }
                            if one == first && *two == this)
                    };
                    if first.0 != this.0 && !warnings.iter().rev().take(1).any(known) {
                        warnings.push(Warning::FoldTogether {
                            key,
                            first: first.clone(),
                            second: this,
                        });
                    }
                }
            }
        }
        warnings
    }
}
