//! Rows of long texts in order, without a sort that goes through all of the memory again and again.

/// The most buckets: so many places are written in turn without waiting for memory.
const BUCKETS: u32 = 1 << 12;
/// Rows of a bucket, where there are few.
const FEW: usize = 64;

/// Puts rows in order, as a sort does: first into buckets by the upper bits of a key of `bits` bits, by which rows are ordered first
/// and spread about evenly, then within each bucket, which near memory holds.
pub(super) fn in_order<R: Ord + Copy + Default>(
    rows: impl ExactSizeIterator<Item = R> + Clone,
    bits: u32,
    key: impl Fn(&R) -> u64,
) -> Vec<R> {
    let wanted = (rows.len() / FEW).max(1).ilog2().min(BUCKETS.ilog2()).min(bits);
    let bucket = |row: &R| (key(row) >> (bits - wanted)) as usize;
    let mut ends = vec![0; (1 << wanted) + 1];
    rows.clone().for_each(|row| ends[bucket(&row) + 1] += 1);
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    let mut placed = vec![R::default(); rows.len()];
    for row in rows {
        let next = &mut ends[bucket(&row)];
        placed[*next] = row;
        *next += 1;
    }
    // Each place where a bucket was to begin has moved to where it ends.
    let mut start = 0;
    for end in &ends[..1 << wanted] {
        placed[start..*end].sort_unstable();
        start = *end;
    }
    placed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_come_in_the_order_of_a_sort(
            bits in 1..49_u32,
            few in any::<u64>(),
            keys in prop::collection::vec(any::<u64>(), 0..3_000),
        ) {
            // Some again and again, as in a text that repeats itself, and those at both ends.
            let most = (1 << bits) - 1;
            let key = |it: u64| match it % 9 {
                0 => 0,
                1 => most,
                2 => few & most,
                _ => it & most,
            };
            let rows: Vec<(u64, u32)> = keys.into_iter().map(key).zip((0..u32::MAX).rev()).collect();
            let mut sorted = rows.clone();
            sorted.sort_unstable();
            prop_assert_eq!(in_order(rows.into_iter(), bits, |row| row.0), sorted);
        }
    }
}
