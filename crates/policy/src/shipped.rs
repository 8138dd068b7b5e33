//! The set that is shipped: `policies/` at the root of the project, in the program.

use crate::set::{PolicySet, SourceFile};

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../policies/", $name)))),+]
    };
}

const FILES: &[(&str, &str)] = files![
    "clauses.toml",
    "grounds.toml",
    "attention/decided-before.toml",
    "attention/flood.toml",
    "attention/incomplete.toml",
    "attention/security.toml",
    "attention/threat.toml",
    "links/known-address.toml",
    "links/known-link.toml",
    "media/exact-copy.toml",
    "media/instructional.toml",
    "media/near-copy.toml",
    "text/known-passage.toml",
    "text/known-text.toml",
    "text/quotation.toml",
    "text/severe-terms.toml",
];

impl PolicySet {
    /// The files of the set that is shipped.
    pub fn shipped_files() -> Vec<SourceFile> {
        FILES
            .iter()
            .map(|(name, text)| SourceFile {
                name: (*name).to_owned(),
                text: (*text).to_owned(),
            })
            .collect()
    }

    /// The set that is shipped. Everything in it asks a person; nothing acts by itself until two people switch that on.
    ///
    /// # Panics
    /// Never: a test checks the set, and it is a part of the program.
    #[expect(clippy::expect_used, reason = "a part of the program that a test checks")]
    pub fn shipped() -> Self {
        Self::check(&Self::shipped_files()).expect("the shipped set is checked by a test")
    }
}
