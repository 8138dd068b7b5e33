//! The rows of a plain PNG, 8 bits a sample and not interlaced, in the shortest way: unpacked piece by piece into a
//! window that stays in the caches, and their filters undone eight rows at a time.
//!
//! Whatever is not as it should be is left to the general decoder, which also says what is wrong with it.

use fdeflate::Decompressor;
use fingerprint::neighbours;

/// Bytes that the compressed data may refer back to.
const LOOKBACK: usize = 32 << 10;

/// Bytes of rows that are unpacked before their filters are undone: they should still be in the second cache then.
const WINDOW: usize = 128 << 10;

/// Bytes of the longest row that is read here. Some dozen rows are held at once.
const LONGEST: usize = 1 << 20;

/// Rows whose filters are undone together.
const TOGETHER: usize = 8;

const SIGNATURE: usize = 8;

/// The contents of the chunks of the default picture, in their order.
struct Data<'a> {
    rest: &'a [u8],
}

/// The chunk at the beginning of the bytes, its name and content, and what follows it; its checksum is not looked at.
fn chunk(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (name, rest) = rest.split_first_chunk()?;
    let (content, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((*name, content, rest.get(4..)?))
}

impl<'a> Data<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let mut rest = file.get(SIGNATURE..)?;
        loop {
            let (name, _, after) = chunk(rest)?;
            if name == *b"IDAT" {
                return Some(Self { rest });
            }
            rest = after;
        }
    }
}

impl<'a> Iterator for Data<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (name, content, rest) = chunk(self.rest)?;
        self.rest = rest;
        (name == *b"IDAT").then_some(content)
    }
}

/// Unpacked rows, of which those before `done` have been handed over.
struct Window {
    bytes: Vec<u8>,
    done: usize,
    filled: usize,
}

impl Window {
    /// The whole rows of `line` bytes that are there, in groups if there will be more.
    fn take(&mut self, line: usize, last: bool) -> &[u8] {
        let mut count = (self.filled - self.done) / line;
        if !last {
            count -= count % TOGETHER;
        }
        let from = self.done;
        self.done += count * line;
        &self.bytes[from..self.done]
    }

    /// Makes room, but keeps what was not handed over and what may be referred back to.
    fn make_room(&mut self) {
        let from = self.done.min(self.filled.saturating_sub(LOOKBACK));
        self.bytes.copy_within(from..self.filled, 0);
        self.done -= from;
        self.filled -= from;
    }
}

/// Undoes the filters of all rows of the default picture, `bpp` bytes a pixel, of a PNG file whose header is known to be
/// right, and gives them as they are stored. None if not all could be read.
pub(crate) fn pixels(file: &[u8], (width, height): (usize, usize), bpp: usize) -> Option<Vec<u8>> {
    let stride = width.checked_mul(bpp)?;
    let mut pixels = Vec::with_capacity(stride.checked_mul(height)?);
    filtered(file, stride, height, |stored, count| {
        let done = pixels.len();
        pixels.resize(done + count * stride, 0);
        let (above, below) = pixels.split_at_mut(done);
        match above.len().checked_sub(stride) {
            Some(last) => neighbours::undo(stored, bpp, &above[last..], below),
            None => neighbours::undo(stored, bpp, &vec![0; stride], below),
        }
    })?;
    Some(pixels)
}

/// Calls `take` with each of these rows (see [`pixels`]). Some may have been taken where not all could be read.
pub(crate) fn rows(
    file: &[u8],
    (width, height): (usize, usize),
    bpp: usize,
    mut take: impl FnMut(&[u8]),
) -> Option<()> {
    let stride = width.checked_mul(bpp)?;
    // The row above, and those below it.
    let mut lines = vec![0; stride];
    filtered(file, stride, height, |stored, count| {
        lines.resize((1 + count) * stride, 0);
        let (above, below) = lines.split_at_mut(stride);
        neighbours::undo(stored, bpp, above, below)?;
        below.chunks_exact(stride).for_each(&mut take);
        let last = count.saturating_sub(1) * stride;
        above.copy_from_slice(below.get(last..last + stride)?);
        Some(())
    })
}

/// Calls `take` with the filtered rows of `stride` bytes, some at once, a byte for the filter before each, and with how
/// many they are; never with none.
fn filtered(
    file: &[u8],
    stride: usize,
    height: usize,
    mut take: impl FnMut(&[u8], usize) -> Option<()>,
) -> Option<()> {
    let line = stride + 1;
    if line > LONGEST {
        return None;
    }
    // Rows left over from the time before, those of this time, and one that is cut.
    let group = (WINDOW / line / TOGETHER).max(1) * TOGETHER;
    let mut window = Window {
        bytes: vec![0; LOOKBACK + (TOGETHER + group + 1).min(height) * line],
        done: 0,
        filled: 0,
    };
    let mut unpacked = Decompressor::new();
    unpacked.ignore_adler32();
    let mut missing = line.checked_mul(height)?;
    let mut data = Data::of(file)?;
    let mut input = data.next()?;
    while missing > 0 {
        let room = missing.min(window.bytes.len() - window.filled);
        let end = window.filled + room;
        let (used, made) = unpacked
            .read(input, &mut window.bytes[..end], window.filled, false)
            .ok()?;
        window.filled += made;
        missing -= made;
        if made < room {
            // All input was used, or there is an end where there should be more.
            if unpacked.is_done() {
                return None;
            }
            input = data.next()?;
            continue;
        }
        input = &input[used..];
        let stored = window.take(line, missing == 0);
        if !stored.is_empty() {
            take(stored, stored.len() / line)?;
        }
        window.make_room();
    }
    Some(())
}
