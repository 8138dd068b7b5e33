//! The bytes of a segment: a header, then sections, each at a multiple of 64 bytes. All numbers are
//! little-endian; no position depends on where the bytes lie in memory.
//!
//! | offset | bytes | header field |
//! |---|---|---|
//! | 0 | 8 | magic `BASIRAIX` |
//! | 8 | 4 | version, 2 |
//! | 12 | 4 | CRC-32 (IEEE 802.3) of all bytes of the segment, this field taken as 0 |
//! | 16 | 4 | layout: 0 flat, 1 ring, 2 blocks |
//! | 20 | 4 | bits of a bucket's number (ring, blocks), else 0 |
//! | 24 | 8 | total bytes |
//! | 32 | 8 | the caller's sequence number |
//! | 40 | 8 | rows |
//! | 48 | 8 | distinct values |
//! | 56 | 8 | blocks beyond the first of each bucket (blocks), else 0 |
//! | 64 | 64 | offsets of the eight sections below, in order |
//!
//! | section | content |
//! |---|---|
//! | values | distinct values, ascending, 32 bytes each, in this crate's order of bits |
//! | starts | `values + 1` × `u32`: the rows of value `i` are `starts[i]..starts[i + 1]`. Empty if all values are distinct |
//! | keys | the key of each row, `u64`, ascending within a value |
//! | by key | row numbers, `u32`, in order of their keys |
//! | prefix | flat: blocks of three planes of eight `u32`, the low 96 bits of each value. Else empty |
//! | buckets | ring: for each of 16 parts, `2^bits + 1` × `u32`: where each bucket's entries start. Else empty |
//! | signatures | ring: for each part, for each entry, `u16`: the next part of its value; then 32 bytes of 0. Blocks: for each part (of `parts`) `2^bits` blocks, then the blocks beyond those, of 64 bytes: the next parts of up to thirty values, `u16`, then a `u32`: above 27 bits how many they are, in these the number of the block that goes on, or 0. Flat: empty |
//! | ids | ring: for each part, for each entry, `u32`: the number of its value. Blocks: 32 for each block, of 3 bytes where there are fewer than 2²⁴ − 1 values, else 4, all bits set where there is no entry. Flat: empty |

use std::ops::Range;

use thiserror::Error;

use crate::blocks::{BLOCK, MOST_BLOCKS, PLACES};
use crate::parts::Parts;
use crate::simd::{PREFIX_BLOCK, PREFIX_ROWS};
use crate::value::{PARTS, VALUE_BYTES};

const MAGIC: [u8; 8] = *b"BASIRAIX";
const VERSION: u32 = 2;
/// Bytes of the header.
pub(crate) const HEADER: usize = 128;
const SECTIONS: usize = 8;
const ALIGN: usize = 64;
const CRC_AT: Range<usize> = 12..16;
/// Zero bytes after the signatures, so that a vector load at the last one stays inside.
const SIGNATURE_PADDING: usize = 32;
/// Fewest and most bits of a bucket's number.
pub(crate) const BUCKET_BITS: std::ops::RangeInclusive<u32> = 4..=16;

/// Why bytes are not a segment that can be used. Whatever the reason, the remedy is the same: discard them
/// and build the segment again from the rows it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// Fewer bytes than a header.
    #[error("index segment has {0} bytes, fewer than its header of 128; build it again")]
    Short(usize),
    /// The first bytes are something else's.
    #[error("not an index segment (it does not start with BASIRAIX); check the path, or build it again")]
    Magic,
    /// Written by another version.
    #[error("index segment has format version {0}, this program reads version 2; build it again")]
    Version(u32),
    /// Bytes are missing or too many.
    #[error(
        "index segment has {got} bytes where its header says {want}; it was cut or mixed up, build it again"
    )]
    Length {
        /// Bytes that the header announces.
        want: u64,
        /// Bytes given.
        got: u64,
    },
    /// Some bit is not as it was written.
    #[error("index segment is damaged: checksum {got:08x} where {want:08x} was written; build it again")]
    Checksum {
        /// The checksum in the header.
        want: u32,
        /// The checksum of the bytes.
        got: u32,
    },
    /// The checksum holds, but the content contradicts itself.
    #[error("index segment contradicts itself ({0}); build it again and report this as a fault")]
    Content(&'static str),
}

/// How the rows of a segment are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// Every query reads every value, 96 bits first. Best for few rows.
    Flat,
    /// A ring of 16 parts (see the source of `ring`). Sixteen tables of `2^bits` buckets, 4 to 16 bits, each entry with a signature of 16 bits. Answers every
    /// radius that a flat segment answers, from the tables up to 63 where that is quicker.
    Ring {
        /// Bits of a bucket's number.
        bits: u32,
    },
    /// A ring of as many parts as `bits` allow, 16 to 32, its buckets kept in blocks of a cache line. Quicker, and larger.
    Blocks {
        /// Bits of a bucket's number.
        bits: u32,
    },
}

