//! Archives other than zip.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| basira_fuzz::files_of(basira_fuzz::is_packed)),
    |bytes: &[u8]| basira_fuzz::look(bytes, basira_fuzz::is_packed)
);
