//! Formats that compress one member and may not name it.

use std::io::{self, Read};

use ::bzip2::read::MultiBzDecoder;
use flate2::read::{GzDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;
use model::IncompleteReason;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::opening::Opening;
use crate::refusal::malformed;

/// What a member without a name is called.
const NAMELESS: &str = "content";
/// KiB that an xz stream's window may need.
const MOST_XZ_WINDOW: u32 = 256 << 10;
/// Bytes that a Zstandard frame's window may need.
const MOST_ZSTD_WINDOW: u64 = 256 << 20;

pub(super) fn gzip(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let name = GzDecoder::new(bytes)
        .header()
        .and_then(|header| header.filename())
        .map(|name| String::from_utf8_lossy(name).into_owned());
    opening.member(name.as_deref().unwrap_or(NAMELESS), MultiGzDecoder::new(bytes));
    Ok(())
}

pub(super) fn bzip2(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    opening.member(NAMELESS, MultiBzDecoder::new(bytes));
    Ok(())
}

pub(super) fn xz(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    opening.member(NAMELESS, XzReader::new_mem_limit(bytes, true, MOST_XZ_WINDOW));
    Ok(())
}

pub(super) fn zstd(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let first = frame(bytes).map_err(malformed)?;
    opening.member(NAMELESS, ZstdFrames(Some(first)));
    Ok(())
}

type Frame<'a> = StreamingDecoder<&'a [u8], FrameDecoder>;

fn frame(bytes: &[u8]) -> io::Result<Frame<'_>> {
    StreamingDecoder::new_with_max_window_size(bytes, MOST_ZSTD_WINDOW).map_err(io::Error::other)
}

/// Frames that follow each other are one content (RFC 8878, 2).
struct ZstdFrames<'a>(Option<Frame<'a>>);

impl Read for ZstdFrames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(current) = &mut self.0 {
            let read = current.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let rest = *current.get_ref();
            self.0 = (!rest.is_empty()).then(|| frame(rest)).transpose()?;
        }
        Ok(0)
    }
}
