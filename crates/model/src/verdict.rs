//! What leaves the matching: match, no match, or incomplete.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PartName;

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
    /// Much of a recording is too common in the banks to be looked for.
    Common {
        /// Words of its fingerprint that were not looked for.
        found: u32,
        /// Words that tell anything.
        of: u32,
    },
    /// A deadline passed.
    Time,
    /// The decoder asked for more memory than it may have.
    Memory,
    /// The decoder tried what its sandbox does not allow; the file is worth reporting.
    Forbidden,
    /// The content is encrypted.
    Encrypted,
    /// Members within members beyond the limit.
    Depth {
        /// The limit.
        limit: u32,
    },
    /// More members than the limit; the others were looked at.
    Members {
        /// The limit.
        limit: u32,
    },
    /// More bytes came out of the file than the limit, in one member or in all.
    Unpacked {
        /// The limit in bytes.
        limit: u64,
    },
    /// More pictures than the limit; the others were looked at.
    Pictures {
        /// The limit.
        limit: u32,
    },
    /// More pages than the limit; the first ones were looked at.
    Pages {
        /// The limit.
        limit: u32,
    },
    /// More text than the limit; the beginning was read.
    Text {
        /// The limit in bytes of UTF-8.
        limit: u64,
    },
    /// A film or a recording beyond the limit; its beginning was looked at.
    Duration {
        /// The limit in seconds.
        limit: u32,
    },
    /// A program that is needed is not installed.
    Missing {
        /// The program, or a part of it: `ffmpeg`, `tesseract`.
        program: String,
    },
    /// More links, addresses and handles in a text than the limit; the first ones are told.
    Findings {
        /// The limit.
        limit: u32,
    },
    /// A text was read, and compared with no known text: there is no bank of them.
    Unmatched,
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
            Self::Encrypted => write!(out, "encrypted"),
            Self::Depth { limit } => write!(out, "depth: more than {limit} members within members"),
            Self::Members { limit } => write!(out, "members: more than the limit of {limit}"),
            Self::Unpacked { limit } => write!(out, "unpacked: more bytes than the limit of {limit}"),
            Self::Pictures { limit } => write!(out, "pictures: more than the limit of {limit}"),
            Self::Common { found, of } => {
                write!(
                    out,
                    "common: {found} of {of} words are too common in the banks to be looked for"
                )
            }
            Self::Pages { limit } => write!(out, "pages: more than the limit of {limit}"),
            Self::Text { limit } => write!(out, "text: more bytes than the limit of {limit}"),
            Self::Duration { limit } => write!(out, "duration: longer than the limit of {limit} seconds"),
            Self::Missing { program } => write!(out, "missing: {program} is not installed"),
            Self::Findings { limit } => write!(out, "findings: more than the limit of {limit}"),
            Self::Unmatched => write!(out, "unmatched"),
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
