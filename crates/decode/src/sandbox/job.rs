//! What a worker is asked, as it crosses to it.

use serde::{Deserialize, Serialize};

use crate::request::Request;

/// What a worker is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) request: Request,
    pub(crate) work: Work,
}

/// What a worker is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// An item of that many bytes; the worker is given no more than it may read of them.
    Item { size: u64 },
    /// A text of that many bytes that was guessed from a picture.
    Guess { size: u64 },
    /// Frames that a tool writes into one pipe, with their times in another.
    Frames,
    /// Samples that a tool writes into a pipe.
    Samples,
}
