//! The one place with `unsafe`: mapping sealed files into memory.
#![expect(
    unsafe_code,
    reason = "a file can only be mapped with a promise that nobody changes it"
)]

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::Mmap;

/// The bytes of a sealed index segment, mapped into memory. They stay readable when the segment is replaced or
/// removed on the shelf.
#[derive(Debug)]
pub struct Segment {
    map: Mmap,
}

impl Deref for Segment {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.map
    }
}

/// Maps a sealed file of the shelf.
pub(crate) fn map(file: &File) -> io::Result<Segment> {
    // SAFETY: the bytes of a mapped file must not change while they are mapped. Files of the shelf are written under
    // a temporary name, flushed, and renamed into place; nothing writes to them afterwards. Saving again makes
    // another file and renames it over the name, and removing only takes the name away: both leave the mapped file
    // as it is. The folder belongs to its owner alone (mode 0700). Somebody with the owner's rights who truncates the
    // file by hand can end this process by SIGBUS, but that person could end it anyhow.
    let map = unsafe { Mmap::map(file) }?;
    Ok(Segment { map })
}
