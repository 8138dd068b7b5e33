//! Small pictures for the tests.

use fingerprint::digest::Digests;
use model::{HashMode, PdqHash};
use testkit::{Edit, Picture, encode};

/// A photograph whose hash may be compared.
pub(crate) fn photo(seed: u64) -> Picture {
    let picture = testkit::photo(seed, 320, 240);
    assert!(
        pdq(&encode::png(&picture)).1 >= 80,
        "choose another seed than {seed}"
    );
    picture
}

pub(crate) fn png(seed: u64) -> Vec<u8> {
    encode::png(&photo(seed))
}

pub(crate) fn edited(seed: u64, edit: Edit) -> Vec<u8> {
    encode::png(&edit.apply(&photo(seed), 1))
}

/// The canonical hash of a file's first picture, as the program computes it by default, and its quality.
pub(crate) fn pdq(bytes: &[u8]) -> (PdqHash, u8) {
    let decoded = decode::decode(bytes, &decode::Request::new(HashMode::Fast));
    let print = &decoded.pictures[0].hashes[0].pdq;
    (print.hash(), print.quality().get())
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Digests::of(bytes).sha256.to_string()
}

/// A hash that differs from `hash` in the lowest `bits` bits.
pub(crate) fn nudged(hash: PdqHash, bits: usize) -> PdqHash {
    let mut bytes = *hash.bytes();
    for bit in 0..bits {
        bytes[31 - bit / 8] ^= 1 << (bit % 8);
    }
    PdqHash::new(bytes)
}

/// A list of so many hashes by chance, and last one that differs from the picture of seed 1 in so many bits.
pub(crate) fn long_list(rows: usize, bits: usize) -> String {
    let mut prng = testkit::Prng::new(7, 0);
    let mut by_chance = || -> String { (0..4).map(|_| format!("{:016x}", prng.bits())).collect() };
    let mut hashes: Vec<String> = (0..rows).map(|_| by_chance()).collect();
    hashes.push(nudged(pdq(&png(1)).0, bits).to_string());
    format!("type,value\npdq,{}\n", hashes.join("\npdq,"))
}

/// A picture with some structure, and too little of it for its hash to be compared.
pub(crate) fn faint() -> Picture {
    let picture = testkit::photo(1, 320, 240).map(|v| 110 + v / 8);
    let quality = pdq(&encode::png(&picture)).1;
    assert!((1..50).contains(&quality), "choose another contrast: {quality}");
    picture
}
