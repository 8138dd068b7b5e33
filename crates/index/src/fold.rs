//! Making one segment of many sources, without holding up the index.

use std::ops::Range;

use model::PdqHash;
use thiserror::Error;

use crate::build::{BuildError, build};
use crate::format::Layout;
use crate::index::{Rows, Source};

/// What the index remembers of a fold that is under way.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) number: u64,
    /// The sources that the new segment replaces.
    pub(crate) range: Range<usize>,
    /// Keys removed since it began.
    pub(crate) removed: Vec<u64>,
}

/// A fold under way: the rows as they were when it began. It shares them with the index, so it can be moved to
/// another thread and take its time.
#[derive(Debug)]
pub struct Fold<B> {
    number: u64,
    sources: Vec<Source<B>>,
}

/// Why a segment cannot take the place of what a fold began with.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FoldError {
    /// Another fold was begun after this one, or this one is finished.
    #[error("another fold of this index was begun or this one is done; discard the segment and fold again")]
    Superseded,
    /// Some other segment was given.
    #[error("the segment has {got} rows where the fold has {want}; it belongs to another fold")]
    Rows {
        /// Rows of the fold.
        want: usize,
        /// Rows of the segment.
        got: usize,
    },
}

impl<B: AsRef<[u8]>> Fold<B> {
    pub(crate) fn new(number: u64, sources: Vec<Source<B>>) -> Self {
        Self { number, sources }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Number of rows that the new segment will have.
    pub fn len(&self) -> usize {
        self.sources.iter().map(Source::live).sum()
    }

    /// Whether there is nothing to fold.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = (PdqHash, u64)> + '_ {
        self.sources.iter().flat_map(|source| {
            let rows: Box<dyn Iterator<Item = (u32, PdqHash, u64)> + '_> = match &source.rows {
                Rows::Segment(segment) => Box::new(segment.numbered_rows()),
                Rows::Frozen(delta) => Box::new(delta.numbered_rows()),
            };
            rows.filter(|(row, ..)| !source.removed.contains(*row))
                .map(|(_, hash, key)| (hash, key))
        })
    }

    /// Builds the bytes of the new segment, with the caller's sequence number: the change up to which the
    /// rows went when the fold began. Takes about half a second of CPU a million rows.
    ///
    /// # Errors
    /// [`BuildError`] if the rows are too many for one segment.
    pub fn build(&self, seq: u64) -> Result<Vec<u8>, BuildError> {
        self.build_as(seq, None)
    }

    /// As [`build`](Fold::build), with a given layout.
    ///
    /// # Errors
    /// [`BuildError`] if the rows are too many for one segment or the layout is impossible.
    pub fn build_as(&self, seq: u64, layout: Option<Layout>) -> Result<Vec<u8>, BuildError> {
        build(self.rows(), seq, layout)
    }
}
