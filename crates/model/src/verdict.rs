//! What leaves the matching: match, no match, or incomplete.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The three verdicts. Unknown is never "match", and never "no match".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At least one active, unsuppressed match.
    Match,
    /// Everything was looked at, and nothing active was found.
    NoMatch,
    /// Something could not be looked at, and nothing was found in the rest.
    Incomplete,
}

impl Verdict {
    /// The verdict on an item from whether an active, unsuppressed match was found and whether anything about it
    /// is incomplete.
    pub const fn of(matched: bool, incomplete: bool) -> Self {
        match (matched, incomplete) {
            (true, _) => Self::Match,
            (false, true) => Self::Incomplete,
            (false, false) => Self::NoMatch,
        }
    }

    /// The name on every wire and screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::NoMatch => "no_match",
            Self::Incomplete => "incomplete",
        }
    }
}

/// The name of a part within its item: `file`, `picture`, `frame:3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartName(String);

impl PartName {
    /// The whole file.
    pub fn file() -> Self {
        Self("file".to_owned())
    }

    /// The only or first picture of the file.
    pub fn picture() -> Self {
        Self("picture".to_owned())
    }

    /// A later frame of an animation, counted from 0.
    pub fn frame(number: u32) -> Self {
        Self(format!("frame:{number}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name that came from outside; `None` for what is no name of a part.
    ///
    /// ```
    /// use basira_model::PartName;
    /// assert_eq!(PartName::parse("frame:3"), Some(PartName::frame(3)));
    /// assert_eq!(PartName::parse("frame:03"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let name = match text {
            "file" => Self::file(),
            "picture" => Self::picture(),
            _ => Self::frame(text.strip_prefix("frame:")?.parse().ok()?),
        };
        (name.0 == text).then_some(name)
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Why something was not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum IncompleteReason {
    /// The file has no bytes.
    Empty,
    /// The file could not be opened or read.
    Unreadable {
        /// What the system said.
        why: String,
    },
    /// The file ends too early.
    Truncated,
    /// The decoder refused the content.
    Malformed {
        /// What the decoder said.
        why: String,
    },
    /// A known kind of media that this build cannot decode.
    Unsupported {
        /// The kind.
        kind: String,
    },
    /// More pixels than the limit.
    Pixels {
        /// Width × height as the file declares it.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// More bytes than the limit.
    Bytes {
        /// Bytes found.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// More frames than are sampled were left unread.
    Frames {
        /// The limit.
        limit: u32,
    },
    /// The decoder failed in an unforeseen way; the file is worth reporting.
    Crashed,
    /// More candidates than may be refined.
    Refinement {
        /// Candidates found.
        found: u32,
        /// The limit.
        limit: u32,
    },
    /// A deadline passed.
    Time,
    /// The decoder asked for more memory than it may have.
    Memory,
    /// The decoder tried what its sandbox does not allow; the file is worth reporting.
    Forbidden,
}

impl fmt::Display for IncompleteReason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(out, "empty"),
            Self::Unreadable { why } => write!(out, "unreadable: {why}"),
            Self::Truncated => write!(out, "truncated"),
            Self::Malformed { why } => write!(out, "malformed: {why}"),
            Self::Unsupported { kind } => write!(out, "unsupported: {kind}"),
            Self::Pixels { found, limit } => write!(out, "pixels: {found} over the limit of {limit}"),
            Self::Bytes { found, limit } => write!(out, "bytes: {found} over the limit of {limit}"),
            Self::Frames { limit } => write!(out, "frames: more than the limit of {limit}"),
            Self::Crashed => write!(out, "crashed: the decoder failed; please report this file"),
            Self::Refinement { found, limit } => {
                write!(out, "refinement: {found} candidates over the limit of {limit}")
            }
            Self::Time => write!(out, "time: a deadline passed"),
            Self::Memory => write!(out, "memory: the decoder asked for more than it may have"),
            Self::Forbidden => write!(
                out,
                "forbidden: the decoder tried what its sandbox does not allow; please report this file"
            ),
        }
    }
}

/// A part of an item that was not fully looked at, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incomplete {
    /// The part.
    pub part: PartName,
    /// Why.
    pub reason: IncompleteReason,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_never_no_match() {
        assert_eq!(Verdict::of(false, true), Verdict::Incomplete);
        assert_eq!(Verdict::of(true, true), Verdict::Match);
        assert_eq!(Verdict::of(false, false), Verdict::NoMatch);
    }
}
