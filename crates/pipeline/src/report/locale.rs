//! The languages of the report.

use std::str::FromStr;
use std::sync::LazyLock;

use super::words::Words;

/// A language of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// Arabic, from right to left.
    Ar,
}

/// A text that names no language of the report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no report in the language {0:?}; use en or ar")]
pub struct UnknownLang(pub String);

/// The sources of the words, in the order of [`Lang::ALL`].
pub(super) const SOURCES: [&str; 2] = [
    include_str!("../../../../locales/en.toml"),
    include_str!("../../../../locales/ar.toml"),
];

static WORDS: LazyLock<[Words; 2]> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the files are compiled in, and a test reads both"
    )]
    SOURCES.map(|source| toml::from_str(source).expect("the shipped words are complete"))
});

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Ar];

    /// The code (BCP 47).
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ar => "ar",
        }
    }

    /// The value of HTML's `dir`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::En => "ltr",
            Self::Ar => "rtl",
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::En => &WORDS[0],
            Self::Ar => &WORDS[1],
        }
    }
}

impl FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Self, UnknownLang> {
        Self::ALL
            .into_iter()
            .find(|lang| lang.code() == text)
            .ok_or_else(|| UnknownLang(text.to_owned()))
    }
}
