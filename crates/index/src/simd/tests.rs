//! Each form that this processor can run, against the scalar one.
//!
//! Miri runs the forms that it cannot, and checks every `unsafe` (slow, so with fewer sizes):
//! `RUSTFLAGS="-C target-feature=+avx2,+popcnt,+bmi1,+avx512f,+avx512bw,+avx512vl,+avx512vpopcntdq,+avx512bitalg"
//! cargo +nightly miri test -p basira-index --lib simd -- --nocapture`

use super::*;
use crate::testing::Random;
use crate::value::{PARTS, VALUE_BYTES};

fn others() -> Vec<Kernels> {
    let all = Kernels::available();
    let names: Vec<_> = all.iter().map(|k| k.name()).collect();
    let missing: Vec<_> = ["scalar", "avx2", "avx512"]
        .into_iter()
        .filter(|n| !names.contains(n))
        .collect();
    println!(
        "instructions tested on this processor: {names:?}; not available on it, so not tested: {missing:?}"
    );
    all
}

/// Table sizes: all small ones and a large one; under Miri a few around the sizes of a register.
fn sizes(small: usize, large: usize) -> Vec<usize> {
    if cfg!(miri) {
        vec![0, 1, 7, 8, 17, 33]
    } else {
        (0..small).chain([large]).collect()
    }
}

/// Values near and far from the query.
fn values(random: &mut Random, n: usize) -> (Value, Vec<u8>) {
    let query = random.hash();
    let rows = (0..n).flat_map(|_| {
        let flips = [0, 5, 31, 32, 84, 128, 255, 256][random.below(8)];
        Value::from_hash(&random.mutate(query, flips)).to_bytes()
    });
    let rows = rows.collect();
    (Value::from_hash(&query), rows)
}

#[test]
fn spans_agree() {
    let mut random = Random::new(3);
    for kernels in others() {
        for n in sizes(70, 1000) {
            let signatures: Vec<u8> = (0..2 * n)
                .map(|_| random.next() as u8 & random.next() as u8)
                .collect();
            let spans: Vec<Span> = (0..20)
                .map(|_| {
                    let start = random.below(n + 1);
                    let end = start + random.below(n + 3 - start);
                    Span {
                        start: start as u32,
                        end: end as u32,
                        limit: random.below(17) as u32,
                    }
                })
                .collect();
            let query = random.next() as u16;
            let (mut want, mut got) = (vec![9], vec![9]);
            scalar::scan_spans(&signatures, &spans, query, &mut want);
            kernels.scan_spans(&signatures, &spans, query, &mut got);
            assert_eq!(got, want, "{} n {n}", kernels.name());
        }
    }
}

