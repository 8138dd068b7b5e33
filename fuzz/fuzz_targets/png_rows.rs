//! Our own reader of plain PNG: what it reads, the general one reads alike.
#![no_main]

use decode::{FileKind, fuzzing};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| basira_fuzz::files_of(|kind| kind == FileKind::Png)),
    |bytes: &[u8]| fuzzing::png_rows(bytes)
);
