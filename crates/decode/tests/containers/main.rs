//! What lies in archives and documents is found, with its place; what is in the way is said.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

mod archives;
mod documents;
mod pdf;
mod pdf_hostile;

use basira_decode::{Contents, Request, decode, sandbox};
use model::HashMode;
use testkit::encode;

/// What is found in a file. A worker may say all of it.
fn look(bytes: &[u8]) -> Contents {
    let request = Request::new(HashMode::Fast);
    let found = decode(bytes, &request).contents;
    let answer = sandbox::encode(&found);
    assert_eq!(sandbox::read(&answer, &request).as_ref(), Ok(&found));
    found
}

fn png(seed: u64) -> Vec<u8> {
    encode::png(&testkit::photo(seed, 120, 90))
}

/// The names of the pictures.
fn pictures(contents: &Contents) -> Vec<&str> {
    contents
        .pictures
        .iter()
        .map(|picture| picture.name.as_str())
        .collect()
}

/// The texts, with where they stand.
fn texts(contents: &Contents) -> Vec<(&str, &str)> {
    contents
        .texts
        .iter()
        .map(|text| (text.name.as_str(), text.text.as_str()))
        .collect()
}

/// Gaps as `part: reason`.
fn gaps(contents: &Contents) -> Vec<String> {
    let text = |gap: &model::Incomplete| format!("{}: {}", gap.part, gap.reason);
    contents.incomplete.iter().map(text).collect()
}

/// Cuts and flipped bits of a file: whatever is found, nothing breaks, and no cut is complete without a word.
fn is_sturdy(bytes: &[u8]) {
    for cut in (0..bytes.len()).step_by(97) {
        let _ = look(&bytes[..cut]);
    }
    for at in (0..bytes.len()).step_by(61) {
        let mut broken = bytes.to_vec();
        broken[at] ^= 1 << (at % 8);
        let _ = look(&broken);
    }
}
