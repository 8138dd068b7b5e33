//! zip archives, and the documents that are one.
#![no_main]

use decode::{Archive, FileKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| basira_fuzz::files_of(|kind| kind == FileKind::Archive(Archive::Zip))),
    |bytes: &[u8]| basira_fuzz::look(bytes, |kind| kind == FileKind::Archive(Archive::Zip))
);
