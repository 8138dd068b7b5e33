//! Batches in segments that are made for them, against brute force.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use basira_index::{BatchHit, Index, Kernels, Layout, Scratch, Segment};
use common::{Bank, Random, measure, within};
use model::PdqHash;

type Rows = Vec<(PdqHash, u64)>;

fn index(rows: &Rows, bits: u32) -> Index<Vec<u8>> {
    let bytes = Segment::build(rows.iter().copied(), 1, Some(Layout::Ring { bits })).unwrap();
    Index::with_segments([Segment::open(bytes).unwrap().for_batches()])
}

fn batch(index: &Index<Vec<u8>>, queries: &[PdqHash], radius: u32, scratch: &mut Scratch) -> Vec<BatchHit> {
    let mut hits = vec![];
    index.search_batch(queries, radius, scratch, &mut hits);
    assert!(hits.is_sorted_by_key(|hit| hit.query));
    hits.sort();
    hits
}

/// Holds batches against brute force, with every form of the instructions.
fn check(index: &Index<Vec<u8>>, rows: &Rows, queries: &[PdqHash], radii: &[u32], what: &str) {
    let measured: Vec<_> = queries.iter().map(|query| measure(rows, query)).collect();
    for kernels in Kernels::available() {
        let mut scratch = Scratch::with_kernels(kernels);
        for &radius in radii {
            let want = (0..).zip(&measured).flat_map(|(query, measured)| {
                within(measured, radius).into_iter().map(move |hit| BatchHit {
                    query,
                    key: hit.key,
                    distance: hit.distance,
                })
            });
            let mut want: Vec<BatchHit> = want.collect();
            want.sort();
            let got = batch(index, queries, radius, &mut scratch);
            assert!(got == want, "{what}, {} radius {radius}", kernels.name());
        }
    }
}

#[test]
fn every_number_of_cells_and_every_radius() {
    let random = Random::new(31);
    for bits in 11..=16 {
        for n in [0, 1, 60, 2_000] {
            let bank = Bank::clustered(&random, n);
            let queries = bank.queries(&random, 150);
            let radii: Vec<u32> = if n == 60 {
                (0..=34).collect()
            } else {
                vec![0, 15, 31, 32]
            };
            check(
                &index(&bank.rows, bits),
                &bank.rows,
                &queries,
                &radii,
                &format!("{bits} bits, {n} rows"),
            );
        }
    }
}

/// At the edge: what is 28 to 34 bits from a query, the differing bits spread in every style.
#[test]
fn what_lies_at_the_radius_is_found_and_what_lies_beyond_is_not() {
    let random = Random::new(32);
    let queries: Vec<PdqHash> = (0..100).map(|_| random.hash()).collect();
    let near = (0..8_000).map(|key| {
        let query = queries[random.below(queries.len())];
        (
            random.mutate_in(query, 28 + random.below(7), random.below(4)),
            key,
        )
    });
    let rows: Rows = near.collect();
    check(&index(&rows, 12), &rows, &queries, &[29, 30, 31], "edge");
}

/// Frames of one scene are near each other: their cells have more entries than places, from a few to very many.
#[test]
fn cells_that_overflow_and_queries_among_thousands_of_rows() {
    let random = Random::new(33);
    for (n, flips) in [(15, 1), (16, 1), (17, 1), (40, 3), (600, 8), (9_000, 12)] {
        let centre = random.hash();
        let mut rows: Rows = (0..n)
            .map(|key| (random.mutate(centre, random.below(flips + 1)), key))
            .collect();
        rows.extend((n..n + 500).map(|key| (random.hash(), key)));
        let mut queries = vec![
            centre,
            random.hash(),
            random.mutate(centre, 16),
            random.mutate(centre, 30),
        ];
        queries.push(rows[rows.len() - 1].0);
        check(
            &index(&rows, 12),
            &rows,
            &queries,
            &[0, 8, 24, 31],
            &format!("{n} rows within {flips} bits"),
        );
    }
}

#[test]
fn what_is_added_and_removed_since_counts() {
    let random = Random::new(34);
    let bank = Bank::clustered(&random, 3_000);
    let mut rows: Rows = bank.rows[..2_000].to_vec();
    let mut index = index(&rows, 13);
    for (hash, key) in &bank.rows[2_000..] {
        index.insert(hash, *key);
        rows.push((*hash, *key));
    }
    for key in [3, 4, 5, 1_999, 2_500] {
        index.remove(key);
        rows.retain(|row| row.1 != key);
    }
    check(&index, &rows, &bank.queries(&random, 90), &[0, 31], "changed");
}

#[test]
fn a_layout_is_named_for_the_sizes_that_gain_by_it() {
    for (values, bits) in [
        (0, None),
        (16_384, None),
        (16_385, Some(12)),
        (120_000, Some(14)),
        (131_072, Some(14)),
        (131_073, Some(15)),
        (524_288, Some(16)),
        (524_289, None),
    ] {
        assert_eq!(
            Layout::for_batches(values),
            bits.map(|bits| Layout::Ring { bits }),
            "{values}"
        );
    }
}
