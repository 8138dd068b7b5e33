//! Exact range search in 256-bit hashes: every row within a Hamming radius, and nothing else.
//!
//! Four nouns to know. A row is a hash and a *key*, a number that means something to the caller; rows may share
//! both. A [`Segment`] is an immutable set of rows in bytes that can be stored, mapped into memory and searched
//! as they are. An [`Index`] is a list of segments with the rows added and removed since, which count at once. A
//! [`Hit`] is a row found: its key and its distance.
//!
//! ```
//! use basira_index::{Hit, Index, Scratch, Segment};
//! use model::PdqHash;
//!
//! let known = PdqHash::from_hex(&"f0".repeat(32))?;
//! let segment = Segment::open(Segment::build([(known, 7)], 1, None)?)?;
//! let mut index = Index::with_segments([segment]);
//! index.insert(&known.with_flipped(3), 8);
//!
//! let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
//! index.search(&known, 31, &mut scratch, &mut hits);
//! assert_eq!(hits, [Hit { key: 7, distance: 0 }, Hit { key: 8, distance: 1 }]);
//!
//! // Fold the changes into a new segment. Building it needs no access to the index.
//! let fold = index.begin_fold();
//! let bytes = fold.build(2)?;
//! index.finish_fold(&fold, Segment::open(bytes)?)?;
//! assert_eq!((index.len(), index.unfolded()), (2, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here reads a file or a clock, or starts a thread. Byte formats are in the source of `format`, the
//! mathematics in `ring`, `parts` and `blocks`, the vector instructions in `simd`.
#![deny(unsafe_code, missing_docs)]

mod bitmap;
mod blocks;
mod build;
mod delta;
mod fold;
mod format;
mod grid;
mod index;
mod parts;
mod ring;
mod scratch;
mod search;
mod segment;
mod simd;
#[cfg(test)]
mod testing;
mod value;

pub use build::BuildError;
pub use fold::{Fold, FoldError};
pub use format::{Layout, SegmentError};
pub use index::Index;
pub use scratch::Scratch;
pub use segment::Segment;
pub use simd::Kernels;

/// A row found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// The key that the caller gave to the row.
    pub key: u64,
    /// Number of bits in which the row's hash differs from the query, 0 to 256.
    pub distance: u32,
}

/// A row found for one of several queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchHit {
    /// Position of the query in the batch.
    pub query: u32,
    /// The key that the caller gave to the row.
    pub key: u64,
    /// Number of bits in which the row's hash differs from the query, 0 to 256.
    pub distance: u32,
}