#[test]
fn prefixes_agree() {
    let mut random = Random::new(4);
    for kernels in others() {
        for n in sizes(40, 1001) {
            let (query, rows) = values(&mut random, n);
            let mut blocks = vec![[0u8; PREFIX_BLOCK]; n.div_ceil(PREFIX_ROWS)];
            for (at, value) in rows.as_chunks::<VALUE_BYTES>().0.iter().enumerate() {
                let block = &mut blocks[at / PREFIX_ROWS];
                crate::build::put_prefix(block, at % PREFIX_ROWS, &Value::from_bytes(value));
            }
            for radius in [0, 3, 31, 48, 95, 96] {
                let (mut want, mut got) = (vec![], vec![]);
                scalar::scan_prefix(blocks.as_flattened(), n, &query, radius, &mut want);
                kernels.scan_prefix(blocks.as_flattened(), n, &query, radius, &mut got);
                assert_eq!(got, want, "{} n {n} radius {radius}", kernels.name());
                let prefix = |v: &Value| [v.0[0], v.0[1] & u64::from(u32::MAX), 0, 0];
                let near = |row: &u32| {
                    let value = Value::get(&rows, *row as usize).unwrap();
                    Value(prefix(&value)).distance(&Value(prefix(&query))) <= radius
                };
                assert_eq!(want, (0..n as u32).filter(near).collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn full_values_agree() {
    let mut random = Random::new(5);
    for kernels in others() {
        for n in sizes(40, 1001) {
            let (query, rows) = values(&mut random, n);
            for radius in [0, 31, 84, 127, 128, 254, 255, 256] {
                let measured = (0..n as u32).map(|row| Found {
                    row,
                    distance: Value::get(&rows, row as usize).unwrap().distance(&query),
                });
                let want: Vec<Found> = measured.filter(|found| found.distance <= radius).collect();
                let mut got = vec![];
                kernels.scan_all(&rows, &query, radius, &mut got);
                assert_eq!(got, want, "{} n {n} radius {radius}", kernels.name());
                // The last two are no rows of this table.
                let asked: Vec<u32> = (0..n as u32 + 2).collect();
                got.clear();
                kernels.verify(&rows, &asked, &query, radius, &mut got);
                assert_eq!(got, want, "{} n {n} radius {radius}", kernels.name());
            }
        }
    }
}

#[test]
fn wide_scans_agree() {
    let mut random = Random::new(6);
    for kernels in others() {
        let cases = [
            (0, 3),
            (1, 0),
            (31, 1),
            (127, 2),
            (128, 3),
            (129, 4),
            (700, 9),
            (300, 33),
        ];
        for &(n, count) in if cfg!(miri) { &cases[3..6] } else { &cases[..] } {
            let (query, rows) = values(&mut random, n);
            let mut queries = vec![query];
            queries.extend((1..count).map(|_| Value::from_hash(&random.mutate(query.to_hash(), 40))));
            queries.truncate(count);
            // A row that differs in all 256 bits from the first query differs in 216 from the others.
            for radius in [0, 31, 84, 100, 128, 216, 254, 255, 256] {
                let (mut want, mut got) = (vec![], vec![]);
                for (at, query) in (0u32..).zip(&queries) {
                    let mut found = vec![];
                    scalar::scan_all(&rows, query, radius, &mut found);
                    want.extend(found.iter().map(|f| WideFound {
                        query: at,
                        row: f.row,
                        distance: f.distance,
                    }));
                }
                kernels.scan_wide(&rows, &queries, radius, &mut got);
                got.sort();
                want.sort();
                assert_eq!(
                    got,
                    want,
                    "{} n {n} queries {count} radius {radius}",
                    kernels.name()
                );
            }
        }
    }
}

#[test]
fn cells_agree() {
    let mut random = Random::new(7);
    let bits = 12;
    let sizes = [0, 1, 2, 14, 15, 16, 40];
    let mut buckets: Vec<Vec<u16>> = vec![];
    for _ in 0..PARTS << bits {
        let size = sizes[random.below(sizes.len())];
        buckets.push(
            (0..size)
                .map(|_| (random.next() & random.next()) as u16)
                .collect(),
        );
    }
    let mut cells = vec![Cell::EMPTY; buckets.len()];
    for (cell, bucket) in cells.iter_mut().zip(&buckets) {
        cell.fill(bucket.iter().copied());
    }
    let queries: Vec<Value> = (0..30)
        .map(|_| Value(std::array::from_fn(|_| random.next() & random.next())))
        .collect();
    // In the order in which the cells are looked into.
    let mut want = vec![];
    for (number, query) in (0u32..).zip(&queries) {
        for p in 0..PARTS {
            let own = usize::from(query.part(p)) & ((1 << bits) - 1);
            for probe in 0..=bits {
                let number_of_cell = (p << bits) + (own ^ (1 << probe >> 1));
                let bucket = &buckets[number_of_cell];
                let limit = if probe == 0 { 3 } else { 2 };
                let near = |entry: &u16| (entry ^ query.part((p + 1) % PARTS)).count_ones() <= limit;
                let passing: Vec<usize> = (0..bucket.len().min(CELL))
                    .filter(|&at| near(&bucket[at]))
                    .collect();
                want.push((number, number_of_cell, passing, bucket.len() > CELL, probe > 0));
            }
        }
    }
    for kernels in others() {
        let mut out = vec![];
        kernels.probe(&cells, bits, &queries, &mut out);
        let mut out = out.into_iter().peekable();
        for (query, cell, passing, more, beside) in &want {
            let here = out.next_if(|it| (it.query, it.cell as usize) == (*query, *cell));
            let lanes = here.map_or(0, |it| it.lanes);
            let size = buckets[*cell].len();
            let got: Vec<usize> = (0..size.min(CELL)).filter(|at| lanes >> at & 1 == 1).collect();
            assert_eq!((&got, lanes & MORE != 0), (passing, *more), "{}", kernels.name());
            assert!(here.is_none_or(|it| it.beside == *beside), "{}", kernels.name());
        }
        assert!(out.next().is_none(), "{}: more than there is", kernels.name());
        kernels.probe(&cells, 11, &queries, &mut vec![]);
    }
}
