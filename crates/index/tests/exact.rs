//! The index against brute force: every size from 0 to 300, duplicates, every radius, every layout, every
//! instruction set, with inserts, removals and folds in between.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use basira_index::{BatchHit, Hit, Index, Kernels, Layout, Scratch, Segment};
use common::{Bank, Random, brute_force, measure, sorted, within};
use model::PdqHash;

fn layouts() -> impl Iterator<Item = Option<Layout>> {
    let ring = |bits| Some(Layout::Ring { bits });
    let blocks = |bits| Some(Layout::Blocks { bits });
    let rings = [None, Some(Layout::Flat), ring(4), ring(7), ring(11), ring(16)];
    rings.into_iter().chain([blocks(4), blocks(9)])
}

fn scratches() -> Vec<Scratch> {
    Kernels::available()
        .into_iter()
        .map(Scratch::with_kernels)
        .collect()
}

/// Every radius to 64 and the ends.
fn radii() -> impl Iterator<Item = u32> {
    (0..=64).chain([80, 84, 100, 127, 128, 160, 200, 254, 255, 256])
}

fn segment(rows: &[(PdqHash, u64)], layout: Option<Layout>) -> Segment<Vec<u8>> {
    Segment::open(Segment::build(rows.iter().copied(), 3, layout).unwrap()).unwrap()
}

