//! WebP files.
#![no_main]

use decode::FileKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| basira_fuzz::files_of(|kind| kind == FileKind::WebP)),
    |bytes: &[u8]| basira_fuzz::look(bytes, |kind| kind == FileKind::WebP)
);
