//! No bytes make opening or searching panic, and no damage goes unseen.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use basira_index::{Hit, Index, Kernels, Layout, Scratch, Segment, SegmentError};
use common::{Bank, Random, brute_force, sorted};

fn samples() -> Vec<Vec<u8>> {
    let random = Random::new(11);
    let layouts = [
        None,
        Some(Layout::Flat),
        Some(Layout::Ring { bits: 4 }),
        Some(Layout::Ring { bits: 8 }),
        Some(Layout::Blocks { bits: 4 }),
        Some(Layout::Blocks { bits: 7 }),
    ];
    // From 9,000 rows on, searches use the tables.
    let sizes = [0, 1, 9, 300, 9_000];
    let all = sizes.into_iter().flat_map(|n| layouts.map(|layout| (n, layout)));
    all.map(|(n, layout)| Segment::build(Bank::clustered(&random, n).rows, 77, layout).unwrap())
        .collect()
}

/// Makes the checksum right again, as an attacker or a fault before the writing would.
fn reseal(bytes: &mut [u8]) {
    bytes[12..16].fill(0);
    let crc = crc32fast::hash(bytes);
    bytes[12..16].copy_from_slice(&crc.to_le_bytes());
}

/// Everything that can be asked of a segment.
fn use_all(segment: Segment<&[u8]>, random: &Random) {
    let total = segment.len();
    assert!(segment.rows().take(total + 1).count() <= total);
    let queries: Vec<_> = (0..3)
        .map(|_| random.hash())
        .chain(segment.rows().take(2).map(|row| row.0))
        .collect();
    for kernels in Kernels::available() {
        let mut scratch = Scratch::with_kernels(kernels);
        for query in &queries {
            for radius in [0, 20, 31, 47, 63, 84, 256] {
                segment.search(query, radius, &mut scratch, &mut vec![]);
            }
        }
    }
    let mut index = Index::with_segments([segment]);
    for key in 0..20 {
        index.remove(key);
    }
    index.search_wide(&queries, 84, &mut Scratch::new(), &mut vec![]);
    let _ = index.begin_fold().build(1).unwrap();
}

#[test]
fn every_flipped_bit_is_seen() {
    let random = Random::new(12);
    for mut bytes in samples() {
        assert!(Segment::open(&bytes).is_ok());
        // Every bit of the header, and a thousand others.
        let header = 0..8 * 128usize;
        let others: Vec<_> = (0..if bytes.len() > 100_000 { 50 } else { 1000 })
            .map(|_| random.below(8 * bytes.len()))
            .collect();
        for bit in header.chain(others) {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Segment::open(&bytes).is_err(), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn every_cut_and_every_addition_is_seen() {
    for mut bytes in samples() {
        let step = 61 + bytes.len() / 500;
        let cuts = (0..bytes.len()).filter(|at| *at < 200 || at % step == 0);
        for cut in cuts {
            assert!(Segment::open(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        bytes.push(0);
        assert!(matches!(Segment::open(&bytes), Err(SegmentError::Length { .. })));
    }
}

#[test]
fn random_bytes_are_refused() {
    let random = Random::new(13);
    for n in 0..600 {
        let mut bytes: Vec<u8> = (0..n).map(|_| random.next() as u8).collect();
        assert!(Segment::open(&bytes).is_err());
        if n >= 128 {
            bytes[..8].copy_from_slice(b"BASIRAIX");
            bytes[8..12].copy_from_slice(&1u32.to_le_bytes());
            bytes[24..32].copy_from_slice(&(n as u64).to_le_bytes());
            reseal(&mut bytes);
            assert!(Segment::open(&bytes).is_err());
        }
    }
}

/// Wrong content under a right checksum: it may be refused or give wrong hits, but must not panic.
#[test]
fn resealed_damage_does_not_panic() {
    let random = Random::new(14);
    let (mut opened, mut refused) = (0, 0);
    for bytes in samples() {
        for round in 0..if bytes.len() > 1_000_000 { 60 } else { 150 } {
            let mut bytes = bytes.clone();
            for _ in 0..1 + random.below(4) {
                // Half of the damage in the header, whose fields matter most.
                let at = if round % 2 == 0 {
                    16 + random.below(112)
                } else {
                    random.below(bytes.len())
                };
                let wild = [0, 1, 0x7f, 0xff, random.next() as u8][random.below(5)];
                let run = bytes.len().min(at + 1 + random.below(12));
                bytes[at..run].fill(wild);
            }
            reseal(&mut bytes);
            match Segment::open(&bytes[..]) {
                Ok(segment) => {
                    opened += 1;
                    use_all(segment, &random);
                }
                Err(_) => refused += 1,
            }
        }
    }
    println!("{opened} opened and searched, {refused} refused");
    assert!(
        opened > 200 && refused > 200,
        "the test no longer reaches both: {opened}, {refused}"
    );
}

#[test]
fn each_refusal_says_what_it_found() {
    let good = Segment::build([(Random::new(15).hash(), 1)], 0, None).unwrap();
    let refusal = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        Segment::open(bytes).unwrap_err()
    };
    assert_eq!(refusal(&|b| b.truncate(50)), SegmentError::Short(50));
    assert_eq!(refusal(&|b| b[0] = b'X'), SegmentError::Magic);
    assert_eq!(refusal(&|b| b[8] = 9), SegmentError::Version(9));
    assert!(matches!(
        refusal(&|b| b.truncate(130)),
        SegmentError::Length { got: 130, .. }
    ));
    assert!(matches!(refusal(&|b| b[140] ^= 1), SegmentError::Checksum { .. }));
    let layout = refusal(&|b| {
        b[16] = 7;
        reseal(b)
    });
    assert_eq!(layout, SegmentError::Content("unknown layout"));
    assert!(
        refusal(&|b| {
            b[40] = 7;
            reseal(b)
        })
        .to_string()
        .contains("build it again")
    );
}

#[test]
fn unaligned_bytes_are_as_good() {
    let random = Random::new(16);
    let rows = Bank::clustered(&random, 3000).rows;
    let bytes = Segment::build(rows.iter().copied(), 0, None).unwrap();
    for shift in [1, 2, 3, 5, 32] {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(&bytes);
        let segment = Segment::open(&shifted[shift..]).unwrap();
        for kernels in Kernels::available() {
            let (mut scratch, mut hits): (_, Vec<Hit>) = (Scratch::with_kernels(kernels), vec![]);
            segment.search(&rows[9].0, 31, &mut scratch, &mut hits);
            assert_eq!(sorted(hits), brute_force(&rows, &rows[9].0, 31));
        }
    }
}
