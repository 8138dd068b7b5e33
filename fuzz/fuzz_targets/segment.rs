//! Segments of the index. Their checksum is not looked at here.
#![no_main]

use index::{Layout, Scratch, Segment};
use libfuzzer_sys::fuzz_target;
use model::PdqHash;

fn seeds() -> Vec<Vec<u8>> {
    let rows = |count: u8| (0..count).map(|number| (PdqHash::new([number / 2; 32]), u64::from(number)));
    let layouts = [None, Some(Layout::Flat), Some(Layout::for_values(2))];
    layouts
        .into_iter()
        .filter_map(|layout| Segment::<Vec<u8>>::build(rows(9), 7, layout).ok())
        .collect()
}

fuzz_target!(init: basira_fuzz::plant(seeds), |bytes: &[u8]| {
    let Ok(segment) = Segment::open(bytes) else { return };
    assert!(segment.rows().count() <= segment.len());
    let mut hits = Vec::new();
    for byte in [0, 1, 0xff] {
        segment.search(&PdqHash::new([byte; 32]), 40, &mut Scratch::default(), &mut hits);
    }
});
