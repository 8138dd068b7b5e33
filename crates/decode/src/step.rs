//! Signs of life from an item that takes long.

use std::fmt;

/// How far the decoding of an item has come.
///
/// ```
/// use basira_decode::Step;
/// assert_eq!(Step::Members(300).to_string(), "300 members");
/// assert_eq!(Step::Seconds { at: 41, of: Some(3_672) }.to_string(), "0:41 of 1:01:12");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many members were begun.
    Members(u32),
    /// So many seconds of a film were seen or of a recording heard, and of how many, where it says.
    Seconds {
        /// Seconds so far.
        at: u32,
        /// Seconds in all.
        of: Option<u32>,
    },
}

/// Takes signs of life.
pub type Watch<'a> = dyn FnMut(Step) + 'a;

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Members(count) => write!(out, "{count} members"),
            Self::Seconds { at, of: None } => Clock(*at).fmt(out),
            Self::Seconds { at, of: Some(of) } => write!(out, "{} of {}", Clock(*at), Clock(*of)),
        }
    }
}

/// Seconds as they are read on a clock.
struct Clock(u32);

impl fmt::Display for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        match hours {
            0 => write!(out, "{minutes}:{seconds:02}"),
            _ => write!(out, "{hours}:{minutes:02}:{seconds:02}"),
        }
    }
}
