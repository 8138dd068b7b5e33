//! Our own reader of plain JPEG, which takes only large pictures otherwise.
#![no_main]

use decode::fuzzing;
use libfuzzer_sys::fuzz_target;
use testkit::{Format, special};

fuzz_target!(
    init: basira_fuzz::plant(|| vec![
        basira_fuzz::picture(Format::Jpeg),
        special::jpeg_grey(&testkit::photo(5, 30, 20), 60),
        special::jpeg_progressive(&testkit::photo(6, 20, 30), 60),
    ]),
    |bytes: &[u8]| fuzzing::jpeg_cells(bytes)
);
