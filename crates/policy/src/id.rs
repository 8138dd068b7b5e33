//! Names and content hashes.

use std::fmt;
use std::str::FromStr;

use model::Sha256;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{found:?} is no {what}: use 1 to 80 of a-z, 0-9, '-', '_', '.', '#', '(' and ')', beginning with a letter"
)]
pub struct NameError {
    /// What it should be.
    pub what: &'static str,
    /// The text.
    pub found: String,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.#()".contains(c);
                let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
                if begins && text.len() <= 80 && text.chars().all(plain) {
                    Ok(Self(text.into()))
                } else {
                    Err(NameError { what: $what, found: text.chars().take(100).collect() })
                }
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                (*name.0).to_owned()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(&self.0)
            }
        }
    };
}

name!(
    /// The lasting name of a policy, never used again for another: `tvec.media.exact-copy`.
    PolicyId,
    "policy id"
);
name!(
    /// A clause of the platform's rules, as `clauses.toml` names it: `rules#3.1`.
    ClauseId,
    "clause"
);
name!(
    /// A legal ground, as `grounds.toml` names it: `eu.dsa.17`.
    GroundId,
    "legal ground"
);
name!(
    /// A queue, a label, an exchange, a channel, the key of a notice.
    Word,
    "name"
);

macro_rules! hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Sha256);

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
        impl FromStr for $name {
            type Err = model::HexError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Sha256::from_hex(text).map(Self)
            }
        }
    };
}

hash!(
    /// SHA-256 of the text of one policy file: the version of a policy. Any edit makes another one.
    PolicyHash
);
hash!(
    /// SHA-256 of a whole set: engine, schema, and every file with its name, clauses and grounds included.
    SetHash
);

/// SHA-256 of parts, each with its length before it, so that no two lists of parts are one text.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Sha256 {
    use sha2::Digest;
    let mut state = sha2::Sha256::new();
    for part in parts {
        state.update((part.len() as u64).to_le_bytes());
        state.update(part);
    }
    Sha256::new(state.finalize().into())
}
