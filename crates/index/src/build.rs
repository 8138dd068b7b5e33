//! From rows to the bytes of a segment.

use model::PdqHash;
use thiserror::Error;

use crate::blocks;
use crate::format::{BUCKET_BITS, Header, Layout};
use crate::simd::{PREFIX_BLOCK, PREFIX_ROWS};
use crate::value::{PARTS, VALUE_BYTES, Value};

/// Why rows cannot become one segment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// More rows than row numbers.
    #[error("{0} rows do not fit one index segment; divide them over several (at most 4,294,967,295 each)")]
    TooManyRows(usize),
    /// A bucket number of so many bits is not supported.
    #[error("a ring layout needs 4 to 16 bits, not {0}; leave the choice to Layout::for_values")]
    Bits(u32),
}

type Row = (Value, u64);

/// Builds the bytes of a segment. `layout` of `None` chooses by size. Equal rows give equal bytes, whatever
/// their order.
///
/// # Errors
/// [`BuildError`] for too many rows or an impossible layout.
pub(crate) fn build(
    rows: impl IntoIterator<Item = (PdqHash, u64)>,
    seq: u64,
    layout: Option<Layout>,
) -> Result<Vec<u8>, BuildError> {
    let rows = sorted(
        rows.into_iter()
            .map(|(hash, key)| (Value::from_hash(&hash), key))
            .collect(),
    );
    let starts = starts(&rows);
    let values = starts.len() - 1;
    let layout = layout.unwrap_or_else(|| Layout::for_values(values));
    if let Layout::Ring { bits } | Layout::Blocks { bits } = layout
        && !BUCKET_BITS.contains(&bits)
    {
        return Err(BuildError::Bits(bits));
    }
    let more = match layout {
        Layout::Blocks { bits } => {
            let distinct = starts[..values].iter().map(|&start| rows[start as usize].0);
            blocks::overflow(distinct, bits)
        }
        _ => 0,
    };
    let header =
        Header::new(layout, seq, rows.len(), values, more).ok_or(BuildError::TooManyRows(rows.len()))?;
    let mut bytes = vec![0u8; header.total()];

    let table = &mut bytes[header.values_at()];
    for (into, &start) in table.as_chunks_mut::<VALUE_BYTES>().0.iter_mut().zip(&starts) {
        *into = rows[start as usize].0.to_bytes();
    }
    if !header.distinct() {
        put_u32s(&mut bytes[header.starts_at()], &starts);
    }
    for (into, row) in bytes[header.keys_at()]
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip(&rows)
    {
        *into = row.1.to_le_bytes();
    }
    put_u32s(&mut bytes[header.by_key_at()], &by_key(&rows));
    drop(rows);
    match layout {
        Layout::Flat => put_prefixes(&mut bytes, &header),
        Layout::Ring { bits } => put_ring(&mut bytes, &header, bits),
        Layout::Blocks { bits } => blocks::put(&mut bytes, &header, bits),
    }
    header.seal(&mut bytes);
    Ok(bytes)
}

/// Rows by value, then key: first dealt by their first part, which takes two passes, then each deal sorted.
fn sorted(rows: Vec<Row>) -> Vec<Row> {
    let mut rows = rows;
    if rows.len() < 1 << 14 {
        rows.sort_unstable();
        return rows;
    }
    // The order of values compares word 0 first, so its top 16 bits decide.
    let deal = |row: &Row| (row.0.0[0] >> 48) as usize;
    let mut ends = vec![0usize; (1 << 16) + 1];
    for row in &rows {
        ends[deal(row) + 1] += 1;
    }
    for i in 1..ends.len() {
        ends[i] += ends[i - 1];
    }
    let starts = ends.clone();
    let mut dealt = vec![(Value([0; 4]), 0u64); rows.len()];
    for row in &rows {
        let place = &mut ends[deal(row)];
        dealt[*place] = *row;
        *place += 1;
    }
    for pair in starts.windows(2) {
        dealt[pair[0]..pair[1]].sort_unstable();
    }
    dealt
}

/// Where the rows of each distinct value start, and the number of rows.
fn starts(rows: &[Row]) -> Vec<u32> {
    let mut starts = Vec::with_capacity(rows.len() + 1);
    for (at, row) in rows.iter().enumerate() {
        if at == 0 || rows[at - 1].0 != row.0 {
            starts.push(at as u32);
        }
    }
    starts.push(rows.len() as u32);
    starts
}

fn by_key(rows: &[Row]) -> Vec<u32> {
    let mut order: Vec<(u64, u32)> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| (row.1, at as u32))
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

fn put_u32s(into: &mut [u8], numbers: &[u32]) {
    for (into, number) in into.as_chunks_mut::<4>().0.iter_mut().zip(numbers) {
        *into = number.to_le_bytes();
    }
}

/// The three planes of a prefix table for one value.
pub(crate) fn put_prefix(block: &mut [u8; PREFIX_BLOCK], lane: usize, value: &Value) {
    let planes = value.to_bytes();
    for (plane, word) in planes.as_chunks::<4>().0[..3].iter().enumerate() {
        block.as_chunks_mut::<4>().0[plane * PREFIX_ROWS + lane] = *word;
    }
}

fn put_prefixes(bytes: &mut [u8], header: &Header) {
    let (front, back) = bytes.split_at_mut(header.prefix_at().start);
    let blocks = back.as_chunks_mut::<PREFIX_BLOCK>().0;
    for (at, value) in front[header.values_at()]
        .as_chunks::<VALUE_BYTES>()
        .0
        .iter()
        .enumerate()
    {
        put_prefix(
            &mut blocks[at / PREFIX_ROWS],
            at % PREFIX_ROWS,
            &Value::from_bytes(value),
        );
    }
}

/// Fills the tables of the sixteen parts by counting sort; ids ascend within a bucket.
fn put_ring(bytes: &mut [u8], header: &Header, bits: u32) {
    let inside = (1usize << bits) - 1;
    let mut signatures = vec![0u16; header.values];
    let mut ids = vec![0u32; header.values];
    for p in 0..PARTS {
        let values = || bytes[header.values_at()].as_chunks::<VALUE_BYTES>().0.iter();
        let part = |value: &[u8; VALUE_BYTES], p: usize| u16::from_le_bytes([value[2 * p], value[2 * p + 1]]);
        let mut starts = vec![0u32; inside + 2];
        for value in values() {
            starts[(usize::from(part(value, p)) & inside) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        for (id, value) in values().enumerate() {
            let place = &mut next[usize::from(part(value, p)) & inside];
            signatures[*place as usize] = part(value, (p + 1) % PARTS);
            ids[*place as usize] = id as u32;
            *place += 1;
        }
        put_u32s(&mut bytes[header.buckets_at(p)], &starts);
        put_u32s(&mut bytes[header.ids_at(p)], &ids);
        let table = bytes[header.signatures_at(p)].as_chunks_mut::<2>().0;
        for (into, signature) in table.iter_mut().zip(&signatures) {
            *into = signature.to_le_bytes();
        }
    }
}
