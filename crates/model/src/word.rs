//! Enums whose values are words on every wire, table and screen.

use thiserror::Error;

/// A word that none of an enum's values is written as.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{found:?} is not one of: {known}")]
pub struct UnknownWord {
    /// The word found.
    pub found: String,
    /// The words that are known, separated by commas.
    pub known: &'static str,
}

/// Makes an enum whose values are words: `ALL`, `name`, `Display`, `FromStr`, serde. The caller needs `serde`.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ } known $known:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word on every wire, table and screen.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.pad(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::UnknownWord> {
                Self::ALL.iter().copied().find(|value| value.name() == text)
                    .ok_or_else(|| $crate::UnknownWord { found: text.to_owned(), known: $known })
            }
        }
    };
}

pub(crate) use words;
