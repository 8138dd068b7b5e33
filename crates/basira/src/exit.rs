//! Exit status, as scanners have it.

use std::process::ExitCode;

use model::Verdict;

/// What the exit status says. The order is that of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// 0: everything was done, nothing matched.
    Clean,
    /// 2: something was incomplete, failed or wrongly called.
    Incomplete,
    /// 1: something matched.
    Matched,
}

impl Outcome {
    pub(crate) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Match => Self::Matched,
            Verdict::NoMatch => Self::Clean,
            Verdict::Incomplete => Self::Incomplete,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Clean => 0,
            Outcome::Matched => 1,
            Outcome::Incomplete => 2,
        })
    }
}
