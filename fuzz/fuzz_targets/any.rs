//! Whatever a file may be: its marks, and every reading of a polyglot.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| basira_fuzz::files_of(|_| true)),
    |bytes: &[u8]| basira_fuzz::look(bytes, |_| true)
);
