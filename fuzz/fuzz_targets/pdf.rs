//! PDF.
#![no_main]

use decode::{Document, FileKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| basira_fuzz::files_of(|kind| kind == FileKind::Document(Document::Pdf))),
    |bytes: &[u8]| basira_fuzz::look(bytes, |kind| kind == FileKind::Document(Document::Pdf))
);
