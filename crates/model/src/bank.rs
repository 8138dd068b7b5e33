//! Banks and their entries.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::word::words;
use crate::{Quality, Sha256, Signal};

/// Identity of a bank in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BankId(pub i64);

/// Identity of a bank entry in its store; never used again after removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub i64);

impl fmt::Display for EntryId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for EntryId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Name of a bank: 1 to 255 letters or digits of any script, `_`, `-` or `.`, beginning with a letter, a digit or `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BankName(String);

/// Why a text is no bank name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is no bank name: use 1 to 255 letters or digits of any script, '_', '-' or '.', beginning with a letter, a digit or '_'"
)]
pub struct BankNameError(pub String);

impl BankName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BankName {
    type Err = BankNameError;
    fn from_str(text: &str) -> Result<Self, BankNameError> {
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let length = text.chars().count();
        let starts_well = text
            .chars()
            .next()
            .is_some_and(|first| first.is_alphanumeric() || first == '_');
        if starts_well && length <= 255 && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BankNameError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for BankName {
    type Error = BankNameError;
    fn try_from(text: String) -> Result<Self, BankNameError> {
        text.parse()
    }
}

impl From<BankName> for String {
    fn from(name: BankName) -> Self {
        name.0
    }
}

impl fmt::Display for BankName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

words! {
    /// What a bank is for.
    BankKind {
        /// Known content that is to be found.
        Known = "known",
        /// Content that looks like known content and is not (flags, news graphics, religious text): it suppresses
        /// perceptual matches that are nearer to it.
        Allow = "allow",
    } known "known, allow"
}

words! {
    /// How far an entry is trusted.
    Trust {
        /// Its matches are listed and counted for nothing, so that a new source can be watched first.
        Shadow = "shadow",
        /// Its matches make a verdict.
        Active = "active",
        /// Somebody has objected; its matches are listed only.
        Disputed = "disputed",
        /// Withdrawn; it is never matched again.
        Revoked = "revoked",
    } known "shadow, active, disputed, revoked"
}

/// A change of trust that the life cycle refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an entry that is {from} cannot become {to}; add the content again as a new entry")]
pub struct TrustTransitionError {
    /// What it is.
    pub from: Trust,
    /// What it was to become.
    pub to: Trust,
}

impl Trust {
    /// The trust after a change. Everything may change but a revoked entry, which stays revoked.
    ///
    /// # Errors
    /// [`TrustTransitionError`] when the entry is revoked.
    pub fn become_trust(self, to: Self) -> Result<Self, TrustTransitionError> {
        if self == Self::Revoked && to != Self::Revoked {
            return Err(TrustTransitionError { from: self, to });
        }
        Ok(to)
    }
}

words! {
    /// Traffic Light Protocol 2.0 (FIRST, 2022): who may be told.
    Tlp {
        /// Anybody.
        Clear = "clear",
        /// The community.
        Green = "green",
        /// The organisation and its clients, on a need-to-know basis.
        Amber = "amber",
        /// The organisation only.
        AmberStrict = "amber+strict",
        /// Named persons only.
        Red = "red",
    } known "clear, green, amber, amber+strict, red"
}

/// A label of an entry: 1 to 64 characters, no control characters, no comma, no white space at its ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// Why a text is no label.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no label: use 1 to 64 characters without commas or control characters")]
pub struct LabelError(pub String);

impl Label {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = LabelError;
    fn from_str(text: &str) -> Result<Self, LabelError> {
        let length = text.chars().count();
        let clean = text.trim() == text && !text.chars().any(|c| c.is_control() || c == ',');
        if clean && (1..=64).contains(&length) {
            Ok(Self(text.to_owned()))
        } else {
            Err(LabelError(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Label {
    type Error = LabelError;
    fn try_from(text: String) -> Result<Self, LabelError> {
        text.parse()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

/// A named collection of signals for known content.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bank {
    /// Identity in the store.
    pub id: BankId,
    /// Name, unique in the store.
    pub name: BankName,
    /// What it is for.
    pub kind: BankKind,
    /// Whether its entries are matched; takes effect at once.
    pub enabled: bool,
    /// For clients of HMA, in which part of their lookups it is matched, 0 to 1; with 0 it is never matched by anybody.
    pub enabled_ratio: f64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Bank {
    /// Whether its entries are matched at all.
    pub fn is_matched(&self) -> bool {
        self.enabled && self.enabled_ratio > 0.0
    }
}

/// Where an entry came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Who added it: an account, or the name given on the command line.
    pub added_by: String,
    /// The exchange or file that it came from; `local` for own media and signals added by hand.
    pub source: String,
    /// The identity that the source gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
}

/// One signal of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntrySignal {
    /// The signal.
    pub signal: Signal,
    /// Quality of the hash where it is known; a partner's list has none.
    pub quality: Option<Quality>,
}

/// One piece of known content in a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankEntry {
    /// Identity in the store.
    pub id: EntryId,
    /// The bank.
    pub bank: BankId,
    /// Its signals, at least one.
    pub signals: Vec<EntrySignal>,
    /// Labels, sorted, without duplicates.
    pub labels: Vec<Label>,
    /// A remark for people.
    pub note: Option<String>,
    /// Where it came from.
    pub provenance: Provenance,
    /// How far it is trusted.
    pub trust: Trust,
    /// Whether a person has looked at the content and confirmed it.
    pub human_confirmed: bool,
    /// Who may be told.
    pub tlp: Tlp,
    /// When it stops to be matched.
    pub expires: Option<Timestamp>,
    /// Until when it is switched off; [`Timestamp::MAX`] is for ever.
    pub disabled_until: Option<Timestamp>,
    /// What its source says of it, as a JSON object.
    pub metadata: Option<String>,
    /// SHA-256 of the media that made it, where it was made from media.
    pub media: Option<Sha256>,
    /// Whether no thumbnail may be kept.
    pub hash_only: bool,
}

impl BankEntry {
    /// Whether the entry is matched at `now`, its bank apart: not revoked, not expired, not switched off.
    pub fn is_matched_at(&self, now: Timestamp) -> bool {
        self.is_current_at(now) && self.disabled_until.is_none_or(|end| end <= now)
    }

    /// Whether it is neither revoked nor expired at `now`; it may be switched off.
    pub fn is_current_at(&self, now: Timestamp) -> bool {
        self.trust != Trust::Revoked && self.expires.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_taken_and_others_refused() {
        for good in ["a", "TVEC-2026_1.x", "بنك", "0", "_A", &"x".repeat(255)] {
            assert!(good.parse::<BankName>().is_ok(), "{good}");
        }
        for bad in ["", " a", "a b", "-a", "a/b", "a\n", &"x".repeat(256)] {
            assert!(bad.parse::<BankName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn revoked_is_final() {
        assert!(Trust::Revoked.become_trust(Trust::Active).is_err());
        assert_eq!(Trust::Shadow.become_trust(Trust::Active), Ok(Trust::Active));
        assert_eq!("amber+strict".parse(), Ok(Tlp::AmberStrict));
        assert!("Active".parse::<Trust>().is_err());
    }
}
