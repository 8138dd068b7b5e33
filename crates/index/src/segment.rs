//! An immutable, checked set of rows.

use std::ops::Range;

use model::PdqHash;

use crate::Hit;
use crate::build::{BuildError, build};
use crate::format::{Header, Layout, SegmentError, read_pair, read_u32, read_u64};
use crate::grid::Grid;
use crate::scratch::Scratch;
use crate::value::{PARTS, Value};

/// Rows (a hash and a key each) in bytes that can be stored, mapped and searched as they are.
///
/// `B` holds the bytes: a `Vec<u8>`, a memory map, a `&[u8]`. The bytes must not change while the segment lives;
/// should they (a file overwritten under its map), results are wrong but nothing worse happens.
#[derive(Debug)]
pub struct Segment<B> {
    bytes: B,
    header: Header,
    grid: Option<Grid>,
}

impl Segment<Vec<u8>> {
    /// Builds the bytes of a segment from rows in any order; many rows may share a hash or a key. The sequence
    /// number is the caller's: say, up to which change of the bank the rows go. A `layout` of `None` chooses by
    /// size. The same rows give the same bytes.
    ///
    /// Takes about 40 bytes of memory a row beside the result.
    ///
    /// # Errors
    /// [`BuildError`] if the rows are too many for one segment or the layout is impossible.
    pub fn build(
        rows: impl IntoIterator<Item = (PdqHash, u64)>,
        seq: u64,
        layout: Option<Layout>,
    ) -> Result<Vec<u8>, BuildError> {
        build(rows, seq, layout)
    }
}

impl<B: AsRef<[u8]>> Segment<B> {
    /// Opens the bytes that [`Segment::build`] gave. Reads them once, for the checksum.
    ///
    /// Any bytes may be given: those that are no segment are refused, and no bytes make a search panic. The
    /// checksum finds accidents; it is no signature, so bytes must come from a place that only the program writes.
    ///
    /// # Errors
    /// [`SegmentError`] says what is wrong.
    pub fn open(bytes: B) -> Result<Self, SegmentError> {
        let header = Header::read(bytes.as_ref())?;
        let this = Self {
            bytes,
            header,
            grid: None,
        };
        this.check_content()?;
        Ok(this)
    }

    /// Makes a table beside the segment with which a [batch](crate::Index::search_batch) is answered several times
    /// quicker, at radii up to 31. Takes some 70 bytes of memory a hash, and a few milliseconds per 100,000. Nothing is
    /// made where the [layout](Layout::for_batches) is not for it.
    pub fn for_batches(self) -> Self {
        let grid = Grid::of(&self);
        Self { grid, ..self }
    }

    fn check_content(&self) -> Result<(), SegmentError> {
        let ascending = |table: &[u8], last: usize| {
            let numbers = || table.as_chunks::<4>().0.iter().map(|n| u32::from_le_bytes(*n));
            numbers().is_sorted() && numbers().next() == Some(0) && numbers().next_back() == Some(last as u32)
        };
        let header = &self.header;
        if !header.distinct() && !ascending(self.section(header.starts_at()), header.rows) {
            return Err(SegmentError::Content("rows of values are not in order"));
        }
        if matches!(header.layout, Layout::Ring { .. })
            && !(0..PARTS).all(|p| ascending(self.section(header.buckets_at(p)), header.values))
        {
            return Err(SegmentError::Content("buckets are not in order"));
        }
        Ok(())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.header.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.header.rows == 0
    }

    /// Number of distinct hashes.
    pub fn distinct(&self) -> usize {
        self.header.values
    }

    /// The sequence number given when it was built.
    pub fn seq(&self) -> u64 {
        self.header.seq
    }

    /// How the rows are arranged.
    pub fn layout(&self) -> Layout {
        self.header.layout
    }

    /// Size in bytes, without what [`for_batches`](Self::for_batches) adds.
    pub fn size(&self) -> usize {
        self.header.total()
    }

    /// The bytes, as they can be stored.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// All rows, by value.
    pub fn rows(&self) -> impl Iterator<Item = (PdqHash, u64)> + '_ {
        self.numbered_rows().map(|(_, hash, key)| (hash, key))
    }

    /// Appends every row within `radius` (in bits, 0 to 256) of the query, each once, in no particular order.
    pub fn search(&self, query: &PdqHash, radius: u32, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        self.search_rows(&Value::from_hash(query), radius, scratch, |_, hit| hits.push(hit));
    }

    pub(crate) fn grid(&self) -> Option<&Grid> {
        self.grid.as_ref()
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The bytes of a section. The range comes from the header, which was checked against the length; bytes that
    /// change their length under us give an empty section.
    #[inline(always)]
    pub(crate) fn section(&self, range: Range<usize>) -> &[u8] {
        self.bytes.as_ref().get(range).unwrap_or_default()
    }

    pub(crate) fn values(&self) -> &[u8] {
        self.section(self.header.values_at())
    }

    /// The rows of value `id`.
    #[inline(always)]
    pub(crate) fn rows_of(&self, id: u32) -> Range<u32> {
        if self.header.distinct() {
            return id..id + 1;
        }
        read_pair(self.section(self.header.starts_at()), id as usize).map_or(0..0, |(start, end)| start..end)
    }

    /// The key of a row.
    #[inline(always)]
    pub(crate) fn key(&self, row: u32) -> Option<u64> {
        read_u64(self.section(self.header.keys_at()), row as usize)
    }

    pub(crate) fn numbered_rows(&self) -> impl Iterator<Item = (u32, PdqHash, u64)> + '_ {
        (0..self.header.values as u32).flat_map(move |id| {
            let hash = Value::get(self.values(), id as usize).map(Value::to_hash);
            self.rows_of(id)
                .filter_map(move |row| Some((row, hash?, self.key(row)?)))
        })
    }

    /// The rows that have this key.
    pub(crate) fn rows_with_key(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let order = self.section(self.header.by_key_at());
        let key_at = move |at: usize| {
            let row = read_u32(order, at)?;
            Some((row, self.key(row)?))
        };
        let (mut low, mut high) = (0, self.header.rows);
        while low < high {
            let middle = low.midpoint(high);
            if key_at(middle).is_some_and(|(_, at)| at < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low..self.header.rows)
            .map_while(key_at)
            .take_while(move |(_, at)| *at == key)
            .map(|(row, _)| row)
    }
}
