//! Queues: where cases wait.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;

/// The bytes of a name of a queue at most.
const LONGEST: usize = 24;

/// The name of a queue that a routing rule has made: 1 to 24 of `a` to `z`, `0` to `9` and `-`, beginning with a letter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueName {
    /// The name, and zeros.
    bytes: [u8; LONGEST],
}

impl QueueName {
    /// The text.
    pub fn as_str(&self) -> &str {
        let end = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        // Nothing but ASCII comes in.
        std::str::from_utf8(&self.bytes[..end]).unwrap_or_default()
    }

    fn of(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let fits = starts_well && text.len() <= LONGEST && text.bytes().all(allowed);
        fits.then(|| {
            let mut bytes = [0; LONGEST];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            Self { bytes }
        })
    }
}

impl fmt::Debug for QueueName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

/// Where a case waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Queue {
    /// Its items match.
    Match,
    /// Something in its items could not be looked at.
    Incomplete,
    /// Somebody could not decide it.
    SecondLook,
    /// Somebody has reported its items, in which nothing was found.
    Reported,
    /// Somebody who decides less has handed it up.
    Escalated,
    /// A policy asks for a person, and nothing in its items matches.
    Policy,
    /// A routing rule has sent it there.
    Named(QueueName),
}

impl Queue {
    /// Every queue that is always there.
    pub const ALL: &'static [Self] = &[
        Self::Match,
        Self::Incomplete,
        Self::SecondLook,
        Self::Reported,
        Self::Escalated,
        Self::Policy,
    ];

    /// The word on every wire, table and screen.
    pub fn name(&self) -> &str {
        match self {
            Self::Match => "match",
            Self::Incomplete => "incomplete",
            Self::SecondLook => "second_look",
            Self::Reported => "reported",
            Self::Escalated => "escalated",
            Self::Policy => "policy",
            Self::Named(name) => name.as_str(),
        }
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

impl FromStr for Queue {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let always = Self::ALL.iter().copied().find(|queue| queue.name() == text);
        let named = || QueueName::of(text).map(Self::Named);
        always.or_else(named).ok_or_else(|| UnknownWord {
            found: text.chars().take(64).collect(),
            known: "match, incomplete, second_look, reported, escalated, policy, or a name of 1 to 24 small letters, \
                    digits and '-'",
        })
    }
}

impl TryFrom<String> for Queue {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

impl From<Queue> for String {
    fn from(queue: Queue) -> Self {
        queue.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_read_as_it_is_written() {
        for (word, is_always) in [
            ("match", true),
            ("second_look", true),
            ("arabic", false),
            ("news-2", false),
            ("abcdefghijklmnopqrstuvwx", false),
        ] {
            let queue: Queue = word.parse().unwrap();
            assert_eq!((queue.name(), Queue::ALL.contains(&queue)), (word, is_always));
        }
        for wrong in [
            "",
            "Arabic",
            "two words",
            "9th",
            "-a",
            "a_b",
            "عربي",
            "abcdefghijklmnopqrstuvwxy",
            "a\0",
        ] {
            assert!(wrong.parse::<Queue>().is_err(), "{wrong:?}");
        }
    }
}