#[test]
fn every_size_from_0_to_300() {
    let random = Random::new(1);
    for n in 0..=300 {
        let bank = Bank::clustered(&random, n);
        let layout = [
            None,
            Some(Layout::Flat),
            Some(Layout::Ring { bits: 4 }),
            Some(Layout::Ring { bits: 9 }),
            Some(Layout::Blocks { bits: 5 }),
        ][n % 5];
        let segment = segment(&bank.rows, layout);
        assert_eq!(segment.len(), n);
        for scratch in &mut scratches() {
            for query in bank.queries(&random, 3) {
                let radius = random.below(257) as u32;
                for radius in [0, 15, 31, 32, radius] {
                    let mut hits = vec![];
                    segment.search(&query, radius, scratch, &mut hits);
                    assert_eq!(
                        sorted(hits),
                        brute_force(&bank.rows, &query, radius),
                        "n {n} radius {radius}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_radius_in_every_layout() {
    let random = Random::new(2);
    for n in [1, 40, 257, 3000, 9000] {
        let bank = Bank::clustered(&random, n);
        let queries = bank.queries(&random, 6);
        let measured: Vec<_> = queries.iter().map(|query| measure(&bank.rows, query)).collect();
        for layout in layouts() {
            let segment = segment(&bank.rows, layout);
            for scratch in &mut scratches() {
                for radius in radii() {
                    for (query, measured) in queries.iter().zip(&measured) {
                        let mut hits = vec![];
                        segment.search(query, radius, scratch, &mut hits);
                        let path = scratch.kernels().name();
                        let want = within(measured, radius);
                        assert_eq!(sorted(hits), want, "n {n} {layout:?} {path} radius {radius}");
                    }
                }
            }
        }
    }
}

/// Rows at exactly the radius, one bit nearer and one farther, for many placements of the differing bits.
#[test]
fn the_edge_of_the_radius() {
    let random = Random::new(3);
    for radius in 0..=64u32 {
        let query = random.hash();
        let rows: Vec<_> = (0..600)
            .map(|key| {
                let distance = (radius + 1).saturating_sub(key as u32 % 3);
                // Also with all flips in as few rows or diagonals of frequencies as possible.
                (random.mutate_in(query, distance as usize, key as usize % 4), key)
            })
            .collect();
        for layout in layouts() {
            let segment = segment(&rows, layout);
            for scratch in &mut scratches() {
                let mut hits = vec![];
                segment.search(&query, radius, scratch, &mut hits);
                assert_eq!(
                    sorted(hits),
                    brute_force(&rows, &query, radius),
                    "{layout:?} radius {radius}"
                );
            }
        }
    }
}

#[test]
fn thousands_of_equal_hashes() {
    let random = Random::new(4);
    let blank = random.hash();
    let mut rows: Vec<_> = (0..5000).map(|key| (blank, key)).collect();
    rows.extend((0..5000).map(|key| (random.mutate(blank, 20), key)));
    rows.extend((0..5000).map(|key| (random.hash(), key)));
    let queries = [
        blank,
        random.mutate(blank, 11),
        random.mutate(blank, 60),
        random.hash(),
    ];
    for layout in layouts() {
        let segment = segment(&rows, layout);
        assert!(segment.distinct() <= 10_001);
        for scratch in &mut scratches() {
            for query in &queries {
                let mut hits = vec![];
                segment.search(query, 31, scratch, &mut hits);
                assert_eq!(sorted(hits), brute_force(&rows, query, 31), "{layout:?}");
            }
        }
    }
}

/// Random changes to an index and to a plain list of rows, which must always agree.
#[test]
fn changes_count_at_once() {
    for seed in 0..40 {
        let random = Random::new(100 + seed);
        let mut index: Index<Vec<u8>> = Index::new();
        let mut rows: Vec<(PdqHash, u64)> = vec![];
        let mut fold = None;
        let mut scratches = scratches();
        let start = random.hash();
        for step in 0..400 {
            match random.below(24) {
                0..=13 => {
                    let near = rows.get(random.below(rows.len() + 1)).map_or(start, |row| row.0);
                    let flips = random.below(40);
                    let hash = if random.below(4) == 0 {
                        random.hash()
                    } else {
                        random.mutate(near, flips)
                    };
                    // Few keys, so that rows share them.
                    let key = random.below(60) as u64;
                    index.insert(&hash, key);
                    rows.push((hash, key));
                }
                14..=17 => {
                    let key = random.below(60) as u64;
                    let before = rows.len();
                    rows.retain(|row| row.1 != key);
                    assert_eq!(index.remove(key), before - rows.len());
                }
                18 => fold = Some(index.begin_fold()),
                19 => fold = Some(index.begin_fold_of_new()),
                20 | 21 => {
                    if let Some(fold) = fold.take() {
                        let layouts: Vec<_> = layouts().collect();
                        let bytes = fold.build_as(step, layouts[random.below(layouts.len())]).unwrap();
                        index.finish_fold(&fold, Segment::open(bytes).unwrap()).unwrap();
                    }
                }
                _ => {}
            }
            assert_eq!(index.len(), rows.len());
            let near = rows.get(random.below(rows.len() + 1)).map_or(start, |row| row.0);
            let query = random.mutate(near, random.below(45));
            let radius = [31, 31, 31, random.below(257) as u32][random.below(4)];
            for scratch in &mut scratches {
                let mut hits = vec![];
                index.search(&query, radius, scratch, &mut hits);
                assert_eq!(
                    sorted(hits),
                    brute_force(&rows, &query, radius),
                    "seed {seed} step {step}"
                );
            }
        }
        let live: usize =
            index.segments().map(Segment::len).sum::<usize>() + index.unfolded() - index.removed();
        assert_eq!(live, index.len());
    }
}

#[test]
fn batches_equal_single_searches() {
    let random = Random::new(6);
    let bank = Bank::clustered(&random, 5000);
    let mut index = Index::with_segments([
        segment(&bank.rows[..3000], None),
        segment(&bank.rows[3000..4000], None),
    ]);
    for (hash, key) in &bank.rows[4000..] {
        index.insert(hash, *key);
    }
    let mut rows = bank.rows.clone();
    for key in [5, 3100, 4100] {
        index.remove(key);
        rows.retain(|row| row.1 != key);
    }
    for count in [0, 1, 2, 37] {
        let queries = bank.queries(&random, count);
        for radius in [0, 31, 47, 64, 84, 110, 256] {
            let mut want: Vec<BatchHit> = vec![];
            for (query, hash) in (0..).zip(&queries) {
                let hits = brute_force(&rows, hash, radius);
                want.extend(
                    hits.iter()
                        .map(|&Hit { key, distance }| BatchHit { query, key, distance }),
                );
            }
            want.sort();
            for scratch in &mut scratches() {
                let (mut batch, mut wide) = (vec![], vec![]);
                index.search_batch(&queries, radius, scratch, &mut batch);
                assert!(batch.is_sorted_by_key(|hit| hit.query));
                index.search_wide(&queries, radius, scratch, &mut wide);
                batch.sort();
                wide.sort();
                assert!(batch == want, "batch of {count}, radius {radius}");
                assert!(wide == want, "wide, {count} queries, radius {radius}");
            }
        }
    }
}

#[test]
fn a_fold_that_is_not_finished_loses_nothing() {
    let random = Random::new(7);
    let hashes: Vec<_> = (0..10).map(|_| random.hash()).collect();
    let mut index: Index<Vec<u8>> = Index::new();
    index.insert(&hashes[0], 0);
    let first = index.begin_fold();
    index.insert(&hashes[1], 1);
    let second = index.begin_fold();
    index.remove(0);
    index.insert(&hashes[2], 2);

    let open = |fold: &basira_index::Fold<Vec<u8>>| Segment::open(fold.build(9).unwrap()).unwrap();
    assert!(index.finish_fold(&first, open(&first)).is_err(), "superseded");
    assert!(
        index.finish_fold(&second, open(&first)).is_err(),
        "the wrong segment"
    );
    assert_eq!(index.len(), 2);
    index.finish_fold(&second, open(&second)).unwrap();
    assert!(
        index.finish_fold(&second, open(&second)).is_err(),
        "finished already"
    );
    assert_eq!((index.len(), index.removed(), index.unfolded()), (2, 1, 1));
    assert_eq!(index.segments().next().unwrap().seq(), 9);
    let (mut scratch, mut hits) = (Scratch::new(), vec![]);
    for (key, hash) in (0u64..).zip(&hashes[..3]) {
        hits.clear();
        index.search(hash, 0, &mut scratch, &mut hits);
        assert_eq!(hits.len(), usize::from(key != 0));
    }
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let random = Random::new(8);
    for n in [0, 1, 100, 20_000] {
        let mut rows = Bank::clustered(&random, n).rows;
        let bytes = Segment::build(rows.iter().copied(), 5, None).unwrap();
        rows.reverse();
        assert!(bytes == Segment::build(rows.iter().copied(), 5, None).unwrap());
        let segment = Segment::open(&bytes).unwrap();
        let mut again: Vec<_> = segment.rows().collect();
        again.sort();
        rows.sort();
        assert!(again == rows);
        assert_eq!((segment.seq(), segment.size()), (5, bytes.len()));
    }
}

#[test]
fn an_index_can_be_shared() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Index<Vec<u8>>>();
    shareable::<Segment<&[u8]>>();
    shareable::<basira_index::Fold<Vec<u8>>>();
    shareable::<Scratch>();
}
