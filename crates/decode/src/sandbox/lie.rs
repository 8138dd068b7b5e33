//! Why an answer of a worker was refused.

use thiserror::Error;

/// Why an answer was refused. What it said otherwise is not used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LieError {
    /// It is longer than an honest one can be.
    #[error("an answer of {found} bytes, over {limit}")]
    Size {
        /// Bytes announced.
        found: usize,
        /// The most that the request allows.
        limit: usize,
    },
    /// It ends before its announced length, or goes on after it.
    #[error("the lengths in the answer do not agree")]
    Length,
    /// Its named part is not what is expected.
    #[error("the answer is no such object: {0}")]
    Json(String),
    /// A value is outside what the request allows.
    #[error("impossible {0} in the answer")]
    Value(&'static str),
}
