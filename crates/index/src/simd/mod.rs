//! The loops that read many rows, in several forms with equal results; the only `unsafe` of this crate.
//!
//! A [`Kernels`] names a form that this processor can run: it is made by detection only. The vector forms are
//! safe functions with target features, written over byte slices; `unsafe` are the calls into them (sound
//! because of the detection), loads from arrays of the right size, and prefetch hints.
#![allow(unsafe_code, reason = "vector instructions; each use says why it is sound")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod cells;
mod scalar;
#[cfg(test)]
mod tests;
mod wide;

use crate::blocks::{BLOCK, Probe};
#[cfg(test)]
use cells::Cell;
pub(crate) use cells::{CELL, Line, MORE};

use crate::value::Value;

/// Rows in one block of a prefix table.
pub(crate) const PREFIX_ROWS: usize = 8;
/// Bytes of one block: three planes of eight little-endian `u32`, the low 96 bits of each value.
pub(crate) const PREFIX_BLOCK: usize = 3 * 4 * PREFIX_ROWS;

/// Entries `start..end` of one part's table, of which those pass whose signature differs from the query's
/// in at most `limit` bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) limit: u32,
}

/// A row found: its index in the table and its distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) row: u32,
    pub(crate) distance: u32,
}

/// A row found for one of several queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WideFound {
    pub(crate) query: u32,
    pub(crate) row: u32,
    pub(crate) distance: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// The instructions that a search uses. All forms give equal results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernels(Kind);

impl Default for Kernels {
    fn default() -> Self {
        Self::best()
    }
}

impl Kernels {
    /// The fastest form that this processor can run.
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self(Kind::Scalar))
    }

    /// Every form that this processor can run, slowest first.
    pub fn available() -> Vec<Self> {
        [
            Some(Kind::Scalar),
            #[cfg(target_arch = "x86_64")]
            avx2::detected().then_some(Kind::Avx2),
            #[cfg(target_arch = "x86_64")]
            (avx2::detected() && avx512::detected()).then_some(Kind::Avx512),
        ]
        .into_iter()
        .flatten()
        .map(Self)
        .collect()
    }

    /// `scalar`, `avx2` or `avx512`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
        }
    }

    /// Appends the positions of the entries in `spans` that pass. `signatures` are little-endian `u16`; a span
    /// that reaches past their end is cut there.
    pub(crate) fn scan_spans(self, signatures: &[u8], spans: &[Span], query: u16, out: &mut Vec<u32>) {
        match self.0 {
            Kind::Scalar => scalar::scan_spans(signatures, spans, query, out),
            // SAFETY: this kind exists only where `detected` saw every feature that the function enables.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { avx2::scan_spans(signatures, spans, query, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { avx512::scan_spans(signatures, spans, query, out) },
        }
    }

    /// Appends the places of the entries that pass, and a probe of each block that goes on from one of these. A block
    /// that is not there is passed over, and so is one before it, so that going on comes to an end.
    pub(crate) fn scan_blocks(
        self,
        blocks: &[[u8; BLOCK]],
        probes: &[Probe],
        out: &mut Vec<u32>,
        more: &mut Vec<Probe>,
    ) {
        match self.0 {
            Kind::Scalar => scalar::scan_blocks(blocks, probes, out, more),
            // SAFETY: this kind exists only where `detected` saw every feature that the function enables.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { avx2::scan_blocks(blocks, probes, out, more) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { avx512::scan_blocks(blocks, probes, out, more) },
        }
    }

    /// Appends the rows below `rows` whose first 96 bits differ in at most `radius` bits from the query's.
    pub(crate) fn scan_prefix(
        self,
        blocks: &[u8],
        rows: usize,
        query: &Value,
        radius: u32,
        out: &mut Vec<u32>,
    ) {
        match self.0 {
            Kind::Scalar => scalar::scan_prefix(blocks, rows, query, radius, out),
            // SAFETY: this kind exists only where `detected` saw every feature that the function enables.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { avx2::scan_prefix(blocks, rows, query, radius, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { avx512::scan_prefix(blocks, rows, query, radius, out) },
        }
    }

    /// Appends those of the given rows that are within the radius. A row past the table's end is no row.
    pub(crate) fn verify(self, table: &[u8], rows: &[u32], query: &Value, radius: u32, out: &mut Vec<Found>) {
        match self.0 {
            Kind::Scalar => scalar::verify(table, rows, query, radius, out),
            // SAFETY: this kind exists only where `detected` saw every feature that the function enables.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 | Kind::Avx512 => unsafe { avx2::verify(table, rows, query, radius, out) },
        }
    }

    /// Appends every row of the table that is within the radius.
    pub(crate) fn scan_all(self, table: &[u8], query: &Value, radius: u32, out: &mut Vec<Found>) {
        match self.0 {
            Kind::Scalar => scalar::scan_all(table, query, radius, out),
            // SAFETY: this kind exists only where `detected` saw every feature that the function enables.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 | Kind::Avx512 => unsafe { avx2::scan_all(table, query, radius, out) },
        }
    }

    /// Appends every row of the table that is within the radius of some query, for each such query.
    pub(crate) fn scan_wide(self, table: &[u8], queries: &[Value], radius: u32, out: &mut Vec<WideFound>) {
        match self.0 {
            Kind::Scalar => wide::scan_scalar(table, queries, radius, out),
            // SAFETY: this kind exists only where `detected` saw every feature that the function enables.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 | Kind::Avx512 => unsafe { wide::avx2::scan(table, queries, radius, out) },
        }
    }
}

/// Asks for the cache line of byte `at`. A hint: any address is allowed, and nothing is read.
#[inline(always)]
pub(crate) fn prefetch(bytes: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetch never faults, whatever the address; SSE is part of every x86-64.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().wrapping_add(at).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, at);
}
