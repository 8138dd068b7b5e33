//! The registry: a TOML file with dated entries.

use std::collections::BTreeSet;
use std::str::FromStr;

use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

/// What a term is, and so what it may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermClass {
    /// An organisation, as the press writes its name.
    Organisation,
    /// A platform or messenger.
    Platform,
    /// A verb of saying: *said*, *claimed*.
    AttributionVerb,
    /// Another sign of a source: *according to*, *a spokesman*.
    AttributionFrame,
    /// A word that keeps away from what it names: *so-called*, *alleged*.
    Distancing,
    /// A word of reports on violence and law: *trial*, *victims*, *counter-terrorism*.
    Frame,
    /// A label of a document's parts: *translated by*, *all rights reserved*, *references*.
    Document,
    /// What a writer thinks of the actor: *defeat*, *threat*. Weak.
    Stance,
    /// The first person: *we*, *our*. A contra-cue beside an organisation.
    Alignment,
    /// A call to the reader: *join*, *support*. A contra-cue beside a contact.
    Call,
    /// A way to get in touch: *write to us*. A contra-cue beside a call.
    Contact,
    /// A request for money. A contra-cue.
    Donation,
    /// A word of praise. A contra-cue beside an organisation.
    Praise,
    /// A term whose entry asks for a person, whatever stands around it. None is shipped.
    Severe,
    /// Anything else that people want to be shown.
    Other,
}

/// An entry of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Its name in matches: lower-case letters, digits and dashes.
    pub id: String,
    /// What it is.
    pub class: TermClass,
    /// The languages of its forms, as ISO 639 codes.
    pub languages: Vec<String>,
    /// How it is written.
    pub forms: Vec<String>,
    /// Other names for it.
    pub aliases: Vec<String>,
    /// Its name in other scripts and other spellings.
    pub transliterations: Vec<String>,
    /// Whether pronouns may be joined to it: verbs, and nouns that somebody has. By default only for the classes `other`
    /// and `severe`.
    pub pronouns: bool,
    /// The day that it was added.
    pub added: Date,
    /// Who added it.
    pub by: String,
    /// The day by which somebody looks at it again.
    pub review: Date,
    /// Why it is here.
    pub note: Option<String>,
}

impl Term {
    /// All ways of writing it.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.forms
            .iter()
            .chain(&self.aliases)
            .chain(&self.transliterations)
            .map(String::as_str)
    }
}

/// Terms that were read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    version: String,
    terms: Vec<Term>,
}

/// What is wrong with a registry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegistryError {
    /// Not TOML, or not of this form.
    #[error("the registry cannot be read: {why}")]
    Toml {
        /// What the reader says, with the line.
        why: String,
    },
    /// An entry that cannot be used.
    #[error("term {id:?}: {why}")]
    Term {
        /// The entry.
        id: String,
        /// What is wrong, and what to do.
        why: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(default)]
    defaults: Defaults,
    #[serde(default, rename = "term")]
    terms: Vec<Entry>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Defaults {
    added: Option<Date>,
    by: Option<String>,
    review: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    class: TermClass,
    languages: Vec<String>,
    forms: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    transliterations: Vec<String>,
    pronouns: Option<bool>,
    added: Option<Date>,
    by: Option<String>,
    review: Option<Date>,
    note: Option<String>,
}

impl Registry {
    /// The registry that Basira ships: neutral names of platforms, of organisations as the press writes them, and the
    /// words of attribution, distance and documents. No slogans.
    pub fn shipped() -> Self {
        const SHIPPED: &str = include_str!("../../data/terms.toml");
        // A test reads it, so that it is right wherever this runs.
        SHIPPED.parse().unwrap_or_else(|_| Self {
            version: String::new(),
            terms: Vec::new(),
        })
    }

    /// The version that its keepers gave it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The entries, in the order of the file.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// This registry and the entries of another. Where both have an id, the other's counts.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        let ids: BTreeSet<&str> = other.terms.iter().map(|term| term.id.as_str()).collect();
        self.terms.retain(|term| !ids.contains(term.id.as_str()));
        self.version = format!("{}+{}", self.version, other.version);
        self.terms.extend(other.terms);
        self
    }

    /// Entries whose day of review has come.
    pub fn due(&self, today: Date) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.review <= today)
    }
}

impl FromStr for Registry {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Self, RegistryError> {
        let file: File = toml::from_str(text).map_err(|error| RegistryError::Toml {
            why: error.to_string(),
        })?;
        let mut ids = BTreeSet::new();
        let mut terms = Vec::with_capacity(file.terms.len());
        for entry in file.terms {
            let term = check(entry, &file.defaults)?;
            if !ids.insert(term.id.clone()) {
                return Err(RegistryError::Term {
                    id: term.id,
                    why: "two entries have this id; give one another, or put their forms together",
                });
            }
            terms.push(term);
        }
        Ok(Self {
            version: file.version,
            terms,
        })
    }
}

fn check(entry: Entry, defaults: &Defaults) -> Result<Term, RegistryError> {
    let wrong = |why| RegistryError::Term {
        id: entry.id.clone(),
        why,
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if entry.id.is_empty() || !entry.id.chars().all(plain) {
        return Err(wrong("an id has lower-case letters, digits and dashes"));
    }
    if entry.languages.is_empty() {
        return Err(wrong(
            "name the languages of its forms, such as languages = [\"ar\"]",
        ));
    }
    let added = entry.added.or(defaults.added);
    let review = entry.review.or(defaults.review);
    let by = entry.by.clone().or_else(|| defaults.by.clone());
    let term = Term {
        added: added.ok_or(wrong("say when it was added, such as added = \"2026-11-01\""))?,
        review: review.ok_or(wrong(
            "say when it is to be looked at again, such as review = \"2027-11-01\"",
        ))?,
        by: by.ok_or(wrong("say who added it: by = \"…\""))?,
        id: entry.id.clone(),
        class: entry.class,
        languages: entry.languages,
        forms: entry.forms,
        aliases: entry.aliases,
        transliterations: entry.transliterations,
        // A name has no owner. Words of reports were measured as they are.
        pronouns: entry
            .pronouns
            .unwrap_or(matches!(entry.class, TermClass::Other | TermClass::Severe)),
        note: entry.note,
    };
    let empty = |form: &str| crate::words::count(&crate::keys::folded_text(form)) == 0;
    if term.forms.is_empty() || term.spellings().any(empty) {
        return Err(RegistryError::Term {
            id: entry.id,
            why: "every form needs a letter or digit, and there must be one",
        });
    }
    if term.review < term.added {
        return Err(RegistryError::Term {
            id: entry.id,
            why: "it is to be looked at again before it was added",
        });
    }
    Ok(term)
}
