//! Matches: an item's part near a bank entry.

use serde::{Deserialize, Serialize};

use crate::{BankName, Covered, EntryId, Method, PartName, Quality, Segment, SignalType, TextSpan, Trust};

/// The allow entry that suppresses a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressedBy {
    /// Its bank.
    pub bank: BankName,
    /// The entry.
    pub entry: EntryId,
    /// How near the whole is to it: a canonical picture in bits; a text in percent that are not of it, or by TLSH; a link 0.
    pub distance: u32,
}

/// A part of an item is near a bank entry; never a decision by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The bank.
    pub bank: BankName,
    /// The entry.
    pub entry: EntryId,
    /// The signal type that was compared.
    #[serde(rename = "type")]
    pub kind: SignalType,
    /// How it was found, to be replayed.
    pub method: Method,
    /// Bits that differ; 0 for equality. For a film the mean of its frames, for a recording of its 32-bit words; for texts
    /// [`TextMethod::distance`](crate::TextMethod::distance).
    pub distance: u32,
    /// Which stretch of time of a film or a recording; absent for all else.
    #[serde(flatten, skip_serializing_if = "Option::is_none", default)]
    pub segment: Option<Segment>,
    /// Where in a text it stands, in order; empty for all else.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub spans: Vec<TextSpan>,
    /// How much of both texts is covered; only where passages are the same.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub covered: Option<Covered>,
    /// Quality of the query's hash; absent for digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// The part of the item.
    pub part: PartName,
    /// How far the entry is trusted; only `active` makes a verdict.
    pub trust: Trust,
    /// Whether a person has confirmed the entry.
    pub human_confirmed: bool,
    /// The allow entry that is nearer, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<SuppressedBy>,
}

impl Match {
    /// Whether this match counts for the verdict: an active entry, not suppressed.
    pub fn counts(&self) -> bool {
        self.trust == Trust::Active && self.suppressed_by.is_none()
    }

    /// Whether automation may call this match *exact*: the SHA-256 of the whole item equals that of an active,
    /// human-confirmed entry. Nothing else ever is.
    pub fn is_exact(&self) -> bool {
        self.counts()
            && self.human_confirmed
            && self.method == Method::Equal(SignalType::Sha256)
            && self.part == PartName::file()
    }
}