impl Layout {
    /// The layout that measured best for so many distinct values.
    pub fn for_values(values: usize) -> Self {
        if values < 8192 {
            return Self::Flat;
        }
        if values < 1_500_000 {
            // Twelve to twenty-four entries a bucket: the blocks are well filled, and seldom too small.
            let bits = (values / 25).ilog2() + 1;
            Self::Blocks {
                bits: bits.clamp(8, *BUCKET_BITS.end()),
            }
        } else {
            // Eight to sixteen entries a bucket, more where there are more buckets than bits.
            let bits = values.ilog2().saturating_sub(3);
            Self::Ring {
                bits: bits.clamp(8, *BUCKET_BITS.end()),
            }
        }
    }
}

impl Layout {
    /// The layout that [`for_batches`](crate::Segment::for_batches) needs for so many distinct values; `None` where it would
    /// be no gain, for fewer than some 16,000 or more than half a million: leave the choice to [`Self::for_values`] then.
    pub fn for_batches(values: usize) -> Option<Self> {
        crate::grid::layout_for(values)
    }
}

/// What the header says, with the place of each section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) layout: Layout,
    pub(crate) seq: u64,
    pub(crate) rows: usize,
    pub(crate) values: usize,
    /// Blocks beyond the first of each bucket.
    overflow: usize,
    sections: [Range<usize>; SECTIONS],
}

impl Header {
    /// The header for so many rows and values, `None` if their bytes cannot be addressed.
    pub(crate) fn new(layout: Layout, seq: u64, rows: usize, values: usize, overflow: usize) -> Option<Self> {
        let (flat, ring, bits, blocks) = match layout {
            Layout::Flat => (1, 0, 0, 0),
            Layout::Ring { bits } => (0, 1, bits, 0),
            Layout::Blocks { bits } => (
                0,
                0,
                bits,
                (Parts::for_bits(bits).count() << bits).checked_add(overflow)?,
            ),
        };
        if blocks > MOST_BLOCKS {
            return None;
        }
        // Row numbers and offsets in a table are u32.
        if rows > u32::MAX as usize || values > rows {
            return None;
        }
        let distinct = rows == values;
        let entries = values.checked_mul(PARTS)?.checked_mul(ring)?;
        let sizes = [
            values.checked_mul(VALUE_BYTES)?,
            if distinct { 0 } else { (values + 1).checked_mul(4)? },
            rows.checked_mul(8)?,
            rows.checked_mul(4)?,
            values
                .div_ceil(PREFIX_ROWS)
                .checked_mul(PREFIX_BLOCK)?
                .checked_mul(flat)?,
            PARTS * ((1usize << bits) + 1) * 4 * ring,
            entries
                .checked_mul(2)?
                .checked_add(SIGNATURE_PADDING * ring + blocks * BLOCK)?,
            entries
                .checked_mul(4)?
                .checked_add(blocks * PLACES * place_bytes(values))?,
        ];
        let mut at = HEADER;
        let mut sections: [Range<usize>; SECTIONS] = std::array::from_fn(|_| 0..0);
        for (section, size) in sections.iter_mut().zip(sizes) {
            *section = at..at.checked_add(size)?;
            at = section.end.checked_next_multiple_of(ALIGN)?;
        }
        Some(Self {
            layout,
            seq,
            rows,
            values,
            overflow,
            sections,
        })
    }

    /// Bytes of the whole segment.
    pub(crate) fn total(&self) -> usize {
        self.sections[SECTIONS - 1].end.next_multiple_of(ALIGN)
    }

    pub(crate) fn distinct(&self) -> bool {
        self.rows == self.values
    }

    pub(crate) fn values_at(&self) -> Range<usize> {
        self.sections[0].clone()
    }
    pub(crate) fn starts_at(&self) -> Range<usize> {
        self.sections[1].clone()
    }
    pub(crate) fn keys_at(&self) -> Range<usize> {
        self.sections[2].clone()
    }
    pub(crate) fn by_key_at(&self) -> Range<usize> {
        self.sections[3].clone()
    }
    pub(crate) fn prefix_at(&self) -> Range<usize> {
        self.sections[4].clone()
    }
    /// Bucket starts of part `p` (ring only).
    pub(crate) fn buckets_at(&self, p: usize) -> Range<usize> {
        let size = self.sections[5].len() / PARTS;
        let start = self.sections[5].start + p * size;
        start..start + size
    }
    /// Signatures of part `p` and whatever follows them, at least the padding (ring only).
    pub(crate) fn signatures_at(&self, p: usize) -> Range<usize> {
        self.sections[6].start + 2 * p * self.values..self.sections[6].end
    }
    /// Ids of part `p` (ring only).
    pub(crate) fn ids_at(&self, p: usize) -> Range<usize> {
        let start = self.sections[7].start + 4 * p * self.values;
        start..start + 4 * self.values
    }

