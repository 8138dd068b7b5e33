//! Parsers that lie behind others, for the fuzzer alone: all of this is compiled only with `--cfg fuzzing`.

use crate::FileKind;
use crate::document::office;
use crate::jpeg_header::Header;
use crate::jpeg_scaled::{Cell, means};
use crate::jpeg_scan::Scan;
use crate::opening::Opening;
use crate::request::Request;
use crate::sandbox::Handed;
#[cfg(target_os = "linux")]
pub use crate::sandbox::fuzzing::{channel, tool};

/// Our own reader of plain JPEG, with each of its scales, whatever the size of the picture.
pub fn jpeg_cells(bytes: &[u8]) {
    let Ok(header) = Header::find(bytes) else { return };
    // What it allocates is checked by its caller.
    if u32::from(header.width) * u32::from(header.height) > 1 << 20 {
        return;
    }
    let Some(scan) = Scan::find(bytes, &header) else {
        return;
    };
    for cell in [Cell::Two, Cell::Four, Cell::Eight] {
        let side = |length: u16| usize::from(length).div_ceil(cell.side());
        if let Some(means) = means(&scan, cell) {
            assert_eq!(means.len(), side(header.width) * side(header.height));
        }
    }
}

/// The text of XML.
pub fn xml(bytes: &[u8], request: &Request) {
    let mut tools = |_: Handed<'_>| {};
    let mut opening = Opening::new(FileKind::Plain, request, &mut tools);
    // Damaged XML is no finding.
    let _ = office::xml(bytes, &mut opening);
}

/// Our own reader of plain PNG, held against the general one.
pub fn png_rows(bytes: &[u8]) {
    crate::png::check_plain(bytes);
}
