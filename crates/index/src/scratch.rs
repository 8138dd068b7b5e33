//! Memory that a search uses again.

use crate::blocks::Probe;
use crate::grid::GridScratch;
use crate::simd::{Found, Kernels, Span, WideFound};
use crate::value::PARTS;

/// What a search needs beside the index: its instructions and working memory. Keep one for each thread; after
/// the first few searches none allocates.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) kernels: Kernels,
    pub(crate) spans: Vec<Span>,
    pub(crate) span_ends: [usize; PARTS],
    pub(crate) probes: Vec<Probe>,
    pub(crate) more: Vec<Probe>,
    pub(crate) positions: Vec<u32>,
    pub(crate) position_ends: [usize; PARTS],
    pub(crate) ids: Vec<u32>,
    pub(crate) found: Vec<Found>,
    /// A bit for each value, all 0 between searches.
    pub(crate) seen: Vec<u64>,
    pub(crate) wide: Vec<WideFound>,
    pub(crate) grid: GridScratch,
}

impl Scratch {
    /// A scratch that uses the fastest instructions of this processor.
    pub fn new() -> Self {
        Self::default()
    }

    /// A scratch that uses the given instructions, to compare them.
    pub fn with_kernels(kernels: Kernels) -> Self {
        Self {
            kernels,
            ..Self::default()
        }
    }

    /// The instructions in use.
    pub fn kernels(&self) -> Kernels {
        self.kernels
    }
}
