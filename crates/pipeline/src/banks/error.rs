//! Why banks cannot be searched.

use index::{BuildError, FoldError, SegmentError};
use store::StoreError;
use thiserror::Error;

/// Why banks cannot be searched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BanksError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A segment could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A fold did not fit the index that it was begun on.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A segment that was just built does not open.
    #[error("a fresh index segment is not sound: {0}; please report this")]
    Fresh(#[from] SegmentError),
}