    /// Blocks of all parts (blocks only).
    pub(crate) fn blocks_at(&self) -> Range<usize> {
        self.sections[6].clone()
    }
    /// Ids beside the blocks (blocks only).
    pub(crate) fn places_at(&self) -> Range<usize> {
        self.sections[7].clone()
    }

    /// Writes the header and the checksum into finished bytes of [`Header::total`] length.
    pub(crate) fn seal(&self, bytes: &mut [u8]) {
        let (layout, bits) = match self.layout {
            Layout::Flat => (0u32, 0),
            Layout::Ring { bits } => (1, bits),
            Layout::Blocks { bits } => (2, bits),
        };
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(&MAGIC);
        for word in [VERSION, 0, layout, bits] {
            header.extend_from_slice(&word.to_le_bytes());
        }
        for word in [
            self.total() as u64,
            self.seq,
            self.rows as u64,
            self.values as u64,
            self.overflow as u64,
        ] {
            header.extend_from_slice(&word.to_le_bytes());
        }
        for section in &self.sections {
            header.extend_from_slice(&(section.start as u64).to_le_bytes());
        }
        bytes[..HEADER].copy_from_slice(&header);
        let crc = checksum(bytes);
        bytes[CRC_AT].copy_from_slice(&crc.to_le_bytes());
    }

    /// Reads and checks the header, the length and the checksum.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, SegmentError> {
        let header: &[u8; HEADER] = bytes.first_chunk().ok_or(SegmentError::Short(bytes.len()))?;
        let short =
            |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let long = |at: usize| u64::from(short(at)) | u64::from(short(at + 4)) << 32;
        if header[..8] != MAGIC {
            return Err(SegmentError::Magic);
        }
        if short(8) != VERSION {
            return Err(SegmentError::Version(short(8)));
        }
        if long(24) != bytes.len() as u64 {
            return Err(SegmentError::Length {
                want: long(24),
                got: bytes.len() as u64,
            });
        }
        let (want, got) = (short(CRC_AT.start), checksum(bytes));
        // The fuzzer is to come further than a checksum lets it.
        if want != got && !cfg!(fuzzing) {
            return Err(SegmentError::Checksum { want, got });
        }
        let layout = match (short(16), short(20)) {
            (0, 0) => Layout::Flat,
            (1, bits) if BUCKET_BITS.contains(&bits) => Layout::Ring { bits },
            (2, bits) if BUCKET_BITS.contains(&bits) => Layout::Blocks { bits },
            _ => return Err(SegmentError::Content("unknown layout")),
        };
        let count = |at| usize::try_from(long(at)).map_err(|_| SegmentError::Content("too many rows"));
        let overflow = match layout {
            Layout::Blocks { .. } => count(56)?,
            _ => 0,
        };
        let this = Self::new(layout, long(32), count(40)?, count(48)?, overflow)
            .ok_or(SegmentError::Content("more values than rows, or too many"))?;
        let places = this
            .sections
            .iter()
            .enumerate()
            .all(|(i, s)| long(64 + 8 * i) == s.start as u64);
        if !places || this.total() != bytes.len() || long(56) != overflow as u64 {
            return Err(SegmentError::Content(
                "sections are not where its counts put them",
            ));
        }
        Ok(this)
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&bytes[..CRC_AT.start]);
    crc.update(&[0; 4]);
    crc.update(&bytes[CRC_AT.end..]);
    crc.finalize()
}

/// Bytes of an id beside a block.
pub(crate) const fn place_bytes(values: usize) -> usize {
    if values < (1 << 24) - 1 { 3 } else { 4 }
}

/// Number `at` of a table of little-endian `u32`, `None` past its end.
#[inline(always)]
pub(crate) fn read_u32(table: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*table.get(4 * at..)?.first_chunk()?))
}

/// Numbers `at` and `at + 1` of a table of little-endian `u32`.
#[inline(always)]
pub(crate) fn read_pair(table: &[u8], at: usize) -> Option<(u32, u32)> {
    let both = u64::from_le_bytes(*table.get(4 * at..)?.first_chunk()?);
    Some((both as u32, (both >> 32) as u32))
}

/// Number `at` of a table of little-endian `u64`, `None` past its end.
#[inline(always)]
pub(crate) fn read_u64(table: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*table.get(8 * at..)?.first_chunk()?))
}
